"""Data-processing agreements on the desk: the worklist, the lists, one of them, and asking for one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, agents_only
from accounts.actions import auditing
from contracts.access import may_keep_dpas, visible_dpas
from contracts.actions import processing
from contracts.forms.dpas import ACTS
from contracts.models import ProcessingAgreement
from contracts.queries import data_returns, dpa_pages
from contracts.queries.dpa_offers import offered_sha256
from contracts.queries.dpa_papers import dpa_pdf, file_name, text_part
from contracts.queries.processing import without_dpa
from contracts.views.frame import render_contracts
from customers.access import visible_customers
from customers.models import Customer
from lib.downloads import attachment_response
from lib.languages import page_language
from lib.papers import paper_response

HERE = "dpas"
FOUND = 20
TEXT_LIMIT = 100


@agents_only
@require_safe
def dpas(request: HttpRequest) -> HttpResponse:
    """The worklist "contract without DPA", and the agreements by where they stand."""
    now, language = timezone.now(), page_language()
    show = request.GET.get("show", "")
    show = show if show in dpa_pages.SHOWS else dpa_pages.SHOWS[0]
    rows = visible_dpas(acting_user(request))
    waiting = without_dpa(now)
    page = [] if show == "without" else _rows(dpa_pages.shown(rows, show, now), show, now, language)
    context = {
        "show": show,
        "tabs": _tabs(show, {"without": len(waiting), **dpa_pages.counts(rows, now)}),
        "waiting": [(one, one.pending and dpa_pages.row_of(one.pending, now, language)) for one in waiting],
        "rows": page,
        "is_cut": len(page) == dpa_pages.PAGE,
    }
    return render_contracts(request, "contracts/desk/dpas.html", context, here=HERE)


@agents_only
@require_safe
def dpa(request: HttpRequest, pk: int) -> HttpResponse:
    """One data-processing agreement: where it stands, the review, the signatures, the text, its history."""
    user, language = acting_user(request), page_language()
    shown = get_dpa(request, pk)
    may = may_keep_dpas(user)
    auditing.record_view(by=user, verb="dpa.seen", what=shown)
    context = {
        "dpa": shown,
        "recap": dpa_pages.recap_of(shown, timezone.now(), language),
        "acts": [form for form in ACTS.values() if may and form.is_offered(shown)],
        "may_review": may and shown.state == ProcessingAgreement.State.UNDER_REVIEW,
        "text": text_part(shown, language) if shown.document else None,
        "sha256": offered_sha256(shown),
        "leftover": _leftover(shown, language),
    }
    return render_contracts(request, "contracts/desk/dpa.html", context, here=HERE)


@agents_only
@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """Find the customer to ask for: by name, at most a few."""
    wanted = request.GET.get("q", "").strip().replace("\0", "")[:TEXT_LIMIT]
    customers = visible_customers(acting_user(request)).filter(is_active=True)
    found = customers.filter(name__icontains=wanted).order_by("sort_name")[:FOUND] if wanted else []
    context = {"wanted": wanted, "found": found}
    return render_contracts(request, "contracts/desk/dpa_new.html", context, here=HERE)


@agents_only
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a data-processing agreement for a customer, or go to the one that is on its way."""
    user = acting_user(request)
    customer = get_object_or_404(Customer.objects.filter(is_active=True), pk=pk)
    asked = processing.request(customer=customer, source=ProcessingAgreement.Source.AGENT, by=user)
    messages.success(request, _("The data-processing agreement is requested."))
    return redirect("dpa:dpa", asked.pk)


@agents_only
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The offered text with its annexes and signatures as a PDF."""
    shown = get_dpa(request, pk)
    if shown.document is None:
        raise Http404
    auditing.record_view(by=acting_user(request), verb="dpa.downloaded", what=shown)
    content = dpa_pdf(shown, page_language())
    return paper_response(content, name=file_name(shown, "pdf"), content_type="application/pdf")


@agents_only
@require_safe
def signed_file(request: HttpRequest, pk: int, signature: int) -> HttpResponseBase:
    """The signed paper as it came."""
    found = get_object_or_404(get_dpa(request, pk).signatures.exclude(file=""), pk=signature)
    auditing.record_view(by=acting_user(request), verb="dpa.downloaded", what=found.processing_agreement)
    name = f"{found.processing_agreement.called}-{found.party}.pdf"
    return attachment_response(found.file.open("rb"), name=name, content_type="application/pdf")


def get_dpa(request: HttpRequest, pk: int) -> ProcessingAgreement:
    """One that the reader may see. Error: 404."""
    found = dpa_pages.load_dpa(visible_dpas(acting_user(request)), pk)
    if found is None:
        raise Http404
    return found


def _leftover(shown: ProcessingAgreement, language: str) -> data_returns.Leftover | None:
    now = timezone.now()
    if not data_returns.is_over(shown, now):
        return None
    return data_returns.leftover_of(shown, data_returns.return_of(shown), now, language)


def _rows(rows: Any, show: str, now: datetime, language: str) -> list[dpa_pages.Row]:
    page = rows.select_related("customer")[: dpa_pages.PAGE]
    line = dpa_pages.leftover_row if show == "data" else dpa_pages.row_of
    return [line(one, now, language) for one in page]


def _tabs(show: str, numbers: dict[str, int]) -> list[dict[str, Any]]:
    labels = {
        "without": _("Contract without DPA"),
        "open": _("On their way"),
        "in_force": pgettext("agreements", "In force"),
        "review": _("Due for review or ending"),
        "ended": pgettext("agreements", "Ended"),
        "data": _("Data to return or delete"),
    }
    return [
        {
            "label": label,
            "url": f"{reverse('dpa:dpas')}?show={name}",
            "is_current": name == show,
            "count": numbers[name],
        }
        for name, label in labels.items()
    ]
