"""What calendar programs read: service hours, holidays and special days."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.queries.company import firm
from accounts.rules.paths import LANGUAGE_CHOICE
from contracts.queries.hours_feeds import feed_of, hours_of_feed
from lib.public_pages import with_etag


@public
@require_safe
def hours_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The feed of a calendar, in the firm's language or the one in the address (`lang`).

    Calendar programs cannot sign in: whoever has the address reads it. It is signed, says nothing but these
    hours, and ends when an admin withdraws it or asks for a new one. Whatever else: 404.
    """
    hours = hours_of_feed(token)
    if hours is None:
        raise Http404
    asked = request.GET.get(LANGUAGE_CHOICE, "")
    language = asked if asked in ("de", "en") else firm().language[:2]
    answer = HttpResponse(
        feed_of(hours, now=timezone.now(), language=language), "text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = 'inline; filename="hours.ics"'
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return with_etag(request, answer)
