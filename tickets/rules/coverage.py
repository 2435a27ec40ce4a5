"""Who pays for a stretch of work: covered by the agreement or chargeable, why, how many minutes, at what.

Each minute is judged by what holds when it begins, in this order: without a service agreement nothing is
covered (no_agreement); a service that the level does not include is not (service_not_included); nor is work
outside the service hours (outside_hours), unless the level includes the service `out-of-hours`; what is left
is covered as far as the allowance reaches (allowance_used_up after that). Neighbours with the same answer are
one slice.

An entry is rounded once, as a whole and up, by the rule of its first minute's level, else its price list. The
minutes that this adds go to the last slice. Where that is covered by an allowance, they never take more than
is left of it: rounding alone makes nobody pay.

Money: work by the hour is priced per slice by its own version of the price list, half up to the cent. A flat
item is charged once (per ticket for an incident, per entry otherwise), on the first slice that has it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any, TypeVar

from contracts.rules.pricing import Rate, amount_of
from lib.money import cents
from tickets.rules.coverage_facts import AllowanceFact, Inputs, RateFact, Terms, from_json

COVERED = "covered"
OUTSIDE_HOURS = "outside_hours"
SERVICE_NOT_INCLUDED = "service_not_included"
ALLOWANCE_USED_UP = "allowance_used_up"
NO_AGREEMENT = "no_agreement"
BY_HAND = "by_hand"
CODES = (COVERED, OUTSIDE_HOURS, SERVICE_NOT_INCLUDED, ALLOWANCE_USED_UP, NO_AGREEMENT, BY_HAND)

OUT_OF_HOURS = "out-of-hours"
"""The service that, included in a level, covers work outside the service hours, too."""

CASES, MINUTES = "cases", "minutes"
REFUSE, BILL = "refuse", "bill"
INCIDENT, KILOMETRE = "incident", "kilometre"

Fact = TypeVar("Fact", Terms, RateFact, AllowanceFact)

_MINUTE = timedelta(minutes=1)
_ANY_TIME = datetime.min.replace(tzinfo=UTC)
_FREE = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch with one answer. `units` are taken from the allowance; `amount` is net, zero when covered.

    `params` say the `unit` of the allowance that covers it, or its rule of `overrun`. `allowance_starts_at`
    tells the periods of an allowance apart; `is_out_of_hours`: a surcharge applies.
    """

    starts_at: datetime
    ends_at: datetime
    is_covered: bool
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    agreement_id: int | None = None
    rate: Rate | None = None
    is_out_of_hours: bool = False
    allowance_starts_at: datetime | None = None
    charged_minutes: int = 0
    units: int = 0
    amount: Decimal = _FREE

    @property
    def real_minutes(self) -> int:
        """The minutes between its ends."""
        return minutes_between(self.starts_at, self.ends_at)

    @property
    def needs_approval(self) -> bool:
        """Whether the customer has to say yes first: to all but overrun that is simply billed."""
        return not self.is_covered and self.params.get("overrun") != BILL

    @property
    def is_refused(self) -> bool:
        """Whether the agreement does not allow this work at all once its allowance is used up."""
        return self.params.get("overrun") == REFUSE


def decide(inputs: Inputs) -> tuple[Slice, ...]:
    """The slices of the stretch, in order and without a gap. Never empty."""
    purse = _Purse(inputs.allowances)
    pieces = [piece for part in _even_parts(inputs) for piece in _judged(part, inputs, purse)]
    return tuple(_priced(_rounded(_merged(pieces), inputs, purse), inputs))


def replay(document: Mapping[str, Any]) -> tuple[Slice, ...]:
    """The slices that `decide` found, from the inputs stored with them. Error: UnknownVersion."""
    return decide(from_json(document))


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes from start to end."""
    return (end - start) // _MINUTE


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch over which every fact stays the same."""

    starts_at: datetime
    ends_at: datetime
    terms: Terms
    rate: Rate | None
    is_open: bool
    allowance: AllowanceFact | None


