"""Guessing passwords ends soon, however many processes answer."""

import pytest
from django.db import connection
from django.test import Client

from tests.factories.cast import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"


def attempt(password: str, login: str = "anna", address: str = "192.0.2.1") -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    browser.post("/accounts/login/", {"login": login, "password": password}, REMOTE_ADDR=address)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/").headers.get("Location") == "/desk/"


def test_after_too_many_wrong_passwords_the_right_one_is_refused() -> None:
    make_user("anna", password=PASSWORD)
    for _ in range(6):
        attempt("wrong")

    assert not is_in(attempt(PASSWORD))


def test_few_wrong_passwords_do_not_matter() -> None:
    make_user("anna", password=PASSWORD)
    for _ in range(3):
        attempt("wrong")

    assert is_in(attempt(PASSWORD))


def test_one_who_guesses_does_not_shut_out_others() -> None:
    make_user("anna", password=PASSWORD)
    for _ in range(12):
        attempt("wrong", login="nobody")

    assert is_in(attempt(PASSWORD, address="192.0.2.2"))


def test_attempts_are_rows_which_all_processes_share() -> None:
    make_user("anna", password=PASSWORD)
    attempt("wrong")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_throttle")
        assert cursor.fetchone()[0] > 0
