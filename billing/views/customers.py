"""One customer's open charges, statements, and what is entered by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import acting_user, leads_only
from billing.actions import closing, deciding
from billing.forms.charges import ChargeForm
from billing.forms.refusals import in_words
from billing.models import BillingParty
from billing.queries import worklist as reading
from billing.queries.papers import charge_rows, words_in
from billing.views.frame import render_billing
from customers.models import Customer
from lib.languages import page_language
from lib.money import say_money


@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """What is open for a customer; sending the form enters one more charge."""
    shown = get_object_or_404(Customer, pk=pk)
    form = ChargeForm(request.POST or None, of=shown, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            deciding.add(customer=shown, by=acting_user(request), **form.cleaned_data)
        except deciding.CannotDecide as refusal:
            form.add_error("quantity" if refusal.why == "too_dear" else None, in_words(refusal.why))
        else:
            messages.success(request, _("The charge is entered."))
            return redirect("billing:customer", pk)
    status = 422 if form.errors else 200
    return render_billing(request, "billing/customer.html", _context(shown, form), status=status)


@leads_only
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a month for one customer."""
    shown = get_object_or_404(Customer, pk=pk)
    month = reading.month_of(request.POST.get("month", ""), timezone.now())
    try:
        made = closing.close_period(customer=shown, month=month, by=acting_user(request))
    except closing.CannotClose as refusal:
        messages.error(request, in_words(refusal.why))
        return redirect(f"{reverse('billing:customer', args=[pk])}?month={month}")
    if not made:
        messages.info(request, _("There is nothing to bill in this month."))
        return redirect("billing:customer", pk)
    messages.success(request, _("Statement %(number)s is closed.") % {"number": made[0].number})
    return redirect("billing:statement", made[0].number)


def _context(shown: Customer, form: ChargeForm) -> dict[str, Any]:
    language, month = page_language(), reading.month_of("", timezone.now())
    party = BillingParty.objects.filter(customer=shown).first()
    statements, charges = reading.statements_with(shown.pk), reading.open_charges(shown.pk)
    due = [one for one in charges if not one.is_held and one.service_day <= month.ends_on]
    return {
        "customer": shown,
        "party": party,
        "is_complete": party is not None and party.is_complete,
        "month": month,
        "month_label": month.in_words(language),
        "words": words_in(language),
        "rows": charge_rows(charges, language),
        "statements": [(one, say_money(one.gross, one.currency, language)) for one in statements],
        "may_close": bool(due) and all(one.period_starts_on != month.starts_on for one in statements),
        "form": form,
    }
