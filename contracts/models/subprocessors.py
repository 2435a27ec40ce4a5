"""The directory of sub-processors, its versions, and how each customer was told of a change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models.processing import ProcessingAgreement
from customers.models import Contact, Customer


class Subprocessor(models.Model):
    """One company that processes data for us. What it does stands in its entries, version by version."""

    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("sub-processor")
        verbose_name_plural = _("sub-processors")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DirectoryVersion(models.Model):
    """A version of the directory: what it says from `effective_on` on. Announced it stays as it is."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    effective_on = models.DateField(_("in effect from"))
    note = models.TextField(_("what changes, in words"), blank=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    announced_at = models.DateTimeField(_("announced"), null=True)
    objections_until_on = models.DateField(_("objections until"), null=True)

    class Meta:
        verbose_name = _("version of the directory")
        verbose_name_plural = _("versions of the directory")
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)


class SubprocessorEntry(models.Model):
    """What one version of the directory says of one sub-processor. One that is missing there was removed."""

    version = models.ForeignKey(DirectoryVersion, related_name="entries", on_delete=models.CASCADE)
    subprocessor = models.ForeignKey(Subprocessor, related_name="entries", on_delete=models.PROTECT)
    name = models.CharField(_("name"), max_length=200)
    service = models.CharField(_("service"), max_length=250)
    data_categories = models.CharField(_("categories of data"), max_length=500)
    place = models.CharField(_("place of processing"), max_length=200)
    safeguards = models.CharField(_("safeguards (third countries)"), max_length=250, blank=True)
    since_on = models.DateField(_("since"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the directory")
        verbose_name_plural = _("entries of the directory")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "subprocessor"], name="one_entry_a_version")
        ]

    def __str__(self) -> str:
        return self.name


class ChangeNotice(models.Model):
    """That one customer was told of a version ahead of time, and what they said: one for each customer."""

    class Outcome(models.TextChoices):
        NONE = "", _("none yet")
        RESOLVED = "resolved", _("settled with the customer")
        CHANGE_DROPPED = "change_dropped", _("the change was dropped")
        TERMINATED = "terminated", _("the customer may end the agreement")
        REJECTED = "rejected", _("rejected with reasons")

    version = models.ForeignKey(DirectoryVersion, related_name="notices", on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, related_name="directory_notices", on_delete=models.PROTECT)
    processing_agreement = models.ForeignKey(ProcessingAgreement, related_name="+", on_delete=models.PROTECT)
    announced_at = models.DateTimeField(_("announced"))
    recipients = models.JSONField(_("told by e-mail"), default=list)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    objected_at = models.DateTimeField(_("objected"), null=True)
    objected_by = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    objection = models.TextField(_("objection"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome.choices, blank=True)
    outcome_note = models.TextField(_("how it was decided"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name = _("notice of a change")
        verbose_name_plural = _("notices of changes")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["version", "customer"], name="one_notice_a_customer")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.customer_id}"
