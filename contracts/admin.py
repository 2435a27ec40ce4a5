"""The admin pages of customers with their standing, of agreements and of service levels."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, Model, Prefetch, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from contracts.actions import agreements as agreement_actions
from contracts.forms import (
    AgreementForm,
    CustomerForm,
    CustomerPhoneForm,
    DomainForm,
    ServiceLevelForm,
    SuspensionForm,
)
from contracts.models import Agreement, ServiceLevel, Suspension
from contracts.queries import company_zone
from contracts.rules.standing import Standing, standing_at
from contracts.rules.wording import TABLE
from customers.actions import customers as customer_actions
from customers.models import Contact, Customer, CustomerDomain, CustomerPhone
from lib.admin import ActionAdmin, ReadOnlyInline, Row, RowsInline
from lib.reasons import Reason, say


class DomainInline(RowsInline):
    """The customer's mail domains."""

    model = CustomerDomain
    form = DomainForm


class PhoneInline(RowsInline):
    """The customer's phone numbers."""

    model = CustomerPhone
    form = CustomerPhoneForm


class AgreementInline(ReadOnlyInline):
    """The customer's agreements, each with a page of its own."""

    model = Agreement
    fields = ("to_page", "kind", "level", "starts_on", "ends_on", "terminated_on")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        """Agreements with their levels."""
        rows: QuerySet[Agreement] = super().get_queryset(request)
        return rows.select_related("customer", "level")


class ContactInline(ReadOnlyInline):
    """The customer's people, each with a page of their own."""

    model = Contact
    fields = ("to_page", "email", "user", "is_active")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        """Contacts with their logins."""
        rows: QuerySet[Contact] = super().get_queryset(request)
        return rows.select_related("user")


