"""Statements: what a customer was billed for a period, fixed for good once closed."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class StatementQuerySet(models.QuerySet["Statement"]):
    """The vocabulary for picking statements."""

    def of_month(self, starts_on: object) -> Self:
        """Those of the period that starts on a day."""
        return self.filter(period_starts_on=starts_on)

    def not_handed_over(self) -> Self:
        """Those that bookkeeping does not have yet."""
        return self.filter(handed_over_at__isnull=True)


class Statement(models.Model):
    """What a customer was billed for a period. Its lines are the charges that stand on it.

    Seller, buyer and consumption are copies of what was true when it was closed. `digest` is over all of it
    and seals it: the database refuses every change afterwards but that it is handed over, once.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="statements", on_delete=models.PROTECT
    )
    period_starts_on = models.DateField(_("period from"))
    period_ends_on = models.DateField(_("period until"))
    currency = models.CharField(_("currency"), max_length=3)
    language = models.CharField(_("language"), max_length=5)
    net = models.DecimalField(_("net"), max_digits=12, decimal_places=2, default=0)
    vat = models.DecimalField(_("VAT"), max_digits=12, decimal_places=2, default=0)
    gross = models.DecimalField(_("gross"), max_digits=12, decimal_places=2, default=0)
    vat_shares = models.JSONField(default=list)
    consumption = models.JSONField(_("consumption"), default=list)
    seller = models.JSONField(_("seller"), default=dict)
    buyer = models.JSONField(_("buyer"), default=dict)
    closed_at = models.DateTimeField(_("closed"))
    closed_by_name = models.CharField(_("closed by"), max_length=200, blank=True)
    closed_on = models.DateField(_("date"))
    due_on = models.DateField(_("payable until"))
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True)
    handed_over_by_name = models.CharField(_("handed over by"), max_length=200, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "period_starts_on", "currency"], name="one_statement_per_period"
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat")), name="statement_adds_up"),
            models.CheckConstraint(
                condition=Q(period_ends_on__gte=F("period_starts_on")), name="statement_period_runs"
            ),
        ]
        indexes = [
            models.Index(fields=["period_starts_on", "id"], name="statement_of_period"),
        ]

    def __str__(self) -> str:
        return self.number


class StatementCounter(models.Model):
    """The last number of a year. Its row is locked until the statement is there: no number is left out."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("statement counter")
        verbose_name_plural = _("statement counters")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
