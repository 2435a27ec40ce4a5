"""Calls at the desk: the lists, one call, and what becomes of it.

`note` is where notes of a call are taken: they go through `tickets.actions.calls.note_call` like every noted
call, so the gates of the kind of work and for logs in texts hold (a door of tests/gate_doors_phone.py).
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import acting_user, agents_only
from accounts.models import User
from calls.access import get_call, may_handle
from calls.actions import desk
from calls.forms.notes import NewTicketForm, NoteForm, SetAsideForm
from calls.forms.refusals import REFUSALS, in_words
from calls.models import Call
from calls.queries import desk as reading
from calls.queries.pops import caller_of
from calls.views.desk_frame import render_calls
from customers.models import Customer
from lib.languages import page_language
from tickets.access import get_ticket
from tickets.models import Ticket
from tickets.queries.customers import find_customers

LONGEST_ID = 18


@agents_only
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """My calls, those that wait for a ticket, or all that I may read; filtered by how they ended."""
    user = acting_user(request)
    which = request.GET.get("show", "")
    which = which if which in reading.LISTS else "mine"
    outcome = request.GET.get("outcome", "")
    rows, last = reading.page_of(
        reading.calls_for(user, which, outcome), user, _id(request.GET.get("before", ""))
    )
    context = {
        "rows": rows,
        "which": which,
        "tabs": _tabs(user, which),
        "chips": _chips(which, outcome),
        "is_filtered": bool(outcome),
        "more_url": _url(show=which, outcome=outcome, before=last) if last else "",
        "live_url": f"{_url(show=which, outcome=outcome)}&fragment=live",
        "with_agent": which == "all" or user.is_lead,
    }
    return render_calls(request, "calls/list.html", context, fragment="live")


@agents_only
@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call: who, how it went, and what can be done with it."""
    user = acting_user(request)
    return _page(request, get_call(user, pk), user)


@agents_only
@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a ticket of the caller into one's own hands, with the call on it."""
    user = acting_user(request)
    shown, ticket = _handled(user, pk), _ticket(user, request.POST.get("ticket", ""))
    if ticket is None:
        return _unknown(request, shown)
    why = _("The customer was on the phone.")
    try:
        desk.take_over(call=shown, ticket=ticket, why=why, by=user)
    except REFUSALS as refusal:
        messages.error(request, in_words(refusal))
        return redirect("calls:call", pk)
    messages.success(request, _("%(number)s is yours.") % {"number": ticket.number})
    return redirect("desk:ticket", ticket.number)


@agents_only
@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which ticket the call is about, by its number."""
    user = acting_user(request)
    shown, ticket = _handled(user, pk), _ticket(user, request.POST.get("ticket", ""))
    if ticket is None:
        return _unknown(request, shown)
    desk.attach(call=shown, ticket=ticket, by=user)
    messages.success(request, _("The call is on %(number)s.") % {"number": ticket.number})
    return redirect("calls:call", pk)


@agents_only
@require_POST
def detach(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the call off its ticket."""
    user = acting_user(request)
    desk.detach(call=_handled(user, pk), by=user)
    messages.success(request, _("The call is on no ticket any more."))
    return redirect("calls:call", pk)


@agents_only
@require_POST
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the call needs no ticket, and why."""
    user = acting_user(request)
    shown = _handled(user, pk)
    form = SetAsideForm(request.POST, call=shown, user=user)
    if not form.went_well():
        return _page(request, shown, user, aside=form, status=422)
    messages.success(request, _("Noted: this call needs no ticket."))
    return redirect("calls:call", pk)


@agents_only
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was said on the phone. A refusal shows the page again with what was typed."""
    user = acting_user(request)
    shown = _handled(user, pk)
    form = NoteForm(request.POST, call=shown, user=user)
    if not form.went_well():
        return _page(request, shown, user, note=form, status=422)
    messages.success(request, _("The note is saved."))
    return redirect("calls:call", pk)


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """A ticket for the caller, with the call on it; where nobody knows who called, first the customer."""
    user = acting_user(request)
    shown = _handled(user, pk)
    customer = _customer(shown, request.GET.get("customer", ""))
    if customer is None:
        text = request.GET.get("q", "").strip().replace("\0", "")[:100]
        context = {"call": shown, "text": text, "found": find_customers(text) if text else []}
        return render_calls(request, "calls/who.html", context)
    is_sent = request.method == "POST"
    form = NewTicketForm(request.POST if is_sent else None, call=shown, customer=customer, user=user)
    if is_sent and form.went_well() and form.ticket is not None:
        messages.success(request, _("%(number)s is filed.") % {"number": form.ticket.number})
        return redirect("calls:call", pk)
    context = {
        "call": shown,
        "customer": customer,
        "form": form,
        "caller": caller_of(shown, user, language=page_language(), now=timezone.now(), chosen=customer),
    }
    return render_calls(request, "calls/new_ticket.html", context, status=422 if is_sent else 200)


