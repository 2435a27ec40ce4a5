"""Signing in and out and new passwords, as people meet them."""

import re
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, User
from mail.actions.delivering import deliver_batch
from tests.factories.cast import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
NEW_PASSWORD = "another long password"


@pytest.fixture
def anna() -> User:
    """An agent who reads German, and signs in with a password."""
    return make_user("anna", User.Role.AGENT, password=PASSWORD)


def client(language: str = "de") -> Client:
    """A browser that asks for this language."""
    return Client(headers={"Accept-Language": language})


def sign_in(browser: Client, password: str, login: str = "anna") -> str:
    """Fill the form in; what the page then says."""
    return browser.post("/accounts/login/", {"login": login, "password": password}, follow=True).text


def link_in(message: mail.EmailMessage) -> str:
    """The address of the link that was sent."""
    found = re.search(rf"{settings.SITE_URL}(/accounts/password/reset/key/\S+)", str(message.body))
    assert found
    return found[1]


def test_the_right_password_opens_the_desk_and_signing_out_closes_it(anna: User) -> None:
    browser = client()
    page = sign_in(browser, PASSWORD)
    assert "Warteschlange" in page
    assert "angemeldet" not in page
    browser.post("/accounts/logout/")
    assert browser.get("/desk/").status_code == 302


def test_the_mail_address_signs_in_as_well(anna: User) -> None:
    assert "Warteschlange" in sign_in(client(), PASSWORD, anna.email)


@pytest.mark.parametrize("login", ["anna", "nobody"])
def test_a_wrong_password_and_an_unknown_name_are_refused_alike(anna: User, login: str) -> None:
    assert "Benutzername oder Passwort stimmt nicht." in sign_in(client(), "wrong", login)
    assert "The username and/or password you specified are not correct." in sign_in(
        client("en"), "wrong", login
    )


def test_a_deactivated_person_does_not_get_in(anna: User) -> None:
    anna.is_active = False
    anna.save()
    browser = client()
    assert "Warteschlange" not in sign_in(browser, PASSWORD)
    assert browser.get("/desk/").status_code == 302


def test_nobody_makes_a_login_by_a_form_alone() -> None:
    """What signing up does instead: tests/integration/test_sign_up.py."""
    words = {"name": "Eve", "email": "eve@firm.example", "language": "de", "username": "eve"}
    answer = client().post("/accounts/signup/", {**words, "password1": PASSWORD}, follow=True)
    assert "Wenn Ihr Unternehmen unser Kunde ist" in answer.text
    assert not User.objects.filter(email="eve@firm.example").exists()


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "reauthenticate/", "login/code/confirm/"])
def test_what_the_firm_keeps_itself_has_no_page(anna: User, path: str) -> None:
    browser = client()
    browser.force_login(anna)
    assert browser.get(f"/accounts/{path}").status_code == 404


def test_a_forgotten_password_is_chosen_anew_by_mail(anna: User) -> None:
    browser = client()
    browser.post("/accounts/password/reset/", {"email": anna.email})
    deliver_batch()
    (message,) = mail.outbox
    assert message.to == [anna.email]
    assert message.subject == "Neues Passwort bei Berger IT"
    assert "Ihr Benutzername ist anna." in str(message.body)

    form = browser.get(link_in(message), follow=True)
    answer = browser.post(
        form.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True
    )

    assert "Das Passwort wurde geändert" in answer.text
    assert "Warteschlange" in sign_in(client(), NEW_PASSWORD)
    assert "Warteschlange" not in sign_in(client(), PASSWORD)
    assert AuditEntry.objects.filter(verb="user.changed", actor_id=anna.pk, object_id=str(anna.pk)).exists()


def test_a_link_for_a_new_password_works_once(anna: User) -> None:
    browser = client()
    browser.post("/accounts/password/reset/", {"email": anna.email})
    deliver_batch()
    link = link_in(mail.outbox[0])
    form = browser.get(link, follow=True)
    browser.post(form.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert "Dieser Link gilt nicht mehr" in client().get(link, follow=True).text


def test_the_mail_is_written_in_the_language_of_its_reader(anna: User) -> None:
    anna.language = "en"
    anna.save()
    client("de").post("/accounts/password/reset/", {"email": anna.email})
    deliver_batch()
    assert mail.outbox[0].subject == "New password at Berger IT"


def test_strangers_get_no_mail_and_are_told_the_same(anna: User) -> None:
    known, unknown = (
        client().post("/accounts/password/reset/", {"email": address}, follow=True).text
        for address in (anna.email, "stranger@elsewhere.example")
    )
    assert "Sehen Sie in Ihr Postfach" in known
    assert "Sehen Sie in Ihr Postfach" in unknown
    deliver_batch()
    assert len(mail.outbox) == 1


def test_one_changes_ones_own_password(anna: User) -> None:
    browser = client()
    sign_in(browser, PASSWORD)
    words = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    browser.post("/accounts/password/change/", words)
    assert "Warteschlange" in sign_in(client(), NEW_PASSWORD)
    assert browser.get("/desk/").status_code == 200
    refused = client()
    sign_in(refused, NEW_PASSWORD)
    answer = refused.post("/accounts/password/change/", {**words, "oldpassword": "wrong"})
    assert "Bitte geben Sie Ihr aktuelles Passwort ein." in answer.text


def test_browsers_find_the_icon_they_ask_for() -> None:
    answer = client().get("/favicon.ico")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/x-icon"
    answer.close()


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page() -> None:
    page = "/desk/tickets/2026-000001/?q=x"
    answer = client().post("/desk/next/", headers={"Referer": f"http://testserver{page}"})
    assert answer["Location"] == f"/accounts/login/?{urlencode({'next': page}, safe='/')}"

    foreign = client().post("/desk/next/", headers={"Referer": "https://evil.example/desk/"})
    assert foreign["Location"] == "/accounts/login/?next=/"


def test_a_dialog_asked_for_after_the_session_ended_becomes_the_sign_in_page() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/tickets/2026-000001/"}
    answer = client().get("/desk/tickets/2026-000001/solve/?fragment=dialog", headers=headers)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/accounts/login/?next=/desk/tickets/2026-000001/"


def test_every_field_of_the_password_page_has_its_own_label(anna: User) -> None:
    browser = client("en")
    sign_in(browser, PASSWORD)
    page = browser.get("/accounts/password/change/").text
    for label in ("Current Password", "New Password", "New Password (again)"):
        assert re.search(rf"<label[^>]*>{re.escape(label)}</label>", page)
