"""`Idempotency-Key`: a POST that is sent twice happens once, and is answered twice alike.

One transaction holds what was asked for and its answer, so that a crash leaves both or neither. Refusals are
not kept: they roll everything back, and a repeat is judged anew. Whoever keeps the answers is named by the
setting `API_KEPT_ANSWERS`, a module with the functions of accounts/actions/kept_answers.py.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from http import HTTPStatus
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from lib.api.problems import Problem
from lib.crypto import Unreadable

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 200
KEY_PATTERN = "^[!-~]{1,200}$"
BUSY_SECONDS = 1
_KEPT_HEADERS = ("ETag", "Location", "Vorrang-Degraded")
_PRINTABLE = re.compile(r"[!-~]{1,200}")

Handler = Callable[..., HttpResponseBase]


def once(handler: Handler, before: Callable[[], None]) -> Handler:
    """A handler of POST that answers a repeat with what was answered first, if the request has a key.

    `before` is called ahead of the transaction: for work that needs one of its own. Errors: problems 400 for
    a key that is none, 409 while the first request is at work, 422 where the key stood for another request.
    """

    def handle(request: Request, *args: Any, **options: Any) -> HttpResponseBase:
        key = key_of(request)
        if key is None:
            return handler(request, *args, **options)
        before()
        fingerprint = _fingerprint(request)
        with transaction.atomic():
            kept = _kept(request, key, fingerprint)
            if kept is not None:
                return _replay(request, kept)
            response = handler(request, *args, **options)
            return _keep(request, key, fingerprint, response)

    return handle


def key_of(request: Request) -> str | None:
    """The request's key. Error: 400 for one that cannot be kept."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _PRINTABLE.fullmatch(key):
        words = _("An Idempotency-Key has 1 to %(most)d printable ASCII characters without blanks.")
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid_idempotency_key", words % {"most": LONGEST_KEY})
    return key


def _kept(request: Request, key: str, fingerprint: str) -> Any:
    """The row of the first answer, if there is one; the key is ours until the transaction ends."""
    store = _store(settings.API_KEPT_ANSWERS)
    if not store.begin(by=request.user, key=key):
        problem = Problem(
            HTTPStatus.CONFLICT, "in_progress", _("The first request with this key is still at work.")
        )
        problem.wait = BUSY_SECONDS
        raise problem
    kept = store.find(by=request.user, key=key, at=timezone.now())
    if kept is not None and kept.fingerprint != fingerprint:
        words = _("This Idempotency-Key belongs to another request.")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "key_reused", words)
    return kept


def _replay(request: Request, kept: Any) -> HttpResponse:
    """The first answer once more. Error: 409 where this caller, or nobody, can read it any more."""
    try:
        if not _store(settings.API_KEPT_ANSWERS).is_for(by=request.user, kept=kept):
            raise Unreadable
        return _respond(kept.status, kept.answer, is_replayed=True)
    except Unreadable as error:
        words = _("This was done, but its answer can no longer be read.")
        raise Problem(HTTPStatus.CONFLICT, "answer_unreadable", words) from error


def _keep(request: Request, key: str, fingerprint: str, response: HttpResponseBase) -> HttpResponseBase:
    """Keep the answer and give it: the first time in the same form as later."""
    if not isinstance(response, Response) or response.status_code >= HTTPStatus.BAD_REQUEST:
        raise TypeError("A POST answers with a document, or raises what refuses it.")
    body = "" if response.data is None else _rendered(request, response.data)
    answer = {
        "body": body,
        "headers": {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)},
    }
    status = response.status_code
    _store(settings.API_KEPT_ANSWERS).keep(
        by=request.user, key=key, fingerprint=fingerprint, status=status, answer=answer, at=timezone.now()
    )
    return _respond(status, answer, is_replayed=False)


def _rendered(request: Request, document: Any) -> str:
    renderer: Any = request.accepted_renderer
    return str(renderer.render(document).decode())


def _respond(status: int, answer: Any, *, is_replayed: bool) -> HttpResponse:
    body = answer["body"]
    headers = {**answer["headers"], **({REPLAYED: "true"} if is_replayed else {})}
    response = HttpResponse(body, status=status, headers=headers, content_type="application/json")
    if not body:
        del response["Content-Type"]
    return response


def _fingerprint(request: Request) -> str:
    """What was asked for, however it was spelt: a client that repeats a form draws a new boundary for it."""
    digest = hashlib.sha256(json.dumps([request.method, request.get_full_path()]).encode())
    for part in _parts(request.data):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def _parts(sent: Any) -> Iterator[bytes]:
    if not isinstance(sent, MultiValueDict):
        yield json.dumps(sent, sort_keys=True).encode()
        return
    for name, values in sorted(sent.lists()):
        for value in values:
            yield name.encode()
            yield _file_digest(value) if isinstance(value, UploadedFile) else str(value).encode()


def _file_digest(file: UploadedFile[bytes]) -> bytes:
    digest = hashlib.sha256(f"{file.name}\0{file.content_type}\0".encode())
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.digest()


@cache
def _store(module: str) -> Any:
    return import_module(module)
