"""Fields that offer what editors choose from."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from knowledge.models import Category
from knowledge.queries.editing import shelves
from lib.languages import page_language


class CategoryField(forms.ChoiceField):
    """A category out of the tree; cleans to the category itself, None where none was chosen."""

    def __init__(self, *, required: bool = True, **options: Any) -> None:
        super().__init__(choices=partial(_offered, required), required=required, **options)

    def clean(self, value: Any) -> Category | None:
        """The category. Error: for what is not offered."""
        chosen = super().clean(value)
        return Category.objects.get(pk=chosen) if chosen else None


def _offered(required: bool) -> list[tuple[str, str]]:  # noqa: FBT001
    """The tree as choices; asked when a form is shown or read, so that new categories are there."""
    language = page_language()
    rows = [
        (str(one.category.pk), "\N{EN DASH} " * one.depth + one.category.name(language)) for one in shelves()
    ]
    return [("", "" if required else _("none: at the top")), *rows]
