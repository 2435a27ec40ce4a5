"""Asking for a service agreement."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries.teams import team_for_offers
from contracts.actions.standing_changes import lock_customers
from contracts.queries import standing_of
from customers.models import Contact
from lib.locking import Lock, lock_shared
from portal.models import OfferRequest
from portal.queries.offers import open_request
from tickets import access
from tickets.actions.opening import open_ticket
from tickets.models import Ticket


class AlreadyAsked(Exception):
    """The customer's last request is still open."""


class AlreadyCovered(Exception):
    """The customer has a service agreement in force."""


@transaction.atomic
def ask_for_offer(
    *, contact: Contact, by: User, message: str = "", phone: str = "", at: datetime | None = None
) -> Ticket:
    """File the wish for a service agreement as a ticket of the team that answers such requests.

    Errors: AlreadyCovered with a service agreement in force, AlreadyAsked while the customer's last
    request is open, Denied for anybody but the contact, and those of `open_ticket`.
    """
    access.require(allowed=contact.user_id == by.pk and contact.is_active)
    lock_shared(Lock.QUEUE)  # opening takes it, and it comes before any row
    lock_customers([contact.customer_id])
    moment = at or timezone.now()
    if standing_of(contact.customer_id, moment).in_force:
        raise AlreadyCovered
    if open_request(contact.customer) is not None:
        raise AlreadyAsked
    ticket = open_ticket(
        customer=contact.customer,
        contact=contact,
        by=by,
        subject=_("Request for a service agreement"),
        body=_body(contact, message, phone),
        severity=Ticket.Severity.LOW,
        team=team_for_offers(),
        channel=Ticket.Channel.PORTAL,
        at=at,
    )
    OfferRequest.objects.create(customer=contact.customer, ticket=ticket, asked_at=moment)
    return ticket


def _body(contact: Contact, message: str, phone: str) -> str:
    asks = _("%(name)s of %(customer)s would like an offer for a service agreement.") % {
        "name": contact.name,
        "customer": contact.customer.name,
    }
    call = _("Phone number for questions: %(phone)s") % {"phone": phone} if phone.strip() else ""
    return "\n\n".join(part for part in (asks, message, call) if part.strip())
