"""What comes beside a password: an app's codes, recovery codes, passkeys; who is told."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import Fernet
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.actions import second_factors
from accounts.models import AuditEntry, Notice, User
from accounts.queries.second_factors import factors_of, unused_codes
from mail.actions.delivering import deliver_batch
from tests.factories.cast import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WRONG = "Der Code stimmt nicht"


@pytest.fixture
def anna() -> User:
    """An agent who signs in with a password."""
    return make_user("anna", User.Role.AGENT, password=PASSWORD)


def code(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows, or showed some half minutes ago."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def with_password(user: User) -> Client:
    """A browser in which somebody has entered their password."""
    browser = Client(headers={"Accept-Language": "de"})
    browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    return browser


def enter(browser: Client, entered: str) -> str:
    return browser.post("/accounts/code/", {"code": entered}, follow=True).text


def is_in(browser: Client) -> bool:
    return browser.get("/accounts/").status_code == 200


def letters() -> list[str]:
    """The mails that go out now, as text."""
    mail.outbox.clear()
    deliver_batch()
    return [str(message.body) for message in mail.outbox]


def add_passkey(user: User, name: str = "Laptop") -> Authenticator:
    """A passkey as far as its owner sees it; only a browser can make a real one (tests/browser)."""
    second_factors.add_passkey(user=user, name=name, credential={}, by=user)
    return Authenticator.objects.get(user=user, type="webauthn", data__name=name)


def verbs_of(user: User) -> list[str]:
    return list(
        AuditEntry.objects.filter(object_id=str(user.pk), verb__startswith="second_factor.")
        .order_by("pk")
        .values_list("verb", flat=True)
    )


# The app


def test_an_app_is_set_up_by_its_first_code_and_asked_for_from_then_on(anna: User) -> None:
    browser = with_password(anna)
    page = browser.get("/accounts/app/")
    secret = browser.session["mfa.totp.secret"]
    assert "data:image/svg+xml" in page.text
    assert " ".join(secret[at : at + 4] for at in range(0, 32, 4)) in page.text

    assert WRONG in browser.post("/accounts/app/", {"code": "000000"}).text
    assert not factors_of(anna).has_any
    answer = browser.post("/accounts/app/", {"code": code(secret)}, follow=True)

    assert "Wiederherstellungscodes" in answer.text
    assert factors_of(anna).codes_left == 10
    assert verbs_of(anna) == ["second_factor.app_added"]
    (letter,) = letters()
    assert "eine Authenticator-App eingerichtet" in letter
    assert "mfa.totp.secret" not in browser.session
    assert not is_in(with_password(anna))


def test_a_code_of_the_app_lets_in_and_no_other(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    browser = with_password(anna)
    assert not is_in(browser)
    assert browser.get("/desk/").status_code == 302
    assert WRONG in enter(browser, "000000")
    assert not is_in(browser)
    enter(browser, code())
    assert is_in(browser)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_go_wrong_by_half_a_minute_and_no_code_works_twice(anna: User, steps: int) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    shown = code(steps=steps)
    first, second = with_password(anna), with_password(anna)
    enter(first, shown)
    assert is_in(first)
    assert WRONG in enter(second, f"{shown[:3]} {shown[3:]}")
    assert not is_in(second)


def test_a_used_code_stays_used_for_as_long_as_it_would_work(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    shown = code(steps=1)
    enter(with_password(anna), shown)
    later = time.time() + 31
    monkeypatch.setattr(time, "time", lambda: later)
    assert shown == code()
    browser = with_password(anna)
    assert WRONG in enter(browser, shown)
    assert not is_in(browser)


def test_an_old_code_does_not_let_in(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    browser = with_password(anna)
    enter(browser, code(steps=-3))
    assert not is_in(browser)


def test_guessing_codes_ends_soon_from_wherever_it_is_tried(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    for _ in range(5):
        assert WRONG in enter(with_password(anna), "000000")
    browser = with_password(anna)
    assert "Zu viele" in enter(browser, code())
    assert not is_in(browser)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_throttle WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] > 0


def test_the_second_step_is_no_way_past_the_first(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    stranger = Client()
    answer = stranger.post("/accounts/code/", {"code": code()})
    assert answer["Location"] == "/accounts/login/"
    assert not is_in(stranger)


def test_the_app_is_removed_after_asking_and_the_codes_with_it(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    browser = with_password(anna)
    enter(browser, code())
    letters()
    assert "letzter zweiter Faktor" in browser.get("/accounts/app/remove/").text
    assert factors_of(anna).has_any
    browser.post("/accounts/app/remove/")
    assert not Authenticator.objects.filter(user=anna).exists()
    assert verbs_of(anna)[-1] == "second_factor.app_removed"
    (letter,) = letters()
    assert "die Authenticator-App Ihres Kontos wurde entfernt" in letter
    assert is_in(with_password(anna))


# Recovery codes


def test_a_recovery_code_lets_in_once(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    codes = unused_codes(anna)
    assert codes is not None
    first, second = with_password(anna), with_password(anna)
    enter(first, f"{codes[0][:4]} {codes[0][4:]}")
    assert is_in(first)
    assert factors_of(anna).codes_left == 9
    assert WRONG in enter(second, codes[0])
    assert not is_in(second)
    enter(second, codes[1])
    assert is_in(second)


def test_the_codes_are_shown_saved_and_made_anew(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    browser = with_password(anna)
    enter(browser, code())
    codes = unused_codes(anna)
    assert codes is not None
    page = browser.get("/accounts/codes/").text
    file = browser.get("/accounts/codes/file/")
    assert all(f"{each[:4]} {each[4:]}" in page for each in codes)
    assert len(file.text.split("\n")) == 11
    assert file["Content-Disposition"].startswith("attachment")
    assert "no-store" in file["Cache-Control"]

    browser.post("/accounts/codes/")

    assert not set(codes) & set(unused_codes(anna) or ())
    assert verbs_of(anna)[-1] == "second_factor.codes_renewed"
    refused = with_password(anna)
    enter(refused, codes[0])
    assert not is_in(refused)


def test_without_a_second_factor_there_are_no_codes(anna: User) -> None:
    browser = with_password(anna)
    assert browser.post("/accounts/codes/")["Location"] == "/accounts/"
    assert browser.get("/accounts/codes/file/").status_code == 404
    with pytest.raises(second_factors.NothingToProtect):
        second_factors.renew_codes(user=anna, by=anna)


# Passkeys


def test_ones_own_passkeys_are_renamed_and_removed_and_nobody_elses(anna: User) -> None:
    eve = make_user("eve", password=PASSWORD)
    foreign = add_passkey(eve, "Eves Telefon")
    browser = with_password(anna)
    for action in ("", "remove/"):
        path = f"/accounts/passkeys/{foreign.pk}/{action}"
        assert browser.get(path).status_code == browser.post(path, {"name": "mine"}).status_code == 404
    assert factors_of(eve).passkeys[0].name == "Eves Telefon"

    own = add_passkey(anna)
    browser.post(f"/accounts/passkeys/{own.pk}/", {"name": "Büro"})
    page = browser.get("/accounts/").text
    assert "Büro" in page
    assert "Eves" not in page
    browser.post(f"/accounts/passkeys/{own.pk}/remove/")
    assert not factors_of(anna).has_any
    assert verbs_of(anna) == [f"second_factor.passkey_{what}" for what in ("added", "renamed", "removed")]
    assert "wurde ein Passkey entfernt" in "".join(letters())


@pytest.mark.parametrize("credential", ["", "{}", "[]", "7", '"x"', '{"id": "x", "response": {}}'])
def test_a_passkey_that_is_none_is_refused(anna: User, credential: str) -> None:
    browser = with_password(anna)
    browser.get("/accounts/passkeys/add/")
    assert browser.post("/accounts/passkeys/add/", {"credential": credential}).status_code == 200
    assert not factors_of(anna).has_any
    stranger = Client()
    stranger.get("/accounts/passkey/", headers={"Accept": "application/json"})
    assert stranger.post("/accounts/passkey/", {"credential": credential})["Location"] == "/accounts/login/"
    assert not is_in(stranger)


def test_a_passkey_counts_as_a_second_factor(anna: User) -> None:
    add_passkey(anna)
    assert not is_in(with_password(anna))


# Showing once more who one is


CHANGING = ("app/", "app/remove/", "passkeys/add/", "codes/", "codes/file/", "passkeys/{passkey}/remove/")
"""Pages below /accounts/."""


@pytest.mark.parametrize("page", CHANGING)
def test_who_signed_in_long_ago_shows_once_more_who_they_are(anna: User, page: str) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    passkey = add_passkey(anna) if "{" in page else None
    browser = Client(headers={"Accept-Language": "de"})
    browser.force_login(anna)
    path = f"/accounts/{page.format(passkey=passkey and passkey.pk)}"
    for answer in (browser.get(path), browser.post(path)):
        assert answer.status_code in {302, 405}
        assert answer.status_code == 405 or answer["Location"].startswith("/accounts/confirm/?next=")

    confirm = f"/accounts/confirm/?next={path}"
    assert "Das Passwort stimmt nicht" in browser.post(confirm, {"password": "wrong"}).text
    assert browser.get(path).status_code == 302
    browser.post(confirm, {"password": PASSWORD})
    assert browser.get(path, follow=True).status_code == 200
    assert verbs_of(anna) == [
        "second_factor.app_added",
        *(["second_factor.passkey_added"] if passkey else []),
    ]


def test_a_code_of_the_app_shows_it_too(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    browser = Client(headers={"Accept-Language": "de"})
    browser.force_login(anna)
    assert "Mit einem Code" in browser.get("/accounts/confirm/").text
    assert WRONG in browser.post("/accounts/confirm/code/?next=/accounts/codes/", {"code": "000000"}).text
    answer = browser.post("/accounts/confirm/code/?next=/accounts/codes/", {"code": code()})
    assert answer["Location"] == "/accounts/codes/"
    assert browser.get("/accounts/codes/").status_code == 200


# Secrets


def test_secrets_lie_sealed_and_follow_the_keys(anna: User, settings: Any) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    codes = unused_codes(anna)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *old]
    call_command("rotate_keys", stdout=(lines := _Lines()))
    assert "mfa.Authenticator.data: 2 rotated, 0 current already" in lines.text

    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert unused_codes(anna) == codes
    browser = with_password(anna)
    enter(browser, code())
    assert is_in(browser)


def test_without_the_key_a_code_is_refused_and_nothing_breaks(anna: User, settings: Any) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    browser = with_password(anna)
    assert WRONG in enter(browser, code())
    assert not is_in(browser)


class _Lines:
    """Keeps what a command writes."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


