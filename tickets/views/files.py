"""Files of tickets."""

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from accounts.access import acting_user, agents_only
from lib.downloads import attachment_response
from tickets import access


@agents_only
@require_safe
def file(request: HttpRequest, number: str, key: str) -> FileResponse:
    """Send a file of a ticket as a download."""
    attachment = access.get_attachment(acting_user(request), number, key)
    return attachment_response(
        attachment.file.open("rb"), name=attachment.name, content_type=attachment.content_type
    )
