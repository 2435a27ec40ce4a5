"""The ticket: one case, its rank in the queue and who has it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from contracts.models import ServiceLevel
from contracts.rules.standing import NO_CONTRACT_BAND
from customers.models import Contact, Customer
from tickets.rules import ranking

# Conditions of partial indexes and of the queryset words must be the same to be used.
WAITING = Q(status="open", assignee__isnull=True)
IN_HANDS = Q(status="open", assignee__isnull=False)
PARKED = Q(status__in=["waiting_customer", "waiting_third_party", "scheduled"])


class TicketQuerySet(models.QuerySet["Ticket"]):
    """The vocabulary for picking tickets."""

    def waiting(self) -> Self:
        """In the queue: waits for us and is in nobody's hands."""
        return self.filter(WAITING)

    def in_hands(self) -> Self:
        """Waits for us and somebody has it."""
        return self.filter(IN_HANDS)

    def unsettled(self) -> Self:
        """Everything that can still come back into the queue by itself: all but closed tickets."""
        return self.exclude(status=Ticket.Status.CLOSED)

    def of_teams(self, teams: Iterable[Team | int]) -> Self:
        """Tickets of these teams' queues."""
        return self.filter(team__in=list(teams))

    def in_rank_order(self) -> Self:
        """The order of the queue."""
        return self.order_by("rank_key")

    def pins_expired(self, at: datetime) -> Self:
        """Tickets whose pin has run out and still ranks."""
        return self.filter(pin_expires_at__lte=at)

    def schedules_due(self, at: datetime) -> Self:
        """Scheduled tickets whose moment has come."""
        return self.filter(status=Ticket.Status.SCHEDULED, scheduled_until__lte=at)


