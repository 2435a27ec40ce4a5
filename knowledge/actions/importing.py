"""Importing a folder: each page a text of an article, its pictures as files, its links as links of ours.

Importing once more brings up to date what changed in the folder, and leaves alone what was edited here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from knowledge.actions import files as file_actions
from knowledge.actions import publishing, writing
from knowledge.actions.files import NotStored, TooMuch
from knowledge.actions.publishing import CannotPublish
from knowledge.actions.writing import Draft, require_editor
from knowledge.gateways import folders
from knowledge.models import Article, ArticleText, Category
from knowledge.models.articles import LONGEST_TITLE
from knowledge.rules import front_matter, importing
from knowledge.rules.visibility import reach_of
from lib.foreign_html import TooTangled, to_markdown
from lib.uploads import MEGABYTE

LONGEST_BODY = 200_000
LONGEST_SUMMARY = 300
LONGEST_SOURCE = 500


@dataclass(frozen=True)
class Options:
    """What holds for pages that do not say otherwise themselves."""

    category: Category | None = None
    language: str = "de"
    visibility: int = 4
    publish: bool = False
    overwrite: bool = False


@dataclass
class Line:
    """What became of a file.

    `what`: ``made``, ``changed``, ``same``, ``kept`` (it was edited here since), ``skipped``.
    `why` says why it was skipped; `notes` name what in it could not be taken over, as (reason, address).
    """

    path: str
    what: str = ""
    why: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Page:
    """A file that can become a text."""

    line: Line
    key: str
    language: str
    category: Category
    visibility: int
    named_visibility: int
    draft: Draft


class _Skip(Exception):
    """This file cannot become a text. `args[0]`: why."""


@transaction.atomic
def import_folder(
    *,
    folder: Path,
    options: Options,
    by: User | None,
    is_dry_run: bool = False,
    at: datetime | None = None,
) -> list[Line]:
    """Import every page of a folder; a file that cannot be taken is named and left out, the others come in.

    A dry run says what would happen and stores nothing. Errors: NotAFolder, NotAnEditor.
    """
    require_editor(by)
    found = folders.files_of(folder)
    writing.lock_shelves()
    lines = [Line(one.path, "skipped", one.refused) for one in found if one.refused]
    run = _Run(
        folder, options, by, at or timezone.now(), is_dry_run, {one.path for one in found if not one.refused}
    )
    lines += run.bring_in(one.path for one in found if not one.refused and importing.is_page(one.path))
    if is_dry_run:
        transaction.set_rollback(True)
    return sorted(lines, key=lambda line: line.path)


@dataclass
class _Run:
    folder: Path
    options: Options
    by: User | None
    at: datetime
    is_dry_run: bool
    there: set[str]
    articles: dict[str, Article] = field(default_factory=dict)
    by_path: dict[str, int] = field(default_factory=dict)

    def bring_in(self, paths: Iterable[str]) -> list[Line]:
        """First find or begin every article, so that links between them have somewhere to lead."""
        lines, pages, seen = [], [], set()
        for path in paths:
            line = Line(path)
            lines.append(line)
            try:
                page = self._read(line)
                if (page.key, page.language) in seen:
                    raise _Skip("twice")
                self.by_path[path] = self._article(page).pk
            except _Skip as why:
                line.what, line.why = "skipped", str(why)
                continue
            seen.add((page.key, page.language))
            pages.append(page)
        for page in pages:
            self._write(page)
        return lines

    def _read(self, line: Line) -> _Page:
        """Read a page and what it says of itself. Error: _Skip."""
        source = self._source(line.path)
        head = front_matter.split("" if importing.is_html(line.path) else source)
        if importing.is_html(line.path):
            title, body = _converted(source)
        else:
            title, body = front_matter.title_in(head.body)
        line.notes += [("unknown_key", key) for key in head.unknown]
        key, named_language = importing.key_of(line.path)
        values = head.values
        language = values.get("language", "").lower()[:2] or named_language or self.options.language
        summary = values.get("summary", "")
        if len(summary) > LONGEST_SUMMARY:
            line.notes.append(("summary_cut", ""))
        title = values.get("title") or title or Path(key).name.replace("-", " ").replace("_", " ").strip()
        _require(language in importing.LANGUAGES, "language")
        _require(0 < len(title) <= LONGEST_TITLE, "title")
        _require(bool(body.strip()), "empty")
        _require(len(body) <= LONGEST_BODY, "large")
        _require(len(self._name(key)) <= LONGEST_SOURCE, "path")
        draft = Draft(title=title, body=body, summary=summary[:LONGEST_SUMMARY])
        named = _named_visibility(values)
        visibility = named or self.options.visibility
        return _Page(line, key, language, self._category(values), visibility, named, draft)

    def _source(self, path: str) -> str:
        try:
            source = folders.read_page(self.folder, path)
        except OSError:
            raise _Skip("unreadable") from None
        if source is None:
            raise _Skip("encoding")
        return source

    def _category(self, values: dict[str, str]) -> Category:
        wanted = values.get("category", "").casefold()
        if not wanted:
            _require(self.options.category is not None, "no_category")
        named = (
            one
            for one in Category.objects.all()
            if wanted in (one.name_de.casefold(), one.name_en.casefold())
        )
        category = next(named, None) if wanted else self.options.category
        if category is None:
            raise _Skip("category")
        return category

    def _name(self, key: str) -> str:
        return f"{self.folder.resolve().name}/{key}"

    def _article(self, page: _Page) -> Article:
        """The article of this source; where it stands is decided once, afterwards editors do.

        Error: _Skip for a page that names a narrower circle than its article is in.
        """
        source = self._name(page.key)
        known = self.articles.get(source) or Article.objects.filter(source=source).first()
        if known is None:
            known = Article.objects.create(
                category=page.category,
                visibility=page.visibility,
                reach=reach_of(page.visibility, writing.reach_now(page.category)),
                created_at=self.at,
                source=source,
            )
            auditing.record(
                by=self.by, verb="article.created", what=known, at=self.at, details={"source": source}
            )
        _require(page.named_visibility <= known.reach, "wider")
        self.articles[source] = known
        return known

    def _write(self, page: _Page) -> None:
        article = self.articles[self._name(page.key)]
        body = importing.readdressed(
            page.draft.body, lambda address: self._answer(address, page.line, article)
        )
        draft = Draft(page.draft.title, body, page.draft.summary, note="Import")
        text = (
            ArticleText.objects.select_related("working")
            .filter(article=article, language=page.language)
            .first()
        )
        page.line.what = self._fate(text, draft)
        if page.line.what in ("made", "changed"):
            text = writing.write(article=article, language=page.language, draft=draft, by=self.by, at=self.at)
        if text and self.options.publish and page.line.what != "kept" and text.live_id != text.working_id:
            self._publish(text, page.line)

    def _publish(self, text: ArticleText, line: Line) -> None:
        try:
            publishing.publish(text=text, by=self.by, at=self.at)
        except CannotPublish:
            line.notes.append(("archived", ""))

    def _fate(self, text: ArticleText | None, draft: Draft) -> str:
        working = text.working if text else None
        if working is None:
            return "made"
        if (working.title, working.summary, working.body) == (draft.title, draft.summary, draft.body):
            return "same"
        is_ours = working.author_id is not None or bool(working.author_name)
        return "kept" if is_ours and not self.options.overwrite else "changed"

    def _answer(self, address: str, line: Line, article: Article) -> str | None:
        """What a relative address becomes; what cannot be found stays as it is and is named."""
        target = importing.target_of(address, line.path)
        if target is None:
            return None
        if target in self.by_path:
            return f"article:{self.by_path[target]}"
        if target.startswith(".."):
            line.notes.append(("outside", address))
        elif target not in self.there or importing.is_page(target):
            line.notes.append(("nowhere", address))
        else:
            return self._file(target, line, article)
        return None

    def _file(self, path: str, line: Line, article: Article) -> str | None:
        """Keep a picture or file that the page shows or offers."""
        try:
            content = folders.read_file(self.folder, path, settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE)
            if content is None:
                raise TooMuch
            if self.is_dry_run:
                return "attachment:dry-run"
            name = Path(path).name
            file = ContentFile(content, name=name)
            row = file_actions.add(article=article, file=file, by=self.by, at=self.at)
        except (OSError, NotStored):
            line.notes.append(("unreadable", path))
        except TooMuch:
            line.notes.append(("large", path))
        else:
            return f"attachment:{row.key}"
        return None


def _named_visibility(values: dict[str, str]) -> int:
    """How far the file says that it may be seen; 0 where it says nothing. Error: _Skip for no such circle."""
    wanted = values.get("visibility", "").lower()
    _require(not wanted or wanted in front_matter.VISIBILITIES, "visibility")
    return front_matter.VISIBILITIES[wanted] if wanted else 0


def _converted(source: str) -> tuple[str, str]:
    try:
        page = to_markdown(source)
    except TooTangled:
        raise _Skip("tangled") from None
    return page.title, page.body


def _require(holds: bool, why: str) -> None:  # noqa: FBT001
    if not holds:
        raise _Skip(why)
