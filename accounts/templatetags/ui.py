"""What the components need: icons, times, the company's name. Loaded by `{% load ui %}`."""

from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from heroicons.templatetags import heroicons

from accounts.queries import company
from lib import slots
from lib.spans import due_span as say_due
from lib.spans import exact_length, short_span

register = template.Library()

SEVERITY_STEPS = (1, 2, 3, 4)
# Whole sentences, because "3 days" and "3 days ago" are inflected differently in German.
AGO = (
    (timedelta(days=1), ngettext_lazy("%(count)d day ago", "%(count)d days ago", "count")),
    (timedelta(hours=1), ngettext_lazy("%(count)d hour ago", "%(count)d hours ago", "count")),
    (timedelta(minutes=1), ngettext_lazy("%(count)d minute ago", "%(count)d minutes ago", "count")),
)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """The 16-pixel heroicon, hidden from assistive technology; `extra`: more classes. Drawn once."""
    return _drawn(name, f"icon {extra}".strip())


@lru_cache(maxsize=256)
def _drawn(name: str, classes: str) -> SafeString:
    drawing = heroicons.heroicon_micro(str(name), size=16, **{"class": str(classes), "aria-hidden": "true"})
    return mark_safe(drawing)  # noqa: S308 (an icon of a package, no input)


@register.simple_tag(takes_context=True)
def slot(context: template.Context, place: str) -> SafeString:
    """What the rooms above show at this place of the page (see lib/slots.py)."""
    given: dict[str, Any] = {str(name): value for name, value in context.flatten().items()}
    return mark_safe(slots.shown(place, given))  # noqa: S308 (parts are rendered templates)


@register.simple_tag
def company_name() -> str:
    """The name of the company that runs this helpdesk."""
    return company.company_name()


@register.simple_tag
def company_time_zone() -> str:
    """The IANA name of the company's time zone, for the scripts that word times."""
    return str(settings.TIME_ZONE)


@register.simple_tag
def when(moment: datetime | None, style: str = "ago") -> SafeString:
    """A `<time>` with words and the exact time in its title.

    `style`: `ago` ("3 hours ago"), `elapsed` ("3 h 05"), `clock` (today "08:31", else date and time), `date`,
    `end` (of a span: at midnight its last day, else as `clock`).
    Formatting costs some 80 microseconds: rows of long lists pass prepared strings instead.
    """
    if moment is None:
        return mark_safe("")
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        moment.isoformat(),
        formats.date_format(local, "SHORT_DATETIME_FORMAT"),
        mark_safe(f' data-relative="{style}"') if style in {"ago", "elapsed"} else "",  # noqa: S308
        _worded(local, style),
    )


def _worded(local: datetime, style: str) -> str:
    now = timezone.localtime()
    if style == "elapsed":
        return elapsed(local, now)
    if style == "ago":
        return _ago(now - local)
    if style == "end" and local.time() == time.min:
        return formats.date_format(local - timedelta(days=1), "SHORT_DATE_FORMAT")
    if style in {"clock", "end"} and local.date() == now.date():
        return formats.time_format(local, "H:i")
    return formats.date_format(local, "SHORT_DATE_FORMAT" if style == "date" else "SHORT_DATETIME_FORMAT")


def _ago(span: timedelta) -> str:
    """A span that ends now, in its largest whole unit."""
    for unit, words in AGO:
        if span >= unit:
            return str(words % {"count": span // unit})
    return _("just now")


@register.filter
def elapsed(since: datetime, now: datetime | None = None) -> str:
    """The short span "43 min", "1 h 02", "16 h", "3 d" (de: "3 T"); times.js words it the same way."""
    return short_span(since, now or timezone.now(), translation.get_language() or "de")


@register.filter
def ticking(since: datetime | None) -> str:
    """The span to the second, "2:05"; times.js words it the same way, every second."""
    return exact_length((timezone.now() - since).total_seconds()) if since else ""


@register.filter
def exact(seconds: float) -> str:
    """A length to the second: "2:05"."""
    return exact_length(seconds)


@register.filter
def due_span(due_at: datetime) -> str:
    """How far a deadline is: "in 40 min", "2 h 05 late"; times.js words it the same way."""
    return say_due(due_at, timezone.now(), translation.get_language() or "de")


@register.filter
def iso(moment: datetime | None) -> str:
    """The moment for a `datetime` attribute."""
    return moment.isoformat() if moment else ""


@register.filter
def initials(name: str) -> str:
    """Up to two letters for an avatar: "Anna Berger" gives "AB"."""
    words = [word for word in str(name).split() if word[0].isalpha()]
    picked = words[:1] + words[-1:] if len(words) > 1 else words[:1]
    return "".join(word[0] for word in picked).upper() or "?"


@register.filter
def severity_step(severity: object) -> int:
    """1 (critical) to 4 (low), whatever the severity came as; anything else counts as 3 (normal)."""
    try:
        step = int(severity)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return 3
    return step if step in SEVERITY_STEPS else 3
