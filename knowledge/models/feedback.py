"""What readers say about articles."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from knowledge.models.articles import ArticleText


class Feedback(models.Model):
    """One reader's word on one text, for editors only; who says something else later changes it.

    Of a reader who is not signed in all we know is `visitor`, a random word in their session.
    """

    class Kind(models.TextChoices):
        HELPFUL = "helpful", _("Helpful")
        NOT_HELPFUL = "not_helpful", _("Not helpful")
        OUTDATED = "outdated", _("Outdated")

    text = models.ForeignKey(ArticleText, related_name="feedback", on_delete=models.CASCADE)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    comment = models.TextField(_("comment"), blank=True)
    by = models.ForeignKey(
        User, verbose_name=_("by"), related_name="+", null=True, blank=True, on_delete=models.SET_NULL
    )
    visitor = models.CharField(max_length=43, blank=True, editable=False)
    at = models.DateTimeField(_("at"))
    handled_at = models.DateTimeField(_("handled"), null=True, editable=False)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["text", "by"], condition=Q(by__isnull=False), name="one_word_of_each_user"
            ),
            models.UniqueConstraint(
                fields=["text", "visitor"], condition=~Q(visitor=""), name="one_word_of_each_visitor"
            ),
        ]
        indexes = [
            models.Index(fields=["text", "kind"], name="feedback_of_text"),
            models.Index(fields=["-at"], condition=Q(handled_at__isnull=True), name="feedback_unhandled"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
