"""Gathering what a decision depends on. Only what can matter for it is asked of the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
    Window,
)

from accounts.models import User
from calls.models import AgentPhone, Call, CallPolicy, OnCall, PhoneSystem, ServiceNumber
from calls.queries.policy import policy_along, policy_from
from calls.rules.deciding import (
    KNOWN_CALLER,
    AgentFact,
    CallerFact,
    CallFact,
    Event,
    Facts,
    HoursFact,
    Line,
    NumberFact,
    PolicyFact,
    QueueFact,
    decide,
    why_not_contract,
)
from contracts.models import Agreement, Suspension
from contracts.queries import calendar_of, company_zone
from contracts.queries.calendars import PAGES
from contracts.queries.renewals import chain_of, today_at
from contracts.rules.standing import Standing, SuspensionFact, standing_at
from lib.compiled_sql import Blanks, Rows

STALE = timedelta(seconds=60)
"""A waiting call asks every few seconds. One that has been silent for so long keeps nobody waiting."""
QUEUED = (Call.State.NEW, Call.State.WAITING, Call.State.OFFERED)
_STATE_OF = {
    "standing.suspended": "suspended",
    "standing.not_started": "not_yet",
    "standing.ended": "ended",
    "standing.terminated": "ended",
}


@dataclass(frozen=True)
class Dialled:
    """The dialled number as the rule sees it. `level_id`, `hours_id`: of the agreement in force.

    `policy`: the rules of the phone, where they came along.
    """

    row: ServiceNumber | None = None
    fact: NumberFact | None = None
    level_id: int | None = None
    hours_id: int | None = None
    policy: CallPolicy | None = None

    @property
    def holder_id(self) -> int | None:
        """The customer of the agreement that it is given to."""
        agreement = self.row.agreement if self.row else None
        return agreement.customer_id if agreement else None


_NUMBER = Rows(
    lambda blank: (
        ServiceNumber.objects.filter(number=blank.word("number"), system_id=blank.whole("system"))
        .select_related("agreement__level")
        .annotate(
            policy_told=policy_along(),
            is_suspended=Exists(Suspension.objects.filter(agreement=OuterRef("agreement"))),
        )[:1]
    )
)


def dialled(number: str, system: PhoneSystem, at: datetime) -> Dialled:
    """What a number is at a moment. Nobody's, and another system's: an unknown number."""
    row = _NUMBER.first(number=number, system=system.pk) if number else None
    if row is None:
        return Dialled()
    found = dialled_row(row, at, suspensions=None if row.is_suspended else ())
    return replace(found, policy=policy_from(row.policy_told))


def dialled_row(
    row: ServiceNumber, at: datetime, *, suspensions: Sequence[SuspensionFact] | None = None
) -> Dialled:
    """What a number is at a moment, whichever telephone system asks. `suspensions`: if they are known."""
    if row.kind == ServiceNumber.Kind.PUBLIC:
        return Dialled(row, NumberFact(Line.PUBLIC, announcement=row.announcement))
    day = today_at(at)
    state, level_id, hours_id = agreement_state(row.agreement, at, suspensions)
    fact = NumberFact(
        Line.CONTRACT,
        agreement=state,
        is_valid=not (
            (row.valid_from and day < row.valid_from) or (row.valid_until and day > row.valid_until)
        ),
        is_quarantined=row.quarantine_until is not None and day <= row.quarantine_until,
        announcement=row.announcement,
    )
    return Dialled(row, fact, level_id, hours_id)


def is_contract(number: NumberFact) -> bool:
    """Whether calls on this number are decided as on a service number in force."""
    return number.line == Line.CONTRACT and not why_not_contract(number)


def agreement_state(
    agreement: Agreement | None, at: datetime, suspensions: Sequence[SuspensionFact] | None = None
) -> tuple[str, int | None, int | None]:
    """(state, level, its hours) of an agreement together with those that it renews and that renew it.

    `suspensions`: its own, if they are known.
    """
    if agreement is None:
        return "none", None, None
    chain = [agreement]
    own = _suspensions(agreement) if suspensions is None else suspensions
    found = standing_at([agreement.as_fact(suspensions=own)], at, company_zone())
    if not found.in_force:
        chain = chain_of(agreement)
        found = _in_force(chain, at)
    level = next((one.level for one in chain if one.pk == found.agreement_id), None)
    return ("in_force", level.pk, level.hours_id) if level else (_why_not(found), None, None)


def _in_force(agreements: Iterable[Agreement], at: datetime) -> Standing:
    facts = [one.as_fact(suspensions=_suspensions(one)) for one in agreements]
    return standing_at(facts, at, company_zone())


_SUSPENSIONS = Rows(
    lambda blank: Suspension.objects.filter(agreement_id=blank.whole("agreement")).order_by("starts_on", "id")
)


def _suspensions(agreement: Agreement) -> list[SuspensionFact]:
    are_there = "suspensions" in getattr(agreement, "_prefetched_objects_cache", {})
    rows = agreement.suspensions.all() if are_there else _SUSPENSIONS.all(agreement=agreement.pk)
    return [one.as_fact() for one in rows]


def _why_not(standing: Standing) -> str:
    """Of a chain the state nearest to being in force: suspended, then yet to come, then ended."""
    states = {_STATE_OF.get(seen.reason.code, "none") for seen in standing.not_counting}
    return next((each for each in ("suspended", "not_yet", "ended") if each in states), "none")


def _older(blank: Blanks, arrived_at: object, call: object) -> "QuerySet[Call, tuple[int]]":
    """How many queued calls are older, as one row; none for none."""
    older = Q(arrived_at__lt=arrived_at) | Q(arrived_at=arrived_at, id__lt=call)
    queued = Call.objects.filter(
        older,
        system_id=blank.whole("system"),
        line=Call.Line.PUBLIC,
        state__in=QUEUED,
        in_hours=True,
        seen_at__gt=blank.moment("stale"),
    )
    return queued.order_by().annotate(many=Window(Count("pk"))).values_list("many")[:1]


_AHEAD = Rows(lambda blank: _older(blank, blank.moment("arrived_at"), blank.whole("call")))
_LOOK = Rows(
    lambda blank: (
        Call.objects.filter(system_id=blank.whole("system"), external_id=blank.word("name"))
        .order_by()
        .annotate(
            ahead=Subquery(_older(blank, OuterRef("arrived_at"), OuterRef("pk"))), policy_told=policy_along()
        )
        .values_list("line", "line_why", "state", "ahead", "policy_told")[:1]
    )
)


@dataclass(frozen=True)
class Look:
    """A call as it is before anything is locked. `ahead`: how many are before it in the public queue.

    `policy`: the rules of the phone, which came along.
    """

    line: str
    line_why: str
    state: str
    ahead: int
    policy: CallPolicy


def look_at(name: str, system: PhoneSystem, at: datetime) -> Look | None:
    """What is known of a call by its telephone system's name for it; None for an unknown one."""
    found = _LOOK.first(name=name, system=system.pk, stale=at - STALE)
    if found is None:
        return None
    line, line_why, state, ahead, told = found
    return Look(line, line_why, state, ahead or 0, policy_from(told))


