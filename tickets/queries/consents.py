"""Reading consents: who is concerned by a case, what each permits, and what is still missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.rules.gate_wording import capability_name
from contracts.rules.gates import BY_CONSENT, Capability
from tickets.models import Consent, ConsentList, DataSubject, Ticket

CAPABILITIES = tuple(one for one in Capability if one in BY_CONSENT)
"""What consents can permit, in the order of pages."""


@dataclass(frozen=True)
class ConsentLine:
    """One consent in words; `permits` are names of capabilities."""

    pk: int
    permits: Sequence[str]
    how: str
    given_at: datetime
    evidence: str
    recorded_by: str
    withdrawn_at: datetime | None
    withdrawal_note: str


@dataclass(frozen=True)
class PersonLine:
    """Somebody concerned. `lacking` names what they do not permit (yet)."""

    pk: int
    name: str
    contact_id: int | None
    consents: Sequence[ConsentLine]
    lacking: Sequence[str]

    @property
    def standing(self) -> Sequence[ConsentLine]:
        """What was not withdrawn."""
        return [one for one in self.consents if one.withdrawn_at is None]


@dataclass(frozen=True)
class Lack:
    """What one capability still needs: whose consents (names), none where all have consented."""

    label: str
    names: Sequence[str]


@dataclass(frozen=True)
class ConsentCard:
    """Everybody concerned by a case. `earlier`: how many were named for a customer whose it was before."""

    people: Sequence[PersonLine]
    complete_since: datetime | None
    confirmed_by: str
    lacks: Sequence[Lack]
    earlier: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether somebody said that nobody else is concerned."""
        return self.complete_since is not None

    @property
    def missing(self) -> int:
        """How many people have not consented to everything."""
        return sum(bool(one.lacking) for one in self.people)


def consents_card(ticket: Ticket, *, language: str) -> ConsentCard:
    """Who is concerned by a ticket and what they permit, in three queries."""
    subjects = DataSubject.objects.filter(ticket=ticket).prefetch_related("consents__recorded_by")
    people = [_person(one, language) for one in subjects if one.set_aside_at is None]
    confirmed = ConsentList.objects.filter(ticket=ticket).first()
    names = {one: capability_name(one, language) for one in CAPABILITIES}
    return ConsentCard(
        people=people,
        complete_since=confirmed.confirmed_at if confirmed else None,
        confirmed_by=confirmed.confirmed_by_name if confirmed else "",
        lacks=[Lack(label, [one.name for one in people if label in one.lacking]) for label in names.values()],
        earlier=len(subjects) - len(people),
    )


def person_of(ticket: Ticket, contact_id: int, *, language: str) -> PersonLine | None:
    """A contact as one of those concerned by a ticket."""
    subjects = DataSubject.objects.counting().filter(ticket=ticket, contact=contact_id)
    subject = subjects.prefetch_related("consents__recorded_by").first()
    return _person(subject, language) if subject else None


def _person(subject: DataSubject, language: str) -> PersonLine:
    given = list(subject.consents.all())
    permitted = {one for consent in given if consent.withdrawn_at is None for one in consent.capabilities}
    return PersonLine(
        pk=subject.pk,
        name=subject.name,
        contact_id=subject.contact_id,
        consents=[_line(one, language) for one in given],
        lacking=[capability_name(one, language) for one in CAPABILITIES if one not in permitted],
    )


def _line(consent: Consent, language: str) -> ConsentLine:
    permits = set(consent.capabilities)
    return ConsentLine(
        pk=consent.pk,
        permits=[capability_name(one, language) for one in CAPABILITIES if one in permits],
        how=consent.get_how_display(),
        given_at=consent.given_at,
        evidence=consent.evidence,
        recorded_by=consent.recorded_by.display_name if consent.recorded_by else "",
        withdrawn_at=consent.withdrawn_at,
        withdrawal_note=consent.withdrawal_note,
    )
