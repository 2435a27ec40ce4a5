"""How the mail of a ticket stands, for the people at the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from contracts.queries import company_zone
from lib.reasons import say_moment
from lib.undelivered import in_words
from tickets.models import Delivery, Ticket
from tickets.models.tickets import TicketQuerySet
from tickets.queries.desk import say
from tickets.queries.mutes import why_silent


@dataclass(frozen=True)
class MailLine:
    """One mail in words. `state`: sent, waiting or failed."""

    pk: int
    state: str
    text: str


@dataclass(frozen=True)
class Mails:
    """By message; apart from those, what was not delivered and belongs to none.

    `silence` says why the contact gets no mail of this ticket; empty where they do.
    """

    by_message: Mapping[int, MailLine]
    lost: Sequence[MailLine]
    silence: str = ""


def mails_of(ticket: Ticket, *, language: str, now: datetime) -> Mails:
    """The mail of one ticket, the newest of each message. Three queries at most."""
    by_message: dict[int, MailLine] = {}
    lost: list[MailLine] = []
    for row in Delivery.objects.filter(ticket=ticket).select_related("contact").order_by("pk"):
        line = _line(row, language, now)
        if row.message_id is not None:
            by_message[row.message_id] = line
        elif line.state == "failed":
            lost.append(line)
    return Mails(by_message, lost, _silence(ticket))


def with_lost_mail(tickets: TicketQuerySet, now: datetime) -> TicketQuerySet:
    """Those of the tickets that have mail that was given up lately, the newest first."""
    lost = Delivery.objects.lost(now).values("ticket")
    return tickets.filter(pk__in=lost).order_by("-pk")


def _silence(ticket: Ticket) -> str:
    sentences = {
        "muted": _("%(name)s gets no mail about this ticket: they switched it off."),
        "nothing": _("%(name)s gets no mail about tickets: they look in the portal, as they chose."),
    }
    why = why_silent(ticket)
    return sentences[why] % {"name": ticket.contact.name} if why and ticket.contact else ""


def _line(row: Delivery, language: str, now: datetime) -> MailLine:
    what = say(f"mail.{row.kind}", language)
    words = {"what": what, "name": row.contact.name, "why": in_words(row.error, language)}
    if row.failed_at is not None:
        return MailLine(row.pk, "failed", _("%(what)s not delivered to %(name)s: %(why)s") % words)
    if row.sent_at is not None:
        words["moment"] = _moment(row.sent_at, language, now)
        return MailLine(row.pk, "sent", _("%(what)s mailed to %(name)s: %(moment)s") % words)
    if row.error and row.next_attempt_at is not None:
        words["moment"] = _moment(row.next_attempt_at, language, now)
        text = _("%(what)s not sent yet (%(why)s), next attempt: %(moment)s") % words
    else:
        text = _("%(what)s is being sent to %(name)s") % words
    return MailLine(row.pk, "waiting", text)


def _moment(moment: datetime, language: str, now: datetime) -> str:
    zone = company_zone()
    return say_moment(localtime(moment, zone), language, localtime(now, zone).date())
