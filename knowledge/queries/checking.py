"""Whether an article's links lead somewhere for those who read it, and which articles lead to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from knowledge.models import Article, ArticleFile, ArticleText
from knowledge.rules.addresses import article_id, file_key
from lib.markdown import addresses_in

MOST_LINKING = 20


@dataclass(frozen=True)
class Fault:
    """A link that does not lead where it should.

    `kind`: ``unknown`` (no such article), ``archived``, ``unpublished``, ``narrower`` (not everybody who
    reads this one may read that one), ``file`` (no such file of this article), ``relative`` (an address
    that only the author's folder knows), ``picture`` (an image from elsewhere, which pages do not show).
    """

    kind: str
    address: str
    title: str = ""
    article_id: int = 0


def faults_of(body: str, *, reach: int, article: Article | None) -> list[Fault]:
    """What is wrong with the links of a text that readers within `reach` will see."""
    addresses = addresses_in(body)
    faults = [*_article_faults(addresses, reach), *_file_faults(addresses, article)]
    faults += [Fault("relative", address) for address in addresses if _is_relative(address)]
    return sorted(faults, key=lambda fault: (fault.kind, fault.address))


def _article_faults(addresses: Iterable[str], reach: int) -> list[Fault]:
    wanted = {found: address for address in addresses if (found := article_id(address)) is not None}
    if not wanted:
        return []
    articles = {
        one.pk: one for one in Article.objects.filter(pk__in=wanted).prefetch_related("texts__working")
    }
    faults = []
    for pk, address in wanted.items():
        article = articles.get(pk)
        kind = "unknown" if article is None else _fault_kind(article, reach)
        if kind:
            faults.append(Fault(kind, address, title_of(article) if article else "", pk))
    return faults


def _fault_kind(article: Article, reach: int) -> str:
    if article.archived_at is not None:
        return "archived"
    if not any(text.live_id for text in article.texts.all()):
        return "unpublished"
    return "narrower" if article.reach > reach else ""


def _file_faults(addresses: Iterable[str], article: Article | None) -> list[Fault]:
    wanted = {key: address for address in addresses if (key := file_key(address))}
    if not wanted:
        return []
    there = ArticleFile.objects.filter(article=article, key__in=wanted) if article else ()
    missing = wanted.keys() - {file.key for file in there}
    return [Fault("file", wanted[key]) for key in missing]


def _is_relative(address: str) -> bool:
    """Neither a whole address, nor one of this site, nor a place on the page."""
    return bool(address) and ":" not in address.partition("/")[0] and not address.startswith(("/", "#"))


def linking_here(article: Article) -> list[ArticleText]:
    """Articles that lead to this one, each by its newest text that does, live or in work."""
    mark = f"](article:{article.pk}"
    found = (
        ArticleText.objects.filter(Q(live__body__contains=mark) | Q(working__body__contains=mark))
        .filter(article__archived_at__isnull=True)
        .exclude(article=article)
        .select_related("article", "working", "live")
        .order_by("-changed_at")[:MOST_LINKING]
    )
    end = (")", "#", " ")
    leading = [
        text
        for text in found
        if any(_leads_to(body.body, mark, end) for body in (text.live, text.working) if body)
    ]
    first = {text.article_id: text for text in reversed(leading)}
    return [text for text in leading if first[text.article_id] is text]


def _leads_to(body: str, mark: str, end: tuple[str, ...]) -> bool:
    """Whether the number ends there: article:1 is not article:12."""
    return any(part.startswith(end) for part in body.split(mark)[1:])


def title_of(article: Article, language: str = "de") -> str:
    """What editors call an article: its title in their language, else in the other; not yet published counts.

    The article's texts and their working revisions should be there already.
    """
    texts = sorted(article.texts.all(), key=lambda text: text.language != language)
    return next((text.working.title for text in texts if text.working), str(article))
