"""Whether two subjects are likely about the same thing: words that are alike, in any order.

Deliberately simple: it judges at most a hundred open tickets of one contact, and all it does is to show
a line. Small words do not count: "Drucker druckt nicht", "Der Drucker im Lager druckt nicht mehr".
"""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

SHORTEST_WORD = 4
ALIKE = 0.8
ENOUGH = 0.6
SHORTEST_SUBJECT = 6

_WORD = re.compile(r"\w+")
_FILLING = frozenset(
    _WORD.findall("""
aber auch beim dass dein eine einem einen einer eines habe haben ihre immer kann kein keine keinen mehr
mein meine nach nicht noch oder schon sehr seit sich sind unser unsere unter wenn wird wurde zwei über
cannot does doesn from have into longer more since that their there this when with anymore
""")
)


def words_of(subject: str) -> frozenset[str]:
    """The words of a subject that say what it is about, folded; short ones only with a digit ("W11", "4")."""
    words = (word.casefold() for word in _WORD.findall(subject))
    return frozenset(
        word for word in words if _has_digit(word) or (len(word) >= SHORTEST_WORD and word not in _FILLING)
    )


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the shorter subject's words that the longer one has as well, 0 to 1."""
    fewer, more = sorted((one, other), key=len)
    if not fewer:
        return 0.0
    return sum(_is_among(word, more) for word in fewer) / len(fewer)


def similar(subject: str, others: Iterable[str]) -> list[int]:
    """The places of those subjects that are likely about the same, the most alike first.

    Of the words of the shorter one, three in five have to be among those of the longer.
    """
    words = words_of(subject)
    if len(subject.strip()) < SHORTEST_SUBJECT or not words:
        return []
    found = []
    for place, other in enumerate(others):
        score = similarity(words, words_of(other))
        if score >= ENOUGH:
            found.append((-score, place))
    return [place for _, place in sorted(found)]


def _is_among(word: str, words: frozenset[str]) -> bool:
    """Spelt alike is enough, but not for what has a digit: device 4 is not device 5."""
    if word in words:
        return True
    if _has_digit(word):
        return False
    return any(SequenceMatcher(None, word, other).ratio() >= ALIKE for other in words)


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)
