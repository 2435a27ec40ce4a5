"""The table of a level's targets: a cell for each severity and kind, with the clock by which it counts."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES

from contracts.models import Target
from contracts.rules.targets import Promise, parse_length, short_minutes

_UNWANTED = ("max-w-2xl", "appearance-none", "pr-8!")
"""Classes that do not fit a cell: its width is the column's, and a select shows the browser's own arrow."""
HOURS, ALWAYS = "hours", "always"

Cells = Mapping[str, tuple[str, str]]
"""What is typed: by the cell's name the length and the clock."""


def _cells() -> list[tuple[int, str]]:
    return [(severity, kind) for severity, _name in severities() for kind in Target.Kind.values]


def severities() -> list[tuple[int, Any]]:
    """The severities and what they are called, critical first."""
    return list(Target._meta.get_field("severity").choices or ())


def cell_name(field: str, severity: int, kind: str) -> str:
    """What the inputs of one cell are called; the clock's has `-clock` behind."""
    return f"{field}-{severity}-{kind}"


class TargetsWidget(forms.Widget):
    """A real table of inputs, labelled by their row and column."""

    def use_required_attribute(self, initial: Any) -> bool:
        """No cell has to be filled in."""
        return False

    def id_for_label(self, id_: str) -> str:
        """The label names the whole table, so that it points at its first cell."""
        return f"{id_}-1-response" if id_ else ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Cells:
        """What is typed, cell by cell."""
        typed = {}
        for severity, kind in _cells():
            cell = cell_name(name, severity, kind)
            typed[f"{severity}-{kind}"] = (
                str(data.get(cell, "")).strip(),
                str(data.get(f"{cell}-clock", HOURS)),
            )
        return typed

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Never: an empty table is a level that promises nothing."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The table."""
        cells = value if isinstance(value, Mapping) else _as_cells(value or ())
        rows = [
            {
                "label": label,
                "cells": [
                    {
                        "name": cell_name(name, severity, kind),
                        "kind": kind_label,
                        "text": cells.get(f"{severity}-{kind}", ("", HOURS))[0],
                        "is_always": cells.get(f"{severity}-{kind}", ("", HOURS))[1] == ALWAYS,
                    }
                    for kind, kind_label in Target.Kind.choices
                ],
            }
            for severity, label in severities()
        ]
        context = {
            "id": (attrs or {}).get("id", f"id_{name}"),
            "kinds": Target.Kind.choices,
            "rows": rows,
            "input": " ".join(each for each in INPUT_CLASSES if each not in _UNWANTED),
            "select": " ".join(each for each in SELECT_CLASSES if each not in _UNWANTED),
        }
        return SafeString(render_to_string("tickets/admin/targets_table.html", context))


def _as_cells(promises: Iterable[Promise]) -> Cells:
    return {
        f"{one.severity}-{one.kind}": (short_minutes(one.minutes), ALWAYS if one.is_real_time else HOURS)
        for one in promises
    }


class TargetsField(forms.Field):
    """What a level promises, as a list of `Promise`. Its initial value is one as well."""

    widget = TargetsWidget

    def clean(self, value: Cells) -> list[Promise]:
        """The promises. Error: ValidationError that names each cell that cannot be read."""
        promises, wrong = [], []
        for severity, severity_label in severities():
            for kind, kind_label in Target.Kind.choices:
                text, clock = value.get(f"{severity}-{kind}", ("", HOURS))
                if not text:
                    continue
                try:
                    promises.append(_promise(severity, kind, text, is_always=clock == ALWAYS))
                except ValueError as error:
                    wrong.append(f"{severity_label}, {kind_label}: {error}")
        if wrong:
            raise forms.ValidationError(wrong)
        return promises

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other targets are typed than there are."""
        try:
            return set(self.clean(data)) != set(initial or ())
        except forms.ValidationError:
            return True


def _promise(severity: int, kind: str, text: str, *, is_always: bool) -> Promise:
    try:
        length = parse_length(text)
    except ValueError as error:
        hint = _("“{text}” is no length. Write 30 min, 2 h, 1 h 30 or, around the clock, 1 d.")
        raise ValueError(hint.format(text=text)) from error
    if length.has_days and not is_always:
        # A day has 24 hours; in service hours nobody could tell whether a working day is meant.
        raise ValueError(_("In service hours a day can mean two things. Write hours, such as 8 h."))
    return Promise(severity, kind, length.minutes, is_always)
