"""Filing a ticket, and what we can honestly say about it afterwards."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import acting_user
from accounts.models import User
from customers.models import Contact
from lib.uploads import takes_files
from portal.forms import TicketForm
from portal.queries.positions import position_of
from portal.queries.standings import standing_card
from portal.views.pages import for_contact, portal_page
from tickets.access import get_ticket
from tickets.actions.opening import open_ticket
from tickets.actions.refusals import CannotOpen
from tickets.models import Ticket


def _file(form: TicketForm, contact: Contact, by: User) -> Ticket:
    return open_ticket(
        customer=contact.customer,
        contact=contact,
        by=by,
        subject=form.cleaned_data["subject"],
        body=form.cleaned_data["body"],
        severity=form.cleaned_data["severity"],
        files=form.cleaned_data["attachments"],
        channel=Ticket.Channel.PORTAL,
    )


@takes_files
@for_contact
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """The form for a new ticket. A refused one comes back with everything that was typed."""
    form = TicketForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            ticket = _file(form, contact, acting_user(request))
        except CannotOpen as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("portal:filed", ticket.number)
    return portal_page(request, "portal/new.html", {"form": form}, status=422 if form.errors else 200)


@for_contact
@require_safe
def filed(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """The confirmation: the number, the place with its reason, who is ahead, and what that means."""
    ticket, now = get_ticket(acting_user(request), number), timezone.now()
    position = position_of(ticket, now)
    context = {
        "ticket": ticket,
        "position": position,
        "card": replace(position, ahead=()),  # the page says in words who is ahead
        "standing": standing_card(contact.customer, now),
    }
    return portal_page(request, "portal/filed.html", context, fragment="live")
