"""Search results as lines to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from knowledge.models import ArticleText, Visibility
from knowledge.queries.search import Results
from knowledge.rules.searching import highlighted, question_of

Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class ResultLine:
    """One article that was found: title and excerpt in pieces, each with whether it was looked for.

    `circle` says for whom the article is, empty for everybody; `other_language` names the article's language
    where it is not the reader's.
    """

    url: str
    title: Pieces
    excerpt: Pieces
    circle: str
    other_language: str
    language: str


def result_lines(results: Results, text: str, mark: str, language: str) -> list[ResultLine]:
    """The results with what was looked for marked in them; `mark` counts which of them are opened."""
    question = question_of(f"{text} {results.corrected}")
    return [
        ResultLine(
            url=reverse("portal:found", args=[mark, found.article_id]),
            title=highlighted(found.title, question),
            excerpt=highlighted(found.excerpt, question),
            circle="" if found.reach == Visibility.PUBLIC else str(Visibility(found.reach).label),
            other_language="" if found.language == language else ArticleText.Language(found.language).label,
            language=found.language,
        )
        for found in results.found
    ]
