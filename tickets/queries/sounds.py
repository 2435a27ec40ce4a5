"""Recordings among a ticket's files: what a page draws above its player."""

from collections.abc import Sequence
from dataclasses import dataclass

from tickets.models import Attachment

HEIGHT = 32
"""Of the drawing; it is as many wide as there are peaks."""
_LOWEST = 1.0
"""A bar of silence is still to be seen."""


@dataclass(frozen=True)
class Player:
    """A recording on a page. `url`: of its sound; `length`: "0:14"; `path`: of the drawing, "" for none."""

    url: str
    length: str
    path: str
    width: int


def player_of(file: Attachment, url: str) -> Player | None:
    """The player of a file that can be listened to, else None."""
    if not file.sound:
        return None
    seconds, peaks = int(file.sound["seconds"]), file.sound["peaks"]
    return Player(url, f"{seconds // 60}:{seconds % 60:02}", _path(peaks), max(len(peaks), 1))


def _path(peaks: Sequence[int]) -> str:
    """One bar for each part, as high as it is loud."""
    middle = HEIGHT / 2
    bars = [(at + 0.5, max(_LOWEST, peak / 100 * (middle - 1))) for at, peak in enumerate(peaks)]
    return "".join(f"M{at} {middle - high:.1f}v{2 * high:.1f}" for at, high in bars)
