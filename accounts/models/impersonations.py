"""Looks with a customer's eyes: which admin saw the portal as whom, when, and why."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User


class Impersonation(models.Model):
    """One look. It changes nothing, ends by itself, and the person is told of it."""

    person = models.ForeignKey(User, verbose_name=_("person"), related_name="looks", on_delete=models.CASCADE)
    admin = models.ForeignKey(
        User, verbose_name=_("admin"), related_name="looks_taken", null=True, on_delete=models.SET_NULL
    )
    admin_name = models.CharField(_("admin’s name"), max_length=200)
    reason = models.CharField(_("reason"), max_length=300)
    began_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until at the latest"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("pages seen"), default=0)

    class Meta:
        verbose_name = _("look with a customer’s eyes")
        verbose_name_plural = _("looks with a customer’s eyes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["admin"], condition=Q(ended_at=None), name="one_impersonation_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="impersonation_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.admin_name} → {self.person}"

    def is_on(self, at: datetime) -> bool:
        """Whether it goes on at that moment."""
        return self.ended_at is None and at < self.ends_at
