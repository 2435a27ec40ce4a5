"""Following one ticket: reading, replying, closing, reopening, rating, files."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user
from customers.models import Contact
from lib.downloads import attachment_response, is_signed, sound_response
from lib.languages import page_language
from lib.uploads import go_on, is_watched, takes_files
from portal.forms import RatingForm, ReplyForm
from portal.queries.approvals import ticket_approvals
from portal.queries.consents import portal_consents
from portal.queries.mailing import ticket_mail
from portal.queries.positions import position_of, reopening_ends_on, state_label
from portal.queries.ratings import rating_card
from portal.queries.tickets import conversation_of, verbs_of
from portal.views.pages import for_contact, portal_page
from portal.views.suggesting import suggestions
from tickets.access import get_ticket
from tickets.actions import satisfaction
from tickets.actions.gating import LogInText
from tickets.actions.progressing import progress
from tickets.actions.refusals import NotStored
from tickets.actions.replying import customer_reply
from tickets.actions.seeing import note_seen
from tickets.models import Ticket
from tickets.queries.gate_cards import ticket_gates
from tickets.queries.held import closed_gate, readable_attachment, was_held
from tickets.queries.remote_sessions import sessions_of
from tickets.queries.targets import targets_of
from tickets.queries.time import worksheet
from tickets.rules.lifecycle import NotAllowed, Verb
from tickets.rules.wording import sentence

LOG_IN_RATING = gettext_lazy(
    "This looks like a log, which we may not read now. Please send it as a message of this ticket: there we "
    "hold it back unread. Your rating is not saved yet."
)


@for_contact
@require_safe
def ticket(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """One ticket. The fragment `position` is the place alone, `live` everything that changes by itself."""
    found = get_ticket(acting_user(request), number)
    if request.GET.get("fragment") == "position":
        context = {"ticket": found, "position": position_of(found, timezone.now())}
        return portal_page(request, "portal/ticket.html", context, fragment="position")
    note_seen(ticket=found, by=acting_user(request), door="portal")
    return _ticket_page(request, contact, found, ReplyForm(number=number))


@takes_files
@for_contact
@require_POST
def reply(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """Add the contact's message; a ticket that waited for them, or was finished, goes on."""
    user = acting_user(request)
    found = get_ticket(user, number)
    form = ReplyForm(request.POST, request.FILES, number=number)
    form.keeps_files = is_watched(request)
    if not form.is_valid():
        return _ticket_page(request, contact, found, form)
    try:
        message = customer_reply(
            ticket=found,
            contact=contact,
            by=user,
            body=form.cleaned_data["body"],
            files=form.cleaned_data["attachments"],
        )
    except NotAllowed as refusal:
        form.add_error(None, sentence(refusal.reason, page_language(), audience="customer"))
        return _ticket_page(request, contact, found, form)
    except NotStored as refusal:
        form.add_error("attachments", str(refusal))
        return _ticket_page(request, contact, found, form)
    messages.success(request, _("Your message has arrived."))
    if was_held(message):
        messages.warning(request, _("A part of it we hold back unread. What that means stands below it."))
    return go_on(request, f"{reverse('portal:ticket', args=[number])}#m-{message.pk}")


@for_contact
@require_POST
def rate(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """Keep what the contact thinks of a finished ticket, or change it."""
    user = acting_user(request)
    found = get_ticket(user, number)
    form = RatingForm(request.POST, number=number)
    if not form.is_valid():
        return _ticket_page(request, contact, found, ReplyForm(number=number), rating=form)
    try:
        satisfaction.rate(ticket=found, contact=contact, by=user, **form.cleaned_data)
    except LogInText as refusal:
        form.add_error(refusal.field, str(LOG_IN_RATING))
        return _ticket_page(request, contact, found, ReplyForm(number=number), rating=form)
    except NotAllowed as refusal:
        messages.error(request, sentence(refusal.reason, page_language(), audience="customer"))
    else:
        messages.success(request, _("Thank you. Your rating is kept."))
    return redirect("portal:ticket", number)


@for_contact
@require_POST
def close(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """Close a ticket that is no longer needed."""
    return _progress(request, number, Verb.CLOSE)


@for_contact
@require_POST
def reopen(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """Reopen a finished ticket, as long as the reopening period lasts."""
    return _progress(request, number, Verb.REOPEN)


@for_contact
@require_safe
def file(request: HttpRequest, contact: Contact, number: str, key: str) -> HttpResponseBase:
    """Download a file of the conversation; a link that is too old leads to the ticket, where a new one is."""
    user = acting_user(request)
    attachment = readable_attachment(user, number, key, timezone.now())
    if not is_signed(request, key=key, user_id=user.pk):
        messages.info(request, _("The link to the file is no longer valid. You find the file here."))
        return redirect(f"{reverse('portal:ticket', args=[number])}#m-{attachment.message_id}")
    return attachment_response(attachment.file, name=attachment.name, content_type=attachment.content_type)


@for_contact
@require_safe
def sound(request: HttpRequest, contact: Contact, number: str, key: str) -> HttpResponse:
    """Send a recording of the conversation to the player of its page."""
    recording = readable_attachment(acting_user(request), number, key, timezone.now())
    if recording.sound is None:
        raise Http404
    return sound_response(
        recording.file,
        name=recording.name,
        content_type=recording.content_type,
        asked=request.headers.get("Range", ""),
    )


def _ticket_page(
    request: HttpRequest,
    contact: Contact,
    found: Ticket,
    form: ReplyForm,
    rating: RatingForm | None = None,
) -> HttpResponseBase:
    now = timezone.now()
    card = rating_card(found, contact, now)
    user = acting_user(request)
    context = {
        "ticket": found,
        "by": found.contact.name if found.contact and found.contact_id != contact.pk else "",
        "state_label": state_label(found),
        "position": position_of(found, now),
        "conversation": conversation_of(user, contact, found),
        "verbs": verbs_of(found, now),
        "form": form,
        "log_gate": closed_gate(found, now, page_language()),
        "mail": ticket_mail(contact, found),
        "targets": targets_of(found, language=page_language(), now=now, audience="customer"),
        "approvals": ticket_approvals(user, found, now),
        "work": worksheet(user, found),
        "consents": portal_consents(contact, found, language=page_language()),
        "sessions": sessions_of(found, user, customer_id=contact.customer_id),
        "gates": ticket_gates(found, now, language=page_language(), audience="customer"),
        # Looked for only where the page shows them: not for what the page refreshes by itself.
        "articles": partial(suggestions, user, found.subject),
        "rating": card,
        "rating_form": rating or RatingForm(number=found.number, given=card.given),
    }
    status = 422 if form.errors or (rating and rating.errors) else 200
    return portal_page(request, "portal/ticket.html", context, fragment="live", status=status)


def _progress(request: HttpRequest, number: str, verb: Verb) -> HttpResponseBase:
    """Take one step of the lifecycle and say what it means, or why it is refused."""
    user = acting_user(request)
    found = get_ticket(user, number)
    try:
        changed = progress(ticket=found, verb=verb, by=user)
    except NotAllowed as refusal:
        messages.error(request, sentence(refusal.reason, page_language(), audience="customer"))
    else:
        messages.success(request, _what_it_means(changed, verb))
    return redirect("portal:ticket", number)


def _what_it_means(changed: Ticket, verb: Verb) -> str:
    if verb == Verb.REOPEN:
        return _("The ticket is open again. It keeps its time of arrival.")
    return _("The ticket is closed. You can reopen it until %(day)s.") % {"day": reopening_ends_on(changed)}
