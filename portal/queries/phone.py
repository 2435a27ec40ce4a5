"""The phone as customers and strangers read of it: which number, when, and what to expect."""

from datetime import datetime

from accounts.queries.company import brand
from calls.queries.service_numbers import Number, PhoneWay, phone_way, public_numbers
from customers.models import Customer
from lib.languages import page_language
from lib.phones import readable


def phone_card(customer: Customer, now: datetime) -> PhoneWay | None:
    """How this customer reaches us by phone; None where no telephone system asks us about its numbers."""
    return phone_way(customer.pk, now, page_language())


def numbers_for_everybody(now: datetime) -> list[Number]:
    """The public numbers; without a telephone system the one that the firm gives out."""
    given = brand().phone
    return public_numbers(now) or ([Number(readable(given), given)] if given else [])
