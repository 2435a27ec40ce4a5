"""Missed targets: saying why."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import acting_user, agents_only
from tickets import access
from tickets.actions import timing
from tickets.actions.refusals import ReasonRequired
from tickets.forms.justifying import JustifyForm, missed_clock
from tickets.forms.refusals import in_words


@agents_only
@require_POST
def justify(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Keep why a target of this ticket was missed. Error: 404 for a ticket or target the reader lacks."""
    user = acting_user(request)
    ticket = access.get_ticket(user, number)
    clock = missed_clock(ticket.pk, pk)
    if clock is None:
        raise Http404
    form = JustifyForm(request.POST)
    try:
        text = form.cleaned_data["text"] if form.is_valid() else ""
        timing.justify(clock=clock, text=text, by=user, at=timezone.now())
    except access.Denied as refusal:
        raise PermissionDenied from refusal
    except ReasonRequired as refusal:
        messages.error(request, in_words(refusal))
    else:
        messages.success(request, _("The justification is kept."))
    return redirect(f"{reverse('desk:ticket', args=[number])}#target-{pk}")