# Lost


def page_of(user: User) -> str:
    return f"/admin/accounts/user/{user.pk}/change/"


def fields(user: User, **more: str) -> dict[str, str]:
    kept = {"username": user.username, "first_name": user.first_name, "email": user.email, "role": user.role}
    return {
        **kept,
        "is_active": "on",
        "is_on_duty": "on",
        "last_name": "",
        "language": "",
        "new_password": "",
        **more,
    }


def test_an_admin_takes_lost_factors_away_after_being_asked(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    add_passkey(anna)
    letters()
    admin = make_user("admin", User.Role.ADMIN)
    browser = Client(headers={"Accept-Language": "de"})
    browser.force_login(admin)
    assert "remove_factors" in browser.get(page_of(anna)).text

    asked = browser.post(page_of(anna), fields(anna, remove_factors="1"))
    assert "Zweite Faktoren von Anna entfernen" in asked.text
    assert factors_of(anna).has_any

    browser.post(page_of(anna), fields(anna, remove_factors="1", _confirmed="factorsFalse"))
    assert not Authenticator.objects.filter(user=anna).exists()
    entry = AuditEntry.objects.get(verb="second_factor.all_removed")
    assert (entry.actor_id, entry.object_id) == (admin.pk, str(anna.pk))
    (letter,) = letters()
    assert "die Administration hat Ihre Authenticator-App" in letter
    assert is_in(with_password(anna))
    assert "remove_factors" not in browser.get(page_of(anna)).text


def test_nobody_else_takes_them_away(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    for role in (User.Role.CONTACT, User.Role.AGENT, User.Role.LEAD):
        browser = Client()
        browser.force_login(make_user("", role))
        sent = fields(anna, remove_factors="1", _confirmed="factorsFalse")
        assert browser.post(page_of(anna), sent).status_code in {302, 404}
    assert factors_of(anna).has_any


def test_who_has_no_address_is_not_written_to(anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(email="")
    anna.refresh_from_db()
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    assert not Notice.objects.exists()


def test_an_app_is_not_replaced_behind_ones_back(anna: User) -> None:
    second_factors.add_app(user=anna, secret=SECRET, by=anna)
    with pytest.raises(second_factors.AppExists):
        second_factors.add_app(user=anna, secret="B" * 32, by=anna)


def test_a_new_password_is_told_and_a_first_one_is_not(anna: User) -> None:
    browser = with_password(anna)
    words = {"oldpassword": PASSWORD, "password1": "another long word", "password2": "another long word"}
    assert browser.post("/accounts/password/change/", words)["Location"] == "/accounts/"
    (letter,) = letters()
    assert "das Passwort Ihres Kontos wurde geändert" in letter
    from accounts.actions import users

    users.set_password(user=make_user("new"), password="a quite new word", by=None)
    assert letters() == []
