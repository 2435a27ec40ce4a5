"""Consents: who is concerned by a case, and what each of them permits for this case only."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Contact
from tickets.models.tickets import Ticket


class ConsentList(models.Model):
    """That somebody said who all is concerned by a case: without it no consent opens anything."""

    ticket = models.OneToOneField(Ticket, related_name="consent_list", on_delete=models.CASCADE)
    confirmed_at = models.DateTimeField(_("complete since"))
    confirmed_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    confirmed_by_name = models.CharField(_("confirmed by"), max_length=200)

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class DataSubjectQuerySet(models.QuerySet["DataSubject"]):
    """The vocabulary for picking the people concerned."""

    def counting(self) -> Self:
        """Those of the customer whose the ticket is: of an earlier one nobody counts."""
        return self.filter(set_aside_at__isnull=True)


class DataSubject(models.Model):
    """One person whose data a case may show.

    Set aside with all consents when the ticket goes to another customer: they were given for that one's case.
    """

    ticket = models.ForeignKey(Ticket, related_name="data_subjects", on_delete=models.CASCADE)
    name = models.CharField(_("name"), max_length=200)
    contact = models.ForeignKey(Contact, related_name="+", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(_("named"))
    set_aside_at = models.DateTimeField(_("does not count since"), null=True)

    objects = DataSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("data subject")
        verbose_name_plural = _("data subjects")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Consent(models.Model):
    """One data subject's explicit consent for one ticket. Withdrawn, never deleted while the case is kept.

    `capabilities`: values of `contracts.rules.gates.Capability`. `evidence` says where the proof lies.
    """

    class How(models.TextChoices):
        WRITTEN = "written", _("in writing")
        MAIL = "mail", _("by e-mail")
        PORTAL = "portal", _("in the portal")
        PHONE = "phone", _("by phone")

    subject = models.ForeignKey(DataSubject, related_name="consents", on_delete=models.CASCADE)
    capabilities = models.JSONField(_("permits"), default=list)
    how = models.CharField(_("how it was given"), max_length=8, choices=How.choices)
    given_at = models.DateTimeField(_("given"))
    evidence = models.TextField(_("evidence"))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawal_note = models.CharField(_("how it was withdrawn"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject"], condition=Q(withdrawn_at__isnull=True), name="consent_standing")
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.given_at:%Y-%m-%d}"
