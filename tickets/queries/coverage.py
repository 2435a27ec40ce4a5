"""What the coverage rule has to know about a stretch of work, gathered from agreements, hours and prices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from django.db.models import QuerySet
from django.utils.timezone import localtime

from contracts.models import Agreement, Service, ServiceLevel, StandingApproval
from contracts.queries import agreement_facts, company_zone
from contracts.queries.allowances import AllowanceState, ledger_of
from contracts.queries.calendars import calendars
from contracts.queries.prices import price_facts
from contracts.rules.pricing import boundaries as price_boundaries
from contracts.rules.pricing import rate_at
from contracts.rules.standing import Standing, boundaries_after, day_start, standing_at
from tickets.models import ApprovalRequest, CoverageSlice, Ticket
from tickets.queries.approvals import approval_for
from tickets.rules.coverage import CASES, Slice
from tickets.rules.coverage_facts import AllowanceFact, Inputs, Override, RateFact, Terms

_DAY = timedelta(days=1)
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Consent:
    """Whether the customer has said yes to what a decision charges. `amount` is what that takes, net.

    `is_needed` without `approval`: nobody has. Without any price there is nothing to say yes to, which is no
    better.
    """

    is_needed: bool
    amount: Decimal
    currency: str
    approval: ApprovalRequest | StandingApproval | None = None

    @property
    def is_missing(self) -> bool:
        """Whether chargeable work rests on nothing."""
        return self.is_needed and self.approval is None

    @property
    def request(self) -> ApprovalRequest | None:
        """The request that was answered with yes, where it is that."""
        return self.approval if isinstance(self.approval, ApprovalRequest) else None


def inputs_for(
    *,
    ticket: Ticket,
    customer_id: int,
    service: Service,
    start: datetime,
    end: datetime,
    at: datetime,
    kilometres: int = 0,
    override: Override = "",
    besides: int | None = None,
) -> Inputs:
    """Everything that decides who pays for work from start to end (whole minutes), as it stands at `at`.

    `besides` is the id of the entry that is decided anew: what it took before is not counted against it.
    Whoever books afterwards holds the customer's agreements, so that nobody takes the same rest.
    """
    standings = _standings(customer_id, start, end)
    agreements = _agreements(standings)
    prices = price_facts(customer_id, start, end)
    edges = [start, *price_boundaries(prices, start, end), end]
    return Inputs(
        starts_at=start,
        ends_at=end,
        service=service.code,
        terms=tuple(_terms(standings, agreements)),
        rates=tuple(
            RateFact(since, to, rate_at(prices, service.code, since)) for since, to in pairwise(edges)
        ),
        allowances=_shared(list(_allowances(standings, agreements, ticket, at, besides)), agreements),
        kilometres=kilometres,
        is_incident_charged=_charged(ticket, customer_id, besides)
        .filter(price_item__unit="incident")
        .exists(),
        override=override,
    )


def consent_to(
    slices: Sequence[Slice],
    *,
    ticket: Ticket,
    customer_id: int,
    service: Service,
    at: datetime,
    besides: int | None = None,
) -> Consent:
    """Whether the customer has to approve what these slices cost, and what says that they did."""
    asked = [one for one in slices if one.needs_approval]
    amount = sum((one.amount for one in asked), Decimal("0.00"))
    currency = next((one.rate.currency for one in asked if one.rate), "")
    has_no_price = any(one.rate is None for one in asked)
    if not amount and not has_no_price:
        return Consent(is_needed=False, amount=amount, currency=currency)
    approval = None
    if currency and not has_no_price:
        approval = approval_for(
            ticket=ticket,
            customer_id=customer_id,
            service=service,
            amount=amount,
            currency=currency,
            at=at,
            besides=besides,
        )
    return Consent(is_needed=True, amount=amount, currency=currency, approval=approval)


def day_of(moment: datetime) -> date:
    """The company's calendar day of a moment."""
    return localtime(moment, company_zone()).date()


def relies_on_case(ticket: Ticket, agreement_id: int, *, besides: int | None = None) -> bool:
    """Whether a standing entry of this ticket is covered by a case of that agreement."""
    rows = _current(ticket, besides).filter(agreement=agreement_id, is_covered=True)
    return rows.filter(reason_params__unit=CASES).exists()


def _current(ticket: Ticket, besides: int | None) -> QuerySet[CoverageSlice]:
    return CoverageSlice.objects.filter(
        decision__is_current=True, decision__entry__ticket=ticket, decision__entry__voided_at=None
    ).exclude(decision__entry=besides or 0)


