"""How well we can be reached, for leads: the report and its export."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from accounts.access import leads_only
from calls.forms.spans import CHOICES, span_asked, whose_asked
from calls.queries import reachability as figures
from calls.queries.board import customer_name
from calls.queries.reachability import Narrowed
from calls.rules.reach import Reached
from calls.views.desk_frame import LEADS, lead_tabs, render_calls
from contracts.models import ServiceLevel
from contracts.queries import company_zone
from customers.models import Customer
from lib.languages import page_language
from lib.reasons import say_day
from lib.sheets.writing import CSV_TYPE, Cell, write_csv
from tickets.rules.periods import CUSTOM, Period

# The charts' units; the style sheet gives them their size on the page.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 200, 44, 16, 20, 28
MOST_LABELS = 12


@leads_only
@require_safe
def reachability(request: HttpRequest) -> HttpResponse:
    """The contract line by hour, day, level and customer, and the public queue, over chosen days."""
    language, today = page_language(), localtime(timezone.now(), company_zone()).date()
    period, form = span_asked(request.GET, today)
    level, customer = whose_asked(request.GET)
    found = figures.reachability(_narrowed(period, level, customer))
    kept = _kept(period, level, customer)
    context = {
        "found": found,
        "tabs": lead_tabs("reachability"),
        "period_words": f"{say_day(period.first, language)} – {say_day(period.last, language)}",
        "chips": _period_chips(period, kept),
        "levels": _level_chips(level, kept),
        "form": form,
        "is_custom": period.choice == CUSTOM or form.is_bound,
        "customer": customer,
        "kept": [(name, value) for name, value in kept.items() if name in {"level", "customer"} and value],
        "without_customer_url": _url("reachability", kept, customer=""),
        "by_hour": _chart([(str(hour), one) for hour, one in found.hours]) if found.hours else None,
        "by_day": _chart([(_short(day, language), one) for day, one in found.days]),
        "customers": [
            (one, _url("reachability", kept, customer=str(one.customer_id))) for one in found.customers
        ],
        "export_url": _url("reachability_export", kept),
    }
    return render_calls(request, "calls/lead/reachability.html", context, here=LEADS)


@leads_only
@require_safe
def reachability_export(request: HttpRequest) -> StreamingHttpResponse:
    """Every incoming call of the days as CSV; callers' numbers stay here."""
    period, _form = span_asked(request.GET, localtime(timezone.now(), company_zone()).date())
    level, customer = whose_asked(request.GET)
    rows = _cells(_narrowed(period, level, customer))
    separator = ";" if page_language() == "de" else ","
    answer = StreamingHttpResponse(write_csv(_headings(), rows, separator=separator), content_type=CSV_TYPE)
    name = f"calls-{period.first.isoformat()}-{period.last.isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _narrowed(period: Period, level: ServiceLevel | None, customer: Customer | None) -> Narrowed:
    return Narrowed(period, customer.pk if customer else None, level.name if level else "")


def _kept(period: Period, level: ServiceLevel | None, customer: Customer | None) -> dict[str, str]:
    days = {"period": period.choice}
    if period.choice == CUSTOM:
        days |= {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return {**days, "level": str(level.pk) if level else "", "customer": str(customer.pk) if customer else ""}


def _url(name: str, kept: dict[str, str], **changed: str) -> str:
    query = urlencode({key: value for key, value in {**kept, **changed}.items() if value})
    return f"{reverse(f'calls:{name}')}?{query}"


def _period_chips(period: Period, kept: dict[str, str]) -> list[dict[str, Any]]:
    whose = {name: kept[name] for name in ("level", "customer")}
    return [
        {
            "label": ngettext("%(days)s day", "%(days)s days", int(days)) % {"days": days},
            "url": _url("reachability", whose, period=days),
            "is_current": days == period.choice,
        }
        for days in CHOICES
    ]


def _level_chips(level: ServiceLevel | None, kept: dict[str, str]) -> list[dict[str, Any]]:
    levels = list(ServiceLevel.objects.order_by("rank", "name"))
    every = {
        "label": _("All levels"),
        "url": _url("reachability", kept, level=""),
        "is_current": level is None,
    }
    return [every] + [
        {
            "label": one.name,
            "url": _url("reachability", kept, level=str(one.pk)),
            "is_current": one == level,
        }
        for one in levels
    ]


def _short(day: date, language: str) -> str:
    """Without the year, and so short that a label stands under its column: 25.10., 25 Oct."""
    said = say_day(day, language).removesuffix(str(day.year)).strip()
    number, _blank, month = said.partition(" ")
    return f"{number} {month[:3]}" if month else said


def _chart(columns: Sequence[tuple[str, Reached]]) -> dict[str, Any]:
    """A column for each hour or day: calls, and in it the busy ones."""
    most = max((one.calls for _label, one in columns), default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / max(1, len(columns))
    width = max(2, round(min(step * 3 / 5, 40)))
    every = -(-len(columns) // MOST_LABELS)
    bars = []
    for number, (label, one) in enumerate(columns):
        x = round(LEFT + number * step + (step - width) / 2)
        y, busy_y = _height(one.calls, most), _height(one.busy, most)
        bars.append(
            {
                "label": label,
                "reached": one,
                "is_labelled": number % every == 0,
                "x": x,
                "width": width,
                "y": y,
                "height": _height(0, most) - y,
                "busy_y": busy_y,
                "busy_height": _height(0, most) - busy_y,
                "middle": x + width // 2,
            }
        )
    lines = sorted({0, most, (most + 1) // 2})
    return {
        "bars": bars,
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "end": WIDTH - RIGHT,
        "lines": [{"calls": calls, "y": _height(calls, most)} for calls in lines],
        "labels_y": HEIGHT - 8,
        "has_values": len(columns) <= 2 * MOST_LABELS,
    }


def _height(calls: int, most: int) -> int:
    """Where so many calls lie in the chart, from above."""
    return TOP + round((HEIGHT - TOP - BOTTOM) * (most - calls) / most)


def _headings() -> list[str]:
    return [
        *(
            _("Arrived"),
            pgettext("phone", "Line"),
            _("Dialled"),
            _("Customer"),
            _("Service level"),
            _("Within service hours"),
        ),
        *(_("Outcome"), _("Seconds waited"), _("Seconds talked"), _("Agent"), _("Ticket")),
        _("Decided by the telephone system alone"),
    ]


def _cells(asked: Narrowed) -> Iterator[list[Cell]]:
    for call in figures.calls_of(asked).iterator(chunk_size=2_000):
        yield [
            f"{localtime(call.arrived_at, company_zone()):%Y-%m-%d %H:%M:%S}",
            str(call.get_line_display()),
            str(call.number) if call.number else call.to_number,
            customer_name(call),
            str(call.standing.get("level") or ""),
            _("yes") if call.in_hours else _("no"),
            str(call.get_outcome_display()) if call.outcome else str(call.get_state_display()),
            str(call.waited_seconds),
            str(call.talked_seconds),
            call.phone.user.display_name if call.phone else "",
            call.ticket.number if call.ticket else "",
            _("yes") if call.via_fallback else _("no"),
        ]
