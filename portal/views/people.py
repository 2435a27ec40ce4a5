"""Colleagues and their access to the portal, for the company admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import acting_user
from customers.access import NotTheirs, company_admin_of
from customers.actions import colleagues as acts
from customers.models import Contact
from customers.queries.colleagues import Colleague, colleague_of, colleagues_of
from portal.forms import InviteForm, RightsForm
from portal.views.pages import for_contact, portal_page

View = Callable[..., HttpResponseBase]
page = require_http_methods(["GET", "HEAD", "POST"])
ATTEMPT = "invite_colleague"
"""As the settings limit it, by person."""


def for_company_admin(view: View) -> View:
    """Let company admins in; for all other contacts there is nothing here."""

    @for_contact
    @wraps(view)
    def entered(request: HttpRequest, contact: Contact, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if company_admin_of(acting_user(request)) is None:
            raise Http404
        try:
            return view(request, contact, *args, **kwargs)
        except NotTheirs as refusal:  # it was theirs when the page loaded it
            raise Http404 from refusal

    return entered


@for_company_admin
@require_safe
def colleagues(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """Everybody at the company, and how it stands with their access."""
    context = {"contact": contact, "colleagues": colleagues_of(acting_user(request))}
    return portal_page(request, "portal/colleagues.html", context)


@for_company_admin
@page
def invite(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """Let a colleague into the portal."""
    is_sent = request.method == "POST"
    form = InviteForm(request.POST if is_sent else None, initial={"language": contact.language})
    status = 422 if is_sent else 200
    if is_sent and form.is_valid():
        if not ratelimit.consume(request, action=ATTEMPT, user=request.user):
            form.add_error(None, _("Those were many invitations. Please go on in an hour."))
            status = 429
        elif invited := _invited(request, form):
            _say_invited(request, invited)
            return redirect("portal:colleagues")
    return portal_page(request, "portal/colleague_new.html", {"form": form}, status=status)


def _invited(request: HttpRequest, form: InviteForm) -> Contact | None:
    """The colleague; None where the form says by now why not."""
    try:
        return acts.invite(by=acting_user(request), **form.wanted())
    except acts.Refused as refusal:
        form.refuse(refusal.why)
    return None


@for_company_admin
@page
def colleague(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """One colleague: what they see and may do. Giving up one's own right is asked about first."""
    shown = _shown(request, pk)
    is_sent = request.method == "POST"
    form = RightsForm(request.POST if is_sent else None, of=shown.contact)
    if is_sent and form.is_valid() and _is_saved(request, shown, form):
        messages.success(request, _("Saved. It holds from now on."))
        is_own_right_gone = shown.is_self and not form.cleaned_data["is_company_admin"]
        return redirect("portal:tickets" if is_own_right_gone else "portal:colleagues")
    context = {"colleague": shown, "form": form}
    return portal_page(request, "portal/colleague.html", context, status=422 if is_sent else 200)


def _is_saved(request: HttpRequest, shown: Colleague, form: RightsForm) -> bool:
    try:
        acts.set_rights(contact=shown.contact, by=acting_user(request), **form.wanted())
    except acts.NeedsConfirmation as asked:
        form.ask(is_last=asked.is_last)
        return False
    return True


@for_company_admin
@require_POST
def invite_again(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """Send another invitation; an access that was closed is open again."""
    shown = _shown(request, pk)
    if not ratelimit.consume(request, action=ATTEMPT, user=request.user):
        messages.error(request, _("Those were many invitations. Please go on in an hour."))
        return redirect("portal:colleague", pk)
    try:
        acts.invite_again(contact=shown.contact, by=acting_user(request))
    except acts.Refused as refusal:
        is_there = refusal.why == "active"
        said = _("This colleague signs in already.") if is_there else _("Not invited. Please ask us.")
        messages.error(request, said)
    else:
        _say_invited(request, shown.contact)
    return redirect("portal:colleague", pk)


@for_company_admin
@page
def withdraw(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """Close somebody's access, after a page that says what that means."""
    shown = _shown(request, pk)
    if not shown.can_be_withdrawn:
        return redirect("portal:colleague", pk)
    if request.method != "POST":
        return portal_page(request, "portal/colleague_withdraw.html", {"colleague": shown})
    acts.withdraw(contact=shown.contact, by=acting_user(request))
    said = _("The access of %(name)s is closed.") % {"name": shown.contact.name}
    messages.success(request, said)
    return redirect("portal:colleagues")


def _shown(request: HttpRequest, pk: int) -> Colleague:
    """Error: 404, for the people of others and for nobody alike."""
    found = colleague_of(acting_user(request), pk)
    if found is None:
        raise Http404
    return found


def _say_invited(request: HttpRequest, invited: Contact) -> None:
    said = _("The invitation is on its way to %(address)s.") % {"address": invited.email}
    messages.success(request, said)
