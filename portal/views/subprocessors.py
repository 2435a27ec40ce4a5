"""The sub-processor directory in the portal, where the gate is open; and what a customer says to a change."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user
from contracts.access import may_answer
from contracts.actions import directory_notices as acts
from contracts.models import ChangeNotice, DirectoryVersion
from contracts.queries import directory as reading
from contracts.queries import processing_rights as rights
from customers.access import NotTheirs
from customers.models import Contact
from portal.forms import ObjectionForm
from portal.queries.directory import closed, directory_page
from portal.views.pages import for_contact, portal_page

FORBIDDEN = 403


@for_contact
@require_safe
def subprocessors(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """What holds today, what comes and what was; else, politely, why it is closed and what would open it."""
    now = timezone.now()
    gate = reading.directory_gate(contact.customer_id, now)
    if not gate.is_open:
        context = {"contact": contact, "closed": closed(gate, now)}
        return portal_page(request, "portal/directory/closed.html", context, status=FORBIDDEN)
    context = {"contact": contact, "page": directory_page(contact, now)}
    return portal_page(request, "portal/directory/directory.html", context)


@for_contact
@require_safe
def one_version(request: HttpRequest, contact: Contact, version: int) -> HttpResponseBase:
    """One version, compared with the one before it or with any other. Error: 404 where the gate is closed."""
    if not reading.directory_gate(contact.customer_id, timezone.now()).is_open:
        raise Http404
    found = get_object_or_404(reading.announced(), number=version)
    others = [one for one in reading.announced() if one.number != version]
    wanted = request.GET.get("against", "")
    against = next((one for one in others if str(one.number) == wanted), None)
    context = {
        "version": found,
        "against": against,
        "others": others,
        "changes": reading.changes(against, found) if against else reading.changes_of(found),
        "entries": reading.entries_of(found),
    }
    return portal_page(request, "portal/directory/version.html", context)


@for_contact
@require_safe
def change(request: HttpRequest, contact: Contact, version: int) -> HttpResponseBase:
    """A change that the customer was told of, and what they said to it."""
    return _page(request, contact, _told(contact, version), ObjectionForm())


@for_contact
@require_POST
def acknowledge(request: HttpRequest, contact: Contact, version: int) -> HttpResponseBase:
    """Take note of a change. Error: 404 for whoever does not answer for the customer."""
    try:
        acts.acknowledge(notice=_told(contact, version), by=acting_user(request))
    except NotTheirs as refusal:
        raise Http404 from refusal
    messages.success(request, _("Thank you. We have noted that you know of it."))
    return redirect("portal:subprocessors_change", version)


@for_contact
@require_POST
def object_to(request: HttpRequest, contact: Contact, version: int) -> HttpResponseBase:
    """Object to a change. Error: 404 for whoever does not answer for the customer."""
    notice, form = _told(contact, version), ObjectionForm(request.POST)
    if not may_answer(acting_user(request), contact.customer_id):
        raise Http404
    if not form.is_valid():
        return _page(request, contact, notice, form)
    try:
        acts.object_to(notice=notice, by=acting_user(request), **form.cleaned_data)
    except acts.CannotObject as refusal:
        form.add_error(None, str(refusal))
        return _page(request, contact, notice, form)
    except NotTheirs as refusal:
        raise Http404 from refusal
    messages.success(request, _("Your objection has arrived. We come back to you."))
    return redirect("portal:subprocessors_change", version)


def _told(contact: Contact, number: int) -> ChangeNotice:
    """What the customer was told of. Error: 404 for a change that they were not told of, and once it is over.

    Whoever was told of a change may answer it, also where the directory itself is closed by now; whoever
    objected may read the answer for good.
    """
    notice = reading.notice_for(contact.customer_id, number)
    if notice is None:
        raise Http404
    if notice.objected_at is None and not rights.has_dpa(contact.customer_id, timezone.now()):
        raise Http404
    return notice


def _page(
    request: HttpRequest, contact: Contact, notice: ChangeNotice, form: ObjectionForm
) -> HttpResponseBase:
    now = timezone.now()
    found: DirectoryVersion = notice.version
    context = {
        "contact": contact,
        "notice": notice,
        "version": found,
        "changes": reading.changes_of(found),
        "is_open": reading.directory_gate(contact.customer_id, now).is_open,
        "may_answer": may_answer(acting_user(request), contact.customer_id),
        "may_object": reading.may_object(notice, now),
        "form": form,
    }
    status = 422 if form.errors else 200
    return portal_page(request, "portal/directory/change.html", context, status=status)
