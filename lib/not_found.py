"""The house's own page for what is not there, also where DEBUG shows Django's technical one.

Whoever tries the product is a user like any other. Only an address that nothing answers to keeps, while
developing, the list of those that exist.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.defaults import page_not_found

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class NotFoundPage:
    """Middleware: a view that finds nothing answers with the product's page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the rest of the product does."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page, for what a view did not find; everything else goes its way."""
        return page_not_found(request, exception) if isinstance(exception, Http404) else None