@admin.register(Customer)
class CustomerAdmin(ActionAdmin):
    """Customers, and what their agreements amount to now. They are set inactive, never deleted."""

    form = CustomerForm
    list_display = ("name", "level_now", "agreement_count", "is_active")
    list_filter = ("is_active", "agreements__kind", "agreements__level")
    search_fields = ("name", "sort_name", "domains__domain", "phones__number")
    readonly_fields = ("standing_now",)
    inlines = (AgreementInline, ContactInline, DomainInline, PhoneInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Customers with the agreements their standing is made of."""
        rows: QuerySet[Customer] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("agreements", Agreement.objects.with_facts()))

    def get_fieldsets(self, request: HttpRequest, obj: Customer | None = None) -> Any:
        """A customer that is being added has no standing yet."""
        asked = (None, {"fields": (("name", "is_active"), "note")})
        return (asked,) if obj is None else ((None, {"fields": ("standing_now",)}), asked)

    @admin.display(description=_("Service level now"))
    def level_now(self, customer: Customer) -> str:
        """The level that gives the customer precedence."""
        standing = _standing_of(customer, timezone.now())
        return standing.level.name if standing.level else gettext("without contract")

    @admin.display(description=_("agreements"))
    def agreement_count(self, customer: Customer) -> int:
        """How many agreements of any kind."""
        return len(customer.agreements.all())

    @admin.display(description=_("Standing now"))
    def standing_now(self, customer: Customer) -> SafeString:
        """What decides, what was seen and does not count, and the way to a new agreement."""
        now = timezone.now()
        standing = _standing_of(customer, now)
        add = f"{reverse('admin:contracts_agreement_add')}?customer={customer.pk}"
        return format_html(
            '<div>{}{}<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a></div>',
            _paragraphs(standing.reasons, now),
            _not_counting(standing, now),
            add,
            gettext("Add an agreement"),
        )

    def write(
        self, *, form: BaseModelForm[Customer], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the customer with domains and phone numbers."""
        customer_actions.save(
            customer=form.instance,
            by=acting_user(request),
            domains=[row["domain"] for row in rows[CustomerDomain]],
            phone_numbers=[row["number"] for row in rows[CustomerPhone]],
        )


class SuspensionInline(RowsInline):
    """Periods in which the agreement does not count."""

    model = Suspension
    form = SuspensionForm


@admin.register(Agreement)
class AgreementAdmin(ActionAdmin):
    """Agreements of all kinds. One that is over is ended; deleting is for what was entered by mistake."""

    is_deletable = True
    form = AgreementForm
    list_display = ("__str__", "customer", "kind", "level", "starts_on", "ends_on", "counts_now")
    list_filter = ("kind", "level", "starts_on", "ends_on")
    list_select_related = ("customer", "level")
    search_fields = ("reference", "customer__name")
    autocomplete_fields = ("customer", "level")
    readonly_fields = ("counts_now",)
    fieldsets = (
        (None, {"fields": ("customer", ("kind", "level"), "reference")}),
        (_("In force"), {"fields": (("starts_on", "ends_on"), "terminated_on", "counts_now")}),
    )
    inlines = (SuspensionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        """Agreements with the suspensions that say whether they count."""
        rows: QuerySet[Agreement] = super().get_queryset(request)
        return rows.prefetch_related("suspensions")

    @admin.display(description=_("Counts now"))
    def counts_now(self, agreement: Agreement) -> str:
        """Whether this agreement, seen alone, gives precedence now, and why it does not."""
        if agreement._state.adding:
            return "–"
        now = timezone.now()
        standing = standing_at([agreement.as_fact()], now, company_zone())
        why = standing.reasons if standing.in_force else [seen.reason for seen in standing.not_counting]
        return " ".join(_said(reason, now) for reason in why)

    def write(
        self, *, form: BaseModelForm[Agreement], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the agreement with its suspensions; the customer's tickets move by themselves."""
        agreement_actions.save(
            agreement=form.instance,
            by=acting_user(request),
            suspensions=cast("list[agreement_actions.Period]", rows[Suspension]),
        )

    def remove(self, *, row: Agreement, request: HttpRequest) -> None:
        """Delete the agreement."""
        agreement_actions.delete(agreement=row, by=acting_user(request))


@admin.register(ServiceLevel)
class ServiceLevelAdmin(ActionAdmin):
    """Service levels. A changed rank moves every ticket it ranks."""

    form = ServiceLevelForm
    list_display = ("name", "rank", "agreement_count")
    search_fields = ("name", "description")
    ordering = ("rank", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceLevel]:
        """Levels with the number of agreements on them."""
        rows: QuerySet[ServiceLevel] = super().get_queryset(request)
        return rows.annotate(agreements_on_it=Count("agreements"))

    @admin.display(description=_("agreements"), ordering="agreements_on_it")
    def agreement_count(self, level: Any) -> int:
        """How many agreements name this level."""
        return int(level.agreements_on_it)

    def write(
        self,
        *,
        form: BaseModelForm[ServiceLevel],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Save the level."""
        agreement_actions.save_level(level=form.instance, by=acting_user(request))


def _standing_of(customer: Customer, at: datetime) -> Standing:
    """The standing, from the agreements that were loaded with the customer."""
    return standing_at([agreement.as_fact() for agreement in customer.agreements.all()], at, company_zone())


def _said(reason: Reason, at: datetime) -> str:
    zone = company_zone()
    language = translation.get_language() or "en"
    return say(reason, language, TABLE, today=timezone.localdate(at, zone), zone=zone)


def _paragraphs(reasons: Iterable[Reason], at: datetime) -> SafeString:
    return format_html_join(
        "", '<p class="font-semibold mb-2">{}</p>', ((_said(one, at),) for one in reasons)
    )


def _not_counting(standing: Standing, at: datetime) -> SafeString:
    """The documents that were seen and do not count, each with its reason and its page."""
    rows = (
        (reverse("admin:contracts_agreement_change", args=[seen.agreement_id]), _said(seen.reason, at))
        for seen in standing.not_counting
    )
    return format_html_join("", '<p class="mb-2"><a class="underline" href="{}">{}</a></p>', rows)
