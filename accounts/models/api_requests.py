"""What the API remembers of its callers: answers that may be asked for twice, and how much each one asked."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from lib.crypto import EncryptedJSONField


class KeptAnswer(models.Model):
    """The answer to one POST with an Idempotency-Key, written by the transaction that did what was asked."""

    user = models.ForeignKey(User, related_name="+", on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField()
    answer = EncryptedJSONField()

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key


class ApiUse(models.Model):
    """How many requests somebody made in one window. Its table is not logged: a crash may empty it."""

    who = models.CharField(max_length=80)
    window = models.DateTimeField()
    requests = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("use of the API")
        verbose_name_plural = _("use of the API")
        constraints = [models.UniqueConstraint(fields=["who", "window"], name="one_count_per_window")]

    def __str__(self) -> str:
        return self.who

    @staticmethod
    def window_of(at: datetime) -> datetime:
        """The minute that a request counts in."""
        return at.replace(second=0, microsecond=0)
