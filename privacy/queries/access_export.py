"""What an access export (GDPR Art. 15) says of a person: parts with rows, each a mapping of codes to values.

Other people's internal notes are not among it, nor is who of the firm did something: only what was done.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.utils.translation import get_language

from accounts.models import ApiToken, Impersonation, Notice, User
from accounts.rules.wording import act_words
from calls.models import Call, Voicemail
from calls.queries.people import calls_of
from contracts.models import (
    AuditRequest,
    BreachNotice,
    ChangeNotice,
    DataReturn,
    DpaSignature,
    Instruction,
)
from knowledge.models import Feedback
from privacy.models import PrivacyJob
from privacy.queries.people import Person, audit_lines
from tickets.models import (
    ApprovalRequest,
    Attachment,
    CallNote,
    Consent,
    Delivery,
    HeldFile,
    Message,
    Rating,
    RemoteSession,
    Ticket,
    TicketMute,
)

Row = dict[str, Any]
"""Code of a fact → text, number, moment, list of texts, or None."""


@dataclass(frozen=True)
class Part:
    """One part of the export; `code` is worded by `privacy.rules.wording`."""

    code: str
    rows: list[Row]


def parts_of(person: Person) -> Iterator[Part]:
    """Every part, in the order of the export, empty ones too: that nothing is kept is told as well."""
    for code, gather in PARTS:
        yield Part(code, list(gather(person)))


def sent_files(person: Person) -> list[Attachment]:
    """The files that the person sent and what they said after the tone, in the order of the export."""
    said = Voicemail.objects.filter(call__in=calls_of(person.contact)).values("attachment")
    rows = Attachment.objects.filter(Q(message__contact=person.contact) | Q(pk__in=said))
    return list(rows.select_related("message__ticket").order_by("pk"))


def name_in_zip(attachment: Attachment) -> str:
    """Where a file lies in the export: its name is cleaned when it is uploaded and never a path."""
    return f"files/{attachment.message.ticket.number}-{attachment.pk}-{attachment.name}"


def _person(person: Person) -> Iterator[Row]:
    contact = person.contact
    yield {
        "name": contact.name,
        "email": contact.email,
        "phones": list(contact.phones.values_list("number", flat=True)),
        "customer": contact.customer.name,
        "language": contact.get_language_display(),
        "mail_steps": contact.get_mail_steps_display(),
        "sees_company_tickets": contact.sees_company_tickets,
        "is_company_admin": contact.is_company_admin,
    }


def _login(person: Person) -> Iterator[Row]:
    user = User.objects.filter(pk=person.user_id or 0).first()
    if user is None:
        return
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    yield {
        "login": user.username,
        "name": user.get_full_name(),
        "email": user.email,
        "since": user.date_joined,
        "last_login": user.last_login,
        "second_factors": [factor.get_type_display() for factor in factors],
        "tokens": list(ApiToken.objects.filter(user=user).order_by("pk").values_list("name", flat=True)),
    }


def _sessions(person: Person) -> Iterator[Row]:
    for one in UserSession.objects.filter(user_id=person.user_id or 0).order_by("pk"):
        yield {"since": one.created_at, "seen": one.last_seen_at, "ip": one.ip, "browser": one.user_agent}


def _looks(person: Person) -> Iterator[Row]:
    for one in Impersonation.objects.filter(person_id=person.user_id or 0).order_by("pk"):
        yield {"at": one.began_at, "until": one.ended_at, "name": one.admin_name, "text": one.reason}


def _tickets(person: Person) -> Iterator[Row]:
    for one in Ticket.objects.filter(contact=person.contact).order_by("pk"):
        yield {
            "ticket": one.number,
            "subject": one.subject,
            "at": one.created_at,
            "channel": one.get_channel_display(),
            "status": one.get_status_display(),
        }


def _messages(person: Person) -> Iterator[Row]:
    """What they wrote anywhere, and what was answered to them on their own tickets. Never internal notes."""
    mine = Q(contact=person.contact) | Q(ticket__contact=person.contact)
    for one in Message.objects.for_customer().filter(mine).select_related("ticket").order_by("at", "pk"):
        is_theirs = one.contact_id == person.contact.pk
        yield {"ticket": one.ticket.number, "at": one.at, "is_own": is_theirs, "text": one.body}


def _calls(person: Person) -> Iterator[Row]:
    for one in (
        CallNote.objects.filter(contact=person.contact).select_related("message__ticket").order_by("pk")
    ):
        said = "" if one.message.is_internal else one.message.body
        yield {
            "ticket": one.message.ticket.number,
            "at": one.called_at,
            "is_outgoing": one.is_outgoing,
            "minutes": one.minutes,
            "text": said,
        }


def _phone_calls(person: Person) -> Iterator[Row]:
    """What telephone systems told of their calls; not which agents there were."""
    rows = calls_of(person.contact).select_related("ticket", "voicemail__attachment__message__ticket")
    for one in rows.order_by("pk"):
        left = getattr(one, "voicemail", None)
        sound = left.attachment if left else None
        yield {
            "at": one.arrived_at,
            "is_outgoing": one.direction == Call.Direction.OUT,
            "caller": one.from_number or one.from_text,
            "dialled": one.to_number,
            "outcome": one.get_outcome_display(),
            "waited_seconds": one.waited_seconds,
            "talked_seconds": one.talked_seconds,
            "ticket": one.ticket.number if one.ticket else "",
            "voicemail": name_in_zip(sound) if sound else "",
            "voicemail_seconds": left.seconds if left else None,
        }


def _attachments(person: Person) -> Iterator[Row]:
    for one in sent_files(person):
        yield {
            "ticket": one.message.ticket.number,
            "at": one.message.at,
            "file": name_in_zip(one),
            "bytes": one.size,
            "sha256": one.sha256,
        }


def _held_files(person: Person) -> Iterator[Row]:
    for one in (
        HeldFile.objects.filter(message__contact=person.contact).select_related("ticket").order_by("pk")
    ):
        yield {"ticket": one.ticket.number, "at": one.held_at, "bytes": one.size, "until": one.delete_at}


def _consents(person: Person) -> Iterator[Row]:
    rows = Consent.objects.filter(subject__contact=person.contact).select_related("subject__ticket")
    for one in rows.order_by("pk"):
        yield {
            "ticket": one.subject.ticket.number,
            "name": one.subject.name,
            "scope": one.capabilities,
            "how": one.get_how_display(),
            "at": one.given_at,
            "evidence": one.evidence,
            "withdrawn": one.withdrawn_at,
        }


def _approvals(person: Person) -> Iterator[Row]:
    mine = Q(contact=person.contact) | Q(answered_contact=person.contact)
    for one in ApprovalRequest.objects.filter(mine).select_related("ticket").order_by("pk"):
        yield {
            "ticket": one.ticket.number,
            "at": one.asked_at,
            "text": one.text,
            "status": one.get_state_display(),
            "answered": one.answered_at,
            "name": one.answered_by_name,
            "how": one.get_answered_how_display(),
            "note": one.answer_note,
        }


def _ratings(person: Person) -> Iterator[Row]:
    for one in Rating.objects.filter(contact=person.contact).select_related("ticket").order_by("pk"):
        yield {
            "ticket": one.ticket.number,
            "at": one.given_at,
            "verdict": one.get_verdict_display(),
            "text": one.comment,
        }


def _feedback(person: Person) -> Iterator[Row]:
    for one in Feedback.objects.filter(by_id=person.user_id or 0).select_related("text").order_by("pk"):
        yield {"article": one.text.title, "at": one.at, "kind": one.get_kind_display(), "text": one.comment}


def _sessions_of_remote(person: Person) -> Iterator[Row]:
    rows = RemoteSession.objects.filter(ticket__contact=person.contact).select_related("ticket", "tool")
    for one in rows.order_by("pk"):
        yield {
            "ticket": one.ticket.number,
            "at": one.started_at,
            "until": one.ended_at,
            "tool": one.tool.name,
            "confirmed_by": one.confirmed_by,
            "text": one.done,
        }


def _notices(person: Person) -> Iterator[Row]:
    for one in Delivery.objects.filter(contact=person.contact).select_related("ticket").order_by("pk"):
        yield {
            "kind": one.get_kind_display(),
            "ticket": one.ticket.number,
            "at": one.created_at,
            "sent": one.sent_at,
        }
    for notice in Notice.objects.filter(user_id=person.user_id or 0).order_by("pk"):
        yield {
            "kind": notice.get_kind_display(),
            "ticket": "",
            "at": notice.created_at,
            "sent": notice.sent_at,
        }


def _mutes(person: Person) -> Iterator[Row]:
    for one in TicketMute.objects.filter(contact=person.contact).select_related("ticket").order_by("pk"):
        yield {"ticket": one.ticket.number, "at": one.at}


def _signatures(person: Person) -> Iterator[Row]:
    rows = DpaSignature.objects.filter(user_id=person.user_id or 0).select_related("processing_agreement")
    for one in rows.order_by("pk"):
        yield {
            "agreement": one.processing_agreement.called,
            "name": one.name,
            "role": one.role,
            "at": one.at,
            "ip": one.ip,
            "how": one.get_method_display(),
            "sha256": one.document_sha256,
        }


def _rights(person: Person) -> Iterator[Row]:
    contact = person.contact
    for told in Instruction.objects.filter(given_by=contact).order_by("pk"):
        yield {"kind": told._meta.verbose_name, "at": told.given_at, "text": told.text, "note": told.outcome}
    for asked in AuditRequest.objects.filter(asked_by=contact).order_by("pk"):
        yield {
            "kind": asked._meta.verbose_name,
            "at": asked.asked_at,
            "text": asked.subject,
            "note": asked.outcome,
        }
    for chosen in DataReturn.objects.filter(chosen_by=contact).order_by("pk"):
        kind, said = chosen._meta.verbose_name, chosen.get_choice_display()
        yield {"kind": kind, "at": chosen.chosen_at, "text": said, "note": ""}
    for notice in ChangeNotice.objects.filter(Q(acknowledged_by=contact) | Q(objected_by=contact)).order_by(
        "pk"
    ):
        said = notice.objection if notice.objected_by_id == contact.pk else ""
        at = notice.objected_at if said else notice.acknowledged_at
        yield {"kind": notice._meta.verbose_name, "at": at, "text": said, "note": ""}
    for breach in BreachNotice.objects.filter(acknowledged_by=contact).order_by("pk"):
        yield {"kind": breach._meta.verbose_name, "at": breach.acknowledged_at, "text": "", "note": ""}


def _audit(person: Person) -> Iterator[Row]:
    language = get_language() or "en"
    for one in audit_lines(person.contact):
        is_theirs = person.user_id is not None and one.actor_id == person.user_id
        yield {"at": one.at, "is_own": is_theirs, "what": act_words(one.verb, language)}


def _jobs(person: Person) -> Iterator[Row]:
    rows = PrivacyJob.objects.filter(kind=PrivacyJob.Kind.EXPORT, subject_id=person.contact.pk)
    for one in rows.order_by("pk"):
        yield {"at": one.asked_at, "is_own": one.is_own, "fetched": one.served_at}


PARTS: tuple[tuple[str, Callable[[Person], Iterable[Row]]], ...] = (
    ("person", _person),
    ("login", _login),
    ("logins", _sessions),
    ("looks", _looks),
    ("tickets", _tickets),
    ("messages", _messages),
    ("calls", _calls),
    ("phone_calls", _phone_calls),
    ("attachments", _attachments),
    ("held_files", _held_files),
    ("consents", _consents),
    ("approvals", _approvals),
    ("ratings", _ratings),
    ("feedback", _feedback),
    ("remote_sessions", _sessions_of_remote),
    ("notices", _notices),
    ("mutes", _mutes),
    ("signatures", _signatures),
    ("rights", _rights),
    ("audit", _audit),
    ("exports", _jobs),
)


def as_json(value: Any) -> Any:
    """A value as JSON keeps it: moments in ISO 8601, as text where JSON has no word for it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | bool | list) or value is None else str(value)
