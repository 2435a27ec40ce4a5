"""Included minutes or cases, and the ledger of what was used of them."""

from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models.agreements import Agreement
from contracts.models.levels import ServiceLevel
from contracts.rules.allowance import parse_shares


def check_shares(text: str) -> None:
    """Shares of an allowance at which is told. Error: ValidationError."""
    try:
        parse_shares(text)
    except ValueError as error:
        raise ValidationError(
            _("Write whole numbers from 1 to 100, such as 50, 75, 100."), code="shares"
        ) from error


class Allowance(models.Model):
    """What a level includes per period; an agreement's own one takes the place of its level's."""

    class Unit(models.TextChoices):
        MINUTES = "minutes", _("Minutes")
        CASES = "cases", _("Cases")

    class Period(models.TextChoices):
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        YEAR = "year", _("Year")
        TERM = "term", _("Term of the agreement")

    class Overrun(models.TextChoices):
        REFUSE = "refuse", _("Refused")
        ASK = "ask", _("Asked for")
        BILL = "bill", _("Billed")

    level = models.OneToOneField(
        ServiceLevel,
        verbose_name=_("service level"),
        related_name="allowance",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
    )
    agreement = models.OneToOneField(
        Agreement,
        verbose_name=_("agreement"),
        related_name="own_allowance",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
    )
    unit = models.CharField(_("unit"), max_length=8, choices=Unit.choices, default=Unit.MINUTES)
    amount = models.PositiveIntegerField(_("amount per period"))
    period = models.CharField(_("period"), max_length=8, choices=Period.choices, default=Period.MONTH)
    carries_over = models.BooleanField(
        _("carried over"), default=False, help_text=_("What is left goes into the next period, once.")
    )
    is_pro_rata = models.BooleanField(
        _("short periods pro rata"),
        default=True,
        help_text=_("A period that the agreement covers in part, such as its first, gets its share by days."),
    )
    overrun = models.CharField(
        _("when it is used up"), max_length=8, choices=Overrun.choices, default=Overrun.ASK
    )
    alert_at = models.CharField(
        _("tell at per cent"),
        max_length=40,
        blank=True,
        default="75, 100",
        validators=[check_shares],
        help_text=_("Such as 50, 75, 100. Empty: nobody is told."),
    )

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__isnull=False, agreement__isnull=True)
                | Q(level__isnull=True, agreement__isnull=False),
                name="allowance_of_level_or_agreement",
            )
        ]

    def __str__(self) -> str:
        of = self.level or self.agreement
        return f"{of}: {self.amount} {self.get_unit_display()} / {self.get_period_display()}"

    def clean(self) -> None:
        """Either a level's or a service agreement's."""
        if (self.level is None) == (self.agreement is None):
            raise ValidationError(_("Choose either a service level or an agreement."))
        if self.agreement is not None and self.agreement.kind != Agreement.Kind.SERVICE:
            raise ValidationError({"agreement": _("Only a service agreement includes anything.")})


class AllowanceEntryQuerySet(models.QuerySet["AllowanceEntry"]):
    """The vocabulary of the ledger."""

    def balance(self) -> int:
        """The sum of these entries, in minutes or cases."""
        return int(self.aggregate(sum=Sum("units"))["sum"] or 0)

    def under_key(self, key: str) -> Self:
        """What was booked under a key and taken back of it."""
        return self.filter(Q(key=key) | Q(key__startswith=f"{key}#"))


class AllowanceEntry(models.Model):
    """One line of the ledger: never changed, never deleted. Corrections are lines of their own.

    `units` are signed: grants and carried ones are positive, bookings negative. `key` makes each line
    happen once; `source` names what it is for, such as "time_entry:17". `unit` and `period` are the terms
    under which it was written, `day` is the day of the work (of other lines: the period's first).
    """

    class Kind(models.TextChoices):
        GRANT = "grant", _("Included")
        CHANGED = "changed", _("Terms changed")
        MOVED = "moved", _("Used under other terms")
        CARRIED = "carried", _("Carried over")
        EXPIRED = "expired", _("Expired")
        BOOKING = "booking", _("Used")
        REVERSAL = "reversal", _("Taken back")
        CORRECTION = "correction", _("Correction")

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), related_name="allowance_entries", on_delete=models.PROTECT
    )
    unit = models.CharField(_("unit"), max_length=8, choices=Allowance.Unit.choices)
    period = models.CharField(_("period"), max_length=8, choices=Allowance.Period.choices)
    period_starts_on = models.DateField(_("period from"))
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    units = models.IntegerField(_("units"))
    key = models.CharField(max_length=120, unique=True)
    source = models.CharField(_("for"), max_length=120, blank=True)
    note = models.CharField(_("remark"), max_length=250, blank=True)
    by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(_("at"))

    objects = AllowanceEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("allowance entry")
        verbose_name_plural = _("allowance entries")
        ordering = ["id"]
        indexes = [models.Index(fields=["agreement", "period_starts_on"], name="allowance_of_period")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.units:+}"


class AllowanceAlert(models.Model):
    """That a share of a period's allowance was used up and who had to know was told; once per share."""

    agreement = models.ForeignKey(Agreement, related_name="allowance_alerts", on_delete=models.CASCADE)
    period_starts_on = models.DateField()
    percent = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "period_starts_on", "percent"], name="one_alert_per_share"
            )
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"
