"""The steps of a data-processing agreement on the desk; each asks before it happens."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import acting_user, leads_only
from contracts.actions import processing
from contracts.actions.processing_refusals import DpaRefused
from contracts.forms.dpas import ACTS, ItemForm
from contracts.models import DpaReviewItem
from contracts.queries.dpa_pages import seen_of
from contracts.queries.processing import has_service_agreement
from contracts.rules.dpa_wording import say_refusal
from contracts.views.dpas import HERE, get_dpa
from contracts.views.frame import render_contracts
from lib.client_addresses import address_of
from lib.languages import page_language
from lib.uploads import takes_files


@takes_files
@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Say what a step means, and do it when the form is sent."""
    if slug not in ACTS:
        raise Http404
    shown = get_dpa(request, pk)
    is_sent = request.method == "POST"
    data = (request.POST, request.FILES) if is_sent else (None, None)
    form = ACTS[slug](*data, dpa=shown, user=acting_user(request), ip=address_of(request))
    if is_sent and form.went_well():
        messages.success(request, str(form.done))
        return redirect("dpa:dpa", pk)
    lacks = not has_service_agreement(shown.customer_id, timezone.now())
    context = {"dpa": shown, "form": form, "lacks_agreement": lacks and slug in {"begin-review", "offer"}}
    return render_contracts(
        request, "contracts/desk/dpa_act.html", context, here=HERE, status=422 if is_sent else 200
    )


@leads_only
@require_POST
def settle(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Answer a question of the review, for us or, as the customer told us, for the customer."""
    shown = get_dpa(request, pk)
    row = get_object_or_404(DpaReviewItem, pk=item, processing_agreement=shown)
    form = ItemForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The note is too long."))
    elif form.cleaned_data["seen"] not in {"", seen_of(row)}:
        said = _("Somebody has changed this answer meanwhile, so nothing was stored. You wrote: %(note)s")
        messages.error(request, said % {"note": form.cleaned_data["note"] or "–"})
    else:
        note, is_done = form.cleaned_data["note"], form.cleaned_data["is_done"]
        try:
            processing.settle_item(item=row, note=note, is_done=is_done, by=acting_user(request))
        except DpaRefused as refusal:
            messages.error(request, say_refusal(refusal.reason, page_language()))
    return redirect(f"{reverse('dpa:dpa', args=[pk])}#q-{item}")
