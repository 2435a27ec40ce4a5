"""Whether a customer's wish for a service agreement is with us already."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from customers.models import Customer
from portal.models import OfferRequest
from tickets.access import visible_tickets
from tickets.models import Ticket


@dataclass(frozen=True)
class OpenRequest:
    """`url` of its ticket, empty where a colleague asked and this person may not read it."""

    asked_at: datetime
    url: str


def open_request(customer: Customer) -> OfferRequest | None:
    """The customer's request that is not answered to the end yet."""
    finished = (Ticket.Status.SOLVED, Ticket.Status.CLOSED)
    requests = OfferRequest.objects.filter(customer=customer).exclude(ticket__status__in=finished)
    return requests.select_related("ticket").order_by("-asked_at").first()


def open_request_for(user: User, customer: Customer) -> OpenRequest | None:
    """The same as this person may see it."""
    found = open_request(customer)
    if found is None:
        return None
    may_read = visible_tickets(user).filter(pk=found.ticket_id).exists()
    url = reverse("portal:ticket", args=[found.ticket.number]) if may_read else ""
    return OpenRequest(found.asked_at, url)
