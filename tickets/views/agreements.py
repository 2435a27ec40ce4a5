"""Agreements on the desk: which end soon, and one with what it gives and how it goes on."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import agents_only, leads_only
from contracts.access import visible_agreements
from contracts.models import Agreement
from tickets.forms.renewing import ACTS
from tickets.queries.agreement_list import HORIZON_DAYS, SHOWS, Wanted, agreement_page
from tickets.queries.agreements import load_agreement, recap
from tickets.queries.desk import Levels, load_levels
from tickets.queries.rehearsal import rehearse_end
from tickets.views.frame import Reader, reader_of, render_desk

TEXT_LIMIT = 100
DIGITS = 18


@agents_only
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """All agreements, whatever ends first first; narrowed by what comes, level and text."""
    reader, levels = reader_of(request), load_levels()
    wanted = _wanted(request, levels)
    page = agreement_page(
        visible_agreements(reader.user), wanted, levels=levels, language=reader.language, now=timezone.now()
    )
    more = {"after": f"{page.after[0].isoformat()}.{page.after[1]}"} if page.after else None
    context = {
        "rows": page.rows,
        "wanted": wanted,
        "tabs": _tabs(wanted),
        "chips": _chips(wanted, levels),
        "more_url": _address(wanted, **more) if more else "",
        "horizon": HORIZON_DAYS,
    }
    return render_desk(request, "tickets/agreements.html", context, reader=reader, here="agreements")


@agents_only
@require_safe
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreement: included, used, left, and what happens next."""
    reader = reader_of(request)
    shown = _shown(reader, pk)
    context = {
        "agreement": shown,
        "recap": recap(shown, user=reader.user, language=reader.language, now=timezone.now()),
        "step": load_levels().step(shown.level_id),
        "reminders": shown.end_reminders.order_by("at", "pk"),
        "acts": [form for form in ACTS.values() if reader.user.is_lead and form.is_offered(shown)],
    }
    return render_desk(request, "tickets/agreement.html", context, reader=reader, here="agreements")


@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Renew an agreement, note notice or take it back: a form that says first what it changes."""
    if slug not in ACTS:
        raise Http404
    reader = reader_of(request)
    shown = _shown(reader, pk)
    is_sent = request.method == "POST"
    form = ACTS[slug](request.POST if is_sent else None, agreement=shown, user=reader.user)
    if is_sent and (next_one := form.went_well()) is not None:
        messages.success(request, str(form.done))
        return redirect("desk:agreement", pk=next_one.pk)
    at_end = rehearse_end(shown, user=reader.user, at=timezone.now(), language=reader.language)
    context = {"agreement": shown, "form": form, "at_end": at_end if slug == "notice" else None}
    status = 422 if is_sent else 200
    return render_desk(
        request, "tickets/agreement_act.html", context, reader=reader, here="agreements", status=status
    )


def _shown(reader: Reader, pk: int) -> Agreement:
    """The agreement, for those who may read it. Error: 404."""
    if not visible_agreements(reader.user).filter(pk=pk).exists():
        raise Http404
    found = load_agreement(pk)
    if found is None:
        raise Http404
    return found


def _wanted(request: HttpRequest, levels: Levels) -> Wanted:
    show, level = request.GET.get("show", ""), request.GET.get("level", "")
    return Wanted(
        show=show if show in SHOWS else SHOWS[0],
        level=int(level) if level.isdecimal() and int(level[:DIGITS]) in levels.names else None,
        text=request.GET.get("q", "").strip().replace("\0", "")[:TEXT_LIMIT],
        after=_after(request.GET.get("after", "")),
    )


def _after(written: str) -> tuple[date, int] | None:
    """Where a page goes on; a mistyped address starts anew."""
    day, _dot, pk = written.partition(".")
    try:
        return date.fromisoformat(day), int(pk[:DIGITS])
    except ValueError:
        return None


def _address(wanted: Wanted, **changed: Any) -> str:
    kept = {"show": wanted.show, "level": wanted.level, "q": wanted.text, **changed}
    query = {name: value for name, value in kept.items() if value not in (None, "", SHOWS[0])}
    return f"{reverse('desk:agreements')}?{urlencode(query)}" if query else reverse("desk:agreements")


def _tabs(wanted: Wanted) -> list[dict[str, Any]]:
    labels = {
        "running": _("Running"),
        "ending": _("Ending soon"),
        "notice": _("Notice possible"),
        "over": _("Over"),
    }
    return [
        {"label": label, "url": _address(wanted, show=show), "is_current": show == wanted.show}
        for show, label in labels.items()
    ]


def _chips(wanted: Wanted, levels: Levels) -> list[dict[str, Any]]:
    every = [{"label": _("All levels"), "url": _address(wanted, level=None), "is_current": not wanted.level}]
    return every + [
        {"label": name, "url": _address(wanted, level=pk), "is_current": wanted.level == pk}
        for pk, name in levels.names.items()
    ]
