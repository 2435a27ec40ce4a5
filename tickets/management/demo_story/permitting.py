"""The story's consents of two people, one of which is missing, and a remote session as it was held."""

from datetime import datetime, timedelta

from contracts.rules.gates import Capability
from tickets.management.demo_story.replay import Cast
from tickets.models import (
    Consent,
    ConsentList,
    DataSubject,
    RemoteSession,
    RemoteTool,
    Ticket,
    TicketEvent,
    TimeEntry,
    WorkKind,
)

ASKED = "E-Mails an Großkunden landen im Spam"
"""Of a customer without any agreement: whose mailboxes would be seen?"""
HELD = "Konstruktionsordner für Auszubildende freigeben"


def permit(cast: Cast, at: datetime) -> None:
    """Ask two people at Aigner, of whom one has answered; and tell how the work at Brandl was done."""
    _ask(cast, at)
    _session(cast)


def _ask(cast: Cast, at: datetime) -> None:
    ticket, agent = Ticket.objects.get(subject=ASKED), cast.users["agent2"]
    asked, contact = at - timedelta(hours=20), cast.contacts["maria-aigner"]
    maria = DataSubject.objects.create(ticket=ticket, name=contact.name, contact=contact, created_at=asked)
    DataSubject.objects.create(ticket=ticket, name="Sabine Pichler", created_at=asked)
    ConsentList.objects.create(
        ticket=ticket, confirmed_at=asked, confirmed_by=agent, confirmed_by_name=agent.display_name
    )
    Consent.objects.create(
        subject=maria,
        capabilities=[Capability.LOG_ANALYSIS.value, Capability.REMOTE_SESSION.value],
        how=Consent.How.PHONE,
        given_at=asked,
        evidence="Am Telefon gegenüber Tobias Huber, Gesprächsnotiz im Ticket",
        recorded_at=asked,
        recorded_by=agent,
    )
    told: tuple[tuple[str, dict[str, object]], ...] = (
        ("subject_named", {}),
        ("subject_named", {}),
        ("list_confirmed", {"people": 2}),
        ("consent_recorded", {"how": "phone"}),
    )
    TicketEvent.objects.bulk_create(
        TicketEvent(
            ticket=ticket, at=asked, actor=agent, actor_name=agent.display_name, kind=kind, params=params
        )
        for kind, params in told
    )


def _session(cast: Cast) -> None:
    """The session whose work was entered; where an installation has no program any more, none is told of."""
    tool = RemoteTool.objects.filter(is_active=True).order_by("-name").first()
    entry = TimeEntry.objects.filter(ticket__subject=HELD, work_kind=WorkKind.REMOTE).first()
    if tool is None or entry is None:
        return
    RemoteSession.objects.create(
        ticket=entry.ticket,
        customer_id=entry.customer_id,
        agent=entry.agent,
        tool=tool,
        partner_id="812 345 990",
        confirmed_by=cast.contacts["markus-brandl"].name,
        confirmed_how="am Telefon",
        opened_by=["gate.dpa_in_force"],
        started_at=entry.started_at,
        ended_at=entry.ended_at,
        done=entry.text,
        time_entry=entry,
    )
