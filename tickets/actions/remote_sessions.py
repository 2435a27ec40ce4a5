"""Remote sessions: starting behind a gate, ending into a time entry, flagging when the gate closes.

A session is a record of what happened, so ending one never fails and nothing of it is lost: what the gate
covered becomes a time entry; what came after the gate had closed stands in the session, flagged, for a lead.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing, notices
from accounts.models import User
from contracts.actions.standing_changes import lock_customers
from contracts.rules.gates import Capability
from lib.locking import Lock, lock_shared
from lib.waking import wake
from tickets import access
from tickets.actions import gating, placing, time_booking
from tickets.actions.consent_refusals import (
    CaseClosed,
    ConfirmationNeeded,
    NothingDone,
    SessionRunning,
    ToolNotInUse,
)
from tickets.actions.gating import GateClosed
from tickets.actions.placing import WAKE_INDEX
from tickets.actions.time_booking import Work
from tickets.actions.time_refusals import TimeRefused
from tickets.models import LiveChange, RemoteSession, RemoteTool, Ticket, WorkKind
from tickets.queries.gates import closing_of
from tickets.queries.services import service_of_kind

NAME_LENGTH = 200
PARTNER_LENGTH = 60


class NoService(Exception):
    """This installation has no service for remote work any more, so nothing says what it costs."""


NotEntered = TimeRefused | GateClosed | access.Denied | NoService
"""Why no time entry came of a session."""


@dataclass(frozen=True)
class Ended:
    """A session that is over. `not_entered`: why no time entry came of it; None where one did."""

    session: RemoteSession
    not_entered: NotEntered | None = None


@transaction.atomic
def start(
    *,
    ticket: Ticket,
    tool: RemoteTool,
    partner_id: str = "",
    confirmed_by: str,
    confirmed_how: str = "",
    by: User,
    at: datetime | None = None,
) -> RemoteSession:
    """Begin a session that somebody at the customer has agreed to just now.

    Starting the same one twice is once. Errors: Denied, ConfirmationNeeded, ToolNotInUse, GateClosed,
    CaseClosed, SessionRunning where another one runs on the ticket for this agent.
    """
    access.require(allowed=access.may_work(by, ticket))
    if not confirmed_by.strip():
        raise ConfirmationNeeded
    if not tool.is_active:
        raise ToolNotInUse
    gate = gating.require(ticket, Capability.REMOTE_SESSION, at=at)
    held = placing.hold(ticket, at=at)
    access.require(allowed=access.may_work(by, held.ticket))
    if held.ticket.status == Ticket.Status.CLOSED:
        raise CaseClosed
    partner = partner_id.strip()[:PARTNER_LENGTH]
    running = RemoteSession.objects.running().filter(ticket=held.ticket, agent=by).first()
    if running is not None:
        if (running.tool_id, running.partner_id) == (tool.pk, partner):
            return running
        raise SessionRunning
    session = RemoteSession.objects.create(
        ticket=held.ticket,
        customer_id=held.ticket.customer_id,
        agent=by,
        tool=tool,
        partner_id=partner,
        confirmed_by=confirmed_by.strip()[:NAME_LENGTH],
        confirmed_how=confirmed_how.strip()[:NAME_LENGTH],
        opened_by=[one.code for one in gate.reasons],
        started_at=held.at,
    )
    _note(session, "session_started", by=by, at=held.at, tool=tool.name)
    _audit(session, "started", by=by, at=held.at, opened_by=session.opened_by)
    return session


@transaction.atomic
def end(*, session: RemoteSession, done: str, by: User, at: datetime | None = None) -> Ended:
    """End a session, one's own or (leads) anybody's, and enter its work for the agent who did it.

    The entry reaches to the end, or to where the gate closed. Ending twice is once.
    Errors: Denied, NothingDone, LogInText.
    """
    row = _lock(session)
    at = at or timezone.now()
    access.require(allowed=_may_end(by, row))
    if row.ended_at is not None:
        return Ended(row)
    if not done.strip():
        raise NothingDone
    gating.require_no_log(row.ticket, at=at, done_text=done)
    row.ended_at, row.done = max(at, row.started_at), done.strip()
    if row.flagged_at is None:
        row.flagged_at = _closing(row, row.ended_at)
        if row.flagged_at is not None:
            _audit(row, "flagged", by=None, at=at)
    row.save(update_fields=["ended_at", "done", "flagged_at"])
    not_entered = _enter(row, at)
    minutes = int((row.ended_at - row.started_at).total_seconds()) // 60
    _note(row, "session_ended", by=by, at=at, tool=row.tool.name, minutes=minutes)
    _audit(row, "ended", by=by, at=at, minutes=minutes, is_flagged=row.flagged_at is not None)
    return Ended(row, not_entered)


@transaction.atomic
def flag(*, customer_id: int, at: datetime) -> int:
    """Flag the running sessions of a customer whose gate has closed, and tell their agents. Returns how many.

    A session is flagged once, with the moment at which the gate closed, however often it is asked for.
    """
    lock_customers([customer_id])
    rows = RemoteSession.objects.running().filter(customer=customer_id, flagged_at__isnull=True)
    flagged = 0
    for row in rows.select_for_update(of=("self",)).select_related("ticket", "agent", "tool").order_by("pk"):
        row.flagged_at = _closing(row, at)
        if row.flagged_at is None:
            continue
        row.save(update_fields=["flagged_at"])
        _note(
            row, "session_flagged", by=None, at=at, tool=row.tool.name, closed_at=row.flagged_at.isoformat()
        )
        _audit(row, "flagged", by=None, at=at)
        notices.tell_of_session(user=row.agent, session=str(row.pk), at=at)
        flagged += 1
    return flagged


def _lock(session: RemoteSession) -> RemoteSession:
    """Its row, after the queue and both customers that it may concern: its own, and the ticket's now."""
    lock_shared(Lock.QUEUE)
    now = Ticket.objects.values_list("customer_id", flat=True).get(remote_sessions=session.pk)
    lock_customers({session.customer_id, now})
    rows = RemoteSession.objects.select_for_update(of=("self",))
    row: RemoteSession = rows.select_related("ticket", "agent", "tool").get(pk=session.pk)
    return row


