"""The checklist of one ticket: adding a step, and everything that can be done with one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import agents_only
from tickets import access
from tickets.forms.checklist import STEPS, StepForm
from tickets.forms.refusals import REFUSALS
from tickets.forms.refusals import in_words as refusal_in_words
from tickets.forms.writing import ReplyForm
from tickets.models import ChecklistItem
from tickets.queries.gates import gates_of
from tickets.views.frame import reader_of
from tickets.views.tickets import ticket_page


@agents_only
@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add a step. A refusal shows the page again with what was typed."""
    reader, now = reader_of(request), timezone.now()
    shown = access.get_ticket(reader.user, number)
    form = StepForm(request.POST, ticket=shown, user=reader.user, now=now, gates=gates_of(shown, now))
    if form.went_well():
        return redirect(f"{reverse('desk:ticket', args=[number])}#checklist")
    reply = ReplyForm(ticket=shown, user=reader.user)
    return ticket_page(request, reader, shown, reply, step_form=form, status=422)


@agents_only
@require_POST
def step(request: HttpRequest, number: str, pk: int, slug: str) -> HttpResponse:
    """Tick a step or not, move it, remove it. A closed gate says why it is not done."""
    if slug not in STEPS:
        raise Http404
    user = reader_of(request).user
    shown = access.get_ticket(user, number)
    item = get_object_or_404(ChecklistItem.objects.select_related("ticket"), pk=pk, ticket=shown)
    try:
        STEPS[slug](item, user)
    except REFUSALS as refusal:
        messages.error(request, refusal_in_words(refusal))
    return redirect(f"{reverse('desk:ticket', args=[number])}#checklist")
