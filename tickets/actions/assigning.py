"""Who has a ticket: taking the next one, picking, assigning, declining and releasing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.access import teams_of
from accounts.models import User
from lib.locking import Lock, lock_exclusive
from lib.metrics import CLAIMS
from tickets import access
from tickets.actions import placing, sweeping
from tickets.actions.claiming import claim_best
from tickets.actions.ending import end_assignment
from tickets.actions.placing import Held
from tickets.actions.refusals import NotWaiting, OffDuty, ReasonRequired
from tickets.models import Assignment, Decline, Ticket
from tickets.queries.claims import Best, head_for, is_anything_due

ATTEMPTS = 3


@dataclass(frozen=True)
class Offer:
    """What "take next" gave: the ticket, and whether it was the agent's own already."""

    ticket: Ticket
    is_own: bool


def take_next(*, by: User, team_ids: Sequence[int] | None = None, at: datetime | None = None) -> Offer | None:
    """Claim the best ticket for an agent, in one atomic step.

    An own ticket that waits for us and outranks the head of the queue comes first. `team_ids` narrows the
    queues to some of the agent's teams. Returns None where nothing waits. Error: OffDuty.

    Claims exclude each other and every change of the queue (see `placing`), and what is due by the clock
    is applied before: at the instant of the claim each better eligible ticket is in somebody's hands.
    """
    requested_at = at or timezone.now()
    _require_on_duty(by)
    return _offer(_claim(by, _teams(by, team_ids), requested_at, at))


@transaction.atomic
def take_next_within(
    *,
    by: User,
    declined: Ticket | None = None,
    reason: str = "",
    team_ids: Sequence[int] | None = None,
    at: datetime | None = None,
) -> Offer | None:
    """As `take_next`, as a part of a larger transaction, and after giving back `declined` if there is one.

    It comes before anything else that the transaction locks, and all others who claim wait until that ends.
    Errors: OffDuty, and those of `decline`; then nothing was given back.
    """
    requested_at = at or timezone.now()
    _require_on_duty(by)
    lock_exclusive(Lock.QUEUE)
    if declined is not None:
        decline(ticket=declined, by=by, reason=reason, at=at)
    sweeping.apply_due(at=at)
    now = at or timezone.now()
    teams = _teams(by, team_ids)
    return _offer(claim_best(by=by, team_ids=teams, requested_at=requested_at, at=now))


def pick(*, ticket: Ticket, by: User, reason: str = "", at: datetime | None = None) -> Ticket:
    """Take a particular waiting ticket. Passing better ones needs a reason, which is kept.

    Errors: Denied, OffDuty, NotWaiting, ReasonRequired.
    """
    requested_at = at or timezone.now()
    _require_on_duty(by)
    sweeping.apply_due(at=at)  # which ones are better is judged by what holds now
    with transaction.atomic():
        return _pick(placing.hold(ticket, at=at), by, reason, requested_at)


def assign(*, ticket: Ticket, to: User, by: User, reason: str = "", at: datetime | None = None) -> Ticket:
    """Give a ticket to an agent. To oneself this is a pick while it waits.

    Passing better waiting ones needs a reason, which is kept, as it does for a pick. Errors: Denied for
    somebody who may not work it or an agent who cannot see it, OffDuty, ReasonRequired.
    """
    sweeping.apply_due(at=at)
    return assign_as_it_stands(ticket=ticket, to=to, by=by, reason=reason, at=at)


@transaction.atomic
def assign_as_it_stands(
    *, ticket: Ticket, to: User, by: User, reason: str = "", at: datetime | None = None
) -> Ticket:
    """As `assign`, for a larger change that applied what is due before it took its locks."""
    requested_at = at or timezone.now()
    held = placing.hold(ticket, at=at)
    if to.pk == by.pk and held.ticket.is_waiting:
        _require_on_duty(by)
        return _pick(held, by, reason, requested_at)
    access.require(allowed=access.may_work(by, held.ticket) and access.may_work(to, held.ticket))
    _require_on_duty(to)
    if held.ticket.assignee_id == to.pk:
        return held.ticket
    if held.ticket.is_waiting:
        _require_reason_to_pass(held, to, reason)
    elif held.ticket.assignee_id is not None:
        end_assignment(held, Assignment.Ended.REASSIGNED, reason)
    return _hand_over(held, to, by=by, how=Assignment.How.ASSIGNED, reason=reason, requested_at=requested_at)


