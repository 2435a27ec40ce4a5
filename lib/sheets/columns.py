"""The columns of an importable table: what they are called in both languages and how their cells are read."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import Widget

LANGUAGES = ("de", "en")
_APART = re.compile(r"[;,\n|]")
# Thousands in groups of three, then at most two places behind the other mark.
_AMOUNT = re.compile(
    r"(?P<whole>[0-9]{1,10}|[0-9]{1,3}(?:\.[0-9]{3}){1,3}(?!\.)|[0-9]{1,3}(?:,[0-9]{3}){1,3}(?!,))"
    r"(?:[.,](?P<places>[0-9]{1,2}))?"
)
_GERMAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]00:00:00)?")
_YES = frozenset({"1", "ja", "yes", "wahr", "true", "x", "j", "y"})
_NO = frozenset({"0", "nein", "no", "falsch", "false", "n", "-"})

Read = Callable[[str], Any]


class Column(Field):  # type: ignore[misc]  # import-export carries no types
    """One column, under its German or English heading. `is_kept`: an empty cell leaves what is there.

    `example` is what the template shows. A column that is only shown (`is_shown_only`) is skipped on import.
    """

    def __init__(
        self,
        attribute: str,
        kind: "Text",
        headings: tuple[str, str],
        *,
        example: str = "",
        also: Sequence[str] = (),
        is_required: bool = False,
        is_kept: bool = False,
        is_shown_only: bool = False,
    ) -> None:
        super().__init__(
            attribute,
            column_name=attribute,
            widget=kind,
            saves_null_values=not is_kept,
            readonly=is_shown_only,
        )
        self.headings = dict(zip(LANGUAGES, headings, strict=True))
        self.example, self.also = example, also
        self.is_required, self.is_shown_only = is_required, is_shown_only

    def heading(self, language: str) -> str:
        """What the column is called."""
        return self.headings["de" if language.startswith("de") else "en"]

    def answers_to(self, heading: str) -> bool:
        """Whether a file means this column."""
        return _bare(heading) in {
            _bare(each) for each in (*self.headings.values(), *self.also, self.attribute)
        }

    def says(self, value: Any) -> str:
        """A value as a cell of the preview."""
        shown = self.widget.render(value)
        return shown.isoformat() if isinstance(shown, date) else str(shown)

    def clean(self, row: Mapping[str, Any], **options: Any) -> Any:
        """The value of a row's cell. Error: ValueError; None where it is empty and that says nothing."""
        written = str(row[self.column_name])
        text = written if self.widget.is_verbatim else written.strip()
        if self.is_required and not text:
            raise ValueError(_("This cell must not be empty."))
        if not text and not self.saves_null_values:
            return None
        try:
            return self.widget.clean(text)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error


def _bare(heading: str) -> str:
    return re.sub(r"[\s_*().:/-]", "", heading).casefold()


class Text(Widget):  # type: ignore[misc]  # import-export carries no types
    """Text, as it is written or without blanks around it. `render` makes cells of values again."""

    def __init__(self, *, is_verbatim: bool = False) -> None:
        super().__init__()
        self.is_verbatim = is_verbatim

    def clean(self, value: str, row: Any = None, **options: Any) -> Any:
        """The value. Error: ValueError or ValidationError that explains itself."""
        if "\0" in value:
            raise ValueError(_("This cell holds characters that no text has."))
        return value

    def render(self, value: Any, obj: Any = None, **options: Any) -> Any:
        """The cell: text or a day."""
        return "" if value is None else str(value)

    def is_same(self, one: Any, other: Any) -> bool:
        """Whether two values say the same."""
        return bool(one == other) or (one in (None, "") and other in (None, ""))


class Number(Text):
    """A whole number."""

    def clean(self, value: str, row: Any = None, **options: Any) -> int | None:
        """The number, None for an empty cell."""
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 19):  # noqa: PLR2004 (a bigint's digits)
            raise ValueError(_("“{text}” is no whole number.").format(text=value))
        return int(value)


