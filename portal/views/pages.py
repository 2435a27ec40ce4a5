"""What every page of the portal shares: who may enter, and the frame around the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import acting_user, contacts_only
from accounts.models import User
from customers.access import company_admin_of, contact_of
from lib.htmx import render_page
from portal.queries.directory import Banner, banners
from tickets.access import Denied

View = Callable[..., HttpResponseBase]


def for_contact(view: View) -> View:
    """Let contacts in and hand the view their contact; without an active one, explain.

    Pages speak the language that the user chose, else the contact's.
    """

    @contacts_only
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = acting_user(request)
        contact = contact_of(user)
        if contact is None:
            return render_page(request, "portal/no_access.html", status=403)
        if not user.language:
            translation.activate(contact.language)
        request.contact = contact  # type: ignore[attr-defined]  # for the navigation
        try:
            return view(request, contact, *args, **kwargs)
        except Denied as refusal:  # it was theirs when the page loaded it, and no longer when they acted
            raise Http404 from refusal

    return entered


def portal_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page of the portal with its navigation, or the fragment that was asked for."""
    context = {"portal_nav": _navigation(request), "dpa_banners": _banners(request), **context}
    return render_page(request, template, context, fragment=fragment, status=status)


def _banners(request: HttpRequest) -> Callable[[], list[Banner]]:
    """What waits to be acknowledged, looked up once the frame is drawn; parts of a page do without."""
    contact = getattr(request, "contact", None)
    if contact is None:
        return list
    return lambda: [
        one for one in banners(contact, acting_user(request), timezone.now()) if one.url != request.path
    ]


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Where to go from here; nothing for strangers, whose links the frame knows."""
    user = request.user
    links = _links(request, user) if isinstance(user, User) else []
    return [{"label": label, "url": url, "is_current": request.path == url} for label, url in links]


def _links(request: HttpRequest, user: User) -> list[tuple[str, str]]:
    articles = (_("Articles"), reverse("portal:articles"))
    if user.is_agent:
        return [articles, (_("To the desk"), "/desk/")]
    links = [
        (_("Tickets"), reverse("portal:tickets")),
        (_("New ticket"), reverse("portal:new")),
        (_("My contract"), reverse("portal:contract")),
        articles,
        (_("E-mails"), reverse("portal:notifications")),
    ]
    if _is_company_admin(request, user):
        links.append((_("Colleagues"), reverse("portal:colleagues")))
    return links


def _is_company_admin(request: HttpRequest, user: User) -> bool:
    """Pages for everybody, such as articles, have not asked who the contact is."""
    contact = getattr(request, "contact", None)
    return company_admin_of(user) is not None if contact is None else contact.is_company_admin
