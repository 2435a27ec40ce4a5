"""What customers say of a finished ticket."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from tickets.models.tickets import Ticket

COMMENT_LIMIT = 2_000


class RatingQuerySet(models.QuerySet["Rating"]):
    """The vocabulary for picking ratings."""

    def with_case(self) -> Self:
        """Load whose rating of which ticket it is."""
        return self.select_related("ticket__customer", "ticket__assignee", "contact")


class Rating(models.Model):
    """One contact's judgement of one ticket, with a comment if they wanted to say more.

    It may be changed as long as the ticket may be reopened; the last word counts.
    """

    class Verdict(models.TextChoices):
        GOOD = "good", _("Good")
        FAIR = "fair", _("Could be better")
        BAD = "bad", _("Bad")

    ticket = models.ForeignKey(
        Ticket, verbose_name=_("ticket"), related_name="ratings", on_delete=models.CASCADE
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), related_name="+", null=True, on_delete=models.SET_NULL
    )
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    comment = models.TextField(_("comment"), blank=True, max_length=COMMENT_LIMIT)
    given_at = models.DateTimeField(_("given"))
    changed_at = models.DateTimeField(_("changed"))

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "contact"], name="one_rating_per_contact"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=["good", "fair", "bad"]), name="rating_has_a_verdict"
            ),
        ]
        indexes = [models.Index(fields=["-changed_at", "-id"], name="rating_latest")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.verdict}"