class Ticket(models.Model):
    """One case.

    `rank_key` is the truth of the order: a fixed-width string made by `tickets.rules.ranking` from pin,
    band, severity, arrival and number. It is kept current in every state, and the partial indexes over it
    hold only the tickets that wait for us.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WAITING_CUSTOMER = "waiting_customer", _("Waiting for the customer")
        WAITING_THIRD_PARTY = "waiting_third_party", _("Waiting for a third party")
        SCHEDULED = "scheduled", _("Scheduled")
        SOLVED = "solved", _("Solved")
        CLOSED = "closed", _("Closed")

    class Severity(models.IntegerChoices):
        CRITICAL = ranking.Severity.CRITICAL, _("critical")
        HIGH = ranking.Severity.HIGH, _("high")
        NORMAL = ranking.Severity.NORMAL, _("normal")
        LOW = ranking.Severity.LOW, _("low")

    class Channel(models.TextChoices):
        PORTAL = "portal", _("Portal")
        MAIL = "mail", _("E-mail")
        PHONE = "phone", _("Phone")
        DESK = "desk", _("Desk")
        API = "api", "API"
        MONITORING = "monitoring", _("Monitoring")

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), related_name="tickets", on_delete=models.PROTECT
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("contact"),
        related_name="tickets",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )
    team = models.ForeignKey(Team, verbose_name=_("team"), related_name="tickets", on_delete=models.PROTECT)
    subject = models.CharField(_("subject"), max_length=250)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.OPEN)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices, default=Channel.PORTAL)

    reported_severity = models.PositiveSmallIntegerField(_("reported severity"), choices=Severity.choices)
    confirmed_severity = models.PositiveSmallIntegerField(
        _("confirmed severity"), choices=Severity.choices, null=True, blank=True
    )
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity.choices)
    band = models.PositiveSmallIntegerField(_("band"), default=NO_CONTRACT_BAND)
    level = models.ForeignKey(
        ServiceLevel, verbose_name=_("service level"), related_name="+", null=True, on_delete=models.PROTECT
    )
    arrived_at = models.DateTimeField(_("arrived"))
    pinned_at = models.DateTimeField(_("pinned"), null=True, blank=True)
    pin_expires_at = models.DateTimeField(_("pin expires"), null=True, blank=True)
    pin_reason = models.CharField(_("reason of the pin"), max_length=250, blank=True)
    rank_key = models.CharField(max_length=40, db_collation="C", editable=False)

    assignee = models.ForeignKey(
        User,
        verbose_name=_("assignee"),
        related_name="assigned_tickets",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True)
    touched_at = models.DateTimeField(_("last touched by its agent"), null=True, blank=True)
    scheduled_until = models.DateTimeField(_("scheduled until"), null=True, blank=True)
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"))
    # When the case itself last changed; passing it from hand to hand does not count.
    changed_at = models.DateTimeField(_("changed"))

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.CheckConstraint(
                condition=Q(band__gte=1, band__lte=NO_CONTRACT_BAND), name="band_1_to_100"
            ),
            models.CheckConstraint(
                condition=Q(band=NO_CONTRACT_BAND, level__isnull=True)
                | (~Q(band=NO_CONTRACT_BAND) & Q(level__isnull=False)),
                name="level_iff_contract_band",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_severity__isnull=True, severity=F("reported_severity"))
                | Q(confirmed_severity__isnull=False, severity=F("confirmed_severity")),
                name="severity_is_confirmed_or_reported",
            ),
            models.CheckConstraint(condition=Q(severity__gte=1, severity__lte=4), name="severity_1_to_4"),
            models.CheckConstraint(
                condition=Q(pinned_at__isnull=True, pin_expires_at__isnull=True)
                | Q(pinned_at__isnull=False, pin_expires_at__isnull=False),
                name="pin_has_expiry",
            ),
            models.CheckConstraint(
                condition=Q(status="scheduled", scheduled_until__isnull=False)
                | (~Q(status="scheduled") & Q(scheduled_until__isnull=True)),
                name="scheduled_has_date",
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True, assigned_at__isnull=True)
                | Q(assignee__isnull=False, assigned_at__isnull=False),
                name="assignee_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "rank_key"], condition=WAITING, name="ticket_queue"),
            models.Index(fields=["assignee", "rank_key"], condition=IN_HANDS, name="ticket_my_work"),
            models.Index(
                fields=["assignee", "status", "changed_at"], condition=PARKED, name="ticket_parked_mine"
            ),
            models.Index(
                fields=["team", "status", "changed_at"], condition=PARKED, name="ticket_parked_team"
            ),
            models.Index(fields=["customer", "-id"], name="ticket_of_customer"),
            models.Index(fields=["contact", "-id"], name="ticket_of_contact"),
            models.Index(fields=["customer"], condition=~Q(status="closed"), name="ticket_unsettled"),
            models.Index(
                fields=["pin_expires_at"], condition=Q(pin_expires_at__isnull=False), name="ticket_pin_expiry"
            ),
            models.Index(
                fields=["scheduled_until"],
                condition=Q(scheduled_until__isnull=False),
                name="ticket_scheduled",
            ),
            models.Index(
                fields=["team", "arrived_at"],
                condition=WAITING & Q(band=NO_CONTRACT_BAND),
                name="ticket_starving",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def is_waiting(self) -> bool:
        """Whether the ticket stands in its team's queue."""
        return self.status == self.Status.OPEN and self.assignee_id is None

    @property
    def has_contract(self) -> bool:
        """Whether a service agreement ranks this ticket."""
        return self.band < NO_CONTRACT_BAND

    @property
    def severity_name(self) -> str:
        """The severity as outsiders write it: ``critical`` … ``low``."""
        return ranking.severity_name(self.severity)

    def as_rank_facts(self) -> ranking.RankFacts:
        """What the rank depends on. A pin ranks until the sweep has removed it."""
        return ranking.RankFacts(
            pinned_at=self.pinned_at,
            band=self.band,
            severity=self.severity,
            arrived_at=self.arrived_at,
            serial=self.pk,
        )
