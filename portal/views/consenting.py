"""Giving and withdrawing one's own consent on a ticket."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import acting_user
from customers.models import Contact
from lib.client_addresses import address_of
from portal.views.pages import for_contact
from tickets.access import get_ticket, visible_consents
from tickets.actions import consents
from tickets.actions.consent_refusals import NothingPermitted
from tickets.actions.consents import Given
from tickets.models import Consent, DataSubject


@for_contact
@require_POST
def consent(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """Permit something for this ticket, as one of those concerned."""
    user = acting_user(request)
    found = get_ticket(user, number)
    rows = DataSubject.objects.counting().select_related("ticket")
    subject = get_object_or_404(rows, ticket=found, contact=contact)
    given = Given(
        capabilities=request.POST.getlist("capabilities"),
        how=Consent.How.PORTAL,
        given_at=timezone.now(),
        evidence=_evidence(request, contact),
    )
    try:
        consents.record_consent(subject=subject, given=given, by=user)
    except NothingPermitted:
        messages.error(request, _("Please choose what you permit."))
    else:
        messages.success(request, _("Thank you. Your consent is recorded; you can withdraw it at any time."))
    return _back(number)


@for_contact
@require_POST
def withdraw_consent(request: HttpRequest, contact: Contact, number: str, pk: int) -> HttpResponseBase:
    """Take one's own consent back."""
    user = acting_user(request)
    found = get_ticket(user, number)
    rows = visible_consents(user).filter(subject__ticket=found).select_related("subject__ticket")
    consents.withdraw_consent(consent=get_object_or_404(rows, pk=pk), by=user)
    messages.success(request, _("Your consent is withdrawn from this moment on."))
    return _back(number)


def _evidence(request: HttpRequest, contact: Contact) -> str:
    """Who it was and from where; the moment stands beside it."""
    parts = (contact.name, contact.email, address_of(request))
    return ", ".join(part for part in parts if part)


def _back(number: str) -> HttpResponseBase:
    return redirect(f"{reverse('portal:ticket', args=[number])}#ticket-consents")
