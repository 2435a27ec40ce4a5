"""The admin page of a customer, with the standing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, Prefetch, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from accounts.queries.trail_lists import trail_link
from contracts.forms.customers import CustomerForm, CustomerPhoneForm, DomainForm
from contracts.models import Agreement
from contracts.queries import company_zone, in_words
from contracts.rules.standing import Standing, standing_at
from customers.actions import customers as customer_actions
from customers.models import Contact, Customer, CustomerDomain, CustomerPhone
from customers.resources import CustomerResource
from customers.rules.free_mail import is_free_mail
from lib.admin import ActionAdmin, ReadOnlyInline, Row, RowsInline
from lib.reasons import Reason
from lib.sheets.pages import ImportPages


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
    readonly_fields = ("to_page",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        """Agreements with their levels."""
        rows: QuerySet[Agreement] = super().get_queryset(request)
        return rows.select_related("customer", "level")


class ContactInline(ReadOnlyInline):
    """The customer's people, each with a page of their own."""

    model = Contact
    fields = ("to_page", "email", "user", "is_company_admin", "is_active")
    readonly_fields = ("to_page",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        """Contacts with their logins."""
        rows: QuerySet[Contact] = super().get_queryset(request)
        return rows.select_related("user")


@admin.register(Customer)
class CustomerAdmin(ImportPages, ActionAdmin):
    """Customers, and what their agreements amount to now. They are set inactive, never deleted."""

    form = CustomerForm
    resource_class = CustomerResource
    list_display = ("name", "level_now", "agreement_count", "is_active")
    list_filter = ("is_active", "agreements__kind", "agreements__level")
    search_fields = ("name", "sort_name", "domains__domain", "phones__number")
    readonly_fields = ("standing_now", "trail")
    inlines = (AgreementInline, ContactInline, DomainInline, PhoneInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Customers with the agreements their standing is made of."""
        rows: QuerySet[Customer] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("agreements", Agreement.objects.with_facts()))

    def get_fieldsets(self, request: HttpRequest, obj: Customer | None = None) -> Any:
        """A customer that is being added has no standing yet."""
        asked = (None, {"fields": (("name", "is_active"), "note")})
        return (asked,) if obj is None else ((None, {"fields": ("standing_now", "trail")}), asked)

    @admin.display(description=_("Service level now"))
    def level_now(self, customer: Customer) -> str:
        """The level that gives the customer precedence."""
        standing = _standing_of(customer, timezone.now())
        return standing.level.name if standing.level else gettext("without contract")

    @admin.display(description=_("agreements"))
    def agreement_count(self, customer: Customer) -> int:
        """How many agreements of any kind."""
        return len(customer.agreements.all())

    @admin.display(description=_("audit trail"))
    def trail(self, customer: Customer) -> str:
        """The way to who saw or changed what about this customer."""
        return trail_link(customer=customer.pk)

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
        domains = [str(row["domain"]) for row in rows[CustomerDomain]]
        customer_actions.save(
            customer=form.instance,
            by=acting_user(request),
            domains=domains,
            phone_numbers=[row["number"] for row in rows[CustomerPhone]],
        )
        for domain in filter(is_free_mail, domains):
            said = gettext("Anybody gets an address at {domain}: nobody can sign up for the portal with one.")
            messages.warning(request, said.format(domain=domain))


def _standing_of(customer: Customer, at: datetime) -> Standing:
    """The standing, from the agreements that were loaded with the customer."""
    return standing_at([agreement.as_fact() for agreement in customer.agreements.all()], at, company_zone())


def _said(reason: Reason, at: datetime) -> str:
    return in_words(reason, at, translation.get_language() or "en")


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
