"""The chart of how an allowance was used: where its bars stand, in the units of its own drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 150
_TOP, _BOTTOM = 22, 24
_BAR = 30


@dataclass(frozen=True, slots=True)
class Amount:
    """What one period had and what of it was used; `label` is what stands under its bar."""

    label: str
    total: int
    used: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: a frame as high as what there was, filled as far as it was used."""

    label: str
    percent: int
    x: float
    middle: float
    frame_y: float
    frame_height: float
    used_y: float
    used_height: float
    is_used_up: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole drawing."""

    bars: Sequence[Bar]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - _BOTTOM
    bar: int = _BAR

    @property
    def label_y(self) -> int:
        """Where the names of the periods stand."""
        return self.height - 8


def chart_of(amounts: Sequence[Amount]) -> Chart:
    """The drawing of successive periods, the latest last; all bars share one scale."""
    most = max((amount.total for amount in amounts), default=0) or 1
    slot = WIDTH / max(1, len(amounts))
    room = HEIGHT - _TOP - _BOTTOM
    base = HEIGHT - _BOTTOM

    def bar(place: int, amount: Amount) -> Bar:
        frame = round(room * amount.total / most, 1)
        used = round(room * min(amount.used, amount.total) / most, 1)
        middle = round(slot * (place + 0.5), 1)
        return Bar(
            label=amount.label,
            percent=round(100 * amount.used / amount.total) if amount.total else 0,
            x=round(middle - _BAR / 2, 1),
            middle=middle,
            frame_y=round(base - frame, 1),
            frame_height=frame,
            used_y=round(base - used, 1),
            used_height=used,
            is_used_up=amount.total > 0 and amount.used >= amount.total,
            is_last=place == len(amounts) - 1,
        )

    return Chart([bar(place, amount) for place, amount in enumerate(amounts)])
