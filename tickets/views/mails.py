"""Mail that was not delivered: trying it once more."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import acting_user, agents_only
from tickets import access
from tickets.actions import delivering
from tickets.models import Delivery


@agents_only
@require_POST
def retry(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Send a mail of this ticket once more. Error: 404 for what the reader does not see."""
    user = acting_user(request)
    ticket = access.get_ticket(user, number)
    delivery = Delivery.objects.filter(ticket=ticket, pk=pk).first()
    if delivery is None:
        raise Http404
    try:
        delivering.retry(delivery=delivery, by=user)
    except access.Denied as refusal:
        raise PermissionDenied from refusal
    except delivering.NotFailed:
        messages.info(request, _("The mail is not lost: it was sent or is about to be."))
    else:
        messages.success(request, _("The mail is being sent once more."))
    return redirect("desk:ticket", ticket.number)
