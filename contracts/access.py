"""Who sees which agreements and service levels, and who keeps them."""

from django.db.models import QuerySet

from accounts.models import User
from contracts.models import Agreement, ServiceLevel
from contracts.models.agreements import AgreementQuerySet
from customers.access import visible_customers


def visible_agreements(user: User) -> AgreementQuerySet:
    """The agreements a person may read: agents all, a contact those of their own customer."""
    if user.is_agent:
        return Agreement.objects.all()
    return Agreement.objects.filter(customer__in=visible_customers(user))


def visible_levels(user: User) -> QuerySet[ServiceLevel]:
    """The service levels a person may read: agents all, a contact those their own customer has agreed on."""
    if user.is_agent:
        return ServiceLevel.objects.all()
    return ServiceLevel.objects.filter(agreements__in=visible_agreements(user)).distinct()


def may_keep_contracts(user: User) -> bool:
    """Whether this person creates and changes agreements and service levels."""
    return user.is_active and user.is_admin


def may_read_remarks(user: User) -> bool:
    """Whether this person reads what the firm remarked about an agreement, such as why it is suspended."""
    return user.is_agent
