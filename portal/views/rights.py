"""A customer's rights under its data-processing agreement: instructions, audits, notices of breaches."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user
from accounts.queries.company import brand
from contracts.access import may_answer
from contracts.actions import processing_rights as acts
from contracts.models import BreachNotice
from contracts.queries.processing_rights import breach_notices_for
from customers.access import NotTheirs
from customers.models import Contact
from portal.forms import AuditWishForm, InstructionForm
from portal.queries.directory import rights_page
from portal.views.pages import for_contact, portal_page

View = Callable[..., HttpResponseBase]


def for_who_answers(view: View) -> View:
    """Let those in who answer for the customer under its agreement; for others there is nothing here."""

    @for_contact
    @wraps(view)
    def entered(request: HttpRequest, contact: Contact, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_answer(acting_user(request), contact.customer_id):
            raise Http404
        try:
            return view(request, contact, *args, **kwargs)
        except NotTheirs as refusal:  # it was theirs when the page loaded it
            raise Http404 from refusal

    return entered


@for_who_answers
@require_safe
def rights(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """Everything under the agreement that is not the directory, and how to use it."""
    return _page(request, contact, InstructionForm(), AuditWishForm())


@for_who_answers
@require_POST
def instruct(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """Give an instruction."""
    form = InstructionForm(request.POST)
    if form.is_valid():
        try:
            acts.instruct(
                customer=contact.customer, text=form.cleaned_data["instruction"], by=acting_user(request)
            )
        except acts.RightsRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your instruction has arrived and stands in the register."))
            return redirect("portal:rights")
    return _page(request, contact, form, AuditWishForm())


@for_who_answers
@require_POST
def ask_audit(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """Ask to examine how we keep the agreement."""
    form = AuditWishForm(request.POST)
    if form.is_valid():
        try:
            acts.ask_audit(
                customer=contact.customer, text=form.cleaned_data["subject"], by=acting_user(request)
            )
        except acts.RightsRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your request has arrived. We get in touch with you about the day."))
            return redirect("portal:rights")
    return _page(request, contact, InstructionForm(), form)


@for_who_answers
@require_safe
def breach(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """One notice of a breach."""
    context = {"contact": contact, "notice": _told(contact, pk), "officer": brand().officer}
    return portal_page(request, "portal/rights/breach.html", context)


@for_who_answers
@require_POST
def acknowledge_breach(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """Take note of it."""
    acts.acknowledge_breach(notice=_told(contact, pk), by=acting_user(request))
    messages.success(request, _("Thank you. We have noted that you know of it."))
    return redirect("portal:breach", pk)


def _told(contact: Contact, pk: int) -> BreachNotice:
    """Error: 404 for what this customer was not told."""
    found = next((one for one in breach_notices_for(contact.customer_id) if one.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, contact: Contact, instruction: InstructionForm, audit: AuditWishForm
) -> HttpResponseBase:
    context = {
        "contact": contact,
        "page": rights_page(contact, timezone.now()),
        "instruction_form": instruction,
        "audit_form": audit,
    }
    status = 422 if instruction.errors or audit.errors else 200
    return portal_page(request, "portal/rights/rights.html", context, status=status)
