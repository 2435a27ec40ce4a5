"""Writing articles: a new one, another revision, where it stands and who may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from knowledge.models import Article, ArticleText, Category, Revision
from knowledge.rules.visibility import reach_of


class NotAnEditor(Exception):
    """Only editors write."""


class WasChanged(Exception):
    """Somebody else saved a revision meanwhile. `latest` is theirs."""

    def __init__(self, latest: Revision) -> None:
        super().__init__(str(latest))
        self.latest = latest


@dataclass(frozen=True)
class Draft:
    """What an editor typed. The body is Markdown."""

    title: str
    body: str
    summary: str = ""
    note: str = ""


@transaction.atomic
def create(
    *,
    category: Category,
    language: str,
    draft: Draft,
    by: User | None,
    visibility: int = 1,
    at: datetime | None = None,
) -> ArticleText:
    """Begin an article in one language, as a draft. Error: NotAnEditor."""
    require_editor(by)
    now = at or timezone.now()
    article = Article.objects.create(
        category=category,
        visibility=visibility,
        reach=reach_of(visibility, reach_now(category)),
        created_at=now,
    )
    auditing.record(by=by, verb="article.created", what=article, at=at)
    return write(article=article, language=language, draft=draft, by=by, at=at)


@transaction.atomic
def write(
    *,
    article: Article,
    language: str,
    draft: Draft,
    by: User | None,
    based_on: int | None = None,
    at: datetime | None = None,
) -> ArticleText:
    """Save a revision; what readers see does not change by it.

    `based_on` is the number of the revision that the editor began with; None where there is nothing to lose.
    Error: NotAnEditor; WasChanged where another revision came in between.
    """
    require_editor(by)
    now = at or timezone.now()
    Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    text, _is_new = ArticleText.objects.get_or_create(
        article=article, language=language, defaults={"changed_at": now}
    )
    working = text.working
    if working is not None and based_on is not None and working.number != based_on:
        raise WasChanged(working)
    latest = text.revisions.aggregate(latest=Max("number"))["latest"] or 0
    text.working = Revision.objects.create(
        text=text,
        number=latest + 1,
        title=draft.title,
        summary=draft.summary,
        body=draft.body,
        note=draft.note,
        author=by,
        author_name=by.display_name if by else "",
        at=now,
    )
    text.state, text.changed_at = ArticleText.State.DRAFT, now
    text.save(update_fields=["working", "state", "changed_at"])
    auditing.record(
        by=by,
        verb="article.written",
        what=article,
        at=at,
        details={"language": language, "number": latest + 1},
    )
    return text


@transaction.atomic
def place(
    *,
    article: Article,
    category: Category,
    visibility: int,
    by: User | None,
    related: Iterable[Article] | None = None,
    at: datetime | None = None,
) -> Article:
    """Say where an article stands and who may see it: holds at once, at every door. Error: NotAnEditor."""
    require_editor(by)
    above = reach_now(category)  # before the article: whoever narrows a category locks in this order, too
    row = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    row.category, row.visibility = category, visibility
    row.reach = reach_of(visibility, above)
    row.save(update_fields=["category", "visibility", "reach"])
    if related is not None:
        row.related.set(one for one in related if one.pk != row.pk)
    auditing.record(by=by, verb="article.placed", what=row, at=at, details={"visibility": visibility})
    return row


def require_editor(by: User | None) -> None:
    """Error: NotAnEditor unless this is one; None is the system itself (the demo, an import by command)."""
    if by is not None and not (by.is_active and by.is_editor):
        raise NotAnEditor


def lock_shelves() -> None:
    """Keep every category as it is until this transaction ends: one shelf is moved at a time."""
    list(Category.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def reach_now(category: Category) -> int:
    """How far the category may be seen as it is now; it cannot be changed until this transaction ends."""
    return Category.objects.select_for_update(no_key=True).get(pk=category.pk).reach