@transaction.atomic
def decline(*, ticket: Ticket, by: User, reason: str, at: datetime | None = None) -> Ticket:
    """Put one's ticket back into the queue; it is not offered again until it changes or 30 minutes pass.

    Errors: ReasonRequired; Denied where the ticket is not in this agent's hands.
    """
    if not reason.strip():
        raise ReasonRequired
    held = placing.hold(ticket, at=at)
    access.require(allowed=held.ticket.assignee_id == by.pk)
    Decline.objects.create(ticket=held.ticket, agent=by, reason=reason[:250], at=held.at)
    end_assignment(held, Assignment.Ended.DECLINED, reason)
    placing.record(held.ticket, "declined", by=by, at=held.at, why=reason)
    return placing.settle(held, is_case_change=False)


@transaction.atomic
def release(*, ticket: Ticket, by: User, reason: str = "", at: datetime | None = None) -> Ticket:
    """Take a ticket out of somebody's hands, back to nobody. Error: Denied."""
    held = placing.hold(ticket, at=at)
    access.require(allowed=access.may_work(by, held.ticket))
    if held.ticket.assignee is None:
        return held.ticket
    agent_name = held.ticket.assignee.display_name
    end_assignment(held, Assignment.Ended.RELEASED, reason)
    placing.record(held.ticket, "returned", by=by, at=held.at, agent=agent_name, cause="released", why=reason)
    return placing.settle(held, is_case_change=False)


def _teams(by: User, chosen: Sequence[int] | None) -> list[int]:
    """The ids of the agent's teams, or of those of them that were chosen."""
    allowed = {team.pk for team in teams_of(by)}
    return sorted(allowed if chosen is None else allowed.intersection(chosen))


def _offer(best: Best | None) -> Offer | None:
    return Offer(Ticket.objects.get(pk=best.ticket_id), best.is_own) if best else None


def _claim(by: User, team_ids: list[int], requested_at: datetime, at: datetime | None) -> Best | None:
    for attempt in range(1, ATTEMPTS + 1):
        # Not inside a larger transaction: two that share the lock already would wait for each other.
        with transaction.atomic(durable=True):
            lock_exclusive(Lock.QUEUE)
            now = at or timezone.now()
            is_due = is_anything_due(now)
            if is_due and attempt == ATTEMPTS:
                sweeping.apply_due(at=now)
            if not is_due or attempt == ATTEMPTS:
                return claim_best(by=by, team_ids=team_ids, requested_at=requested_at, at=now)
        sweeping.apply_due(at=at)  # others need not wait while that is applied
    raise AssertionError("The last attempt always claims.")


def _pick(held: Held, by: User, reason: str, requested_at: datetime) -> Ticket:
    access.require(allowed=access.may_work(by, held.ticket))
    _require_waiting(held)
    _require_reason_to_pass(held, by, reason)
    transaction.on_commit(CLAIMS.labels("picked").inc)
    return _hand_over(held, by, by=by, how=Assignment.How.PICKED, reason=reason, requested_at=requested_at)


def _hand_over(
    held: Held, agent: User, *, by: User, how: Assignment.How, reason: str, requested_at: datetime
) -> Ticket:
    ticket = held.ticket
    ticket.assignee = agent
    ticket.assigned_at = ticket.touched_at = held.at
    Assignment.objects.create(
        ticket=ticket,
        agent=agent,
        by=by,
        how=how,
        reason=reason[:250],
        requested_at=min(requested_at, held.at),
        at=held.at,
    )
    placing.record(ticket, str(how), by=by, at=held.at, agent=agent.display_name, why=reason)
    return placing.settle(held, is_case_change=False)


def _require_waiting(held: Held) -> None:
    if not held.ticket.is_waiting:
        raise NotWaiting


def _require_reason_to_pass(held: Held, agent: User, reason: str) -> None:
    """Whoever gets this ticket passes better ones: somebody says why."""
    head = head_for(agent.pk, [held.ticket.team_id], held.at)
    if head not in (None, held.ticket.pk) and not reason.strip():
        raise ReasonRequired


def _require_on_duty(agent: User) -> None:
    if not User.objects.on_duty().filter(pk=agent.pk).exists():
        raise OffDuty
