"""What the admin pages of this room share."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lib.admin import ActionAdmin

Column = Callable[[Any, Any], tuple[str, str]]

LINK = '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>'


def badge(said: Any, colours: Mapping[str, str], *, ordering: str = "") -> Callable[[Column], Any]:
    """A column that is a coloured word: its method gives (code, word), `colours` unfold's name by code.

    Unfold's own decorator colours lists only, not the pages of single rows.
    """

    def as_badge(column: Column) -> Any:
        @admin.display(description=said, ordering=ordering or None)
        @wraps(column)
        def shown(pages: Any, row: Any) -> SafeString | str:
            code, word = column(pages, row)
            context = {"label": word, "label_type": colours.get(code)}
            return render_to_string("unfold/helpers/display_label.html", context) if word else "–"

        return shown

    return as_badge


def link_to(row: Any) -> SafeString | str:
    """The way to a row's own page; a dash where there is none."""
    if row is None:
        return "–"
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html(LINK, address, row)


def unbroken(number: str) -> SafeString | str:
    """A number that stays in one line, also where a narrow column breaks words; a dash for none."""
    return format_html('<span class="whitespace-nowrap">{}</span>', number) if number else "–"


class SaysWhyNot(ActionAdmin):
    """What an action refuses though the form did not: somebody was quicker, or a button came too late."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """The form; after a refusal nothing is kept, and the page says why."""
        if object_id:  # beside our own buttons there is no room for it
            extra_context = {"show_save_and_add_another": False, **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            place = f"admin:{self.opts.app_label}_{self.opts.model_name}"
            return redirect(f"{place}_change", object_id) if object_id else redirect(f"{place}_changelist")
