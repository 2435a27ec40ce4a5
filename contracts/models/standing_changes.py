"""The moments at which a standing changes: work for whoever ranks by it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from customers.models import Customer


class StandingChangeQuerySet(models.QuerySet["StandingChange"]):
    """The vocabulary for picking standing changes."""

    def due(self, at: datetime) -> Self:
        """Changes whose moment has come and which nobody has applied or set aside yet."""
        return self.filter(applied_at__isnull=True, set_aside_at__isnull=True, at__lte=at)


class StandingChange(models.Model):
    """A moment at which a customer's standing may change: work for whoever ranks by it.

    Written in the transaction that changes an agreement or a level: one row for now, and one for each
    coming midnight at which an agreement starts, ends, is suspended or resumes. One that cannot be applied
    is set aside, and reported, until the customer's next one is.
    """

    customer = models.ForeignKey(Customer, related_name="standing_changes", on_delete=models.CASCADE)
    at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)

    objects = StandingChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "at"], condition=Q(applied_at__isnull=True), name="one_pending_change"
            )
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(applied_at__isnull=True), name="standing_change_pending")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%Y-%m-%d %H:%M}"
