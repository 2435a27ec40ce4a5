"""Articles that may answer a question before it becomes a ticket, and how many a contract opens."""

from dataclasses import dataclass

from accounts.models import User
from knowledge.access import reader_of, visible_texts
from knowledge.queries.search import suggest
from knowledge.rules.visibility import Reach

SHOWN = 4


@dataclass(frozen=True)
class Suggestion:
    """An article as a line: its title, where it stands, what it is about."""

    title: str
    url: str
    summary: str


def matching_articles(user: User, subject: str, language: str) -> list[Suggestion]:
    """The articles about this subject that this person may read, the best first."""
    if not subject:
        return []
    found = suggest(reader_of(user), subject, language, limit=SHOWN)
    return [Suggestion(one.title, one.url, one.excerpt) for one in found]


def contract_articles(user: User) -> int:
    """How many articles a service agreement opens for this person; nobody else is told."""
    texts = visible_texts(reader_of(user)).filter(article__reach=Reach.CONTRACT)
    return texts.values("article_id").distinct().count()
