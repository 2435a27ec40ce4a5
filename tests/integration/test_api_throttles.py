"""Limits per minute: of a user's requests, of those that write, and of wrong tokens from one address."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import api_use
from accounts.actions.users import create_token
from accounts.models import ApiUse
from accounts.tasks import forget_requests
from tests.factories.calling import Answer, Caller, refused
from tests.factories.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 10, 14, 20, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def clock() -> Iterator[Any]:
    """The time at the door, 10:14:20 until a test says otherwise."""
    with patch("accounts.api.throttling.timezone.now", return_value=NOW) as now:
        yield now


def knock(token: str, address: str = "192.0.2.1", **headers: str) -> Answer:
    """Ask who one is, from somewhere."""
    spelt = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().get(
        "/api/v1/me/", REMOTE_ADDR=address, headers={"Authorization": f"Bearer {token}", **spelt}
    )


def token_of(cast: Cast) -> str:
    return create_token(user=cast.agent, by=None)


# Requests


def test_beyond_the_limit_requests_are_refused_until_the_next_minute(
    cast: Cast, clock: Any, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    caller = Caller(cast.agent)
    assert [caller.get("me/").status_code for _ in range(3)] == [200] * 3

    answer = caller.get("me/")
    refused(answer, 429, "throttled")
    assert answer["Retry-After"] == "40"

    clock.return_value = NOW + timedelta(seconds=40)
    assert caller.get("me/").status_code == 200


def test_one_who_asks_too_much_takes_nothing_from_others(cast: Cast, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    caller = Caller(cast.agent)
    caller.get("me/")
    refused(caller.get("me/"), 429)

    refused(Caller(cast.agent).get("me/"), 429)  # another token of the same user
    assert Caller(cast.lead).get("me/").status_code == 200


def test_writing_has_a_limit_of_its_own(cast: Cast, settings: Settings) -> None:
    settings.API_WRITES_PER_MINUTE = 1
    caller = Caller(cast.agent)
    assert caller.post("queue/next/").status_code == 204

    refused(caller.post("queue/next/"), 429)
    refused(caller.patch("contacts/1/", {}), 429)
    refused(caller.delete("tickets/2026-1/pin/"), 429)
    assert caller.get("me/").status_code == 200


def test_a_limit_of_zero_is_none(cast: Cast, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 0
    settings.API_WRONG_TOKENS_PER_MINUTE = 0
    caller = Caller(cast.agent)

    assert {caller.post("queue/next/").status_code for _ in range(5)} == {204}
    assert {knock("wrong").status_code for _ in range(50)} == {401}
    assert not ApiUse.objects.exists()


def test_counting_takes_one_statement(cast: Cast) -> None:
    caller = Caller(cast.agent)
    caller.post("queue/next/")

    with CaptureQueriesContext(connection) as queries:
        caller.post("queue/next/")

    assert sum("accounts_apiuse AS use" in query["sql"] for query in queries) == 1


def test_the_table_is_not_logged(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'accounts_apiuse'")
        assert cursor.fetchone() == ("u",)


def test_counts_that_are_over_are_forgotten(cast: Cast) -> None:
    caller = Caller(cast.agent)
    caller.get("me/")
    forget_requests()
    assert ApiUse.objects.count() == 1

    ApiUse.objects.update(window=timezone.now() - timedelta(minutes=10))
    forget_requests()
    assert not ApiUse.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_are_all_counted() -> None:
    def ask(_: int) -> int:
        try:
            return max(api_use.count(by=None, who=["b", "a"], at=NOW).values())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(40))) == list(range(1, 41))


# Wrong tokens


def test_who_guesses_tokens_is_refused_even_with_the_right_one(
    cast: Cast, clock: Any, settings: Settings
) -> None:
    settings.API_WRONG_TOKENS_PER_MINUTE = 3
    token = token_of(cast)
    assert [knock(f"guess{number}").status_code for number in range(3)] == [401] * 3

    refused(knock("guess3"), 429, "throttled")
    answer = knock(token)
    refused(answer, 429, "throttled")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert knock(token, address="192.0.2.2").status_code == 200


def test_few_wrong_tokens_do_not_matter(cast: Cast) -> None:
    assert [knock(f"guess{number}").status_code for number in range(5)] == [401] * 5

    assert knock(token_of(cast)).status_code == 200


@pytest.mark.parametrize("spelling", ["192.0.2.7", "192.0.2.7, 10.0.0.1"])
def test_nobody_hides_behind_a_header_of_their_own(cast: Cast, settings: Settings, spelling: str) -> None:
    settings.API_WRONG_TOKENS_PER_MINUTE = 3
    for number in range(3):
        knock(f"guess{number}", X_Forwarded_For=f"192.0.2.{number}")

    refused(knock(token_of(cast), X_Forwarded_For=spelling), 429)


def test_behind_the_proxy_each_visitor_counts_alone(cast: Cast, settings: Settings) -> None:
    """What the proxy appended counts, not what the visitor put before it."""
    settings.API_WRONG_TOKENS_PER_MINUTE = 3
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(3):
        knock(f"guess{number}", address="10.0.0.1", X_Forwarded_For=f"198.51.100.{number}, 192.0.2.7")
    token = token_of(cast)

    refused(knock(token, address="10.0.0.1", X_Forwarded_For="192.0.2.7"), 429)
    assert knock(token, address="10.0.0.1", X_Forwarded_For="192.0.2.8").status_code == 200
