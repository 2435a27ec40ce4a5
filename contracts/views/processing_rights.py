"""The registers on the desk: instructions, audit requests, notices of personal-data breaches."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import acting_user, leads_only
from accounts.actions import auditing
from contracts.actions import processing_rights as acts
from contracts.forms.processing_rights import (
    AuditOutcomeForm,
    BreachForm,
    InstructionOutcomeForm,
    MatterForm,
    MoreCustomersForm,
)
from contracts.models import AuditRequest, Breach, Instruction
from contracts.queries import processing_rights as reading
from contracts.queries.proof import proof_of_breach
from contracts.views.rights_frame import REGISTERS, render_rights
from lib.languages import page_language
from lib.papers import paper_response
from lib.sheets.writing import CSV_TYPE, write_csv

INSTRUCTIONS, AUDITS, BREACHES = "instructions", "audits", "breaches"
page = require_http_methods(["GET", "HEAD", "POST"])


@leads_only
@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """One of the three registers; the address says which."""
    show = request.GET.get("show", "")
    shown = show if show in {AUDITS, BREACHES} else INSTRUCTIONS
    rows = {
        INSTRUCTIONS: reading.instructions,
        AUDITS: reading.audit_requests,
        BREACHES: reading.breaches,
    }[shown]()
    context = {"show": shown, "rows": rows[: reading.MOST], "tabs": _tabs(shown)}
    return render_rights(request, "contracts/rights/registers.html", context, here=REGISTERS)


@leads_only
@page
def enter(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter an instruction or an audit request that came by phone, letter or mail."""
    if kind not in {INSTRUCTIONS, AUDITS}:
        raise Http404
    label = _("Instruction") if kind == INSTRUCTIONS else _("What is to be examined")
    form = MatterForm(request.POST or None, at=timezone.now(), text_label=label)
    if request.method == "POST" and form.is_valid():
        act = acts.instruct if kind == INSTRUCTIONS else acts.ask_audit
        try:
            act(by=acting_user(request), **form.cleaned_data)
        except acts.RightsRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("It stands in the register."))
            return redirect(_address(kind))
    context = {"form": form, "kind": kind, "back_url": _address(kind)}
    status = 422 if request.method == "POST" else 200
    return render_rights(request, "contracts/rights/enter.html", context, here=REGISTERS, status=status)


@leads_only
@page
def settle(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One instruction or audit request, and what came of it."""
    if kind not in {INSTRUCTIONS, AUDITS}:
        raise Http404
    matter = _matter(kind, pk)
    form = _outcome_form(request, matter)
    if request.method == "POST" and form.is_valid():
        try:
            _settle(request, matter, form.cleaned_data)
        except acts.RightsRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("It is noted; the customer reads it in the portal."))
            return redirect(_address(kind))
    context = {"form": form, "kind": kind, "matter": matter, "back_url": _address(kind)}
    status = 422 if request.method == "POST" else 200
    return render_rights(request, "contracts/rights/settle.html", context, here=REGISTERS, status=status)


@leads_only
@page
def report(request: HttpRequest) -> HttpResponse:
    """Enter a breach and tell those whom it concerns."""
    now = timezone.now()
    form = BreachForm(request.POST or None, at=now)
    if request.method == "POST" and form.is_valid():
        try:
            breach = acts.report_breach(by=acting_user(request), **form.facts())
        except acts.RightsRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("The customers are told."))
            return redirect("rights:breach", breach.pk)
    context = {"form": form, "back_url": _address(BREACHES)}
    status = 422 if request.method == "POST" else 200
    return render_rights(request, "contracts/rights/report.html", context, here=REGISTERS, status=status)


@leads_only
@page
def breach(request: HttpRequest, pk: int) -> HttpResponse:
    """One breach with the proof of who was told; sending tells one more customer."""
    found = get_object_or_404(Breach.objects.select_related("created_by"), pk=pk)
    notices = list(reading.notices_of_breach(found))
    told = [one.customer_id for one in notices]
    form = MoreCustomersForm(request.POST or None, told=told)
    if request.method == "POST" and form.is_valid():
        customer, text = form.cleaned_data["customer"], form.cleaned_data["text"]
        acts.notify_of_breach(
            breach=found, customers=[customer], texts={customer.pk: text}, by=acting_user(request)
        )
        messages.success(request, _("%(customer)s is told.") % {"customer": customer.name})
        return redirect("rights:breach", pk)
    context = {
        "breach": found,
        "notices": notices,
        "is_unreached": any(not one.told.all() for one in notices),
        "form": form,
        "back_url": _address(BREACHES),
    }
    status = 422 if request.method == "POST" else 200
    return render_rights(request, "contracts/rights/breach.html", context, here=REGISTERS, status=status)


@leads_only
@require_safe
def breach_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was told of a breach and when, as a table for a file."""
    found = get_object_or_404(Breach, pk=pk)
    auditing.record_view(by=acting_user(request), verb="breach.proof_taken", what=found)
    separator = ";" if page_language() == "de" else ","
    content = "".join(write_csv(*proof_of_breach(found), separator=separator)).encode()
    return paper_response(content, name=f"breach-{pk}.csv", content_type=CSV_TYPE)


def _matter(kind: str, pk: int) -> Instruction | AuditRequest:
    if kind == INSTRUCTIONS:
        return get_object_or_404(reading.instructions(), pk=pk)
    return get_object_or_404(reading.audit_requests(), pk=pk)


def _settle(request: HttpRequest, matter: Instruction | AuditRequest, sent: dict[str, Any]) -> None:
    by = acting_user(request)
    if isinstance(matter, Instruction):
        acts.settle_instruction(instruction=matter, by=by, **sent)
    else:
        acts.settle_audit(request=matter, by=by, **sent)


def _outcome_form(request: HttpRequest, matter: Instruction | AuditRequest) -> Form:
    data = request.POST or None
    if isinstance(matter, Instruction):
        return InstructionOutcomeForm(data, initial={"outcome": matter.outcome})
    return AuditOutcomeForm(data, initial={"outcome": matter.outcome, "held_on": matter.held_on})


def _address(kind: str) -> str:
    return f"{reverse('rights:registers')}?show={kind}"


def _tabs(shown: str) -> list[dict[str, Any]]:
    labels = {
        INSTRUCTIONS: _("Instructions"),
        AUDITS: _("Audit requests"),
        BREACHES: _("Personal-data breaches"),
    }
    return [
        {"label": label, "url": _address(one), "is_current": one == shown} for one, label in labels.items()
    ]
