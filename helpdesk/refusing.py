"""What fails before or around a view: a page for people, a problem document for callers of the API."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from lib.api import problems

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that nobody can answer, for example one for another host."""
    if not request.path.startswith(API):
        return defaults.bad_request(request, exception)
    words = _("This request cannot be answered.")
    return _document(problems.Problem(HTTPStatus.BAD_REQUEST, "bad_request", words))


def server_error(request: HttpRequest) -> HttpResponse:
    """An error outside of any view. (Inside, the API answers by itself.)"""
    if not request.path.startswith(API):
        return defaults.server_error(request)
    return _document(problems.failed())


def _document(problem: problems.Problem) -> JsonResponse:
    return JsonResponse(
        problems.document(problem),
        status=problem.status_code,
        content_type=problems.CONTENT_TYPE,
        headers={"Cache-Control": "no-store"},
    )
