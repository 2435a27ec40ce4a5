"""What search needs beside the articles: words, synonyms, and what was looked for."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models.articles import Article, ArticleText


class Word(models.Model):
    """A word that stands in some published article: what a typing error may have meant.

    What a reader is offered is asked of the articles that they may read, so no word tells of another.
    """

    word = models.CharField(max_length=40, primary_key=True)

    class Meta:
        indexes = [GinIndex(fields=["word"], name="word_trigrams", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word


class SynonymSet(models.Model):
    """Words that mean the same in this firm: whoever looks for one finds all of them."""

    words = models.CharField(
        _("words"), max_length=300, unique=True, help_text=_("Separated by commas: printer, plotter, MFP")
    )

    class Meta:
        verbose_name = _("set of synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words


class SearchTerm(models.Model):
    """What was looked for on one day in one language, how often, and what came of it; not by whom."""

    day = models.DateField(_("day"))
    language = models.CharField(_("language"), max_length=5, choices=ArticleText.Language.choices)
    query = models.CharField(_("search"), max_length=100)
    searches = models.PositiveIntegerField(_("searches"), default=0)
    without_result = models.PositiveIntegerField(_("without a result"), default=0)
    clicks = models.PositiveIntegerField(_("articles opened"), default=0)

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        ordering = ["-day", "-searches"]
        constraints = [
            models.UniqueConstraint(fields=["day", "language", "query"], name="one_term_for_each_day")
        ]

    def __str__(self) -> str:
        return self.query


class SearchClick(models.Model):
    """How often an article was opened from the results of a search."""

    term = models.ForeignKey(SearchTerm, related_name="opened", on_delete=models.CASCADE)
    article = models.ForeignKey(Article, related_name="+", on_delete=models.CASCADE)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "article"], name="one_click_row_for_each")]

    def __str__(self) -> str:
        return f"{self.term_id} {self.article_id}"
