"""Signing up with an address of a customer's mail domain: asking for the mail, and using its link."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actions import auditing, notices
from accounts.models import User
from customers.actions import customers as customer_actions
from customers.actions import invitations
from customers.gateways.sign_up_links import BadLink, notice_of
from customers.models import Contact, Customer
from customers.queries.colleagues import company_admins_of
from customers.queries.inviting import why_not
from customers.queries.signing_up import LeadsNowhere, Pending, pending_in
from lib.domains import as_address


def ask(*, address: str, name: str, language: str, at: datetime | None = None) -> None:
    """Have a link sent to this address if it is one of a customer's: the same work for every address."""
    notices.ask_to_sign_up(address=as_address(address), name=name, language=language, at=at)


def confirm(*, token: str, at: datetime | None = None) -> User:
    """Let somebody in who proved that the address is theirs; the login has no password yet.

    Error: LeadsNowhere, for a second time, too, and for whatever has changed since the mail was sent.
    """
    try:
        return _confirm(notice_of(token), at=at)
    except (BadLink, IntegrityError) as error:  # the second: somebody entered the same person meanwhile
        raise LeadsNowhere from error


@transaction.atomic
def _confirm(notice: int, *, at: datetime | None) -> User:
    typed = notices.take_typed(pk=notice)
    # Asked twice: for whom to lock, and what is true once nobody else changes it any more.
    wanted = pending_in(typed)
    Customer.objects.select_for_update(no_key=True).get(pk=wanted.customer.pk)
    wanted = pending_in(typed)
    contact = _contact_of(wanted, at=at)
    if contact.user_id is not None or why_not(contact):
        raise LeadsNowhere
    user = invitations.give_login(contact=contact, by=None, at=at)
    auditing.record(by=user, verb="contact.signed_up", what=contact, at=at)
    _tell_company_admins(contact, at=at)
    return user


def _contact_of(wanted: Pending, *, at: datetime | None) -> Contact:
    """Who this is at the customer, locked; somebody new sees what they file themselves."""
    if wanted.contact is not None:
        return invitations.locked(wanted.contact)
    new = Contact(customer=wanted.customer, name=wanted.name, email=wanted.address, language=wanted.language)
    return customer_actions.save_contact(contact=new, by=None, at=at)


def _tell_company_admins(newcomer: Contact, *, at: datetime | None) -> None:
    for admin in company_admins_of(newcomer).exclude(pk=newcomer.pk).select_related("user"):
        if admin.user is not None:
            notices.tell_of_newcomer(user=admin.user, newcomer=str(newcomer.pk), at=at)
