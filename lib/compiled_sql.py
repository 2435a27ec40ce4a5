"""SQL that is made once from a queryset and then only filled in, for the few doors where milliseconds count.

Django writes the SQL of a queryset anew each time, which takes longer than PostgreSQL takes to answer it.
Here a queryset is built once with a blank for each value that changes; models, columns and conversions stay
Django's. See docs/adr/0026.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar, cast

from django.db import connection, models
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

B = TypeVar("B", str, int, datetime)
M = TypeVar("M", bound=models.Model)
Field = models.Field[Any, Any]
Shaped = Callable[[Iterable[Sequence[Any]]], list[Any]]
Params = Sequence[object]
_WORD, _WHOLE, _MOMENT = "\x1ablank", 1_987_654_000, datetime(1, 1, 2, tzinfo=UTC)


class Blanks:
    """Stands for values while a queryset is built: as text, as a whole number, as a moment."""

    def __init__(self) -> None:
        self._names: dict[object, str] = {}

    def word(self, name: str) -> str:
        """A text to come."""
        return self._given(name, f"{_WORD} {name}")

    def whole(self, name: str) -> int:
        """A whole number to come, such as an id."""
        return self._given(name, _WHOLE + len(self._names))

    def moment(self, name: str) -> datetime:
        """A moment to come."""
        return self._given(name, _MOMENT + timedelta(seconds=len(self._names)))

    def _given(self, name: str, blank: B) -> B:
        known = next((value for value, of in self._names.items() if of == name), blank)
        self._names[known] = name
        return cast("B", known)

    def places(self, params: Params) -> list[tuple[int, str]]:
        """Where which blank stands among the parameters. Error: LookupError for one that stands nowhere."""
        found = [(at, self._names[value]) for at, value in enumerate(params) if self._is_blank(value)]
        lost = set(self._names.values()) - {name for _at, name in found}
        if lost:
            raise LookupError(f"no parameter of the query: {sorted(lost)}")
        return found

    def _is_blank(self, value: object) -> bool:
        return isinstance(value, str | int | datetime) and value in self._names


class _Filled:
    """A statement with its parameters, some of them blank."""

    def __init__(self, sql: str, params: Params, blanks: Blanks) -> None:
        self.sql = sql
        self._params = list(params)
        self._places = blanks.places(params)

    def with_values(self, values: Mapping[str, object]) -> list[Any]:
        """The parameters. Error: KeyError for a value that is not given."""
        params = self._params.copy()
        for at, name in self._places:
            params[at] = values[name]
        return params


class Rows(Generic[M]):
    """What a queryset finds: instances (with what it selects as related), or tuples of a `values_list`."""

    def __init__(self, build: Callable[[Blanks], "models.QuerySet[M, Any]"]) -> None:
        """`build`: the queryset; a slice, `only`, `select_for_update` and annotations may be part of it."""
        self._build = build
        self._made: tuple[_Filled, Shaped] | None = None

    def all(self, **values: object) -> list[Any]:
        """Every row for these values."""
        filled, shaped = self._made = self._made or self._compiled()
        with connection.cursor() as cursor:
            cursor.execute(filled.sql, filled.with_values(values))
            return shaped(cursor.fetchall())

    def first(self, **values: object) -> Any:
        """The first row; None for none. The queryset should be a slice of one."""
        return next(iter(self.all(**values)), None)

    def _compiled(self) -> tuple[_Filled, Shaped]:
        blanks = Blanks()
        queryset = self._build(blanks)
        compiler = queryset.query.get_compiler(using=connection.alias)
        sql, params = compiler.as_sql()
        filled = _Filled(sql, params, blanks)
        shape = _shape_of(queryset, compiler)
        converters = compiler.get_converters([column[0] for column in compiler.select])

        def shaped(rows: Iterable[Sequence[Any]]) -> list[Any]:
            return list(map(shape, compiler.apply_converters(rows, converters) if converters else rows))

        return filled, shaped


def _shape_of(queryset: "models.QuerySet[Any, Any]", compiler: SQLCompiler) -> Callable[[Sequence[Any]], Any]:
    """What makes an instance of a row, as Django's `ModelIterable` does it; or a tuple."""
    info = compiler.klass_info
    if queryset._iterable_class is not ModelIterable or info is None:
        return tuple
    model, fields = info["model"], info["select_fields"]
    annotated = list((compiler.annotation_col_map or {}).items())
    begin, end = fields[0], fields[-1] + 1
    names = [column[0].target.attname for column in compiler.select[begin:end]]
    related = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]

    def instance(row: Sequence[Any]) -> Any:
        made = model.from_db(connection.alias, names, row[begin:end])
        for each in related:
            each.populate(row, made)
        for name, at in annotated:
            setattr(made, name, row[at])
        return made

    return instance


