"""Running targets: what was promised for a ticket, how much of it is used, and what was missed."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models import ServiceHours, ServiceLevel, Target
from tickets.models.tickets import Ticket

# Conditions of partial indexes and of the queries must be the same to be used.
RUNNING = Q(state="running")
UNFINISHED = Q(stopped_at__isnull=True)


class ClockQuerySet(models.QuerySet["Clock"]):
    """The vocabulary for picking clocks."""

    def due_for_sweep(self, at: datetime) -> Self:
        """Running clocks at which something has to be noticed: a warning, an escalation, a miss."""
        return self.filter(RUNNING, next_at__lt=at)

    def unfinished(self) -> Self:
        """Clocks that still wait for what was promised, or that would if an agreement were in force."""
        return self.filter(UNFINISHED)

    def shown(self) -> Self:
        """What anybody is shown: all but those that no agreement promises any more and that were kept."""
        return self.exclude(state=Clock.State.WITHDRAWN, breached_at__isnull=True)


class Clock(models.Model):
    """One target of one ticket: the response, the next answer, or the resolution.

    When it is due follows from facts that stand here and in `ClockPause`: since when it counts, what is
    promised (minutes, in which calendar), and the stretches that do not count (`tickets.rules.clocks`).
    Whenever a fact changes, `due_at` is worked out anew, keeping what was already waited or paused. A missed
    target stays missed: `breached_at` is the moment it was due, is never taken back, and from then on nothing
    is promised otherwise. Without a service agreement nothing is promised: the clock is withdrawn, or never
    made, and has no deadline.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        MET = "met", _("done")
        WITHDRAWN = "withdrawn", _("no longer promised")

    ticket = models.ForeignKey(
        Ticket, verbose_name=_("ticket"), related_name="clocks", on_delete=models.CASCADE
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Target.Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    starts_at = models.DateTimeField(_("counts since"))
    level = models.ForeignKey(
        ServiceLevel, verbose_name=_("service level"), related_name="+", null=True, on_delete=models.PROTECT
    )
    severity = models.PositiveSmallIntegerField(_("severity"))
    minutes = models.PositiveIntegerField(_("minutes promised"))
    grace_minutes = models.PositiveSmallIntegerField(_("grace in minutes"), default=0)
    is_real_time = models.BooleanField(_("around the clock"), default=False)
    pauses_for_third_party = models.BooleanField(default=True)
    hours = models.ForeignKey(
        ServiceHours, verbose_name=_("service hours"), related_name="+", null=True, on_delete=models.PROTECT
    )
    due_at = models.DateTimeField(_("due"), null=True)
    # The next moment at which the sweep has something to do; empty while nothing runs or nothing is left.
    next_at = models.DateTimeField(null=True)
    # The highest share of the target that was noticed: nothing is told twice.
    told_percent = models.PositiveSmallIntegerField(default=0)
    # What was promised otherwise from when on: [{"at", "what", "old", "new"}], told in the explanation.
    changes = models.JSONField(default=list)
    stopped_at = models.DateTimeField(_("done at"), null=True)
    breached_at = models.DateTimeField(_("missed at"), null=True)
    justification = models.TextField(_("justification"), blank=True)
    justified_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    justified_at = models.DateTimeField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind"], condition=UNFINISHED, name="one_clock_of_a_kind"
            ),
            models.CheckConstraint(
                condition=(Q(state="running", due_at__isnull=False))
                | (~Q(state="running") & Q(next_at__isnull=True)),
                name="running_clock_has_deadline",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=RUNNING, name="clock_next"),
            models.Index(fields=["due_at"], condition=RUNNING, name="clock_due"),
            models.Index(fields=["ticket", "kind"], name="clock_of_ticket"),
            models.Index(fields=["breached_at"], condition=Q(breached_at__isnull=False), name="clock_missed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at}"


class ClockPause(models.Model):
    """A stretch of a ticket's life in which its targets do not count, and why. Open until `ends_at`."""

    class Cause(models.TextChoices):
        WAITING_CUSTOMER = "waiting_customer", _("waiting for the customer")
        WAITING_THIRD_PARTY = "waiting_third_party", _("waiting for a third party")
        SCHEDULED = "scheduled", _("scheduled")
        SOLVED = "solved", _("solved")
        NO_AGREEMENT = "no_agreement", _("no service agreement in force")

    ticket = models.ForeignKey(Ticket, related_name="clock_pauses", on_delete=models.CASCADE)
    cause = models.CharField(_("cause"), max_length=20, choices=Cause.choices)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "cause"], condition=Q(ends_at__isnull=True), name="one_open_pause_per_cause"
            )
        ]
        indexes = [models.Index(fields=["ticket", "starts_at"], name="pause_of_ticket")]

    def __str__(self) -> str:
        return f"{self.cause} {self.starts_at:%Y-%m-%d %H:%M}"


class Recalculation(models.Model):
    """Deadlines that are worked out anew in the background, since hours, targets or a level changed.

    It goes through the tickets of those levels; `after_ticket_id` is how far it came: a worker that is
    killed goes on from there. Without hours and level it goes through all.
    """

    what = models.CharField(_("what changed"), max_length=200)
    hours = models.ForeignKey(ServiceHours, related_name="+", null=True, on_delete=models.CASCADE)
    level = models.ForeignKey(ServiceLevel, related_name="+", null=True, on_delete=models.CASCADE)
    by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField(_("asked"))
    total = models.PositiveIntegerField(_("tickets"), null=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    moved = models.PositiveIntegerField(_("moved deadlines"), default=0)
    after_ticket_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("recalculation")
        verbose_name_plural = _("recalculations")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="recalculation_open")
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def percent(self) -> int:
        """How far it came, in whole per cent."""
        if self.finished_at is not None:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0
