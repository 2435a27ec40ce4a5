"""How a customer found the work on a ticket."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from customers.models import Contact
from tickets import access
from tickets.actions import gating, placing
from tickets.models import Rating, Ticket
from tickets.rules import lifecycle
from tickets.rules.lifecycle import Actor


@transaction.atomic
def rate(
    *,
    ticket: Ticket,
    contact: Contact,
    verdict: Rating.Verdict,
    comment: str = "",
    by: User,
    at: datetime | None = None,
) -> Rating:
    """Keep what a contact thinks of a finished ticket; said again, it replaces what they said before.

    It neither moves nor reopens the ticket. Errors: Denied for whoever is not the customer's side of this
    ticket, NotAllowed (with its reason) before the ticket is finished and after the reopening period,
    LogInText.
    """
    gating.hold_customer(ticket)
    held = placing.hold(ticket, at=at)
    access.require(allowed=contact.user_id == by.pk and access.may_write_as_customer(by, held.ticket))
    closed_for = held.at - (held.ticket.closed_at or held.at)
    lifecycle.require_ratable(
        held.ticket.status, Actor.CUSTOMER, closed_days=closed_for.days, reopen_days=settings.REOPEN_DAYS
    )
    gating.require_no_log(held.ticket, at=held.at, comment=comment)
    before = Rating.objects.filter(ticket=held.ticket, contact=contact).first()
    rating = before or Rating(ticket=held.ticket, contact=contact, given_at=held.at)
    is_new_verdict = before is None or before.verdict != verdict
    rating.verdict, rating.changed_at = verdict, held.at
    rating.comment = comment if comment.strip() else ""
    rating.save()
    if is_new_verdict:
        placing.record(held.ticket, "rated", by=by, at=held.at, verdict=verdict.value)
    placing.announce(held)
    return rating