def ahead_of(call: Call, at: datetime) -> int:
    """How many older public calls are still to be served. Of a call that is not kept yet: at its arrival."""
    wanted = {"system": call.system_id, "arrived_at": call.arrived_at, "call": call.pk or 0}
    found = _AHEAD.first(**wanted, stale=at - STALE)
    return int(found[0]) if found else 0


def _present(blank: Blanks) -> "QuerySet[AgentPhone, tuple[Any, ...]]":
    """Whether each is ready is the database's work: of those who are not, no moments are read. There may be
    hundreds.
    """
    is_free = Q(claimed_call__isnull=True) | Q(claim_until__lt=blank.moment("at"))
    is_ready = is_free & ~Q(device=AgentPhone.Device.UNREACHABLE)
    present = AgentPhone.objects.filter(
        system_id=blank.whole("system"),
        presence=AgentPhone.Presence.ON,
        user__is_active=True,
        user__is_on_duty=True,
    ).exclude(user__role=User.Role.CONTACT)
    said = present.annotate(
        is_ready=ExpressionWrapper(is_ready, BooleanField()),
        free_at=Case(When(is_ready, then="freed_at")),
        notes_until=Case(When(is_ready, then="wrap_up_until")),
    )
    return said.order_by("pk").values_list("pk", "dial_target", "is_ready", "free_at", "notes_until")


