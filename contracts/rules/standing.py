"""Standing: what a customer's agreements amount to at one moment, and why.

Only a service agreement gives precedence (service policy, "Updatevertrag"). Of several in force the
lowest level rank decides. Dates are calendar days in the company's zone and inclusive: an agreement
from 1 to 31 March is in force in [1 March 00:00, 1 April 00:00) local time, over DST changes too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lib.reasons import Reason, reason

NO_CONTRACT_BAND = 100

SERVICE = "service"
VENDOR_KINDS = ("update", "software_assurance", "software_maintenance", "cloud_subscription")

_DAY = timedelta(days=1)
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SuspensionFact:
    """A dated period in which an agreement does not count; `ends_on` inclusive, None = open-ended."""

    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class LevelFact:
    """A service level; rank 1 is the best, levels may share a rank."""

    id: int
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class AgreementFact:
    """One agreement; `terminated_on` is the last day in force when it was ended early.

    `renews`: it goes on after `ends_on` by itself, and the agreement that follows is not written yet. So its
    last day takes nothing away, however late whoever writes that one is.
    """

    id: int
    kind: str
    reference: str
    level: LevelFact | None
    starts_on: date
    ends_on: date | None
    terminated_on: date | None
    suspensions: tuple[SuspensionFact, ...] = ()
    renews: bool = False

    @property
    def last_day(self) -> date | None:
        """The last day in force, None when it runs on."""
        ends_on = None if self.renews else self.ends_on
        return min((day for day in (ends_on, self.terminated_on) if day), default=None)


@dataclass(frozen=True, slots=True)
class Seen:
    """An agreement that was looked at and does not decide, with the reason."""

    agreement_id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Standing:
    """The band a customer's tickets stand in, what gives it, and what was seen but does not count."""

    band: int
    level: LevelFact | None
    in_force: bool
    agreement_id: int | None
    reasons: tuple[Reason, ...]
    not_counting: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class _Counting:
    """An agreement that counts at the moment asked for."""

    agreement: AgreementFact
    level: LevelFact


def standing_at(agreements: Iterable[AgreementFact], at: datetime, zone: ZoneInfo) -> Standing:
    """The standing at one aware moment; the order of `agreements` does not matter."""
    _require_aware(at)
    ordered = sorted(agreements, key=lambda agreement: agreement.id)
    refusals = {agreement.id: _why_not(agreement, at, zone) for agreement in ordered}
    counting = [
        _Counting(agreement, agreement.level)
        for agreement in ordered
        if agreement.level is not None and refusals[agreement.id] is None
    ]
    best = min(counting, key=_precedence, default=None)
    if best is None:
        code = "standing.no_service_agreement" if ordered else "standing.no_agreement"
        seen = tuple(Seen(id_, why) for id_, why in refusals.items() if why)
        return Standing(
            NO_CONTRACT_BAND,
            None,
            in_force=False,
            agreement_id=None,
            reasons=(reason(code),),
            not_counting=seen,
        )
    beaten = {other.agreement.id: _why_beaten(other, best) for other in counting if other is not best}
    seen = tuple(Seen(id_, why) for id_, why in {**refusals, **beaten}.items() if why)
    why = reason(
        "standing.service_in_force",
        level=best.level.name,
        reference=best.agreement.reference,
        ends_on=best.agreement.last_day,
    )
    return Standing(
        best.level.rank,
        best.level,
        in_force=True,
        agreement_id=best.agreement.id,
        reasons=(why,),
        not_counting=seen,
    )