class Update:
    """A conditional update of one table: which rows, and what they get."""

    def __init__(
        self, build: Callable[[Blanks], "tuple[models.QuerySet[Any, Any], Mapping[str, object]]"]
    ) -> None:
        """`build`: the rows (without a join) and the new values by their fields' names."""
        self._build = build
        self._made: _Filled | None = None

    def run(self, **values: object) -> int:
        """Returns how many rows were changed."""
        filled = self._made = self._made or self._compiled()
        with connection.cursor() as cursor:
            cursor.execute(filled.sql, filled.with_values(values))
            return int(cursor.rowcount)

    def _compiled(self) -> _Filled:
        blanks = Blanks()
        rows, given = self._build(blanks)
        query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
        query.add_update_values(dict(given))
        sql, params = query.get_compiler(using=connection.alias).as_sql()
        return _Filled(sql, params, blanks)


def insert(row: models.Model, *, unless_there: bool = False) -> bool:
    """Insert a new row and give it its id. Without signals.

    `unless_there`: where a unique constraint forbids it, nothing happens. Returns: whether it was inserted.
    Error: IntegrityError otherwise.
    """
    sql, fields = _insert_sql(type(row), unless_there=unless_there)
    with connection.cursor() as cursor:
        cursor.execute(sql, _prepared(row, fields, add=True))
        found = cursor.fetchone()
    if found is None:
        return False
    _is_there(row, found[0])
    return True


def update(row: models.Model, names: Iterable[str]) -> None:
    """Write these fields of a row that is there. Without signals."""
    sql, fields = _update_sql(type(row), tuple(names))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_prepared(row, fields, add=False), row.pk])


def update_and_insert(changed: models.Model, names: Iterable[str], row: models.Model) -> None:
    """`update` the one and `insert` the other, in one round trip."""
    update_sql, update_fields = _update_sql(type(changed), tuple(names))
    insert_sql, insert_fields = _insert_sql(type(row), unless_there=False)
    values = [*_prepared(changed, update_fields, add=False), changed.pk]
    with connection.cursor() as cursor:
        cursor.execute(f"{update_sql}; {insert_sql}", [*values, *_prepared(row, insert_fields, add=True)])
        _is_there(row, cursor.fetchone()[0])


def _prepared(row: models.Model, fields: Iterable[Field], *, add: bool) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add=add), connection) for field in fields]


def _is_there(row: models.Model, key: object) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, connection.alias


@cache
def _insert_sql(model: type[models.Model], *, unless_there: bool) -> tuple[str, list[Field]]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns, marks = ", ".join(map(_column, fields)), ", ".join(["%s"] * len(fields))
    conflict = "ON CONFLICT DO NOTHING " if unless_there else ""
    table, key = _quoted(model._meta.db_table), _column(_key(model))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) {conflict}RETURNING {key}", fields  # noqa: S608


@cache
def _update_sql(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Field]]:
    fields = [cast("Field", model._meta.get_field(name)) for name in names]
    sets = ", ".join(f"{_column(field)} = %s" for field in fields)
    return f"UPDATE {_quoted(model._meta.db_table)} SET {sets} WHERE {_column(_key(model))} = %s", fields  # noqa: S608


def _key(model: type[models.Model]) -> Field:
    return model._meta.pk


def _column(field: Field) -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
