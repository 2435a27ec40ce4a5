"""Lists other than the queue: my work, what waits, all tickets, who waits longest without a contract."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import agents_only, leads_only
from tickets import access
from tickets.models import Ticket
from tickets.models.tickets import TicketQuerySet
from tickets.queries import desk
from tickets.queries.mails import with_lost_mail
from tickets.queries.remote_sessions import running_of
from tickets.views.frame import Reader, reader_of, render_desk

TEXT_LIMIT = 100
PARKED = {
    "customer": Ticket.Status.WAITING_CUSTOMER,
    "third-party": Ticket.Status.WAITING_THIRD_PARTY,
    "scheduled": Ticket.Status.SCHEDULED,
}


@agents_only
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """The agent's own tickets that wait for us, in the order of the queue."""
    reader = reader_of(request)
    tickets = Ticket.objects.in_hands().filter(assignee=reader.user).in_rank_order()
    after = request.GET.get("after", "")
    if after.isascii() and after.isalnum():
        tickets = tickets.filter(rank_key__gt=after[:40])
    words = {
        "title": _("My work"),
        "since_label": _("Waits"),
        "empty_title": _("Nothing in your hands"),
        "empty_text": _("Take the next ticket from the queue; it will stand here until it is done or waits."),
        "live_topics": "topic=work&topic=queue",
        "running_sessions": running_of(reader.user),
        "with_next": True,
        "with_due": True,
    }
    return _list(request, reader, tickets, words, here="work", since="arrived_at", cursor="rank_key")


@agents_only
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Tickets that wait for the customer, for somebody else or for a date; the longest untouched first."""
    reader = reader_of(request)
    kind = request.GET.get("for", "customer")
    kind = kind if kind in PARKED else "customer"
    is_all = request.GET.get("whose") == "teams"
    tickets = Ticket.objects.filter(status=PARKED[kind])
    tickets = tickets.of_teams(reader.teams) if is_all else tickets.filter(assignee=reader.user)
    since = "scheduled_until" if kind == "scheduled" else "changed_at"
    words = {
        "title": _("Waiting for customer") if kind == "customer" else _("Waiting"),
        "since_label": _("Until") if kind == "scheduled" else _("Since"),
        "empty_title": _("Nothing waits here"),
        "empty_text": _(
            "Tickets come back to the queue or to your work by themselves when they are answered or due."
        ),
        "live_topics": "topic=work&topic=queue",
        "tabs": _parked_tabs(kind, is_all=is_all),
        "chips": _whose_chips(kind, is_all=is_all),
        "with_who": is_all,
    }
    tickets = tickets.order_by(since, "pk")
    return _list(request, reader, tickets, words, here="waiting", since=since)


@agents_only
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All tickets the agent may read, newest first, found by text or number."""
    reader = reader_of(request)
    tickets = access.visible_tickets(reader.user).order_by("-pk")
    text = request.GET.get("q", "").strip().replace("\0", "")[:TEXT_LIMIT]
    if text:
        tickets = desk.search(tickets, text)
    before = request.GET.get("before", "")
    if before.isdecimal():
        tickets = tickets.filter(pk__lt=int(before[:18]))
    words = {
        "title": _("All tickets"),
        "since_label": _("Arrived"),
        "empty_title": _("No ticket found"),
        "empty_text": _("Look for a number, a word of the subject or a customer’s name."),
        "search_url": reverse("desk:tickets"),
        "text": text,
        "with_status": True,
        "with_who": True,
    }
    return _list(request, reader, tickets, words, here="tickets", since="arrived_at", cursor="pk")


@agents_only
@require_safe
def lost_mail(request: HttpRequest) -> HttpResponse:
    """Tickets whose contact did not get a mail. Why, and trying once more, is on the ticket's page."""
    reader, now = reader_of(request), timezone.now()
    words = {
        "title": _("Undelivered mail"),
        "note": _(
            "These contacts did not get a mail. The ticket says why; from there it can be sent once more."
        ),
        "since_label": _("Arrived"),
        "empty_title": _("All mail was delivered"),
        "with_status": True,
        "with_who": True,
    }
    tickets = with_lost_mail(access.visible_tickets(reader.user), now)
    return _list(request, reader, tickets, words, here="lost_mail", since="arrived_at")


@leads_only
@require_safe
def starving(request: HttpRequest) -> HttpResponse:
    """Who waits longest without a contract. There is no hidden ageing; this is where it is seen."""
    reader = reader_of(request)
    words = {
        "title": _("Longest without contract"),
        "note": _(
            "Tickets without a contract are worked on when nothing ranked higher waits. Nothing ages by "
            "itself: whoever has waited too long is yours to pin."
        ),
        "since_label": _("Waits"),
        "empty_title": _("Nobody waits without a contract"),
        "live_topics": "topic=queue",
    }  # fmt: skip
    return _list(request, reader, desk.starving(reader.team_ids), words, here="starving", since="arrived_at")


def _list(
    request: HttpRequest,
    reader: Reader,
    tickets: TicketQuerySet,
    words: dict[str, Any],
    *,
    here: str,
    since: str,
    cursor: str = "",
) -> HttpResponse:
    """Render a page of fifty; `cursor` names the field the next page goes on from (without: one page)."""
    rows, last = desk.ticket_rows(
        tickets,
        since=since,
        levels=desk.load_levels(),
        language=reader.language,
        now=timezone.now(),
        with_due=bool(words.get("with_due")),
    )
    query = request.GET.copy()
    query.pop("fragment", None)
    here_url = f"{request.path}?{query.urlencode()}&" if query else f"{request.path}?"
    more_url = ""
    if last and cursor:
        query["before" if cursor == "pk" else "after"] = str(last[cursor])
        more_url = f"{request.path}?{query.urlencode()}"
    context = {
        "rows": rows,
        "more_url": more_url,
        "is_cut": bool(last) and not cursor,
        "live_url": f"{here_url}fragment=live",
        "tickets_url": reverse("desk:tickets"),
        **words,
    }
    return render_desk(request, "tickets/list.html", context, reader=reader, here=here, fragment="live")


def _parked_tabs(current: str, *, is_all: bool) -> list[dict[str, Any]]:
    labels = {
        "customer": _("For the customer"),
        "third-party": _("For a third party"),
        "scheduled": _("Scheduled"),
    }
    whose = "&whose=teams" if is_all else ""
    path = reverse("desk:waiting")
    return [
        {"label": label, "url": f"{path}?for={kind}{whose}", "is_current": kind == current}
        for kind, label in labels.items()
    ]


def _whose_chips(current: str, *, is_all: bool) -> list[dict[str, Any]]:
    path = f"{reverse('desk:waiting')}?for={current}"
    return [
        {"label": _("Mine"), "url": path, "is_current": not is_all},
        {"label": _("All of my teams"), "url": f"{path}&whose=teams", "is_current": is_all},
    ]
