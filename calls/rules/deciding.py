"""What happens next to a call. Pure: facts in, one decision with the rule that fired out.

The dialled number decides, never the caller's (which can be forged). A service number in force never waits:
a free agent, or busy. The public number waits, and only the head of its queue may get an agent.

Whatever a telephone system asks, in whatever order: the line of the call, settled once, bounds the answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

KNOWN_CALLER = "known_caller"
LATE = "late"
"""A question that comes after a later one: it changes nothing."""
RINGS_ALREADY = "rings_already"
"""A call that asks anew, as if our answer had not reached it, while a phone rings for it."""
_FINISHED = {"ANSWER": "talked", "ANSWERED": "talked", "CANCEL": "caller_gave_up"}
_NEVER = datetime.min.replace(tzinfo=UTC)


class Event(StrEnum):
    """What a telephone system asks after."""

    INCOMING = "incoming"
    DIAL_RESULT = "dial_result"
    WAIT_TICK = "wait_tick"
    VOICEMAIL_OFFER = "voicemail_offer"
    VOICEMAIL_RECORDED = "voicemail_recorded"


class Action(StrEnum):
    """What it is told to do."""

    CONNECT = "connect"
    BUSY = "busy"
    WAIT = "wait"
    OFFER_VOICEMAIL = "offer_voicemail"
    RECORD = "record"
    ANNOUNCE = "announce"
    HANGUP = "hangup"


class Line(StrEnum):
    """What a call is decided as."""

    CONTRACT = "contract"
    PUBLIC = "public"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NumberFact:
    """The dialled number at the moment of arrival.

    `agreement`: "in_force", "suspended", "ended", "not_yet" or "none"; `is_valid`: within its own dates.
    """

    line: Line
    agreement: str = "none"
    is_valid: bool = True
    is_quarantined: bool = False
    announcement: str = ""


@dataclass(frozen=True, slots=True)
class CallerFact:
    """Whom the caller's number points to: whether they hold a service agreement in force."""

    has_agreement: bool = False


@dataclass(frozen=True, slots=True)
class CallFact:
    """The call itself. `line` and `line_why` are settled by its first decision and stay."""

    arrived_at: datetime
    line: Line | None = None
    line_why: str = ""
    is_ended: bool = False
    offered_at: datetime | None = None
    tried: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AgentFact:
    """One phone. `is_ready`: on duty, present, reachable, and claimed by no call.

    `is_there`: on duty and present, whether free or not. `freed_at`: when its last call ended, or its agent
    said to be free.
    """

    id: int
    target: str
    is_ready: bool
    freed_at: datetime | None = None
    wrap_up_until: datetime | None = None
    is_there: bool = True

    def is_free(self, now: datetime) -> bool:
        """Whether a contract call may be put through to it."""
        return self.is_ready and (self.wrap_up_until is None or self.wrap_up_until <= now)

    def free_since(self) -> datetime | None:
        """When it became free: the time to write notes comes first. None: it had no call yet."""
        return max((moment for moment in (self.freed_at, self.wrap_up_until) if moment), default=None)


@dataclass(frozen=True, slots=True)
class QueueFact:
    """The public queue as this call stands in it: how many older calls are still to be served."""

    ahead: int = 0


@dataclass(frozen=True, slots=True)
class HoursFact:
    """The hours that count for this call, at its arrival, and where it rings outside of them."""

    is_open: bool = True
    on_call: str = ""
    on_call_seconds: int = 30


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """What the firm set; seconds."""

    ring_seconds: int = 20
    poll_seconds: int = 3
    offer_after: int = 180
    offer_again: int = 180
    contract_hold: int = 10
    reserve: int = 0
    contract_gains_on_public: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision depends on.

    `result`: of dialling, as Asterisk says it (ANSWER, NOANSWER, BUSY, CHANUNAVAIL, CONGESTION, CANCEL), or
    the key that was pressed.
    """

    event: Event
    call: CallFact
    number: NumberFact | None
    caller: CallerFact
    agents: Sequence[AgentFact]
    queue: QueueFact
    hours: HoursFact
    policy: PolicyFact
    now: datetime
    result: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and the code of the rule that said so (worded in calls/rules/wording.py).

    `candidates`: phones to be tried in this order; whoever carries it out claims the first that is still
    free. `target`: a phone outside of the agents' (on call).
    """

    action: Action
    rule: str
    line: Line = Line.NONE
    line_why: str = ""
    candidates: tuple[AgentFact, ...] = ()
    target: str = ""
    ring_seconds: int = 0
    wait_seconds: int = 0
    position: int = 0
    announcement: str = ""


def decide(facts: Facts) -> Decision:
    """The one answer to "what next for this call?"."""
    line, why = _line(facts)
    settled = replace(facts, call=replace(facts.call, line=line, line_why=why))
    decision = _STEPS[facts.event](settled) if not facts.call.is_ended else _hang_up("call_is_over")
    return replace(decision, line=line, line_why=why)


def without(facts: Facts, agent_id: int) -> Facts:
    """The same facts after a candidate turned out to be taken: there, but not free."""
    taken = [replace(agent, is_ready=agent.is_ready and agent.id != agent_id) for agent in facts.agents]
    return replace(facts, agents=taken)


def _line(facts: Facts) -> tuple[Line, str]:
    """What the call is decided as, and why, where that is not what was dialled."""
    if facts.call.line is not None:
        return facts.call.line, facts.call.line_why
    number = facts.number
    if number is None or number.line == Line.NONE:
        return Line.NONE, "unknown_number"
    if number.line == Line.CONTRACT:
        why = why_not_contract(number)
        return (Line.PUBLIC, why) if why else (Line.CONTRACT, "")
    gains = facts.policy.contract_gains_on_public and facts.caller.has_agreement
    return Line.PUBLIC, KNOWN_CALLER if gains else ""


