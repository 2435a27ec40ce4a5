"""A small telephone system that does what the rule says, with many calls and agents in any order.

It knows nothing of the rule but its answers; what has to be true is asserted of every single one.
"""

import json
import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from calls.rules.deciding import (
    Action,
    AgentFact,
    CallerFact,
    CallFact,
    Decision,
    Event,
    Facts,
    HoursFact,
    Line,
    NumberFact,
    PolicyFact,
    QueueFact,
    decide,
    without,
)
from calls.rules.remembering import as_kept, from_kept
from calls.rules.replaying import AgentWas, answer_again, replay

IS_FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
START = datetime(2026, 11, 23, 10, tzinfo=UTC)
NUMBERS = {
    "contract": NumberFact(Line.CONTRACT, agreement="in_force"),
    "ended": NumberFact(Line.CONTRACT, agreement="ended"),
    "public": NumberFact(Line.PUBLIC),
    "unknown": None,
}
ASKED = [Event.INCOMING, Event.WAIT_TICK, Event.DIAL_RESULT, Event.VOICEMAIL_OFFER]
QUEUED = {"new", "waiting", "offered"}


@dataclass
class Phone:
    """One agent's phone as the telephone system and the desk see it."""

    id: int
    is_present: bool = True
    call: int | None = None
    freed_at: datetime | None = None
    wrap_up_until: datetime | None = None

    def fact(self) -> AgentFact:
        return AgentFact(
            id=self.id,
            target=f"agent{self.id}",
            is_ready=self.is_present and self.call is None,
            freed_at=self.freed_at,
            wrap_up_until=self.wrap_up_until,
            is_there=self.is_present,
        )


@dataclass
class Dialled:
    """One call, as the product would keep it."""

    id: int
    number: str
    arrived_at: datetime
    is_open: bool
    has_agreement: bool
    state: str = "new"
    line: Line | None = None
    line_why: str = ""
    offered_at: datetime | None = None
    phone: int | None = None
    tried: set[int] = field(default_factory=set)


