"""Creating and changing customers and their contacts."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actions import auditing
from accounts.actions import users as user_actions
from accounts.models import User
from customers.models import Contact, ContactPhone, Customer, CustomerDomain, CustomerPhone
from lib.domains import in_ascii
from lib.sorting import german_sort_key


class Erased(PermissionDenied):
    """This person was erased: nothing of them is written any more."""


@transaction.atomic
def save(
    *,
    customer: Customer,
    by: User | None,
    domains: Iterable[str] | None = None,
    phone_numbers: Iterable[str] | None = None,
    at: datetime | None = None,
) -> Customer:
    """Create or change a customer. `domains` and `phone_numbers`, when given, replace what is there."""
    is_new = customer.pk is None
    customer.sort_name = german_sort_key(customer.name)
    customer.save()
    if domains is not None:
        wanted = {in_ascii(domain.strip()) for domain in domains if domain.strip()}
        customer.domains.exclude(domain__in=wanted).delete()
        held = set(customer.domains.values_list("domain", flat=True))
        CustomerDomain.objects.bulk_create(
            CustomerDomain(customer=customer, domain=domain) for domain in sorted(wanted - held)
        )
    if phone_numbers is not None:
        customer.phones.all().delete()
        CustomerPhone.objects.bulk_create(
            CustomerPhone(customer=customer, number=number) for number in dict.fromkeys(phone_numbers)
        )
    auditing.record(by=by, verb="customer.created" if is_new else "customer.changed", what=customer, at=at)
    return customer


@transaction.atomic
def save_contact(
    *,
    contact: Contact,
    by: User | None,
    phone_numbers: Iterable[str] | None = None,
    at: datetime | None = None,
) -> Contact:
    """Create or change a contact. `phone_numbers`, when given, replaces what is there.

    A login that has the contact's address follows it to the new one when an admin says so: every agent keeps
    contacts, and whoever has the address can have a new password sent there. Error: Erased.
    """
    is_new = contact.pk is None
    before = "" if is_new else _kept(contact).email
    contact.sort_name = german_sort_key(contact.name)
    contact.email = contact.email.strip().lower()
    contact.save()
    if phone_numbers is not None:
        contact.phones.all().delete()
        ContactPhone.objects.bulk_create(
            ContactPhone(contact=contact, number=number) for number in dict.fromkeys(phone_numbers)
        )
    auditing.record(by=by, verb="contact.created" if is_new else "contact.changed", what=contact, at=at)
    if contact.user_id is not None and before != contact.email and (by is None or by.is_admin):
        _follow_address(contact.user_id, before, contact.email, by=by, at=at)
    return contact


def _kept(contact: Contact) -> Contact:
    """The contact as it is now, locked. Error: Erased; a form that was opened before brings no name back."""
    row = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if row.erased_at is not None:
        raise Erased
    return row


def _follow_address(login: int, before: str, address: str, *, by: User | None, at: datetime | None) -> None:
    """Else links for a new password would go to the old address, whoever reads it now."""
    others = User.objects.filter(email__iexact=address).exclude(pk=login)
    if not (before and address) or others.exists():
        return
    user = User.objects.select_for_update(no_key=True).get(pk=login)
    if user.email == before and not user.is_agent:
        user.email = address
        user_actions.save(user=user, by=by, at=at)
