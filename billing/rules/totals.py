"""What lines add up to. VAT is worked out once per rate, on the sum of its nets (EN 16931, BR-CO-17)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lib.money import cents

HUNDRED = Decimal(100)
MINUTES_PER_HOUR = Decimal(60)


@dataclass(frozen=True)
class LineFact:
    """What counts of a line; covered ones cost nothing and belong to no rate of VAT."""

    net: Decimal
    vat_percent: Decimal
    is_covered: bool = False


@dataclass(frozen=True)
class VatShare:
    """One rate of VAT: the sum of the nets it is on, and the VAT."""

    percent: Decimal
    net: Decimal
    vat: Decimal

    def as_json(self) -> dict[str, str]:
        """For JSON columns: amounts as text, which loses nothing."""
        return {"percent": str(self.percent), "net": str(self.net), "vat": str(self.vat)}


@dataclass(frozen=True)
class Totals:
    """Net, VAT and gross to the cent, with the rates from low to high."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    shares: tuple[VatShare, ...]


def net_of(quantity: Decimal, unit_price: Decimal, surcharge_percent: Decimal, *, unit: str) -> Decimal:
    """What a quantity costs, net. The price of minutes is that of an hour."""
    per = MINUTES_PER_HOUR if unit == "minute" else Decimal(1)
    return cents(quantity * unit_price * (HUNDRED + surcharge_percent) / HUNDRED / per)


def totals_of(lines: Iterable[LineFact]) -> Totals:
    """Add up the lines of one statement."""
    nets: dict[Decimal, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for line in lines:
        if not line.is_covered:
            nets[cents(line.vat_percent)] += line.net
    shares = tuple(
        VatShare(percent, net, cents(net * percent / HUNDRED)) for percent, net in sorted(nets.items())
    )
    net = sum((share.net for share in shares), Decimal("0.00"))
    vat = sum((share.vat for share in shares), Decimal("0.00"))
    return Totals(net, vat, net + vat, shares)
