"""The queue: ranked rows, what stands behind one of them, taking the next."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, agents_only
from accounts.models import Team
from accounts.queries.logins import login_of, login_words
from tickets import access
from tickets.actions import assigning
from tickets.actions.refusals import OffDuty
from tickets.forms.inviting import can_be_invited
from tickets.forms.refusals import in_words as refusal_in_words
from tickets.queries import case
from tickets.queries.allowance import allowance_words
from tickets.queries.desk import Levels, QueueFilter, load_levels, queue_page, say
from tickets.queries.due import CONDITIONS, LATE, SOON
from tickets.queries.gate_cards import ticket_gates
from tickets.queries.targets import targets_of
from tickets.rules.ranking import Severity, severity_name
from tickets.views.frame import Reader, reader_of, render_desk, waiting_in_words

KEY_LENGTH_LIMIT = 40
TEXT_LIMIT = 100


@agents_only
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The page, and with `?fragment=live` its changing parts."""
    reader, levels = reader_of(request), load_levels()
    wanted, team = _wanted(request, reader, levels)
    page = queue_page(
        wanted,
        user_id=reader.user.pk,
        teams={one.pk: one.name for one in reader.teams},
        levels=levels,
        language=reader.language,
        now=timezone.now(),
    )
    first = reverse("desk:queue")
    kept = _parameters(wanted, team)
    context = {
        "page": page,
        "tickets_url": reverse("desk:tickets"),
        "peek_url": reverse("desk:peek"),
        "summary": waiting_in_words(page.counts.of(wanted.team_ids)),
        "is_mixed": len(wanted.team_ids) > 1,
        "is_narrowed": wanted.is_narrowed,
        "is_later_page": bool(wanted.after),
        "first_url": _address(first, kept),
        "more_url": _address(first, {**kept, "after": page.after}) if page.after else "",
        "live_url": _address(first, {**kept, "after": wanted.after, "fragment": "live"}),
        "menus": _menus(reader, levels, wanted, team),
        "text": wanted.text,
        "kept": [(name, value) for name, value in kept.items() if value and name != "q"],
        "team": team,
        "selected": _selected(request, page.rows),
    }
    here = f"team:{team.slug}" if team and len(reader.teams) > 1 else "queue"
    return render_desk(
        request, "tickets/queue.html", context, reader=reader, here=here, counts=page.counts, fragment="live"
    )


@agents_only
@require_safe
def peek(request: HttpRequest) -> HttpResponse:
    """The panel beside the queue: one ticket, why it stands there (fragment `reason`), who is behind it."""
    reader = reader_of(request)
    ticket = access.get_ticket(reader.user, request.GET.get("number", ""))
    context = {"ticket": ticket, "words": ticket_words(ticket, reader)}
    if request.GET.get("fragment") == "reason":
        return render_desk(request, "tickets/peek.html", context, reader=reader, fragment="reason")
    context |= {
        "message": case.first_words(ticket),
        "party": party(ticket, reader),
        "gates": ticket_gates(ticket, timezone.now(), language=reader.language),
        "targets": targets_of(ticket, language=reader.language, now=timezone.now()),
    }
    return render_desk(request, "tickets/peek.html", context, reader=reader, here="queue", fragment="panel")


