"""The list of tickets, narrowed by what stands in its address."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import acting_user
from customers.models import Contact
from portal.queries.approvals import waiting_approvals
from portal.queries.lists import EVERY, FINISHED_ONES, FOR_YOU, OPEN, STATES, Choice, counts_of, ticket_page
from portal.queries.phone import phone_card
from portal.queries.standings import standing_card
from portal.views.pages import for_contact, portal_page
from tickets.models import Ticket
from tickets.rules.ranking import severity_name

EVENTS = "/events/"
TEXT_LIMIT = 100
LONGEST_ID = 18

Severity = Ticket.Severity


@for_contact
@require_safe
def tickets(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """The contact's tickets, and the company's where they may see those."""
    user, choice = acting_user(request), _choice(request.GET)
    page = ticket_page(user, contact, choice)
    context = {
        "contact": contact,
        "choice": choice,
        "page": page,
        "state_chips": _state_chips(choice, counts_of(user, contact, choice)),
        "owner_chips": _owner_chips(choice, contact.customer.name),
        "severities": [(severity_name(one), one.label, one == choice.severity) for one in Severity],
        "live_url": _live_url(page.unfinished),
        "list_url": _list_url(choice, before=choice.before, fragment="list"),
        "next_url": _list_url(choice, before=page.next_before) if page.next_before else "",
        "clear_url": _list_url(replace(choice, severity=None, text="")),
        "standing": standing_card(contact.customer, timezone.now()),
        "approvals": waiting_approvals(user, timezone.now()),
        "phone": phone_card(contact.customer, timezone.now()),
    }
    return portal_page(request, "portal/tickets.html", context, fragment="list")


def _choice(query: QueryDict) -> Choice:
    before, state = query.get("before", ""), query.get("state", OPEN)
    severities = {severity_name(one): one.value for one in Severity}
    return Choice(
        state=state if state in STATES else OPEN,
        is_own_only=query.get("who") == "me",
        severity=severities.get(query.get("severity", "")),
        text=query.get("q", "").replace("\0", "").strip()[:TEXT_LIMIT],
        before=int(before) if before.isascii() and before.isdigit() and len(before) <= LONGEST_ID else None,
    )


def _live_url(numbers: Sequence[str]) -> str:
    """The stream that tells when one of these tickets moves; none where nothing can."""
    topics = urlencode({"topic": [f"ticket:{number}" for number in numbers]}, doseq=True)
    return f"{EVENTS}?{topics}" if topics else ""


def _list_url(choice: Choice, before: int | None = None, fragment: str = "") -> str:
    """The address of a list, which holds the whole choice."""
    parts = {
        "state": choice.state if choice.state != OPEN else "",
        "who": "me" if choice.is_own_only else "",
        "severity": severity_name(choice.severity) if choice.severity else "",
        "q": choice.text,
        "before": "" if before is None else str(before),
        "fragment": fragment,
    }
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{reverse('portal:tickets')}?{query}" if query else reverse("portal:tickets")


def _state_chips(choice: Choice, counts: dict[str, int]) -> list[dict[str, object]]:
    labels = {
        OPEN: _("Open"),
        FOR_YOU: _("Waiting for you"),
        FINISHED_ONES: _("Finished"),
        EVERY: _("All"),
    }
    return [
        {
            "label": label,
            "url": _list_url(replace(choice, state=state)),
            "is_current": choice.state == state,
            "count": counts.get(state, ""),
        }
        for state, label in labels.items()
    ]


def _owner_chips(choice: Choice, company: str) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "url": _list_url(replace(choice, is_own_only=is_own)),
            "is_current": choice.is_own_only is is_own,
        }
        for label, is_own in ((company, False), (_("Only mine"), True))
    ]
