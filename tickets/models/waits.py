"""Recorded waits: how long tickets stood in the queue before somebody first took them, and what was told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from tickets.models.tickets import Ticket

# Conditions of partial indexes and of the queries must be the same to be used.
UNMEASURED = Q(taken_at__isnull=False, seconds__isnull=True)
MEASURED = Q(seconds__isnull=False)


class RecordedWait(models.Model):
    """A ticket's first wait for us: from its arrival until it first came into somebody's hands.

    Written when the ticket arrives, ended in the transaction that takes it; `seconds` (of service hours) are
    filled in afterwards by the sweep, since whoever takes a ticket makes others wait. Band, severity and team
    are those at the arrival. `low`, `middle` and `high` are the estimate that was told then, in seconds of
    service hours from the arrival; empty where there was none.

    A ticket that leaves the queue in another way (answered, parked or closed by somebody who did not take it)
    has no such wait: its row is deleted.
    """

    class Ended(models.TextChoices):
        SERVED = "served", _("taken from the queue")
        # Its band, severity or team changed meanwhile, or a lead pinned it: no example for others.
        CHANGED = "changed", _("taken after it had moved")
        # Whoever filed it for a caller took it: it never waited for anybody.
        OWN = "own", _("taken by who filed it")

    # A wait holds nothing personal and stays an example for others when its ticket is deleted.
    ticket = models.OneToOneField(Ticket, related_name="recorded_wait", null=True, on_delete=models.SET_NULL)
    team = models.ForeignKey(Team, related_name="+", on_delete=models.PROTECT)
    band = models.PositiveSmallIntegerField()
    severity = models.PositiveSmallIntegerField()
    filed_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    arrived_at = models.DateTimeField()
    ahead = models.PositiveIntegerField()
    low = models.PositiveIntegerField(null=True)
    middle = models.PositiveIntegerField(null=True)
    high = models.PositiveIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=8, choices=Ended.choices, blank=True)
    seconds = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("recorded wait")
        verbose_name_plural = _("recorded waits")
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, ended="", seconds__isnull=True)
                | (Q(taken_at__isnull=False) & ~Q(ended="")),
                name="wait_ends_when_taken",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True, middle__isnull=True, high__isnull=True)
                | Q(low__isnull=False, middle__isnull=False, high__isnull=False),
                name="wait_told_as_a_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["band", "severity", "-taken_at"],
                condition=~Q(ended="own") & MEASURED,
                name="wait_examples",
            ),
            models.Index(fields=["taken_at"], condition=MEASURED, name="wait_measured"),
            models.Index(fields=["id"], condition=UNMEASURED, name="wait_unmeasured"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.arrived_at:%Y-%m-%d %H:%M}"
