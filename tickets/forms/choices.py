"""Choosing one of several by name."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator

from lib.sorting import german_sort_key


class _InOrder(ModelChoiceIterator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Rows in the order of their names; the embedded PostgreSQL sorts by code points."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        named = [self.choice(row) for row in self.queryset]
        yield from sorted(named, key=lambda choice: german_sort_key(str(choice[1])))


class NameChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """One of some rows, listed as people expect names to stand."""

    iterator = _InOrder
