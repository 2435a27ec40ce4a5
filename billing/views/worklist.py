"""The worklist: what is open in a month, closing it, and handing its statements over."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, leads_only
from billing.actions import handing_over, runs
from billing.actions.closing import CannotClose
from billing.forms.refusals import in_words
from billing.queries import worklist as reading
from billing.queries.files import file_of_month
from billing.rules.periods import Month
from billing.views.frame import render_billing
from lib.languages import page_language
from lib.money import say_money
from lib.papers import paper_response


@leads_only
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """Customers with open charges and the month's statements. The fragment `closing` shows how it goes."""
    now, language = timezone.now(), page_language()
    month = reading.month_of(request.GET.get("month", ""), now)
    statements = reading.statements_of(month)
    shown = statements[: reading.STATEMENTS_SHOWN]
    progress = reading.progress_of(month)
    context = {
        "month": month,
        "month_label": month.in_words(language),
        "previous": month.previous,
        "next": month.next if month.next.starts_on <= timezone.localdate() else None,
        "is_over": reading.is_over(month, now),
        "has_seller": reading.has_seller(),
        "open": reading.open_customers(month.ends_on, language),
        "statements": [(one, say_money(one.gross, one.currency, language)) for one in shown],
        "waiting": sum(one.handed_over_at is None for one in statements),
        "files": [(kind.upper(), _file_address(kind, month)) for kind in ("csv", "json")],
        "progress": progress,
        "failed": [(job, in_words(job.error)) for job in progress.failed] if progress else [],
    }
    return render_billing(request, "billing/worklist.html", context, fragment="closing")


@leads_only
@require_POST
def close_month(request: HttpRequest) -> HttpResponse:
    """Have a month closed for everybody, in the background."""
    month = _sent_month(request)
    try:
        runs.ask(month=month, by=acting_user(request))
    except CannotClose as refusal:
        messages.error(request, in_words(refusal.why))
    else:
        messages.info(request, _("The month is being closed. You may leave this page."))
    return redirect(_address(month))


@leads_only
@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    """Note that bookkeeping has the month's statements."""
    month = _sent_month(request)
    count = handing_over.hand_over(month=month, by=acting_user(request))
    said = ngettext("%(count)d statement is handed over.", "%(count)d statements are handed over.", count)
    if count:
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("Everything of this month was handed over already."))
    return redirect(_address(month))


@leads_only
@require_safe
def hand_over_file(request: HttpRequest, kind: str) -> HttpResponse:
    """All statements of a month as one file; it can be fetched again and again."""
    month = reading.month_of(request.GET.get("month", ""), timezone.now())
    file = file_of_month(month, reading.statements_of(month), kind, page_language())
    if file is None:
        raise Http404
    return paper_response(file.content, name=file.name, content_type=file.content_type)


def _sent_month(request: HttpRequest) -> Month:
    """Error: 404 for what is no month."""
    try:
        return Month.parse(request.POST.get("month", ""))
    except ValueError as error:
        raise Http404 from error


def _address(month: Month) -> str:
    return f"{reverse('billing:worklist')}?month={month}"


def _file_address(kind: str, month: Month) -> str:
    return f"{reverse('billing:hand_over_file', args=[kind])}?month={month}"