def why_not_contract(number: NumberFact) -> str:
    """Why a contract number is treated as the public one, as `Decision.line_why` has it; "" in force."""
    if number.is_quarantined:
        return "quarantined"
    if not number.is_valid:
        return "number_not_valid"
    return "" if number.agreement == "in_force" else f"agreement_{number.agreement}"


def _incoming(facts: Facts) -> Decision:
    """What the call may have now, whichever step it is at."""
    line = facts.call.line
    if line == Line.NONE:
        return Decision(Action.ANNOUNCE, "unknown_number", announcement="unknown_number")
    if not facts.hours.is_open:
        return _closed(facts)
    return _contract(facts) if line == Line.CONTRACT else _public(facts)


def _closed(facts: Facts) -> Decision:
    """Outside of the hours: the phone on call, for contract calls, else the voicemail."""
    hours = facts.hours
    if facts.call.line == Line.CONTRACT and hours.on_call:
        return Decision(Action.CONNECT, "on_call", target=hours.on_call, ring_seconds=hours.on_call_seconds)
    return _closed_voicemail(facts)


def _closed_voicemail(facts: Facts) -> Decision:
    own = facts.number.announcement if facts.number else ""
    return Decision(Action.OFFER_VOICEMAIL, "closed", announcement=own or "closed")


def _contract(facts: Facts) -> Decision:
    """Put through, or busy at once: never waiting, never the voicemail."""
    candidates = _fair(agent for agent in _free(facts) if agent.id not in facts.call.tried)
    if candidates:
        return _connect(facts, "contract_free", candidates)
    is_anybody_there = any(agent.is_there for agent in facts.agents)
    return Decision(Action.BUSY, "contract_busy" if is_anybody_there else "contract_nobody")


def _public(facts: Facts) -> Decision:
    """The head of the queue gets an agent that no contract call has to be kept free for."""
    is_known = facts.call.line_why == KNOWN_CALLER
    if is_known and (candidates := _again(facts, _free(facts))):
        return _connect(facts, "public_known", candidates)
    if facts.queue.ahead:
        return _wait(facts, "public_behind")
    candidates = _again(facts, _spare(facts))
    return _connect(facts, "public_head", candidates) if candidates else _wait(facts, "public_waits")


def _free(facts: Facts) -> list[AgentFact]:
    return [agent for agent in facts.agents if agent.is_free(facts.now)]


def _spare(facts: Facts) -> list[AgentFact]:
    """Who is free, reserved for no contract call and held for none."""
    free = _free(facts)
    if len(free) <= facts.policy.reserve:
        return []
    held_since = facts.now - timedelta(seconds=facts.policy.contract_hold)
    return [agent for agent in free if (agent.free_since() or held_since) <= held_since]


def _again(facts: Facts, agents: Iterable[AgentFact]) -> tuple[AgentFact, ...]:
    """Whom a waiting call may be put through to, in their order.

    Who just let it ring is not asked again at once, but may be later: a waiting call outlasts a pause.
    """
    tried = facts.call.tried if facts.event == Event.DIAL_RESULT else frozenset()
    return _fair(agent for agent in agents if agent.id not in tried)


def _wait_tick(facts: Facts) -> Decision:
    answer = _incoming(facts)
    if answer.action == Action.WAIT and _is_offer_due(facts):
        return Decision(Action.OFFER_VOICEMAIL, "offer_due", position=answer.position)
    return answer


def _is_offer_due(facts: Facts) -> bool:
    policy, call = facts.policy, facts.call
    if call.offered_at is None:
        return facts.now - call.arrived_at >= timedelta(seconds=policy.offer_after)
    return facts.now - call.offered_at >= timedelta(seconds=policy.offer_again)


def _dial_result(facts: Facts) -> Decision:
    """Nobody took it: the next free agent, else busy, or back to the old place."""
    result = facts.result.strip().upper()
    if result in _FINISHED:
        return _hang_up(_FINISHED[result])
    if not facts.hours.is_open and facts.call.line != Line.NONE:
        return _closed_voicemail(facts)
    return _incoming(facts)


def _voicemail_offer(facts: Facts) -> Decision:
    """A key records, wherever the voicemail may be offered at all; without one the place is kept."""
    is_open, line = facts.hours.is_open, facts.call.line
    if line == Line.NONE or (line == Line.CONTRACT and is_open):
        return _incoming(facts)
    if facts.result.strip():
        return Decision(Action.RECORD, "key_pressed")
    return _public(facts) if is_open else _hang_up("no_key")


def _voicemail_recorded(facts: Facts) -> Decision:
    return _hang_up("recorded")


_STEPS = {
    Event.INCOMING: _incoming,
    Event.WAIT_TICK: _wait_tick,
    Event.DIAL_RESULT: _dial_result,
    Event.VOICEMAIL_OFFER: _voicemail_offer,
    Event.VOICEMAIL_RECORDED: _voicemail_recorded,
}


def _fair(agents: Iterable[AgentFact]) -> tuple[AgentFact, ...]:
    """Whoever has been without a call for longest comes first, and first of all who had none."""
    return tuple(sorted(agents, key=lambda agent: (agent.freed_at or _NEVER, agent.id)))


def _connect(facts: Facts, rule: str, candidates: tuple[AgentFact, ...]) -> Decision:
    return Decision(Action.CONNECT, rule, candidates=candidates, ring_seconds=facts.policy.ring_seconds)


def _wait(facts: Facts, rule: str) -> Decision:
    position = facts.queue.ahead + 1
    return Decision(Action.WAIT, rule, position=position, wait_seconds=facts.policy.poll_seconds)


def _hang_up(rule: str) -> Decision:
    return Decision(Action.HANGUP, rule)
