"""Closing a month for everybody: work in the background, with what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models.statements import Statement
from customers.models import Customer


class CloseRun(models.Model):
    """Somebody asked for a month to be closed for every customer who has charges in it."""

    period_starts_on = models.DateField(_("period from"))
    asked_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField(_("asked"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("closing of a month")
        verbose_name_plural = _("closings of months")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["period_starts_on"],
                condition=Q(finished_at__isnull=True),
                name="one_closing_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.period_starts_on:%Y-%m}"


class CloseJob(models.Model):
    """One customer of such a run; `error` is a code that says why it could not be closed."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CLOSED = "closed", _("Closed")
        EMPTY = "empty", _("Nothing to bill")
        FAILED = "failed", _("Failed")

    run = models.ForeignKey(CloseRun, related_name="jobs", on_delete=models.CASCADE)
    customer = models.ForeignKey(Customer, related_name="+", on_delete=models.CASCADE)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    error = models.CharField(_("error"), max_length=60, blank=True)
    statement = models.ForeignKey(Statement, related_name="+", null=True, on_delete=models.PROTECT)

    class Meta:
        verbose_name = _("customer of a closing")
        verbose_name_plural = _("customers of closings")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "customer"], name="one_job_per_customer")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.customer_id} {self.state}"
