"""Articles for a ticket: what answers it, and which of them this customer may read."""

import re
from dataclasses import dataclass

from django.conf import settings

from accounts.models import User
from knowledge.access import Reader, get_text, reader_at, reader_of, visible_files, visible_texts
from knowledge.models import ArticleText
from knowledge.queries.search import Found, search, suggest
from knowledge.rules.addresses import ARTICLES
from knowledge.rules.visibility import Reach
from lib.letters import to_letter
from tickets.models import Ticket

MOST = 10
SUGGESTED = 4
_LINK = re.compile(re.escape(ARTICLES) + r"(?:(?:de|en)/)?(\d{1,15})\b")
_FILE_LINK = re.compile(re.escape(ARTICLES) + r"files/([A-Za-z0-9_-]{1,43})")


@dataclass(frozen=True, slots=True)
class Offer:
    """An article that may go into a reply. `dead_end`: why this customer cannot open it, else empty.

    ``contract``: only with a service agreement in force; ``internal``: never.
    """

    article_id: int
    language: str
    title: str
    excerpt: str
    url: str
    dead_end: str


def offers(user: User, ticket: Ticket, words: str, language: str, most: int = MOST) -> list[Offer]:
    """Articles by words, or by the ticket's subject where nothing was typed; the best first."""
    reader, circle = reader_of(user), reader_at(ticket.customer_id)
    found = (
        _found(reader, words, language, most) if words.strip() else _suggested(reader, ticket, language, most)
    )
    return [_offer(one, circle) for one in found]


def _found(reader: Reader, words: str, language: str, most: int) -> tuple[Found, ...]:
    return search(reader, words, language, most).found


def _suggested(reader: Reader, ticket: Ticket, language: str, most: int) -> tuple[Found, ...]:
    return suggest(reader, ticket.subject, language, most)


def _offer(one: Found, circle: Reader) -> Offer:
    url, dead_end = short_url(one.article_id), _end(one.reach, circle)
    return Offer(one.article_id, one.language, one.title, one.excerpt, url, dead_end)


def offer_of(text: ArticleText, ticket: Ticket) -> Offer:
    """A text that an agent may read, as an offer to this ticket's customer, at this moment."""
    dead_end = _end(text.article.reach, reader_at(ticket.customer_id))
    url = short_url(text.article_id)
    return Offer(text.article_id, text.language, text.title, text.summary, url, dead_end)


def text_for(user: User, article_id: int, language: str) -> ArticleText:
    """A published text as this agent may read it. Error: 404."""
    return get_text(reader_of(user), article_id, language)


def as_link(text: ArticleText) -> str:
    """What a reply says to lead to an article."""
    return f"{text.title}\n{short_url(text.article_id)}"


def as_letter(text: ArticleText) -> str:
    """The article itself as a plain text."""
    return f"{text.title}\n\n{to_letter(text.html, site=settings.SITE_URL)}"


def short_url(article_id: int) -> str:
    """Where an article is found for good, whatever it will be called."""
    return f"{settings.SITE_URL}{ARTICLES}{article_id}/"


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A link in a reply that leads nowhere for its customer; `title` is empty where there is no article."""

    code: str
    title: str


def dead_links(body: str, customer_id: int) -> list[DeadLink]:
    """The links to articles and their files in a text that this customer cannot open now."""
    reader = reader_at(customer_id)
    numbers = {int(number) for number in _LINK.findall(body)}
    keys = set(_FILE_LINK.findall(body))
    if numbers:
        numbers -= set(visible_texts(reader).filter(article__in=numbers).values_list("article", flat=True))
    if keys:
        keys -= set(visible_files(reader).filter(key__in=keys).values_list("key", flat=True))
    titles = _titles(numbers)
    found = [DeadLink(f"#{number}", titles.get(number, "")) for number in sorted(numbers)]
    return [*found, *(DeadLink(key[:8], "") for key in sorted(keys))]


def _titles(numbers: set[int]) -> dict[int, str]:
    if not numbers:
        return {}
    return dict(
        ArticleText.objects.filter(article__in=numbers).exclude(title="").values_list("article", "title")
    )


def _end(reach: int, reader: Reader) -> str:
    if reach <= reader.reach:
        return ""
    return "internal" if reach == Reach.INTERNAL else "contract"