def boundaries_after(
    agreements: Iterable[AgreementFact], after: datetime, zone: ZoneInfo
) -> tuple[datetime, ...]:
    """Every instant strictly after `after` at which the standing may change: sorted, unique, aware UTC."""
    _require_aware(after)
    instants = {
        instant
        for agreement in agreements
        if agreement.kind == SERVICE
        for instant in _boundaries(agreement, zone)
    }
    return tuple(sorted(instant for instant in instants if instant > after))


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local calendar day, aware UTC.

    It is local midnight; where the clocks jump over midnight, the day begins at the jump, and where
    midnight comes twice, with the first.
    """
    midnight = datetime.combine(day, time(0), tzinfo=zone)
    try:
        start = midnight.astimezone(UTC)
        if start.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
            return start
        return _first_instant_of(day, zone, midnight.replace(fold=1).astimezone(UTC), start)
    except OverflowError:
        return _BEGINNING if day.year == 1 else _FOREVER


def _first_instant_of(day: date, zone: ZoneInfo, before: datetime, not_before: datetime) -> datetime:
    """Bisect to the jump that carries the clocks into `day`; both ends are whole seconds around it."""
    low, high = int(before.timestamp()), int(not_before.timestamp())
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).date() < day:
            low = middle + 1
        else:
            high = middle
    return datetime.fromtimestamp(low, UTC)


def _end_of(last_day: date | None, zone: ZoneInfo) -> datetime:
    """The instant after an inclusive last day; the end of time when there is none."""
    return _FOREVER if last_day is None or last_day == date.max else day_start(last_day + _DAY, zone)


def _why_not(agreement: AgreementFact, at: datetime, zone: ZoneInfo) -> Reason | None:
    """Why the agreement does not count at `at`; None when it counts."""
    reference = agreement.reference
    if agreement.kind in VENDOR_KINDS:
        return reason("standing.vendor_agreement", kind=agreement.kind, reference=reference)
    if agreement.kind != SERVICE:
        return reason("standing.other_agreement", reference=reference)
    if agreement.level is None:
        return reason("standing.level_missing", reference=reference)
    return _why_not_today(agreement, at, zone)


def _why_not_today(agreement: AgreementFact, at: datetime, zone: ZoneInfo) -> Reason | None:
    """Why the dates of a service agreement do not hold at `at`; None when they do."""
    reference, last = agreement.reference, agreement.last_day
    # An agreement that was terminated before its first day is over already, not yet to come.
    if last is not None and (last < agreement.starts_on or at >= _end_of(last, zone)):
        if last != agreement.ends_on:
            return reason("standing.terminated", reference=reference, terminated_on=last)
        return reason("standing.ended", reference=reference, ended_on=last)
    if at < day_start(agreement.starts_on, zone):
        return reason("standing.not_started", reference=reference, starts_on=agreement.starts_on)
    suspended, until = _suspended(agreement.suspensions, at, zone)
    return reason("standing.suspended", reference=reference, until_on=until) if suspended else None


def _suspended(
    suspensions: Sequence[SuspensionFact], at: datetime, zone: ZoneInfo
) -> tuple[bool, date | None]:
    """Whether a suspension covers `at`, and its last day; suspensions that follow without a gap are one."""
    ends = at
    last: date | None = None
    suspended = False
    for suspension in sorted(suspensions, key=lambda each: each.starts_on):
        over = _end_of(suspension.ends_on, zone)
        if day_start(suspension.starts_on, zone) <= ends and over > ends:
            ends, last, suspended = over, suspension.ends_on, True
    return suspended, last


def _precedence(counting: _Counting) -> tuple[int, int, int]:
    """Best rank first; of equals the one that lasts longest, then the one filed first."""
    lasts = (counting.agreement.last_day or date.max).toordinal()
    return counting.level.rank, -lasts, counting.agreement.id


def _why_beaten(other: _Counting, best: _Counting) -> Reason:
    """Why an agreement in force does not decide beside a better one."""
    same = other.level.rank == best.level.rank
    return reason(
        "standing.same_level" if same else "standing.lower_level",
        level=other.level.name,
        reference=other.agreement.reference,
        better=best.agreement.reference,
    )


def _boundaries(agreement: AgreementFact, zone: ZoneInfo) -> Iterable[datetime]:
    starts, ends = day_start(agreement.starts_on, zone), _end_of(agreement.last_day, zone)
    if ends <= starts:
        return
    yield starts
    if ends != _FOREVER:
        yield ends
    for suspension in agreement.suspensions:
        for instant in (day_start(suspension.starts_on, zone), _end_of(suspension.ends_on, zone)):
            if starts < instant < ends:
                yield instant


def _require_aware(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError(f"An aware datetime is needed, not {moment!r}.")
