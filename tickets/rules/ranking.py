"""The order of the queue: pin, band, severity, arrival, number, and nothing else.

The whole key is one ASCII string of 29 characters whose bytewise order (COLLATE "C", a Valkey sorted
set) is the order of the queue:

    pin 9 | band 3 | severity 1 | arrival 9 | serial 7        zzzzzzzzz 002 2 0V6XmB3k8 000002f

Moments are microseconds since 1970 in base 62, band and severity are decimal and stand at a fixed place,
so that a mass change of bands can be done in SQL (`overlay(rank_key placing '003' from 10 for 3)`).
Tickets without a pin carry the highest possible pin and so stand behind all pinned ones.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from contracts.rules.standing import NO_CONTRACT_BAND
from lib.reasons import Reason, reason

PIN_WIDTH, BAND_WIDTH, SEVERITY_WIDTH, ARRIVAL_WIDTH, SERIAL_WIDTH = 9, 3, 1, 9, 7
KEY_LENGTH = PIN_WIDTH + BAND_WIDTH + SEVERITY_WIDTH + ARRIVAL_WIDTH + SERIAL_WIDTH
BAND_FROM = PIN_WIDTH + 1
"""Where the band starts in the key, counted from 1 as SQL does."""
SEVERITY_FROM = BAND_FROM + BAND_WIDTH

SERIAL_LIMIT = 10**12

Range = tuple[str, str]
"""Half-open: keys with low <= key < high; in Valkey `ZLEXCOUNT key [low (high`."""

# ASCII order, so that numbers of one width sort as text.
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNPINNED = _DIGITS[-1] * PIN_WIDTH
_FIRST_PIN = _DIGITS[0] * PIN_WIDTH
UNPINNED_FROM = _UNPINNED
"""Keys below are pinned, all others are not."""
GROUP_LENGTH = PIN_WIDTH + BAND_WIDTH + SEVERITY_WIDTH
"""So many characters are alike in tickets that only their arrival ranks."""


class Severity(IntEnum):
    """How bad it is; lower is worse. Outside the code the names are written in lower case."""

    CRITICAL = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4


@dataclass(frozen=True, slots=True)
class RankFacts:
    """What the rank of one ticket depends on; `pinned_at` only while the pin holds (`effective_pin`)."""

    pinned_at: datetime | None
    band: int
    severity: int
    arrived_at: datetime
    serial: int


@dataclass(frozen=True, slots=True)
class AheadCounts:
    """How many tickets are ahead of one, by the reason that decides; the position is `total` + 1."""

    pinned: int = 0
    better_band: int = 0
    more_severe: int = 0
    earlier: int = 0

    @property
    def total(self) -> int:
        """How many tickets are ahead."""
        return self.pinned + self.better_band + self.more_severe + self.earlier


def severity_name(severity: int) -> str:
    """`critical`, `high`, `normal` or `low`, as the API and the wordings call it."""
    return Severity(severity).name.lower()


def effective_pin(pinned_at: datetime | None, expires_at: datetime | None, at: datetime) -> datetime | None:
    """`pinned_at` while the pin holds, in [pinned, expires); None when there is none or it has expired."""
    return None if expires_at is not None and at >= expires_at else pinned_at


def rank_key(facts: RankFacts) -> str:
    """The key of one ticket. Raises ValueError for naive or unrepresentable moments and other bad facts."""
    if not 0 <= facts.serial < SERIAL_LIMIT:
        raise ValueError(f"A serial has up to 12 digits, not {facts.serial}.")
    return _severity_prefix(facts) + _moment(facts.arrived_at) + _base62(facts.serial, SERIAL_WIDTH)


def moved_to_band(key: str, band: int) -> str:
    """The key of the same ticket in another band."""
    return key[:PIN_WIDTH] + _band(band) + key[PIN_WIDTH + BAND_WIDTH :]


def band_range(band: int) -> Range:
    """The keys of the tickets of one band that are not pinned."""
    return _UNPINNED + _band(band), _UNPINNED + f"{band + 1:0{BAND_WIDTH}}"


def pinned_range() -> Range:
    """The keys of all pinned tickets."""
    return _FIRST_PIN, _UNPINNED


def ranges_for(facts: RankFacts) -> dict[str, Range]:
    """Four ranges, named like the fields of AheadCounts, that hold every key ahead of this ticket's once.

    For a pinned ticket `pinned` holds the earlier pins, the others the tickets pinned at the same moment.
    """
    pin, key = _pin(facts), rank_key(facts)
    band, severity = pin + _band(facts.band), _severity_prefix(facts)
    return {
        "pinned": (_FIRST_PIN, pin),
        "better_band": (pin, band),
        "more_severe": (band, severity),
        "earlier": (severity, key),
    }


def compare(a: RankFacts, b: RankFacts) -> Reason:
    """Why `a` is ahead of `b`: the first part of the order in which they differ.

    Raises ValueError when `a` is not ahead.
    """
    if rank_key(a) >= rank_key(b):
        raise ValueError("The first ticket is not ahead of the second.")
    if a.pinned_at != b.pinned_at:
        return reason("ahead.pinned" if b.pinned_at is None else "ahead.earlier_pin", pinned_at=a.pinned_at)
    if a.band != b.band:
        return reason("ahead.contract" if b.band == NO_CONTRACT_BAND else "ahead.better_level")
    if a.severity != b.severity:
        return reason("ahead.more_severe", severity=severity_name(a.severity), than=severity_name(b.severity))
    if a.arrived_at != b.arrived_at:
        return reason("ahead.earlier", arrived_at=a.arrived_at, than_at=b.arrived_at)
    return reason("ahead.lower_number")


def explain(position: int, facts: RankFacts, level_name: str | None, counts: AheadCounts) -> Reason:
    """Why a ticket stands where it stands, to be said by `wording.sentence`.

    `counts` are those of `ranges_for`; take `counts.total + 1` as the position to keep the sentence
    true when the queue moves between two reads.
    """
    return reason(
        "rank.place",
        position=position,
        level=level_name,
        severity=severity_name(facts.severity),
        since_at=facts.arrived_at,
        is_pinned=facts.pinned_at is not None,
        pinned=counts.pinned,
        better_band=counts.better_band,
        more_severe=counts.more_severe,
        earlier=counts.earlier,
    )


def _severity_prefix(facts: RankFacts) -> str:
    return f"{_pin(facts)}{_band(facts.band)}{Severity(facts.severity).value}"


def _pin(facts: RankFacts) -> str:
    return _UNPINNED if facts.pinned_at is None else _moment(facts.pinned_at)


def _band(band: int) -> str:
    if not 1 <= band <= NO_CONTRACT_BAND:
        raise ValueError(f"A band lies between 1 and {NO_CONTRACT_BAND}, not at {band}.")
    return f"{band:0{BAND_WIDTH}}"


def _moment(moment: datetime) -> str:
    """Microseconds since 1970; nine digits reach into 2398 and the last of them means "not pinned"."""
    if moment.utcoffset() is None:
        raise ValueError(f"An aware datetime is needed, not {moment!r}.")
    text = _base62((moment - _EPOCH) // _MICROSECOND, ARRIVAL_WIDTH)
    if text == _UNPINNED:
        raise ValueError(f"{moment!r} is too late for a rank key.")
    return text


def _base62(number: int, width: int) -> str:
    rest = number
    digits = []
    for _ in range(width):
        rest, digit = divmod(rest, len(_DIGITS))
        digits.append(_DIGITS[digit])
    if rest:  # also -1 for negative numbers
        raise ValueError(f"{number} is out of range for a rank key.")
    return "".join(reversed(digits))
