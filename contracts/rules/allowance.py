"""Allowances: the periods of one, what each grants, what goes into the next, and what may be booked.

Periods are calendar days in the company's zone, so no change of the clocks touches them: a month, quarter or
year of the calendar, or the agreement's own term, clipped by the agreement's first and last day. What is
granted is a number of minutes or cases. Suspended days shorten nothing: while an agreement is suspended
nothing is in force, so nothing is booked, and what is granted stays.

The ledger is never changed. `settled` says what each period's sums have to be; whoever writes the ledger adds
the lines that are missing between what it says and that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.rules.standing import day_start

MONTH, QUARTER, YEAR, TERM = "month", "quarter", "year", "term"
REFUSE, ASK, BILL = "refuse", "ask", "bill"
WHOLE = 100
"""Per cent."""

_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an allowance includes: `amount` of `unit` per `period`; `shares` in per cent are told of."""

    unit: str
    amount: int
    period: str
    carries_over: bool
    is_pro_rata: bool
    overrun: str
    shares: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """One period: the days in it that the agreement covers, and those of the calendar (all inclusive).

    The calendar of a term is all time. Without an end the last days are None.
    """

    starts_on: date
    ends_on: date | None
    calendar_starts_on: date
    calendar_ends_on: date | None

    def covers(self, day: date) -> bool:
        """Whether a day lies in the calendar's days of this period."""
        return self.calendar_starts_on <= day and (
            self.calendar_ends_on is None or day <= self.calendar_ends_on
        )

    def contains(self, day: date) -> bool:
        """Whether a day is one of the covered ones."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def is_over_on(self, day: date) -> bool:
        """Whether the last covered day lies before this day."""
        return self.ends_on is not None and self.ends_on < day

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
        """The half-open interval of it in UTC; without an end the second is None."""
        has_end = self.ends_on is not None and self.ends_on != date.max
        end = day_start(self.ends_on + _DAY, zone) if self.ends_on and has_end else None
        return day_start(self.starts_on, zone), end


@dataclass(frozen=True, slots=True)
class Sums:
    """The signed sums of a period's lines in the ledger, by what they are for.

    `corrected` are corrections by hand, `moved` is what was used under other terms and counts here.
    """

    granted: int = 0
    carried: int = 0
    booked: int = 0
    corrected: int = 0
    moved: int = 0
    expired: int = 0

    @property
    def left(self) -> int:
        """What is left before anything of it expires."""
        return self.granted + self.carried + self.booked + self.corrected + self.moved

    @property
    def own(self) -> int:
        """What the period was given itself: the most that goes into the next one."""
        return max(0, self.granted + self.corrected + self.moved)

    @property
    def balance(self) -> int:
        """The sum of all lines."""
        return self.left + self.expired


@dataclass(frozen=True, slots=True)
class Sheet:
    """One period of an agreement, as the ledger has it.

    `is_open`: it has lines already. `used_elsewhere`: what was booked on its days under other terms (not
    negative).
    """

    agreement_id: int
    terms: Terms
    period: Period
    sums: Sums = Sums()
    is_open: bool = False
    is_over: bool = False
    used_elsewhere: int = 0


def period_at(kind: str, day: date, first: date, last: date | None) -> Period | None:
    """The period that contains a day; None where the agreement (its first and last day) does not."""
    if day < first or (last is not None and day > last):
        return None
    if kind == TERM:
        return Period(first, last, date.min, None)
    begins, ends = _calendar(_MONTHS[kind], day)
    return Period(max(begins, first), ends if last is None else min(ends, last), begins, ends)


def periods_between(kind: str, start: date, end: date, first: date, last: date | None) -> Iterator[Period]:
    """The periods of an agreement from the one that contains `start` to the one that contains `end`."""
    day = max(start, first)
    while day <= end and (period := period_at(kind, day, first, last)):
        yield period
        if period.ends_on is None or period.ends_on == date.max:
            return
        day = period.ends_on + _DAY


def granted(terms: Terms, period: Period) -> int:
    """The units a period grants: all of them, or pro rata its share by days, half up to whole units.

    A last period that ends before the calendar's is short as well, so that an agreement and its renewal
    share the month in which one takes over from the other.
    """
    if not terms.is_pro_rata or period.calendar_ends_on is None or period.ends_on is None:
        return terms.amount
    covered = (period.ends_on - period.starts_on).days + 1
    whole = (period.calendar_ends_on - period.calendar_starts_on).days + 1
    return (2 * terms.amount * covered + whole) // (2 * whole)


def settled(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """The sums that successive periods have to have, oldest first.

    A period that is over keeps what it granted; in one that is not, changed terms change the grant, but never
    below what was used of it. What is left when a period is over expires; with carry-over what it was given
    itself goes into the next period (carried units are used first and expire with that one).
    """
    done: list[Sheet] = []
    for sheet, following in zip(sheets, (*sheets, None)[1:], strict=True):
        carried = _carried(done[-1], sheet) if done else sheet.sums.carried
        given = _given(replace(sheet, sums=replace(sheet.sums, carried=carried)))
        expired = -given.sums.left if sheet.is_over else 0
        terms = _terms_at_end(sheet, following)
        done.append(replace(given, terms=terms, sums=replace(given.sums, expired=expired)))
    return tuple(done)


def _terms_at_end(sheet: Sheet, following: Sheet | None) -> Terms:
    """What was decided about carrying over at a period's end holds, however the terms are changed later."""
    if following and following.is_open and (sheet.sums.expired or following.sums.carried):
        return replace(sheet.terms, carries_over=following.sums.carried > 0)
    return sheet.terms


