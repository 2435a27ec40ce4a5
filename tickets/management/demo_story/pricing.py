"""What Berger IT charges: a price list and the one of next year, one customer's own price, and approvals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localdate

from contracts.actions import prices
from contracts.actions.prices import Item
from contracts.models import OUT_OF_HOURS, CustomerPrice, PriceItem, PriceList, Service, StandingApproval
from contracts.queries import company_zone
from tickets.actions import approving
from tickets.actions.approving import Answer
from tickets.management.demo_story.replay import Cast
from tickets.models import ApprovalRequest, Ticket

Unit = PriceItem.Unit
EARLY = 2
"""So many months into a year, the list of the year before is still the one that the story tells of."""

PRICES = (
    ("phone", "phone", "Telefon und schriftlich", "Phone and in writing", Unit.HOUR, "98.00", "102.00"),
    ("remote", "remote", "Fernwartung", "Remote support", Unit.HOUR, "112.00", "118.00"),
    ("installation", "installation", "Installation", "Installation", Unit.HOUR, "112.00", "118.00"),
    ("on-site", "on-site", "Vor Ort", "On site", Unit.HOUR, "126.00", "132.00"),
    ("travel", "travel", "Anfahrt bis 30 km", "Travel up to 30 km", Unit.PIECE, "69.00", "69.00"),
    ("kilometre", None, "Jeder weitere Kilometer", "Each further kilometre", Unit.KILOMETRE, "0.72", "0.75"),
    (
        "outside", OUT_OF_HOURS, "Außerhalb der Geschäftszeiten", "Outside service hours",
        Unit.PERCENT, "50", "50",
    ),
)  # fmt: skip
"""Code, service, names, unit, amount this year and next."""
OWN_PRICE = ("stadtwerke", "remote", "104.00")
STANDING = ("isartal", "300.00", "Karin Weiß", "E-Mail vom 12. Januar an Lukas Berger")


@dataclass(frozen=True)
class Asked:
    """A price that a customer was asked to approve. `answer`: approved, declined or nothing yet."""

    subject: str
    service: str
    ceiling: str
    text: str
    days_ago: int
    answer: str = ""
    note: str = ""


APPROVALS = (
    Asked(
        "Anwaltspostfach meldet Fehler bei der Signaturkarte", "on-site", "252.00",
        "Kartenleser an zwei Plätzen tauschen und die Signaturkarten neu einrichten.",
        2, "approved", "Bitte am Vormittag, danach sind Termine.",
    ),
    Asked(
        "Teilekatalog öffnet nur eine leere Seite", "remote", "224.00",
        "Den alten Katalog auf einem eigenen Server weiterbetreiben, bis der Hersteller liefert.",
        3, "declined", "Wir warten auf den Hersteller.",
    ),
    Asked(
        "Kartenlesegerät am Empfang wird nicht erkannt", "on-site", "189.00",
        "Lesegerät am Empfang tauschen und mit der Praxissoftware verbinden. Das Gerät bringen wir mit;"
        " Sie bezahlen nur die Arbeit.",
        1,
    ),
    Asked(
        "Lab laptops ask for a BitLocker recovery key", "remote", "336.00",
        "Reset the boot settings of twelve laptops one by one and store the new recovery keys with you.",
        1,
    ),
)  # fmt: skip


def publish_prices(at: datetime) -> None:
    """The list of this year, long published, and the one of the next, announced ten days ago."""
    today = localdate(at, company_zone())
    year = today.year if today.month > EARLY else today.year - 1
    long_ago = at - timedelta(days=800)
    _publish(date(year, 1, 1), next_year=False, at=long_ago)
    _publish(date(today.year + 1, 1, 1), next_year=True, at=at - timedelta(days=10))


def grant(cast: Cast, at: datetime) -> None:
    """What one customer pays instead, and what another has approved ahead."""
    first = localdate(at, company_zone()).replace(month=1, day=1)
    customer, code, amount = OWN_PRICE
    own = CustomerPrice(
        customer=cast.customers[customer], code=code, amount=Decimal(amount), valid_from=first
    )
    prices.save_own_price(price=own, by=None, at=at - timedelta(days=200))
    customer, ceiling, name, evidence = STANDING
    approval = StandingApproval(
        customer=cast.customers[customer],
        ceiling=Decimal(ceiling),
        starts_on=first,
        granted_by=name,
        evidence=evidence,
    )
    prices.save_standing_approval(approval=approval, by=None, at=at - timedelta(days=200))


def ask_approvals(cast: Cast, at: datetime) -> None:
    """Ask, and let those answer who did."""
    services = {service.code: service for service in Service.objects.all()}
    for told in APPROVALS:
        tickets = Ticket.objects.select_related("assignee", "contact__customer")
        ticket = tickets.filter(subject=told.subject).first()
        if ticket is None or ticket.assignee is None or told.service not in services:
            continue
        asked_at = max(at - timedelta(days=told.days_ago), ticket.arrived_at + timedelta(minutes=30))
        asked = approving.ask(
            ticket=ticket,
            service=services[told.service],
            ceiling=Decimal(told.ceiling),
            text=told.text,
            by=ticket.assignee,
            contact=ticket.contact,
            at=min(asked_at, at),
        )
        if told.answer:
            given = Answer(
                is_approved=told.answer == "approved",
                how=ApprovalRequest.How.LINK,
                contact=ticket.contact,
                note=told.note,
            )
            answered_at = asked.asked_at + timedelta(hours=2)
            approving.answer(request=asked, given=given, at=min(answered_at, at))


def _publish(first: date, *, next_year: bool, at: datetime) -> None:
    services = {service.code: service for service in Service.objects.all()}
    items = [
        Item(
            code=code,
            service=services.get(service or ""),
            name_de=german,
            name_en=english,
            unit=unit,
            amount=Decimal(later if next_year else now),
        )
        for code, service, german, english, unit, now, later in PRICES
    ]
    made = prices.save_list(
        price_list=PriceList(name=f"Preisliste {first.year}", valid_from=first, rounding_minutes=15),
        items=items,
        by=None,
        at=at,
    )
    prices.publish(price_list=made, by=None, at=at)
