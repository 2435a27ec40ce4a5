"""Filters and sort keys of lists, from a fixed list each: whatever is not on it is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from lib.api.pagination import PAGE_PARAMETERS
from lib.api.problems import Problem, invalid

ORDERING = "ordering"
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Filter:
    """One filter: how its value is read, and which rows it leaves. `where` gets the value and the request."""

    field: serializers.Field[Any, Any, Any, Any]
    where: Callable[[Any, Request], Q]
    description: str = ""

    def condition(self, name: str, request: Request) -> Q:
        """The rows that the request's value leaves. Error: a problem for a value that cannot be read."""
        values = request.query_params.getlist(name)
        if len(values) > 1:
            raise invalid(name, "repeated", _("This filter can be given once."))
        try:
            value = self.field.run_validation(values[0])
        except serializers.ValidationError as error:
            raise serializers.ValidationError({name: error.detail}) from error
        return self.where(value, request)


def by(lookup: str, field: serializers.Field[Any, Any, Any, Any], description: str = "") -> Filter:
    """A filter that is one lookup of the ORM."""
    return Filter(field, lambda value, _request: Q(**{lookup: value}), description)


def by_id(lookup: str, description: str = "") -> Filter:
    """A filter by the id of another row."""
    return by(lookup, serializers.IntegerField(min_value=1, max_value=LARGEST_ID), description)


class FixedFilters(BaseFilterBackend):
    """Applies `view.filters` to lists; `view.orderings` are the sort keys, the first the default."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The list as the request narrows it. Errors: problems for unknown filters and unreadable values."""
        if view.action != "list":
            return queryset
        refuse_unknown(request, {*view.filters, *PAGE_PARAMETERS, *([ORDERING] if view.orderings else [])})
        for name, each in view.filters.items():
            if name in request.query_params:
                queryset = queryset.filter(each.condition(name, request))
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """For the OpenAPI document."""
        parameters = [
            _parameter(name, _schema(each.field), each.description) for name, each in view.filters.items()
        ]
        if len(view.orderings) > 1:
            keys = list(view.orderings)
            schema = {"type": "string", "enum": keys, "default": keys[0]}
            parameters.append(_parameter(ORDERING, schema, "The sort key; with “-” from the end."))
        return parameters


def refuse_unknown(request: Request, known: set[str]) -> None:
    """Error: a problem that names the first query parameter that is not known."""
    for name in request.query_params:
        if name not in known:
            raise unknown_filter(name)


def unknown_filter(name: str) -> Problem:
    """The refusal of a filter that does not exist, or not for this caller."""
    return invalid(name, "unknown_filter", _("There is no such filter."))


def order_of(request: Request, orderings: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The fields to order by. Error: a problem for a sort key that is not on the list."""
    key = request.query_params.get(ORDERING, next(iter(orderings)))
    if key not in orderings:
        problem: Problem = invalid(ORDERING, "unknown_ordering", _("There is no such sort key."))
        raise problem
    return orderings[key]


def _schema(field: serializers.Field[Any, Any, Any, Any]) -> dict[str, Any]:
    if isinstance(field, serializers.ChoiceField):
        return {"type": "string", "enum": list(field.choices)}
    if isinstance(field, serializers.IntegerField):
        return {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    if isinstance(field, serializers.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, serializers.DateTimeField):
        return {"type": "string", "format": "date-time"}
    return {"type": "string", "minLength": 1}


def _parameter(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
