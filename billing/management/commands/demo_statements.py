"""The last chapter of the demo story: who bills, who is billed, and what was billed last month."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from billing.actions import closing, collecting, deciding, parties
from billing.models import BillingParty, Seller
from billing.queries.worklist import month_of
from contracts.models import PriceItem
from contracts.queries.prices import list_in_force
from customers.models import Customer

SELLER = {
    "name": "Berger IT GmbH", "line_one": "Am Anger 4", "postcode": "85570", "city": "Markt Schwaben",
    "vat_id": "DE123456788", "tax_number": "114/121/50987", "contact_name": "Buchhaltung",
    "email": "buchhaltung@berger-it.example", "phone": "+49 89 99998100",
    "iban": "DE02120300000000202051", "bic": "BYLADEM1001", "bank": "DKB",
    "register_entry": "Amtsgericht München HRB 234567 · Geschäftsführer: Stefan Berger",
}  # fmt: skip
ADDRESSES = {
    "Praxis Dr. Hofmann": ("Marktplatz 7", "85560", "Ebersberg", "de", ""),
    "Stadtwerke Erding": ("Am Gries 21", "85435", "Erding", "de", "09177117-85435-07"),
    "Northgate Biotech GmbH": ("Am Klopferspitz 19", "82152", "Martinsried", "en", ""),
    "Brandl Maschinenbau": ("Industriestraße 3", "85567", "Grafing", "de", ""),
    "Isartal Logistik GmbH": ("Wolfratshauser Straße 88", "82049", "Pullach", "de", ""),
    "Autohaus Lindner": ("Münchner Straße 40", "85652", "Pliening", "de", ""),
}
"""Street, postcode, city, language and Leitweg-ID; all others are still to be filled in."""
LAST_MONTH = {
    "Praxis Dr. Hofmann": (
        (7, "travel", "1", "Vor Ort: Kartenterminal am Empfang getauscht"),
        (21, "travel", "1", "Vor Ort: neuen Arbeitsplatz im Labor aufgestellt"),
        (21, "kilometre", "14", "Ebersberg, hin und zurück"),
    ),
    "Brandl Maschinenbau": (
        (9, "travel", "1", "Vor Ort: Drucker in der Versandhalle angeschlossen"),
        (9, "kilometre", "8", "Grafing, hin und zurück"),
    ),
    "Northgate Biotech GmbH": (
        (14, "travel", "1", "On site: switched the lab network to the new firewall"),
        (14, "kilometre", "22", "Martinsried and back"),
    ),
}
"""Day of the month, item, quantity and text of what was entered by hand."""


class Command(BaseCommand):
    """Called by `manage.py demo` at the end, and harmless a second time."""

    help = "Adds billing to the demo story: seller, addresses, statements of last month."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing."""
        if not settings.DEMO_PASSWORDS_ALLOWED:
            raise CommandError("The demo story is refused with production settings.")
        if Seller.objects.exists() or not Customer.objects.filter(name__in=LAST_MONTH).exists():
            return
        parties.save_seller(seller=Seller(**SELLER), by=None)
        for customer in Customer.objects.filter(name__in=ADDRESSES):
            _address(customer)
        lead = User.objects.filter(role=User.Role.LEAD).order_by("pk").first()
        if lead is not None:
            for customer in Customer.objects.filter(name__in=LAST_MONTH).order_by("-sort_name"):
                _bill(customer, lead)
        collecting.collect()


def _address(customer: Customer) -> None:
    street, postcode, city, language, reference = ADDRESSES[customer.name]
    party = BillingParty(
        customer=customer,
        legal_name=customer.name,
        line_one=street,
        postcode=postcode,
        city=city,
        language=language,
        buyer_reference=reference,
        email=f"rechnung@{customer.domains.get().domain}",
    )
    parties.save_party(party=party, by=None)


def _bill(customer: Customer, lead: User) -> None:
    now = timezone.now()
    month = month_of("", now)
    prices = list_in_force(month.ends_on)
    for number, code, quantity, text in LAST_MONTH[customer.name]:
        item = PriceItem.objects.select_related("price_list").filter(price_list=prices, code=code).first()
        if item is not None:
            day = month.starts_on.replace(day=number)
            deciding.add(
                customer=customer, item=item, quantity=Decimal(quantity), day=day, text=text, by=lead, at=now
            )
    closing.close_period(customer=customer, month=month, by=lead, at=now, is_told=False)
