"""The story's consents of two people, one of which is missing, and a remote session as it was held."""

from datetime import datetime, timedelta

from contracts.rules.gates import Capability
from tickets.actions import consents, remote_sessions
from tickets.actions.consents import Given
from tickets.management.demo_story.replay import Cast
from tickets.models import Consent, RemoteTool, Ticket

ASKED = "E-Mails an Großkunden landen im Spam"
"""Of a customer without any agreement: whose mailboxes would be seen?"""
HELD = "Terminalserver: Anmeldung dauert zehn Minuten"


def permit(cast: Cast, at: datetime) -> None:
    """Ask two people at Aigner, of whom one has answered; and look at Brandl's server from afar."""
    _ask(cast, at - timedelta(hours=20))
    _session(cast, at)


def _ask(cast: Cast, at: datetime) -> None:
    ticket, agent = Ticket.objects.get(subject=ASKED), cast.users["agent2"]
    contact = cast.contacts["maria-aigner"]
    maria = consents.name_subject(ticket=ticket, contact=contact, by=agent, at=at)
    consents.name_subject(ticket=ticket, name="Sabine Pichler", by=agent, at=at)
    consents.confirm_list(ticket=ticket, by=agent, at=at)
    given = Given(
        capabilities=[Capability.LOG_ANALYSIS.value, Capability.REMOTE_SESSION.value],
        how=Consent.How.PHONE,
        given_at=at,
        evidence="Am Telefon gegenüber Tobias Huber, Gesprächsnotiz im Ticket",
    )
    consents.record_consent(subject=maria, given=given, by=agent, at=at)


def _session(cast: Cast, at: datetime) -> None:
    """A quarter of an hour; an installation that has no program any more tells of none."""
    tool = RemoteTool.objects.filter(is_active=True).order_by("-name").first()
    if tool is None:
        return
    agent = cast.users["agent1"]
    session = remote_sessions.start(
        ticket=Ticket.objects.get(subject=HELD),
        tool=tool,
        partner_id="812 345 990",
        confirmed_by=cast.contacts["sabine-kern"].name,
        confirmed_how="am Telefon",
        by=agent,
        at=at - timedelta(minutes=40),
    )
    done = "Anmeldung mit einem Testkonto nachgestellt und die Zeiten notiert."
    remote_sessions.end(session=session, done=done, by=agent, at=at - timedelta(minutes=25))
