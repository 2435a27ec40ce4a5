"""What a company admin does with the portal access of colleagues.

Who may is asked again under the lock of the customer, so that two of them at once take one another's right in
some order, and the last one never without being told.
"""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from accounts.queries.logins import Access, login_of
from customers import access
from customers.actions import customers as customer_actions
from customers.actions import invitations
from customers.models import Contact, Customer, CustomerDomain
from customers.queries.colleagues import company_admins_of
from customers.queries.signing_up import spelt
from customers.rules.free_mail import is_free_mail
from lib.domains import domain_of


class Refused(Exception):
    """It was not done.

    `why` is ``ask_us``: one answer for everything that is nobody's business here, such as whose else an
    address is; ``known``: a colleague who has an access already (`contact`); ``active``: signs in already;
    or ``self``: nobody closes their own access.
    """

    def __init__(self, why: str, contact: Contact | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.contact = contact


class NeedsConfirmation(Exception):
    """Somebody is about to give up their own right. `is_last`: nobody at the customer has it then."""

    def __init__(self, *, is_last: bool) -> None:
        super().__init__(is_last)
        self.is_last = is_last


def invite(
    *,
    name: str,
    email: str,
    language: str,
    sees_company_tickets: bool,
    by: User,
    at: datetime | None = None,
) -> Contact:
    """Let a colleague into the portal, who is a new contact unless we know them. Errors: Refused, NotTheirs.

    A refusal for somebody else's address stays in the audit trail: trying addresses leaves a trace.
    """
    new = Contact(name=name, email=email.strip().lower(), language=language)
    try:
        return _invite(new, sees_company_tickets=sees_company_tickets, by=by, at=at)
    except Refused as refusal:
        me = access.company_admin_of(by)
        if refusal.why == "ask_us" and me is not None:
            auditing.record(by=by, verb="contact.not_invited", what=me, at=at)
        raise


@transaction.atomic
def _invite(new: Contact, *, sees_company_tickets: bool, by: User, at: datetime | None) -> Contact:
    me = _entered(by)
    known = Contact.objects.filter(spelt(new.email), customer=me.customer_id).first()
    if known is None and _is_foreign(new.email, me.customer):
        raise Refused("ask_us")
    if known is not None and known.user_id is not None and _colleague(by, known) is not None:
        raise Refused("known", known)
    contact = known or new
    contact.customer = me.customer
    contact.sees_company_tickets = sees_company_tickets
    customer_actions.save_contact(contact=contact, by=by, at=at)
    _let_in(contact, by=by, at=at)
    return contact


@transaction.atomic
def invite_again(*, contact: Contact, by: User, at: datetime | None = None) -> None:
    """Send a colleague another invitation, and open an access that was closed. Errors: Refused, NotTheirs."""
    _entered(by)
    colleague = _required(by, contact)
    if login_of(colleague.user).access is Access.ACTIVE:
        raise Refused("active")
    _let_in(colleague, by=by, at=at)


@transaction.atomic
def set_rights(
    *,
    contact: Contact,
    sees_company_tickets: bool,
    is_company_admin: bool,
    by: User,
    is_confirmed: bool = False,
    at: datetime | None = None,
) -> Contact:
    """Say which tickets a colleague sees and whether they manage colleagues, too; both hold at once.

    Errors: NotTheirs; NeedsConfirmation for whoever gives up their own right, unless they know.
    """
    me = _entered(by)
    colleague = _required(by, contact)
    if colleague.pk == me.pk and not is_company_admin and not is_confirmed:
        raise NeedsConfirmation(is_last=not company_admins_of(me).exclude(pk=me.pk).exists())
    wanted = {"sees_company_tickets": sees_company_tickets, "is_company_admin": is_company_admin}
    changed = {name: value for name, value in wanted.items() if getattr(colleague, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(colleague, name, value)
        colleague.save(update_fields=[*changed])
        auditing.record(by=by, verb="contact.rights_changed", what=colleague, at=at, details=changed)
    return colleague


@transaction.atomic
def withdraw(*, contact: Contact, by: User, at: datetime | None = None) -> None:
    """Close a colleague's access at once, and with it their right to manage others. Their tickets stay.

    Errors: Refused, NotTheirs.
    """
    me = _entered(by)
    colleague = _required(by, contact)
    if colleague.pk == me.pk:
        raise Refused("self")
    invitations.withdraw(contact=colleague, by=by, at=at)
    colleague.is_company_admin = False
    colleague.save(update_fields=["is_company_admin"])
    auditing.record(by=by, verb="contact.access_withdrawn", what=colleague, at=at)


def _entered(by: User) -> Contact:
    """The company admin as they are now, alone with their customer. Error: NotTheirs."""
    me = access.company_admin_of(by)
    if me is None:
        raise access.NotTheirs
    Customer.objects.select_for_update(no_key=True).get(pk=me.customer_id)
    me = access.company_admin_of(by)
    if me is None:
        raise access.NotTheirs
    return me


def _required(by: User, contact: Contact) -> Contact:
    colleague = _colleague(by, contact)
    if colleague is None:
        raise access.NotTheirs
    return colleague


def _colleague(by: User, contact: Contact) -> Contact | None:
    """The contact as it is now, locked; None where it is none of this person's colleagues."""
    rows = access.visible_colleagues(by).select_for_update(no_key=True, of=("self",)).select_related("user")
    return rows.filter(pk=contact.pk).first()


def _let_in(contact: Contact, *, by: User, at: datetime | None) -> None:
    try:
        invitations.invite_contact(contact=contact, by=by, at=at)
    except invitations.CannotInvite as refusal:
        raise Refused("ask_us") from refusal


def _is_foreign(address: str, customer: Customer) -> bool:
    """Whether an address is not for this customer's people to invite.

    Who has mail domains with us invites addresses there, and gets one answer for all others, which so tells
    nothing about them. Who has none invites any address that belongs to no other customer.
    """
    domain = domain_of(address)
    domains = {one for one in customer.domains.values_list("domain", flat=True) if not is_free_mail(one)}
    if domains:
        return domain not in domains
    is_others_domain = CustomerDomain.objects.filter(domain=domain).exclude(customer=customer).exists()
    return is_others_domain or Contact.objects.filter(spelt(address)).exclude(customer=customer).exists()
