"""How the firm looks, as files of their own: its colours and its logo. Public, and kept for long."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.queries import company
from lib.public_pages import FOREVER, SHARED, with_etag


@public
@require_safe
def brand_styles(request: HttpRequest) -> HttpResponseBase:
    """The firm's colours as a style sheet; empty where it has none."""
    brand = company.brand()
    response = HttpResponse(brand.styles, content_type="text/css; charset=utf-8")
    return _kept(request, response, brand.styles_digest or "none")


@public
@require_safe
def brand_logo(request: HttpRequest) -> HttpResponseBase:
    """The firm's logo. Whatever it is, it runs nothing, also where it is opened by itself."""
    content, content_type, digest = company.logo()
    if not digest:
        raise Http404
    response = HttpResponse(content, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return _kept(request, response, digest)


def _kept(request: HttpRequest, response: HttpResponse, digest: str) -> HttpResponseBase:
    """For good where the address names what is there, else with a question each time."""
    version = request.GET.get("v", "")
    response["Cache-Control"] = FOREVER if version and digest.startswith(version) else SHARED
    return with_etag(request, response, digest)
