"""Counting what is looked for, so that editors learn what is missing. Nobody's name is kept."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from contracts.queries import company_zone
from knowledge.gateways.search_marks import read_mark
from knowledge.models import Article, SearchClick, SearchTerm
from knowledge.rules.searching import recordable

MOST_TERMS_A_DAY = 10_000
"""Whoever floods the search fills no disk: later terms of that day are not counted."""
KEPT = timedelta(days=90)
_COUNT = """
INSERT INTO knowledge_searchterm (day, language, query, searches, without_result, clicks)
SELECT %(day)s, %(language)s, %(query)s, %(searches)s, %(without)s, 0
WHERE (SELECT count(*) FROM knowledge_searchterm WHERE day = %(day)s) < %(most)s
ON CONFLICT (day, language, query) DO UPDATE SET searches = knowledge_searchterm.searches + excluded.searches,
without_result = knowledge_searchterm.without_result + excluded.without_result RETURNING id
"""


def note_search(*, text: str, language: str, found: int, at: datetime | None = None) -> None:
    """Count a search and whether it found anything."""
    _count(recordable(text), language, searches=1, without=int(found == 0), at=at)


def note_click(*, mark: str, article_id: int, at: datetime | None = None) -> None:
    """Count that an article was opened from results. A mark or article that is none counts nothing."""
    found = read_mark(mark)
    if found is None or not Article.objects.filter(pk=article_id).exists():
        return
    with transaction.atomic():
        term_id = _count(found.query, found.language, searches=0 if found.is_counted else 1, without=0, at=at)
        if term_id is not None:
            click, _is_new = SearchClick.objects.get_or_create(term_id=term_id, article_id=article_id)
            SearchClick.objects.filter(pk=click.pk).update(count=F("count") + 1)
            SearchTerm.objects.filter(pk=term_id).update(clicks=F("clicks") + 1)


def forget(*, at: datetime) -> int:
    """Delete what was looked for long ago. Returns how many terms."""
    until = (at - KEPT).astimezone(company_zone()).date()
    deleted, _by_model = SearchTerm.objects.filter(day__lt=until).delete()
    return deleted


def _count(query: str, language: str, *, searches: int, without: int, at: datetime | None) -> int | None:
    """Add to today's row of a term and return its id; None where nothing was asked or the day is full."""
    if not query:
        return None
    params: dict[str, Any] = {
        "day": (at or timezone.now()).astimezone(company_zone()).date(),
        "language": language,
        "query": query,
        "searches": searches,
        "without": without,
        "most": MOST_TERMS_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, params)
        row = cursor.fetchone()
    return int(row[0]) if row else None
