"""What the shelves of articles hold for one reader, by what knowledge/access.py lets them see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from knowledge.access import Reader, teased_texts, visible_articles, visible_categories, visible_texts
from knowledge.models import ArticleText, Category
from knowledge.models.articles import ArticleTextQuerySet
from knowledge.queries.nearby import Nearby, nearby
from knowledge.queries.reading import Reading
from knowledge.rules.addresses import article_path, category_path, linked_articles

PAGE_SIZE = 25
SAMPLE = 5
RELATED = 6
MOST_LINKED = 20
_OF_A_LINE = ("article_id", "language", "title", "slug", "summary", "published_at")


@dataclass(frozen=True)
class Line:
    """An article in a list. `is_foreign`: there is none in the language that was asked for."""

    article_id: int
    title: str
    url: str
    summary: str
    language: str
    is_foreign: bool
    at: datetime | None


@dataclass(frozen=True)
class Shelf:
    """A category with how many articles stand in it and below it, some of them, and the categories below."""

    category_id: int
    name: str
    description: str
    url: str
    count: int
    lines: tuple[Line, ...] = ()
    below: tuple["Shelf", ...] = ()


@dataclass(frozen=True)
class ShelfPage:
    """One category's page: up to `PAGE_SIZE` of its own articles, and after which the next page begins."""

    category: Category
    shelf: Shelf
    crumbs: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    next_after: int | None
    teased: int


@dataclass
class _Shelves:
    """The categories that hold something for a reader, with their counts; three queries at most."""

    reader: Reader
    language: str
    by_id: dict[int, Category] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self.by_id = {category.pk: category for category in visible_categories(self.reader)}
        counted = visible_articles(self.reader).order_by().values_list("category").annotate(Count("pk"))
        for category_id, count in counted:
            for category in self.line_of(category_id):
                self.counts[category.pk] += count

    def line_of(self, category_id: int | None) -> list[Category]:
        """The category and those it stands in, the nearest first."""
        found = []
        while category_id is not None and category_id in self.by_id:
            found.append(self.by_id[category_id])
            category_id = found[-1].parent_id
        return found

    def below(self, category_id: int | None) -> list[Category]:
        """The categories that stand directly in this one."""
        return [category for category in self.by_id.values() if category.parent_id == category_id]

    def shelf(self, category: Category, lines: Sequence[Line] = ()) -> Shelf:
        """The category as a page shows it."""
        below = tuple(self.shelf(one) for one in self.below(category.pk))
        return Shelf(
            category_id=category.pk,
            name=category.name(self.language),
            description=category.description(self.language),
            url=url_of(category, self.language),
            count=self.counts[category.pk],
            lines=tuple(lines),
            below=below,
        )


def url_of(category: Category, language: str) -> str:
    """The address of a category."""
    return category_path(category.pk, language, category.slug(language))


def shelves_of(reader: Reader, language: str) -> list[Shelf]:
    """The top shelves with a few of the newest articles each; five queries, however many there are."""
    shelves = _Shelves(reader, language)
    newest = _newest(reader, shelves.by_id)
    lines = {line.article_id: line for line in lines_of(reader, newest, language)}
    samples: dict[int, list[Line]] = defaultdict(list)
    for article_id in sorted(lines, reverse=True):
        top = shelves.line_of(newest[article_id])[-1:]
        if top and len(samples[top[0].pk]) < SAMPLE:
            samples[top[0].pk].append(lines[article_id])
    return [shelves.shelf(category, samples[category.pk]) for category in shelves.below(None)]


def _newest(reader: Reader, category_ids: Iterable[int]) -> dict[int, int]:
    """Some of the newest articles of each category: the category's id by the article's."""
    of_one = visible_articles(reader).filter(category=OuterRef("pk")).order_by("-pk").values("pk")[:SAMPLE]
    rows = (
        Category.objects.filter(pk__in=list(category_ids))
        .annotate(newest=ArraySubquery(of_one))
        .values_list("pk", "newest")
    )
    return {article_id: category_id for category_id, newest in rows for article_id in newest}


