"""Files and images of articles: taking them in, and throwing away what nothing shows."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from knowledge.actions.writing import require_editor
from knowledge.models import Article, ArticleFile, ArticleText
from knowledge.models.files import storage_name
from knowledge.rules.addresses import file_key
from lib.file_types import HEAD, type_of
from lib.markdown import addresses_in
from lib.uploads import MEGABYTE, clean_file_name


class TooMuch(Exception):
    """The article's files would be larger than ARTICLE_FILES_MEGABYTES together."""


class NotStored(Exception):
    """The disk did not take the file."""


class IsShown(Exception):
    """A text of the article shows the file, or offers it."""


@transaction.atomic
def add(*, article: Article, file: File[bytes], by: User | None, at: datetime | None = None) -> ArticleFile:
    """Keep a file for an article; the same contents twice are one file. What it is, its contents say.

    A transaction that fails may leave a file without a row, never a row without a file.
    Error: NotAnEditor, TooMuch, NotStored.
    """
    require_editor(by)
    Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    digest, head = hashlib.sha256(), b""
    for chunk in file.chunks():
        head = head if len(head) >= HEAD else head + chunk[:HEAD]
        digest.update(chunk)
    name, size = clean_file_name(file.name), file.size or 0
    known = ArticleFile.objects.filter(article=article, sha256=digest.hexdigest(), name=name).first()
    if known is not None:
        return known
    _require_room(article, size)
    row = ArticleFile(
        article=article,
        key=secrets.token_urlsafe(32),
        name=name,
        size=size,
        content_type=type_of(head[:HEAD]),
        sha256=digest.hexdigest(),
        added_by=by,
        added_at=at or timezone.now(),
    )
    try:
        row.file.save(name, file, save=False)
    except OSError as error:
        raise NotStored from error
    row.save()
    auditing.record(by=by, verb="article.file_added", what=article, at=at, details={"name": name})
    return row


@transaction.atomic
def remove(*, file: ArticleFile, by: User | None, at: datetime | None = None) -> None:
    """Throw away a file that no text shows, neither the one readers see nor the one in work.

    Error: NotAnEditor, IsShown.
    """
    require_editor(by)
    Article.objects.select_for_update(no_key=True).get(pk=file.article_id)
    if file.key in keys_in_use(file.article_id):
        raise IsShown
    auditing.record(by=by, verb="article.file_removed", what=file.article, at=at, details={"name": file.name})
    storage, path = file.file.storage, storage_name(file, "")
    file.delete()
    transaction.on_commit(lambda: storage.delete(path))


def keys_in_use(article_id: int) -> set[str]:
    """The keys of the files that the article's texts show or offer."""
    texts = ArticleText.objects.filter(article_id=article_id).values_list("working__body", "live__body")
    bodies = {body for pair in texts for body in pair if body}
    return {file_key(address) for body in bodies for address in addresses_in(body)} - {""}


def _require_room(article: Article, size: int) -> None:
    taken = ArticleFile.objects.filter(article=article).aggregate(taken=Sum("size"))["taken"] or 0
    if taken + size > settings.ARTICLE_FILES_MEGABYTES * MEGABYTE:
        raise TooMuch
