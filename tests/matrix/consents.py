"""Consents in the matrices: people concerned by A1's and by B's ticket, and a program for remote sessions."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import User
from customers.models import Contact
from tickets.actions import consents
from tickets.actions.consents import Given
from tickets.models import Consent, DataSubject, RemoteTool, Ticket

if TYPE_CHECKING:
    from tests.matrix.world import World


def given(evidence: str, *capabilities: str, how: str = "mail") -> Given:
    """A consent that somebody gave just now."""
    moment = timezone.now() if how == "portal" else timezone.now() - timedelta(milliseconds=1)
    return Given(capabilities or ("log_analysis",), how, moment, evidence)


def consent_of(contact: Contact, ticket: Ticket, evidence: str, by: User) -> Consent:
    """A contact's consent on a ticket."""
    subject = consents.name_subject(ticket=ticket, contact=contact, by=by)
    return consents.record_consent(subject=subject, given=given(evidence), by=by)


def add_consents(world: "World") -> None:
    """On each ticket the contact who consented, and somebody else who did not."""
    from tests.matrix.world import Thing

    for name, by, team in (("A1", "agent", "Workplace"), ("B", "other", "Network")):
        ticket: Ticket = world.things[f"{name}'s ticket"].row
        consent = consent_of(world.contacts[name], ticket, f"evidence-{name}-zq", world.users[by])
        parts = {"number": ticket.number, "pk": consent.pk}
        world.things[f"consent of {name}"] = Thing(parts, consent.evidence, consent)
        parts = {"number": ticket.number, "pk": consent.subject_id}
        world.things[f"{name} as data subject"] = Thing(parts, row=consent.subject)
        text = world.keep(f"notes in {team}", f"concerned-{name}-zq")
        person: DataSubject = consents.name_subject(ticket=ticket, name=text, by=world.users[by])
        parts = {"number": ticket.number, "pk": person.pk}
        world.things[f"person on {name}'s ticket"] = Thing(parts, text, person)
    number = world.things["A1's ticket"].parts["number"]
    for kind in ("consent of B", "person on B's ticket"):
        foreign = {**world.things[kind].parts, "number": number}
        world.things[f"{kind} below A1's number"] = Thing(foreign)
    tool = RemoteTool.objects.create(name="program-zq", link_template="rustdesk://connection/new/{id}")
    parts = {"pk": tool.pk, "object_id": tool.pk}
    world.things["program for remote sessions"] = Thing(parts, tool.name, tool)