def lines_of(reader: Reader, article_ids: Iterable[int], language: str) -> list[Line]:
    """Those of these articles that the reader may read, each once, in the language where there is one."""
    texts = visible_texts(reader).filter(article_id__in=list(article_ids)).only(*_OF_A_LINE)
    found = {text.article_id: text for text in sorted(texts, key=lambda text: text.language == language)}
    return [_line(text, language) for text in found.values()]


def shelf_page(reader: Reader, category_id: int, language: str, after: int | None) -> ShelfPage:
    """A category's page. `after`: the article that the page before ended with.

    Error: 404 for a category that is unknown, not for this reader, or holds nothing for them.
    """
    shelves = _Shelves(reader, language)
    path = shelves.line_of(category_id)
    if not path:
        raise Http404
    lines = _page_of(reader, category_id, language, after)
    return ShelfPage(
        category=path[0],
        shelf=shelves.shelf(path[0]),
        crumbs=tuple(crumbs_of(reversed(path), language)),
        lines=tuple(_line(text, language) for text in lines[:PAGE_SIZE]),
        next_after=lines[PAGE_SIZE - 1].article_id if len(lines) > PAGE_SIZE else None,
        teased=teased_count(reader, category_id),
    )


def _page_of(reader: Reader, category_id: int, language: str, after: int | None) -> list[ArticleText]:
    """One text more than a page holds, by title. (The slug sorts as German readers expect it.)"""
    texts = preferred_texts(reader, language).filter(article__category=category_id)
    # Where a page begins is looked up among what this reader sees: any other title would betray its place.
    start = texts.filter(article_id=after).values_list("slug", "article_id").first() if after else None
    if start:
        texts = texts.filter(Q(slug__gt=start[0]) | Q(slug=start[0], article_id__gt=start[1]))
    return list(texts.order_by("slug", "article_id").only(*_OF_A_LINE)[: PAGE_SIZE + 1])


def teased_count(reader: Reader, category_id: int | None = None) -> int:
    """How many articles stand here (or anywhere) for customers with a service agreement alone."""
    texts = teased_texts(reader)
    if category_id is not None:
        texts = texts.filter(article__category=category_id)
    return texts.values("article").distinct().count()


def preferred_texts(reader: Reader, language: str) -> ArticleTextQuerySet:
    """Of each article one text that the reader may read: in this language, else in the other one."""
    texts = visible_texts(reader)
    same = texts.filter(article=OuterRef("article"), language=language)
    return texts.filter(Q(language=language) | ~Exists(same))


@dataclass(frozen=True)
class Around:
    """What leads on from an article: its addresses by language, and other articles."""

    versions: dict[str, str]
    related: tuple[Nearby, ...]


def around(reader: Reader, text: Reading) -> Around:
    """The languages an article may be read in, and what else this reader may want to read; one query."""
    linked = linked_articles(text.html)[:MOST_LINKED]
    found: dict[int, dict[str, Nearby]] = defaultdict(dict)
    for one in nearby(reader, text.article_id, text.shelves[-1].pk, linked):
        found[one.article_id][one.language] = one
    own = found.pop(text.article_id, {})
    others = [texts.get(text.language) or next(iter(texts.values())) for texts in found.values()]
    return Around({one.language: one.url for one in own.values()}, tuple(others[:RELATED]))


def crumbs_of(shelves: Iterable[Category], language: str) -> list[tuple[str, str]]:
    """Name and address of these categories."""
    return [(one.name(language), url_of(one, language)) for one in shelves]


def newest_texts(reader: Reader, language: str, count: int) -> QuerySet[ArticleText]:
    """The texts in one language that were published last."""
    texts = visible_texts(reader).filter(language=language).order_by("-published_at", "-id")
    return texts.only(*_OF_A_LINE)[:count]


def newest_lines(reader: Reader, language: str, count: int) -> list[Line]:
    """The articles in one language that were published last."""
    return [_line(text, language) for text in newest_texts(reader, language, count)]


def _line(text: ArticleText, language: str) -> Line:
    return Line(
        article_id=text.article_id,
        title=text.title,
        url=article_path(text.article_id, text.language, text.slug),
        summary=text.summary,
        language=text.language,
        is_foreign=text.language != language,
        at=text.published_at,
    )
