"""The decision log, for leads: which calls got which answer, and why."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import acting_user, leads_only
from calls.access import visible_calls
from calls.queries import log as reading
from calls.queries.log_story import story_of
from calls.views.desk_frame import LEADS, lead_tabs, render_calls
from customers.models import Customer
from lib.languages import page_language

TEXT_LIMIT, LONGEST_ID = 60, 15


@leads_only
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Calls with the answer they got, the latest first; narrowed by answer, line, customer and number."""
    shown = request.GET.get("show", "")
    shown = shown if shown in reading.SHOWN else ""
    text = request.GET.get("q", "").replace("\0", "").strip()[:TEXT_LIMIT]
    customer_id = _whole(request.GET.get("customer", ""))
    customer = Customer.objects.filter(pk=customer_id).first() if customer_id else None
    calls = reading.found(shown=shown, customer_id=customer.pk if customer else None, text=text)
    lines, after = reading.page_of(calls, _whole(request.GET.get("before", "")), page_language())
    kept = {"show": shown, "q": text, "customer": str(customer.pk) if customer else ""}
    context = {
        "lines": lines,
        "tabs": lead_tabs("log"),
        "chips": _chips(kept),
        "text": text,
        "customer": customer,
        "kept": [(name, value) for name, value in kept.items() if value and name != "q"],
        "is_narrowed": any(kept.values()),
        "without_customer_url": _url(kept, customer=""),
        "more_url": _url(kept, before=str(after)) if after else "",
    }
    return render_calls(request, "calls/lead/log.html", context, here=LEADS)


@leads_only
@require_safe
def log_call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call: why it was answered as it was, and every step, decided again."""
    names = ("system", "customer", "contact", "number", "holder", "phone__user", "ticket")
    call = get_object_or_404(visible_calls(acting_user(request)).select_related(*names), pk=pk)
    context = {"story": story_of(call, page_language()), "call": call, "tabs": lead_tabs("log")}
    return render_calls(request, "calls/lead/log_call.html", context, here=LEADS)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def _url(kept: dict[str, str], **changed: str) -> str:
    query = urlencode({name: value for name, value in {**kept, **changed}.items() if value})
    return f"{reverse('calls:log')}?{query}" if query else reverse("calls:log")


def _chips(kept: dict[str, str]) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        "busy": _("Busy"),
        "alone": _("Decided by the telephone system alone"),
        "gave_up": _("Gave up"),
        "voicemail": _("Voicemail"),
        "contract": _("Service numbers"),
        "public": _("Public number"),
    }
    return [
        {"label": label, "url": _url(kept, show=shown), "is_current": kept["show"] == shown}
        for shown, label in labels.items()
    ]
