"""Deciding about one charge: bill it all the same, waive it, take it out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import acting_user, leads_only
from accounts.models import User
from billing.actions import deciding
from billing.forms.charges import ReasonForm
from billing.forms.refusals import in_words
from billing.models import Charge
from billing.queries.papers import charge_rows, words_in
from billing.views.frame import render_billing
from lib.languages import page_language

VERBS = ("release", "waive", "withdraw")


@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Ask for the reason, then do it."""
    if verb not in VERBS:
        raise Http404
    charge = get_object_or_404(Charge.objects.select_related("customer", "statement"), pk=pk)
    form = ReasonForm(request.POST or None)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid():
        try:
            _act(verb, charge, acting_user(request), form.cleaned_data["reason"])
        except deciding.CannotDecide as refusal:
            messages.error(request, in_words(refusal.why))
        else:
            messages.success(request, _("Done."))
        return redirect("billing:customer", charge.customer_id)
    (row,) = charge_rows([charge], page_language())
    words = words_in(page_language())
    context = {"row": row, "words": words, "charge": charge, "verb": verb, "form": form}
    return render_billing(request, "billing/decide.html", context, status=422 if is_sent else 200)


def _act(verb: str, charge: Charge, by: User, note: str) -> None:
    if verb == "release":
        deciding.release(charge=charge, by=by, note=note)
    elif verb == "waive":
        deciding.waive(charge=charge, by=by, note=note)
    else:
        deciding.withdraw(charge=charge, by=by)
