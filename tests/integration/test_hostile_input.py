"""Input that nobody types by accident: it is refused or finds nothing, and never breaks a page."""

import pytest
from django.db import connection
from django.test import Client

from accounts.actions.users import create_token
from customers.actions import customers as customer_actions
from tests.factories.cast import Cast, make_cast, make_contact

pytestmark = pytest.mark.django_db

LONG = "9" * 5_000  # more digits than Python turns into a number


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/desk/peek/?number=%00", 404),
        (f"/desk/?level={LONG}", 200),
        ("/desk/?level=%C2%B2", 200),
        (f"/desk/new/?customer={LONG}", 404),
        ("/desk/new/?customer=%C2%B2", 404),
        ("/desk/work/?after=%00", 200),
    ],
)
def test_desk(cast: Cast, path: str, status: int) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.lead, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(path).status_code == status


@pytest.mark.parametrize("path", ["tickets", "queue"])
@pytest.mark.parametrize("team", [LONG, "%00", "%C2%B2"])
def test_api_filters(cast: Cast, path: str, team: str) -> None:
    answer = Client(raise_request_exception=False).get(f"/api/v1/{path}/?team={team}", headers=_token(cast))

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        '{"kind": "service", "level": "\\ud800"}',
        '{"customer": 1e400}',
        '{"\\ud800": 1}',
        f'{{"customer": "{LONG}"}}',
        f'{{"customer": {LONG}}}',
    ],
)
def test_api_bodies(cast: Cast, body: str) -> None:
    client = Client(raise_request_exception=False)

    answer = client.post("/api/v1/agreements/", body, content_type="application/json", headers=_token(cast))

    assert answer.status_code == 400
    assert answer.json()["code"]


def test_looking_for_a_customer_by_many_words_takes_no_longer_than_by_one(cast: Cast) -> None:
    customer_actions.save(
        customer=cast.gold_customer, by=None, domains=["aigner.de", "aigner.com"], phone_numbers=["+4989111"]
    )
    for index in range(20):
        make_contact(cast.gold_customer, f"Aigner {index}", email=f"aigner{index}@aigner.example")
    client = Client()
    client.force_login(cast.agent, backend="django.contrib.auth.backends.ModelBackend")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5s'")

    page = client.get("/desk/new/?q=aigner+a+i+g+n+e+r").content.decode()

    assert "Aigner" in page
    assert "Brandl" not in page


@pytest.mark.parametrize("word", ["aigner", "owner@customer", "4989777", "498955", "aigner.de", "Müller.de"])
def test_a_customer_is_found_by_name_person_address_number_and_domain(cast: Cast, word: str) -> None:
    customer_actions.save(
        customer=cast.gold_customer, by=None, domains=["aigner.de", "müller.de"], phone_numbers=["+4989777"]
    )
    customer_actions.save_contact(contact=cast.owner, by=None, phone_numbers=["+498955"])
    client = Client()
    client.force_login(cast.agent, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get("/desk/new/", {"q": word}).content.decode()

    assert "Aigner" in page
    assert "Brandl" not in page


@pytest.mark.parametrize("resource", ["customers", "contacts", "agreements", "service-levels", "tickets"])
def test_the_api_ends_with_the_customer_as_the_portal_does(cast: Cast, resource: str) -> None:
    cast.gold_customer.is_active = False
    customer_actions.save(customer=cast.gold_customer, by=cast.admin)
    assert cast.owner.user is not None
    token = create_token(user=cast.owner.user, by=None)

    answer = Client().get(f"/api/v1/{resource}/", HTTP_AUTHORIZATION=f"Bearer {token}")

    assert answer.json()["results"] == []


def _token(cast: Cast) -> dict[str, str]:
    return {"Authorization": f"Bearer {create_token(user=cast.admin, by=None)}"}
