"""The frame of the desk: what every page of it shows beside its own matter."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.access import acting_user, teams_of
from accounts.models import Team, User
from contracts.queries.processing_rights import waiting_for_answer
from knowledge.rules.addresses import ARTICLES
from lib.htmx import render_page
from lib.languages import page_language
from tickets.queries.navigation import CAP, DeskCounts, TeamCount, desk_counts
from tickets.queries.time import timers_of

COUNT_LIMIT = 1_000


@dataclass(frozen=True)
class Reader:
    """Who reads a page, the teams whose queues they work, and their language."""

    user: User
    teams: list[Team]
    language: str

    @property
    def team_ids(self) -> list[int]:
        """The teams' ids."""
        return [team.pk for team in self.teams]


def reader_of(request: HttpRequest) -> Reader:
    """The reader of a guarded page."""
    user = acting_user(request)
    return Reader(user, teams_of(user), page_language())


def render_desk(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    reader: Reader,
    here: str = "",
    counts: DeskCounts | None = None,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page of the desk, or its fragment; `here` names the current place in the navigation."""
    if counts is None:
        counts, _more = desk_counts(reader.user.pk, reader.team_ids)
    frame = {"nav": navigation(reader, counts, here), "is_degraded": counts.is_degraded}
    return render_page(request, template, {**frame, **context}, fragment=fragment, status=status)


def navigation(reader: Reader, counts: DeskCounts, here: str) -> dict[str, Any]:
    """The sidebar, as `templates/desk_base.html` wants it."""
    items = [
        _item("queue", _("Queue"), "queue-list", here, in_words(counts.of(reader.team_ids).waiting)),
        _item("work", _("My work"), "briefcase", here, _capped(counts.work)),
        _item("waiting", _("Waiting for customer"), "pause-circle", here, _capped(counts.parked)),
        _item("tickets", _("All tickets"), "rectangle-stack", here),
    ]
    if counts.lost_mail:
        label = _("Mail errors")
        items.append(_item("lost_mail", label, "envelope", here, _capped(counts.lost_mail)))
    items.append(_item("agreements", _("Agreements"), "document-text", here))
    items.append(_item("dpas", _("DPAs"), "shield-check", here, view="dpa:dpas"))
    items.append(_articles(reader.user, here))
    if reader.user.is_lead:
        items.append(_item("starving", _("Without contract"), "clock", here))
        items.append(_item("targets", _("Kept deadlines"), "flag", here))
        items.append(_item("time", _("Work"), "wrench", here))
        items.append(_item("ratings", _("Ratings"), "face-smile", here))
        items.append(_item("billing", _("Billing"), "banknotes", here, view="billing:worklist"))
        items.append(_item("estimates", _("Estimates"), "chart-bar", here))
        items += _under_dpas(here)
    if reader.user.is_admin:
        label = _("Data protection")
        items.append(_item("privacy", label, "shield-check", here, view="privacy:overview"))
        items.append(_item("admin", _("Administration"), "cog-6-tooth", here, view="admin:index"))
    return {
        "items": items,
        "teams": _teams(reader, counts, here),
        "duty_url": reverse("desk:duty"),
        "timer": _timer(reader.user),
    }


def _under_dpas(here: str) -> list[dict[str, Any]]:
    """What customers say under their agreements, with the number of what waits for an answer."""
    objections, matters = waiting_for_answer()
    directory, registers = pgettext("sidebar", "Sub-processors"), _("Instructions and breaches")
    return [
        _item(
            "subprocessors", directory, "building-office-2", here, _some(objections), view="rights:directory"
        ),
        _item("dpa_rights", registers, "scale", here, _some(matters), view="rights:registers"),
    ]


def _some(count: int) -> str:
    return _capped(count) if count else ""


def _articles(user: User, here: str) -> dict[str, Any]:
    """Editors are led to where articles are written, other agents to where they are read."""
    item = _item("articles", _("Articles"), "book-open", here, view="editors:articles")
    return item if user.is_editor else {**item, "url": ARTICLES}


def _timer(user: User) -> dict[str, Any]:
    """The running timer, and those that were stopped and wait to be entered."""
    lines = timers_of(user)
    return {
        "running": next((line for line in lines if line.stopped_at is None), None),
        "drafts": [line for line in lines if line.stopped_at is not None],
    }


def _teams(reader: Reader, counts: DeskCounts, here: str) -> list[dict[str, Any]]:
    """The team queues; a single one is the queue itself."""
    if len(reader.teams) == 1:
        return []
    queue = reverse("desk:queue")
    return [
        {
            "id": f"team-{team.pk}",
            "label": team.name,
            "url": f"{queue}?team={team.slug}",
            "count": in_words(counts.by_team[team.pk].waiting),
            "is_current": here == f"team:{team.slug}",
        }
        for team in reader.teams
    ]


def _item(name: str, label: str, icon: str, here: str, count: str = "", *, view: str = "") -> dict[str, Any]:
    return {
        "id": name,
        "label": label,
        "url": reverse(view or f"desk:{name}"),
        "icon": icon,
        "count": count,
        "is_current": here == name,
    }


def in_words(count: int) -> str:
    """A count as lists show it: 999, then 1,000+."""
    return str(count) if count < COUNT_LIMIT else _("1,000+")


def waiting_in_words(count: TeamCount) -> str:
    """ "17 wait · 13 with a contract"."""
    wait = ngettext("%(count)s waits", "%(count)s wait", count.waiting) % {"count": in_words(count.waiting)}
    return f"{wait} · " + _("%(count)s with a contract") % {"count": in_words(count.with_contract)}


def _capped(count: int) -> str:
    return f"{CAP - 1}+" if count >= CAP else str(count)
