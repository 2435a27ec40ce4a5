"""Invitations and new passwords by mail: what a stranger learns, what a link can do and when no more."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as product
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import notices, users
from accounts.models import Notice, User
from mail.actions.delivering import deliver_batch
from tests.factories.cast import make_user

pytestmark = pytest.mark.django_db

PASSWORD, NEW_PASSWORD = "a long enough password", "another long password"
RESET = "/accounts/password/reset/"


@pytest.fixture
def anna() -> User:
    """An agent with a password who reads German."""
    return make_user("anna", User.Role.AGENT, password=PASSWORD)


def link_in(message: mail.EmailMessage) -> str:
    """The path of the link."""
    found = re.search(rf"{product.SITE_URL}(/accounts/password/reset/key/\S+)", str(message.body))
    assert found
    return found[1]


def link() -> str:
    """The path of the link in the one mail that goes out now."""
    mail.outbox.clear()
    deliver_batch()
    (message,) = mail.outbox
    return link_in(message)


def choose(path: str, password: str = NEW_PASSWORD) -> str:
    """Follow the link and choose a password. Returns: what the page then says."""
    browser = Client(headers={"Accept-Language": "de"})
    form = browser.get(path, follow=True)
    if not form.redirect_chain:
        return form.text
    words = {"password1": password, "password2": password}
    return browser.post(form.redirect_chain[-1][0], words, follow=True).text


def is_let_in(username: str, password: str) -> bool:
    return Client().login(username=username, password=password)


def ask(address: str) -> Any:
    return Client(headers={"Accept-Language": "de"}).post(RESET, {"email": address})


@pytest.fixture
def _unlimited(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False


def work_of(address: str) -> tuple[list[str], float]:
    """The statements that asking runs, without what they are about, and its time."""
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        answer = ask(address)
    took = time.perf_counter() - began
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/done/")
    return [re.sub(r"'[^']*'|\b\d+\b", "?", each["sql"]) for each in queries.captured_queries], took


@pytest.mark.usefixtures("_unlimited")
def test_asking_is_the_same_work_for_known_and_unknown_addresses(anna: User) -> None:
    make_user("closed", password=PASSWORD)
    User.objects.filter(username="closed").update(is_active=False)
    addresses = [anna.email, "stranger@elsewhere.example", "closed@firm.example"]

    runs = [[work_of(address) for address in addresses] for _ in range(12)]

    statements = [work for work, _took in runs[-1]]
    assert statements[0] == statements[1] == statements[2]
    assert not [each for each in statements[0] if "accounts_user" in each]
    quickest = [min(run[number][1] for run in runs) for number in range(3)]
    assert max(quickest) < 2 * min(quickest)


def test_asking_for_an_unknown_address_leaves_nothing_behind(anna: User) -> None:
    for address in ("stranger@elsewhere.example", "anna@firm.example.evil.example"):
        ask(address)
    assert Notice.objects.count() == 2

    deliver_batch()

    assert mail.outbox == []
    assert not Notice.objects.exists()


def test_nobody_fills_an_inbox_by_asking_again_and_again(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [ask(anna.email.upper() if number % 2 else anna.email).status_code for number in range(7)]
    assert answers == [302] * 5 + [429] * 2
    assert ask("other@firm.example").status_code == 302
    later = time.time() + 90
    monkeypatch.setattr(time, "time", lambda: later)
    assert ask(anna.email).status_code == 429


def test_what_a_stranger_typed_lies_in_the_database_encrypted_only(anna: User) -> None:
    ask(anna.email)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(n)::text FROM accounts_notice n")
        (row,) = (each for (each,) in cursor.fetchall())
    assert "anna" not in row


def test_what_was_typed_is_forgotten_once_it_is_known_whose_it_is(anna: User) -> None:
    ask(anna.email.upper())
    deliver_batch()
    notice = Notice.objects.get()
    assert (notice.user, notice.params, notice.address) == (anna, {}, "")


def test_the_address_counts_however_it_is_written(anna: User) -> None:
    ask("  ANNA@Firm.Example ")
    assert choose(link()).count("Das Passwort wurde geändert")
    assert is_let_in("anna", NEW_PASSWORD)


def test_the_link_is_made_for_the_mail_and_stored_nowhere(anna: User) -> None:
    ask(anna.email)
    key = link().rstrip("/").rpartition("-")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(n)::text FROM accounts_notice n")
        assert key not in str(cursor.fetchall())


def _changed_password(user: User, _settings: Any) -> None:
    users.set_password(user=user, password="a third long password", by=user)


def _changed_address(user: User, _settings: Any) -> None:
    user.email = "anna@elsewhere.example"
    users.save(user=user, by=None)


def _signed_in(user: User, _settings: Any) -> None:
    assert is_let_in(user.username, PASSWORD)


def _waited(user: User, settings: Any) -> None:
    settings.PASSWORD_RESET_TIMEOUT = -1


def _used(user: User, _settings: Any) -> None:
    ask(user.email)
    choose(link())


@pytest.mark.parametrize("event", [_changed_password, _changed_address, _signed_in, _waited, _used])
def test_a_link_dies(anna: User, settings: Any, event: Callable[[User, Any], None]) -> None:
    ask(anna.email)
    path = link()

    event(anna, settings)

    assert "Dieser Link gilt nicht mehr" in choose(path, "never chosen password")
    assert not is_let_in("anna", "never chosen password")


def test_a_link_of_somebody_deactivated_lets_nobody_in(anna: User) -> None:
    ask(anna.email)
    path = link()
    users.deactivate(user=anna, by=None)
    choose(path)
    assert not is_let_in("anna", NEW_PASSWORD)


def test_an_invited_person_chooses_a_password_and_is_in() -> None:
    carl = make_user("carl", User.Role.CONTACT)
    carl.language = "en"
    users.save(user=carl, by=None)
    notices.invite(user=carl, by=None)

    path = link()

    (message,) = mail.outbox
    assert message.subject == "Welcome to the helpdesk of Berger IT"
    assert message.to == ["carl@firm.example"]
    assert "Your user name is carl." in str(message.body)
    assert "for 3 days" in " ".join(str(message.body).split())
    assert not is_let_in("carl", NEW_PASSWORD)
    choose(path)
    assert is_let_in("carl", NEW_PASSWORD)


def test_who_was_deactivated_before_the_invitation_went_out_is_not_invited(anna: User) -> None:
    notices.invite(user=anna, by=None)
    users.deactivate(user=anna, by=None)
    deliver_batch()
    assert mail.outbox == []
    assert Notice.objects.get().error == "undelivered.inactive"


def test_nobody_gets_a_link_that_they_asked_for_the_day_before_yesterday(anna: User) -> None:
    ask(anna.email)
    Notice.objects.update(created_at=timezone.now() - timedelta(days=2))
    deliver_batch()
    assert mail.outbox == []
    assert Notice.objects.get().error == "undelivered.too_late"


def test_links_lead_to_the_configured_address_whatever_host_was_asked(anna: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://helpdesk.example.com"
    Client().post(RESET, {"email": anna.email}, headers={"Host": "evil.example"})
    deliver_batch()
    body = str(mail.outbox[0].body)
    assert "https://helpdesk.example.com/accounts/password/reset/key/" in body
    assert "evil.example" not in body
