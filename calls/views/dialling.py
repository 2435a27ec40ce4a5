"""Click-to-call: the telephone system rings the agent's own phone, then the number."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import acting_user, agents_only
from calls.actions import originating
from calls.rules.wording import words
from calls.views.parts import phone_on
from lib.languages import page_language
from lib.phones import readable
from tickets.access import get_ticket


@agents_only
@require_POST
def dial(request: HttpRequest) -> HttpResponse:
    """Call a number for a ticket that one reads. Error: 404 for whoever has no phone."""
    own, user = phone_on(request), acting_user(request)
    if own is None:
        raise Http404
    ticket = get_ticket(user, request.POST.get("ticket", ""))
    try:
        call = originating.originate(
            phone=own.phone, number=request.POST.get("number", "")[:40], by=user, ticket=ticket
        )
    except originating.CannotCall as refusal:
        messages.error(request, words("outgoing", refusal.why, page_language()))
        return redirect("desk:ticket", ticket.number)
    said = _("Your phone rings; as soon as you answer, %(number)s is called.")
    messages.success(request, said % {"number": readable(call.to_number)})
    return redirect("desk:ticket", ticket.number)
