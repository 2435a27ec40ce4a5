"""Work on one ticket: entering it, deciding anew who pays, taking it back."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import agents_only, leads_only
from tickets import access
from tickets.forms.time import OverrideForm, VoidForm, WorkForm
from tickets.models import Ticket, TimeEntry, Timer
from tickets.queries.foreseeing import overlapping
from tickets.queries.time import line_of, with_decision
from tickets.views.frame import Reader, reader_of, render_desk

FRAGMENTS = ("dialog", "preview")
LONG_AGO = timedelta(days=366)
"""Nobody leads here with work that began longer ago."""


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, number: str) -> HttpResponse:
    """The form, as a dialog over the ticket or a page of its own; `preview` in it says who would pay."""
    reader = reader_of(request)
    shown = access.get_ticket(reader.user, number)
    is_sent = request.method == "POST"
    form = WorkForm(
        request.POST if is_sent else None, ticket=shown, user=reader.user, initial=_begun(request, shown)
    )
    is_preview = is_sent and "preview" in request.POST
    if is_sent and not is_preview and form.went_well() and form.entry is not None:
        return _entered(request, form.entry)
    foreseen = form.foreseen() if is_preview else None
    context = {"ticket": shown, "form": form, "foreseen": foreseen, "is_preview": is_preview}
    is_refused = is_sent and not is_preview
    return _form(request, reader, "tickets/time_enter.html", context, is_refused=is_refused)


@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def override(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Decide by hand who pays (leads)."""
    reader = reader_of(request)
    shown, entry = _entry(reader, number, pk)
    form = OverrideForm(request.POST or None, entry=entry, user=reader.user)
    if request.method == "POST" and form.went_well():
        messages.success(request, _("It is decided."))
        return _to(request, entry)
    context = {"ticket": shown, "form": form, "line": line_of(entry), "act": "override"}
    return _form(request, reader, "tickets/time_change.html", context, is_refused=request.method == "POST")


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take an entry back: one's own, or (leads) anybody's."""
    reader = reader_of(request)
    shown, entry = _entry(reader, number, pk)
    if not access.may_void(reader.user, entry):
        raise PermissionDenied
    form = VoidForm(request.POST or None, entry=entry, user=reader.user)
    if request.method == "POST" and form.went_well():
        messages.success(request, _("The entry was taken back."))
        return _to(request, entry)
    context = {"ticket": shown, "form": form, "line": line_of(entry), "act": "void"}
    return _form(request, reader, "tickets/time_change.html", context, is_refused=request.method == "POST")


def _entry(reader: Reader, number: str, pk: int) -> tuple[Ticket, TimeEntry]:
    """The ticket and its entry with its decision. Error: 404 where there is none that this reader sees."""
    shown = access.get_ticket(reader.user, number)
    entry = with_decision(TimeEntry.objects.filter(ticket=shown, pk=pk)).first()
    if entry is None:
        raise Http404
    return shown, entry


def _begun(request: HttpRequest, shown: Ticket) -> dict[str, Any]:
    """What a stopped timer knows already, or whoever led here (`?from=…&minutes=…`)."""
    typed = request.GET.get("timer", "")
    if not typed:
        return _led_here(request)
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 19):  # noqa: PLR2004 (fits an id)
        return {}
    timers = Timer.objects.filter(agent=reader_of(request).user, ticket=shown, stopped_at__isnull=False)
    timer = timers.filter(pk=int(typed)).first()
    if timer is None or timer.stopped_at is None:
        return {}
    minutes = max(1, int((timer.stopped_at - timer.started_at).total_seconds()) // 60)
    # So much before its end rather than from its start: seconds do not count, and no end lies in the future.
    return {"timer": timer, "minutes": minutes, "started_at": timer.stopped_at - timedelta(minutes=minutes)}


def _led_here(request: HttpRequest) -> dict[str, Any]:
    """A beginning and minutes that another page proposes; nothing where they make no sense."""
    minutes = request.GET.get("minutes", "")
    if not (minutes.isascii() and minutes.isdecimal() and len(minutes) < 5):  # noqa: PLR2004 (a day has 1440)
        return {}
    try:
        started_at = parse_datetime(request.GET.get("from", ""))
    except ValueError:  # such as the 32nd of a month
        return {}
    if started_at is None or started_at.tzinfo is None or abs(timezone.now() - started_at) > LONG_AGO:
        return {}
    return {"minutes": int(minutes), "started_at": started_at}


def _entered(request: HttpRequest, entry: TimeEntry) -> HttpResponse:
    """To the ticket, with what is to be known: flagged, or beside other entries of the same time."""
    said = ngettext("%(count)s minute is entered.", "%(count)s minutes are entered.", entry.minutes)
    messages.success(request, said % {"count": entry.minutes})
    if entry.is_flagged:
        messages.warning(request, _("Chargeable without an approval of the customer: flagged for the lead."))
    others = overlapping(entry.agent, entry.started_at, entry.ended_at, besides=entry.pk)
    if others:
        text = _("You have entered other work at the same time: %(tickets)s.")
        messages.warning(request, text % {"tickets": ", ".join(others)})
    return _to(request, entry)


def _to(request: HttpRequest, entry: TimeEntry) -> HttpResponse:
    url = reverse("desk:ticket", args=[entry.ticket.number])
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(url)  # with an anchor, the page that is there would not be loaded
    return redirect(f"{url}#time-{entry.pk}")


def _form(
    request: HttpRequest, reader: Reader, template: str, context: dict[str, Any], *, is_refused: bool
) -> HttpResponse:
    wanted = request.GET.get("fragment", "")
    fragment = wanted if wanted in FRAGMENTS else ""
    context["is_refused"] = is_refused
    return render_desk(
        request, template, context, reader=reader, fragment=fragment, status=422 if is_refused else 200
    )
