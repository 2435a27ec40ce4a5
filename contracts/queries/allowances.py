"""Reading allowances: what agreements include, what the ledger says, and what is left at a moment."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q, QuerySet, Sum

from contracts.models import Agreement, Allowance, AllowanceEntry
from contracts.queries.renewals import today_at
from contracts.rules.allowance import (
    WHOLE,
    Period,
    Sheet,
    Sums,
    Terms,
    parse_shares,
    periods_between,
    settled,
    spendable,
    still_there,
)

Kind = AllowanceEntry.Kind
OF_SUM = {
    Kind.GRANT: "granted",
    Kind.CHANGED: "granted",
    Kind.CARRIED: "carried",
    Kind.BOOKING: "booked",
    Kind.REVERSAL: "booked",
    Kind.CORRECTION: "corrected",
    Kind.MOVED: "moved",
    Kind.EXPIRED: "expired",
}
"""Which of a period's sums a kind of line belongs to."""


@dataclass(frozen=True, slots=True)
class AllowanceState:
    """What is left of an agreement's allowance in one period, in minutes or cases.

    `granted` includes corrections; `left` may be booked now. `period_ends_on` is inclusive, None without end.
    """

    unit: str
    granted: int
    carried: int
    used: int
    left: int
    period_starts_on: date
    period_ends_on: date | None
    overrun: str
    period: str = "month"
    calendar_starts_on: date = date.min
    carries_over: bool = False
    shares: tuple[int, ...] = ()

    @property
    def percent(self) -> int:
        """How much of it is used, in per cent, rounded down; 100 where there is nothing to use."""
        return min(WHOLE, self.used * WHOLE // self.total) if self.total > 0 else WHOLE

    @property
    def total(self) -> int:
        """What the period has, used or not."""
        return self.granted + self.carried


@dataclass(frozen=True, slots=True)
class Stray:
    """What is left on lines written under terms that no longer hold: it expires."""

    agreement_id: int
    unit: str
    period: str
    period_starts_on: date
    left: int


@dataclass(frozen=True)
class Ledger:
    """The ledger of an agreement and those it renews, oldest period first, and as it has to be."""

    recorded: tuple[Sheet, ...]
    strays: tuple[Stray, ...] = ()

    @cached_property
    def settled(self) -> tuple[Sheet, ...]:
        """The periods with the lines that are missing."""
        return settled(self.recorded)

    def place(self, agreement_id: int, day: date) -> int | None:
        """Where the period of an agreement that contains a day stands."""
        for place, sheet in enumerate(self.recorded):
            if sheet.agreement_id == agreement_id and sheet.period.contains(day):
                return place
        return None

    def state(self, agreement_id: int, day: date) -> AllowanceState | None:
        """What is left on a day; None where nothing is included on it."""
        place = self.place(agreement_id, day)
        return None if place is None else self.state_at(place)

    def shared(self, agreement_id: int, day: date) -> int:
        """How much of what is left on a day lies in the period that follows, and counts there as well."""
        place = self.place(agreement_id, day)
        return 0 if place is None else still_there(self.settled, place)

    def state_at(self, place: int) -> AllowanceState:
        """What is left of the period at a place."""
        sheet = self.settled[place]
        sums = sheet.sums
        return AllowanceState(
            unit=sheet.terms.unit,
            granted=sums.granted + sums.corrected,
            carried=sums.carried,
            used=-sums.booked - sums.moved,
            left=spendable(self.settled, place),
            period_starts_on=sheet.period.starts_on,
            period_ends_on=sheet.period.ends_on,
            overrun=sheet.terms.overrun,
            period=sheet.terms.period,
            calendar_starts_on=sheet.period.calendar_starts_on,
            carries_over=sheet.terms.carries_over,
            shares=sheet.terms.shares,
        )


@dataclass
class _Lines:
    """The sums of one agreement's lines under one kind of terms, by the day their period starts on."""

    by_start: dict[date, Sums] = field(default_factory=dict)

    def add(self, start: date, kind: str, units: int) -> None:
        sums = self.by_start.get(start, Sums())
        name = OF_SUM[Kind(kind)]
        self.by_start[start] = replace(sums, **{name: getattr(sums, name) + units})


_Books = Mapping[int, Mapping[tuple[str, str], _Lines]]


def allowance_left(agreement: Agreement, at: datetime) -> AllowanceState | None:
    """What is left of an agreement's allowance at a moment; None where it has none then.

    Reads what the ledger would say: periods that nobody has opened yet count as opened. Of a period that is
    over, what expired or was handed on and not used yet is left. At most five queries.
    """
    day = today_at(at)
    return ledger_of(agreement, today=day).state(agreement.pk, day)


def ledger_of(agreement: Agreement, *, today: date, day: date | None = None) -> Ledger:
    """The ledger of an agreement's chain of renewals; `day` names one more day whose period is needed."""
    days = [] if day is None else [day]
    return ledgers([agreement.pk], today=today, days={agreement.pk: days})[agreement.pk]


def ledgers(
    agreement_ids: Iterable[int], *, today: date, days: Mapping[int, Collection[date]] | None = None
) -> dict[int, Ledger]:
    """The ledger of each of these agreements, by its id; those of one chain share theirs."""
    rows = {row.pk: row for row in with_terms(chain_ids(agreement_ids))}
    books = _books(rows)
    made: dict[int, Ledger] = {}
    for chain in _chains(rows):
        ledger = _ledger(chain, books, today, days or {})
        made.update((agreement.pk, ledger) for agreement in chain)
    return made


def chain_ids(agreement_ids: Iterable[int]) -> list[int]:
    """These agreements, those they renew and those that renew them, in pk order (the order of locking)."""
    known: set[int] = set()
    fresh = set(agreement_ids)
    while fresh:
        known |= fresh
        pairs = Agreement.objects.filter(
            Q(renewed_from_id__in=fresh) | Q(pk__in=fresh), renewed_from_id__isnull=False
        ).values_list("pk", "renewed_from_id")
        fresh = {pk for pair in pairs for pk in pair if pk is not None} - known
    return sorted(known)


def with_terms(agreement_ids: Iterable[int]) -> QuerySet[Agreement]:
    """Agreements with the allowance that holds for them, in pk order."""
    return (
        Agreement.objects.filter(pk__in=agreement_ids)
        .select_related("own_allowance", "level__allowance")
        .order_by("pk")
    )


def with_allowance() -> QuerySet[Agreement]:
    """Service agreements that include something, or did."""
    return Agreement.objects.filter(
        Q(own_allowance__isnull=False)
        | Q(level__allowance__isnull=False)
        | Q(allowance_entries__isnull=False),
        kind=Agreement.Kind.SERVICE,
    ).distinct()


def terms_of(agreement: Agreement) -> Terms | None:
    """The terms of an agreement: its own, else those of its level; None where it includes nothing."""
    if agreement.kind != Agreement.Kind.SERVICE:
        return None
    own: Allowance | None = getattr(agreement, "own_allowance", None)
    allowance = own or getattr(agreement.level, "allowance", None)
    return None if allowance is None else as_terms(allowance)


def as_terms(allowance: Allowance) -> Terms:
    """An allowance as the rules know it."""
    return Terms(
        unit=allowance.unit,
        amount=allowance.amount,
        period=allowance.period,
        carries_over=allowance.carries_over,
        is_pro_rata=allowance.is_pro_rata,
        overrun=allowance.overrun,
        shares=parse_shares(allowance.alert_at),
    )


def last_day(agreement: Agreement) -> date | None:
    """The last day of an agreement, inclusive; None when it runs on."""
    return min((day for day in (agreement.ends_on, agreement.terminated_on) if day), default=None)


def _books(agreement_ids: Collection[int]) -> _Books:
    """What the ledger says of these agreements, in one query."""
    books: dict[int, dict[tuple[str, str], _Lines]] = defaultdict(lambda: defaultdict(_Lines))
    sums = (
        AllowanceEntry.objects.filter(agreement_id__in=list(agreement_ids))
        .order_by()
        .values_list("agreement_id", "unit", "period", "period_starts_on", "kind")
        .annotate(sum=Sum("units"))
    )
    for agreement_id, unit, period, start, kind, units in sums:
        books[agreement_id][unit, period].add(start, kind, units)
    return books


def _chains(rows: Mapping[int, Agreement]) -> Iterable[list[Agreement]]:
    """The agreements by chain of renewals, each oldest first."""
    renewal_of = {row.renewed_from_id: row for row in rows.values() if row.renewed_from_id in rows}
    for row in rows.values():
        if row.renewed_from_id in rows:
            continue
        chain = [row]
        while following := renewal_of.get(chain[-1].pk):
            chain.append(following)
        yield chain


def _ledger(
    chain: list[Agreement], books: _Books, today: date, days: Mapping[int, Collection[date]]
) -> Ledger:
    sheets: list[Sheet] = []
    strays: list[Stray] = []
    for agreement in chain:
        terms, lines = terms_of(agreement), books.get(agreement.pk, {})
        own: list[Sheet] = []
        if terms is not None:
            has_begun = any(sheet.is_open for sheet in sheets)
            wanted = {today, *days.get(agreement.pk, ())}
            own = _sheets(agreement, terms, lines, wanted, has_begun=has_begun)
        sheets += own
        strays += _strays(agreement.pk, terms, lines, [sheet.period for sheet in own])
    return Ledger(_with_ends(sheets, today), tuple(strays))


def _sheets(
    agreement: Agreement,
    terms: Terms,
    lines: Mapping[tuple[str, str], _Lines],
    wanted: set[date],
    *,
    has_begun: bool,
) -> list[Sheet]:
    """The periods of one agreement: from the first that has lines (or is asked for) to the latest.

    A ledger begins with the period in which it is first asked for, unless that of an agreement which this
    one renews has begun: then with the first.
    """
    first, last = agreement.starts_on, last_day(agreement)
    series = lines.get((terms.unit, terms.period), _Lines())
    inside = {day for day in wanted if day >= first and (last is None or day <= last)}
    if inside != wanted and last is not None and max(wanted) > last and (series.by_start or has_begun):
        inside.add(last)  # an agreement that ended unseen: its last period is opened and closed
    if has_begun and inside:
        inside.add(first)
    marks = inside | series.by_start.keys()
    if not marks:
        return []
    periods = list(periods_between(terms.period, min(marks), max(marks), first, last))
    elsewhere = _used_elsewhere(agreement.pk, terms, lines, periods)
    return [
        _sheet(agreement.pk, terms, period, series.by_start, elsewhere.get(period, 0)) for period in periods
    ]


def _sheet(
    agreement_id: int, terms: Terms, period: Period, by_start: Mapping[date, Sums], used_elsewhere: int
) -> Sheet:
    found = [sums for start, sums in by_start.items() if period.covers(start)]
    return Sheet(
        agreement_id=agreement_id,
        terms=terms,
        period=period,
        sums=_added(found),
        is_open=bool(found),
        used_elsewhere=used_elsewhere,
    )


def _added(parts: Iterable[Sums]) -> Sums:
    total = Sums()
    for part in parts:
        total = Sums(
            **{name: getattr(total, name) + getattr(part, name) for name in Sums.__dataclass_fields__}
        )
    return total


def _with_ends(sheets: list[Sheet], today: date) -> tuple[Sheet, ...]:
    """A period is over after its last day, and as soon as a later one has lines."""
    ended: list[Sheet] = []
    has_later = False
    for sheet in reversed(sheets):
        ended.append(replace(sheet, is_over=has_later or sheet.period.is_over_on(today)))
        has_later = has_later or sheet.is_open
    return tuple(reversed(ended))


def _used_elsewhere(
    agreement_id: int, terms: Terms, lines: Mapping[tuple[str, str], _Lines], periods: list[Period]
) -> dict[Period, int]:
    """What was booked on the days of these periods under other terms of the same unit."""
    others = {kind for unit, kind in lines if unit == terms.unit and kind != terms.period}
    if not others:
        return {}
    booked = (
        AllowanceEntry.objects.filter(
            agreement_id=agreement_id,
            unit=terms.unit,
            period__in=others,
            kind__in=[Kind.BOOKING, Kind.REVERSAL],
        )
        .order_by()
        .values_list("day")
        .annotate(sum=Sum("units"))
    )
    used: dict[Period, int] = defaultdict(int)
    for day, units in booked:
        for period in periods:
            if period.covers(day):
                used[period] -= units
    return used


def _strays(
    agreement_id: int, terms: Terms | None, lines: Mapping[tuple[str, str], _Lines], periods: list[Period]
) -> Iterable[Stray]:
    series = (terms.unit, terms.period) if terms else None
    for (unit, kind), rows in lines.items():
        for start, sums in rows.by_start.items():
            is_held = (unit, kind) == series and any(period.covers(start) for period in periods)
            if sums.balance and not is_held:
                yield Stray(agreement_id, unit, kind, start, sums.balance)