def _charged(ticket: Ticket, customer_id: int, besides: int | None) -> QuerySet[CoverageSlice]:
    """What this customer pays on the ticket: it may have been another one's before."""
    rows = _current(ticket, besides).filter(decision__entry__customer=customer_id)
    return rows.filter(is_covered=False, amount__gt=0)


@dataclass(frozen=True)
class _Held:
    """A standing over a part of the stretch."""

    starts_at: datetime
    ends_at: datetime
    standing: Standing


def _standings(customer_id: int, start: datetime, end: datetime) -> list[_Held]:
    facts, zone = agreement_facts([customer_id])[customer_id], company_zone()
    edges = [start, *(edge for edge in boundaries_after(facts, start, zone) if edge < end), end]
    return [_Held(since, to, standing_at(facts, since, zone)) for since, to in pairwise(edges)]


def _agreements(standings: Sequence[_Held]) -> dict[int, Agreement]:
    """The agreements that decide somewhere, with their levels."""
    ids = {held.standing.agreement_id for held in standings if held.standing.agreement_id}
    found = Agreement.objects.filter(pk__in=ids).select_related("level").prefetch_related("level__services")
    return {agreement.pk: agreement for agreement in found}


def _terms(standings: Sequence[_Held], agreements: dict[int, Agreement]) -> Iterator[Terms]:
    levels = {pk: agreement.level for pk, agreement in agreements.items()}
    known = calendars([None, *(level.hours_id for level in levels.values() if level)])
    for held in standings:
        agreement_id = held.standing.agreement_id
        level = levels.get(agreement_id) if agreement_id else None
        calendar = known[level.hours_id if level else None]
        yield Terms(
            held.starts_at,
            held.ends_at,
            agreement_id=agreement_id if level else None,
            services=_services(level),
            open=tuple(calendar.stretches(held.starts_at, held.ends_at)),
            rounding_minutes=level.rounding_minutes if level else 0,
            minimum_minutes=level.minimum_minutes if level else 0,
        )


def _services(level: ServiceLevel | None) -> tuple[str, ...]:
    return tuple(sorted(service.code for service in level.services.all())) if level else ()


def _allowances(
    standings: Sequence[_Held],
    agreements: dict[int, Agreement],
    ticket: Ticket,
    at: datetime,
    besides: int | None,
) -> Iterator[AllowanceFact]:
    """What each agreement's allowance holds: one fact for each of its periods that the stretch touches.

    It reaches to the end of the stretch where the period does, also where the agreement is suspended
    meanwhile: what is left is counted once.
    """
    finish, done = standings[-1].ends_at, dict.fromkeys(agreements, standings[0].starts_at)
    for held in standings:
        agreement = agreements.get(held.standing.agreement_id or 0)
        moment = max(held.starts_at, done[agreement.pk]) if agreement else held.ends_at
        while agreement and moment < held.ends_at:
            day = day_of(moment)
            ledger = ledger_of(agreement, today=day_of(at), day=day)
            state = ledger.state(agreement.pk, day)  # what may be booked today for that day
            if state is None:
                break
            until = min(_end_of(state), finish)
            is_counted, own = _case(state, ticket, agreement, besides)
            yield AllowanceFact(
                moment,
                until,
                agreement.pk,
                state.unit,
                state.left + own,
                state.overrun,
                is_counted=is_counted,
                handed_on=ledger.shared(agreement.pk, day),
            )
            done[agreement.pk] = moment = until


def _case(
    state: AllowanceState, ticket: Ticket, agreement: Agreement, besides: int | None
) -> tuple[bool, int]:
    """Whether other entries have counted the ticket's case, and the case that this entry alone has taken."""
    if state.unit != CASES:
        return False, 0
    is_counted = relies_on_case(ticket, agreement.pk, besides=besides)
    is_own = besides is not None and not is_counted and relies_on_case(ticket, agreement.pk)
    return is_counted, int(is_own)


def _shared(facts: list[AllowanceFact], agreements: dict[int, Agreement]) -> tuple[AllowanceFact, ...]:
    """What a period handed on counts twice only where the stretch reaches the period that has it."""
    known = []
    for fact, following in zip(facts, [*facts, None][1:], strict=True):
        heirs = following and {following.agreement_id, agreements[following.agreement_id].renewed_from_id}
        known.append(fact if heirs and fact.agreement_id in heirs else replace(fact, handed_on=0))
    return tuple(known)


def _end_of(state: AllowanceState) -> datetime:
    """The instant at which the period is over."""
    if state.period_ends_on is None:
        return _FOREVER
    return day_start(state.period_ends_on + _DAY, company_zone())
