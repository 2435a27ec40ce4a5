"""The lifecycle of a ticket: one table of who may take it from where to where.

Pages offer `verbs_for`, the API asks `verb_for_target`, actions call `transition`, the documentation
draws `diagram`; all read the same table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lib.reasons import Reason, reason


class Status(StrEnum):
    """Where a ticket stands. Only `open` tickets wait for us."""

    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_THIRD_PARTY = "waiting_third_party"
    SCHEDULED = "scheduled"
    SOLVED = "solved"
    CLOSED = "closed"


class Actor(StrEnum):
    """Who moves a ticket: our people, the customer's people, or the clock."""

    AGENT = "agent"
    CUSTOMER = "customer"
    SYSTEM = "system"


class Verb(StrEnum):
    """What moves a ticket."""

    WAIT_CUSTOMER = "wait_customer"
    WAIT_THIRD_PARTY = "wait_third_party"
    SCHEDULE = "schedule"
    RESUME = "resume"
    SOLVE = "solve"
    CLOSE = "close"
    REOPEN = "reopen"
    CUSTOMER_REPLIED = "customer_replied"
    SCHEDULED_DUE = "scheduled_due"
    AUTO_CLOSE = "auto_close"


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from which states, to which, by whom. `is_choice`: offered as something to do."""

    verb: Verb
    sources: tuple[Status, ...]
    target: Status
    actors: tuple[Actor, ...]
    is_choice: bool = True


class NotAllowed(Exception):
    """A verb that the table does not have for this state or this actor; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


_PARKED = (Status.WAITING_CUSTOMER, Status.WAITING_THIRD_PARTY, Status.SCHEDULED)
_AGENT, _BOTH = (Actor.AGENT,), (Actor.AGENT, Actor.CUSTOMER)
_CUSTOMER, _SYSTEM = (Actor.CUSTOMER,), (Actor.SYSTEM,)

TRANSITIONS = (
    Transition(
        Verb.WAIT_CUSTOMER,
        (Status.OPEN, Status.WAITING_THIRD_PARTY, Status.SCHEDULED),
        Status.WAITING_CUSTOMER,
        _AGENT,
    ),
    Transition(
        Verb.WAIT_THIRD_PARTY,
        (Status.OPEN, Status.WAITING_CUSTOMER, Status.SCHEDULED),
        Status.WAITING_THIRD_PARTY,
        _AGENT,
    ),
    # From scheduled to scheduled: another date.
    Transition(Verb.SCHEDULE, (Status.OPEN, *_PARKED), Status.SCHEDULED, _AGENT),
    Transition(Verb.RESUME, _PARKED, Status.OPEN, _AGENT),
    Transition(Verb.SOLVE, (Status.OPEN, *_PARKED), Status.SOLVED, _AGENT),
    Transition(Verb.CLOSE, (Status.OPEN, *_PARKED, Status.SOLVED), Status.CLOSED, _BOTH),
    # Whether a customer is still in time for a closed ticket says `may_reopen`.
    Transition(Verb.REOPEN, (Status.SOLVED, Status.CLOSED), Status.OPEN, _BOTH),
    Transition(
        Verb.CUSTOMER_REPLIED,
        (Status.OPEN, *_PARKED, Status.SOLVED),
        Status.OPEN,
        _CUSTOMER,
        is_choice=False,
    ),
    Transition(Verb.SCHEDULED_DUE, (Status.SCHEDULED,), Status.OPEN, _SYSTEM),
    Transition(Verb.AUTO_CLOSE, (Status.SOLVED,), Status.CLOSED, _SYSTEM),
)

_BY_VERB = {row.verb: row for row in TRANSITIONS}


def transition(status: str, verb: str, actor: str) -> Status:
    """The state after the verb. Raises NotAllowed, and ValueError for words that do not exist."""
    status, verb, actor = Status(status), Verb(verb), Actor(actor)
    row = _BY_VERB[verb]
    if actor not in row.actors:
        raise NotAllowed(reason("lifecycle.not_by", verb=verb, actor=actor))
    if status not in row.sources:
        raise NotAllowed(reason("lifecycle.not_from", verb=verb, status=status))
    return row.target


def verbs_for(status: str, actor: str) -> tuple[Verb, ...]:
    """What this actor can choose to do with a ticket in this state, in the order of the table."""
    return tuple(row.verb for row in _choices(Status(status), Actor(actor)))


def verb_for_target(status: str, target: str, actor: str) -> Verb:
    """The verb that takes a ticket from one state to another. Raises NotAllowed when there is none."""
    status, target, actor = Status(status), Status(target), Actor(actor)
    for row in _choices(status, actor):
        if row.target == target:
            return row.verb
    raise NotAllowed(reason("lifecycle.no_way", status=status, target=target))


def may_reopen(status: str, actor: str, *, closed_days: int, reopen_days: int) -> bool:
    """Whether this actor may reopen: agents always, customers a closed ticket within `reopen_days`."""
    if Verb.REOPEN not in verbs_for(status, actor):
        return False
    in_time = closed_days <= reopen_days
    return in_time or Status(status) != Status.CLOSED or Actor(actor) != Actor.CUSTOMER


def reopen(status: str, actor: str, *, closed_days: int, reopen_days: int) -> Status:
    """`transition` for the verb reopen, which also refuses a customer who comes too late."""
    target = transition(status, Verb.REOPEN, actor)
    if not may_reopen(status, actor, closed_days=closed_days, reopen_days=reopen_days):
        raise NotAllowed(reason("lifecycle.reopen_too_late", days=reopen_days))
    return target


def may_rate(status: str, actor: str, *, closed_days: int, reopen_days: int) -> bool:
    """Whether this actor may say how it was: customers, of finished tickets they may still reopen."""
    is_customer = Actor(actor) == Actor.CUSTOMER
    return is_customer and may_reopen(status, actor, closed_days=closed_days, reopen_days=reopen_days)


def require_ratable(status: str, actor: str, *, closed_days: int, reopen_days: int) -> None:
    """Raises NotAllowed where `may_rate` says no."""
    if may_rate(status, actor, closed_days=closed_days, reopen_days=reopen_days):
        return
    if Status(status) == Status.CLOSED and Actor(actor) == Actor.CUSTOMER:
        raise NotAllowed(reason("lifecycle.rate_too_late", days=reopen_days))
    raise NotAllowed(reason("lifecycle.rate_not_yet"))


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {Status.OPEN}"]
    for row in TRANSITIONS:
        actors = ", ".join(row.actors)
        lines += [f"    {source} --> {row.target}: {row.verb} ({actors})" for source in row.sources]
    return "\n".join([*lines, f"    {Status.CLOSED} --> [*]", ""])


def _choices(status: Status, actor: Actor) -> Iterator[Transition]:
    return (row for row in TRANSITIONS if row.is_choice and status in row.sources and actor in row.actors)
