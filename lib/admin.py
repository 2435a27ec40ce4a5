"""Admin pages that write through actions only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet, BaseModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

Row = dict[str, Any]


class ActionAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    """A model whose admin pages write by calling one action, which `write` and `remove` name.

    Django saves the row first and what hangs on it afterwards; here nothing is saved until all of it is
    known, and then the action writes it together.
    """

    is_deletable: ClassVar[bool] = False
    compressed_fields = True
    warn_unsaved_form = True
    list_per_page = 50

    def write(
        self, *, form: BaseModelForm[Any], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Call the action that saves `form.instance` and, by model, the rows of its inlines."""
        raise NotImplementedError

    def remove(self, *, row: Any, request: HttpRequest) -> None:
        """Call the action that deletes the row."""
        raise NotImplementedError

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what has an action for it can be deleted."""
        return self.is_deletable and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Nothing yet: see `save_related`."""

    def save_related(
        self,
        request: HttpRequest,
        form: BaseModelForm[Any],
        formsets: Iterable[BaseInlineFormSet[Any, Any, Any]],
        change: Any,
    ) -> None:
        """Write the row and its inlines with one action."""
        formsets = list(formsets)
        for formset in formsets:
            formset.save(commit=False)  # notes for the history what was added, changed and deleted
        rows = {type(formset.empty_form.instance): kept_rows(formset) for formset in formsets}
        self.write(form=form, rows=rows, request=request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete one row."""
        self.remove(row=obj, request=request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the chosen rows, one action each."""
        for row in queryset:
            self.remove(row=row, request=request)


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    """A model that can be looked at here and is written elsewhere."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False


class LongListMixin:
    """For tables that grow without end: nothing on the list page counts all rows."""

    paginator = InfinitePaginator
    show_full_result_count = False


class RowsInline(TabularInline):  # type: ignore[misc]  # unfold carries no types
    """Rows edited together with the one they belong to and written by its action."""

    extra = 0
    hide_title = True


class ReadOnlyInline(TabularInline):  # type: ignore[misc]  # unfold carries no types
    """Rows shown beside the one they belong to; `to_page` is the column that leads to their own pages."""

    extra = 0
    max_num = 0
    can_delete = False
    hide_title = True

    @admin.display(description=_("name"))
    def to_page(self, row: Model) -> SafeString:
        """The row's name, as a link."""
        url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        return format_html(
            '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>', url, row
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False


def kept_rows(formset: BaseInlineFormSet[Any, Any, Any]) -> list[Row]:
    """What the inline's rows say, without those that are deleted or were left empty."""
    key = type(formset.empty_form.instance)._meta.pk.name
    hidden = {forms.formsets.DELETION_FIELD_NAME, key, formset.fk.name}
    deleted: Sequence[Any] = formset.deleted_forms if formset.can_delete else []
    return [
        {name: value for name, value in form.cleaned_data.items() if name not in hidden}
        for form in formset.forms
        if form not in deleted and (form.has_changed() or form.instance.pk)
    ]
