"""Signing in by a link that is sent by mail: what strangers learn, what a link does and when no more."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as product
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import second_factors, users
from accounts.gateways import sign_in_links
from accounts.models import Notice, User
from mail.actions.delivering import deliver_batch
from tests.factories.cast import make_user

pytestmark = pytest.mark.django_db

ASK = "/accounts/link/"
PASSWORD = "a long enough password"


@pytest.fixture
def anna() -> User:
    """An agent who reads German."""
    return make_user("anna", User.Role.AGENT, password=PASSWORD)


def browser() -> Client:
    """A browser that asks for German."""
    return Client(headers={"Accept-Language": "de"})


def ask(address: str, **more: str) -> Any:
    return browser().post(ASK, {"email": address, **more})


def link() -> str:
    """The path of the link in the one mail that goes out now."""
    mail.outbox.clear()
    deliver_batch()
    (message,) = mail.outbox
    found = re.search(rf"{product.SITE_URL}({ASK}\S+)", str(message.body))
    assert found
    return found[1]


def link_for(user: User) -> str:
    ask(user.email)
    return link()


def is_in(client: Client) -> bool:
    return client.get("/accounts/").status_code == 200


def is_stale(answer: Any) -> bool:
    return "Dieser Link gilt nicht mehr" in answer.text


def test_the_link_signs_in_by_a_press_and_leads_to_the_page_that_was_wanted(anna: User) -> None:
    ask(anna.email, next="/desk/tickets/?q=maus")
    path = link()
    visitor = browser()

    page = visitor.get(path)
    assert "Anmelden als Anna" in page.text
    assert not is_in(visitor)

    answer = visitor.post(path)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/tickets/?q=maus")
    assert is_in(visitor)


def test_a_program_that_opens_the_link_uses_nothing_up(anna: User) -> None:
    path = link_for(anna)
    for _ in range(3):
        scanner = browser()
        assert scanner.get(path).status_code == scanner.head(path).status_code == 200
        assert not is_in(scanner)
    person = browser()
    person.post(path)
    assert is_in(person)


def test_a_link_works_once(anna: User) -> None:
    path = link_for(anna)
    assert not is_stale(browser().post(path))
    second = browser()
    assert is_stale(second.post(path))
    assert is_stale(second.get(path))
    assert not is_in(second)


def test_a_link_that_still_asks_for_the_second_factor_is_used_up_as_well(anna: User) -> None:
    second_factors.add_app(user=anna, secret="A" * 32, by=anna)
    mail.outbox.clear()
    deliver_batch()  # word of the app
    path = link_for(anna)
    person = browser()

    answer = person.post(path)

    assert answer["Location"] == "/accounts/code/"
    assert not is_in(person)
    assert is_stale(browser().post(path))


def _signed_in_otherwise(user: User) -> None:
    assert Client().login(username=user.username, password=PASSWORD)


def _other_password(user: User) -> None:
    users.set_password(user=user, password="another long password", by=user)


def _other_address(user: User) -> None:
    user.email = "anna@elsewhere.example"
    users.save(user=user, by=None)


def _deactivated(user: User) -> None:
    users.deactivate(user=user, by=None)


@pytest.mark.parametrize("event", [_signed_in_otherwise, _other_password, _other_address, _deactivated])
def test_a_link_dies(anna: User, event: Callable[[User], None]) -> None:
    path = link_for(anna)
    event(anna)
    person = browser()
    assert is_stale(person.post(path))
    assert not is_in(person)


def test_a_link_dies_after_a_quarter_of_an_hour(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    path = link_for(anna)
    for seconds, dead in ((14 * 60, False), (15 * 60 + 2, True)):
        monkeypatch.setattr(time, "time", _later(seconds))
        assert is_stale(browser().get(path)) is dead
        monkeypatch.undo()


def _later(seconds: int) -> Callable[[], float]:
    moment = timezone.now().timestamp() + seconds
    return lambda: moment


def test_a_link_that_is_not_ours_is_refused(anna: User) -> None:
    token = link_for(anna).removeprefix(ASK).rstrip("/")
    changed = token[:-1] + ("a" if token[-1] != "a" else "b")
    for other in (changed, "x", signing.dumps([anna.pk, "x"], salt="accounts.sign_in_link")):
        person = browser()
        assert is_stale(person.post(f"{ASK}{other}/"))
        assert not is_in(person)


def test_a_link_signs_in_the_one_it_was_made_for_whoever_was_signed_in(anna: User) -> None:
    path = link_for(anna)
    other = browser()
    other.force_login(make_user("eve"))
    other.post(path)
    assert "Anna" in other.get("/accounts/").text


def test_who_has_no_password_signs_in_by_link() -> None:
    carl = make_user("carl", User.Role.CONTACT)
    assert not carl.has_usable_password()
    person = browser()
    person.post(link_for(carl))
    assert "Sie haben kein Passwort" in person.get("/accounts/").text


def work_of(address: str) -> list[str]:
    """The statements that asking runs, without what they are about."""
    with CaptureQueriesContext(connection) as queries:
        answer = ask(address)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/link/sent/")
    return [re.sub(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b", "?", each["sql"]) for each in queries.captured_queries]


def test_asking_is_the_same_work_for_known_and_unknown_addresses(anna: User) -> None:
    users.deactivate(user=make_user("closed", password=PASSWORD), by=None)
    work_of("first@firm.example")  # warms what is warmed once
    works = [
        work_of(address) for address in (anna.email, "stranger@elsewhere.example", "closed@firm.example")
    ]
    assert works[0] == works[1] == works[2]
    assert not [each for each in works[0] if "accounts_user" in each]


def test_strangers_and_the_deactivated_get_no_mail_and_leave_nothing_behind(anna: User) -> None:
    users.deactivate(user=anna, by=None)
    for address in ("stranger@elsewhere.example", anna.email):
        ask(address)
    deliver_batch()
    assert mail.outbox == []
    assert not Notice.objects.exists()


def test_the_link_is_stored_nowhere_and_what_was_typed_is_forgotten(anna: User) -> None:
    ask(f"  {anna.email.upper()} ")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(n)::text FROM accounts_notice n")
        assert "anna" not in str(cursor.fetchall()).lower()
    token = link().removeprefix(ASK).rstrip("/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(n)::text FROM accounts_notice n")
        assert token not in str(cursor.fetchall())
    assert "asked_for" not in Notice.objects.get().params


def test_nobody_gets_a_link_that_they_asked_for_hours_ago(anna: User) -> None:
    ask(anna.email)
    Notice.objects.update(created_at=timezone.now() - timedelta(hours=2))
    deliver_batch()
    assert mail.outbox == []
    assert Notice.objects.get().error == "undelivered.too_late"


def test_nobody_fills_an_inbox_by_asking_again_and_again(anna: User) -> None:
    answers = [ask(anna.email.upper() if number % 2 else anna.email).status_code for number in range(7)]
    assert answers == [302] * 5 + [429] * 2
    assert ask("other@firm.example").status_code == 302
    assert "Zu viele Versuche" in ask(anna.email).text


def test_links_lead_to_the_configured_address_and_to_no_foreign_page(anna: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    browser().post(
        ASK, {"email": anna.email, "next": "https://evil.example/"}, headers={"Host": "evil.example"}
    )
    path = link()
    assert "evil" not in str(mail.outbox[0].body)
    assert browser().post(f"{path}?next=https://evil.example/")["Location"] == "/"


def test_two_presses_at_once_sign_in_once(anna: User) -> None:
    token = link_for(anna).removeprefix(ASK).rstrip("/")
    assert [sign_in_links.spend(token) for _ in range(2)] == [True, False]
