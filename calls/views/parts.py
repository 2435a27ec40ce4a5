"""What other rooms' pages show of the phone: a link, its state, the call that rings, a ticket's calls."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.actions.originating import can_originate
from calls.forms.presence import PAUSES
from calls.models import PhoneSystem
from calls.queries.desk import COUNT_CAP, OwnPhone, calls_of_ticket, count_to_assign, own_phone
from calls.queries.pops import caller_of, popped_call
from calls.rules.wording import words
from calls.views.desk_frame import HERE, LEADS
from lib.languages import page_language
from tickets.models import Ticket

Context = Mapping[str, Any]
_LEADS_PAGES = ("/desk/calls/board/", "/desk/calls/reachability/", "/desk/calls/log/")


def phone_on(request: HttpRequest) -> OwnPhone | None:
    """The reader's own phone, asked for once a page; None for whoever has none."""
    user = request.user
    if not isinstance(user, User) or not user.is_agent:
        return None
    if not hasattr(request, "own_phone"):
        request.own_phone = own_phone(user, timezone.now(), page_language())  # type: ignore[attr-defined]
    found: OwnPhone | None = request.own_phone  # type: ignore[attr-defined]
    return found


def links(context: Context) -> str:
    """The sidebar's link to the calls, with how many wait for a ticket."""
    request: HttpRequest = context["request"]
    user, phone = request.user, phone_on(request)
    if not isinstance(user, User) or not user.is_agent:
        return ""
    if phone is None and not (user.is_lead and PhoneSystem.objects.filter(is_active=True).exists()):
        return ""
    here = request.GET.get("here", "") or _place(request.path)
    shown = {
        "count": count_in_words(user),
        "is_current": here == HERE,
        "is_lead": user.is_lead,
        "is_board": here == LEADS,
    }
    return render_to_string("calls/_links.html", shown)


def _place(path: str) -> str:
    if not path.startswith("/desk/calls/"):
        return ""
    return LEADS if path.startswith(_LEADS_PAGES) else HERE


def count_in_words(user: User) -> str:
    """How many calls wait for a ticket, as the sidebar says it; "" for none."""
    count = count_to_assign(user)
    if not count:
        return ""
    return f"{COUNT_CAP - 1}+" if count >= COUNT_CAP else str(count)


def control(context: Context) -> str:
    """One's own phone in the sidebar, live."""
    request: HttpRequest = context["request"]
    phone = phone_on(request)
    return render_to_string("calls/_phone.html", control_of(phone), request=request) if phone else ""


def control_of(phone: OwnPhone) -> dict[str, Any]:
    """What the control is drawn from."""
    pauses = [(code, words("pause", code, page_language())) for code in PAUSES]
    return {"own": phone, "pauses": pauses}


def pop(context: Context) -> str:
    """The call that rings on the reader's phone, live, over whatever page they are on."""
    request: HttpRequest = context["request"]
    phone = phone_on(request)
    if phone is None:
        return ""
    return render_to_string("calls/_desk.html", pop_of(request, phone), request=request)


def pop_of(request: HttpRequest, phone: OwnPhone) -> dict[str, Any]:
    """What the pop is drawn from; no call, no pop."""
    now = timezone.now()
    call = popped_call(phone.phone, now)
    user = request.user
    is_here = call is not None and _page_of(request) == reverse("calls:call", args=[call.pk])
    if call is None or is_here or not isinstance(user, User):
        return {"own": phone}
    caller = caller_of(call, user, language=page_language(), now=now)
    return {"own": phone, "call": call, "caller": caller}


def _page_of(request: HttpRequest) -> str:
    """The page that the browser shows: a call does not pop up over its own."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path or request.path


def ticket_calls(context: Context) -> str:
    """The calls of a ticket, and the numbers that can be dialled from its page."""
    request, ticket = context["request"], context.get("ticket")
    if not isinstance(ticket, Ticket) or not isinstance(request.user, User):
        return ""
    phone, calls = phone_on(request), calls_of_ticket(ticket)
    may_dial = phone is not None and phone.call is None and can_originate(phone.phone)
    numbers = context["party"]["phones"] if may_dial and "party" in context else {}
    if not calls and not numbers:
        return ""
    shown = {"ticket": ticket, "rows": calls, "numbers": numbers}
    return render_to_string("calls/_on_ticket.html", shown, request=request)
