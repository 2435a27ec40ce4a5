"""The company's page in the administration: its name, and whether its mail arrives."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import company as company_actions
from accounts.models import AuditEntry, Company, Notice, User
from accounts.queries.company import memory
from tests.factories.cast import PASSWORD, make_user

pytestmark = pytest.mark.django_db

CHANGE = "/admin/accounts/company/1/change/"


@pytest.fixture(autouse=True)
def _nordwind(_firm: None) -> None:
    """A firm that is set up."""
    company_actions.save(company=Company(name="Nordwind", language="en"), by=None)


def admin(language: str = "en", **fields: str) -> Client:
    """An admin's browser."""
    user = make_user("", User.Role.ADMIN, password=PASSWORD)
    User.objects.filter(pk=user.pk).update(**fields)
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    return client


def test_the_list_leads_to_the_one_there_is_and_no_second_can_be_added() -> None:
    client = admin()
    assert client.get("/admin/accounts/company/").headers["Location"] == CHANGE
    assert client.get("/admin/accounts/company/add/").status_code == 403
    assert client.post("/admin/accounts/company/1/delete/", {"post": "yes"}).status_code == 403


def test_where_there_is_none_it_can_be_added() -> None:
    Company.objects.all().delete()
    client = admin()
    assert client.get("/admin/accounts/company/").headers["Location"] == "/admin/accounts/company/add/"
    client.post("/admin/accounts/company/add/", {"name": "Südwind", "language": "de"})
    assert (Company.objects.get().pk, Company.objects.get().name) == (1, "Südwind")


def test_a_new_name_is_shown_everywhere_and_stands_in_the_audit_trail() -> None:
    client = admin()
    assert client.post(CHANGE, {"name": "Ostwind", "language": "de"}).status_code == 302

    assert "Ostwind" in Client().get("/accounts/login/").text
    assert "Ostwind" in client.get("/admin/").text
    assert "Nordwind" not in client.get("/admin/").text
    assert AuditEntry.objects.filter(verb="company.changed", personal__object_label="Ostwind").count() == 1


def test_a_name_of_nothing_is_refused() -> None:
    assert "This field is required." in admin().post(CHANGE, {"name": " ", "language": "de"}).text
    assert Company.objects.get().name == "Nordwind"


@pytest.mark.parametrize("role", [User.Role.CONTACT, User.Role.AGENT, User.Role.LEAD])
def test_nobody_else_finds_the_page(role: User.Role) -> None:
    client = Client()
    client.force_login(make_user("", role))
    assert client.get(CHANGE).status_code == 404
    assert client.post(CHANGE, {"name": "Mine", "language": "de"}).status_code == 404
    assert Company.objects.get().name == "Nordwind"


def test_a_trial_mail_goes_to_whoever_asks_and_its_outcome_stands_on_the_page() -> None:
    client = admin(email="stefan@nordwind.example")
    assert "none yet" in client.get(CHANGE).text
    answer = client.post(CHANGE, {"name": "Nordwind", "language": "en", "send_trial": "1"}, follow=True)
    assert "The trial mail is on its way to stefan@nordwind.example." in answer.text
    assert (Notice.objects.get().kind, Notice.objects.get().address) == (
        "mail_test",
        "stefan@nordwind.example",
    )
    assert "waiting to be sent to stefan@nordwind.example" in client.get(CHANGE).text

    Notice.objects.update(attempts=2, error="450 4.2.0 Greylisted")
    assert "waiting for the next attempt to stefan@nordwind.example: 450" in client.get(CHANGE).text
    Notice.objects.update(next_attempt_at=None, failed_at=timezone.now(), error="550 5.1.1 Unknown")
    page = client.get(CHANGE).text
    assert "given up" in page
    assert "550 5.1.1 Unknown" in page
    Notice.objects.update(failed_at=None, sent_at=timezone.now())
    page = client.get(CHANGE).text
    assert "sent 0" in page or "sent 1" in page or "sent 2" in page or "sent 3" in page
    assert "550" not in page


def test_saving_alone_sends_nothing() -> None:
    admin().post(CHANGE, {"name": "Nordwind", "language": "en"})
    assert not Notice.objects.exists()


def test_without_an_address_of_their_own_nobody_sends_one() -> None:
    client = admin(email="")
    answer = client.post(CHANGE, {"name": "Nordwind", "language": "en", "send_trial": "1"}, follow=True)
    assert "To send one you need an e-mail address of your own." in answer.text
    assert not Notice.objects.exists()


def test_the_page_names_the_mail_server_but_not_its_password(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.nordwind.example", 465
    settings.EMAIL_HOST_PASSWORD, settings.EMAIL_USE_SSL = "do-not-show-this", True
    page = admin().get(CHANGE).text
    assert "mail.nordwind.example:465 (TLS)" in page
    assert "do-not-show-this" not in page


def test_an_error_page_shows_the_last_known_name_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django.db import OperationalError

    from accounts.queries import company

    assert company.company_name() == "Nordwind"

    def away(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(memory, "_holds_until", 0.0)
    monkeypatch.setattr(company, "_read", away)
    assert company.company_name() == "Nordwind"
    memory.forget()
    assert company.company_name() == "Vorrang"
