"""How often we kept what we promised, for leads: the report, its export, and what breaches next."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import leads_only
from contracts.queries import company_zone
from contracts.rules.targets import short_minutes
from lib.languages import page_language
from lib.reasons import say_day
from lib.sheets.writing import CSV_TYPE, Cell, write_csv
from lib.spans import short_length
from tickets.forms.periods import period_asked
from tickets.models import Clock
from tickets.queries import attainment as figures
from tickets.queries.attainment import Group, Week
from tickets.queries.desk import load_levels, say
from tickets.queries.due import due_word
from tickets.rules.periods import CHOICES, CUSTOM, LAST_MONTH, MONTH, Period
from tickets.rules.ranking import severity_name
from tickets.views.frame import reader_of, render_desk

# The chart's units; the style sheet gives it its size on the page.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 200, 44, 16, 20, 28
MOST_LABELS = 9


@leads_only
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """A period's targets by level, severity and kind, the missed ones, and the deadlines that come next."""
    reader, now = reader_of(request), timezone.now()
    period, form = period_asked(request.GET, localtime(now, company_zone()).date())
    found = figures.attainment(period)
    steps, language = load_levels(), reader.language
    context = {
        "found": found,
        "period_words": f"{say_day(period.first, language)} – {say_day(period.last, language)}",
        "chips": _chips(period),
        "form": form,
        "is_custom": period.choice == CUSTOM or form.is_bound,
        "groups": [_group(one, language) for one in found.groups],
        "chart": _chart(found.weeks, language) if found.overall.percent is not None else None,
        "missed": [_line(one, steps, language) for one in found.missed],
        "coming": [_line(one, steps, language) for one in figures.breaching_next(now)],
        "export_url": f"{reverse('desk:targets_export')}?{urlencode(_parameters(period))}",
    }
    return render_desk(request, "tickets/targets.html", context, reader=reader, here="targets")


@leads_only
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Every target of the period as CSV."""
    period, _form = period_asked(request.GET, localtime(timezone.now(), company_zone()).date())
    language = page_language()
    answer = StreamingHttpResponse(
        write_csv(_headings(), _cells(period, language), separator=";" if language == "de" else ","),
        content_type=CSV_TYPE,
    )
    name = f"targets-{period.first.isoformat()}-{period.last.isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _parameters(period: Period) -> dict[str, str]:
    if period.choice != CUSTOM:
        return {"period": period.choice}
    return {"period": CUSTOM, "first": period.first.isoformat(), "last": period.last.isoformat()}


def _chips(period: Period) -> list[dict[str, Any]]:
    labels = {MONTH: _("This month"), LAST_MONTH: _("Last month")}
    return [
        {
            "label": labels.get(choice) or _("This quarter"),
            "url": f"{reverse('desk:targets')}?period={choice}",
            "is_current": choice == period.choice,
        }
        for choice in CHOICES
    ]


def _group(one: Group, language: str) -> dict[str, Any]:
    return {
        "group": one,
        "kind_label": due_word(one.kind, language),
        "severity_label": say(f"severity.{severity_name(one.severity)}", language),
        "median": "" if one.median_seconds is None else short_length(one.median_seconds, language),
    }


def _line(clock: Clock, levels: Any, language: str) -> dict[str, Any]:
    return {
        "clock": clock,
        "ticket": clock.ticket,
        "kind_label": due_word(clock.kind, language),
        "severity_label": say(f"severity.{severity_name(clock.severity)}", language),
        "level_label": clock.level.name if clock.level else "–",
        "step": levels.step(clock.level_id),
    }


def _chart(weeks: Sequence[Week], language: str) -> dict[str, Any]:
    """A bar for each week: the share that was met."""
    step = (WIDTH - LEFT - RIGHT) / len(weeks)
    every = -(-len(weeks) // MOST_LABELS)
    bars = []
    for number, week in enumerate(weeks):
        x, y = LEFT + number * step + step / 5, _height(week.figures.percent or 0)
        bars.append(
            {
                "week": week,
                "label": say_day(week.monday, language).removesuffix(f"{week.monday.year}").strip(),
                "is_labelled": number % every == 0,
                "x": round(x),
                "width": max(2, round(min(step * 3 / 5, 48))),
                "y": y,
                "height": _height(0) - y,
                "middle": round(x + max(2, min(step * 3 / 5, 48)) / 2),
            }
        )
    return {
        "bars": bars,
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "end": WIDTH - RIGHT,
        "lines": [{"percent": percent, "y": _height(percent)} for percent in (0, 50, 100)],
        "labels_y": HEIGHT - 8,
    }


def _height(percent: int) -> int:
    """Where a share lies in the chart, from above."""
    return TOP + round((HEIGHT - TOP - BOTTOM) * (100 - percent) / 100)


def _headings() -> list[str]:
    return [
        *(_("Ticket"), _("Customer"), _("Team"), _("Agent"), _("Service level"), _("Severity")),
        *(_("Target"), _("Promised"), _("Outcome"), _("Counts since"), _("Due"), _("Done"), _("Missed at")),
        *(_("Justification"), _("Justified by")),
    ]


def _cells(period: Period, language: str) -> Iterator[list[Cell]]:
    for clock in figures.decided_clocks(period).iterator(chunk_size=2_000):
        ticket = clock.ticket
        yield [
            ticket.number,
            ticket.customer.name,
            ticket.team.name,
            ticket.assignee.display_name if ticket.assignee else "",
            clock.level.name if clock.level else "",
            say(f"severity.{severity_name(clock.severity)}", language),
            due_word(clock.kind, language),
            short_minutes(clock.minutes),
            due_word(_outcome(clock), language),
            *(_moment(one) for one in (clock.starts_at, clock.due_at, clock.stopped_at, clock.breached_at)),
            clock.justification,
            clock.justified_by.display_name if clock.justified_by else "",
        ]


def _outcome(clock: Clock) -> str:
    if clock.breached_at is not None:
        return "late"
    if clock.stopped_at is not None:
        return "met"
    return {Clock.State.PAUSED: "paused", Clock.State.WITHDRAWN: "gone"}.get(Clock.State(clock.state), "ok")


def _moment(at: Any) -> str:
    return f"{localtime(at, company_zone()):%Y-%m-%d %H:%M}" if at else ""
