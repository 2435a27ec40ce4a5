"""Writing the ledger of allowances: opening and closing periods, booking, taking back, correcting.

Every line is added under the lock of the agreement's row (and of those of its chain of renewals, in pk
order), after the periods were settled: grants, changed terms, carry-over and expiry are lines as well. No
period ever falls below zero.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from contracts.actions import rowwise
from contracts.models import Agreement, AllowanceEntry
from contracts.queries.allowances import Ledger, Stray, chain_ids, ledger_of, ledgers, with_allowance
from contracts.queries.renewals import today_at
from contracts.rules.allowance import REFUSE, Sheet, Sums, spendable
from lib.waking import wake

Kind = AllowanceEntry.Kind
SETTLED = (
    ("granted", Kind.GRANT),
    ("moved", Kind.MOVED),
    ("carried", Kind.CARRIED),
    ("expired", Kind.EXPIRED),
)
"""Which sums are settled, and by which kind of line."""
SERIES = ("agreement_id", "unit", "period", "period_starts_on")


class AllowanceUsedUp(Exception):
    """A refuse allowance has only `left` units left."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


class NothingIncluded(Exception):
    """The agreement includes no allowance on this day, or is not in force on it."""


class BelowZero(Exception):
    """A correction would take more than the `left` units that are left."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


@transaction.atomic
def book(
    *, agreement: Agreement, units: int, key: str, source: str, by: User | None, at: datetime, day: date
) -> int:
    """Book units (minutes or cases, as the allowance says) used on a local day. Returns: how many were there.

    A second booking under a key returns what the first one got and changes nothing, unless the first was
    taken back. Errors: AllowanceUsedUp where the allowance refuses an overrun and has less left;
    NothingIncluded where the day lies outside of the agreement, in a suspension or it has no allowance.
    """
    _lock([agreement.pk])
    standing = -AllowanceEntry.objects.under_key(key).balance()
    if standing > 0:
        return standing
    agreement = Agreement.objects.get(pk=agreement.pk)
    ledger, place = _opened(agreement, at, day)
    sheet = ledger.settled[place]
    room = spendable(ledger.settled, place)
    if units > room and sheet.terms.overrun == REFUSE:
        raise AllowanceUsedUp(room)
    taken = min(units, room)
    if taken > 0:
        lines = AllowanceEntry.objects.under_key(key).count()
        of_line = {"key": f"{key}#{lines}" if lines else key, "source": source, "by": by, "day": day}
        _write(sheet=sheet, kind=Kind.BOOKING, units=-taken, at=at, **of_line)
        _settle(agreement, at, day)
        wake("contracts.alert_allowances")
    return max(0, taken)


@transaction.atomic
def take_back(*, key: str, by: User | None, at: datetime, reason: str = "") -> int:
    """Give back what was booked under a key, to the period it was taken from. Returns: how many units.

    Whatever was taken back already is not given back twice.
    """
    found = AllowanceEntry.objects.under_key(key).order_by("id").first()
    if found is None:
        return 0
    _lock(AllowanceEntry.objects.under_key(key).values_list("agreement_id", flat=True).distinct())
    lines = AllowanceEntry.objects.under_key(key)
    units = -lines.balance()
    booking = lines.filter(kind=Kind.BOOKING).order_by("-id").first()
    if units <= 0 or booking is None:
        return 0
    AllowanceEntry.objects.create(
        agreement_id=booking.agreement_id,
        unit=booking.unit,
        period=booking.period,
        period_starts_on=booking.period_starts_on,
        day=booking.day,
        kind=Kind.REVERSAL,
        units=units,
        key=f"{key}#{lines.count()}",
        source=booking.source,
        note=reason[:250],
        by=by,
        at=at,
    )
    _settle(Agreement.objects.get(pk=booking.agreement_id), at, booking.day)
    return units


@transaction.atomic
def correct(
    *, agreement: Agreement, units: int, reason: str, key: str, by: User, at: datetime, day: date
) -> AllowanceEntry:
    """Add or (negative) take away units of the period that contains a day, by hand. Returns: the line.

    The same `key` twice counts once. Errors: NothingIncluded; BelowZero where more is taken than is left.
    """
    _lock([agreement.pk])
    if known := AllowanceEntry.objects.filter(key=key).first():
        return known
    ledger, place = _opened(agreement, at, day, is_suspended_fine=True)
    room = spendable(ledger.settled, place)
    if -units > room:
        raise BelowZero(room)
    of_line = {"key": key, "note": reason[:250], "by": by, "day": day}
    entry = _write(sheet=ledger.settled[place], kind=Kind.CORRECTION, units=units, at=at, **of_line)
    _settle(agreement, at, day)
    details = {"units": units, "reason": reason}
    auditing.record(by=by, verb="allowance.corrected", what=agreement, at=at, details=details)
    wake("contracts.alert_allowances")
    return entry


def open_periods(*, at: datetime) -> int:
    """Open, close and correct the periods of every agreement as far as that is due. Returns: lines written.

    Looks without locks and settles only what has something missing; any number of runs are one. An agreement
    whose periods cannot be opened is reported and left.
    """
    today = today_at(at)

    def unsettled(some: Sequence[int]) -> Iterable[int]:
        found = ledgers(some, today=today)
        return {id(ledger): pk for pk, ledger in found.items() if _is_unsettled(ledger)}.values()

    pks = list(with_allowance().order_by("pk").values_list("pk", flat=True))
    return rowwise.sweep(pks, look=unsettled, act=lambda pk: _settle_one(pk, at), event="periods_not_opened")


@transaction.atomic
def _settle_one(agreement_id: int, at: datetime) -> int:
    _lock([agreement_id])
    return _settle(Agreement.objects.get(pk=agreement_id), at, None)


def _lock(agreement_ids: Iterable[int]) -> None:
    """Lock agreements and what belongs to their chains. Keys of lines that point at them need no wait."""
    rows = Agreement.objects.select_for_update(no_key=True).filter(pk__in=chain_ids(agreement_ids))
    list(rows.order_by("pk").values_list("pk"))


def _opened(
    agreement: Agreement, at: datetime, day: date, *, is_suspended_fine: bool = False
) -> tuple[Ledger, int]:
    """The settled ledger, and where the day's period stands in it. Error: NothingIncluded."""
    _settle(agreement, at, day)
    ledger = ledger_of(agreement, today=today_at(at), day=day)
    place = ledger.place(agreement.pk, day)
    if place is None or (agreement.is_suspended_on(day) and not is_suspended_fine):
        raise NothingIncluded
    return ledger, place


