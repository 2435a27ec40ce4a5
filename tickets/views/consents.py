"""The consents of one ticket: who is concerned, what each permits, and whether that is everybody."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import agents_only
from tickets import access
from tickets.actions import consents
from tickets.actions.seeing import note_seen
from tickets.forms.consents import ConsentForm, SubjectForm, WithdrawalForm
from tickets.forms.refusals import REFUSALS, in_words
from tickets.models import Consent, DataSubject, Ticket
from tickets.queries.consents import consents_card
from tickets.queries.gate_cards import ticket_gates
from tickets.views.frame import Reader, reader_of, render_desk


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, number: str) -> HttpResponse:
    """Everybody concerned; sent, a further person is named."""
    reader = reader_of(request)
    shown = access.get_ticket(reader.user, number)
    if request.method != "POST":
        note_seen(ticket=shown, by=reader.user, door="desk")
        return _page(request, reader, shown, SubjectForm(ticket=shown, user=reader.user))
    form = SubjectForm(request.POST, ticket=shown, user=reader.user)
    if form.went_well():
        return _back(number)
    return _page(request, reader, shown, form, status=422)


@agents_only
@require_POST
def complete(request: HttpRequest, number: str) -> HttpResponse:
    """Say that nobody else is concerned, or that somebody may be after all."""
    user = reader_of(request).user
    shown = access.get_ticket(user, number)
    act = consents.confirm_list if request.POST.get("is_complete") else consents.reopen_list
    try:
        act(ticket=shown, by=user)
    except REFUSALS as refusal:
        messages.error(request, in_words(refusal))
    return _back(number)


@agents_only
@require_POST
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take somebody off the list who is not concerned after all."""
    user = reader_of(request).user
    subject = _subject(access.get_ticket(user, number), pk)
    try:
        consents.remove_subject(subject=subject, by=user)
    except REFUSALS as refusal:
        messages.error(request, in_words(refusal))
    return _back(number)


@agents_only
@require_POST
def record(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Record what somebody permits. A refusal shows the page again with what was typed."""
    reader = reader_of(request)
    shown = access.get_ticket(reader.user, number)
    form = ConsentForm(request.POST, subject=_subject(shown, pk), user=reader.user)
    if form.went_well():
        messages.success(request, _("The consent is recorded."))
        return _back(number)
    name_form = SubjectForm(ticket=shown, user=reader.user)
    return _page(request, reader, shown, name_form, refused=form, status=422)


@agents_only
@require_POST
def withdraw(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Record that somebody takes their consent back."""
    reader = reader_of(request)
    shown = access.get_ticket(reader.user, number)
    rows = (
        access.visible_consents(reader.user).filter(subject__ticket=shown).select_related("subject__ticket")
    )
    form = WithdrawalForm(request.POST, consent=get_object_or_404(rows, pk=pk), user=reader.user)
    if form.went_well():
        messages.success(request, _("The withdrawal is recorded. It counts from this moment on."))
        return _back(number)
    name_form = SubjectForm(ticket=shown, user=reader.user)
    return _page(request, reader, shown, name_form, refused=form, status=422)


def _subject(shown: Ticket, pk: int) -> DataSubject:
    """Somebody named on this ticket. Error: 404."""
    subject = DataSubject.objects.counting().select_related("ticket").filter(ticket=shown, pk=pk).first()
    if subject is None:
        raise Http404
    return subject


def _page(
    request: HttpRequest,
    reader: Reader,
    shown: Ticket,
    form: SubjectForm,
    *,
    refused: ConsentForm | WithdrawalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    card = consents_card(shown, language=reader.language)
    subjects = {one.pk: one for one in DataSubject.objects.counting().filter(ticket=shown)}
    context: dict[str, Any] = {
        "ticket": shown,
        "card": card,
        "rows": [_row(one, subjects[one.pk], reader, refused) for one in card.people],
        "form": form,
        "gates": ticket_gates(shown, timezone.now(), language=reader.language),
        "is_refused": status != 200,  # noqa: PLR2004 (an answer without faults)
    }
    return render_desk(request, "tickets/consents.html", context, reader=reader, status=status)


def _row(
    person: Any, subject: DataSubject, reader: Reader, refused: ConsentForm | WithdrawalForm | None
) -> dict[str, Any]:
    """A person with the forms for them; one that was refused stands where it was typed."""
    is_here = isinstance(refused, ConsentForm) and refused.subject.pk == subject.pk
    given = []
    for line in person.consents:
        form = WithdrawalForm(consent=Consent(pk=line.pk), user=reader.user)
        is_this = isinstance(refused, WithdrawalForm) and refused.consent.pk == line.pk
        given.append((line, refused if is_this else form, is_this))
    return {
        "person": person,
        "consents": given,
        "form": refused if is_here else ConsentForm(subject=subject, user=reader.user),
        "is_refused": is_here,
    }


def _back(number: str) -> HttpResponse:
    return redirect(reverse("desk:consents", args=[number]))
