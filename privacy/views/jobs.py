"""Jobs: what runs, how far it is, and the file of an export."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, admins_only
from customers.models import Contact
from lib.languages import page_language
from privacy.access import fetchable_exports
from privacy.actions import exporting
from privacy.models import PrivacyJob
from privacy.queries import pages
from privacy.views.frame import render_privacy
from privacy.views.sending import export_response


@admins_only
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Find a person; what was asked for lately; whose data must be kept."""
    asked = request.GET.get("q", "")
    context = {
        "asked": asked,
        "found": pages.found_contacts(asked),
        "lines": pages.job_lines(PrivacyJob.objects.all(), page_language()),
        "holds": pages.open_holds(),
    }
    return render_privacy(request, "privacy/overview.html", context)


@admins_only
@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is. The fragment `progress` is asked for again and again until it has ended."""
    row = _job_or_404(pk)
    contact = Contact.objects.select_related("customer").filter(pk=row.subject_id).first()
    line = pages.job_line(row, contact, page_language())
    can_fetch = fetchable_exports(acting_user(request)).filter(pk=pk).exists() and row.has_file
    context = {"line": line, "job": row, "can_fetch": can_fetch}
    return render_privacy(request, "privacy/job.html", context, fragment="progress")


@admins_only
@require_POST
def fetch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of an export that an admin asked for, once."""
    user = acting_user(request)
    row = fetchable_exports(user).filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        content = exporting.take(job=row, by=user)
    except exporting.Gone:
        messages.info(request, _("This file was fetched already. Ask for a new export."))
        return redirect("privacy:job", pk)
    answer: FileResponse = export_response(content, row)
    return answer


def _job_or_404(pk: int) -> PrivacyJob:
    row = PrivacyJob.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
