"""Where signing up with an address leads: looked up when a mail is written and when its link is used."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from accounts.models import Notice, User
from customers.access import contact_of
from customers.gateways.sign_up_links import BadLink, notice_of
from customers.models import Contact, Customer
from customers.rules.free_mail import is_free_mail
from lib.crypto import Unreadable
from lib.domains import domain_of, spellings


@dataclass(frozen=True)
class WayIn:
    """To a login that there is already (`user`), or to a customer, where the person may be known."""

    user: User | None = None
    customer: Customer | None = None
    contact: Contact | None = None


@dataclass(frozen=True)
class Pending:
    """What somebody typed, and where it leads."""

    name: str
    address: str
    language: str
    customer: Customer
    contact: Contact | None


class LeadsNowhere(Exception):
    """The link is no good (any more), whatever the reason."""


def way_in(address: str) -> WayIn | None:
    """Where this address leads; None where nobody is let in by it, or was let in and is shut out."""
    user = User.objects.filter(spelt(address)).first()
    if user is not None:
        return WayIn(user=user) if _is_open(user) else None
    domain = domain_of(address)
    customer = Customer.objects.filter(is_active=True, domains__domain=domain).first()
    if customer is None or is_free_mail(domain) or not settings.SIGN_UP_BY_DOMAIN:
        return None
    contact = Contact.objects.filter(spelt(address), customer=customer).select_related("user").first()
    if contact is None:
        return WayIn(customer=customer)
    if not contact.is_active:
        return None
    if contact.user is not None:  # who signs in with another address than the contact's
        return WayIn(user=contact.user) if _is_open(contact.user) else None
    return WayIn(customer=customer, contact=contact)


def pending(token: str) -> Pending:
    """What a link of a mail leads to now. Error: LeadsNowhere."""
    try:
        pk = notice_of(token)
    except BadLink as error:
        raise LeadsNowhere from error
    notice = Notice.objects.filter(pk=pk, kind=Notice.Kind.SIGN_UP).first()
    if notice is None:
        raise LeadsNowhere
    return pending_in(notice.params)


def pending_in(typed: dict[str, str]) -> Pending:
    """What these words lead to now; none are left once a link was used. Error: LeadsNowhere."""
    try:
        way = way_in(typed["address"]) if typed else None
    except Unreadable as error:  # the keys were replaced meanwhile
        raise LeadsNowhere from error
    if way is None or way.customer is None:
        raise LeadsNowhere
    return Pending(typed["name"], typed["address"], typed["language"], way.customer, way.contact)


def _is_open(user: User) -> bool:
    """Whether this login leads anywhere: to the desk, or to the portal as an active contact."""
    return user.is_active and (user.is_agent or contact_of(user) is not None)


def spelt(address: str) -> Q:
    """Rows with this address, however it was written down."""
    wanted = Q()
    for spelling in sorted(spellings(address)):
        wanted |= Q(email__iexact=spelling)
    return wanted
