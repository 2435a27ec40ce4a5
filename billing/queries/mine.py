"""A customer's own statements, as their company admins list them."""

from dataclasses import dataclass

from accounts.models import User
from billing.access import visible_statements
from billing.models import BillingParty, Statement
from billing.rules.periods import Month
from lib.money import say_money
from lib.reasons import say_day


@dataclass(frozen=True)
class Listed:
    """One statement in a list; `due` is empty where nothing is to be paid."""

    number: str
    month: str
    gross: str
    due: str


def statements_for(user: User, language: str, *, most: int) -> list[Listed]:
    """What this person may read, the latest first."""
    rows = visible_statements(user).order_by("-period_starts_on", "-pk")[:most]
    return [
        Listed(
            number=row.number,
            month=Month(row.period_starts_on).in_words(language),
            gross=say_money(row.gross, row.currency, language),
            due=say_day(row.due_on, language) if row.gross > 0 else "",
        )
        for row in rows
    ]


def statement_sent_to(number: str, address: str) -> Statement | None:
    """A statement whose bills still go to this address; None once they go elsewhere."""
    statement = Statement.objects.filter(number=number).first()
    if statement is None:
        return None
    party = BillingParty.objects.filter(customer=statement.customer_id, email__iexact=address).first()
    return statement if party and address else None
