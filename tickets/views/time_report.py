"""All work, for leads: filters, sums, what nobody approved first, and the same as CSV."""

import csv
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import leads_only
from tickets.forms.time_filter import TimeFilterForm
from tickets.queries.time_report import export_rows, time_report
from tickets.views.frame import reader_of, render_desk

MOST_PAGES = 400


@leads_only
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """A page of entries with the sums of all that the filter leaves."""
    form = TimeFilterForm(request.GET)
    wanted = form.wanted()
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "wanted": wanted,
        "report": time_report(wanted, page=_page(request)),
        "query": query.urlencode(),
        "may_decide": True,
    }
    return render_desk(request, "tickets/time_report.html", context, reader=reader_of(request), here="time")


@leads_only
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same as CSV, one row per slice."""
    wanted = TimeFilterForm(request.GET).wanted()
    sheet = StringIO()
    csv.writer(sheet, delimiter=";").writerows(export_rows(wanted))
    response = HttpResponse(sheet.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    name = f"time-{wanted.since.isoformat()}-{wanted.until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(request: HttpRequest) -> int:
    typed = request.GET.get("page", "")
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(MOST_PAGES))
    return min(max(int(typed), 1), MOST_PAGES) if is_number else 1
