"""What everybody who opens our pages should know just now: an incident, maintenance, a word."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Announcement(models.Model):
    """Shown on top of pages from `starts_at` until just before `ends_at`; without that until it gets one."""

    class Kind(models.TextChoices):
        """What it is about, the most urgent first."""

        INCIDENT = "incident", _("Incident")
        MAINTENANCE = "maintenance", _("Maintenance")
        INFO = "info", _("Notice")

    class Audience(models.TextChoices):
        """Who sees it."""

        EVERYBODY = "everybody", _("everybody")
        SIGNED_IN = "signed_in", _("people who are signed in")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.INCIDENT)
    text_de = models.CharField(_("text, German"), max_length=400)
    text_en = models.CharField(_("text, English"), max_length=400)
    audience = models.CharField(
        _("seen by"), max_length=10, choices=Audience.choices, default=Audience.EVERYBODY
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Empty: until further notice.")
    )
    changed_at = models.DateTimeField(_("last changed"), editable=False)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="announcement_ends_after_start",
                violation_error_message=_("It has to end after it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.text_de[:80]
