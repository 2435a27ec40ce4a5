"""The directory of sub-processors, its versions, and how each customer was told of a change."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models.processing import ProcessingAgreement
from contracts.rules.directory import EntryFact, VersionFact
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
    """A version of the directory: what it says from `effective_on` on.

    Announced it stays as it is, also for the database; all that can still happen is that the change is
    dropped before it takes effect (`withdrawn_at`).
    """

    number = models.PositiveIntegerField(_("version"), unique=True)
    effective_on = models.DateField(_("in effect from"))
    note = models.TextField(_("what changes, in words"), blank=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    announced_at = models.DateTimeField(_("announced"), null=True)
    announced_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    objections_until_on = models.DateField(_("objections until"), null=True)
    withdrawn_at = models.DateTimeField(_("dropped"), null=True)
    withdrawn_because = models.TextField(_("why it was dropped"), blank=True)

    class Meta:
        verbose_name = _("version of the directory")
        verbose_name_plural = _("versions of the directory")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["announced_at"],
                condition=Q(announced_at__isnull=True),
                nulls_distinct=False,
                name="one_draft_of_the_directory",
            ),
            models.CheckConstraint(
                condition=Q(announced_at__isnull=True) | Q(objections_until_on__isnull=False),
                name="announced_with_period_to_object",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(announced_at__isnull=False),
                name="only_announced_is_dropped",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def as_fact(self) -> VersionFact:
        """This version as the rules know it."""
        return VersionFact(
            number=self.number,
            effective_on=self.effective_on,
            is_announced=self.announced_at is not None,
            is_dropped=self.withdrawn_at is not None,
        )


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
            models.UniqueConstraint(fields=["version", "subprocessor"], name="one_entry_a_version"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")),
                name="subprocessor_until_after_since",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_fact(self) -> EntryFact:
        """This entry as the rules know it."""
        return EntryFact(
            subprocessor=self.subprocessor_id,
            name=self.name,
            service=self.service,
            data_categories=self.data_categories,
            place=self.place,
            safeguards=self.safeguards,
            since_on=self.since_on,
            until_on=self.until_on,
        )


class ChangeNotice(models.Model):
    """That one customer was told of a version ahead of time, and what they said: one for each customer.

    `objections_until_on`: a customer whose agreement begins later is told later and has as many days.
    """

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
    objections_until_on = models.DateField(_("objections until"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    acknowledged_by_name = models.CharField(_("acknowledged by"), max_length=200, blank=True)
    objected_at = models.DateTimeField(_("objected"), null=True)
    objected_by = models.ForeignKey(Contact, related_name="+", null=True, on_delete=models.SET_NULL)
    objected_by_name = models.CharField(_("objected by"), max_length=200, blank=True)
    objection = models.TextField(_("objection"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome.choices, blank=True)
    outcome_note = models.TextField(_("how it was decided"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name = _("notice of a change")
        verbose_name_plural = _("notices of changes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "customer"], name="one_notice_a_customer"),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(objected_at__isnull=False, decided_at__isnull=False),
                name="outcome_of_an_objection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.customer_id}"
