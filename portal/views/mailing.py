"""Which mail a contact gets: the link that ends a ticket's, the switch on its page, and the choice for all.

The link needs no login, for contacts without one get mail, too. Looking at it changes nothing: programs that
check mail for dangers follow every link in it.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import acting_user, public
from accounts.models import User
from customers.actions.mailing import choose_mail
from customers.models import Contact
from lib.htmx import render_page
from portal.forms import MailForm
from portal.views.pages import for_contact, portal_page
from tickets import access
from tickets.actions import muting
from tickets.models import Ticket
from tickets.queries.mutes import is_muted, muted_tickets, unsubscriber_of

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
"""All that a mail program sends (RFC 8058)."""
LONGEST_FORM = 4_000


@csrf_exempt  # for that one form alone; whatever else is sent goes through `_page`
@never_cache
@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """End the mail about one ticket, from the link in such a mail. Error: 404 for a link that is not ours."""
    if len(token) > 200 or not _is_short(request):  # noqa: PLR2004 (none of ours is nearly as long)
        raise RequestDataTooBig
    found = unsubscriber_of(token)
    if found is None:
        raise Http404
    contact, ticket = found
    _speak_as(contact, request)
    if request.method == "POST" and request.POST.dict() == ONE_CLICK:
        muting.mute(ticket=ticket, contact=contact, by=None)
        return _shown(request, contact, ticket)
    return _page(request, contact=contact, ticket=ticket, token=token)


@csrf_protect
def _page(request: HttpRequest, *, contact: Contact, ticket: Ticket, token: str) -> HttpResponseBase:
    """Ask before, offer the way back after."""
    if request.method != "POST":
        return _shown(request, contact, ticket)
    change = muting.unmute if request.POST.get("mail") == "on" else muting.mute
    change(ticket=ticket, contact=contact, by=None)
    return redirect("portal:unsubscribe", token)


def _shown(request: HttpRequest, contact: Contact, ticket: Ticket) -> HttpResponse:
    """The page: the ticket's number and nothing else of it, for the link may have been passed on."""
    context = {"number": ticket.number, "is_muted": is_muted(ticket, contact)}
    answer = render_page(request, "portal/unsubscribe.html", context)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _is_short(request: HttpRequest) -> bool:
    """Whether the form is no longer than it can be: nobody is asked who they are before it is read."""
    size = str(request.META.get("CONTENT_LENGTH") or "0")
    return size.isascii() and size.isdigit() and len(size) < 8 and int(size) <= LONGEST_FORM  # noqa: PLR2004


def _speak_as(contact: Contact, request: HttpRequest) -> None:
    """The contact's language, as in the mail, unless the reader chose one."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not isinstance(request.user, User):
        translation.activate(contact.language)


@for_contact
@require_POST
def ticket_mail(request: HttpRequest, contact: Contact, number: str) -> HttpResponseBase:
    """Switch the mail about one's own ticket off or on again."""
    user = acting_user(request)
    found = access.get_ticket(user, number)
    access.require(allowed=found.contact_id == contact.pk)
    if request.POST.get("mail") == "on":
        muting.unmute(ticket=found, contact=contact, by=user)
        messages.success(request, _("You get e-mails about this ticket again."))
    else:
        muting.mute(ticket=found, contact=contact, by=user)
        messages.success(request, _("You get no more e-mails about this ticket."))
    if request.POST.get("next") == "notifications":
        return redirect("portal:notifications")
    return redirect("portal:ticket", number)


@for_contact
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """How much mail a contact wants, and in which language."""
    chosen = {"mail_steps": contact.mail_steps, "language": contact.language}
    form = MailForm(request.POST if request.method == "POST" else None, initial=chosen)
    if form.is_bound and form.is_valid():
        choose_mail(
            contact=contact,
            steps=form.cleaned_data["mail_steps"],
            language=form.cleaned_data["language"],
            by=acting_user(request),
        )
        messages.success(request, _("Your choice is saved."))
        return redirect("portal:notifications")
    context: dict[str, Any] = {"form": form, "contact": contact, "muted": muted_tickets(contact)}
    return portal_page(request, "portal/notifications.html", context, status=422 if form.errors else 200)
