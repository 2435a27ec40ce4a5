"""The admin pages of contacts. The customer's own page shows its standing and is found in `contracts`."""

from collections.abc import Mapping

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from customers.actions import customers as customer_actions
from customers.forms import ContactForm, ContactPhoneForm
from customers.models import Contact, ContactPhone
from lib.admin import ActionAdmin, Row, RowsInline


class ContactPhoneInline(RowsInline):
    """The contact's phone numbers."""

    model = ContactPhone
    form = ContactPhoneForm


@admin.register(Contact)
class ContactAdmin(ActionAdmin):
    """People at customers. They are set inactive, never deleted: their tickets keep their name."""

    form = ContactForm
    list_display = ("name", "customer", "email", "user", "sees_company_tickets", "is_active")
    list_filter = ("is_active", "sees_company_tickets", "language")
    list_select_related = ("customer", "user")
    search_fields = ("name", "sort_name", "email", "customer__name", "phones__number")
    autocomplete_fields = ("customer", "user")
    fieldsets = (
        (None, {"fields": ("customer", ("name", "email"), "language", "is_active")}),
        (_("Portal"), {"fields": ("user", "sees_company_tickets")}),
    )
    inlines = (ContactPhoneInline,)

    def write(
        self, *, form: BaseModelForm[Contact], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the contact and the phone numbers."""
        customer_actions.save_contact(
            contact=form.instance,
            by=acting_user(request),
            phone_numbers=[row["number"] for row in rows[ContactPhone]],
        )
