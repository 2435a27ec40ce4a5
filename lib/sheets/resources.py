"""Tables that are imported through actions: read in bulk as django-import-export does, written one by one.

Asking what an import would do reads a fixed number of queries, however many rows, and writes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import tablib
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import RowResult

from lib.sheets.columns import Column
from lib.sheets.reading import Sheet, Unreadable
from lib.sheets.writing import Cell

LINE = "line"

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"


@dataclass
class Line:
    """What becomes of one line. `changes`: heading, before and after; `errors`: heading and why."""

    number: int
    fate: str
    label: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    instance: Any = None


@dataclass
class Outcome:
    """What an import would do, or did."""

    lines: list[Line]

    def of(self, fate: str) -> list[Line]:
        """The lines with this fate."""
        return [line for line in self.lines if line.fate == fate]

    @property
    def is_wrong(self) -> bool:
        """Whether anything keeps it from being written."""
        return bool(self.of(WRONG))

    @property
    def writes(self) -> int:
        """How many rows it writes."""
        return len(self.of(NEW)) + len(self.of(CHANGED))


class ActionResource(Resource):  # type: ignore[misc]  # import-export carries no types
    """A table whose rows are written by actions. Columns are declared under the names of their attributes."""

    model: ClassVar[type[Model]]

    class Meta:
        instance_loader_class = BaseInstanceLoader
        use_bulk = True  # a savepoint a row would be two queries a row
        skip_diff = True
        store_row_values = True
        store_instance = True

    def __init__(self, by: Any = None) -> None:
        super().__init__()
        self.by = by
        self._lines: dict[Any, int] = {}
        self._was: dict[str, Any] = {}
        self._changes: list[tuple[str, str, str]] = []
        self._line_now = 0

    @classmethod
    def get_db_connection_name(cls) -> str:
        """There is one database."""
        return DEFAULT_DB_ALIAS

    # What a table says about itself

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Read in bulk whatever the rows will be looked up in."""
        raise NotImplementedError

    def find(self, row: Mapping[str, str]) -> Any:
        """The instance that a row means, with the values of all columns; None where it is a new one.

        Error: ValidationError where that cannot be told.
        """
        raise NotImplementedError

    def identity(self, instance: Any) -> Any:
        """What no two rows of a file may share."""
        raise NotImplementedError

    def check(self, instance: Any) -> None:
        """Error: ValidationError where the row cannot be written."""

    def write(self, instance: Any) -> None:
        """Call the action."""
        raise NotImplementedError

    def export_set(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With everything that the columns show."""
        return rows

    # Import

    @classmethod
    def columns(cls) -> list[Column]:
        """The columns in their order."""
        return list(cls.fields.values())

    def run(self, sheet: Sheet, *, dry: bool) -> Outcome:
        """Import a table, all of it or nothing; `dry` writes nothing. Error: Unreadable for bad headings."""
        columns = self._columns_of(sheet.headings)
        dataset = tablib.Dataset(headers=[*(each.column_name for each in columns), LINE])
        for number, cells in sheet.rows:
            dataset.append([*cells, number])
        self._lines = {}
        result = self.import_data(
            dataset, dry_run=dry, use_transactions=True, rollback_on_validation_errors=True
        )
        if result.base_errors:
            raise result.base_errors[0].error
        return Outcome([self._line(row) for row in result.rows])

    def before_import(self, dataset: Any, **options: Any) -> None:
        """See `prepare`."""
        self.prepare(dataset.dict)

    def init_instance(self, row: Any = None) -> Any:
        """A new row of the table."""
        return self.model()

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        """See `find`."""
        return self.find(row)

    def after_init_instance(self, instance: Any, new: bool, row: Any, **options: Any) -> None:  # noqa: FBT001
        """Note what is there before the row is read into it."""
        self._was = {} if new else {each.attribute: each.get_value(instance) for each in self._written(row)}

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """Whether the row says nothing new; notes what it does say."""
        language = get_language() or "en"
        self._changes = [
            (each.heading(language), each.says(self._was.get(each.attribute)), each.says(value))
            for each in self._written(row)
            if not each.widget.is_same(value := each.get_value(instance), self._was.get(each.attribute))
        ]
        return not self._changes and not instance._state.adding and not import_validation_errors

    def validate_instance(
        self,
        instance: Any,
        import_validation_errors: Any = None,
        validate_unique: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        """What the model, the table and the other rows of the file say, without a query."""
        errors: dict[str, Any] = dict(import_validation_errors or {})
        checks: tuple[Callable[[], None], ...] = (
            lambda: instance.clean_fields(exclude={*self._not_in_cells(), *errors}),
            instance.clean,
            lambda: self.check(instance),
            lambda: self._check_twins(instance),
        )
        for check in checks if not errors else checks[:1]:
            try:
                check()
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance: Any, is_create: bool, row: Any, **options: Any) -> None:  # noqa: FBT001
        """Through the action, unless this only asks what would happen."""
        if not options.get("dry_run"):
            self.write(instance)

    def after_import_row(self, row: Any, row_result: Any, **options: Any) -> None:
        """Keep what the preview says of the row."""
        row_result.changes = self._changes

    # Export

    def rows_of(self, queryset: QuerySet[Any]) -> Iterator[list[Cell]]:
        """The rows of a file."""
        for instance in self.iter_queryset(self.export_set(queryset)):
            yield self.export_resource(instance)

    def headings(self) -> list[str]:
        """The headings in the reader's language."""
        return [each.heading(get_language() or "en") for each in self.columns()]

    # For tables

    def parsed(self, row: Mapping[str, str], name: str) -> Any:
        """The value of one cell of a row; None where it is empty, missing or wrong (said elsewhere)."""
        if not str(row.get(name, "")).strip():
            return None
        try:
            return self.fields[name].clean(row)
        except ValueError:
            return None

    def all_parsed(self, rows: Iterable[Mapping[str, str]], name: str) -> list[Any]:
        """The values of one column, without the empty ones."""
        return [value for row in rows if (value := self.parsed(row, name)) is not None]

    # Inside

    def _columns_of(self, headings: Sequence[str]) -> list[Column]:
        """The columns that a file's headings mean. Error: Unreadable."""
        known = self.columns()
        found: list[Column] = []
        for heading in headings:
            column = next((each for each in known if each.answers_to(heading)), None)
            names = ", ".join(self.headings())
            if column is None:
                message = _("The heading “{heading}” is not known. Known: {known}.")
                raise Unreadable(message.format(heading=heading, known=names))
            if column in found:
                raise Unreadable(_("The column “{heading}” is there twice.").format(heading=heading))
            found.append(column)
        for column in known:
            if column.is_required and column not in found:
                heading = column.heading(get_language() or "en")
                raise Unreadable(_("The column “{heading}” is missing.").format(heading=heading))
        return found

    def _written(self, row: Mapping[str, Any]) -> Iterable[Column]:
        """The columns that the row sets."""
        return [each for each in self.columns() if each.column_name in row and not each.is_shown_only]

    def _not_in_cells(self) -> set[str]:
        """Fields that no cell sets as they are: the action fills them in, or a row was looked up for them."""
        attributes = {column.attribute for column in self.columns()}
        return {
            each.name for each in self.model._meta.fields if each.name not in attributes or each.is_relation
        }

    def _check_twins(self, instance: Any) -> None:
        identity = self.identity(instance)
        if identity in self._lines:
            raise ValidationError(_("This is the same as line {line}.").format(line=self._lines[identity]))
        self._lines[identity] = self._line_now

    def before_import_row(self, row: Any, **options: Any) -> None:
        """Know which line it is."""
        self._line_now = row[LINE]
        self._changes = []

    def _line(self, row: Any) -> Line:
        number = row.row_values[LINE]
        if not row.is_valid():
            return Line(number, WRONG, errors=list(self._errors(row)))
        fate = {
            RowResult.IMPORT_TYPE_NEW: NEW,
            RowResult.IMPORT_TYPE_UPDATE: CHANGED,
            RowResult.IMPORT_TYPE_SKIP: UNCHANGED,
        }[row.import_type]
        return Line(number, fate, row.object_repr or "", row.changes, instance=row.instance)

    def _errors(self, row: Any) -> Iterator[tuple[str, str]]:
        """Heading and message of everything that is wrong with a row."""
        for error in row.errors:
            yield "", _("This line cannot be written: {error}").format(error=type(error.error).__name__)
        if row.validation_error is None:
            return
        language = get_language() or "en"
        words = {each.attribute: each.heading(language) for each in self.columns()}
        by_field = getattr(row.validation_error, "message_dict", {NON_FIELD_ERRORS: None})
        for name, messages in by_field.items():
            for message in messages if messages is not None else row.validation_error.messages:
                yield words.get(name, ""), message
