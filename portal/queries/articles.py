"""Articles that may answer a question before it becomes a ticket, and how many a contract opens."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from knowledge.access import reader_of, visible_texts
from knowledge.queries.search import suggest
from knowledge.rules.visibility import Reach

SHOWN = 4


@dataclass(frozen=True)
class Suggestion:
    """An article as a line. `url` counts that it was opened; `for_contract`: not everybody may read it."""

    title: str
    url: str
    summary: str
    for_contract: bool


def matching_articles(user: User, subject: str, language: str, mark: str) -> list[Suggestion]:
    """The articles about this subject that this person may read, the best first.

    `mark` is of `knowledge.gateways.search_marks`.
    """
    if not subject:
        return []
    return [
        Suggestion(
            title=one.title,
            url=reverse("portal:found", args=[mark, one.article_id]),
            summary=one.excerpt,
            for_contract=one.reach >= Reach.CONTRACT,
        )
        for one in suggest(reader_of(user), subject, language, limit=SHOWN)
    ]


def contract_articles(user: User) -> int:
    """How many articles a service agreement opens for this person; nobody else is told."""
    texts = visible_texts(reader_of(user)).filter(article__reach=Reach.CONTRACT)
    return texts.values("article_id").distinct().count()
