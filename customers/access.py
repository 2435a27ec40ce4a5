"""Who sees which customers and contacts, and who keeps them."""

from django.db.models import QuerySet

from accounts.models import User
from customers.models import Contact, Customer


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


def may_keep_customers(user: User) -> bool:
    """Whether this person creates and changes customers."""
    return user.is_active and user.is_admin


def may_keep_contacts(user: User) -> bool:
    """Whether this person creates and changes contacts: every agent, since callers turn up at any time."""
    return user.is_active and user.is_agent
