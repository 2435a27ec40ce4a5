"""The editors' lists: articles with the state of each language, readers' words, and what to link to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from knowledge.models import Article, ArticleText, Category, Feedback
from knowledge.queries.checking import title_of

PAGE = 50
MOST_FOUND = 12
STATES = ("draft", "review", "published", "archived")
LANGUAGES = tuple(ArticleText.Language.values)


@dataclass(frozen=True)
class TextState:
    """How far one language is: ``missing``, ``draft``, ``review``, ``published`` or ``newer`` (both)."""

    language: str
    code: str


@dataclass(frozen=True)
class ArticleRow:
    """One line of the list."""

    article: Article
    title: str
    language: str
    states: list[TextState]
    changed_at: datetime | None
    voices: Counter[str]


@dataclass(frozen=True)
class Wanted:
    """What is filtered by; empty values filter nothing."""

    state: str = ""
    reach: int = 0
    categories: Sequence[int] = ()
    missing: str = ""
    words: str = ""
    before: int = 0


@dataclass(frozen=True)
class ArticlePage:
    """Rows, and after which id the next page goes on (0: there is none)."""

    rows: list[ArticleRow] = field(default_factory=list)
    before: int = 0


def article_page(wanted: Wanted, language: str) -> ArticlePage:
    """A page of the list, the newest article first, in a constant number of queries."""
    articles = _filtered(wanted)
    if wanted.before:
        articles = articles.filter(pk__lt=wanted.before)
    found = list(
        articles.select_related("category").prefetch_related("texts__working").order_by("-pk")[: PAGE + 1]
    )
    shown = found[:PAGE]
    voices = voices_of([article.pk for article in shown])
    rows = [_row(article, language, voices[article.pk]) for article in shown]
    return ArticlePage(rows, shown[-1].pk if len(found) > PAGE else 0)


def _filtered(wanted: Wanted) -> QuerySet[Article]:
    articles = Article.objects.filter(_state_condition(wanted.state))
    if wanted.reach:
        articles = articles.filter(reach=wanted.reach)
    if wanted.categories:
        articles = articles.filter(category__in=wanted.categories)
    if wanted.missing in LANGUAGES:
        there = ArticleText.objects.filter(language=wanted.missing).values("article")
        articles = articles.exclude(pk__in=there)
    return _with_words(articles, wanted.words)


def _state_condition(state: str) -> Q:
    if state == "archived":
        return Q(archived_at__isnull=False)
    in_use = Q(archived_at__isnull=True)
    if state == "published":
        return in_use & Q(pk__in=ArticleText.objects.filter(live__isnull=False).values("article"))
    if state in ("draft", "review"):
        return in_use & Q(pk__in=ArticleText.objects.filter(state=state).values("article"))
    return in_use


def _with_words(articles: QuerySet[Article], words: str) -> QuerySet[Article]:
    """Each word somewhere in the title or summary that is being worked on; or the article's number."""
    number = words.removeprefix("#")
    if number.isdecimal() and len(number) < 10:  # noqa: PLR2004
        return articles.filter(pk=int(number))
    for word in words.split()[:8]:
        texts = ArticleText.objects.filter(
            Q(working__title__icontains=word) | Q(working__summary__icontains=word)
        )
        articles = articles.filter(pk__in=texts.values("article"))
    return articles


def voices_of(article_ids: Iterable[int]) -> dict[int, Counter[str]]:
    """How often readers of each article said what: by kind, and ``open`` for what waits for an editor."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    waits = Count("pk", filter=waiting_condition())
    said = Feedback.objects.filter(text__article_id__in=list(article_ids))
    counts = said.values("text__article_id", "kind").order_by().annotate(count=Count("pk"), waits=waits)
    for one in counts:
        found[one["text__article_id"]][one["kind"]] += one["count"]
        found[one["text__article_id"]]["open"] += one["waits"]
    return found


def waiting_condition() -> Q:
    """What an editor should look at: every "outdated", and whatever comes with a comment."""
    return Q(handled_at__isnull=True) & (Q(kind=Feedback.Kind.OUTDATED) | ~Q(comment=""))


def _row(article: Article, language: str, voices: Counter[str]) -> ArticleRow:
    texts = {text.language: text for text in article.texts.all()}
    shown = language if language in texts else next(iter(texts), language)
    return ArticleRow(
        article=article,
        title=title_of(article, language),
        language=shown,
        states=[TextState(code, state_code(texts.get(code))) for code in LANGUAGES],
        changed_at=max((text.changed_at for text in texts.values()), default=None),
        voices=voices,
    )


def state_code(text: ArticleText | None) -> str:
    """How far a text is, in the codes of `TextState`."""
    if text is None or text.working_id is None:
        return "missing"
    if text.live_id is None:
        return str(text.state)
    return "published" if text.live_id == text.working_id else "newer"


def inbox(before: int = 0) -> tuple[list[Feedback], int]:
    """What readers said that nobody has handled, the newest first; and where the next page goes on."""
    waiting = Feedback.objects.filter(waiting_condition()).select_related(
        "text__working", "text__article", "by"
    )
    if before:
        waiting = waiting.filter(pk__lt=before)
    found = list(waiting.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else 0


def inbox_count() -> int:
    """How many words of readers wait for an editor."""
    return Feedback.objects.filter(waiting_condition()).count()


def find(words: str, *, language: str, but: int = 0) -> list[ArticleRow]:
    """Articles to link to, by words of their titles or their number; archived ones are not offered."""
    if not words.strip():
        return []
    articles = _with_words(Article.objects.filter(archived_at__isnull=True), words).exclude(pk=but)
    found = articles.select_related("category").prefetch_related("texts__working")
    newest = found.annotate(newest=Max("texts__changed_at")).order_by("-newest")
    return [_row(article, language, Counter()) for article in newest[:MOST_FOUND]]


@dataclass(frozen=True)
class Shelf:
    """A category with how deep it stands and how many articles are on it itself."""

    category: Category
    depth: int
    articles: int = 0


def shelves() -> list[Shelf]:
    """All categories as a tree, each behind the one it stands in."""
    below: dict[int | None, list[Category]] = defaultdict(list)
    for category in Category.objects.annotate(count=Count("articles")).order_by("position", "name_de", "pk"):
        below[category.parent_id].append(category)
    return _walk(below, None, 0)


def _walk(below: dict[int | None, list[Category]], parent: int | None, depth: int) -> list[Shelf]:
    found = []
    for one in below[parent]:
        found += [Shelf(one, depth, getattr(one, "count", 0)), *_walk(below, one.pk, depth + 1)]
    return found


def with_those_below(category_id: int, all_shelves: list[Shelf]) -> list[int]:
    """A category and everything that stands on it."""
    found = {category_id}
    for shelf in all_shelves:
        if shelf.category.parent_id in found:
            found.add(shelf.category.pk)
    return sorted(found)
