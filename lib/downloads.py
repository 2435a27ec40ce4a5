"""Sending files that other people uploaded, so that no browser ever takes them for a page of ours.

A file's address holds a random key, and a signature that says for whom the link was made and when. Neither
replaces the question whether the person may see the ticket: that is asked at every download.
"""

import re

from django.conf import settings
from django.core.files.base import File
from django.core.signing import BadSignature, TimestampSigner
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from lib.file_types import SHOWN

SIGNATURE = "s"
"""The parameter of the address."""
UNKNOWN_TYPE = "application/octet-stream"
# What programs on the other side may be told. Whatever could hold a script (HTML, SVG, XML) is just bytes.
_TYPES = frozenset(
    {
        *("text/plain", "text/csv", "application/pdf", "application/zip", "application/json"),
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff", "image/heic"),
        *("audio/mpeg", "audio/ogg", "audio/x-wav", "video/mp4", "video/webm", "video/quicktime"),
        *("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        *("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"),
        *("application/gzip", "application/x-tar", "application/x-7z-compressed"),
    }
)
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})", re.ASCII)


def signed(url: str, *, key: str, user_id: int) -> str:
    """The address of a file as one person may use it for a while (ATTACHMENT_LINK_SECONDS)."""
    value = _value(key, user_id)
    signature = _signer().sign(value).removeprefix(f"{value}:")
    return f"{url}?{SIGNATURE}={signature}"


def is_signed(request: HttpRequest, *, key: str, user_id: int) -> bool:
    """Whether the link was made for this person and this file, not too long ago."""
    signature = request.GET.get(SIGNATURE, "")
    try:
        _signer().unsign(f"{_value(key, user_id)}:{signature}", max_age=settings.ATTACHMENT_LINK_SECONDS)
    except BadSignature:
        return False
    return True


def attachment_response(file: File[bytes], *, name: str, content_type: str) -> FileResponse:
    """Stream a stored file as a download under `name` (a label from outside; Django quotes it by RFC 6266).

    Whatever the type says: it is saved, not shown, not sniffed, and should a browser show it all the same,
    it runs in a sandbox without origin.
    """
    told = content_type if content_type in _TYPES else UNKNOWN_TYPE
    response = FileResponse(file, as_attachment=True, filename=name, content_type=told)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    response["Accept-Ranges"] = "none"
    return response


def picture_response(file: File[bytes], *, name: str, content_type: str) -> FileResponse | None:
    """Stream a picture that a page shows. None for anything else, SVG among them, which can hold a script."""
    if content_type not in SHOWN:
        return None
    response = FileResponse(file, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Accept-Ranges"] = "none"
    return response


def sound_response(file: File[bytes], *, name: str, content_type: str, asked: str = "") -> HttpResponse:
    """A recording for a player of a page: whole, or the part that a `Range` header asked for.

    It is told as a download, too; players do not mind, and whoever opens the address saves it.
    """
    told = content_type if content_type in _TYPES else UNKNOWN_TYPE
    part = _RANGE.fullmatch(asked)
    size = file.size or 0
    start, stop = _part(part, size) if part else (0, size)
    if start >= stop and part:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    with file.open("rb") as kept:
        kept.seek(start)
        response = HttpResponse(kept.read(stop - start), content_type=told)
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _part(asked: re.Match[str], size: int) -> tuple[int, int]:
    """(start, stop) of one range: "5-9", "5-" or the last so many, "-5"."""
    first, last = asked.groups()
    if not first:
        return max(0, size - int(last or 0)), size
    return int(first), min(size, int(last) + 1) if last else size


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="vorrang.attachment")


def _value(key: str, user_id: int) -> str:
    return f"{key}.{user_id}"
