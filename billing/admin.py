"""Billing in the admin: who bills and who is billed. Charges and statements are looked at here, no more."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from billing.actions import parties
from billing.models import BillingParty, Charge, Seller, Statement
from lib.admin import ActionAdmin, LongListMixin, ReadOnlyAdmin, Row

ADDRESS = ("line_one", "line_two", "postcode", "city", "country", "vat_id")


@admin.register(Seller)
class SellerAdmin(ActionAdmin):
    """Our firm's one row."""

    fieldsets = (
        (None, {"fields": ("name", *ADDRESS, "tax_number", "register_entry")}),
        (_("Questions about bills"), {"fields": ("contact_name", "email", "phone")}),
        (_("Payment"), {"fields": ("iban", "bic", "bank", "payment_days")}),
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Once."""
        return not Seller.objects.exists() and bool(super().has_add_permission(request))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is nothing to choose from: straight to the one."""
        if Seller.objects.exists():
            return redirect("admin:billing_seller_change", 1)
        return redirect("admin:billing_seller_add")

    def write(
        self, *, form: BaseModelForm[Seller], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the seller."""
        parties.save_seller(seller=form.instance, by=acting_user(request))


@admin.register(BillingParty)
class BillingPartyAdmin(ActionAdmin):
    """How customers are billed."""

    list_display = ("customer", "legal_name", "city", "email", "wants_e_invoice")
    list_select_related = ("customer",)
    search_fields = ("customer__name", "legal_name", "email")
    autocomplete_fields = ("customer",)
    fieldsets = (
        (None, {"fields": ("customer", "legal_name", *ADDRESS)}),
        (_("Statements"), {"fields": ("email", "language", "wants_e_invoice", "buyer_reference")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whose it is stays."""
        return ("customer",) if obj else ()

    def write(
        self,
        *,
        form: BaseModelForm[BillingParty],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Save the billing address."""
        parties.save_party(party=form.instance, by=acting_user(request))


@admin.register(Statement)
class StatementAdmin(LongListMixin, ReadOnlyAdmin):
    """Closed statements; their pages are on the desk."""

    list_display = ("number", "customer", "period_starts_on", "gross", "currency", "handed_over_at")
    list_select_related = ("customer",)
    search_fields = ("number", "customer__name")
    list_filter = ("period_starts_on",)


@admin.register(Charge)
class ChargeAdmin(LongListMixin, ReadOnlyAdmin):
    """Charges, on statements and open."""

    list_display = ("key", "customer", "service_day", "net", "currency", "statement")
    list_select_related = ("customer", "statement")
    search_fields = ("key", "customer__name", "ticket_number")
    list_filter = ("kind",)
