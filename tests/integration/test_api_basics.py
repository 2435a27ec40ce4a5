"""What holds for every resource: tokens, problem documents, strictness, pages, the schema."""

import json
from datetime import timedelta
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import users as user_actions
from accounts.models import ApiToken, User
from customers.models import Contact
from tests.factories.calling import Caller, refused, rows
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_customer, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_token_says_who_calls(cast: Cast) -> None:
    me = Caller(cast.agent).get("me/").json()

    assert me == {
        "id": cast.agent.pk,
        "name": "Agent",
        "role": "agent",
        "is_on_duty": True,
        "teams": [{"id": cast.team.pk, "slug": "workplace", "name": "Workplace"}],
    }


def test_the_index_names_the_resources(cast: Cast) -> None:
    index = Caller(cast.owner).get("").json()

    assert index["tickets"] == "http://testserver/api/v1/tickets/"
    for name in index:
        assert Caller(cast.agent).get(f"{name}/").status_code == 200
    refused(Client().get("/api/v1/"), 401)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Bearer a b", "Basic YTpi", "Bearer \xe4"])
def test_without_a_token_that_holds_nobody_comes_in(cast: Cast, header: str) -> None:
    response = Client().get("/api/v1/me/", headers={"Authorization": header} if header else {})

    refused(response, 401)
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_session_is_not_a_token(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)

    refused(client.get("/api/v1/me/"), 401)


def test_a_deactivated_user_stays_outside(cast: Cast) -> None:
    caller = Caller(cast.agent)
    user_actions.deactivate(user=cast.agent, by=cast.admin)

    refused(caller.get("me/"), 401, "authentication_failed")


def test_a_token_notes_its_use_once_a_minute(cast: Cast) -> None:
    caller = Caller(cast.agent)
    caller.get("me/")
    first = ApiToken.objects.get().last_used_at
    assert first is not None

    caller.get("me/")
    assert ApiToken.objects.get().last_used_at == first

    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    caller.get("me/")
    assert ApiToken.objects.filter(last_used_at__gte=first).exists()


def test_the_problem_speaks_the_callers_language(cast: Cast) -> None:
    def words(language: str) -> str:
        caller = Caller(cast.agent, language=language)
        return str(caller.get("tickets/2026-999999/").json()["detail"])

    assert words("en") != words("de")


@pytest.mark.parametrize(
    "path", ["nothing/", "tickets/../", "customers/0x1/", "tickets", "customers/" + "9" * 30 + "/"]
)
def test_unknown_addresses_are_problems_too(cast: Cast, path: str) -> None:
    for method in ("get", "post"):
        refused(getattr(Caller(cast.admin), method)(path), 404, "not_found")


def test_a_verb_that_is_not_there(cast: Cast) -> None:
    refused(Caller(cast.admin).delete("customers/1/"), 405)


@pytest.mark.parametrize("body", ["", "{", '{"subject": NaN}', "[" * 100_000, "[]", '"text"', "null", "\xff"])
def test_bodies_that_are_no_document(cast: Cast, body: str) -> None:
    token = user_actions.create_token(user=cast.agent, by=None)
    client = Client(headers={"Authorization": f"Bearer {token}"})

    refused(client.post("/api/v1/tickets/", body.encode("latin-1"), "application/json"), 400)


def test_bodies_of_another_type(cast: Cast) -> None:
    token = user_actions.create_token(user=cast.agent, by=None)
    client = Client(headers={"Authorization": f"Bearer {token}"})

    refused(client.post("/api/v1/tickets/", "subject=x", "application/x-www-form-urlencoded"), 415)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("tickets/", {"subject": "s", "body": "b", "priority": 1}),
        ("customers/", {"name": "New", "vip": True}),
        ("contacts/", {"name": "New", "customer": 1, "password": "x"}),
        ("service-levels/", {"name": "New", "rank": 2, "color": "red"}),
        ("agreements/", {"kind": "update", "starts_on": "2026-01-01", "signed": True}),
        ("queue/next/", {"which": "best"}),
    ],
)
def test_unknown_fields_are_refused(cast: Cast, path: str, document: dict[str, object]) -> None:
    unknown = list(document)[-1]

    refused(Caller(cast.admin).post(path, document), 400, "unknown_field", unknown)


def test_read_only_fields_are_refused_as_such(cast: Cast) -> None:
    path = f"customers/{cast.gold_customer.pk}/"

    refused(Caller(cast.admin).patch(path, {"standing": {"band": 1}}), 400, "read_only", "standing")


