"""Filing a ticket, what may help before it is sent, and what we can honestly say about it afterwards."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import acting_user
from accounts.models import User
from customers.models import Contact
from lib.htmx import render_page
from lib.languages import page_language
from lib.uploads import go_on, is_watched, takes_files
from portal.forms import TicketForm
from portal.queries.costs import cost_card
from portal.queries.duplicates import possible_duplicates
from portal.queries.positions import position_of
from portal.queries.standings import standing_card
from portal.views.pages import for_contact, portal_page
from portal.views.suggesting import suggestions
from tickets.access import get_ticket
from tickets.actions.opening import open_ticket
from tickets.actions.refusals import CannotOpen
from tickets.models import Ticket
from tickets.queries.held import closed_gate_of_customer, has_held

SUBJECT_LIMIT = 250
LOOK = "look"
"""The button that looks for articles without sending the ticket."""


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
    if request.method != "POST":
        return _form_page(request, contact, TicketForm())
    if LOOK in request.POST:
        return _form_page(request, contact, TicketForm(initial=request.POST.dict()), is_asked=True)
    form = TicketForm(request.POST, request.FILES)
    form.keeps_files = is_watched(request)
    if form.is_valid():
        try:
            ticket = _file(form, contact, acting_user(request))
        except CannotOpen as refusal:
            form.add_error(None, str(refusal))
        else:
            return go_on(request, reverse("portal:filed", args=[ticket.number]))
    return _form_page(request, contact, form)


@for_contact
@require_safe
def articles(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """What may make the ticket superfluous: articles, and own open tickets. A part of the form's page."""
    hints = _hints(acting_user(request), request.GET.get("subject", ""))
    return render_page(request, "portal/_hints.html", {**hints, "is_part": True})


@for_contact
@require_safe
def filed(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """The confirmation: the number, the place with its reason, who is ahead, and what that means."""
    ticket, now = get_ticket(acting_user(request), number), timezone.now()
    position = position_of(ticket, now)
    context = {
        "ticket": ticket,
        "is_held": has_held(ticket),
        "position": position,
        "card": replace(position, ahead=()),  # the page says in words who is ahead
        "standing": standing_card(contact.customer, now),
        "costs": cost_card(contact.customer, now),
    }
    return portal_page(request, "portal/filed.html", context, fragment="live")


def _form_page(
    request: HttpRequest, contact: Contact, form: TicketForm, *, is_asked: bool = False
) -> HttpResponseBase:
    hints = _hints(acting_user(request), str(form["subject"].value() or ""))
    lost = [file.name for file in request.FILES.getlist("attachments")] if is_asked else []
    now = timezone.now()
    context = {
        "form": form,
        **hints,
        "costs": cost_card(contact.customer, now),
        "log_gate": closed_gate_of_customer(contact.customer, now, page_language()),
        "is_asked": is_asked,
        "lost_files": lost,
    }
    return portal_page(request, "portal/new.html", context, status=422 if form.errors else 200)


def _hints(user: User, subject: str) -> dict[str, Any]:
    text = subject.replace("\0", "").strip()[:SUBJECT_LIMIT]
    return {
        "subject": text,
        "articles": suggestions(user, text),
        "duplicates": possible_duplicates(user, text),
    }
