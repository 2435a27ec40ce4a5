"""What was said ahead of an agreement's end."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.agreements import Agreement


class EndReminder(models.Model):
    """That an agreement's end was announced so many days before it; once per distance and last day.

    Where the agreement renews itself it is the last day of notice: after that nothing can be changed.
    """

    agreement = models.ForeignKey(Agreement, related_name="end_reminders", on_delete=models.CASCADE)
    last_day = models.DateField(_("last day"))
    days_before = models.PositiveSmallIntegerField(_("days before"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("reminder of an end")
        verbose_name_plural = _("reminders of ends")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "last_day", "days_before"], name="one_reminder_per_distance"
            )
        ]

    def __str__(self) -> str:
        return f"{self.last_day} -{self.days_before}"
