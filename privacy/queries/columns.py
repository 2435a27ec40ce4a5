"""The columns of all tables that can hold a text or a file, and how the inventory treats them."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from privacy.rules.inventory import INVENTORY, Erasure

TEXT_FIELDS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
    models.BinaryField,
    SearchVectorField,
)

Model = type[models.Model]
Field = models.Field[Any, Any]


def text_columns() -> Iterator[tuple[Model, Field]]:
    """Every column that can hold a text or a file, of our models and of others', but for fixed choices."""
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.label):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, TEXT_FIELDS) and not field.is_relation and not field.choices:
                yield model, field


def name_of(model: Model, field: Field) -> str:
    """As the inventory names a column."""
    return f"{model._meta.label}.{field.name}"


def treated(*ways: Erasure) -> list[tuple[Model, Field]]:
    """The columns that erasing treats in one of these ways, in a fixed order."""
    return [
        (model, field)
        for model, field in text_columns()
        if (column := INVENTORY.get(name_of(model, field))) is not None and column.erasure in ways
    ]


def tables_without_model() -> set[str]:
    """Tables in the database that no model stands for."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return tables - {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
