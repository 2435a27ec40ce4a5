"""What somebody typed, as a question to PostgreSQL's text search.

Of each word one group is made: the word itself or what counts as the same by the installation's synonyms.
Everything that could be an operator of the text search is gone by then, so no text can break the question.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

STEMMERS = {"de": "german", "en": "english"}
"""PostgreSQL's text search configuration for each language of articles."""
LONGEST = 200
MOST_WORDS = 10
SHORTEST_TO_CORRECT = 4

_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"\S+@\S+|\d{5,}")

Phrase = tuple[str, ...]


class Width(Enum):
    """How much a question finds: all words as they are, all as beginnings, any of them."""

    EXACT = "exact"
    BEGINNINGS = "beginnings"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Question:
    """The words of a search, lower case, in order; the last one may still be being typed."""

    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as one text."""
        return " ".join(self.words)


def question_of(text: str) -> Question:
    """The question in what somebody typed, without repetitions; the rest of a very long text is left out."""
    words = dict.fromkeys(word.lower() for word in _WORD.findall(text[:LONGEST]))
    return Question(tuple(words)[:MOST_WORDS])


def to_tsquery(
    question: Question, synonyms: Mapping[str, Sequence[Phrase]], width: Width = Width.EXACT
) -> str:
    """The question in the language of `to_tsquery`; empty where nothing was asked."""
    last = len(question.words) - 1
    groups = [
        _group(word, synonyms.get(word, ()), is_beginning=width is not Width.EXACT or place == last)
        for place, word in enumerate(question.words)
    ]
    return (" | " if width is Width.ANY else " & ").join(groups)


def synonym_table(sets: Iterable[str]) -> dict[str, list[Phrase]]:
    """Word → what counts as the same, from sets such as "printer, plotter, multifunction device".

    A phrase can stand for a word, but is not recognised itself: only single words have an entry.
    """
    table: dict[str, list[Phrase]] = {}
    for line in sets:
        phrases = [phrase for part in line.split(",") if (phrase := question_of(part).words)]
        for phrase in phrases:
            if len(phrase) == 1:
                others = [other for other in phrases if other != phrase]
                table.setdefault(phrase[0], []).extend(others)
    return table


def highlighted(text: str, question: Question) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a word that was looked for, or begins like one.

    Endings do not count, as they do not in the search: "drives" marks "drive".
    """
    stems = {re.escape(word[: max(SHORTEST_TO_CORRECT, len(word) - 2)]) for word in question.words}
    if not stems:
        return [(text, False)]
    pieces = re.split(rf"(?i)\b((?:{'|'.join(sorted(stems))})\w*)", text)
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]


def recordable(text: str) -> str:
    """A search as it may be kept for reports: lower case, without mail addresses and long numbers."""
    plain = text[:LONGEST].replace("\0", " ")
    return " ".join(_ADDRESS.sub("…", plain).lower().split())[:100]


def words_to_learn(*texts: str) -> list[str]:
    """The words of an article that a typing error may be corrected to, sorted."""
    found = {word.lower() for text in texts for word in _WORD.findall(text)}
    is_word = re.compile(r"[^\W\d_]{%d,40}" % SHORTEST_TO_CORRECT).fullmatch  # noqa: UP031 (braces)
    return sorted(word for word in found if is_word(word))


def _group(word: str, same: Sequence[Phrase], *, is_beginning: bool) -> str:
    own = f"'{word}'" + (":*" if is_beginning and len(word) > 1 else "")
    others = ["(" + " <-> ".join(f"'{part}'" for part in phrase) + ")" for phrase in same]
    return own if not others else "(" + " | ".join([own, *others]) + ")"
