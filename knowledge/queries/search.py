"""Finding articles: only what this reader may read, whatever was typed.

A search is asked wider and wider until something is found: the words as they are (stemmed, the last one as
a beginning), corrected where one of them is unknown, all as beginnings, any of them. What is ranked is
bounded: titles and summaries first, then bodies, so that a word of every article costs no more than a rare
one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from knowledge.access import READABLE, Reader
from knowledge.queries.synonyms import synonyms
from knowledge.rules.addresses import article_path
from knowledge.rules.searching import SHORTEST_TO_CORRECT, STEMMERS, Question, Width, question_of, to_tsquery

RANKED = 200
"""So many of each kind are ranked: hits in titles and summaries, hits anywhere, in each language."""
SIMILAR_ENOUGH = 0.4
NEAREST = 8
"""So many known words that are like a mistyped one are tried."""
EXCERPT = 220

_HITS = """
(SELECT text.id, {boost} + ts_rank(text.{vector}, to_tsquery(%(config_{language})s, %(query)s)) AS worth
FROM knowledge_articletext AS text JOIN knowledge_article AS article ON article.id = text.article_id
WHERE text.language = '{language}' AND text.{vector} @@ to_tsquery(%(config_{language})s, %(query)s)
AND {readable} %(reach)s LIMIT %(ranked)s)
"""
_FIND = """
SELECT text.article_id, text.language, text.title, text.summary, left(text.plain, %(excerpt)s), text.slug,
article.reach, hits.worth + CASE WHEN text.language = %(language)s THEN 0.5 ELSE 0 END AS worth
FROM (SELECT id, max(worth) AS worth FROM ({hits}) AS every GROUP BY id) AS hits
JOIN knowledge_articletext AS text ON text.id = hits.id JOIN knowledge_article AS article
ON article.id = text.article_id ORDER BY worth DESC, text.article_id DESC LIMIT %(rows)s
"""
_SQL = _FIND.format(
    hits=" UNION ALL ".join(
        _HITS.format(language=language, vector=vector, boost=boost, readable=READABLE)
        for language in STEMMERS
        for vector, boost in (("heading", 1), ("search", 0))
    )
)
_NEAREST = """
SELECT asked.word, ARRAY(SELECT known.word FROM knowledge_word AS known
WHERE known.word %% asked.word AND known.word <> asked.word AND similarity(known.word, asked.word) >= %s
ORDER BY similarity(known.word, asked.word) DESC, abs(length(known.word) - length(asked.word)), known.word
LIMIT %s) FROM unnest(%s::text[]) AS asked(word)
"""
_STANDS = """
SELECT %s::text WHERE EXISTS (SELECT FROM knowledge_articletext AS text
JOIN knowledge_article AS article ON article.id = text.article_id
WHERE text.search @@ (to_tsquery('german', %s) || to_tsquery('english', %s))
AND READABLE %s)
""".replace("READABLE", READABLE)
_TOO_COMMON = """
SELECT %s::text WHERE numnode(to_tsquery('german', %s)) = 0
OR numnode(to_tsquery('english', %s)) = 0
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An article among the results; `excerpt` is its summary, or how it begins."""

    article_id: int
    language: str
    title: str
    excerpt: str
    slug: str
    reach: int

    @property
    def url(self) -> str:
        """Where it is read."""
        return article_path(self.article_id, self.language, self.slug)


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, the best first. `corrected`: what was looked for instead, empty where it was as typed.

    `is_loose`: not every word was found in each of them.
    """

    found: tuple[Found, ...] = ()
    corrected: str = ""
    is_loose: bool = False


def search(reader: Reader, text: str, language: str, limit: int = 25) -> Results:
    """The articles this reader may read that answer to what was typed, in both languages.

    Of an article in two languages the one in `language` is shown. At most seven questions to the database.
    """
    question = question_of(text)
    if not question.words:
        return Results()
    exact = _find(reader, question, language, limit, Width.EXACT)
    if exact:
        return Results(exact)
    better = corrected(reader, question)
    if better is not None and (found := _find(reader, better, language, limit, Width.EXACT)):
        return Results(found, corrected=better.text)
    if found := _find(reader, question, language, limit, Width.BEGINNINGS):
        return Results(found)
    if len(question.words) == 1:
        return Results()
    return Results(_find(reader, better or question, language, limit, Width.ANY), is_loose=True)


def suggest(reader: Reader, text: str, language: str, limit: int = 5) -> tuple[Found, ...]:
    """Articles that may answer a ticket of this subject: those with all its words, else with any of them."""
    question = question_of(text)
    if not question.text or len(question.text) < SHORTEST_TO_CORRECT:
        return ()
    exact = _find(reader, question, language, limit, Width.EXACT)
    return exact or _find(reader, question, language, limit, Width.ANY)


def corrected(reader: Reader, question: Question) -> Question | None:
    """The question with every word that this reader finds nowhere replaced by the nearest that they do find.

    None where nothing changes. Words of articles that the reader may not read count for nothing, neither as a
    correction nor as a reason against one: else what comes back would tell which words stand there.
    """
    long = [word for word in question.words if len(word) >= SHORTEST_TO_CORRECT and not word.isdigit()]
    # A word alone stands nowhere: it was looked for as a beginning already.
    found = _standing(reader, long, is_asked=True) if len(question.words) > 1 else set()
    near = _nearest([word for word in long if word not in found])
    there = _standing(reader, sorted({one for words in near.values() for one in words}), is_asked=False)
    instead = {word: next((one for one in words if one in there), word) for word, words in near.items()}
    better = replace(question, words=tuple(instead.get(word, word) for word in question.words))
    return None if better == question else better


def _nearest(words: Sequence[str]) -> dict[str, list[str]]:
    """The known words that are like each of these, the nearest first."""
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, [SIMILAR_ENOUGH, NEAREST, list(words)])
        return dict(cursor.fetchall())


def _standing(reader: Reader, words: Sequence[str], *, is_asked: bool) -> set[str]:
    """Those of the words that stand in an article this reader may read.

    What was asked (`is_asked`) need not stand anywhere if every text has it ("not").
    """
    if not words:
        return set()
    statements: list[str] = []
    params: list[str | int] = []
    for word in words:
        query = f"'{word}'"
        statements.append(_STANDS)
        params += [word, query, query, int(reader.reach)]
        if is_asked:
            statements.append(_TOO_COMMON)
            params += [word, query, query]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), params)
        return {row[0] for row in cursor.fetchall()}


def _find(reader: Reader, question: Question, language: str, limit: int, width: Width) -> tuple[Found, ...]:
    params: dict[str, Any] = {
        "query": to_tsquery(question, synonyms(), width),
        "reach": int(reader.reach),
        "language": language,
        "ranked": RANKED,
        "excerpt": EXCERPT,
        "rows": limit * 2,  # an article may be there twice, once in each language
        **{f"config_{name}": config for name, config in STEMMERS.items()},
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, params)
        rows = cursor.fetchall()
    return _once_each(rows, language)[:limit]


def _once_each(
    rows: Sequence[tuple[int, str, str, str, str, str, int, float]], language: str
) -> tuple[Found, ...]:
    """Each article once, where its best text stands, in the reader's language if that was found as well."""
    found: dict[int, Found] = {}
    for article_id, written_in, title, summary, beginning, slug, reach, _worth in rows:
        if article_id not in found or written_in == language:
            found[article_id] = Found(article_id, written_in, title, summary or beginning, slug, reach)
    return tuple(found.values())
