"""Work on tickets: time entries, the running timer, and what was decided about who pays."""

from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models import Agreement, PriceItem, PriceList, Service
from customers.models import Customer
from tickets.models.approvals import ApprovalRequest
from tickets.models.tickets import Ticket
from tickets.rules.coverage import minutes_between

MOST_KILOMETRES = 2_000


class WorkKind(models.TextChoices):
    """What was done. What each kind needs of the customer's gates stands in `tickets.actions.gating`."""

    ADVICE = "advice", _("Advice")
    REMOTE = "remote", _("Remote support")
    LOG_ANALYSIS = "log_analysis", _("Log analysis")
    INSTALLATION = "installation", _("Installation")
    MONITORING = "monitoring", _("Monitoring")
    ON_SITE = "on_site", _("On site")
    TRAVEL = "travel", _("Travel")


class TimerQuerySet(models.QuerySet["Timer"]):
    """The vocabulary for picking timers."""

    def running(self) -> Self:
        """Those that were not stopped; every agent has one at most."""
        return self.filter(stopped_at__isnull=True)


class Timer(models.Model):
    """A timer of an agent on a ticket: it runs, and once stopped it waits to become a time entry.

    It is a row, so that it survives a reload and signing out. Entering or discarding it deletes it.
    """

    agent = models.ForeignKey(User, related_name="timers", on_delete=models.CASCADE)
    ticket = models.ForeignKey(Ticket, related_name="timers", on_delete=models.CASCADE)
    started_at = models.DateTimeField(_("started"))
    stopped_at = models.DateTimeField(_("stopped"), null=True)

    objects = TimerQuerySet.as_manager()

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent"], condition=Q(stopped_at__isnull=True), name="one_running_timer"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gte=F("started_at")),
                name="timer_stops_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} {self.ticket}"


class TimeEntryQuerySet(models.QuerySet["TimeEntry"]):
    """The vocabulary for picking time entries."""

    def standing(self) -> Self:
        """Entries that count: all but those taken back."""
        return self.filter(voided_at__isnull=True)


class TimeEntry(models.Model):
    """Work of one agent on one ticket over [started_at, ended_at). It is taken back, never deleted.

    `customer` is whose agreements decided and who pays, also when the ticket goes to another one later.
    `text` is for the customer, `remark` is internal. `is_flagged`: chargeable without an approval.
    """

    ticket = models.ForeignKey(
        Ticket, verbose_name=_("ticket"), related_name="time_entries", on_delete=models.PROTECT
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="time_entries", on_delete=models.PROTECT
    )
    agent = models.ForeignKey(
        User, verbose_name=_("agent"), related_name="time_entries", on_delete=models.PROTECT
    )
    work_kind = models.CharField(_("work kind"), max_length=14, choices=WorkKind.choices)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), related_name="+", on_delete=models.PROTECT
    )
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"))
    kilometres = models.PositiveIntegerField(
        _("kilometres"), default=0, validators=[MaxValueValidator(MOST_KILOMETRES)]
    )
    text = models.TextField(_("text for the customer"), blank=True)
    remark = models.TextField(_("internal remark"), blank=True)
    approval = models.ForeignKey(
        ApprovalRequest,
        verbose_name=_("approval"),
        related_name="time_entries",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    is_flagged = models.BooleanField(_("chargeable without approval"), default=False)
    created_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(_("entered"))
    voided_at = models.DateTimeField(_("taken back"), null=True)
    voided_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    void_reason = models.CharField(_("why it was taken back"), max_length=250, blank=True)

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        ordering = ["started_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="time_entry_has_length")
        ]
        indexes = [
            models.Index(fields=["ticket", "started_at"], name="time_entry_of_ticket"),
            models.Index(fields=["agent", "started_at"], name="time_entry_of_agent"),
            models.Index(fields=["customer", "started_at"], name="time_entry_of_customer"),
            models.Index(
                fields=["started_at"],
                condition=Q(is_flagged=True, voided_at__isnull=True),
                name="time_entry_flagged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def minutes(self) -> int:
        """The real minutes worked."""
        return minutes_between(self.started_at, self.ended_at)


class CoverageDecision(models.Model):
    """Who pays for a time entry: decided by the rule, or by somebody with a reason.

    `inputs` is everything the rule was told, as JSON: `tickets.rules.coverage` finds the same slices from it
    again. A later decision replaces the current one; none is changed or deleted.
    """

    entry = models.ForeignKey(TimeEntry, related_name="decisions", on_delete=models.PROTECT)
    at = models.DateTimeField(_("decided"))
    by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    is_current = models.BooleanField(default=True)
    is_override = models.BooleanField(_("decided by hand"), default=False)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    inputs = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("coverage decision")
        verbose_name_plural = _("coverage decisions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(is_current=True), name="one_current_decision"
            ),
            models.CheckConstraint(
                condition=Q(is_override=False) | ~Q(reason=""), name="override_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.at:%Y-%m-%d %H:%M}"


class CoverageSlice(models.Model):
    """A stretch of a time entry with one answer: covered or chargeable, why, how many minutes count, at what.

    Real minutes lie between its ends; `charged_minutes` are what counts after rounding: of the allowance when
    covered, on the bill when not. `units` were booked from the allowance. `amount` is net, zero when covered.
    `reason_code` is worded by `tickets.rules.coverage_wording`. `is_out_of_hours`: the surcharge applied.
    """

    decision = models.ForeignKey(CoverageDecision, related_name="slices", on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_covered = models.BooleanField(_("covered"))
    reason_code = models.CharField(max_length=40)
    reason_params = models.JSONField(default=dict)
    charged_minutes = models.PositiveIntegerField(_("charged minutes"))
    agreement = models.ForeignKey(Agreement, related_name="+", null=True, on_delete=models.PROTECT)
    units = models.PositiveIntegerField(_("from the allowance"), default=0)
    price_list = models.ForeignKey(PriceList, related_name="+", null=True, on_delete=models.PROTECT)
    price_item = models.ForeignKey(PriceItem, related_name="+", null=True, on_delete=models.PROTECT)
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=2, null=True)
    surcharge_percent = models.DecimalField(_("surcharge"), max_digits=6, decimal_places=2, default=0)
    is_out_of_hours = models.BooleanField(_("outside service hours"), default=False)
    amount = models.DecimalField(_("amount, net"), max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        verbose_name = _("coverage slice")
        verbose_name_plural = _("coverage slices")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slice_has_length"),
            models.CheckConstraint(condition=Q(is_covered=False) | Q(amount=0), name="covered_costs_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.reason_code} {self.charged_minutes} min"

    @property
    def real_minutes(self) -> int:
        """The minutes between its ends."""
        return minutes_between(self.starts_at, self.ends_at)
