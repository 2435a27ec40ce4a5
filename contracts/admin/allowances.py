"""The admin pages of allowances and of their ledger."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from contracts.actions import booking, including
from contracts.forms.allowances import AllowanceForm, CorrectionForm
from contracts.models import Allowance, AllowanceEntry
from contracts.rules.allowance_words import say_period, say_units
from lib.admin import ActionAdmin, LongListMixin, Row
from lib.languages import page_language


@admin.register(Allowance)
class AllowanceAdmin(ActionAdmin):
    """What levels and single agreements include. Changes count from the period that runs, as lines."""

    is_deletable = True
    form = AllowanceForm
    list_display = ("whose", "included", "period", "carries_over", "overrun")
    list_filter = ("unit", "period", "overrun")
    list_select_related = ("level", "agreement__customer")
    search_fields = ("level__name", "agreement__reference", "agreement__customer__name")
    autocomplete_fields = ("level", "agreement")
    fieldsets = (
        (
            _("Whose"),
            {
                "fields": (("level", "agreement"),),
                "description": _("Of a level, or of one agreement: then in place of its level's."),
            },
        ),
        (
            _("How much"),
            {"fields": (("amount", "unit", "period"), ("carries_over", "is_pro_rata"))},
        ),
        (_("When it is used"), {"fields": (("overrun", "alert_at"),)}),
    )

    @admin.display(description=_("Whose"))
    def whose(self, row: Allowance) -> str:
        """The level, or the agreement with its customer."""
        if row.agreement is not None:
            return f"{row.agreement.customer} · {row.agreement}"
        return str(row.level)

    @admin.display(description=_("amount per period"), ordering="amount")
    def included(self, row: Allowance) -> str:
        """In words."""
        return say_units(row.unit, row.amount, page_language())

    def write(
        self, *, form: BaseModelForm[Allowance], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the allowance; ledgers follow."""
        including.save_allowance(allowance=form.instance, by=acting_user(request))

    def remove(self, *, row: Any, request: HttpRequest) -> None:
        """Delete the allowance; what was used of it stays in the ledger."""
        including.delete_allowance(allowance=row, by=acting_user(request))


@admin.register(AllowanceEntry)
class AllowanceEntryAdmin(LongListMixin, ActionAdmin):
    """The ledger. No line is changed or deleted; adding one is a correction by hand."""

    form = CorrectionForm
    list_display = ("at", "customer", "agreement", "of_period", "kind", "said_units", "note", "written_by")
    list_filter = ("kind", "unit")
    list_select_related = ("agreement__customer", "by")
    search_fields = ("agreement__reference", "agreement__customer__name", "source", "note")
    autocomplete_fields = ("agreement",)
    ordering = ("-id",)
    fieldsets = (
        (
            None,
            {
                "fields": ("agreement", "day", "units", "note"),
                "description": _("A correction is a line of its own. The lines there stay as they are."),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AllowanceEntry]:
        """Lines with whose they are."""
        rows: QuerySet[AllowanceEntry] = super().get_queryset(request)
        return rows.select_related("agreement__customer", "by")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    @admin.display(description=_("customer"), ordering="agreement__customer__sort_name")
    def customer(self, row: AllowanceEntry) -> str:
        """Whose agreement it is."""
        return str(row.agreement.customer)

    @admin.display(description=_("period"), ordering="period_starts_on")
    def of_period(self, row: AllowanceEntry) -> str:
        """In words."""
        return say_period(row.period, row.period_starts_on, None, page_language())

    @admin.display(description=_("units"), ordering="units")
    def said_units(self, row: AllowanceEntry) -> str:
        """In words, signed."""
        said = say_units(row.unit, row.units, page_language())
        return f"+{said}" if row.units > 0 else said

    @admin.display(description=_("by"), ordering="by")
    def written_by(self, row: AllowanceEntry) -> str:
        """Who wrote it; nobody where a period was opened or closed."""
        return row.by.display_name if row.by else "–"

    def write(
        self,
        *,
        form: BaseModelForm[AllowanceEntry],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Write the correction."""
        said = form.cleaned_data
        entry = booking.correct(
            agreement=said["agreement"],
            units=said["units"],
            reason=said["note"],
            key=f"correction:{uuid4()}",
            by=acting_user(request),
            at=timezone.now(),
            day=said["day"],
        )
        form.instance.pk, form.instance.kind = entry.pk, entry.kind
