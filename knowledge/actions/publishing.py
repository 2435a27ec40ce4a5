"""What readers see: publishing, withdrawing, archiving."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.actions import auditing
from accounts.models import User
from knowledge.actions.indexing import index
from knowledge.actions.writing import require_editor
from knowledge.models import Article, ArticleFile, ArticleText, Revision
from knowledge.models.articles import LONGEST_SLUG
from knowledge.rules.addresses import file_key, resolve
from lib.markdown import addresses_in, to_html, to_plain
from lib.sorting import german_sort_key


class CannotPublish(Exception):
    """There is nothing to publish, the article is archived, or what was looked at is no longer the newest."""


@transaction.atomic
def ask_for_review(*, text: ArticleText, by: User | None, at: datetime | None = None) -> ArticleText:
    """Say that a colleague should read the draft. Error: NotAnEditor, CannotPublish."""
    require_editor(by)
    row = _locked(text)
    if row.state != ArticleText.State.DRAFT or row.working is None:
        raise CannotPublish
    row.state = ArticleText.State.REVIEW
    row.save(update_fields=["state"])
    auditing.record(by=by, verb="article.review_asked", what=row.article, at=at, details=_details(row))
    return row


@transaction.atomic
def publish(
    *, text: ArticleText, by: User | None, number: int | None = None, at: datetime | None = None
) -> ArticleText:
    """Show readers the revision that is being worked on. Error: NotAnEditor, CannotPublish.

    `number` is the revision that somebody has looked at: what a colleague saved since is not published by it.
    """
    require_editor(by)
    row, now = _locked(text), at or timezone.now()
    if row.working is None or row.article.archived_at is not None:
        raise CannotPublish
    if number is not None and row.working.number != number:
        raise CannotPublish
    row.live, row.state = row.working, ArticleText.State.PUBLISHED
    show(row, row.working)
    row.published_at = row.changed_at = now
    row.save()
    index(row)
    _mark(row.article)
    auditing.record(by=by, verb="article.published", what=row.article, at=at, details=_details(row))
    return row


@transaction.atomic
def withdraw(*, text: ArticleText, by: User | None, at: datetime | None = None) -> ArticleText:
    """Take a text away from readers; what was written stays as a draft. Error: NotAnEditor, CannotPublish."""
    require_editor(by)
    row = _locked(text)
    if row.live is None:
        raise CannotPublish
    row.live, row.state = None, ArticleText.State.DRAFT
    row.heading = row.search = None
    row.title = row.slug = row.summary = row.html = row.plain = ""
    row.save()
    _mark(row.article)
    auditing.record(by=by, verb="article.withdrawn", what=row.article, at=at, details=_details(row))
    return row


@transaction.atomic
def archive(*, article: Article, by: User | None, at: datetime | None = None) -> Article:
    """Put an article away in all its languages; editors can take it back. Error: NotAnEditor."""
    return _set_archived(article, at or timezone.now(), "article.archived", by=by, at=at)


@transaction.atomic
def restore(*, article: Article, by: User | None, at: datetime | None = None) -> Article:
    """Show an archived article again as it was. Error: NotAnEditor."""
    return _set_archived(article, None, "article.restored", by=by, at=at)


def show(row: ArticleText, shown: Revision) -> None:
    """Fill in what readers see from a revision."""
    row.title, row.summary = shown.title, shown.summary
    row.slug = slugify(german_sort_key(row.title))[:LONGEST_SLUG].strip("-") or "article"
    row.html = to_html(shown.body, resolve=resolve)
    row.plain = to_plain(row.html)


def _mark(article: Article) -> None:
    """Note whether readers see a text of this article, and which of its files such a text shows."""
    texts = ArticleText.objects.filter(article=article, live__isnull=False)
    bodies = list(texts.values_list("live__body", flat=True))
    Article.objects.filter(pk=article.pk).update(is_live=bool(bodies))
    shown = {file_key(address) for body in bodies for address in addresses_in(body)} - {""}
    files = ArticleFile.objects.filter(article=article)
    files.filter(key__in=shown).update(is_live=True)
    files.exclude(key__in=shown).update(is_live=False)


def _set_archived(
    article: Article, moment: datetime | None, verb: str, *, by: User | None, at: datetime | None
) -> Article:
    require_editor(by)
    row = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    if (row.archived_at is None) != (moment is None):
        row.archived_at = moment
        row.save(update_fields=["archived_at"])
        auditing.record(by=by, verb=verb, what=row, at=at)
    return row


def _locked(text: ArticleText) -> ArticleText:
    """The text as it is now, with its article; nobody else changes either until this transaction ends."""
    article = Article.objects.select_for_update(no_key=True).get(pk=text.article_id)
    row = ArticleText.objects.select_related("working", "live").get(pk=text.pk)
    row.article = article
    return row


def _details(row: ArticleText) -> dict[str, object]:
    return {"language": row.language, "number": row.working.number if row.working else None}
