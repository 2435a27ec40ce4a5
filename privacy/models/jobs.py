"""Work on people's rights that runs in the background, each piece with its progress."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PrivacyJob(models.Model):
    """What was asked for, how far it is, and how it ended. It names people by id only.

    `subject_id` is the contact's id (0 for retention); `choices` what was chosen; `counts` what was done,
    by kind of data. Neither holds personal data.
    """

    class Kind(models.TextChoices):
        EXPORT = "export", _("access export")
        ERASURE = "erasure", _("erasure")
        RETENTION = "retention", _("retention")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    subject_id = models.BigIntegerField(_("contact's id"), default=0)
    choices = models.JSONField(default=dict)
    is_dry_run = models.BooleanField(_("dry run"), default=False)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    started_at = models.DateTimeField(_("started"), null=True)
    leased_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    counts = models.JSONField(default=dict)
    ended_at = models.DateTimeField(_("ended"), null=True)
    fault = models.CharField(_("why it failed"), max_length=60, blank=True)
    file = models.FileField(_("file"), upload_to="exports", max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_until = models.DateTimeField(_("file kept until"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(ended_at__isnull=True), name="privacy_job_open")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_at:%Y-%m-%d %H:%M}"


class LegalHold(models.Model):
    """Somebody's data must be kept for now: erasure and retention leave it."""

    contact_id = models.BigIntegerField(_("contact's id"), db_index=True)
    reason = models.TextField(_("reason"))
    since_at = models.DateTimeField(_("since"))
    set_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id"], condition=models.Q(ended_at__isnull=True), name="one_legal_hold"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact_id}"


class RetentionRule(models.Model):
    """How long one kind of data is kept. Kinds and sensible defaults stand in `privacy.rules.retention`."""

    kind = models.CharField(_("kind of data"), max_length=40, unique=True)
    days = models.PositiveIntegerField(_("kept for days"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering = ["kind"]

    def __str__(self) -> str:
        return self.kind
