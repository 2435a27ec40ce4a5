"""Sending files that other people uploaded, so that no browser ever takes them for a page of ours."""

from django.core.files.base import File
from django.http import FileResponse


def attachment_response(file: File[bytes], *, name: str, content_type: str) -> FileResponse:
    """Stream a stored file as a download under `name` (a label from outside; Django quotes it).

    Whatever the type says: it is saved, not shown, not sniffed, and should a browser show it all the same,
    it runs in a sandbox without origin.
    """
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-cache"
    return response
