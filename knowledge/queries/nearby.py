"""What leads on from an article, found in one question: the page of an article has to be quick.

Only texts that the reader may read come back, as knowledge/access.py says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from knowledge.access import READABLE, Reader
from knowledge.rules.addresses import article_path

SHELF_MATES = 12
_SQL = """
SELECT text.article_id, text.language, text.title, text.slug
FROM (SELECT array_agg(id ORDER BY rank, id DESC) AS ids FROM (
SELECT %(article)s AS id, 0 AS rank
UNION ALL SELECT to_article_id, 1 FROM knowledge_article_related WHERE from_article_id = %(article)s
UNION ALL SELECT unnest(%(linked)s::bigint[]), 2
UNION ALL (SELECT mate.id, 3 FROM knowledge_article AS mate WHERE mate.category_id = %(category)s
AND mate.is_live AND mate.archived_at IS NULL AND mate.reach <= %(reach)s AND mate.id <> %(article)s
ORDER BY mate.id DESC LIMIT %(mates)s)
) AS every) AS near
JOIN knowledge_articletext AS text ON text.article_id = ANY (near.ids)
JOIN knowledge_article AS article ON article.id = text.article_id
WHERE READABLE %(reach)s
ORDER BY array_position(near.ids, text.article_id)
""".replace("READABLE", READABLE)


@dataclass(frozen=True, slots=True)
class Nearby:
    """A text that may be read from here."""

    article_id: int
    language: str
    title: str
    slug: str

    @property
    def url(self) -> str:
        """Where it is read."""
        return article_path(self.article_id, self.language, self.slug)


def nearby(reader: Reader, article_id: int, category_id: int, linked: Sequence[int]) -> list[Nearby]:
    """The article's own texts first, then those of articles that editors named, that it links to (`linked`,
    ids), and the newest of its shelf: in every language the reader may read."""
    params: Any = {
        "article": article_id,
        "category": category_id,
        "linked": list(linked),
        "reach": int(reader.reach),
        "mates": SHELF_MATES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, params)
        return [Nearby(*row) for row in cursor.fetchall()]
