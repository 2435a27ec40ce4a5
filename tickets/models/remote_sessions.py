"""Remote sessions: that somebody looked at or worked on a customer's system from afar."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from tickets.models.tickets import Ticket
from tickets.models.time_entries import TimeEntry


class RemoteTool(models.Model):
    """A program for remote sessions, with the link that starts it; `{id}` stands for the partner's id."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    link_template = models.CharField(
        _("link"), max_length=250, blank=True, help_text=_("{id} stands for the partner's id.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("remote tool")
        verbose_name_plural = _("remote tools")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RemoteSessionQuerySet(models.QuerySet["RemoteSession"]):
    """The vocabulary for picking remote sessions."""

    def running(self) -> Self:
        """Those that were not ended."""
        return self.filter(ended_at__isnull=True)


class RemoteSession(models.Model):
    """One session of one agent on one ticket, from the customer's word to what was done."""

    ticket = models.ForeignKey(Ticket, related_name="remote_sessions", on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, related_name="remote_sessions", on_delete=models.PROTECT)
    agent = models.ForeignKey(User, related_name="remote_sessions", on_delete=models.PROTECT)
    tool = models.ForeignKey(RemoteTool, related_name="+", on_delete=models.PROTECT)
    partner_id = models.CharField(_("partner's id"), max_length=60, blank=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=200)
    confirmed_how = models.CharField(_("how it was confirmed"), max_length=200, blank=True)
    opened_by = models.JSONField(_("what opened the gate"), default=list)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    done = models.TextField(_("what was done"), blank=True)
    flagged_at = models.DateTimeField(_("the gate closed meanwhile"), null=True)
    time_entry = models.OneToOneField(
        TimeEntry, related_name="remote_session", null=True, on_delete=models.PROTECT
    )

    objects = RemoteSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("remote session")
        verbose_name_plural = _("remote sessions")
        ordering = ["started_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="remote_session_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["agent", "ticket"], condition=Q(ended_at__isnull=True), name="one_running_session"
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], condition=Q(ended_at__isnull=True), name="running_session")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.started_at:%Y-%m-%d %H:%M}"