_AGENTS = Rows(_present)


def agents_of(system_id: int, at: datetime) -> list[AgentFact]:
    """The phones whose agents are on duty and present."""
    return [AgentFact(*row) for row in _AGENTS.all(system=system_id, at=at)]


def hours_of(call: Call, line: Line, number: Dialled, *, is_first: bool) -> HoursFact:
    """The hours that count for the call at its arrival, and its phone on call where they are over."""
    is_contract = line == Line.CONTRACT
    hours_id = number.hours_id if is_contract else None
    is_open = calendar_of(hours_id, max_age=PAGES).is_open(call.arrived_at) if is_first else call.in_hours
    if is_open or not is_contract:
        return HoursFact(is_open=is_open)
    on_call = OnCall.objects.filter(level_id=number.level_id).first()
    if on_call is None:
        return HoursFact(is_open=False)
    return HoursFact(is_open=False, on_call=on_call.dial_target, on_call_seconds=on_call.ring_seconds)


def gather(
    call: Call,
    *,
    event: Event,
    result: str,
    is_first: bool,
    number: Dialled,
    policy: CallPolicy,
    at: datetime,
    ahead: int | None = None,
) -> Facts:
    """All that `decide` needs for this step. `number` matters for the first step, and outside the hours.

    `ahead`: how many are before it in the public queue, if that was counted a moment ago.
    """
    facts = Facts(
        event=event,
        call=_call_fact(call, is_first=is_first),
        number=number.fact,
        caller=CallerFact(has_agreement=bool(call.standing.get("in_force"))),
        agents=(),
        queue=QueueFact(),
        hours=HoursFact(),
        policy=_policy_fact(policy),
        now=at,
        result=result,
    )
    if call.state == Call.State.ENDED:
        return facts
    return _with_the_rest(facts, call, number, is_first=is_first, known_ahead=ahead)


def _with_the_rest(
    facts: Facts, call: Call, number: Dialled, *, is_first: bool, known_ahead: int | None
) -> Facts:
    """With hours, queue and agents, as far as the line makes them matter."""
    settled = decide(facts)  # for its line alone, which depends on neither
    hours = hours_of(call, settled.line, number, is_first=is_first)
    ahead = 0
    if settled.line == Line.PUBLIC and hours.is_open:
        ahead = ahead_of(call, facts.now) if known_ahead is None else known_ahead
    is_asked = settled.line == Line.CONTRACT or settled.line_why == KNOWN_CALLER or not ahead
    needs_agents = hours.is_open and settled.line != Line.NONE and is_asked
    agents = agents_of(call.system_id, facts.now) if needs_agents else ()
    return replace(facts, agents=agents, queue=QueueFact(ahead), hours=hours)


def _call_fact(call: Call, *, is_first: bool) -> CallFact:
    return CallFact(
        arrived_at=call.arrived_at,
        line=None if is_first else Line(call.line),
        line_why="" if is_first else call.line_why,
        is_ended=call.state == Call.State.ENDED,
        offered_at=call.offered_at,
        tried=frozenset(call.tried),
    )


def _policy_fact(policy: CallPolicy) -> PolicyFact:
    return PolicyFact(
        ring_seconds=policy.ring_seconds,
        poll_seconds=policy.poll_seconds,
        offer_after=policy.offer_after,
        offer_again=policy.offer_again,
        contract_hold=policy.contract_hold,
        reserve=policy.reserve,
        contract_gains_on_public=policy.contract_gains_on_public,
    )


def in_queue(at: datetime) -> Q:
    """Which calls wait in the public queue of their telephone system."""
    return Q(line=Call.Line.PUBLIC, state__in=QUEUED, in_hours=True, seen_at__gt=at - STALE)


def queue_of(system: PhoneSystem, at: datetime) -> list[Call]:
    """The public queue as it stands, the head first."""
    return list(Call.objects.filter(in_queue(at), system=system).order_by("arrived_at", "pk"))