class Amount(Text):
    """An amount of money with two places at most: 1.234,50 or 1,234.50 or 1234.5."""

    def clean(self, value: str, row: Any = None, **options: Any) -> Decimal | None:
        """The amount, None for an empty cell."""
        if not value:
            return None
        match = _AMOUNT.fullmatch(value.replace("\xa0", " ").removesuffix("€").strip())
        if match is None:
            raise ValueError(_("“{text}” is no amount. Write 1234,50.").format(text=value))
        whole, places = re.sub("[.,]", "", match["whole"]), match["places"] or "0"
        return Decimal(f"{whole}.{places}").quantize(Decimal("0.01"))


class Day(Text):
    """A calendar day: 31.12.2026, 2026-12-31 or Excel's own."""

    def clean(self, value: str, row: Any = None, **options: Any) -> date | None:
        """The day, None for an empty cell."""
        if not value:
            return None
        german, iso = _GERMAN_DAY.fullmatch(value), _ISO_DAY.fullmatch(value)
        parts = german.groups()[::-1] if german else iso.groups() if iso else ()
        try:
            return date(*(int(part) for part in parts))
        except (TypeError, ValueError) as error:
            hint = _("“{text}” is no day. Write 31.12.2026 or 2026-12-31.")
            raise ValueError(hint.format(text=value)) from error

    def render(self, value: Any, obj: Any = None, **options: Any) -> Any:
        """The day itself: files keep it as one."""
        return "" if value is None else value


class YesNo(Text):
    """Yes or no, in words."""

    def clean(self, value: str, row: Any = None, **options: Any) -> bool:
        """Whether."""
        word = value.casefold()
        if word not in _YES | _NO:
            raise ValueError(_("“{text}” is neither yes nor no.").format(text=value))
        return word in _YES

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """In the reader's language."""
        return _("yes") if value else _("no")


class OneOf(Text):
    """One of a few words: the code, or how either language says it."""

    def __init__(self, words: Mapping[str, Mapping[str, str]], language: Callable[[], str | None]) -> None:
        super().__init__()
        self.words, self.language = words, language

    def clean(self, value: str, row: Any = None, **options: Any) -> str:
        """The code."""
        wanted = value.casefold()
        for code, said in self.words.items():
            if wanted in {code.casefold(), *(word.casefold() for word in said.values())}:
                return code
        known = ", ".join(self.render(code) for code in self.words)
        raise ValueError(_("“{text}” is not known here. Known: {known}.").format(text=value, known=known))

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """How the reader's language says it."""
        language = "de" if (self.language() or "en").startswith("de") else "en"
        said = self.words.get(value)
        return said[language] if said else ""


class Several(Text):
    """Several values in one cell, separated by semicolons, commas or line breaks; each is read by `read`."""

    def __init__(self, read: Read = str, show: Callable[[Any], str] = str) -> None:
        super().__init__()
        self.read, self.show = read, show

    def clean(self, value: str, row: Any = None, **options: Any) -> list[Any]:
        """The values, each once."""
        parts = [part.strip() for part in _APART.split(super().clean(value))]
        return list(dict.fromkeys(self.read(part) for part in parts if part))

    def is_same(self, one: Any, other: Any) -> bool:
        """Whatever their order."""
        return set(one or ()) == set(other or ())

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """With semicolons."""
        return "; ".join(self.show(each) for each in value or ())


class LowerText(Text):
    """Text in small letters, such as an address."""

    def clean(self, value: str, row: Any = None, **options: Any) -> Any:
        """In small letters."""
        return super().clean(value).lower()


class Moment(Text):
    """A moment, only ever shown: in the company's time zone."""

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """To the minute."""
        return f"{localtime(value):%Y-%m-%d %H:%M}" if value else ""


class Found(Text):
    """A row of another table, by its name; `find` gives it or raises ValueError."""

    def __init__(self, find: Read | None = None) -> None:
        super().__init__()
        self.find = find

    def clean(self, value: str, row: Any = None, **options: Any) -> Any:
        """The row, None for an empty cell."""
        if self.find is None:
            raise NotImplementedError
        return self.find(super().clean(value)) if value else None
