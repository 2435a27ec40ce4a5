"""Articles, their versions in each language, and every revision of those."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from knowledge.models.categories import Category, Visibility

LONGEST_TITLE = 150
LONGEST_SLUG = 80


SHOWN = Q(is_live=True, archived_at__isnull=True)
"""Articles that readers can see at all; the indexes below hold only these."""


class Article(models.Model):
    """One thing we know, in one or two languages. Its address holds its id and survives every renaming.

    `is_live`: at least one of its texts is, so that lists and counts need not look at the texts.
    """

    category = models.ForeignKey(
        Category, verbose_name=_("category"), related_name="articles", on_delete=models.PROTECT
    )
    visibility = models.PositiveSmallIntegerField(
        _("visible to"),
        choices=Visibility.choices,
        default=Visibility.PUBLIC,
        help_text=_("The category may narrow this further."),
    )
    reach = models.PositiveSmallIntegerField(editable=False)
    related = models.ManyToManyField("self", verbose_name=_("related articles"), blank=True)
    created_at = models.DateTimeField(_("created"))
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)
    is_live = models.BooleanField(default=False, editable=False)
    source = models.CharField(max_length=500, blank=True, editable=False)
    """The file it was imported from, without language and ending; empty for what was written here."""

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(visibility__range=(1, 4)), name="article_visibility_1_to_4"),
            models.CheckConstraint(
                condition=Q(reach__gte=F("visibility"), reach__lte=4), name="article_reach_only_narrows"
            ),
            models.UniqueConstraint(
                fields=["source"], condition=~Q(source=""), name="one_article_for_each_source"
            ),
        ]
        indexes = [
            models.Index(fields=["category", "-id"], condition=SHOWN, name="article_on_shelf"),
            models.Index(fields=["reach", "category"], condition=SHOWN, name="article_counted"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ArticleTextQuerySet(models.QuerySet["ArticleText"]):
    """The vocabulary for picking texts."""

    def published(self) -> Self:
        """What readers can see at all: published, and not archived."""
        return self.filter(live__isnull=False, article__archived_at__isnull=True)

    def within(self, reach: int) -> Self:
        """Published texts that a reader in this circle may read."""
        return self.published().filter(article__reach__lte=reach)


class ArticleText(models.Model):
    """An article in one language.

    `working` is what editors write on, with its `state`; `live` is what readers see, and title, summary,
    html and plain are its contents. A published text with newer work on it stays as it was until that is
    published, too.
    """

    class Language(models.TextChoices):
        GERMAN = "de", "Deutsch"
        ENGLISH = "en", "English"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("In review")
        PUBLISHED = "published", _("Published")

    article = models.ForeignKey(Article, related_name="texts", on_delete=models.CASCADE)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    working = models.OneToOneField("Revision", related_name="+", null=True, on_delete=models.RESTRICT)
    live = models.OneToOneField("Revision", related_name="+", null=True, on_delete=models.RESTRICT)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE, blank=True)
    slug = models.CharField(max_length=LONGEST_SLUG, blank=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    html = models.TextField(blank=True)
    plain = models.TextField(blank=True)
    heading = SearchVectorField(null=True)
    search = SearchVectorField(null=True)
    published_at = models.DateTimeField(_("published"), null=True)
    changed_at = models.DateTimeField(_("changed"))

    objects = ArticleTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of an article")
        verbose_name_plural = _("texts of articles")
        ordering = ["article_id", "language"]
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="one_text_for_each_language"),
            models.CheckConstraint(
                condition=Q(
                    live__isnull=True, title="", html="", plain="", heading__isnull=True, search__isnull=True
                )
                | Q(live__isnull=False, published_at__isnull=False),
                name="readers_see_only_what_is_live",
            ),
        ]
        indexes = [
            GinIndex(fields=["heading"], name="article_heading"),
            GinIndex(fields=["search"], name="article_search"),
            models.Index(
                fields=["language", "-published_at", "-id"],
                condition=Q(live__isnull=False),
                name="article_newest",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"#{self.article_id} {self.language}"


class Revision(models.Model):
    """What an editor saved of a text once; never changed afterwards. The body is Markdown."""

    text = models.ForeignKey(ArticleText, related_name="revisions", on_delete=models.CASCADE)
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    summary = models.CharField(
        _("summary"), max_length=300, blank=True, help_text=_("One or two sentences for lists and search.")
    )
    body = models.TextField(_("text"))
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    author = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    author_name = models.CharField(_("author"), max_length=200)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["text", "number"], name="revisions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"
