"""Reading remote sessions, for the desk and for the customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from contracts.queries.gates import gate_reason
from contracts.rules.gates import Capability, Gate
from tickets.models import RemoteSession, Ticket
from tickets.rules.remote_links import start_link


@dataclass(frozen=True)
class SessionLine:
    """A session. `link` starts its program while it runs; `entered`: minutes of its time entry, if any."""

    pk: int
    number: str
    subject: str
    agent: str
    is_own: bool
    tool: str
    partner_id: str
    link: str
    confirmed_by: str
    confirmed_how: str
    started_at: datetime
    ended_at: datetime | None
    done: str
    flagged_at: datetime | None
    entered: int | None

    @property
    def minutes(self) -> int:
        """How long it lasted, in whole minutes; 0 while it runs."""
        return int((self.ended_at - self.started_at).total_seconds()) // 60 if self.ended_at else 0

    @property
    def is_running(self) -> bool:
        """Whether nobody has ended it."""
        return self.ended_at is None


def sessions_of(ticket: Ticket, reader: User, *, customer_id: int | None = None) -> list[SessionLine]:
    """The sessions on a ticket, the newest first; for a customer those at their own systems."""
    rows = RemoteSession.objects.filter(ticket=ticket)
    if customer_id is not None:
        rows = rows.filter(customer=customer_id)
    rows = rows.select_related("agent", "tool", "time_entry", "ticket").order_by("-started_at", "-pk")
    return [_line(one, reader) for one in rows]


@dataclass(frozen=True)
class RemoteCard:
    """The sessions on a ticket, and what the reader may do now. `closed`: why none may begin, or ""."""

    sessions: Sequence[SessionLine]
    closed: str
    may_start: bool
    may_end: bool
    is_own: bool


def remote_card(
    ticket: Ticket, reader: User, gates: Mapping[Capability, Gate], *, language: str, now: datetime
) -> RemoteCard:
    """What the desk shows of a ticket's sessions, in one query; `gates` are the ticket's at this moment."""
    sessions = sessions_of(ticket, reader)
    gate = gates[Capability.REMOTE_SESSION]
    running = [one for one in sessions if one.is_running]
    is_own = any(one.is_own for one in running)
    return RemoteCard(
        sessions=sessions,
        closed="" if gate.is_open else gate_reason(gate, now, language),
        may_start=gate.is_open and not is_own and ticket.status != Ticket.Status.CLOSED,
        may_end=is_own or (reader.is_lead and bool(running)),
        is_own=is_own,
    )


def running_of(agent: User) -> list[SessionLine]:
    """An agent's own sessions that nobody has ended, the oldest first."""
    rows = RemoteSession.objects.running().filter(agent=agent)
    return [_line(one, agent) for one in rows.select_related("agent", "tool", "time_entry", "ticket")]


def _line(session: RemoteSession, reader: User) -> SessionLine:
    entry = session.time_entry
    is_running = session.ended_at is None
    return SessionLine(
        pk=session.pk,
        number=session.ticket.number,
        subject=session.ticket.subject,
        agent=session.agent.display_name,
        is_own=session.agent_id == reader.pk,
        tool=session.tool.name,
        partner_id=session.partner_id,
        link=start_link(session.tool.link_template, session.partner_id) if is_running else "",
        confirmed_by=session.confirmed_by,
        confirmed_how=session.confirmed_how,
        started_at=session.started_at,
        ended_at=session.ended_at,
        done=session.done,
        flagged_at=session.flagged_at,
        entered=entry.minutes if entry and entry.voided_at is None else None,
    )
