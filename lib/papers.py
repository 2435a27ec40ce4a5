"""Sending papers that we made ourselves: as a file to keep, whatever a browser would make of it."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def paper_response(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """A download that nobody else's cache keeps. `name` may be anything; it is quoted by RFC 6266."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
