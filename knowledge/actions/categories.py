"""Shelving: categories, and how far everything on them may be seen."""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from knowledge.actions.writing import lock_shelves, require_editor
from knowledge.models import Article, Category
from knowledge.rules.visibility import reach_of

DEEPEST = 3


class CannotShelve(Exception):
    """This category cannot stand there. `why`: ``circle`` (in itself), ``too_deep``, ``not_empty``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def save(*, category: Category, by: User | None, at: datetime | None = None) -> Category:
    """Create or change a category; whatever stands on it is narrowed or widened with it at once.

    Error: CannotShelve, NotAnEditor.
    """
    require_editor(by)
    is_new = category.pk is None
    lock_shelves()
    above = _above(category)
    if len(above) >= DEEPEST:
        raise CannotShelve("too_deep")
    category.reach = reach_of(category.visibility, *(one.visibility for one in above))
    category.full_clean(validate_unique=False, exclude=["reach"])
    category.save()
    _narrow(category, depth=len(above) + 1)
    verb = "category.created" if is_new else "category.changed"
    auditing.record(by=by, verb=verb, what=category, at=at, details={"visibility": category.visibility})
    return category


@transaction.atomic
def delete(*, category: Category, by: User | None, at: datetime | None = None) -> None:
    """Take an empty category away. Error: CannotShelve where something stands on it, NotAnEditor."""
    require_editor(by)
    if category.articles.exists() or category.children.exists():
        raise CannotShelve("not_empty")
    auditing.record(by=by, verb="category.deleted", what=category, at=at)
    category.delete()


def _above(category: Category) -> list[Category]:
    """The categories this one stands in, the nearest first. Error: CannotShelve for a circle.

    Read anew: what a form has loaded may have been narrowed before everything was locked.
    """
    found: list[Category] = []
    parent = Category.objects.get(pk=category.parent_id) if category.parent_id else None
    while parent is not None:
        if parent.pk == category.pk or parent in found:
            raise CannotShelve("circle")
        found.append(parent)
        parent = parent.parent
    return found


def _narrow(category: Category, *, depth: int) -> None:
    """Work out anew how far everything on this shelf may be seen."""
    for visibility in set(category.articles.values_list("visibility", flat=True)):
        reach = reach_of(visibility, category.reach)
        Article.objects.filter(category=category, visibility=visibility).exclude(reach=reach).update(
            reach=reach
        )
    for child in category.children.all():
        if depth >= DEEPEST:
            raise CannotShelve("too_deep")
        child.reach = reach_of(child.visibility, category.reach)
        child.save(update_fields=["reach"])
        _narrow(child, depth=depth + 1)
