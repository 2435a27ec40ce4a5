"""One ticket: its conversation, writing into it, and everything else that can be done with it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import agents_only
from lib.uploads import takes_files
from tickets import access
from tickets.actions.seeing import note_seen
from tickets.forms.acting import ActForm
from tickets.forms.acts import ACTS, OTHERS, STEPS, offered
from tickets.forms.checklist import StepForm
from tickets.forms.writing import ReplyForm
from tickets.models import Ticket
from tickets.queries import case
from tickets.queries.alerts import alerts_of
from tickets.queries.approval_cards import cards_of, standing_cards
from tickets.queries.checklist import checklist_of
from tickets.queries.consents import consents_card
from tickets.queries.gate_cards import ticket_gates
from tickets.queries.gates import gates_of
from tickets.queries.mails import mails_of
from tickets.queries.remote_sessions import remote_card
from tickets.queries.satisfaction import ratings_of
from tickets.queries.targets import targets_of
from tickets.queries.time import worksheet
from tickets.rules.lifecycle import Actor, Verb, verbs_for
from tickets.views.frame import Reader, reader_of, render_desk
from tickets.views.queue import party, ticket_words


@agents_only
@require_safe
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The page, and with `?fragment=live` its changing parts."""
    reader = reader_of(request)
    shown = access.get_ticket(reader.user, number)
    note_seen(ticket=shown, by=reader.user, door="desk")
    return ticket_page(request, reader, shown, ReplyForm(ticket=shown, user=reader.user))


@takes_files
@agents_only
@require_POST
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """Write a reply or a note. A refusal shows the page again with what was typed."""
    reader = reader_of(request)
    shown = access.get_ticket(reader.user, number)
    form = ReplyForm(request.POST, request.FILES, ticket=shown, user=reader.user)
    if not form.went_well() or form.message is None:
        return ticket_page(request, reader, access.get_ticket(reader.user, number), form, status=422)
    said = _("The note is saved.") if form.message.is_internal else _("The reply is sent.")
    messages.success(request, said)
    return redirect(f"{reverse('desk:ticket', args=[number])}#m-{form.message.pk}")


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """One thing to do with a ticket: a small form, as a dialog over the page or as a page of its own."""
    if slug not in ACTS:
        raise Http404
    reader = reader_of(request)
    shown = access.get_ticket(reader.user, number)
    is_sent = request.method == "POST"
    form = ACTS[slug](request.POST if is_sent else None, ticket=shown, user=reader.user)
    if is_sent and form.went_well():
        return _go_on(request, form)
    context = {"ticket": shown, "form": form, "words": ticket_words(shown, reader), "is_refused": is_sent}
    return render_desk(
        request, "tickets/act.html", context, reader=reader, fragment="dialog", status=422 if is_sent else 200
    )


def _go_on(request: HttpRequest, form: ActForm) -> HttpResponse:
    """To the queue where the agent is done with the ticket, else to its page."""
    messages.success(request, f"{form.ticket.number}: {form.done}")
    still_seen = access.visible_tickets(form.user).filter(pk=form.ticket.pk).exists()
    stays = still_seen and not form.leaves
    url = reverse("desk:ticket", args=[form.ticket.number]) if stays else reverse("desk:queue")
    return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else redirect(url)


def ticket_page(
    request: HttpRequest,
    reader: Reader,
    shown: Ticket,
    form: ReplyForm,
    *,
    step_form: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The ticket's page with what is typed into its reply, or into a new step of its checklist."""
    now, language = timezone.now(), reader.language
    gates = gates_of(shown, now)
    mails = mails_of(shown, language=language, now=now)
    context = {
        "ticket": shown,
        "words": ticket_words(shown, reader),
        "party": party(shown, reader),
        "gates": ticket_gates(shown, now, language=language, gates=gates),
        "alerts": alerts_of(shown),
        "checklist": checklist_of(shown, gates, language=language, now=now),
        "step_form": step_form or StepForm(ticket=shown, user=reader.user, now=now, gates=gates),
        "consents": consents_card(shown, language=language),
        "remote": remote_card(shown, reader.user, gates, language=language, now=now),
        "conversation": case.conversation(
            reader.user, shown, language=language, now=now, mails=mails.by_message
        ),
        "lost_mail": mails.lost,
        "mail_silence": mails.silence,
        "ratings": ratings_of(shown),
        "targets": targets_of(shown, language=language, now=now),
        "may_justify": access.may_work(reader.user, shown),
        "approvals": cards_of([shown], now),
        "standing_approvals": standing_cards(shown, now),
        "work": worksheet(reader.user, shown),
        "reader_id": reader.user.pk,
        "may_decide": access.may_lead(reader.user),
        "others": case.open_tickets_of(reader.user, shown.customer, but=shown),
        "form": form,
        "then": _then(shown),
        **_acts(shown, reader),
    }
    return render_desk(request, "tickets/ticket.html", context, reader=reader, fragment="live", status=status)


def _then(shown: Ticket) -> set[str]:
    """What a reply may do with the ticket in the same step."""
    return {verb.value for verb in verbs_for(shown.status, Actor.AGENT)} & {Verb.WAIT_CUSTOMER, Verb.SOLVE}


def _acts(shown: Ticket, reader: Reader) -> dict[str, Any]:
    """What can be done now: taking it, the steps of the lifecycle, everything else."""
    return {
        "take": next(iter(offered(shown, reader.user, ("take",))), None),
        "steps": offered(shown, reader.user, STEPS),
        "other_acts": offered(shown, reader.user, OTHERS),
    }
