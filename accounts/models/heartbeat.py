"""Signs of life of the installation's parts."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

LOST_AFTER = timedelta(seconds=20)
"""Parts show themselves every few seconds; one that stays silent this long is lost."""


class Heartbeat(models.Model):
    """When a part that runs in a process of its own (worker, beat) was last seen alive."""

    part = models.CharField(_("part"), max_length=40, primary_key=True)
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return self.part

    def is_lost(self, at: datetime) -> bool:
        """Whether the part has been silent for too long."""
        return self.seen_at < at - LOST_AFTER
