"""The mail that tickets owe: receipt, reply, change of status. Everything is asked anew when it is sent.

The messages that a mail can hold come from `for_customer()` alone, so no internal note gets into any of them.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.queries.company import company_name
from contracts.queries import company_zone
from customers.models import Contact
from lib.languages import page_language
from lib.reasons import say_moment
from mail.queries.approval_letters import question_words
from mail.queries.letters import AUTOMATIC, Enclosure, Letter, NotOwed, NotWanted, Said, Words, said
from mail.rules.headers import header_text, references, subject_line, unsubscribing
from tickets import access
from tickets.models import Attachment, Delivery, Message, Rating, Ticket
from tickets.queries.mutes import is_muted, unsubscribe_token
from tickets.queries.waits import wait_sentence, waits_of
from tickets.rules.lifecycle import Verb
from tickets.rules.notifying import Mail, is_wanted
from tickets.rules.wording import TABLE

MAX_ENCLOSED_BYTES = 5_000_000
"""Larger files stay with the ticket: many servers refuse them, and slow lines take too long."""
MAX_QUOTE = 2_000


def ticket_letter(delivery: Delivery) -> Letter:
    """Write the mail. Errors: NotOwed when its contact may not have it (any more), NotWanted."""
    ticket, contact = delivery.ticket, delivery.contact
    if not contact.email:
        raise NotOwed("no_address")
    if not (contact.is_active and contact.customer.is_active):
        raise NotOwed("inactive")
    if not access.may_be_told(contact, ticket):
        raise NotOwed("not_theirs")
    if not is_wanted(
        Mail(delivery.kind),
        delivery.params.get("verb", ""),
        wish=contact.mail_steps,
        is_muted=is_muted(ticket, contact),
    ):
        raise NotWanted
    message = _message_of(delivery)
    files = _files_of(message) if delivery.kind == Delivery.Kind.REPLY else []
    enclosed = sum(one.size for one in files) <= MAX_ENCLOSED_BYTES
    with translation.override(contact.language):
        words = (
            question_words(delivery, timezone.now())
            if delivery.kind == Delivery.Kind.APPROVAL
            else _words(delivery, message, [] if enclosed else files)
        )
    return Letter(
        address=contact.email,
        language=contact.language,
        mail_id=delivery.mail_id,
        words=words,
        headers=_headers(delivery),
        enclosures=[_enclosure(one) for one in files] if enclosed else [],
    )


def _message_of(delivery: Delivery) -> Message | None:
    """The message that the mail is about. Error: NotOwed for one that is not for this ticket's customer."""
    if delivery.message_id is None:
        return None
    readable = Message.objects.for_customer().filter(ticket=delivery.ticket_id)
    message = readable.filter(pk=delivery.message_id).first()
    if message is None:
        raise NotOwed("internal")
    return message


def _headers(delivery: Delivery) -> dict[str, str]:
    """The thread of this ticket's earlier mails; whether a person wrote this one; how to end them."""
    earlier = list(
        Delivery.objects.filter(ticket=delivery.ticket_id, contact=delivery.contact_id)
        .filter(pk__lt=delivery.pk, sent_at__isnull=False)
        .order_by("pk")
        .values_list("mail_id", flat=True)
    )
    headers = {} if delivery.kind == Delivery.Kind.REPLY else dict(AUTOMATIC)
    if delivery.kind != Delivery.Kind.APPROVAL:  # nobody can do without being asked
        headers |= unsubscribing(_way_out(delivery))
    if earlier:
        headers |= {"In-Reply-To": earlier[-1], "References": references(earlier)}
    return headers


def _words(delivery: Delivery, message: Message | None, left_out: Sequence[Attachment]) -> Words:
    ticket, contact = delivery.ticket, delivery.contact
    lines, after, own, quote = _parts(delivery, message, left_out)
    return Words(
        subject=subject_line(ticket.number, ticket.subject),
        # Agents greet in their own words.
        greeting="" if own else _("Hello %(name)s,") % {"name": header_text(contact.name, 100)},
        lines=lines,
        said=own,
        after=after,
        link=_portal_link(contact, ticket),
        quote=quote,
        footer=_("Ticket %(number)s · %(company)s") % {"number": ticket.number, "company": company_name()},
        has_reply_line=True,
        way_out=(_("No more e-mails about this ticket"), _way_out(delivery)),
    )


def _parts(
    delivery: Delivery, message: Message | None, left_out: Sequence[Attachment]
) -> tuple[list[str], list[str], Said | None, Said | None]:
    """What differs by kind: lines before, lines after, our words, the customer's words."""
    if delivery.kind == Delivery.Kind.RECEIPT:
        quote = _said(message) if message else None
        return _receipt(delivery.ticket), [], None, quote
    if delivery.kind == Delivery.Kind.REPLY and message is not None:
        step = _step(delivery) if delivery.params.get("verb") else []
        return [], [*_too_large(left_out), *step], _said(message), _last_of_customer(message)
    if delivery.kind == Delivery.Kind.TAKEN:
        return _taken(delivery), [], None, None
    if delivery.kind == Delivery.Kind.SEVERITY:
        return _severity(delivery), [], None, None
    return _step(delivery), [], None, None


def _taken(delivery: Delivery) -> list[str]:
    """Who works on it."""
    name = header_text(delivery.params["agent"], 100)
    return [
        _about(delivery.ticket),
        _("%(name)s is working on it now. You will hear from us.") % {"name": name},
    ]


