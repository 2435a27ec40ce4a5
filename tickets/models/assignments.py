"""Who had a ticket, how it came to them, and what they declined."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models.tickets import Ticket


class Assignment(models.Model):
    """One stretch of time in which an agent held a ticket.

    For a claim by "take next" `requested_at` is when the agent asked and `at` the instant of the claim.
    `recorded_at` is the database's own clock: what was imported was recorded long after it happened.
    """

    class How(models.TextChoices):
        NEXT = "next", _("taken next")
        PICKED = "picked", _("picked")
        ASSIGNED = "assigned", _("assigned")

    class Ended(models.TextChoices):
        DECLINED = "declined", _("declined")
        REASSIGNED = "reassigned", _("reassigned")
        RELEASED = "released", _("released")
        OFF_DUTY = "off_duty", _("off duty")
        DEACTIVATED = "deactivated", _("deactivated")
        SILENT = "silent", _("not touched for too long")

    ticket = models.ForeignKey(Ticket, related_name="assignments", on_delete=models.CASCADE)
    agent = models.ForeignKey(User, related_name="assignments", on_delete=models.PROTECT)
    by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    how = models.CharField(max_length=10, choices=How.choices)
    reason = models.CharField(max_length=250, blank=True)
    requested_at = models.DateTimeField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    until = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=12, choices=Ended.choices, blank=True)
    ended_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(until__isnull=True), name="one_holder_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} → {self.agent_id}"


class Decline(models.Model):
    """An agent's "not this one": not offered to them again until the ticket changes or the time is over."""

    ticket = models.ForeignKey(Ticket, related_name="declines", on_delete=models.CASCADE)
    agent = models.ForeignKey(User, related_name="declines", on_delete=models.CASCADE)
    reason = models.CharField(max_length=250)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("decline")
        verbose_name_plural = _("declines")
        ordering = ["id"]
        indexes = [models.Index(fields=["agent", "at"], name="decline_of_agent")]

    def __str__(self) -> str:
        return f"{self.agent_id} ✗ {self.ticket_id}"
