"""Rows that wait to be sent by mail. What is written, and to whom, each room decides in a model of its own.

A row is claimed by a lease that ends by itself: a crash between claim and sending loses nothing. Its
Message-ID is made once, so that whoever gets a mail twice after such a crash can tell.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LATELY = timedelta(days=14)
"""Mail that was given up longer ago was seen, or is of no use to anybody any more."""


class OutgoingQuerySet(models.QuerySet[Any]):
    """The vocabulary for picking outgoing mail."""

    def due(self, at: datetime) -> Self:
        """What should be tried now: neither done nor given up nor in somebody's hands."""
        return self.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=at), next_attempt_at__lte=at)

    def failed(self) -> Self:
        """What was given up and did not arrive."""
        return self.filter(failed_at__isnull=False)

    def lost(self, at: datetime) -> Self:
        """What was given up so lately that somebody should look at it."""
        return self.filter(failed_at__gt=at - LATELY)

    def waiting(self) -> Self:
        """What is neither sent nor given up."""
        return self.filter(next_attempt_at__isnull=False)


class Outgoing(models.Model):
    """One mail to one person, from its first attempt to the last."""

    mail_id = models.CharField("Message-ID", max_length=200, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Attempts that ended without anybody knowing how: the mail may have arrived.
    interruptions = models.PositiveSmallIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up"), null=True, blank=True)
    error = models.CharField(_("what went wrong"), max_length=250, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(next_attempt_at__isnull=False, sent_at__isnull=True, failed_at__isnull=True)
                | Q(next_attempt_at__isnull=True, sent_at__isnull=False, failed_at__isnull=True)
                | Q(next_attempt_at__isnull=True, sent_at__isnull=True, failed_at__isnull=False),
                name="%(app_label)s_%(class)s_one_state",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="%(class)s_due",
            ),
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="%(class)s_failed"),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether it is neither sent nor given up."""
        return self.next_attempt_at is not None

    def begin_again(self, at: datetime) -> None:
        """Have a mail that was given up tried once more, as if for the first time. Whoever calls saves.

        Whoever sends it again wants it now, however old it is, and it has not waited for long.
        """
        self.created_at = self.next_attempt_at = at
        self.failed_at = self.leased_until = None
        self.attempts = self.interruptions = 0
        self.error = ""
