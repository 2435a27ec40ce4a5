"""How requests are read and answers are written: JSON, whatever the caller's headers say."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from lib.api.problems import too_large

MEGABYTE = 1024 * 1024
# A form is the file and a few words.
FORM_EXTRA_BYTES = 3 * MEGABYTE
_CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii"})


class StrictJSONParser(BaseParser):
    """JSON that is refused, not answered with an error of the server, when nothing can be done with it."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """What the JSON says, in UTF-8. Errors: 400, and 413 before anything too large was read."""
        _require_at_most(parser_context, settings.API_JSON_MAX_MEGABYTES * MEGABYTE)
        try:
            parsed = json.loads(
                stream.read().decode(), object_pairs_hook=_without_repetition, parse_constant=_refuse_constant
            )
            json.dumps(parsed, ensure_ascii=False, allow_nan=False).encode()
        except RecursionError as error:
            raise ParseError(_("This JSON is nested too deeply.")) from error
        except json.JSONDecodeError as error:
            raise ParseError(_("This is not JSON.")) from error
        except UnicodeDecodeError as error:
            raise ParseError(_("This is not UTF-8.")) from error
        except ValueError as error:  # half a character, or 1e999, which no column holds
            raise ParseError(_("This JSON holds a text or number that cannot be stored.")) from error
        return parsed


class LimitedFormParser(MultiPartParser):
    """A form with one file."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """As DRF does. Error: 413 before anything of what is too large was read."""
        _require_at_most(parser_context, settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE + FORM_EXTRA_BYTES)
        return super().parse(stream, media_type, parser_context)


class OneAnswer(BaseContentNegotiation):
    """There is one form of every answer, so there is nothing to negotiate."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The parser for what was sent; None where there is none for it (answered with 415)."""
        django_request = request._request
        charset = (django_request.content_params or {}).get("charset", "")
        if charset.strip("\"'").lower() not in _CHARSETS:
            return None
        sent = (django_request.content_type or "").lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first, whatever is accepted."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


def _require_at_most(context: Mapping[str, Any] | None, most_bytes: int) -> None:
    """Error: 413 by the length that the request states; no more than that is ever read."""
    length = context["request"].META.get("CONTENT_LENGTH") if context else None
    if length and int(length) > most_bytes:
        raise too_large()


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Error: a name that stands twice, of which readers take this or that one."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ParseError(_("A name stands twice in this JSON."))
    return members


def _refuse_constant(name: str) -> None:
    """Error: NaN and the infinities, which JSON does not have."""
    raise ParseError(_("This is not JSON."))
