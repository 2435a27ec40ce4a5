"""The admin pages of price lists, of what single customers pay instead, and of standing approvals."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from contracts.actions import prices
from contracts.forms.prices import (
    CustomerPriceForm,
    LooseItemForm,
    PriceItemForm,
    PriceItemRows,
    PriceListForm,
    StandingApprovalForm,
)
from contracts.models import CustomerPrice, PriceItem, PriceList, StandingApproval
from contracts.queries import company_zone, list_in_force
from contracts.resources import PriceItemResource
from lib.admin import ActionAdmin, Button, ReadOnlyInline, Row, RowsInline
from lib.sheets.pages import ImportPages


class PriceItemInline(RowsInline):
    """The prices of a draft."""

    model = PriceItem
    form = PriceItemForm
    formset = PriceItemRows


class ShownPriceInline(ReadOnlyInline):
    """The prices of a published list."""

    model = PriceItem
    fields = PriceItemForm.Meta.fields


@admin.register(PriceList)
class PriceListAdmin(ActionAdmin):
    """Versions of the price list. Drafts are written here; a published one is copied to be changed."""

    is_deletable = True
    form = PriceListForm
    list_display = ("name", "valid_from", "state", "currency", "vat_percent")
    ordering = ("-valid_from",)
    fieldsets = (
        (None, {"fields": ("state", "name", ("valid_from", "currency"), "vat_percent")}),
        (_("Rounding"), {"fields": (("rounding_minutes", "minimum_minutes"),)}),
    )
    readonly_fields = ("state",)
    inlines = (PriceItemInline,)

    @admin.display(description=_("state"))
    def state(self, price_list: PriceList) -> str:
        """Draft, in force, coming or over."""
        if price_list.published_at is None:
            return gettext("draft")
        today = localtime(timezone.now(), company_zone()).date()
        if price_list.valid_from > today:
            return gettext("published, in force later")
        return gettext("in force") if price_list == list_in_force(today) else gettext("over")

    def get_readonly_fields(self, request: HttpRequest, obj: PriceList | None = None) -> Sequence[str]:
        """Nothing of a published list can be typed over."""
        return ("state",) if _is_draft(obj) else ("state", *PriceListForm.Meta.fields)

    def get_inlines(self, request: HttpRequest, obj: PriceList | None) -> Any:
        """Its prices, which are written while it is a draft."""
        return self.inlines if _is_draft(obj) else (ShownPriceInline,)

    def has_delete_permission(self, request: HttpRequest, obj: PriceList | None = None) -> bool:
        """Only drafts are deleted."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def buttons(self, row: PriceList | None) -> Sequence[Button]:
        """Publish a draft; copy any list as a new version."""
        if row is None:
            return ()
        copy = Button("copy_as_new", _("Copy as a new version"), "content_copy")
        return (Button("publish", _("Save and publish"), "publish"), copy) if _is_draft(row) else (copy,)

    def write(
        self, *, form: BaseModelForm[PriceList], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the draft with its prices."""
        if _is_draft(form.instance):
            items = cast("list[prices.Item]", rows[PriceItem])
            prices.save_list(price_list=form.instance, items=items, by=acting_user(request))

    def publish(self, request: HttpRequest, price_list: PriceList) -> None:
        """Let the draft hold from its first day on, or say why not."""
        try:
            prices.publish(price_list=price_list, by=acting_user(request))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, gettext("The price list is published and stays as it is."))

    def copy_as_new(self, request: HttpRequest, price_list: PriceList) -> None:
        """A new draft with the same prices, which is shown next."""
        copy = prices.copy_list(price_list=price_list, by=acting_user(request))
        request.copied = copy.pk  # type: ignore[attr-defined]  # for the answer
        messages.success(request, gettext("This is the copy. Set its first day and its prices."))

    def response_change(self, request: HttpRequest, obj: PriceList) -> HttpResponseBase:
        """To the copy, where one was made."""
        copied = getattr(request, "copied", None)
        if copied is not None:
            return redirect("admin:contracts_pricelist_change", copied)
        answer: HttpResponseBase = super().response_change(request, obj)
        return answer

    def remove(self, *, row: PriceList, request: HttpRequest) -> None:
        """Delete the draft."""
        prices.delete_list(price_list=row, by=acting_user(request))


@admin.register(PriceItem)
class PriceItemAdmin(ImportPages, ActionAdmin):
    """All prices of all versions, to look for, to export and to import into drafts."""

    is_deletable = True
    form = LooseItemForm
    resource_class = PriceItemResource
    list_display = ("name_de", "code", "price_list", "service", "unit", "amount")
    list_filter = ("price_list", "service", "unit")
    list_select_related = ("price_list", "service")
    search_fields = ("code", "name_de", "name_en")
    ordering = ("-price_list__valid_from", "position", "pk")

    def has_change_permission(self, request: HttpRequest, obj: PriceItem | None = None) -> bool:
        """While its list is a draft."""
        return (obj is None or _is_draft(obj.price_list)) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: PriceItem | None = None) -> bool:
        """While its list is a draft."""
        return (obj is None or _is_draft(obj.price_list)) and super().has_delete_permission(request, obj)

    def write(
        self, *, form: BaseModelForm[PriceItem], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the price."""
        prices.save_item(item=form.instance, by=acting_user(request))

    def remove(self, *, row: PriceItem, request: HttpRequest) -> None:
        """Take the price out of its draft."""
        prices.delete_item(item=row, by=acting_user(request))


@admin.register(CustomerPrice)
class CustomerPriceAdmin(ActionAdmin):
    """What single customers pay instead, by the code of the item. What was priced already stays."""

    is_deletable = True
    form = CustomerPriceForm
    list_display = ("customer", "code", "amount", "currency", "valid_from", "valid_until")
    list_filter = ("code",)
    list_select_related = ("customer",)
    search_fields = ("customer__name", "code")
    autocomplete_fields = ("customer",)
    fieldsets = (
        (None, {"fields": ("customer", ("code", "amount", "currency"), ("valid_from", "valid_until"))}),
    )

    def write(
        self,
        *,
        form: BaseModelForm[CustomerPrice],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Save the price."""
        prices.save_own_price(price=form.instance, by=acting_user(request))

    def remove(self, *, row: CustomerPrice, request: HttpRequest) -> None:
        """Delete what was entered by mistake."""
        prices.delete_own_price(price=row, by=acting_user(request))


@admin.register(StandingApproval)
class StandingApprovalAdmin(ActionAdmin):
    """Customers' words ahead of time. One that is over is ended by its last day, never deleted."""

    form = StandingApprovalForm
    list_display = ("customer", "service", "ceiling", "currency", "starts_on", "ends_on", "granted_by")
    list_filter = ("service",)
    list_select_related = ("customer", "service")
    search_fields = ("customer__name", "granted_by", "evidence")
    autocomplete_fields = ("customer",)
    fieldsets = (
        (None, {"fields": ("customer", "service", ("ceiling", "currency"), ("starts_on", "ends_on"))}),
        (_("Evidence"), {"fields": (("granted_by", "evidence"), "recorded")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: StandingApproval | None = None) -> Sequence[str]:
        """Whose word it is stays as it was recorded."""
        return ("recorded",) if obj is None else ("customer", "recorded")

    @admin.display(description=_("recorded"))
    def recorded(self, approval: StandingApproval) -> str:
        """By whom and when."""
        if approval._state.adding:
            return "–"
        by = approval.recorded_by.display_name if approval.recorded_by else "–"
        return f"{by}, {localtime(approval.recorded_at):%Y-%m-%d %H:%M}"

    def write(
        self,
        *,
        form: BaseModelForm[StandingApproval],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Record or change it."""
        prices.save_standing_approval(approval=form.instance, by=acting_user(request))


def _is_draft(price_list: PriceList | None) -> bool:
    """Whether it can be written; one that is being added can."""
    return price_list is None or price_list.published_at is None
