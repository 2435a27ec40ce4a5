"""Putting an article into a reply: kept where the customer could not have read it otherwise."""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from tickets import access
from tickets.models import Ticket


class NotForThisCustomer(Exception):
    """The customer may not read the article, and nobody has said that they shall get it all the same."""


@transaction.atomic
def quote(
    *,
    ticket: Ticket,
    article_id: int,
    title: str,
    is_readable: bool,
    is_confirmed: bool = False,
    by: User,
    at: datetime | None = None,
) -> None:
    """Take the text of an article for a reply. What the customer may not read is kept in the audit trail.

    Errors: Denied for whoever does not work on the ticket, NotForThisCustomer.
    """
    access.require(allowed=access.may_work(by, ticket))
    if is_readable:
        return
    if not is_confirmed:
        raise NotForThisCustomer
    details = {"article": article_id, "title": title[:150]}
    auditing.record(by=by, verb="article.quoted", what=ticket, at=at, details=details)