@pytest.mark.parametrize(
    "path", ["tickets/", "customers/", "contacts/", "service-levels/", "agreements/", "queue/"]
)
def test_unknown_filters_and_sort_keys_are_refused(cast: Cast, path: str) -> None:
    caller = Caller(cast.admin)

    refused(caller.get(path, colour="red"), 400, "unknown_filter", "colour")
    refused(caller.get(path, cursor="made-up"), 400, "invalid_cursor", "cursor")
    for size in ("0", "201", "-1", "x", "9" * 50):
        refused(caller.get(path, page_size=size), 400, "invalid_page_size", "page_size")
    code = "unknown_ordering" if path != "queue/" else ""
    refused(caller.get(path, ordering="password"), 400, code, "ordering")


def test_filters_read_their_values_strictly(cast: Cast) -> None:
    caller = Caller(cast.admin)

    refused(caller.get("tickets/", customer="x"), 400, "invalid", "customer")
    refused(caller.get("tickets/", customer="9" * 40), 400, field="customer")
    refused(caller.get("tickets/", status="gone"), 400, "invalid_choice", "status")
    refused(caller.get("tickets/", team="nobody\x00"), 400, "unknown", "team")
    refused(caller.get("tickets/", status=["open", "closed"]), 400, "repeated", "status")


def test_pages_neither_repeat_nor_lose_rows(cast: Cast) -> None:
    """Equal sort keys, rows that come and go between two pages, and the way back."""
    for number in range(5):
        make_customer(f"Same {number}")
    caller = Caller(cast.lead)
    first = caller.get("customers/", page_size=3).json()
    assert first["previous"] is None
    make_customer("AAA comes before")

    second = caller.get(first["next"]).json()
    third = caller.get(second["next"]).json()
    back = caller.get(second["previous"]).json()

    names = [row["name"] for page in (first, second, third) for row in page["results"]]
    assert names == ["Aigner", "Brandl", "Moser", "Same 0", "Same 1", "Same 2", "Same 3", "Same 4"]
    assert third["next"] is None
    assert [row["name"] for row in back["results"]] == ["Aigner", "Brandl", "Moser"]
    assert back["previous"] is not None


def test_pages_of_rows_with_equal_keys(cast: Cast) -> None:
    now = timezone.now()
    numbers = [make_ticket(cast.gold_customer, arrived_at=now).number for _ in range(5)]
    caller = Caller(cast.lead)
    for ordering, expected in (("arrived_at", numbers), ("-arrived_at", numbers[::-1])):
        address, found = f"tickets/?ordering={ordering}&page_size=2", []
        while address:
            page = caller.get(address).json()
            found += [row["number"] for row in page["results"]]
            address = page["next"]
        assert found == expected


def test_a_cursor_belongs_to_its_list(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    make_ticket(cast.gold_customer)
    caller = Caller(cast.lead)
    following = caller.get("tickets/", page_size=1).json()["next"]
    cursor = parse_qs(urlsplit(following).query)["cursor"][0]

    refused(caller.get("customers/", cursor=cursor), 400, "invalid_cursor")


def test_the_schema_says_everything_without_a_warning() -> None:
    out = StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", "--format", "openapi-json", stdout=out)

    schema = json.loads(out.getvalue())
    assert schema["openapi"].startswith("3.1")
    assert {"/api/v1/tickets/{number}/", "/api/v1/queue/next/"} <= schema["paths"].keys()
    refusals = schema["paths"]["/api/v1/tickets/"]["post"]["responses"]["400"]["content"]
    assert "application/problem+json" in refusals


def test_anybody_may_read_the_schema_and_its_page(cast: Cast, client: Client) -> None:
    assert client.get("/api/v1/schema/").json()["info"]["title"] == "Vorrang"
    page = client.get("/api/v1/docs/")

    assert page.status_code == 200
    assert b"https://" not in page.content


def test_lists_cost_the_same_however_long(cast: Cast) -> None:
    """The number of queries does not grow with the rows, for any list and any role."""
    _more_of_everything(cast)
    callers: list[User | Contact] = [cast.admin, cast.agent, cast.owner]
    for who in callers:
        for path in ("customers/", "contacts/", "service-levels/", "agreements/", "tickets/", "queue/"):
            if who is cast.owner and path == "queue/":
                continue
            few = _queries(who, path)
            _more_of_everything(cast)
            assert _queries(who, path) == few, (who, path)


def _queries(who: User | Contact, path: str) -> int:
    caller = Caller(who)
    caller.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert rows(caller.get(path))
    return len(queries)


def _more_of_everything(cast: Cast) -> None:
    for _ in range(3):
        customer = make_customer()
        make_contact(customer)
        make_agreement(customer, cast.bronze)
        make_agreement(cast.gold_customer)
        make_ticket(customer)
        make_ticket(customer, team=cast.other_team)
        make_ticket(cast.gold_customer, contact=cast.owner)


def test_the_documents_page_is_only_read(client: Client) -> None:
    answer = client.post("/api/v1/docs/", "{}", content_type="application/json")

    assert answer.status_code == 405
    assert answer.headers["Content-Type"] != "application/problem+json" or answer.json()["status"] == 405
    assert client.get("/api/v1/docs/").status_code == 200
