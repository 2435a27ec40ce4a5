"""One template for a page and its fragments."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page, or only its partial `fragment` where htmx asked for that part.

    A fragment is asked for with ``?fragment=name`` or by htmx with the partial's name as target, so that
    the same URL serves both; the answer varies by those headers.
    """
    wanted = request.GET.get("fragment") or request.headers.get("HX-Target", "")
    name = f"{template}#{fragment}" if fragment and wanted == fragment else template
    response = render(request, name, context, status=status)
    response["Vary"] = "HX-Request, HX-Target, Cookie, Accept-Language"
    return response