class _Purse:
    """What each allowance still holds while the minutes are walked through."""

    def __init__(self, allowances: Sequence[AllowanceFact]) -> None:
        self._facts = {(fact.agreement_id, fact.starts_at): fact for fact in allowances}
        self._left = {key: max(fact.left, 0) for key, fact in self._facts.items()}
        self._next = dict(pairwise(self._facts))
        self._counted = {fact.agreement_id for fact in allowances if fact.unit == CASES and fact.is_counted}

    def take(self, fact: AllowanceFact, minutes: int) -> tuple[int, int]:
        """Use up to so many minutes; a case covers all of them. Returns: minutes covered, units taken."""
        if fact.unit == CASES:
            return self._take_case(fact, minutes)
        key = fact.agreement_id, fact.starts_at
        taken = min(minutes, self._left[key])
        self._spend(key, taken)
        return taken, taken

    def take_more(self, one: Slice, minutes: int) -> int:
        """What of the minutes that rounding adds to a covered slice counts: all, or what is left."""
        if one.allowance_starts_at is None or one.agreement_id is None:
            return minutes
        fact = self._facts[one.agreement_id, one.allowance_starts_at]
        return minutes if fact.unit == CASES else self.take(fact, minutes)[0]

    def _take_case(self, fact: AllowanceFact, minutes: int) -> tuple[int, int]:
        """One case per ticket and agreement, however many entries and periods it has."""
        if fact.agreement_id in self._counted:
            return minutes, 0
        key = fact.agreement_id, fact.starts_at
        if not self._left[key]:
            return 0, 0
        self._spend(key, 1)
        self._counted.add(fact.agreement_id)
        return minutes, 1

    def _spend(self, key: tuple[int, datetime], units: int) -> None:
        """What was handed on and is used here is not in the next period any more."""
        handed_on = self._facts[key].handed_on
        before = min(handed_on, self._left[key])
        self._left[key] -= units
        gone = before - min(handed_on, self._left[key])
        if gone and key in self._next:
            following = self._next[key]
            self._left[following] = max(0, self._left[following] - gone)


def _even_parts(inputs: Inputs) -> Iterator[_Part]:
    """Cut the stretch at every minute at which a fact changes."""
    edges = sorted({_up(edge) for edge in _edges(inputs) if inputs.starts_at <= edge <= inputs.ends_at})
    for start, end in pairwise(edges):
        terms, priced = _at(inputs.terms, start), _at(inputs.rates, start)
        if terms is None or priced is None:
            raise AssertionError("Terms and rates reach over the whole stretch.")
        is_open = any(opens <= start < closes for opens, closes in terms.open)
        own = [fact for fact in inputs.allowances if fact.agreement_id == terms.agreement_id]
        yield _Part(start, end, terms, priced.rate, is_open, _at(own, start))


def _edges(inputs: Inputs) -> Iterator[datetime]:
    yield from (inputs.starts_at, inputs.ends_at)
    for facts in (inputs.terms, inputs.rates, inputs.allowances):
        for fact in facts:
            yield from (fact.starts_at, fact.ends_at)
    for terms in inputs.terms:
        for stretch in terms.open:
            yield from stretch


def _up(moment: datetime) -> datetime:
    """The minute that begins then or next: a minute is judged by what holds when it begins."""
    cut = moment.replace(second=0, microsecond=0)
    return cut if cut == moment else cut + _MINUTE


def _at(facts: Iterable[Fact], moment: datetime) -> Fact | None:
    return next((fact for fact in facts if fact.starts_at <= moment < fact.ends_at), None)


def _judged(part: _Part, inputs: Inputs, purse: _Purse) -> Iterator[Slice]:
    """One part, split where its allowance runs out."""
    if inputs.override:
        yield from _by_hand(part, inputs, purse)
        return
    why = _why_not(part.terms, inputs.service, is_open=part.is_open)
    if why:
        yield _chargeable(part, part.starts_at, why)
        return
    minutes = minutes_between(part.starts_at, part.ends_at)
    covered, units = purse.take(part.allowance, minutes) if part.allowance else (minutes, 0)
    edge = part.starts_at + covered * _MINUTE
    if covered:
        yield _covered(part, edge, COVERED, units)
    if part.allowance and covered < minutes:
        yield replace(_chargeable(part, edge, ALLOWANCE_USED_UP), params={"overrun": part.allowance.overrun})


def _why_not(terms: Terms, service: str, *, is_open: bool) -> str:
    """Why a standing does not cover a minute; empty where it does."""
    if terms.agreement_id is None:
        return NO_AGREEMENT
    if service not in terms.services:
        return SERVICE_NOT_INCLUDED
    return "" if is_open or OUT_OF_HOURS in terms.services else OUTSIDE_HOURS


