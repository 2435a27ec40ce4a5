"""Who would read more if a category were changed: asked before it is."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from knowledge.models import Article, Category
from knowledge.rules.visibility import reach_of


@dataclass(frozen=True)
class Widening:
    """How many published articles would become visible to a wider circle."""

    reach: int
    count: int


def widened_by(category: Category) -> list[Widening]:
    """What saving this category as it is now would open, by the circle it would be opened to.

    Narrowing opens nothing. A category that stands in itself opens nothing either: saving it is refused.
    """
    if category._state.adding:
        return []
    known = {one.pk: one for one in Category.objects.all()}
    known[category.pk] = category
    opened: Counter[int] = Counter()
    published = (
        Article.objects.filter(archived_at__isnull=True, texts__live__isnull=False)
        .values("category_id", "visibility", "reach")
        .annotate(count=Count("pk", distinct=True))
        .order_by()
    )
    for row in published:
        wanted = reach_of(row["visibility"], *_visibilities(known, row["category_id"]))
        if wanted < row["reach"]:
            opened[wanted] += row["count"]
    return [Widening(reach, count) for reach, count in sorted(opened.items())]


def _visibilities(known: dict[int, Category], category_id: int) -> list[int]:
    """Those of a category and everything it stands in."""
    found: dict[int, int] = {}
    at: int | None = category_id
    while at is not None and at not in found:
        found[at] = known[at].visibility
        at = known[at].parent_id
    return list(found.values())
