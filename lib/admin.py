"""Admin pages that write through actions only, and ask first where a change does more than it shows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet, BaseModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

Row = dict[str, Any]

CONFIRMED = "_confirmed"
BACK = "_back"


@dataclass(frozen=True)
class Question:
    """What a person should see before something is written: a template with its context.

    `digest` stands for what was shown: who agreed to something else is asked again.
    """

    template: str
    digest: str
    context: Mapping[str, Any]


class Button(NamedTuple):
    """A button beside "Save" that saves and then calls the method of this name with request and row."""

    action_name: str
    description: Any
    icon: str = ""
    attrs: Mapping[str, str] | None = None


class AskFirst(Exception):
    """Nothing is written yet: somebody has to answer first."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.template)
        self.question = question


_BESIDE: dict[type[Model], list[type["ReadOnlyInline"]]] = {}


def show_beside(model: type[Model], inline: type["ReadOnlyInline"]) -> None:
    """Show rows of a room on the pages of a model of a room below it, which does not know them."""
    _BESIDE.setdefault(model, []).append(inline)


class ActionAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    """A model whose admin pages write by calling one action, which `write` and `remove` name.

    Django saves the row first and what hangs on it afterwards; here nothing is saved until all of it is
    known, and then the action writes it together.
    """

    is_deletable: ClassVar[bool] = False
    kept_because: ClassVar[Any] = ""
    """Said of a row that others need, in place of a list of all of those."""
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

    def question_before_writing(
        self, *, form: BaseModelForm[Any], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> Question | None:
        """What to show before `write`; None where there is nothing to ask."""
        return None

    def question_before_removing(self, *, rows: Sequence[Any], request: HttpRequest) -> Question | None:
        """What to show on the page that asks before `remove`."""
        return None

    def buttons(self, row: Any) -> Sequence[Button]:
        """What can be done beside saving; `row` is None on the page for a new one."""
        return ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Its own, and what rooms above show beside it (`show_beside`); a new row has none of those."""
        beside = _BESIDE.get(self.model, []) if obj is not None else []
        return [*self.inlines, *beside]

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> Sequence[Button]:
        """See `buttons` (unfold shows them)."""
        return self.buttons(self.get_object(request, str(object_id)) if object_id else None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what has an action for it can be deleted."""
        return self.is_deletable and super().has_delete_permission(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """The form, or the page that asks first. Whoever goes back finds what they typed."""
        # Our submit line words the deleting in either language's order (templates/admin/submit_line.html).
        ours = {"actions_submit_line": self.buttons(None), "show_delete": False}
        extra_context = {**ours, **(extra_context or {})}
        try:
            answer: HttpResponseBase = super().changeform_view(request, object_id, form_url, extra_context)
        except AskFirst as asked:
            return TemplateResponse(
                request,
                "admin/ask_first.html",
                {
                    **self.admin_site.each_context(request),
                    "title": _("Before it is saved"),
                    "opts": self.opts,
                    "question": asked.question,
                    "typed": list(_typed(request)),
                },
            )
        return answer

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> type[BaseModelForm[Any]]:
        """The form; who comes back to it is shown it once more, complaints or none."""
        form: type[BaseModelForm[Any]] = super().get_form(request, obj, change=change, **kwargs)
        if BACK in request.POST:
            return type(form.__name__, (form,), {"is_valid": lambda _: False})
        return form

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
        question = self.question_before_writing(form=form, rows=rows, request=request)
        if question is not None and request.POST.get(CONFIRMED) != question.digest:
            raise AskFirst(question)
        offered = self.buttons(self.get_object(request, str(form.instance.pk)) if change else None)
        self.write(form=form, rows=rows, request=request)
        for button in offered:
            if button.action_name in request.POST:
                getattr(self, button.action_name)(request, form.instance)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        """The page that asks before one row is deleted, with what that would do."""
        ours = _before_removing(self, request, [context["object"]], context)
        answer: HttpResponse = super().render_delete_form(request, {**context, **ours})
        return answer

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """What would be deleted along. See `kept_because`."""
        along, count, lacking, protected = super().get_deleted_objects(objs, request)
        if protected and self.kept_because:
            return [], {}, set(), [self.kept_because]
        return along, count, lacking, protected

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The page that asks, or the deleting; what the action refuses stays and says why."""
        try:
            answer: HttpResponseBase = super().delete_view(request, object_id, extra_context)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)
        return answer

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Django's, where deleting the chosen rows says what it would do."""
        actions: dict[str, Any] = super().get_actions(request)
        if "delete_selected" in actions:
            _function, name, description = actions["delete_selected"]
            actions["delete_selected"] = (_delete_selected, name, description)
        return actions

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


def _delete_selected(
    pages: ActionAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponseBase | None:
    try:
        with transaction.atomic():
            answer: HttpResponseBase | None = delete_selected(pages, request, queryset)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return None
    if isinstance(answer, TemplateResponse):  # it asks before it deletes
        context = answer.context_data or {}
        answer.context_data = {**context, **_before_removing(pages, request, list(queryset), context)}
    return answer


def _before_removing(
    pages: ActionAdmin, request: HttpRequest, rows: Sequence[Any], context: Mapping[str, Any]
) -> dict[str, Any]:
    """What the page that asks says beside what Django does: the question, or why nothing is deleted."""
    if context["protected"] and pages.kept_because:
        return {"refusals": context["protected"]}
    return {"question": pages.question_before_removing(rows=rows, request=request)}


def _typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """The fields of a form, to be sent once more."""
    ours = {"csrfmiddlewaretoken", CONFIRMED, BACK}
    for name, values in request.POST.lists():
        if name not in ours:
            yield from ((name, str(value)) for value in values)


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
