"""Counting what is looked for, so that editors learn what is missing. Nobody's name is kept."""

from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from contracts.queries import company_zone
from knowledge.models import Article, SearchClick, SearchTerm
from knowledge.rules.searching import recordable

MOST_TERMS_A_DAY = 10_000
"""Whoever floods the search fills no disk: later terms of that day are not counted."""
KEPT = timedelta(days=90)
_SALT = "knowledge.searches"
_COUNT = """
INSERT INTO knowledge_searchterm (day, language, query, searches, without_result, clicks)
SELECT %(day)s, %(language)s, %(query)s, 1, %(without)s, 0
WHERE (SELECT count(*) FROM knowledge_searchterm WHERE day = %(day)s) < %(most)s
ON CONFLICT (day, language, query) DO UPDATE SET searches = knowledge_searchterm.searches + 1,
without_result = knowledge_searchterm.without_result + excluded.without_result RETURNING id
"""


def note_search(*, text: str, language: str, found: int, at: datetime | None = None) -> str:
    """Count a search and return the mark that its results carry, for `note_click`; empty if not counted."""
    query = recordable(text)
    if not query:
        return ""
    params: dict[str, Any] = {
        "day": (at or timezone.now()).astimezone(company_zone()).date(),
        "language": language,
        "query": query,
        "without": int(found == 0),
        "most": MOST_TERMS_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, params)
        row = cursor.fetchone()
    return signing.dumps(row[0], salt=_SALT) if row else ""


def note_click(*, mark: str, article_id: int) -> None:
    """Count that an article was opened from results. A mark or article that is none counts nothing."""
    try:
        term_id = int(signing.loads(mark, salt=_SALT, max_age=timedelta(days=1)))
    except (signing.BadSignature, ValueError):
        return
    is_known = SearchTerm.objects.filter(pk=term_id).exists()
    if not (is_known and Article.objects.filter(pk=article_id).exists()):
        return
    with transaction.atomic():
        click, _is_new = SearchClick.objects.get_or_create(term_id=term_id, article_id=article_id)
        SearchClick.objects.filter(pk=click.pk).update(count=F("count") + 1)
        SearchTerm.objects.filter(pk=term_id).update(clicks=F("clicks") + 1)


def forget(*, at: datetime) -> int:
    """Delete what was looked for long ago. Returns how many terms."""
    until = (at - KEPT).astimezone(company_zone()).date()
    deleted, _by_model = SearchTerm.objects.filter(day__lt=until).delete()
    return deleted
