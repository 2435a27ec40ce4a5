"""The sub-processor directory and the rights beside it, as a customer's people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from contracts.access import may_answer
from contracts.models import AuditRequest, BreachNotice, ChangeNotice, DirectoryVersion, Instruction
from contracts.queries import directory as reading
from contracts.queries import processing_rights as rights
from contracts.queries.directory import ShownChange, Timeline
from contracts.queries.gates import gate_reason, gate_ways
from contracts.rules.directory import EntryFact
from contracts.rules.gates import Gate
from customers.models import Contact
from lib.languages import page_language
from lib.reasons import say_day


@dataclass(frozen=True)
class Coming:
    """A change that is announced: what it changes, and what the customer was told and said."""

    version: DirectoryVersion
    changes: Sequence[ShownChange]
    notice: ChangeNotice | None


@dataclass(frozen=True)
class DirectoryPage:
    """What holds today, what comes, and what was before."""

    timeline: Timeline
    entries: Sequence[EntryFact]
    coming: Sequence[Coming]


@dataclass(frozen=True)
class Closed:
    """Why the directory is closed for a customer, and what would open it."""

    why: str
    ways: Sequence[str]


@dataclass(frozen=True)
class Banner:
    """Something that waits to be acknowledged."""

    text: str
    url: str
    is_bad: bool


def directory_page(contact: Contact, at: datetime) -> DirectoryPage:
    """For those to whom it is open."""
    found = reading.timeline(at)
    told = {one.version_id: one for one in reading.notices_for(contact.customer_id)}
    return DirectoryPage(
        timeline=found,
        entries=reading.entries_of(found.current),
        coming=[Coming(one, found.changes_of(one), told.get(one.pk)) for one in found.coming],
    )


def closed(gate: Gate, at: datetime) -> Closed:
    """A closed gate in the customer's words."""
    language = page_language()
    return Closed(
        why=gate_reason(gate, at, language, "customer"),
        ways=[way.text for way in gate_ways(gate, at, language, "customer")],
    )


def banners(contact: Contact, user: User, at: datetime) -> list[Banner]:
    """What this person has to take note of: changes of the directory, and breaches first."""
    changes, breaches = rights.waiting_notices(contact, at)
    if not (changes or breaches) or not may_answer(user, contact.customer_id):
        return []
    language = page_language()
    told = [
        Banner(
            _("We had to tell you of a personal-data breach: %(title)s") % {"title": one.breach.title},
            reverse("portal:breach", args=[one.pk]),
            is_bad=True,
        )
        for one in breaches
    ]
    said = _("Our sub-processors change on %(day)s. Please read it; you can object until %(until)s.")
    return told + [
        Banner(
            said
            % {
                "day": say_day(one.version.effective_on, language),
                "until": say_day(one.objections_until_on, language),
            },
            reverse("portal:subprocessors_change", args=[one.version.number]),
            is_bad=False,
        )
        for one in changes
    ]


@dataclass(frozen=True)
class RightsPage:
    """A customer's instructions, audit requests and notices of breaches, the newest first."""

    has_dpa: bool
    instructions: Sequence[Instruction]
    audits: Sequence[AuditRequest]
    breaches: Sequence[BreachNotice]


def rights_page(contact: Contact, at: datetime) -> RightsPage:
    """For those who answer for the customer."""
    own = {"customer": contact.customer_id}
    return RightsPage(
        has_dpa=rights.has_dpa(contact.customer_id, at),
        instructions=list(rights.instructions().filter(**own)[: rights.MOST]),
        audits=list(rights.audit_requests().filter(**own)[: rights.MOST]),
        breaches=rights.breach_notices_for(contact.customer_id),
    )