def _by_hand(part: _Part, inputs: Inputs, purse: _Purse) -> Iterator[Slice]:
    """What somebody decided: the allowance is used as far as it reaches, and nothing is split by it."""
    if inputs.override == "chargeable":
        yield _chargeable(part, part.starts_at, BY_HAND)
        return
    minutes = minutes_between(part.starts_at, part.ends_at)
    covered, units = purse.take(part.allowance, minutes) if part.allowance else (minutes, 0)
    if part.allowance and part.allowance.unit == CASES and not covered:
        part = replace(part, allowance=None)  # no case is left: it is given
    yield _covered(part, part.ends_at, BY_HAND, units)


def _covered(part: _Part, until: datetime, code: str, units: int) -> Slice:
    allowance = part.allowance
    return Slice(
        part.starts_at,
        until,
        is_covered=True,
        code=code,
        params={"unit": allowance.unit} if allowance else {},
        agreement_id=part.terms.agreement_id,
        allowance_starts_at=allowance.starts_at if allowance else None,
        units=units,
    )


def _chargeable(part: _Part, since: datetime, code: str) -> Slice:
    """Whether it lay outside the service hours matters where that has a price of its own."""
    rate = part.rate
    has_surcharge = rate is not None and rate.is_hourly and rate.surcharge_percent > 0
    is_out = not part.is_open and OUT_OF_HOURS not in part.terms.services
    return Slice(
        since,
        part.ends_at,
        is_covered=False,
        code=code,
        agreement_id=part.terms.agreement_id,
        rate=rate,
        is_out_of_hours=has_surcharge and is_out,
    )


def _merged(pieces: Iterable[Slice]) -> list[Slice]:
    """Neighbours with the same answer become one slice."""
    groups = [list(group) for _, group in groupby(pieces, key=_answer)]
    return [
        replace(group[0], ends_at=group[-1].ends_at, units=sum(one.units for one in group))
        for group in groups
    ]


def _answer(one: Slice) -> Slice:
    """Everything about a slice but when it is and how much of the allowance it takes."""
    return replace(one, starts_at=_ANY_TIME, ends_at=_ANY_TIME, units=0)


def _rounded(slices: Sequence[Slice], inputs: Inputs, purse: _Purse) -> list[Slice]:
    """Charged minutes: the real ones, and in the last slice what rounding adds to the whole."""
    *firsts, last = (replace(one, charged_minutes=one.real_minutes) for one in slices)
    real = minutes_between(inputs.starts_at, inputs.ends_at)
    added = rounded_minutes(real, *_rounding(inputs)) - real
    if last.is_covered:
        added = purse.take_more(last, added)
    is_of_minutes = last.is_covered and last.params.get("unit") == MINUTES
    units = last.units + added if is_of_minutes else last.units
    return [*firsts, replace(last, charged_minutes=last.charged_minutes + added, units=units)]


def rounded_minutes(real: int, unit: int, minimum: int) -> int:
    """At least the minimum, then up to a multiple of the unit."""
    unit = max(unit, 1)
    return -(-max(real, minimum) // unit) * unit


def _rounding(inputs: Inputs) -> tuple[int, int]:
    """Unit and minimum by the first minute's level, else by its price list, else none."""
    terms, rate = inputs.terms[0], inputs.rates[0].rate
    if terms.rounding_minutes:
        return terms.rounding_minutes, terms.minimum_minutes
    return (rate.rounding_minutes, rate.minimum_minutes) if rate else (1, 0)


def _priced(slices: Iterable[Slice], inputs: Inputs) -> Iterator[Slice]:
    """What each chargeable slice costs; a flat item once, on the first slice that has it."""
    charged = {INCIDENT} if inputs.is_incident_charged else set()
    for one in slices:
        if one.is_covered or one.rate is None:
            yield one
        elif one.rate.is_hourly:
            amount = amount_of(one.charged_minutes, one.rate, is_out_of_hours=one.is_out_of_hours)
            yield replace(one, amount=amount)
        else:
            times = 0 if one.rate.unit in charged else _times(one.rate, inputs)
            charged.add(one.rate.unit)
            yield replace(one, amount=cents(one.rate.amount * times))


def _times(rate: Rate, inputs: Inputs) -> int:
    return inputs.kilometres if rate.unit == KILOMETRE else 1
