"""What customers say of our work, for leads."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import leads_only
from tickets.queries.satisfaction import latest_ratings, weeks
from tickets.views.frame import reader_of, render_desk


@leads_only
@require_safe
def ratings(request: HttpRequest) -> HttpResponse:
    """The share of good ratings by week, and the latest ones with their comments."""
    only_comments = request.GET.get("show") == "comments"
    context = {
        "weeks": weeks(timezone.now()),
        "ratings": latest_ratings(with_comment=only_comments),
        "only_comments": only_comments,
    }
    return render_desk(request, "tickets/ratings.html", context, reader=reader_of(request), here="ratings")
