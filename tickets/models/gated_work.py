"""Work whose kind a gate may forbid, besides time entries: checklist items, call notes, alerts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Contact, Customer
from tickets.models.messages import Message
from tickets.models.tickets import Ticket
from tickets.models.time_entries import WorkKind


class ChecklistItem(models.Model):
    """One step of a ticket's work."""

    ticket = models.ForeignKey(Ticket, related_name="checklist", on_delete=models.CASCADE)
    text = models.CharField(_("step"), max_length=250)
    work_kind = models.CharField(
        _("work kind"), max_length=14, choices=WorkKind.choices, default=WorkKind.ADVICE
    )
    place = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(_("added"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.text


class CallNote(models.Model):
    """What a message of the timeline notes of a call: with whom, which way, and what kind of work it was."""

    message = models.OneToOneField(Message, related_name="call_note", on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    is_outgoing = models.BooleanField(_("we called"), default=False)
    work_kind = models.CharField(
        _("work kind"), max_length=14, choices=WorkKind.choices, default=WorkKind.ADVICE
    )
    called_at = models.DateTimeField(_("called"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=0)

    class Meta:
        verbose_name = _("call note")
        verbose_name_plural = _("call notes")

    def __str__(self) -> str:
        return f"{self.called_at:%Y-%m-%d %H:%M}"


class AlertSource(models.Model):
    """A customer's monitoring, which sends alerts: its secret is known by its hash only."""

    class Shape(models.TextChoices):
        ALERTMANAGER = "alertmanager", "Alertmanager"
        CHECKMK = "checkmk", "Checkmk"

    customer = models.ForeignKey(Customer, related_name="alert_sources", on_delete=models.PROTECT)
    name = models.CharField(_("name"), max_length=120)
    shape = models.CharField(_("sent by"), max_length=14, choices=Shape.choices)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), editable=False)
    seen_at = models.DateTimeField(_("last heard of"), null=True, editable=False)
    refused_at = models.DateTimeField(_("last refused"), null=True, editable=False)

    class Meta:
        verbose_name = _("alert source")
        verbose_name_plural = _("alert sources")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """One thing that a source reports: it has at most one ticket that is not closed."""

    source = models.ForeignKey(AlertSource, related_name="alerts", on_delete=models.PROTECT)
    fingerprint = models.CharField(max_length=64)
    ticket = models.ForeignKey(Ticket, related_name="alerts", on_delete=models.CASCADE)
    fired_at = models.DateTimeField(_("fired"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    times = models.PositiveIntegerField(_("reported"), default=1)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "fingerprint"],
                condition=Q(resolved_at__isnull=True),
                name="one_firing_alert",
            )
        ]

    def __str__(self) -> str:
        return self.fingerprint
