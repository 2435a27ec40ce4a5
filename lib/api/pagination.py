"""Pages by cursor: `{"next", "previous", "results"}`, each page found by index, however long the list.

A cursor says after (or before) which row a page begins, by the values it is ordered by. So rows that come or
go meanwhile neither repeat nor hide others, and page 1,000 costs what page 1 costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from lib.api.problems import invalid

Value = str | int

PAGE_SIZE = 50
LARGEST_PAGE = 200
_SIGNER = signing.Signer(salt="api.cursor")


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: beyond the row with these values, walking forwards or backwards.

    `order` names the fields that together tell every row from every other, "-" in front for descending.
    """

    order: tuple[str, ...]
    values: tuple[Value, ...] = ()
    is_backward: bool = False

    def rows(self, queryset: QuerySet[Any], limit: int) -> QuerySet[Any]:
        """Up to `limit` rows beyond the cursor, in the order of the walk."""
        return queryset.filter(self._beyond()).order_by(*self.walk())[:limit]

    def walk(self) -> list[str]:
        """What to order by, in the direction of the walk."""
        return [_reversed(name) for name in self.order] if self.is_backward else list(self.order)

    def _beyond(self) -> Q:
        """(a, b) > (x, y) as a >= x and (a > x or b > y): the first part is what an index can use."""
        if not self.values:
            return Q()
        steps = list(zip(self.walk(), self.values, strict=True))
        condition = Q()
        for name, value in reversed(steps):
            field, comparison = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
            beyond = Q(**{f"{field}__{comparison}": value})
            at_least = Q(**{f"{field}__{comparison}e": value})
            condition = beyond if not condition else at_least & (beyond | condition)
        return condition

    def encode(self) -> str:
        """As text that nobody can forge, so that what comes back is what was given out."""
        return _SIGNER.sign_object([self.order, self.values, self.is_backward])

    @classmethod
    def decode(cls, text: str, order: tuple[str, ...]) -> "Cursor":
        """Error: a problem for a cursor that this list did not give out."""
        try:
            given_order, values, is_backward = _SIGNER.unsign_object(text)
        except (signing.BadSignature, ValueError, TypeError):
            given_order, values, is_backward = [], [], False
        if tuple(given_order) != order:
            raise invalid("cursor", "invalid_cursor", _("This cursor does not belong to this list."))
        return cls(order, tuple(values), is_backward)

    @classmethod
    def at(cls, row: Any, order: tuple[str, ...], *, is_backward: bool = False) -> "Cursor":
        """The cursor that stands on a row."""
        return cls(order, tuple(_plain(getattr(row, name.lstrip("-"))) for name in order), is_backward)


class CursorPages(BasePagination):
    """Pages of a list; the view says in which order (`view.order_of(request)`)."""

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any]:
        """The rows of the page that the request asks for."""
        self._url = request.build_absolute_uri()
        size, order = _page_size(request), view.order_of(request)
        text = request.query_params.get("cursor")
        cursor = Cursor.decode(text, order) if text else Cursor(order)
        rows = self.fetch(queryset, cursor, size + 1)
        has_more, rows = len(rows) > size, rows[:size]
        self._has_next = has_more if not cursor.is_backward else True
        self._has_previous = has_more if cursor.is_backward else bool(cursor.values)
        self._order = order
        self._page = rows[::-1] if cursor.is_backward else rows
        return self._page

    def fetch(self, queryset: Any, cursor: Cursor, limit: int) -> list[Any]:
        """Up to `limit` rows beyond the cursor. For lists that are put together from several: override."""
        return list(cursor.rows(queryset, limit))

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        """The page with the addresses of its neighbours."""
        return Response({"next": self._next(), "previous": self._previous(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """For the OpenAPI document."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """For the OpenAPI document."""
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}
        return [
            _parameter("cursor", {"type": "string"}, "From `next` or `previous` of another page."),
            _parameter("page_size", size, "How many rows a page holds."),
        ]

    def _next(self) -> str | None:
        return self._link(Cursor.at(self._page[-1], self._order)) if self._page and self._has_next else None

    def _previous(self) -> str | None:
        if not (self._page and self._has_previous):
            return None
        return self._link(Cursor.at(self._page[0], self._order, is_backward=True))

    def _link(self, cursor: Cursor) -> str:
        return replace_query_param(self._url, "cursor", cursor.encode())


PAGE_PARAMETERS = frozenset({"cursor", "page_size"})


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_PAGE))
    if not (is_number and 1 <= int(text) <= LARGEST_PAGE):
        words = _("A page holds between 1 and %(most)d rows.") % {"most": LARGEST_PAGE}
        raise invalid("page_size", "invalid_page_size", words)
    return int(text)


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _plain(value: Any) -> Value:
    return value.isoformat() if isinstance(value, date) else value


def _parameter(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