class SmallExchange(RuleBasedStateMachine):
    """Rules are what callers, agents and the clock do; `carry_out` is what the product does."""

    @initialize(
        agents=st.integers(1, 4),
        reserve=st.integers(0, 2),
        hold=st.sampled_from([0, 10]),
        gains=st.booleans(),
    )
    def begin(self, *, agents: int, reserve: int, hold: int, gains: bool) -> None:
        self.now = START
        self.phones = [Phone(number) for number in range(agents)]
        self.calls: list[Dialled] = []
        self.policy = PolicyFact(reserve=reserve, contract_hold=hold, contract_gains_on_public=gains)

    # --- what happens -----------------------------------------------------------------------------------

    @rule(
        number=st.sampled_from(["public", "contract", "public", "ended", "unknown"]),
        is_open=st.sampled_from([True, True, True, False]),
        has_agreement=st.booleans(),
    )
    def a_call_arrives(self, *, number: str, is_open: bool, has_agreement: bool) -> None:
        self.calls.append(Dialled(len(self.calls), number, self.now, is_open, has_agreement))
        self.now += timedelta(milliseconds=1)
        self.ask(self.calls[-1], Event.INCOMING)

    @rule(data=st.data(), numbers=st.lists(st.sampled_from(["contract", "public"]), min_size=2, max_size=4))
    def calls_arrive_in_the_same_instant(self, data: st.DataObject, numbers: list[str]) -> None:
        """All of them see the same free agents; only then is the first put through."""
        arrived = [
            Dialled(len(self.calls) + place, number, self.now, is_open=True, has_agreement=False)
            for place, number in enumerate(numbers)
        ]
        self.calls += arrived
        seen = [(call, self.facts(call, Event.INCOMING)) for call in arrived]
        for call, facts in data.draw(st.permutations(seen)):
            # a public call reads the queue again under its lock; a contract call takes no lock
            self.carry_out(call, facts if call.number == "contract" else self.facts(call, Event.INCOMING))

    @precondition(lambda self: any(call.state != "ended" for call in self.calls))
    @rule(
        data=st.data(),
        event=st.sampled_from(ASKED),
        result=st.sampled_from(["", "1", "NOANSWER", "BUSY", "ANSWER", "CANCEL"]),
    )
    def a_call_asks(self, data: st.DataObject, event: Event, result: str) -> None:
        """Any question, also one that makes no sense where the call stands; never one of who talks."""
        call = data.draw(st.sampled_from([call for call in self.calls if call.state != "ended"]))
        if call.state == "ringing":
            self.free(call, is_paused=event == Event.DIAL_RESULT)
        self.ask(call, event, result)

    @rule(data=st.data())
    def the_waiting_calls_ask_again(self, data: st.DataObject) -> None:
        waiting = [call for call in self.calls if call.state == "waiting"]
        for call in data.draw(st.permutations(waiting)):
            self.ask(call, Event.WAIT_TICK)

    @precondition(lambda self: any(call.state != "ended" for call in self.calls))
    @rule(data=st.data(), wrap_up=st.sampled_from([0, 30]))
    def a_call_ends(self, data: st.DataObject, wrap_up: int) -> None:
        call = data.draw(st.sampled_from([call for call in self.calls if call.state != "ended"]))
        self.free(call, is_paused=False, wrap_up=wrap_up)
        call.state = "ended"
        self.the_waiting_call_at_the_head_asks()

    def the_waiting_call_at_the_head_asks(self) -> None:
        waiting = [call for call in self.calls if call.state == "waiting"]
        if waiting:
            self.ask(min(waiting, key=lambda call: (call.arrived_at, call.id)), Event.WAIT_TICK)

    @rule(data=st.data(), is_present=st.booleans())
    def an_agent_comes_or_goes(self, data: st.DataObject, *, is_present: bool) -> None:
        data.draw(st.sampled_from(self.phones)).is_present = is_present

    @rule(seconds=st.sampled_from([1, 3, 10, 31, 60, 180]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), event=st.sampled_from(list(Event)))
    def a_late_question_comes(self, data: st.DataObject, event: Event) -> None:
        over = [call for call in self.calls if call.state == "ended"]
        if over:
            call = data.draw(st.sampled_from(over))
            assert decide(self.facts(call, event, "1")).action == Action.HANGUP

    # --- what the product does --------------------------------------------------------------------------

    def ask(self, call: Dialled, event: Event, result: str = "") -> None:
        self.carry_out(call, self.facts(call, event, result))

    def facts(self, call: Dialled, event: Event, result: str = "") -> Facts:
        return Facts(
            event=event,
            call=CallFact(
                arrived_at=call.arrived_at,
                line=call.line,
                line_why=call.line_why,
                is_ended=call.state == "ended",
                offered_at=call.offered_at,
                tried=frozenset(call.tried),
            ),
            number=self.number_of(call),
            caller=CallerFact(has_agreement=call.has_agreement),
            agents=[phone.fact() for phone in self.phones],
            queue=QueueFact(ahead=len(self.ahead_of(call))),
            hours=HoursFact(is_open=call.is_open, on_call="+491713920091"),
            policy=self.policy,
            now=self.now,
            result=result,
        )

    def number_of(self, call: Dialled) -> NumberFact | None:
        """What was dialled; after the first decision the number may have become anything else."""
        if call.line is None:
            return NUMBERS[call.number]
        return list(NUMBERS.values())[int(self.now.timestamp()) % len(NUMBERS)]

    def ahead_of(self, call: Dialled) -> list[Dialled]:
        return [
            other
            for other in self.calls
            if other.state in QUEUED
            and other.number in {"public", "ended"}
            and other.is_open
            and (other.arrived_at, other.id) < (call.arrived_at, call.id)
        ]

    def carry_out(self, call: Dialled, facts: Facts) -> None:
        decision = decide(facts)
        while decision.candidates:
            phone = self.phones[decision.candidates[0].id]
            if phone.call is None:
                break
            facts = without(facts, phone.id)  # another call was faster
            decision = decide(facts)
        self.check(call, facts, decision)
        call.line, call.line_why = decision.line, decision.line_why
        if decision.action == Action.CONNECT:
            self.connect(call, decision)
        elif decision.action == Action.WAIT:
            call.state = "waiting"
        elif decision.action == Action.OFFER_VOICEMAIL:
            call.state, call.offered_at = "offered", self.now
        else:
            call.state = "recording" if decision.action == Action.RECORD else "ended"

    def connect(self, call: Dialled, decision: Decision) -> None:
        call.state = "ringing"
        if decision.candidates:
            call.phone = decision.candidates[0].id
            self.phones[call.phone].call = call.id

    def free(self, call: Dialled, *, is_paused: bool, wrap_up: int = 0) -> None:
        if call.phone is None:
            return
        phone = self.phones[call.phone]
        assert phone.call == call.id, "somebody else was given the phone of this call"
        phone.call, phone.freed_at = None, self.now
        phone.wrap_up_until = self.now + timedelta(seconds=wrap_up) if wrap_up else None
        if is_paused:
            phone.is_present = False
            call.tried.add(phone.id)
        call.phone = None

    # --- what has to be true ----------------------------------------------------------------------------

    def check(self, call: Dialled, facts: Facts, decision: Decision) -> None:
        free = [
            agent
            for agent in facts.agents
            if agent.is_ready and (agent.wrap_up_until is None or agent.wrap_up_until <= self.now)
        ]
        for candidate in decision.candidates:
            assert candidate in free, "an agent who is not free was given a call"
        if call.line is not None:
            assert (decision.line, decision.line_why) == (call.line, call.line_why)
        if call.number == "contract" and call.is_open:
            self.check_contract(call, free, decision)
        if call.number in {"public", "ended"}:
            self.check_public(call, free, decision)
        if call.number == "unknown":
            assert decision.action in {Action.ANNOUNCE, Action.HANGUP}

    def check_contract(self, call: Dialled, free: list[AgentFact], decision: Decision) -> None:
        assert decision.action in {Action.CONNECT, Action.BUSY, Action.HANGUP}
        untried = {agent.id for agent in free} - call.tried
        if decision.action == Action.BUSY:
            assert not untried, "busy beside a free agent"
        if decision.action == Action.CONNECT:
            assert {candidate.id for candidate in decision.candidates} == untried

    def check_public(self, call: Dialled, free: list[AgentFact], decision: Decision) -> None:
        assert decision.action not in {Action.BUSY, Action.ANNOUNCE}
        assert not decision.target, "who is on call was rung for a public call"
        if decision.action == Action.OFFER_VOICEMAIL and call.is_open:
            assert self.now - (call.offered_at or call.arrived_at) >= timedelta(seconds=180)
        if decision.action == Action.WAIT:
            assert decision.position == len(self.ahead_of(call)) + 1
        if decision.action == Action.CONNECT and decision.rule != "public_known":
            assert not self.ahead_of(call), "a public call overtook an older one"
            assert len(free) > self.policy.reserve
            for candidate in decision.candidates:
                since = max(filter(None, (candidate.freed_at, candidate.wrap_up_until)), default=None)
                hold = timedelta(seconds=self.policy.contract_hold)
                assert since is None or self.now - since >= hold, "held for contract calls"
        if decision.rule == "public_known":
            assert self.policy.contract_gains_on_public
            assert call.has_agreement
            assert call.number == "public"

    @invariant()
    def no_agent_has_two_calls_and_no_call_two_agents(self) -> None:
        if hasattr(self, "phones"):
            claims = [phone.call for phone in self.phones if phone.call is not None]
            assert len(claims) == len(set(claims))
            assert sorted(claims) == sorted(call.id for call in self.calls if call.phone is not None)

    def teardown(self) -> None:
        """When everybody is there and free, those who wait are served in the order of their arrival."""
        if not hasattr(self, "phones"):
            return
        for call in self.calls:
            if call.state in {"ringing", "recording"}:
                self.free(call, is_paused=False)
                call.state = "ended"
        self.now += timedelta(seconds=60)
        self.policy = replace(self.policy, reserve=0)
        served = []
        while queue := [call for call in self.calls if call.state in QUEUED and call.is_open]:
            self.phones[0].is_present = True
            for call in reversed(queue):  # the youngest asks first, and gains nothing by it
                self.ask(call, Event.VOICEMAIL_OFFER)
            ringing = [call for call in queue if call.state == "ringing" and call.line_why != "known_caller"]
            served += ringing
            for call in queue:
                if call.state == "ringing":
                    self.free(call, is_paused=False)
                    call.state = "ended"
            self.now += timedelta(seconds=60)
        assert served == sorted(served, key=lambda call: (call.arrived_at, call.id))


