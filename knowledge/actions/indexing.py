"""Making published texts findable: their words by language, and what typing errors may have meant."""

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from knowledge.models import ArticleText, Word
from knowledge.rules.searching import STEMMERS, words_to_learn

MOST_TEXT = 200_000
"""PostgreSQL takes search vectors up to a megabyte; nobody reads longer articles either."""


def index(row: ArticleText) -> None:
    """Make a live text findable; called in the transaction that changes it."""
    config = STEMMERS[row.language]

    def vector(text: str, weight: str) -> SearchVector:
        return SearchVector(Value(text), weight=weight, config=config)

    heading = vector(row.title, "A") + vector(row.summary, "B")
    everything = heading + vector(row.plain[:MOST_TEXT], "D")
    ArticleText.objects.filter(pk=row.pk).update(heading=heading, search=everything)
    learn(row.title, row.summary, row.plain[:MOST_TEXT])


def learn(*texts: str) -> None:
    """Take up words that were not known yet; in order, so that two editors never wait for each other."""
    words = [Word(word=word) for word in words_to_learn(*texts)]
    Word.objects.bulk_create(words, ignore_conflicts=True, batch_size=1_000)
