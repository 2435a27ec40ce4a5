"""Approving what work may cost: by the link in a mail, without a login, or in the portal.

Looking at the link changes nothing: programs that check mail for dangers follow every link in it. It answers
strangers alike whether it was never ours, belongs to somebody else or leads to a ticket they may not read.
"""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import acting_user, public
from accounts.models import User
from customers.models import Contact
from lib.htmx import render_page
from portal.forms import ApprovalForm
from portal.queries.approvals import approval_lists
from portal.views.pages import for_contact, portal_page
from tickets.access import get_ticket, visible_approvals
from tickets.actions.approving import Answer, answer
from tickets.actions.refusals import AlreadyAnswered
from tickets.models import ApprovalRequest
from tickets.queries.approval_cards import card_of
from tickets.queries.approval_links import LONGEST, asked_by_link

ATTEMPT = "approval_link"
"""As the settings limit it."""
LONGEST_FORM = 8_000
How = ApprovalRequest.How


@public
@require_http_methods(["GET", "HEAD", "POST"])
def approval_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show what is asked; POST answers, once. Who comes later is told what was answered."""
    if not _is_short(request):
        raise RequestDataTooBig
    if not ratelimit.consume(request, action=ATTEMPT):
        return _shown(request, "portal/approval_gone.html", {"is_too_often": True}, 429)
    found = asked_by_link(token) if len(token) <= LONGEST else None
    if found is None:
        return _shown(request, "portal/approval_gone.html", {}, 404)
    asked, contact = found
    _speak_as(contact, request)
    form = ApprovalForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        _answer(asked, form, Answer(is_approved=form.is_approved, how=How.LINK, contact=contact))
        return redirect("portal:approval_link", token)
    context = {"approval": card_of(asked, timezone.now()), "form": form}
    return _shown(request, "portal/approval.html", context, 422 if form.errors else 200)


@for_contact
@require_safe
def approvals(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """What waits for the contact's approval, and what was answered before."""
    lists = approval_lists(acting_user(request), timezone.now())
    return portal_page(request, "portal/approvals.html", {"contact": contact, "lists": lists})


@for_contact
@require_POST
def approve(request: HttpRequest, contact: Contact, number: str, pk: int) -> HttpResponseBase:
    """Answer in the portal, at whatever page the request was shown."""
    user = acting_user(request)
    found = get_ticket(user, number)
    asked = get_object_or_404(visible_approvals(user), pk=pk, ticket=found)
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose whether you approve it or not."))
    elif _answer(asked, form, Answer(is_approved=form.is_approved, how=How.PORTAL, contact=contact, by=user)):
        said = _("You have approved it. The work can begin.") if form.is_approved else _("You have declined.")
        messages.success(request, said)
    else:
        messages.info(request, _("This was answered already, or it has run out. See how it stands below."))
    return redirect(f"{_back(request, number)}#approval-{asked.pk}")


def _answer(asked: ApprovalRequest, form: ApprovalForm, given: Answer) -> bool:
    """Whether this answer was the first."""
    given = Answer(**{**vars(given), "note": form.cleaned_data["note"]})
    try:
        answer(request=asked, given=given)
    except AlreadyAnswered:
        return False
    return True


def _back(request: HttpRequest, number: str) -> str:
    """The page where the answer was given."""
    pages = {"approvals": "portal:approvals", "contract": "portal:contract", "tickets": "portal:tickets"}
    name = pages.get(request.POST.get("next", ""))
    return redirect(name).url if name else redirect("portal:ticket", number).url


def _shown(request: HttpRequest, template: str, context: dict[str, object], status: int) -> HttpResponse:
    """A page that nobody keeps, and whose address neither search engines nor other sites learn."""
    page = render_page(request, template, context, status=status)
    page["X-Robots-Tag"] = "noindex, nofollow"
    page["Cache-Control"] = "no-store, private"
    # Not "no-referrer": with it browsers send the form without its origin, and the form would be refused.
    page["Referrer-Policy"] = "same-origin"
    return page


def _is_short(request: HttpRequest) -> bool:
    """Whether the form is no longer than it can be: nobody is asked who they are before it is read."""
    size = str(request.META.get("CONTENT_LENGTH") or "0")
    return size.isascii() and size.isdigit() and len(size) < 8 and int(size) <= LONGEST_FORM  # noqa: PLR2004


def _speak_as(contact: Contact, request: HttpRequest) -> None:
    """The contact's language, as in the mail, unless the reader chose one."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not isinstance(request.user, User):
        translation.activate(contact.language)
