"""A contact's own data: fetch them, and say what shall be done with them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, contacts_only
from customers.access import contact_of
from customers.models import Contact
from lib.htmx import render_page
from lib.languages import page_language
from lib.phones import readable
from privacy.access import fetchable_exports
from privacy.actions import exporting, jobs
from privacy.forms import WishForm
from privacy.models import PrivacyJob
from privacy.queries import pages
from privacy.views.sending import export_response
from tickets.access import Denied
from tickets.actions.opening import open_ticket
from tickets.models import Ticket

View = Callable[..., HttpResponseBase]


def _for_contact(view: View) -> View:
    """Let contacts in and hand the view their contact, in their language, as the portal does."""

    @contacts_only
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = acting_user(request)
        contact = contact_of(user)
        if contact is None:
            return render_page(request, "portal/no_access.html", status=403)
        if not user.language:
            translation.activate(contact.language)
        try:
            return view(request, contact, *args, **kwargs)
        except Denied as refusal:
            raise Http404 from refusal

    return entered


@_for_contact
@require_safe
def own(request: HttpRequest, contact: Contact) -> HttpResponse:
    """What we keep, the export, and the form for wishes."""
    return _shown(request, contact, WishForm())


@_for_contact
@require_POST
def export(request: HttpRequest, contact: Contact) -> HttpResponse:
    """Have one's own data put together."""
    jobs.ask_own_export(contact=contact, by=acting_user(request))
    messages.info(request, _("Your data are being put together. You get an e-mail when they are ready."))
    return redirect("privacy:own")


@_for_contact
@require_POST
def fetch(request: HttpRequest, contact: Contact, pk: int) -> HttpResponseBase:
    """The file, once."""
    user = acting_user(request)
    job = fetchable_exports(user).filter(pk=pk).first()
    if job is None:
        raise Http404
    try:
        content = exporting.take(job=job, by=user)
    except exporting.Gone:
        messages.info(request, _("This file was fetched already. Ask for a new export."))
        return redirect("privacy:own")
    return export_response(content, job)


@_for_contact
@require_POST
def ask(request: HttpRequest, contact: Contact) -> HttpResponse:
    """A wish becomes a ticket: it is answered in time and its way can be followed."""
    form = WishForm(request.POST)
    if not form.is_valid():
        return _shown(request, contact, form, status=422)
    subjects = {
        "rectification": _("Correction of my data"),
        "erasure": _("Erasure of my data"),
        "objection": _("Objection to the use of my data"),
    }
    ticket = open_ticket(
        customer=contact.customer,
        contact=contact,
        subject=subjects[form.cleaned_data["kind"]],
        body=form.cleaned_data["text"],
        channel=Ticket.Channel.PORTAL,
        by=acting_user(request),
    )
    messages.success(request, _("We have your request and answer within a month at the latest."))
    return redirect("portal:ticket", ticket.number)


def _shown(request: HttpRequest, contact: Contact, form: WishForm, *, status: int = 200) -> HttpResponse:
    made = PrivacyJob.objects.filter(kind=PrivacyJob.Kind.EXPORT, subject_id=contact.pk, is_own=True)
    language = page_language()
    context = {
        "portal_nav": _navigation(request),
        "contact": contact,
        "phones": [readable(number) for number in contact.phones.values_list("number", flat=True)],
        "form": form,
        "line": next(iter(pages.job_lines(made, language)), None),
    }
    return render_page(request, "privacy/own.html", context, fragment="export", status=status)


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    links = [
        (_("Tickets"), reverse("portal:tickets")),
        (_("New ticket"), reverse("portal:new")),
        (_("My contract"), reverse("portal:contract")),
        (_("Articles"), reverse("portal:articles")),
        (_("E-mails"), reverse("portal:notifications")),
        (_("My data"), reverse("privacy:own")),
    ]
    return [{"label": label, "url": url, "is_current": request.path == url} for label, url in links]
