"""Telling a customer that a statement is there: the address for bills, and the company's admins."""

from datetime import datetime

from accounts.actions import notices
from billing.models import Statement
from billing.rules.periods import Month
from customers.models import Contact
from lib.money import say_money


def tell_of(*, statement: Statement, at: datetime) -> None:
    """Lay one notice for each of them into the outbox; nobody gets two."""
    address = statement.buyer.get("email", "")
    admins = Contact.objects.filter(
        customer=statement.customer_id, is_company_admin=True, is_active=True, user__is_active=True
    ).select_related("user")
    for contact in admins.order_by("pk"):
        user = contact.user
        if user is None or not user.email or user.email.lower() == address.lower():
            continue
        language = user.language or contact.language
        params = _params(statement, language)
        notices.tell_of_statement(user=user, address="", language=language, params=params, at=at)
    if address:
        params = _params(statement, statement.language)
        notices.tell_of_statement(
            user=None, address=address, language=statement.language, params=params, at=at
        )


def _params(statement: Statement, language: str) -> dict[str, str]:
    """What the mail room needs, which knows no statements."""
    return {
        "statement": str(statement.pk),
        "number": statement.number,
        "customer": str(statement.customer_id),
        "month": Month(statement.period_starts_on).in_words(language),
        "gross": say_money(statement.gross, statement.currency, language),
    }
