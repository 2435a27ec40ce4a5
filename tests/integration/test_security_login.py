"""Guessing at the sign-in: every attempt counts, also many at once, and names are not given away."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from django.contrib.auth import hashers
from django.core.cache import cache
from django.db import connections
from django.test import Client
from pytest_django import Settings

from accounts.actions import users
from accounts.models import User
from tests.factories.cast import make_user

PASSWORD = "a long enough password"
PER_ACCOUNT = 5
PER_ADDRESS = 10

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return make_user("anna", password=PASSWORD)


def attempt(login: str, password: str = "wrong", address: str = "192.0.2.1", host: str = "testserver") -> str:
    """What the page says."""
    client = Client(headers={"Accept-Language": "en", "host": host})
    form = {"login": login, "password": password}
    answer = client.post("/accounts/login/", form, REMOTE_ADDR=address)
    return "in" if answer.status_code == 302 else answer.content.decode()


def is_shut_out(said: str) -> bool:
    return "Too many" in said


def addresses() -> Iterator[str]:
    """A new address for each attempt."""
    yield from (f"198.51.100.{number}" for number in range(1, 255))


@pytest.mark.parametrize("login", ["anna", "nobody", "anna@firm.example", "nobody@firm.example"])
def test_an_account_is_shut_after_so_many_attempts_from_anywhere_whether_it_exists_or_not(
    anna: User, login: str
) -> None:
    several = addresses()
    assert not any(is_shut_out(attempt(login, address=next(several))) for _ in range(PER_ACCOUNT))
    assert is_shut_out(attempt(login, address=next(several)))
    assert is_shut_out(attempt(login, PASSWORD, address=next(several)))


def test_an_address_is_shut_after_so_many_attempts_at_any_accounts(anna: User) -> None:
    assert not any(is_shut_out(attempt(f"user{number}")) for number in range(PER_ADDRESS))
    assert is_shut_out(attempt("anna", PASSWORD))
    assert attempt("anna", PASSWORD, address="192.0.2.2") == "in"


def test_writing_the_name_differently_wins_no_attempts(anna: User) -> None:
    several = addresses()
    for spelling in ("anna", "ANNA", "Anna", " anna", "anna "):
        attempt(spelling, address=next(several))
    assert is_shut_out(attempt("anna", PASSWORD, address=next(several)))


def test_another_name_of_the_host_wins_no_attempts(anna: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [".example.com"]
    several = addresses()
    for number in range(PER_ACCOUNT):
        attempt("anna", address=next(several), host=f"h{number}.example.com")
    assert is_shut_out(attempt("anna", PASSWORD, address=next(several), host="other.example.com"))


def test_a_success_in_between_wins_no_attempts(anna: User) -> None:
    make_user("eve", password=PASSWORD)
    for number in range(PER_ADDRESS):
        attempt(f"user{number}")
        if number == PER_ADDRESS // 2:
            assert attempt("eve", PASSWORD) == "in"
    assert is_shut_out(attempt("anna", PASSWORD))


def test_a_client_cannot_choose_its_address(anna: User) -> None:
    for number in range(PER_ADDRESS):
        client = Client(
            headers={"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        )
        client.post("/accounts/login/", {"login": f"user{number}", "password": "wrong"})
    client = Client(headers={"X-Forwarded-For": "203.0.113.99"})
    assert client.post("/accounts/login/", {"login": "anna", "password": PASSWORD}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_cannot_pass_the_limit() -> None:
    make_user("anna", password=PASSWORD)
    cache.clear()

    def one(address: str) -> bool:
        try:
            return not is_shut_out(attempt("anna", address=address))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as together:
        judged = list(together.map(one, [f"198.51.100.{number}" for number in range(1, 37)]))

    assert 1 <= sum(judged) <= PER_ACCOUNT
    cache.clear()


def work(login: str, password: str) -> int:
    """How often a password was hashed while somebody tried to sign in."""
    count = 0
    encode = hashers.MD5PasswordHasher.encode

    def counted(self: object, text: str, salt: str) -> str:
        nonlocal count
        count += 1
        return str(encode(self, text, salt))  # type: ignore[arg-type]

    with patch.object(hashers.MD5PasswordHasher, "encode", counted):
        attempt(login, password, address="192.0.2.77")
    cache.clear()
    return count


def test_a_known_an_unknown_and_a_closed_account_cost_the_same_work(anna: User) -> None:
    users.deactivate(user=make_user("closed", password=PASSWORD), by=None)
    unusable = make_user("invited")
    unusable.set_unusable_password()
    unusable.save()

    known = work("anna", "wrong")

    assert known > 0
    logins = ["nobody", "closed", "invited", anna.email, "nobody@firm.example", unusable.email]
    assert {login: work(login, "wrong") for login in logins} == dict.fromkeys(logins, known)


def test_what_the_page_says_is_the_same(anna: User) -> None:
    users.deactivate(user=make_user("closed", password=PASSWORD), by=None)
    said = {_without_tokens(attempt(login)).replace(login, "") for login in ("anna", "nobody", "closed")}
    assert len(said) == 1


def _without_tokens(page: str) -> str:
    return re.sub(r'(value|X-CSRFToken": )="?[A-Za-z0-9]{64}"?|"[A-Za-z0-9]{64}"', "", page)


def test_very_long_names_and_passwords_cost_nothing(anna: User) -> None:
    assert work("anna", "x" * 1_000_000) <= work("anna", "wrong")
    assert attempt("x" * 100_000, address="192.0.2.78") != "in"
    assert attempt("an\0na", address="192.0.2.78") != "in"
