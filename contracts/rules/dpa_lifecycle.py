"""The life cycle of a data-processing agreement: one table of who may take it from where to where. Pure.

Pages offer `verbs_for`, actions call `transition`; both read the same table. What opens gates is not the
state but the dates (`contracts.rules.gates.DpaFact`): the state follows them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from contracts.rules.standing import SERVICE, AgreementFact, boundaries_after, day_start, standing_at
from lib.reasons import Reason, reason

_DAY = timedelta(days=1)


class State(StrEnum):
    """Where a data-processing agreement stands. Only one in force opens gates."""

    REQUESTED = "requested"
    UNDER_REVIEW = "under_review"
    OFFERED = "offered"
    IN_FORCE = "in_force"
    ENDED = "ended"


class Actor(StrEnum):
    """Who moves it: our leads and admins, the customer's company admins, or the clock."""

    FIRM = "firm"
    CUSTOMER = "customer"
    SYSTEM = "system"


class Verb(StrEnum):
    """What moves it."""

    BEGIN_REVIEW = "begin_review"
    SETTLE = "settle"
    OFFER = "offer"
    SIGN = "sign"
    COME_INTO_FORCE = "come_into_force"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    TERMINATE = "terminate"
    TAKE_BACK = "take_back"
    DECIDE_REVIEW = "decide_review"
    SUPERSEDE = "supersede"
    END = "end"


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from which states, to which (None: it stays where it is), by whom."""

    verb: Verb
    sources: tuple[State, ...]
    target: State | None
    actors: tuple[Actor, ...]


class NotAllowed(Exception):
    """A verb that the table does not have for this state or this actor; `reason` says why."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why.code)
        self.reason = why


PENDING = (State.REQUESTED, State.UNDER_REVIEW, State.OFFERED)
"""Asked for, and neither in force nor ended."""
_FIRM, _BOTH, _CLOCK = (Actor.FIRM,), (Actor.FIRM, Actor.CUSTOMER), (Actor.SYSTEM,)

TRANSITIONS = (
    Transition(Verb.BEGIN_REVIEW, (State.REQUESTED,), State.UNDER_REVIEW, _FIRM),
    Transition(Verb.SETTLE, (State.UNDER_REVIEW,), None, _BOTH),
    # Again while it is offered: another version, as long as nobody has signed.
    Transition(Verb.OFFER, (State.UNDER_REVIEW, State.OFFERED), State.OFFERED, _FIRM),
    Transition(Verb.SIGN, (State.OFFERED,), None, _BOTH),
    Transition(Verb.COME_INTO_FORCE, (State.OFFERED,), State.IN_FORCE, _CLOCK),
    Transition(Verb.REFUSE, PENDING, State.ENDED, _BOTH),
    # Our people note it where the customer said so.
    Transition(Verb.WITHDRAW, PENDING, State.ENDED, _BOTH),
    # To a day that is still to come it stays in force until then.
    Transition(Verb.TERMINATE, (State.IN_FORCE,), State.ENDED, _FIRM),
    # Only a termination whose day is still to come.
    Transition(Verb.TAKE_BACK, (State.IN_FORCE,), None, _FIRM),
    Transition(Verb.DECIDE_REVIEW, (State.IN_FORCE,), None, _FIRM),
    Transition(Verb.SUPERSEDE, (State.IN_FORCE,), State.ENDED, _CLOCK),
    Transition(Verb.END, (State.IN_FORCE,), State.ENDED, _CLOCK),
)
BY_VERB: Mapping[Verb, Transition] = {row.verb: row for row in TRANSITIONS}


def transition(state: str, verb: str, actor: str) -> State:
    """The state after the verb. Raises NotAllowed, and ValueError for words that do not exist."""
    state, row, actor = State(state), BY_VERB[Verb(verb)], Actor(actor)
    # A command or an import acts for the firm: what people may not do at all (the clock's) stays the clock's.
    if actor is not Actor.SYSTEM and actor not in row.actors:
        raise NotAllowed(reason("dpa_not.by", verb=row.verb, actor=actor))
    if state not in row.sources:
        raise NotAllowed(reason("dpa_not.from", verb=row.verb, state=state))
    return row.target or state


def verbs_for(state: str, actor: str) -> tuple[Verb, ...]:
    """What this actor can do with one in this state, in the order of the table."""
    return tuple(row.verb for row in TRANSITIONS if state in row.sources and Actor(actor) in row.actors)


REVIEW_QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "customer": ("controller", "purposes", "data_subjects", "special_categories", "contact_person"),
    "firm": ("relationship", "measures", "subprocessors", "deletion", "contact_person"),
}
"""What the mutual review asks each party; worded in `dpa_wording`."""


def basis_ended_at(agreements: Iterable[AgreementFact], at: datetime, zone: ZoneInfo) -> datetime | None:
    """When the customer's last service agreement ended; None while one runs, or where there never was one.

    A suspension ends no relationship: it is not looked at.
    """
    lasting = [replace(one, suspensions=()) for one in agreements if one.kind == SERVICE and one.level]
    if not lasting or standing_at(lasting, at, zone).in_force:
        return None
    before_all = day_start(min(one.starts_on for one in lasting), zone) - timedelta(seconds=1)
    behind = [moment for moment in boundaries_after(lasting, before_all, zone) if moment <= at]
    # Nothing is in force any more: so the last boundary behind us is the end of what was in force until then.
    return behind[-1] if behind else None


def ends_after(last_day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a last day, inclusive, is over."""
    return day_start(last_day + _DAY, zone)


def holds_until(noticed_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """When what lost its basis ends by itself: at the midnight that many days on.

    Counted from the day on which somebody can have been told, so that a sweep that was late takes nothing.
    """
    return day_start(noticed_at.astimezone(zone).date() + timedelta(days=days), zone)


def reminder_due(holds_until_on: date, today: date, distances: Iterable[int]) -> int | None:
    """The nearest of the distances (days ahead) that is reached; None while all are still to come."""
    left = (holds_until_on - today).days
    reached = [days for days in distances if left <= days]
    return min(reached, default=None)
