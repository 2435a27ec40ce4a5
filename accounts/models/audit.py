"""The audit trail: who did what to what. Rows have no foreign keys and outlive what they name."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.rules.wording import act_words


class AuditEntry(models.Model):
    """One act of administration or access worth keeping. Append-only."""

    at = models.DateTimeField(_("at"), db_index=True)
    actor_id = models.BigIntegerField(_("actor id"), null=True)
    actor_name = models.CharField(_("actor"), max_length=200, help_text=_("Empty: the system itself."))
    verb = models.CharField(_("verb"), max_length=60)
    object_kind = models.CharField(_("kind"), max_length=60)
    object_id = models.CharField(_("id"), max_length=60)
    object_label = models.CharField(_("object"), max_length=250)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{act_words(self.verb, get_language() or 'en')}: {self.object_label}"
