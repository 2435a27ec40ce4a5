"""What else a reader of an article may want to read."""

from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from knowledge.actions.writing import require_editor
from knowledge.models import Article


@transaction.atomic
def relate(
    *, article: Article, other: Article, is_related: bool, by: User | None, at: datetime | None = None
) -> None:
    """Say that two articles belong together, or no longer do; it holds both ways. Error: NotAnEditor."""
    require_editor(by)
    if article.pk == other.pk:
        return
    if is_related:
        article.related.add(other)
    else:
        article.related.remove(other)
    verb = "article.related" if is_related else "article.unrelated"
    auditing.record(by=by, verb=verb, what=article, at=at, details={"other": other.pk})
