"""An article as its page shows it, in one question that needs no building: the page has to be quick.

What comes back is what knowledge/access.py would let this reader load.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from knowledge.access import READABLE, Reader
from knowledge.models import Category

BEGINNING = 160
_SQL = """
SELECT text.article_id, text.language, text.title, text.slug, text.summary, text.html,
left(text.plain, %s), text.published_at, article.reach, shelf.id, shelf.name_de, shelf.name_en,
above.id, above.name_de, above.name_en, top.id, top.name_de, top.name_en
FROM knowledge_articletext AS text JOIN knowledge_article AS article ON article.id = text.article_id
JOIN knowledge_category AS shelf ON shelf.id = article.category_id
LEFT JOIN knowledge_category AS above ON above.id = shelf.parent_id
LEFT JOIN knowledge_category AS top ON top.id = above.parent_id
WHERE text.article_id = %s AND text.language = %s
AND READABLE %s
""".replace("READABLE", READABLE)
_COLUMNS = 9
_OF_A_SHELF = 3
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Reading:
    """A text to read. `beginning`: of its words; `shelves`: where it stands, the outermost first."""

    article_id: int
    language: str
    title: str
    slug: str
    summary: str
    html: str
    beginning: str
    published_at: datetime
    reach: int
    shelves: tuple[Category, ...]


def read(reader: Reader, article_id: int, language: str) -> Reading | None:
    """The text, if this reader may read it; None for unknown, unpublished, archived and forbidden alike."""
    if article_id > LARGEST_ID:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [BEGINNING, article_id, language, int(reader.reach)])
        row = cursor.fetchone()
    if row is None:
        return None
    parts = [row[at : at + _OF_A_SHELF] for at in range(_COLUMNS, len(row), _OF_A_SHELF)]
    shelves = [Category(id=pk, name_de=de, name_en=en) for pk, de, en in reversed(parts) if pk is not None]
    return Reading(*(*row[:_COLUMNS], tuple(shelves)))
