"""Colours and how well they can be told apart, by the formulas of WCAG 2.2.

A colour is written "#rrggbb". A ratio lies between 1 (the same) and 21 (black on white); text needs 4.5.
"""

import colorsys
import re
from collections.abc import Iterable
from functools import lru_cache

TEXT_RATIO = 4.5
_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_STEPS = 256
# Where sRGB's curve is a straight line, and what it is made of (IEC 61966-2-1).
_LINEAR_UP_TO, _LINEAR_BY, _OFFSET, _POWER = 0.04045, 12.92, 0.055, 2.4
_WEIGHTS = (0.2126, 0.7152, 0.0722)

Parts = tuple[float, float, float]


def as_colour(text: str) -> str:
    """The colour in small letters, however it was typed. Error: ValueError where it is none."""
    colour = f"#{text.strip().removeprefix('#').lower()}"
    if not _HEX.fullmatch(colour):
        raise ValueError(text)
    return colour


def contrast(one: str, other: str) -> float:
    """The ratio between two colours."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def weakest_contrast(colour: str, grounds: Iterable[str]) -> float:
    """The ratio against the ground on which the colour is hardest to see."""
    return min(contrast(colour, ground) for ground in grounds)


def mixed(colour: str, into: str, share: float) -> str:
    """`into` with a share of `colour` between 0 and 1 in it."""
    parts = zip(_parts(colour), _parts(into), strict=True)
    return _written(tuple(share * one + (1 - share) * other for one, other in parts))  # type: ignore[arg-type]


def nearest_readable(colour: str, grounds: Iterable[str], *, is_darker: bool) -> str:
    """The colour made darker (or lighter) just so far that it can be read on all of the grounds."""
    all_grounds, end = tuple(grounds), "#000000" if is_darker else "#ffffff"
    for step in range(_STEPS + 1):
        tried = _with_lightness(colour, step / _STEPS, is_darker=is_darker)
        if weakest_contrast(tried, all_grounds) >= TEXT_RATIO:
            return tried
    return end


def _with_lightness(colour: str, way: float, *, is_darker: bool) -> str:
    """The same hue, this part of the way to black or white."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    goal = 0.0 if is_darker else 1.0
    return _written(colorsys.hls_to_rgb(hue, lightness + way * (goal - lightness), saturation))


@lru_cache(maxsize=512)
def _luminance(colour: str) -> float:
    return sum(weight * _linear(part) for weight, part in zip(_WEIGHTS, _parts(colour), strict=True))


def _linear(part: float) -> float:
    return part / _LINEAR_BY if part <= _LINEAR_UP_TO else ((part + _OFFSET) / (1 + _OFFSET)) ** _POWER


def _parts(colour: str) -> Parts:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _written(parts: Parts) -> str:
    return "#" + "".join(f"{round(max(0.0, min(1.0, part)) * 255):02x}" for part in parts)
