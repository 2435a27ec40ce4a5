"""Who sees which customers and contacts, and who keeps them."""

from django.db.models import Q, QuerySet

from accounts.models import User
from customers.models import Contact, Customer


class NotTheirs(Exception):
    """This person may not do that with this contact. Doors answer 404."""


def contact_of(user: User) -> Contact | None:
    """The contact behind a portal login, if it is still one."""
    return (
        Contact.objects.filter(user=user, is_active=True, customer__is_active=True)
        .select_related("customer")
        .first()
    )


def visible_customers(user: User) -> QuerySet[Customer]:
    """The customers a person may read: agents all, a contact their own while both are active."""
    if user.is_agent:
        return Customer.objects.all()
    return Customer.objects.filter(is_active=True, contacts__user=user, contacts__is_active=True)


def visible_contacts(user: User) -> QuerySet[Contact]:
    """The contacts a person may read: agents all, a contact themselves while their customer is active."""
    if user.is_agent:
        return Contact.objects.all()
    return Contact.objects.filter(user=user, is_active=True, customer__is_active=True)


def company_admin_of(user: User) -> Contact | None:
    """The contact as whom somebody manages colleagues: an active company admin, nobody of the desk."""
    me = contact_of(user) if user.is_active and not user.is_agent else None
    return me if me is not None and me.is_company_admin else None


def visible_colleagues(user: User) -> QuerySet[Contact]:
    """Whose portal access this person manages: a company admin all active contacts of their customer.

    Somebody who works at the desk by now is nobody's colleague any more.
    """
    me = company_admin_of(user)
    if me is None:
        return Contact.objects.none()
    is_portal_login = Q(user__isnull=True) | Q(user__role=User.Role.CONTACT)
    return Contact.objects.filter(is_portal_login, customer=me.customer_id, is_active=True)


def may_invite(user: User, contact: Contact) -> bool:
    """Whether this person lets this contact into the portal: every agent, and the company admin there."""
    if may_keep_contacts(user):
        return True
    me = company_admin_of(user)
    return me is not None and me.customer_id == contact.customer_id


def may_keep_customers(user: User) -> bool:
    """Whether this person creates and changes customers."""
    return user.is_active and user.is_admin


def may_keep_contacts(user: User) -> bool:
    """Whether this person creates and changes contacts: every agent, since callers turn up at any time."""
    return user.is_active and user.is_agent
