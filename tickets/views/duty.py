"""Going on and off duty, and the desk's frame with nothing in it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import acting_user, agents_only
from accounts.actions import users
from tickets.actions import returning
from tickets.models import Ticket
from tickets.models.tickets import TicketQuerySet
from tickets.views.frame import reader_of, render_desk

LIST_LIMIT = 50


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest) -> HttpResponse:
    """Turn "on duty" on or off. What an agent holds goes back at once, so that is asked first."""
    user = acting_user(request)
    held = Ticket.objects.in_hands().filter(assignee=user)  # before a worker can return them, too
    if request.method != "POST":
        return _ask(request, held) if user.is_on_duty and held else redirect("desk:queue")
    is_on_duty = request.POST.get("is_on_duty") == "1"
    count = 0 if is_on_duty else held.count()
    if count and user.is_on_duty and "is_confirmed" not in request.POST:
        return redirect("desk:duty")
    users.set_duty(user=user, is_on_duty=is_on_duty, by=user)
    if is_on_duty:
        messages.success(request, _("You are on duty."))
        return redirect(_back(request))
    returning.return_tickets()
    text = ngettext(
        "You are off duty. %(count)d ticket went back to the queue.",
        "You are off duty. %(count)d tickets went back to the queue.",
        count,
    )
    messages.success(request, text % {"count": count} if count else _("You are off duty."))
    return redirect(_back(request))


@agents_only
@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """A signed-in page without content: what the benchmark measures other pages against."""
    return render_desk(request, "tickets/empty.html", {}, reader=reader_of(request))


def _ask(request: HttpRequest, held: TicketQuerySet) -> HttpResponse:
    """Say what going off duty does to what the agent holds."""
    tickets = list(held.in_rank_order().select_related("customer")[:LIST_LIMIT])
    context = {"tickets": tickets, "count": held.count()}
    return render_desk(request, "tickets/duty.html", context, reader=reader_of(request))


@agents_only
@require_safe
def sidebar(request: HttpRequest) -> HttpResponse:
    """The navigation alone, for the desk's pages of other rooms: they name where they are by `here`."""
    reader = reader_of(request)
    here = request.GET.get("here", "")
    return render_desk(request, "components/sidebar.html", {}, reader=reader, here=here)


def _back(request: HttpRequest) -> str:
    """The page the switch was pressed on."""
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        came_from, {request.get_host()}, require_https=request.is_secure()
    )
    if is_ours and not came_from.endswith(reverse("desk:duty")):
        return came_from
    return "desk:queue"
