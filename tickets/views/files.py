"""Files of tickets."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import acting_user, agents_only
from lib.downloads import attachment_response, is_signed, sound_response
from tickets.queries.held import readable_attachment


@agents_only
@require_safe
def file(request: HttpRequest, number: str, key: str) -> HttpResponseBase:
    """Send a file of a ticket as a download; one whose link is too old leads to its ticket."""
    user = acting_user(request)
    attachment = readable_attachment(user, number, key, timezone.now())
    if not is_signed(request, key=key, user_id=user.pk):
        messages.info(request, _("The link to the file is no longer valid. You find the file here."))
        return redirect(f"{reverse('desk:ticket', args=[number])}#m-{attachment.message_id}")
    return attachment_response(
        attachment.file.open("rb"), name=attachment.name, content_type=attachment.content_type
    )


@agents_only
@require_safe
def sound(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Send a recording of a ticket to the player of its page: its address stays while the page is open."""
    recording = readable_attachment(acting_user(request), number, key, timezone.now())
    if recording.sound is None:
        raise Http404
    return sound_response(
        recording.file,
        name=recording.name,
        content_type=recording.content_type,
        asked=request.headers.get("Range", ""),
    )
