"""Where a person is named: rows of all tables, found by what the inventory says of their columns."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import JSONField, Q, QuerySet, TextField
from django.db.models.functions import Cast

from billing.models import Charge
from privacy.queries.columns import Field, Model
from privacy.queries.people import Person, own_rows
from privacy.rules.marks import Finder, Marks

BATCH = 500
Change = tuple[Any, Any]
"""A row's primary key and its new value."""


def finders(marks: Marks, instead: str) -> tuple[Finder, Finder]:
    """For any row, and for rows of the person, where more counts as theirs."""
    return Finder(marks, instead), Finder(marks, instead, is_own=True)


def named_rows(model: Model, field: Field, finder: Finder, rows: Q | None = None) -> QuerySet[Any]:
    """Rows whose column may name the person; a few too many, for the database looks less closely."""
    found = model._base_manager.filter(changeable(model))
    if rows is not None:
        found = found.filter(rows)
    if not finder.needle:
        return found.none()
    named: QuerySet[Any] = found.annotate(_text=Cast(field.attname, TextField()))
    return named.filter(_text__iregex=finder.needle)


def changeable(model: Model) -> Q:
    """Rows of a table that may still change: a line that stands on a statement is kept as it is."""
    return Q(statement__isnull=True) if model is Charge else Q()


def changes(model: Model, field: Field, finder: Finder, rows: Q | None = None) -> Iterator[Change]:
    """What has to be written so that the column names the person no more."""
    values = named_rows(model, field, finder, rows).order_by("pk").values_list("pk", field.attname)
    for pk, value in values.iterator(chunk_size=BATCH):
        after = replaced(field, value, finder)
        if after != value:
            yield pk, after


def replaced(field: Field, value: Any, finder: Finder) -> Any:
    """A column's value without the person, as long as the column allows."""
    if isinstance(field, JSONField) or not isinstance(value, str):
        return finder.replaced_in(value)
    after = finder.replaced(value)
    longest = getattr(field, "max_length", None)
    return after[:longest] if longest else after


def both(
    model: Model, field: Field, person: Person, found: tuple[Finder, Finder]
) -> Iterator[tuple[Finder, Q | None]]:
    """How to look through a column: the person's own rows more closely first, then everywhere."""
    anywhere, own = found
    rows = own_rows(model, person)
    if rows is not None and own.needle != anywhere.needle:
        yield own, rows
    yield anywhere, None


def names_in(value: Any, finder: Finder) -> bool:
    """Whether a decrypted value names the person."""
    text = json.dumps(value, ensure_ascii=False)
    return finder.replaced(text) != text
