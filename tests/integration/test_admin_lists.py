"""The admin's lists: they find what is looked for and cost the same however long they are."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import users as user_actions
from accounts.models import User
from tests.factories.articles import make_article, make_category
from tests.factories.cast import (
    Cast,
    make_agreement,
    make_cast,
    make_contact,
    make_customer,
    make_level,
    make_team,
    make_ticket,
    make_user,
)
from tickets.actions import assigning

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin)
    return client


@pytest.mark.parametrize(
    ("name", "words", "found"),
    [
        ("customers_customer", "aigner", "Aigner"),
        ("customers_contact", "owner@", "Owner"),
        ("contracts_agreement", "G-1", "G-1"),
        ("contracts_servicelevel", "gold", "Gold"),
        ("accounts_user", "other_agent", "Other_Agent"),
        ("accounts_team", "netw", "Network"),
        ("accounts_auditentry", "brandl", ": Brandl"),
        ("tickets_ticket", "printer", "Printer on fire"),
        ("knowledge_category", "shelf en", "Shelf de"),
    ],
)
def test_searches_find_that_and_nothing_else(
    as_admin: Client, cast: Cast, name: str, words: str, found: str
) -> None:
    make_ticket(cast.gold_customer, subject="Printer on fire")
    make_ticket(cast.gold_customer, subject="Screen is dark")
    make_category("Shelf")
    make_category("Other")

    page = as_admin.get(reverse(f"admin:{name}_changelist"), {"q": words})

    (row,) = page.context["cl"].result_list
    assert str(row).endswith(found)


def grow(cast: Cast) -> None:
    """One more of everything that the admin lists."""
    team = make_team()
    user = make_user("", User.Role.AGENT, team)
    user_actions.create_token(user=user, by=None)
    customer = make_customer()
    make_contact(customer, user=make_user("", User.Role.CONTACT))
    level = make_level()
    make_agreement(customer, level)
    make_agreement(customer)
    make_ticket(customer)
    make_article(category=make_category(parent=make_category()))
    ticket = make_ticket(customer, team=team)
    assigning.assign(ticket=ticket, to=user, by=cast.lead)


def lists() -> list[str]:
    """The list pages of everything registered."""
    return [
        f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry
    ]


@pytest.mark.parametrize("name", lists())
def test_lists_cost_the_same_however_long(as_admin: Client, cast: Cast, name: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert as_admin.get(reverse(name), follow=True).status_code == 200
        return len(queries)

    grow(cast)
    count()  # content types and the like are cached now
    before = count()
    for _ in range(5):
        grow(cast)

    assert count() == before


def test_customer_page_costs_the_same_however_many_agreements(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:customers_customer_change", args=[cast.gold_customer.pk])

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_admin.get(url)
        return len(queries)

    make_contact(cast.gold_customer)
    count()
    before = count()
    for _ in range(4):
        make_agreement(cast.gold_customer, make_level())
        make_contact(cast.gold_customer)

    assert count() == before
