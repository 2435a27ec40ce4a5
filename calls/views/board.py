"""What leads see of the phone: the live board."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, leads_only
from calls.actions import leading
from calls.models import AgentPhone
from calls.queries.board import board as board_at
from calls.views.desk_frame import LEADS, lead_tabs, render_calls
from lib.languages import page_language


@leads_only
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Agents, calls, the public queue and what is wrong, live. The fragment `now` is all that moves."""
    context = {
        "board": board_at(timezone.now(), page_language()),
        "tabs": lead_tabs("board"),
        "live_url": f"{reverse('calls:board')}?fragment=now",
    }
    return render_calls(request, "calls/lead/board.html", context, here=LEADS, fragment="now")


@leads_only
@require_POST
def set_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause somebody's phone, or let it be rung again. Error: 404 for a phone or a presence there is not."""
    try:
        leading.set_presence(phone_id=pk, presence=request.POST.get("presence", ""), by=acting_user(request))
    except (AgentPhone.DoesNotExist, ValueError) as error:
        raise Http404 from error
    return redirect(f"{reverse('calls:board')}#phone-{pk}")
