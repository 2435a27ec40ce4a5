"""Who bills, and who reads which statements."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from billing.models import Statement
from customers.access import company_admin_of


def may_bill(user: User) -> bool:
    """Whether this person collects, decides and closes: leads and admins."""
    return user.is_active and user.is_lead


def visible_statements(user: User) -> QuerySet[Statement]:
    """Leads and admins read all; of a customer's people only the company admins, their own company's.

    A statement shows prices and everybody's work, also tickets that a colleague may not see.
    """
    if may_bill(user):
        return Statement.objects.all()
    me = company_admin_of(user)
    return Statement.objects.filter(customer=me.customer_id) if me else Statement.objects.none()


def get_statement(user: User, number: str) -> Statement:
    """Error: 404, for what is not there and what is not theirs alike."""
    return get_object_or_404(visible_statements(user).select_related("customer"), number=number)
