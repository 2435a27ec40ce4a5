"""The agent's timer: starting it on a ticket, stopping it into the entry form, throwing it away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import agents_only
from tickets import access
from tickets.actions import timers
from tickets.models import Timer
from tickets.views.frame import reader_of


@agents_only
@require_POST
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Start it on this ticket; one that runs elsewhere waits there as a draft."""
    user = reader_of(request).user
    shown = access.get_ticket(user, number)
    before = Timer.objects.running().filter(agent=user).exclude(ticket=shown).select_related("ticket").first()
    timers.start(ticket=shown, by=user)
    if before is not None:
        text = _("The timer runs here now. The one on %(number)s was stopped and waits there to be entered.")
        messages.info(request, text % {"number": before.ticket.number})
    return redirect(f"{reverse('desk:ticket', args=[number])}#time")


@agents_only
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stop it and go on with the form, its minutes filled in."""
    timer = timers.stop(by=reader_of(request).user)
    if timer is None:
        messages.info(request, _("No timer was running."))
        return redirect("desk:work")
    return redirect(f"{reverse('desk:time_enter', args=[timer.ticket.number])}?timer={timer.pk}")


@agents_only
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw one's own timer away. Error: 404 for anybody else's."""
    user = reader_of(request).user
    timer = get_object_or_404(Timer.objects.select_related("ticket"), pk=pk, agent=user)
    timers.discard(timer=timer, by=user)
    messages.info(request, _("The timer was discarded; nothing is entered."))
    return redirect("desk:ticket", timer.ticket.number)
