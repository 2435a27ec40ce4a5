"""What erasing a person would take, and what would stay and why: counts, and no names."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q

from accounts.models import User
from billing.models import Charge
from calls.models import Voicemail
from calls.queries.people import calls_with
from contracts.models import DpaSignature
from customers.models import Contact
from knowledge.models import Feedback
from privacy.models import LegalHold
from privacy.queries.columns import treated
from privacy.queries.finding import both, finders, named_rows
from privacy.queries.people import Person, audit_of, marks_of, person_of
from privacy.rules.erasing import Part, instead
from privacy.rules.inventory import IN_PLACE
from privacy.rules.marks import Finder
from tickets.models import Attachment, HeldFile, Message, Ticket

Finders = tuple[Finder, Finder]


@dataclass(frozen=True)
class Preview:
    """Counts by kind. `named`: rows that name the person somewhere, by table."""

    goes: dict[str, int] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    stays: dict[str, int] = field(default_factory=dict)
    is_held: bool = False
    is_staff: bool = False


def preview_of(contact: Contact, parts: frozenset[str]) -> Preview:
    """Look through everything as the erasure will, without changing any of it."""
    person, found = person_of(contact), finders(marks_of(contact), instead(settings.LANGUAGE_CODE))
    held = LegalHold.objects.filter(contact_id=contact.pk, ended_at__isnull=True).exists()
    is_staff = contact.user is not None and contact.user.is_agent
    messages = Message.objects.filter(contact=contact).count()
    files = Attachment.objects.filter(message__contact=contact).count()
    signatures = _signatures(person)
    goes = {
        "person": 1,
        "login": int(contact.user_id is not None),
        "phones": contact.phones.count(),
        "held_files": HeldFile.objects.held().filter(message__contact=contact).count(),
        "audit": audit_of(contact).count(),
        **_calls(contact, found),
    }
    stays = {
        "tickets": Ticket.objects.filter(contact=contact).count(),
        "bookkeeping": _bookkeeping(person, found),
    }
    for part, kind, count in (
        (Part.BODIES, "bodies", messages),
        (Part.FILES, "attachments", files),
        (Part.PROOF, "signatures", signatures),
    ):
        (goes if part in parts else stays)[kind] = count
    if Part.BODIES in parts and person.user_id is not None:
        goes["feedback"] = Feedback.objects.filter(by_id=person.user_id).exclude(comment="").count()
    return Preview(goes, named_by_table(person, found), stays, held, is_staff)


def named_by_table(person: Person, found: Finders) -> dict[str, int]:
    """How many rows name the person, by table."""
    ids: dict[str, set[object]] = {}
    for model, column in treated(*IN_PLACE):
        if model in (Contact, User):
            continue  # the person's own rows, which are counted as such
        for finder, rows in both(model, column, person, found):
            named = named_rows(model, column, finder, rows).values_list("pk", flat=True)
            ids.setdefault(model._meta.label, set()).update(named)
    return {table: len(found_ids) for table, found_ids in ids.items() if found_ids}


def _calls(contact: Contact, found: Finders) -> dict[str, int]:
    """Calls that lose the person, and what they said after the tone."""
    numbers = set(contact.phones.values_list("number", flat=True))
    rows = calls_with(contact_id=contact.pk, numbers=numbers, needle=found[0].needle)
    heard = Voicemail.objects.filter(call__in=rows).exclude(attachment__isnull=True)
    return {"calls": rows.count(), "voicemails": heard.count()}


def _signatures(person: Person) -> int:
    if person.user_id is None:
        return 0
    return DpaSignature.objects.filter(user_id=person.user_id).count()


def _bookkeeping(person: Person, found: Finders) -> int:
    """Lines of closed statements that name the person: the law has them kept as they are.

    Open ones name the person no more once erased; they are counted by table.
    """
    needle = found[1].needle
    if not needle:
        return 0
    named = Q(text__iregex=needle) | Q(ticket_subject__iregex=needle)
    named |= Q(reason_de__iregex=needle) | Q(reason_en__iregex=needle)
    return Charge.objects.filter(named, statement__isnull=False, ticket_id__in=person.ticket_ids).count()
