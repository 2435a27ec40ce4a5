"""Going on and off duty, and the desk's frame with nothing in it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, agents_only
from accounts.actions import users
from tickets.actions import returning
from tickets.models import Ticket
from tickets.views.frame import reader_of, render_desk


@agents_only
@require_POST
def duty(request: HttpRequest) -> HttpResponse:
    """Turn "on duty" on or off; what the agent held goes back to the queue at once."""
    user = acting_user(request)
    count = Ticket.objects.in_hands().filter(assignee=user).count()  # before a worker can return them, too
    users.set_duty(user=user, is_on_duty=request.POST.get("is_on_duty") == "1", by=user)
    if user.is_on_duty:
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


def _back(request: HttpRequest) -> str:
    """The page the switch was pressed on."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return came_from
    return "desk:queue"