def _may_end(by: User, session: RemoteSession) -> bool:
    is_own = by.pk == session.agent_id and by.is_active and by.is_agent
    return is_own or access.may_lead(by)


def _closing(session: RemoteSession, end: datetime) -> datetime | None:
    """When its gate closed. A ticket that went to another customer closed it at the latest now."""
    if session.ticket.customer_id != session.customer_id:
        return end
    return closing_of(session.ticket, Capability.REMOTE_SESSION, session.started_at, end)


def _enter(session: RemoteSession, at: datetime) -> NotEntered | None:
    """Enter what the gate covered. What refuses that keeps the session and says why."""
    until = min(one for one in (session.ended_at, session.flagged_at) if one is not None)
    service = service_of_kind(WorkKind.REMOTE)
    if service is None:
        return NoService()
    work = Work(
        work_kind=WorkKind.REMOTE,
        service=service,
        started_at=session.started_at,
        ended_at=until,
        text=session.done,
    )
    try:
        with transaction.atomic():
            session.time_entry = time_booking.enter(ticket=session.ticket, work=work, by=session.agent, at=at)
    except (TimeRefused, GateClosed, access.Denied) as refusal:
        return refusal
    session.save(update_fields=["time_entry"])
    return None


def _note(session: RemoteSession, kind: str, *, by: User | None, at: datetime, **params: object) -> None:
    """The history, and pages that are open."""
    placing.record(session.ticket, kind, by=by, at=at, **params)
    LiveChange.objects.create(ticket_id=session.ticket_id, created_at=at)
    wake(WAKE_INDEX)


def _audit(session: RemoteSession, what: str, *, by: User | None, at: datetime, **details: object) -> None:
    kept = {"ticket": session.ticket.number, "tool": session.tool.name, **details}
    if what == "flagged" and session.flagged_at is not None:
        kept["closed_at"] = session.flagged_at.isoformat()
    auditing.record(by=by, verb=f"remote_session.{what}", what=session, at=at, details=kept)
