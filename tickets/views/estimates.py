"""How well estimates of waiting times come true, for leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import leads_only
from lib.reasons import say_day
from lib.spans import short_length
from tickets.queries import calibration
from tickets.queries.calibration import GroupFigures, Week
from tickets.rules.wording import TABLE
from tickets.views.frame import reader_of, render_desk

# The chart's units; the style sheet gives it its size on the page.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 220, 44, 16, 16, 28


@dataclass(frozen=True)
class Bar:
    """One week in the chart: where it stands and what it says. Without ranges it has no height."""

    week: Week
    label: str
    x: int
    width: int
    y: int
    height: int
    middle: int


@leads_only
@require_safe
def estimates(request: HttpRequest) -> HttpResponse:
    """Per band and severity and week by week: how many ranges came true, and how wide they were."""
    reader = reader_of(request)
    found = calibration.calibration(timezone.now())
    context = {
        "overall": found.overall,
        "groups": [_worded(one, reader.language) for one in found.groups],
        "chart": _chart(found.weeks, reader.language) if found.overall and found.overall.told else None,
        "most_width": calibration.MOST_WIDTH,
    }
    return render_desk(request, "tickets/estimates.html", context, reader=reader, here="estimates")


def _worded(one: GroupFigures, language: str) -> dict[str, Any]:
    return {
        "figures": one,
        "severity_label": TABLE[f"severity.{one.severity}"][language],
        "median": short_length(one.median_seconds, language),
    }


def _chart(weeks: Sequence[Week], language: str) -> dict[str, Any]:
    """Bars of percent, and the band in which they shall end."""
    step = (WIDTH - LEFT - RIGHT) // len(weeks)
    top, bottom = _height(calibration.MOST_PERCENT), _height(calibration.LEAST_PERCENT)
    bars = []
    for number, week in enumerate(weeks):
        y, x = _height(week.percent or 0), LEFT + number * step + step // 5
        bars.append(
            Bar(
                week=week,
                label=say_day(week.monday, language).removesuffix(f"{week.monday.year}").strip(),
                x=x,
                width=step * 3 // 5,
                y=y,
                height=_height(0) - y,
                middle=x + step * 3 // 10,
            )
        )
    return {
        "bars": bars,
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "end": WIDTH - RIGHT,
        "plot": WIDTH - LEFT - RIGHT,
        "band": {"y": top, "height": bottom - top},
        "lines": [{"percent": percent, "y": _height(percent)} for percent in (0, 50, 70, 90, 100)],
        "labels_y": HEIGHT - 8,
        "has_faint": any(week.verdict == "few" and week.told for week in weeks),
    }


def _height(percent: int) -> int:
    """Where a share lies in the chart, from above."""
    return TOP + round((HEIGHT - TOP - BOTTOM) * (100 - percent) / 100)
