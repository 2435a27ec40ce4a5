"""Who may read an article: four circles, each inside the one before.

A category and an article each say how far they may be seen. The narrowest of an article, its category and
the categories above decides, so that nothing below can be opened wider than what it stands in.
"""

from dataclasses import dataclass
from enum import IntEnum


class Reach(IntEnum):
    """A circle of readers; the larger the number, the fewer they are."""

    PUBLIC = 1
    SIGNED_IN = 2
    CONTRACT = 3
    INTERNAL = 4


@dataclass(frozen=True, slots=True)
class ReaderFact:
    """What counts about a reader at one moment. `has_contract`: a service agreement of theirs is in force."""

    is_signed_in: bool
    is_agent: bool
    has_contract: bool


def reach_of(own: int, *above: int) -> Reach:
    """The circle that decides, of an article or category and everything it stands in."""
    return Reach(max([own, *above]))


def highest_reach(reader: ReaderFact) -> Reach:
    """The narrowest circle this reader is in: they read what lies there and in every wider one."""
    if reader.is_agent:
        return Reach.INTERNAL
    if not reader.is_signed_in:
        return Reach.PUBLIC
    return Reach.CONTRACT if reader.has_contract else Reach.SIGNED_IN
