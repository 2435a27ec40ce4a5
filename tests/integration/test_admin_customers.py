"""The admin pages of customers and contacts."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from customers.models import Contact, Customer
from tests.admin_pages import errors_of, inline, post
from tests.factories.cast import (
    Cast,
    make_agreement,
    make_cast,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin)
    return client


def customer_fields(customer: Customer, **fields: Any) -> dict[str, Any]:
    form = {"name": customer.name, "is_active": "on", "note": ""}
    rows = inline("domains") | inline("phones") | inline("agreements") | inline("contacts")
    return {**rows, **form, **fields}


def test_a_customer_is_saved_with_domains_and_numbers(as_admin: Client, cast: Cast) -> None:
    fields = customer_fields(
        Customer(name="Übermut GmbH"),
        **inline("domains", {"domain": "Info@Uebermut.Example"}),
        **inline("phones", {"number": "+49 (0)89 / 999 98-200"}),
    )

    post(as_admin, reverse("admin:customers_customer_add"), fields)

    customer = Customer.objects.get(name="Übermut GmbH")
    assert customer.sort_name == "ubermut gmbh"
    assert [domain.domain for domain in customer.domains.all()] == ["uebermut.example"]
    assert [phone.number for phone in customer.phones.all()] == ["+498999998200"]
    assert AuditEntry.objects.filter(verb="customer.created", actor_id=cast.admin.pk).count() == 1


def test_inline_rows_of_a_customer_are_kept_changed_and_deleted(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:customers_customer_change", args=[cast.plain_customer.pk])
    two = inline("domains", {"domain": "one.example"}, {"domain": "two.example"})
    post(as_admin, url, customer_fields(cast.plain_customer, **two))
    one, other = cast.plain_customer.domains.order_by("domain")
    kept = {"id": one.pk, "customer": cast.plain_customer.pk, "domain": "first.example"}
    gone = {"id": other.pk, "customer": cast.plain_customer.pk, "domain": "two.example", "DELETE": "on"}

    post(as_admin, url, customer_fields(cast.plain_customer, **inline("domains", kept, gone, initial=2)))

    assert [row.domain for row in cast.plain_customer.domains.all()] == ["first.example"]


def test_bad_domains_and_numbers_and_those_of_others_are_explained(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:customers_customer_change", args=[cast.plain_customer.pk])
    other = reverse("admin:customers_customer_change", args=[cast.gold_customer.pk])
    taken = inline("domains", {"domain": "taken.example"})
    post(as_admin, other, customer_fields(cast.gold_customer, **taken))

    for rows in (
        inline("domains", {"domain": "TAKEN.example"}),
        inline("domains", {"domain": "no domain"}),
        inline("phones", {"number": "089 1234"}),
    ):
        response = as_admin.post(url, customer_fields(cast.plain_customer, **rows))
        assert response.status_code == 200
        assert any(any(one.formset.errors) for one in response.context["inline_admin_formsets"])
    assert not cast.plain_customer.domains.exists()


def test_a_customers_page_says_the_standing_and_what_does_not_count(as_admin: Client, cast: Cast) -> None:
    make_agreement(cast.gold_customer, cast.bronze, reference="OLD-7", ends_on=date(2024, 5, 31))
    make_agreement(cast.gold_customer, reference="UV-8")
    url = reverse("admin:customers_customer_change", args=[cast.gold_customer.pk])

    User.objects.filter(pk=cast.admin.pk).update(language="en")
    english = as_admin.get(url, headers={"Accept-Language": "en"}).content.decode()
    User.objects.filter(pk=cast.admin.pk).update(language="de")
    german = as_admin.get(url, headers={"Accept-Language": "de"}).content.decode()

    assert "Service agreement Gold (G-1) is in force" in english
    assert "OLD-7 no longer counts" in english
    assert "Update contract UV-8 does not count" in english
    assert "Servicevertrag Gold (G-1) gilt" in german
    assert f"?customer={cast.gold_customer.pk}" in german
    assert reverse("admin:customers_contact_change", args=[cast.owner.pk]) in german


def test_the_customers_name_is_escaped(as_admin: Client, cast: Cast) -> None:
    make_agreement(cast.plain_customer, cast.gold, reference="<script>alert(1)</script>")
    url = reverse("admin:customers_customer_change", args=[cast.plain_customer.pk])

    assert b"<script>alert(1)" not in as_admin.get(url).content


def contact_fields(**fields: Any) -> dict[str, Any]:
    return {"language": "de", "mail_steps": "everything", "is_active": "on", **inline("phones"), **fields}


def test_a_contact_is_saved_with_numbers_and_a_login(as_admin: Client, cast: Cast) -> None:
    login = make_user("portal", User.Role.CONTACT)
    fields = contact_fields(
        customer=cast.plain_customer.pk,
        name="Änne Neu",
        email="Aenne@Moser.Example",
        user=login.pk,
        **inline("phones", {"number": "0049 171 3920011"}),
    )

    post(as_admin, reverse("admin:customers_contact_add"), fields)

    contact = Contact.objects.get(name="Änne Neu")
    assert (contact.sort_name, contact.email, contact.user) == ("anne neu", "aenne@moser.example", login)
    assert contact.phones.get().number == "+491713920011"


def test_a_contact_cannot_sign_in_as_an_agent_nor_share_an_address(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:customers_contact_add")
    fields = contact_fields(customer=cast.gold_customer.pk, name="Somebody")

    as_agent = as_admin.post(url, {**fields, "user": cast.agent.pk})
    twin = as_admin.post(url, {**fields, "email": "OWNER@customer.example"})

    assert list(errors_of(as_agent)) == ["user"]
    assert list(errors_of(twin)) == ["email"]