def _severity(delivery: Delivery) -> list[str]:
    """Which severity it has now, why, and what that means."""
    words = {name: _severity_word(delivery.params[name]) for name in ("old", "new")}
    return [
        _about(delivery.ticket),
        _("We have changed its severity from %(old)s to %(new)s.") % words,
        _("The reason: %(why)s") % {"why": header_text(delivery.params["why"], 1_000)},
        _(
            "The severity decides its place among the tickets with the same contract."
            " If we got that wrong, please write to us."
        ),
    ]


def _severity_word(name: str) -> str:
    return TABLE[f"severity.{name}"][_language()]


def _receipt(ticket: Ticket) -> list[str]:
    """The number, and for a waiting ticket its place and why, as it is at this moment."""
    words = {"subject": header_text(ticket.subject), "number": ticket.number}
    lines = [_("your ticket “%(subject)s” has arrived. Its number is %(number)s.") % words]
    wait = waits_of([ticket]).by_ticket.get(ticket.pk)
    if wait is not None:
        sentence = wait_sentence(ticket, wait, language=_language(), audience="customer", now=None)
        lines.append(
            _("It has place %(place)d in the queue at this moment.") % {"place": wait.position}
            + f" {header_text(sentence, 1_000)}"
        )
        lines.append(
            _(
                "The order is: contract, then severity, then time of arrival. New tickets with a better"
                " contract or a higher severity go in front. We promise no time: the place is what we know."
            )
        )
    return lines


def _step(delivery: Delivery) -> list[str]:
    """What a change of status means for the customer."""
    closes = ngettext(
        "If it is not, please write to us. It closes by itself after %(days)d day.",
        "If it is not, please write to us. It closes by itself after %(days)d days.",
        settings.CLOSE_SOLVED_DAYS,
    ) % {"days": settings.CLOSE_SOLVED_DAYS}
    reopens = ngettext(
        "You can reopen it for %(days)d day.", "You can reopen it for %(days)d days.", settings.REOPEN_DAYS
    ) % {"days": settings.REOPEN_DAYS}
    sentences = {
        Verb.WAIT_CUSTOMER: [
            _("We are waiting for your answer."),
            _("As soon as you write, the ticket goes on. It keeps its time of arrival."),
        ],
        Verb.WAIT_THIRD_PARTY: [
            _("We are waiting for somebody else, a manufacturer for example."),
            _("You need not do anything. The ticket keeps its time of arrival."),
        ],
        Verb.SCHEDULE: [
            _scheduled(delivery),
            _("Then the ticket goes back into the queue, with its time of arrival."),
        ],
        Verb.SOLVE: [_("We consider your ticket solved."), closes],
        Verb.CLOSE: [_("The ticket is closed."), reopens],
        Verb.AUTO_CLOSE: [_("The ticket was solved some time ago and is closed now."), reopens],
        Verb.REOPEN: [_("The ticket is open again."), _("It keeps its time of arrival.")],
    }
    about = [] if delivery.message_id else [_about(delivery.ticket)]
    rating = [_("How did we do? You can say so in the portal, at your ticket.")]
    return [
        *about,
        " ".join(sentences[Verb(delivery.params["verb"])]),
        *(rating if _asks_for_rating(delivery) else []),
    ]


def _asks_for_rating(delivery: Delivery) -> bool:
    """Once, at the end, and only whoever can answer and has not yet."""
    if delivery.params.get("verb") not in (Verb.SOLVE, Verb.CLOSE):
        return False
    if _portal_link(delivery.contact, delivery.ticket) is None:
        return False
    return not Rating.objects.filter(ticket=delivery.ticket_id, contact=delivery.contact_id).exists()


def _about(ticket: Ticket) -> str:
    return _("this is about your ticket “%(subject)s”.") % {"subject": header_text(ticket.subject)}


def _scheduled(delivery: Delivery) -> str:
    until = delivery.params.get("until_at")
    if not until:
        return _("The ticket is scheduled.")
    moment = localtime(datetime.fromisoformat(until), company_zone())
    return _("Scheduled for %(moment)s.") % {"moment": say_moment(moment, _language())}


def _portal_link(contact: Contact, ticket: Ticket) -> tuple[str, str] | None:
    """For whoever can sign in."""
    if contact.user is None or not contact.user.is_active:
        return None
    return _("To the ticket"), f"{settings.SITE_URL}{reverse('portal:ticket', args=[ticket.number])}"


def _way_out(delivery: Delivery) -> str:
    """Where this contact ends the mail of this ticket, signed in or not."""
    token = unsubscribe_token(delivery.ticket_id, delivery.contact_id)
    return f"{settings.SITE_URL}{reverse('portal:unsubscribe', args=[token])}"


def _last_of_customer(reply: Message) -> Said | None:
    """What the customer's side said last before a reply."""
    message = (
        Message.objects.for_customer()
        .filter(ticket=reply.ticket_id, contact__isnull=False, pk__lt=reply.pk)
        .order_by("at", "pk")
        .last()
    )
    return _said(message) if message else None


def _said(message: Message) -> Said:
    body = message.body
    if message.is_from_customer and len(body) > MAX_QUOTE:
        body = body[:MAX_QUOTE].rsplit(" ", 1)[0] + " …"
    return said(message.author_name, localtime(message.at, company_zone()), body)


def _files_of(message: Message | None) -> list[Attachment]:
    return list(message.attachments.all()) if message else []


def _enclosure(attachment: Attachment) -> Enclosure:
    with attachment.file.open("rb") as stored:
        return Enclosure(attachment.name, attachment.content_type, stored.read())


def _too_large(files: Sequence[Attachment]) -> list[str]:
    if not files:
        return []
    names = ", ".join(f"{header_text(one.name, 200)} ({filesizeformat(one.size)})" for one in files)
    return [_("Too large for a mail, kept with the ticket: %(files)s") % {"files": names}]


def _language() -> str:
    return page_language()