TestSmallExchange = SmallExchange.TestCase
TestSmallExchange.settings = settings(
    max_examples=600 if IS_FUZZ else 100, stateful_step_count=30, deadline=None
)


# --- any facts at all -----------------------------------------------------------------------------------

moments = st.none() | st.integers(-600, 600).map(lambda seconds: START + timedelta(seconds=seconds))
agents_of_any_kind = st.lists(
    st.builds(
        AgentFact,
        id=st.integers(1, 9),
        target=st.just("agent"),
        is_ready=st.booleans(),
        freed_at=moments,
        wrap_up_until=moments,
        is_there=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda agent: agent.id,
)
any_facts = st.builds(
    Facts,
    event=st.sampled_from(Event),
    call=st.builds(
        CallFact,
        arrived_at=moments.filter(bool),
        line=st.none() | st.sampled_from(Line),
        line_why=st.sampled_from(["", "quarantined", "known_caller"]),
        is_ended=st.booleans(),
        offered_at=moments,
        tried=st.frozensets(st.integers(1, 9)),
    ),
    number=st.none()
    | st.builds(
        NumberFact,
        line=st.sampled_from(Line),
        agreement=st.sampled_from(["in_force", "suspended", "ended", "not_yet", "none"]),
        is_valid=st.booleans(),
        is_quarantined=st.booleans(),
        announcement=st.sampled_from(["", "xmas"]),
    ),
    caller=st.builds(CallerFact),
    agents=agents_of_any_kind,
    queue=st.builds(QueueFact, ahead=st.integers(0, 3)),
    hours=st.builds(HoursFact, on_call=st.sampled_from(["", "oncall"])),
    policy=st.builds(PolicyFact, reserve=st.integers(0, 2), contract_gains_on_public=st.booleans()),
    now=st.just(START),
    result=st.sampled_from(["", "1", "NOANSWER", "ANSWER", "CANCEL", "\x00"]),
)


@given(facts=any_facts)
def test_whatever_the_facts_the_answer_stays_within_the_line(facts: Facts) -> None:
    decision = decide(facts)
    assert decide(facts) == decision
    if decision.line == Line.CONTRACT and facts.hours.is_open:
        assert decision.action in {Action.CONNECT, Action.BUSY, Action.HANGUP}
    if decision.line == Line.NONE:
        assert decision.action in {Action.ANNOUNCE, Action.HANGUP}
    if decision.line == Line.PUBLIC:
        assert decision.action not in {Action.BUSY, Action.ANNOUNCE}
    if decision.action == Action.CONNECT:
        assert bool(decision.candidates) != bool(decision.target)
        assert decision.ring_seconds > 0
    if decision.action == Action.WAIT:
        assert decision.wait_seconds > 0
    assert all(candidate.is_free(facts.now) for candidate in decision.candidates)


@given(facts=any_facts)
def test_what_is_kept_of_a_decision_decides_the_same_again(facts: Facts) -> None:
    revived = from_kept(json.loads(json.dumps(as_kept(facts))))
    assert revived == facts
    assert decide(revived) == decide(facts)


@given(facts=any_facts)
def test_a_replay_gives_the_answer_that_was_given_and_tells_what_every_agent_was(facts: Facts) -> None:
    given_then = answer_again(decide(facts))
    again = replay(json.loads(json.dumps(as_kept(facts))), given_then)
    assert again is not None
    assert again.is_same
    assert [agent.id for agent in again.agents] == [agent.id for agent in facts.agents]
    chosen = [agent.target for agent in again.agents if agent.was == AgentWas.CHOSEN]
    assert len(chosen) <= 1
    if chosen:
        assert (given_then["action"], given_then["agent"]) == ("connect", chosen[0])
    for other in ("busy", "hangup"):
        if given_then["action"] != other:
            changed = replay(as_kept(facts), {**given_then, "action": other})
            assert changed is not None
            assert changed.differences == (("action", other, given_then["action"]),)
