"""What stands beside an article while it is edited."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from knowledge.models import Article, ArticleFile, ArticleText, Feedback
from knowledge.queries.checking import linking_here, title_of
from knowledge.queries.editing import LANGUAGES, TextState, state_code
from knowledge.rules.addresses import file_key, resolve
from lib.file_types import SHOWN
from lib.markdown import addresses_in, to_html


@dataclass(frozen=True)
class FileRow:
    """A file of the article. `address`: what a text writes for it; `is_used`: a text does."""

    file: ArticleFile
    address: str
    is_picture: bool
    is_used: bool


@dataclass(frozen=True)
class Named:
    """An article by its title, in a language it has."""

    pk: int
    title: str
    is_archived: bool = False


@dataclass(frozen=True)
class Other:
    """The text in the other language, to translate from."""

    text: ArticleText
    title: str
    html: str


@dataclass(frozen=True)
class Panel:
    """State, files, links and voices of an article, with one of its texts in view."""

    states: list[TextState]
    code: str
    other: Other | None
    files: list[FileRow]
    related: list[Named]
    linking: list[Named]
    voices: Counter[str]


def panel_of(article: Article, text: ArticleText | None, language: str, reader_language: str) -> Panel:
    """Everything beside the text of `language`; titles come in the reader's language where there is one."""
    texts = {one.language: one for one in article.texts.select_related("working", "live")}
    other = next((one for code, one in texts.items() if code != language), None)
    return Panel(
        states=[TextState(code, state_code(texts.get(code))) for code in LANGUAGES],
        code=state_code(text),
        other=_other(other),
        files=files_of(article, texts.values()),
        related=related_to(article, reader_language),
        linking=[Named(one.article_id, _title(one)) for one in linking_here(article)],
        voices=_voices(text),
    )


def files_of(article: Article, texts: Iterable[ArticleText]) -> list[FileRow]:
    """The article's files, and which of them its texts show or offer."""
    rows = list(article.files.all())
    if not rows:
        return []
    bodies = {one.body for text in texts for one in (text.working, text.live) if one}
    used = {file_key(address) for body in bodies for address in addresses_in(body)}
    return [FileRow(row, f"attachment:{row.key}", row.content_type in SHOWN, row.key in used) for row in rows]


def related_to(article: Article, language: str) -> list[Named]:
    """The articles that belong to this one."""
    found = article.related.prefetch_related("texts__working").order_by("pk")
    return [Named(one.pk, title_of(one, language), one.archived_at is not None) for one in found]


def _other(text: ArticleText | None) -> Other | None:
    if text is None or text.working is None:
        return None
    return Other(text, text.working.title, to_html(text.working.body, resolve=resolve))


def _title(text: ArticleText) -> str:
    shown = text.working or text.live
    return shown.title if shown else str(text)


def _voices(text: ArticleText | None) -> Counter[str]:
    if text is None:
        return Counter()
    counts = Feedback.objects.filter(text=text).values("kind").order_by().annotate(count=Count("pk"))
    return Counter({one["kind"]: one["count"] for one in counts})
