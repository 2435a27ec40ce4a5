"""Work on people's rights that runs in the background, each piece with its progress."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from lib.crypto import EncryptedJSONField


class PrivacyJob(models.Model):
    """What was asked for, how far it is, and how it ended. It names people by id only.

    `subject_id` is the contact's id (0 for retention); `choices` what was chosen; `counts` what was done,
    by kind of data. Neither holds personal data. While an erasure runs, `sealed` keeps what it looks for,
    encrypted; it is emptied when it ends. `again_at`: when it looks once more, for what was being written
    meanwhile. An export `is_own` where the person asked for it.
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
    again_at = models.DateTimeField(_("looks again"), null=True)
    sealed = EncryptedJSONField(null=True, editable=False)
    fault = models.CharField(_("why it failed"), max_length=60, blank=True)
    is_own = models.BooleanField(_("asked for by the person"), default=False)
    file = models.FileField(_("file"), upload_to="exports", max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_until = models.DateTimeField(_("file kept until"), null=True)
    served_at = models.DateTimeField(_("fetched"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(ended_at__isnull=True), name="privacy_job_open"),
            models.Index(fields=["subject_id", "-id"], name="privacy_job_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "is_dry_run", "is_own"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_privacy_job",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def percent(self) -> int:
        """How much of it is done, for a bar: 100 only when it has ended."""
        if self.ended_at is not None:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def has_file(self) -> bool:
        """Whether its file can still be fetched."""
        return bool(self.file) and self.served_at is None


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
