"""Searching articles, and opening what was found."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.access import public
from knowledge.access import Reader
from knowledge.actions import searches
from knowledge.gateways.search_marks import mark_for
from knowledge.queries.search import search
from knowledge.rules.addresses import ARTICLES
from knowledge.rules.searching import LONGEST
from portal.queries.results import result_lines
from portal.views.pages import portal_page


def results(request: HttpRequest, reader: Reader, language: str) -> HttpResponse:
    """What was found, or its list alone while somebody is typing. The page of all articles leads here.

    No cache keeps it, so that each search is counted once.
    """
    text = request.GET.get("q", "").strip()[:LONGEST]
    found = search(reader, text, language)
    is_counted = "typing" not in request.GET and _is_own(request)
    if is_counted:
        searches.note_search(text=text, language=language, found=len(found.found))
    mark = mark_for(text=text, language=language, is_counted=is_counted)
    context: dict[str, Any] = {
        "text": text,
        "results": found,
        "lines": result_lines(found, text, mark, language),
    }
    response = portal_page(request, "portal/kb/search.html", context, fragment="results")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@public
@require_safe
def opened(request: HttpRequest, mark: str, article_id: int) -> HttpResponseBase:
    """Count that a result was opened and lead to the article, which says itself who may read it."""
    if _is_own(request):
        searches.note_click(mark=mark, article_id=article_id)
    return redirect(f"{ARTICLES}{article_id}/")


def _is_own(request: HttpRequest) -> bool:
    """Whether somebody asks for themselves: an admin who looks with their eyes leaves no trace in figures."""
    return request.method == "GET" and getattr(request.user, "looker", None) is None
