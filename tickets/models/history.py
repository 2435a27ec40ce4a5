"""What was: the lines of a ticket's history and the stays from which any past queue is rebuilt."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from tickets.models.tickets import Ticket


class TicketEvent(models.Model):
    """One line of a ticket's history: a code with parameters, worded by `tickets.rules.wording`."""

    ticket = models.ForeignKey(Ticket, related_name="events", on_delete=models.CASCADE)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    actor_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("history line")
        verbose_name_plural = _("history")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["ticket", "at"], name="event_of_ticket")]

    def __str__(self) -> str:
        return self.kind


class QueueStayQuerySet(models.QuerySet["QueueStay"]):
    """The vocabulary for picking stays."""

    def at(self, moment: datetime) -> Self:
        """The stays that made up the queues at a moment."""
        return self.filter(Q(left_at__isnull=True) | Q(left_at__gt=moment), entered_at__lte=moment)


class QueueStay(models.Model):
    """A ticket's stay at one rank of one team's queue, over ``[entered_at, left_at)``.

    Each change of rank or team closes a stay and opens the next, so the rows are never rewritten and
    later corrections do not change what was.
    """

    ticket = models.ForeignKey(Ticket, related_name="stays", on_delete=models.CASCADE)
    team = models.ForeignKey(Team, related_name="+", on_delete=models.PROTECT)
    rank_key = models.CharField(max_length=40, db_collation="C")
    pinned_at = models.DateTimeField(null=True)
    band = models.PositiveSmallIntegerField()
    level_name = models.CharField(max_length=60, blank=True)
    severity = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = QueueStayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(left_at__isnull=True), name="one_stay_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["ticket", "entered_at"], name="stay_of_ticket"),
            models.Index(fields=["team", "left_at"], name="stay_of_team"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.entered_at:%Y-%m-%d %H:%M}"


class LiveChange(models.Model):
    """A change that the live index and open pages have yet to hear of (an outbox row).

    `left_team_id`, `left_key` and `left_agent_id` say where the ticket stood and who had it before, if so;
    where it stands now is read from the ticket itself when the row is applied. `is_internal`: only agents
    shall hear of it.
    """

    ticket_id = models.BigIntegerField()
    left_team_id = models.BigIntegerField(null=True)
    left_key = models.CharField(max_length=40, blank=True)
    left_agent_id = models.BigIntegerField(null=True)
    is_internal = models.BooleanField(db_default=False, default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.ticket_id}"
