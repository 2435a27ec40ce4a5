"""How far the deadlines are that are worked out anew. Nothing is written here."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lib.admin import ReadOnlyAdmin
from tickets.models import Recalculation
from tickets.queries.deadlines import recalculations_running

LOOKS_EVERY = 3
"""Seconds between two looks while something is being worked out; without JavaScript, too."""


@admin.register(Recalculation)
class RecalculationAdmin(ReadOnlyAdmin):
    """Each change of hours, targets or terms, and how far its deadlines are."""

    list_display = ("what", "progress", "tickets_done", "moved", "asked_at", "finished_at", "by")
    list_select_related = ("by",)
    ordering = ("-id",)
    fields = ("what", "progress", "tickets_done", "moved", ("asked_at", "by"), "finished_at")
    readonly_fields = ("progress", "tickets_done")

    def changelist_view(
        self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        """The list, which looks again by itself while something is being worked out."""
        return _looking_again(super().changelist_view(request, extra_context))

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """One of them, likewise."""
        return _looking_again(super().changeform_view(request, *args, **options))

    @admin.display(description=_("progress"))
    def progress(self, row: Recalculation) -> SafeString:
        """How far it came: a bar with its number beside it."""
        label = gettext("Deadlines of %(what)s") % {"what": row.what}
        return format_html(
            '<progress max="100" value="{}" aria-label="{}"></progress> {} %', row.percent, label, row.percent
        )

    @admin.display(description=_("tickets"))
    def tickets_done(self, row: Recalculation) -> str:
        """How many tickets were gone through, of how many."""
        total = row.total or 0
        text = ngettext("%(done)s of %(total)s ticket", "%(done)s of %(total)s tickets", total)
        return text % {"done": row.done, "total": total}


def _looking_again(response: HttpResponse) -> HttpResponse:
    if recalculations_running():
        response["Refresh"] = str(LOOKS_EVERY)
    return response
