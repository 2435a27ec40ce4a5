"""What the contract gives; without one, what it would change and how to ask for it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user
from accounts.models import User
from billing.queries.mine import statements_for
from contracts.queries.opening_hours import opening_hours
from contracts.queries.promised import promised_table
from contracts.queries.services import included_services
from customers.models import Contact
from lib.languages import page_language
from portal.actions.requesting import AlreadyAsked, AlreadyCovered, ask_for_offer
from portal.forms import OfferForm
from portal.queries.approvals import waiting_approvals
from portal.queries.articles import contract_articles
from portal.queries.consumption import allowance_card
from portal.queries.contract import ServiceAgreement, service_agreement
from portal.queries.dpa import dpa_card
from portal.queries.next_change import next_card
from portal.queries.offers import open_request_for
from portal.queries.phone import phone_card
from portal.queries.standings import standing_card
from portal.queries.what_if import what_if
from portal.views.pages import for_contact, portal_page
from tickets.actions.refusals import CannotOpen
from tickets.queries.gate_cards import gates_of_customer


@for_contact
@require_safe
def contract(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """The contact's standing made visible. The fragment `places` is what moves."""
    return _page(request, contact, OfferForm())


@for_contact
@require_POST
def offer(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """File the wish for a service agreement; once, until it is answered."""
    form = OfferForm(request.POST)
    if not form.is_valid():
        return _page(request, contact, form)
    try:
        ask_for_offer(contact=contact, by=acting_user(request), **form.cleaned_data)
    except AlreadyAsked:
        messages.info(request, _("Your request is with us already."))
    except AlreadyCovered:
        messages.info(request, _("A service agreement with you is in force already."))
    except CannotOpen as refusal:
        form.add_error(None, str(refusal))
        return _page(request, contact, form)
    else:
        messages.success(request, _("Your request has arrived. Somebody will get in touch with you."))
    return redirect("portal:contract")


def _page(request: HttpRequest, contact: Contact, form: OfferForm) -> HttpResponseBase:
    now, user = timezone.now(), acting_user(request)
    agreement = service_agreement(contact.customer, now)
    context: dict[str, Any] = {
        "contact": contact,
        "agreement": agreement,
        "standing": standing_card(contact.customer, now),
        "dpa": dpa_card(contact, now),
        "gates": gates_of_customer(contact.customer_id, now, language=page_language()),
        "next_change": next_card(user, contact.customer, now) if agreement else None,
        "waiting_approvals": waiting_approvals(user, now),
        "hours": opening_hours(agreement.hours_id if agreement else None, now=now, language=page_language()),
        "targets": promised_table(agreement.level_id, page_language()) if agreement else None,
        "articles_count": contract_articles(user) if agreement else 0,
        "phone": phone_card(contact.customer, now),
        "statements": statements_for(user, page_language(), most=3) if contact.is_company_admin else None,
    }
    context |= _without(user, contact, form) if agreement is None else _given(user, agreement)
    status = 422 if form.errors else 200
    return portal_page(request, "portal/contract.html", context, fragment="places", status=status)


def _given(user: User, agreement: ServiceAgreement) -> dict[str, Any]:
    """What only those see who have one: what it includes, and how its allowance is used."""
    return {
        "included": included_services(agreement.level_id, page_language()),
        "allowance": allowance_card(agreement.agreement_id, user, timezone.now()),
    }


def _without(user: User, contact: Contact, form: OfferForm) -> dict[str, Any]:
    """What only those see who have no service agreement."""
    compared = what_if(user, contact, timezone.now())
    return {
        "what_if": compared,
        "asked": open_request_for(user, contact.customer),
        "form": form,
    }
