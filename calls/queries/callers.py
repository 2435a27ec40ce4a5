"""Who calls, as far as the caller's number tells (it can be forged, so it decides nothing)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.models import Call, PhoneSystem
from contracts.queries import standing_of
from customers.models import Contact, ContactPhone, Customer, CustomerPhone
from lib.compiled_sql import Rows
from lib.phones import read_caller


@dataclass(frozen=True)
class Known:
    """Whom a number points to. `match`: known (one person or one customer), maybe (several), none."""

    match: str
    customer: Customer | None = None
    contact: Contact | None = None


def number_in(text: str, system: PhoneSystem) -> str:
    """The number in E.164 form that a telephone system sent; "" for anonymous, an extension and the like."""
    return read_caller(text, region=system.region, area_code=system.area_code).e164


_WHOSE = Rows(
    lambda blank: (
        ContactPhone.objects.filter(number=blank.word("number"))
        .filter(contact__is_active=True, contact__customer__is_active=True)
        .order_by()
        .values_list("contact__customer")
        .union(
            CustomerPhone.objects.filter(number=blank.word("number"), customer__is_active=True)
            .order_by()
            .values_list("customer")
        )[:2]
    )
)
_CONTACTS = Rows(
    lambda blank: (
        Contact.objects.filter(is_active=True, customer=blank.whole("customer"))
        .filter(phones__number=blank.word("number"))
        .select_related("customer")
        .distinct()[:2]
    )
)
_CUSTOMER = Rows(lambda blank: Customer.objects.filter(pk=blank.whole("customer"))[:1])


def known_by(number: str) -> Known:
    """Whom this number belongs to, among active people and customers."""
    customers = _WHOSE.all(number=number) if number else []
    if len(customers) != 1:
        return Known(Call.Match.MAYBE if customers else Call.Match.NONE)
    ((customer,),) = customers
    contacts = _CONTACTS.all(number=number, customer=customer)
    if len(contacts) == 1:
        return Known(Call.Match.KNOWN, contacts[0].customer, contacts[0])
    found = contacts[0].customer if contacts else _CUSTOMER.first(customer=customer)
    return Known(Call.Match.KNOWN, found) if found else Known(Call.Match.NONE)


def standing_snapshot(customer: Customer | None, at: datetime) -> dict[str, Any]:
    """The caller's standing as it is kept with the call; {} for nobody."""
    if customer is None:
        return {}
    standing = standing_of(customer.pk, at)
    return {
        "band": standing.band,
        "level": standing.level.name if standing.level else None,
        "agreement": standing.agreement_id,
        "in_force": standing.in_force,
    }
