"""What Berger IT's levels include per month, and how its customers have used it so far.

Northgate has used four fifths of its allowance, Hofmann everything: both have been told. Lindner's level
counts cases, and one is left.
"""

from __future__ import annotations

from tickets.management.demo_story.shapes import Included, UsedBefore, UsedNow

__all__ = ["INCLUDED", "USED_BEFORE", "USED_NOW"]

#: By level.
INCLUDED: dict[str, Included] = {
    "gold": Included(600, overrun="bill", carries_over=True),
    "silver": Included(240, overrun="ask"),
    "bronze": Included(3, unit="cases", overrun="ask"),
}

#: Of the months before, the latest last; what was done then is older than the tickets told here.
USED_BEFORE = (
    UsedBefore("brandl", (420, 380, 555, 610, 300)),
    UsedBefore("hofmann", (180, 240, 95, 210, 240)),
    UsedBefore("lindner", (2, 3, 1)),
    UsedBefore("northgate", (480, 565, 350)),
)

#: In the month that runs, up to a share of what there is, by work on the customer's tickets.
USED_NOW = (
    UsedNow("brandl", 35, "remote", "agent1"),
    UsedNow("hofmann", 100, "remote", "agent1"),
    UsedNow("lindner", 67, "phone", "agent1"),
    UsedNow("northgate", 80, "remote", "agent1"),
)