def spendable(sheets: Sequence[Sheet], place: int) -> int:
    """How much may be booked on settled periods' days at `place` without any period falling below zero.

    In one that is over that is what expired for good, and what it handed on, as far as it is still there.
    """
    sheet = sheets[place]
    left = sheet.sums.left
    if not sheet.is_over or place + 1 == len(sheets):
        return max(0, left)
    handed_on = _carried(sheet, sheets[place + 1])
    return max(0, left - handed_on + still_there(sheets, place))


def still_there(sheets: Sequence[Sheet], place: int) -> int:
    """How much of what a period handed on is still in the next one: it may be booked in either, once."""
    if place + 1 == len(sheets):
        return 0
    return min(_carried(sheets[place], sheets[place + 1]), spendable(sheets, place + 1))


def carry_out(sheet: Sheet) -> int:
    """What goes from a period that is over into the next one."""
    if not (sheet.is_over and sheet.terms.carries_over):
        return 0
    return max(0, min(sheet.sums.left, sheet.sums.own))


def shares_reached(shares: Sequence[int], used: int, total: int) -> tuple[int, ...]:
    """Which shares (per cent) of `total` units are used up, in ascending order."""
    if used <= 0 or total <= 0:
        return ()
    return tuple(sorted({share for share in shares if used * WHOLE >= share * total}))


def parse_shares(text: str) -> tuple[int, ...]:
    """Percentages written as "75, 100". Error: ValueError where one is no whole number from 1 to 100."""
    shares = tuple(sorted({int(part) for part in text.replace("%", "").split(",") if part.strip()}))
    if any(not 1 <= share <= WHOLE for share in shares):
        raise ValueError(f"Shares are per cent from 1 to 100, not {text!r}.")
    return shares


def _carried(before: Sheet, sheet: Sheet) -> int:
    return carry_out(before) if _is_next(before, sheet) else 0


def _is_next(before: Sheet, sheet: Sheet) -> bool:
    """Minutes cannot become cases."""
    return before.terms.unit == sheet.terms.unit


def _given(sheet: Sheet) -> Sheet:
    """The grant, and what counts from other terms, without the period falling below zero."""
    sums = sheet.sums
    if sheet.is_over and sheet.is_open:
        return sheet
    base = sums.carried + sums.booked + sums.corrected
    grant = max(granted(sheet.terms, sheet.period), -base)
    # Units that somebody gave by hand are not eaten up by what was used before.
    moved = -min(sheet.used_elsewhere, base - max(0, sums.corrected) + grant)
    moved = min(0, moved)
    return replace(sheet, sums=replace(sums, granted=grant, moved=moved))


def _calendar(months: int, day: date) -> tuple[date, date]:
    """First and last day of the calendar's period of so many months that contains a day."""
    month = day.month - (day.month - 1) % months
    begins = date(day.year, month, 1)
    year, following = divmod(day.year * 12 + month - 1 + months, 12)
    ends = date.max if year > date.max.year else date(year, following + 1, 1) - _DAY
    return begins, ends
