"""The mail to whoever sent files that are held: that they are, why, until when, and what they can do."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Notice
from accounts.queries.company import company_name
from contracts.queries import company_zone
from customers.models import Contact
from lib.languages import page_language
from lib.reasons import say_day
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, NotWanted, Words
from mail.rules.headers import header_text
from tickets import access
from tickets.models import HeldFile, Message
from tickets.queries.gate_cards import GateCard
from tickets.queries.held import closed_gate

KINDS = frozenset({Notice.Kind.FILE_HELD})


def held_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail. Errors: NotOwed for who may not read the ticket any more; NotWanted once it is moot."""
    messages = Message.objects.for_customer().select_related("ticket", "contact__customer")
    message = messages.filter(pk=int(notice.params["message"])).first()
    if message is None or message.contact is None or not access.may_be_told(message.contact, message.ticket):
        raise NotOwed("not_theirs")
    contact = message.contact
    held = list(HeldFile.objects.held().filter(message=message))
    with translation.override(contact.language):
        gate = closed_gate(message.ticket, now, page_language())
        if not held or gate is None:
            raise NotWanted
        words = _words(message, contact, held, gate)
    return Letter(contact.email, contact.language, notice.mail_id, words, AUTOMATIC)


def _words(message: Message, contact: Contact, held: list[HeldFile], gate: GateCard) -> Words:
    ticket = message.ticket
    subject = header_text(ticket.subject, 100)
    names = {"number": ticket.number, "subject": subject, "reason": gate.lines[0].reason}
    return Words(
        subject=_("Held back unread: files for ticket %(number)s") % names,
        greeting=_("Hello %(name)s,") % {"name": header_text(contact.name, 100)},
        lines=[
            _("your message about “%(subject)s” has arrived.") % names,
            _how_many(len(held)),
            _("The reason: %(reason)s. Log files can hold personal data, which we may not read without it.")
            % names,
        ],
        after=[_("What you can do:"), *(f"– {way}" for way in _ways(gate)), _until(held)],
        link=_link(contact, ticket.number),
        footer=_("Ticket %(number)s · %(company)s") % {**names, "company": company_name()},
        has_reply_line=True,
    )


def _how_many(count: int) -> str:
    return ngettext(
        "%(count)d part of it looks like a log file. We hold it back encrypted, and nobody reads it.",
        "%(count)d parts of it look like log files. We hold them back encrypted, and nobody reads them.",
        count,
    ) % {"count": count}


def _ways(gate: GateCard) -> list[str]:
    ways = [way.text for way in gate.ways]
    return [*ways, _("describe in your own words what happens; short error messages may be quoted")]


def _until(held: list[HeldFile]) -> str:
    moment = min(one.delete_at or timezone.now() for one in held)
    day = say_day(localtime(moment, company_zone()).date(), page_language())
    return _("If nothing changes, we delete it unread on %(day)s. As soon as we may, we file it.") % {
        "day": day
    }


def _link(contact: Contact, number: str) -> tuple[str, str] | None:
    """For whoever can sign in."""
    if contact.user is None or not contact.user.is_active:
        return None
    return _("To the ticket"), f"{settings.SITE_URL}{reverse('portal:ticket', args=[number])}"
