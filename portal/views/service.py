"""Our service: the policy from live data, as a page and as a PDF, and what search engines are told."""

from dataclasses import asdict

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.models import User
from lib.htmx import render_page
from lib.pdf import pdf_of
from lib.public_pages import kept_by_strangers
from portal.queries.service import Policy, service_policy
from portal.views.pages import portal_page

ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /api/
Disallow: /approval/
Disallow: /desk/
Disallow: /events/
Disallow: /language/
Disallow: /portal/
Disallow: /unsubscribe/
Allow: /portal/kb/

Sitemap: {site}/sitemap.xml
"""


@public
@require_safe
@kept_by_strangers
def service(request: HttpRequest) -> HttpResponseBase:
    """Whom we serve when, what is limited without a DPA, hours, numbers: open to everybody."""
    context = {"policy": _policy()}
    user = request.user
    if isinstance(user, User) and user.role == User.Role.CONTACT:
        return portal_page(request, "portal/service.html", context)
    return render_page(request, "portal/service.html", context)


@public
@require_safe
@kept_by_strangers
def service_pdf(request: HttpRequest) -> HttpResponseBase:
    """The same to print and to send on. It is set once a day, language and change."""
    policy = _policy()
    content = pdf_of("portal/service.typ", asdict(policy), day=policy.day)
    response = HttpResponse(content, content_type="application/pdf")
    name = slugify(f"{policy.title} {policy.company}") or "service"
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    """What search engines may look at, and where they find it."""
    response = HttpResponse(ROBOTS.format(site=settings.SITE_URL), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _policy() -> Policy:
    return service_policy(get_language() or settings.LANGUAGE_CODE, timezone.now())
