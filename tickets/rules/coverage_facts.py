"""What the coverage rule is told about a stretch of work, and the same as JSON and back, exactly.

Everything a decision rests on is in here, reduced to the stretch: the terms of the customer's standing with
the service hours inside it, what the allowance still held, the rate of each moment. So a decision can be
found again from its own inputs, whatever agreements, calendars and price lists say by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from contracts.rules.pricing import Rate

VERSION = 1
"""Of the rule: another version may find other slices from the same inputs."""

Override = Literal["", "covered", "chargeable"]
Stretch = tuple[datetime, datetime]


class UnknownVersion(ValueError):
    """Inputs that were written for a version of the rule that this program does not have."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a standing gives over [starts_at, ends_at). Without an agreement, `agreement_id` is None.

    `open` are the service hours inside it. `rounding_minutes` 0 means: as the price list rounds.
    """

    starts_at: datetime
    ends_at: datetime
    agreement_id: int | None = None
    services: tuple[str, ...] = ()
    open: tuple[Stretch, ...] = ()
    rounding_minutes: int = 0
    minimum_minutes: int = 0


@dataclass(frozen=True, slots=True)
class AllowanceFact:
    """What an agreement's allowance still holds in one of its periods, here over [starts_at, ends_at).

    `unit` is minutes or cases, `overrun` refuse, ask or bill. `is_counted`: this ticket's case was counted
    already. `handed_on`: so much of `left` was carried over into the next of these facts and counts
    there, too.
    """

    starts_at: datetime
    ends_at: datetime
    agreement_id: int
    unit: str
    left: int
    overrun: str
    is_counted: bool = False
    handed_on: int = 0


@dataclass(frozen=True, slots=True)
class RateFact:
    """The rate of the service over [starts_at, ends_at); None where no price list has it."""

    starts_at: datetime
    ends_at: datetime
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Inputs:
    """A stretch of work of one service and all that decides who pays. Its ends are whole minutes.

    `terms` and `rates` follow one another without a gap over [starts_at, ends_at). `override` is what
    somebody decided by hand. `is_incident_charged`: the ticket's flat fee stands on another entry already.
    """

    starts_at: datetime
    ends_at: datetime
    service: str
    terms: tuple[Terms, ...]
    rates: tuple[RateFact, ...]
    allowances: tuple[AllowanceFact, ...] = ()
    kilometres: int = 0
    is_incident_charged: bool = False
    override: Override = ""
    version: int = VERSION

    def __post_init__(self) -> None:
        _require_tiles(self.terms, self.starts_at, self.ends_at)
        _require_tiles(self.rates, self.starts_at, self.ends_at)


def as_json(inputs: Inputs) -> dict[str, Any]:
    """The inputs as a JSON document; `from_json` reads it back without loss."""
    return {
        "version": inputs.version,
        "starts_at": _text(inputs.starts_at),
        "ends_at": _text(inputs.ends_at),
        "service": inputs.service,
        "kilometres": inputs.kilometres,
        "is_incident_charged": inputs.is_incident_charged,
        "override": inputs.override,
        "terms": [_terms_as_json(one) for one in inputs.terms],
        "allowances": [_allowance_as_json(one) for one in inputs.allowances],
        "rates": [
            {**_span(one), "rate": _rate_as_json(one.rate) if one.rate else None} for one in inputs.rates
        ],
    }


def from_json(document: Mapping[str, Any]) -> Inputs:
    """What `as_json` wrote. Error: UnknownVersion."""
    if document.get("version") != VERSION:
        raise UnknownVersion(f"Inputs of version {document.get('version')}, the rule has {VERSION}.")
    return Inputs(
        starts_at=_moment(document["starts_at"]),
        ends_at=_moment(document["ends_at"]),
        service=document["service"],
        kilometres=document["kilometres"],
        is_incident_charged=document["is_incident_charged"],
        override=document["override"],
        terms=tuple(_terms(one) for one in document["terms"]),
        allowances=tuple(_allowance(one) for one in document["allowances"]),
        rates=tuple(
            RateFact(*_span_of(one), _rate(one["rate"]) if one["rate"] else None) for one in document["rates"]
        ),
    )


def _require_tiles(facts: Sequence[Terms] | Sequence[RateFact], start: datetime, end: datetime) -> None:
    """Error: ValueError where facts leave a gap, overlap, or do not reach from start to end."""
    edge = start
    for fact in facts:
        if fact.starts_at != edge or fact.ends_at <= fact.starts_at:
            raise ValueError(f"These facts do not follow one another: {facts}")
        edge = fact.ends_at
    if edge != end or start >= end:
        raise ValueError(f"These facts do not reach from {start} to {end}: {facts}")


def _terms_as_json(terms: Terms) -> dict[str, Any]:
    return {
        **_span(terms),
        "agreement": terms.agreement_id,
        "services": list(terms.services),
        "open": [[_text(start), _text(end)] for start, end in terms.open],
        "rounding_minutes": terms.rounding_minutes,
        "minimum_minutes": terms.minimum_minutes,
    }


def _terms(document: Mapping[str, Any]) -> Terms:
    return Terms(
        *_span_of(document),
        agreement_id=document["agreement"],
        services=tuple(document["services"]),
        open=tuple((_moment(start), _moment(end)) for start, end in document["open"]),
        rounding_minutes=document["rounding_minutes"],
        minimum_minutes=document["minimum_minutes"],
    )


def _allowance_as_json(fact: AllowanceFact) -> dict[str, Any]:
    return {
        **_span(fact),
        "agreement": fact.agreement_id,
        "unit": fact.unit,
        "left": fact.left,
        "overrun": fact.overrun,
        "is_counted": fact.is_counted,
        "handed_on": fact.handed_on,
    }


def _allowance(document: Mapping[str, Any]) -> AllowanceFact:
    return AllowanceFact(
        *_span_of(document),
        agreement_id=document["agreement"],
        unit=document["unit"],
        left=document["left"],
        overrun=document["overrun"],
        is_counted=document["is_counted"],
        handed_on=document.get("handed_on", 0),
    )


_AMOUNTS = ("amount", "vat_percent", "surcharge_percent")
_WORDS = ("list_id", "item_id", "code", "unit", "currency", "rounding_minutes", "minimum_minutes", "is_own")


def _rate_as_json(rate: Rate) -> dict[str, Any]:
    """Decimals as text, so that no cent is lost to a float."""
    amounts = {name: str(getattr(rate, name)) for name in _AMOUNTS}
    return amounts | {name: getattr(rate, name) for name in _WORDS}


def _rate(document: Mapping[str, Any]) -> Rate:
    amounts: dict[str, Any] = {name: Decimal(document[name]) for name in _AMOUNTS}
    words: dict[str, Any] = {name: document[name] for name in _WORDS}
    return Rate(**amounts, **words)


def _span(fact: Terms | AllowanceFact | RateFact) -> dict[str, Any]:
    return {"starts_at": _text(fact.starts_at), "ends_at": _text(fact.ends_at)}


def _span_of(document: Mapping[str, Any]) -> Stretch:
    return _moment(document["starts_at"]), _moment(document["ends_at"])


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
