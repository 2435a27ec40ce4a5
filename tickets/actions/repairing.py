"""Putting right what verification found."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lib.locking import Lock, lock_exclusive
from tickets.actions import indexing, placing, sweeping
from tickets.actions.progressing import hold_with_customer, rank_by_standing
from tickets.actions.rowwise import each
from tickets.models import QueueStay, Ticket
from tickets.queries.verification import Report


def repair(report: Report, *, at: datetime | None = None) -> None:
    """Rank wrong tickets anew, mend the stays, rebuild the live index. Error: Unavailable."""
    sweeping.apply_due(at=at)
    each(report.wrong_tickets, lambda pk: _rank_anew(pk, at), work="repair")
    if report.wrong_stay:
        _mend_stays(at)
    indexing.rebuild()


@transaction.atomic
def _rank_anew(ticket_id: int, at: datetime | None) -> bool:
    held = hold_with_customer(Ticket.objects.get(pk=ticket_id), at=at)
    rank_by_standing(held.ticket, held.at)
    placing.settle(held)
    return True


@transaction.atomic
def _mend_stays(at: datetime | None) -> None:
    lock_exclusive(Lock.QUEUE)
    stays = QueueStay.objects.filter(left_at__isnull=True).values_list("ticket_id", "team_id", "rank_key")
    waiting = Ticket.objects.waiting().values_list("pk", "team_id", "rank_key")
    wrong = set(stays).symmetric_difference(waiting)
    placing.rewrite_stays([ticket_id for ticket_id, *_ in wrong], at or timezone.now())