def _page(
    request: HttpRequest,
    shown: Call,
    user: User,
    *,
    note: NoteForm | None = None,
    aside: SetAsideForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    now, language = timezone.now(), page_language()
    start, minutes = desk.spoken(shown, now)
    context = {
        "call": shown,
        "row": reading.rows_of([shown], user)[0],
        "caller": caller_of(shown, user, language=language, now=now),
        "timeline": reading.timeline(shown, language),
        "may_handle": may_handle(user, shown),
        "is_refused": status != HTTPStatus.OK,
        "note": note or NoteForm(call=shown, user=user),
        "aside": aside or SetAsideForm(call=shown, user=user),
        "minutes": minutes,
        "minutes_entered": reading.minutes_entered(shown, user),
        "time_url": _time_url(shown, start, minutes),
    }
    return render_calls(request, "calls/call.html", context, fragment="live", status=status)


def _time_url(shown: Call, start: Any, minutes: int) -> str:
    """The form of the ticket's work with the conversation filled in; "" where there is nothing to enter."""
    if shown.ticket is None or not minutes or shown.ended_at is None:
        return ""
    begun = urlencode({"minutes": minutes, "from": timezone.localtime(start).isoformat(timespec="minutes")})
    return f"{reverse('desk:time_enter', args=[shown.ticket.number])}?{begun}"


def _handled(user: User, pk: int) -> Call:
    """The call, for whoever may say what becomes of it. Errors: 404, 403."""
    shown = get_call(user, pk)
    if not may_handle(user, shown):
        raise PermissionDenied
    return shown


def _ticket(user: User, number: str) -> Ticket | None:
    """A ticket by its number, with or without "#"; None for one that this person does not read."""
    try:
        return get_ticket(user, number.strip().lstrip("#"))
    except Http404:
        return None


def _unknown(request: HttpRequest, shown: Call) -> HttpResponse:
    messages.error(request, _("There is no such ticket, or it is not one of yours."))
    return redirect("calls:call", shown.pk)


def _customer(shown: Call, typed: str) -> Customer | None:
    """The customer that was chosen, else the one who is known to call."""
    chosen = _id(typed)
    if chosen is not None:
        return Customer.objects.filter(pk=chosen, is_active=True).first()
    return reading.customer_of(shown)


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else None


def _url(**wanted: object) -> str:
    given = {name: value for name, value in wanted.items() if value}
    return f"{reverse('calls:calls')}?{urlencode(given)}"


def _tabs(user: User, which: str) -> list[dict[str, Any]]:
    labels = {"mine": _("My calls"), "assign": _("To assign"), "all": _("All")}
    count = reading.count_to_assign(user)
    return [
        {
            "label": label,
            "url": _url(show=name),
            "is_current": name == which,
            "count": count if name == "assign" and count else "",
        }
        for name, label in labels.items()
    ]


def _chips(which: str, outcome: str) -> list[dict[str, Any]]:
    if which == "assign":
        return []
    wanted = {"": _("All"), "open": _("Running")}
    ends = ("answered", "busy", "abandoned", "voicemail")
    wanted |= {name: str(Call.Outcome(name).label) for name in ends}
    return [
        {"label": label, "url": _url(show=which, outcome=name), "is_current": name == outcome}
        for name, label in wanted.items()
    ]