def _settle(agreement: Agreement, at: datetime, day: date | None) -> int:
    """Add the lines that are missing, under the lock. Returns: how many."""
    ledger = ledger_of(agreement, today=today_at(at), day=day)
    count = sum(_expire(stray, at) for stray in ledger.strays)
    for recorded, wanted in zip(ledger.recorded, ledger.settled, strict=True):
        for name, kind in SETTLED:
            units = getattr(wanted.sums, name) - getattr(recorded.sums, name)
            is_first_grant = kind == Kind.GRANT and not recorded.is_open
            if units or is_first_grant:
                line = Kind.CHANGED if kind == Kind.GRANT and recorded.is_open else kind
                _write(sheet=recorded, kind=line, units=units, at=at)
                count += 1
    return count


def _is_unsettled(ledger: Ledger) -> bool:
    if ledger.strays or any(not sheet.is_open for sheet in ledger.recorded):
        return True
    return any(
        _settled_sums(recorded.sums) != _settled_sums(wanted.sums)
        for recorded, wanted in zip(ledger.recorded, ledger.settled, strict=True)
    )


def _settled_sums(sums: Sums) -> tuple[int, ...]:
    return tuple(getattr(sums, name) for name, _kind in SETTLED)


def _write(*, sheet: Sheet, kind: Kind, units: int, at: datetime, **more: Any) -> AllowanceEntry:
    """Add a line to a period; `more` are its other columns. Without a key it gets the next of its kind."""
    start = sheet.period.starts_on
    series = (sheet.agreement_id, sheet.terms.unit, sheet.terms.period, start)
    fields = {**dict(zip(SERIES, series, strict=True)), "day": start, **more}
    if "key" not in fields:
        fields["key"] = _settling_key(*series, kind)
    return AllowanceEntry.objects.create(kind=kind, units=units, at=at, **fields)


def _expire(stray: Stray, at: datetime) -> int:
    """What is left under terms that hold no longer expires."""
    series = (stray.agreement_id, stray.unit, stray.period, stray.period_starts_on)
    AllowanceEntry.objects.create(
        **dict(zip(SERIES, series, strict=True)),
        day=stray.period_starts_on,
        kind=Kind.EXPIRED,
        units=-stray.left,
        key=_settling_key(*series, Kind.EXPIRED),
        at=at,
    )
    return 1


def _settling_key(agreement_id: int, unit: str, period: str, start: date, kind: Kind) -> str:
    """The next key of a line that opens, closes or corrects a period: two at once would collide."""
    series = dict(zip(SERIES, (agreement_id, unit, period, start), strict=True))
    lines = AllowanceEntry.objects.filter(**series, kind=kind).count()
    return f"settled:{agreement_id}:{unit}:{period}:{start}:{kind}:{lines}"
