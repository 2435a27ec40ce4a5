"""Compressed pages, for people who are not signed in.

Whoever can have somebody's browser ask for a page, put words of their own into it and watch its compressed
size, can guess what else stands on it (BREACH). Django adds a random length against that; here the question
does not even come up: a page of somebody with a session is not compressed. Static files are compressed
beforehand by WhiteNoise.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_TEXTS = ("text/", "image/svg+xml", "application/xml", "application/rss+xml", "application/atom+xml")


class CompressedForStrangers(GZipMiddleware):
    """Middleware: gzip what is text and is read by nobody in particular."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress it, or leave it as it is."""
        is_text = response.headers.get("Content-Type", "").startswith(_TEXTS)
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session or not is_text or not isinstance(response, HttpResponse):
            return response
        return super().process_response(request, response)
