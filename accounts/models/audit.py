"""The audit trail: who did what to what. Rows have no foreign keys upward and outlive what they name.

A line is in two parts. `AuditEntry` holds no name and is never changed; `AuditValues` holds the names and
what was said, and can be erased. The line keeps a commitment to the values, and once it is sealed
(accounts/actions/sealing.py) a number and a hash that covers the line before: docs/adr/0020-audit-chain.md.
"""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.rules.wording import act_words


class AuditEntry(models.Model):
    """One act of administration or access worth keeping. Triggers refuse to change or delete it."""

    at = models.DateTimeField(_("at"), db_index=True)
    actor_id = models.BigIntegerField(_("actor id"), null=True, help_text=_("Empty: the system itself."))
    verb = models.CharField(_("verb"), max_length=60)
    object_kind = models.CharField(_("kind"), max_length=60)
    object_id = models.CharField(_("id"), max_length=60)
    customer_id = models.BigIntegerField(
        _("customer id"), null=True, help_text=_("Whom it is about, where it is about one customer.")
    )
    commitment = models.CharField(_("commitment"), max_length=64, editable=False)
    number = models.BigIntegerField(_("number"), null=True, unique=True, editable=False)
    hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_kind", "object_id"], name="audit_object"),
            models.Index(fields=["actor_id", "at"], name="audit_actor"),
            models.Index(fields=["customer_id", "at"], name="audit_customer"),
            models.Index(fields=["id"], condition=Q(number=None), name="audit_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{act_words(self.verb, get_language() or 'en')}: {self.object_label}"

    @property
    def values_left(self) -> "AuditValues | None":
        """The personal values, unless they were erased. (Lists say `select_related("personal")`.)"""
        try:
            kept: AuditValues = self.personal
        except ObjectDoesNotExist:
            return None
        return kept if kept.salt else None

    @property
    def actor_name(self) -> str:
        """Who it was: empty for the system itself, "(erased)" where the name is gone."""
        if self.actor_id is None:
            return ""
        return self.values_left.actor_name if self.values_left else gettext("(erased)")

    @property
    def object_label(self) -> str:
        """What it was done to, as it was called then, or "(erased)"."""
        return self.values_left.object_label if self.values_left else gettext("(erased)")

    @property
    def details(self) -> dict[str, Any]:
        """What more was noted; nothing where it was erased."""
        return self.values_left.details if self.values_left else {}


class AuditValues(models.Model):
    """The personal values of one line. Erasing them means to delete this row (or to blank all of it)."""

    entry = models.OneToOneField(
        AuditEntry, primary_key=True, related_name="personal", on_delete=models.CASCADE
    )
    salt = models.CharField(_("salt"), max_length=32, blank=True, help_text=_("Empty: erased."))
    actor_name = models.CharField(_("actor"), max_length=200, blank=True)
    object_label = models.CharField(_("object"), max_length=250, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("names in the audit trail")
        verbose_name_plural = _("names in the audit trail")

    def __str__(self) -> str:
        return self.object_label


class AuditCut(models.Model):
    """All lines up to this number were old and have been deleted; the hash is that of the last of them."""

    at = models.DateTimeField(_("at"))
    number = models.BigIntegerField(_("number"), unique=True)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("cut of the audit trail")
        verbose_name_plural = _("cuts of the audit trail")
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)
