"""Searching articles, and opening what was found."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.access import public
from knowledge.access import reader_of
from knowledge.actions import searches
from knowledge.queries.search import search
from knowledge.rules.addresses import ARTICLES
from knowledge.rules.searching import LONGEST
from portal.queries.positions import reader_language
from portal.queries.results import result_lines
from portal.views.pages import portal_page


def results(request: HttpRequest) -> HttpResponse:
    """The results page, or its list while somebody is typing; the guarded list of articles leads here."""
    text, language = request.GET.get("q", "").strip()[:LONGEST], reader_language()
    found = search(reader_of(request.user), text, language)
    is_counted = "typing" not in request.GET and request.method == "GET"
    if is_counted:
        searches.note_search(text=text, language=language, found=len(found.found))
    mark = searches.mark_for(text=text, language=language, is_counted=is_counted)
    context: dict[str, Any] = {
        "text": text,
        "results": found,
        "lines": result_lines(found, text, mark, language),
    }
    return portal_page(request, "portal/kb/search.html", context, fragment="results")


@public
@require_safe
def opened(request: HttpRequest, mark: str, article_id: int) -> HttpResponseBase:
    """Count that a result was opened and lead to the article, which says itself who may read it."""
    if request.method == "GET":
        searches.note_click(mark=mark, article_id=article_id)
    return redirect(f"{ARTICLES}{article_id}/")