@agents_only
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Claim the best ticket and open it."""
    user = acting_user(request)
    slug = request.POST.get("team", "")
    chosen = [team.pk for team in reader_of(request).teams if team.slug == slug]
    try:
        offer = assigning.take_next(by=user, team_ids=chosen or None)
    except OffDuty as refusal:
        messages.error(request, f"{refusal_in_words(refusal)} {_('Switch “on duty” on first.')}")
        return redirect("desk:queue")
    if offer is None:
        messages.info(request, _("Nothing waits for you."))
        return redirect("desk:queue")
    if offer.is_own:
        messages.info(request, _("This ticket of yours comes before everything that waits."))
    return redirect("desk:ticket", offer.ticket.number)


def ticket_words(ticket: Any, reader: Reader) -> dict[str, Any]:
    """State, severity and place of a ticket in words."""
    return {
        "status": say(f"status.{ticket.status}", reader.language),
        "severity": say(f"severity.{ticket.severity_name}", reader.language),
        "place": case.place_in_words(ticket, language=reader.language, now=timezone.now()),
        "is_mine": ticket.assignee_id == reader.user.pk,
    }


def party(ticket: Any, reader: Reader) -> dict[str, Any]:
    """Who is behind a ticket: customer, contact, phones, standing, what is left of the allowance."""
    now = timezone.now()
    standing = case.standing_in_words(ticket.customer, language=reader.language, now=now)
    return {
        "customer": ticket.customer,
        "contact": ticket.contact,
        "phones": case.phones_of(ticket.customer, ticket.contact),
        "standing": standing,
        "step": load_levels().step(standing.level_id),
        "allowance": allowance_words(standing.agreement_id, language=reader.language, now=now),
        "access": login_words(login_of(ticket.contact.user)) if ticket.contact else "",
        "invite_to": ticket.number if can_be_invited(ticket.contact, reader.user) else "",
    }


def _wanted(request: HttpRequest, reader: Reader, levels: Levels) -> tuple[QueueFilter, Team | None]:
    """The filter that stands in the address. Error: 404 for a team that is not the reader's."""
    query, team = request.GET, None
    if slug := query.get("team", ""):
        team = next((one for one in reader.teams if one.slug == slug), None)
        if team is None:
            raise Http404
    severities = {severity_name(one): int(one) for one in Severity}
    level = query.get("level", "")
    return QueueFilter(
        team_ids=(team.pk,) if team else tuple(reader.team_ids),
        severity=severities.get(query.get("severity", "")),
        level=int(level) if level in {"0", *map(str, levels.names)} else None,
        text=query.get("q", "").strip().replace("\0", "")[:TEXT_LIMIT],
        after=_cursor(query.get("after", "")),
        due=query.get("due", "") if query.get("due", "") in CONDITIONS else "",
    ), team


def _cursor(text: str) -> str:
    return text[:KEY_LENGTH_LIMIT] if text.isascii() and text.isalnum() else ""


def _parameters(wanted: QueueFilter, team: Team | None) -> dict[str, str]:
    """The filter as it stands in an address."""
    return {
        "team": team.slug if team else "",
        "severity": severity_name(wanted.severity) if wanted.severity else "",
        "level": "" if wanted.level is None else str(wanted.level),
        "due": wanted.due,
        "q": wanted.text,
    }


def _address(path: str, parameters: dict[str, str]) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def _menus(reader: Reader, levels: Levels, wanted: QueueFilter, team: Team | None) -> list[dict[str, Any]]:
    """The filters as menus of links."""
    kept, path = _parameters(wanted, team), reverse("desk:queue")

    def menu(name: str, label: str, choices: Sequence[tuple[str, str]]) -> dict[str, Any]:
        now = kept[name]
        return {
            "label": label,
            "value": dict(choices)[now] if now else "",
            "choices": [
                {"label": text, "url": _address(path, {**kept, name: value}), "is_current": value == now}
                for value, text in choices
            ],
        }

    teams = [("", _("All my teams")), *((one.slug, one.name) for one in reader.teams)]
    severities = [("", _("Every severity"))]
    severities += [
        (severity_name(one), say(f"severity.{severity_name(one)}", reader.language)) for one in Severity
    ]
    bands = [
        ("", _("Every level")),
        *((str(pk), name) for pk, name in levels.names.items()),
        ("0", _("Without contract")),
    ]
    deadlines = [("", _("Every deadline")), (SOON, _("At risk")), (LATE, _("Missed"))]
    menus = [
        menu("severity", _("Severity"), severities),
        menu("level", _("Level"), bands),
        menu("due", _("Deadline"), deadlines),
    ]
    return [menu("team", _("Team"), teams), *menus] if len(reader.teams) > 1 else menus


def _selected(request: HttpRequest, rows: Sequence[Any]) -> str:
    """The ticket shown in the panel: the one asked for, else the first; an open page knows its own."""
    if "fragment" in request.GET:
        return ""
    asked_for = request.GET.get("selected", "")
    numbers = [row.number for row in rows]
    return asked_for if asked_for in numbers else (numbers[0] if numbers else "")
