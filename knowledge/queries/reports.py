"""What readers look for and do not find: reports for editors."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet, Sum

from knowledge.models import ArticleText, SearchClick, SearchTerm
from knowledge.rules.addresses import short_path

DAYS = 30
MOST = 25


@dataclass(frozen=True)
class TermLine:
    """One search of the last weeks: how often, how often without a result, and what was opened most."""

    query: str
    language: str
    searches: int
    without_result: int
    clicks: int
    opened_id: int | None = None
    opened_title: str = ""

    @property
    def opened_url(self) -> str:
        """Where that article is read."""
        return short_path(self.opened_id) if self.opened_id else ""


@dataclass(frozen=True)
class SearchReport:
    """`missing`: nothing was found; `ignored`: something was, but nobody opened it; `common`: asked most."""

    missing: tuple[TermLine, ...]
    ignored: tuple[TermLine, ...]
    common: tuple[TermLine, ...]
    searches: int
    clicks: int

    @property
    def share_opened(self) -> int:
        """Of a hundred searches, how many led to an article."""
        return round(100 * min(self.clicks, self.searches) / self.searches) if self.searches else 0


def search_report(today: date, language: str) -> SearchReport:
    """The searches of the last `DAYS` days, `MOST` lines of each kind, in six queries."""
    terms = SearchTerm.objects.filter(day__gt=today - timedelta(days=DAYS))
    summed = (
        terms.values("query", "language")
        .annotate(asked=Sum("searches"), missed=Sum("without_result"), followed=Sum("clicks"))
        .order_by("-asked", "query")
    )
    total = terms.aggregate(searches=Sum("searches"), clicks=Sum("clicks"))
    common = _lines(summed)
    return SearchReport(
        missing=_lines(summed.filter(missed__gt=0).order_by("-missed", "query")),
        ignored=_lines(summed.filter(missed__lt=F("asked"), followed=0, asked__gt=1)),
        common=_with_opened(common, terms, language),
        searches=total["searches"] or 0,
        clicks=total["clicks"] or 0,
    )


def _lines(rows: QuerySet[Any, Any]) -> tuple[TermLine, ...]:
    return tuple(
        TermLine(row["query"], row["language"], row["asked"], row["missed"], row["followed"])
        for row in rows[:MOST]
    )


def _with_opened(
    lines: tuple[TermLine, ...], terms: QuerySet[SearchTerm], language: str
) -> tuple[TermLine, ...]:
    """The lines with the article that was opened most after each."""
    counted = (
        SearchClick.objects.filter(term__in=terms.filter(query__in=[line.query for line in lines]))
        .values("term__query", "term__language", "article_id")
        .annotate(times=Sum("count"))
        .order_by("times", "article_id")
    )
    best = {(row["term__query"], row["term__language"]): row["article_id"] for row in counted}
    titles = _titles(set(best.values()), language)
    opened = [best.get((line.query, line.language)) for line in lines]
    return tuple(
        replace(line, opened_id=article_id, opened_title=titles.get(article_id or 0, ""))
        for line, article_id in zip(lines, opened, strict=True)
    )


def _titles(article_ids: set[int], language: str) -> dict[int, str]:
    """What these articles are called, in a language where they have it."""
    texts = ArticleText.objects.filter(article_id__in=article_ids).select_related("working")
    ordered = sorted(texts, key=lambda text: text.language == language)
    return {text.article_id: text.title or (text.working.title if text.working else "") for text in ordered}
