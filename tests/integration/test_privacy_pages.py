"""The pages of data protection: at the desk for admins, in the portal for the person."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from customers.models import Contact
from privacy.actions import jobs
from privacy.models import LegalHold, PrivacyJob, RetentionRule
from privacy.queries.retention import rules_now
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def person(cast: Cast) -> Contact:
    made = make_contact(cast.gold_customer, "Anna Beispiel", email="anna@a.example")
    make_ticket(cast.gold_customer, contact=made, body="Anna Beispiel hat eine Frage")
    return made


def browser_of(user: User | None) -> Client:
    assert user is not None
    client = Client(headers={"accept-language": "de"})
    client.force_login(user)
    return client


def shown(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


def test_an_admin_finds_previews_and_erases_after_typing_the_name(cast: Cast, person: Contact) -> None:
    admin, at = browser_of(cast.admin), f"/desk/privacy/contacts/{person.pk}/"
    assert at in shown(admin.get("/desk/privacy/?q=beispiel"))
    assert "Niemand gefunden" in shown(admin.get("/desk/privacy/?q=gibt-es-nicht"))
    assert "Vorschau und Löschung" in shown(admin.get(at))
    assert AuditEntry.objects.filter(verb="contact.seen", object_id=str(person.pk)).exists()
    preview = shown(admin.get(f"{at}erase/"))
    for said in (
        "Das wird gelöscht",
        "Hier wird der Name ersetzt",
        "Das bleibt, und warum",
        "anna@a.example",
    ):
        assert said in preview

    for typed in ("", "anna beispiel", "Anna"):
        refused = shown(admin.post(f"{at}erase/", {"name": typed, "parts": ["files"]}), 422)
        assert 'value="files"' in refused
    assert not PrivacyJob.objects.exists()
    where = admin.post(f"{at}erase/", {"name": "Anna Beispiel", "parts": ["bodies"]})["Location"]
    assert PrivacyJob.objects.get().choices == {"parts": ["bodies"]}
    waiting = shown(admin.get(f"{where}?fragment=progress"))
    assert "hx-get" in waiting
    assert "<html" not in waiting
    assert "Noch einmal nachsehen" in waiting or "Look again" in waiting or f'href="{where}"' in waiting


def test_a_hold_stands_on_the_page_and_refuses_the_erasure(cast: Cast, person: Contact) -> None:
    admin, at = browser_of(cast.admin), f"/desk/privacy/contacts/{person.pk}/"
    shown(admin.post(f"{at}hold/", {"reason": ""}), 422)
    admin.post(f"{at}hold/", {"reason": "Rechtsstreit 12 O 345/26"})
    assert "Rechtsstreit 12 O 345/26" in shown(admin.get(at))
    assert "Rechtsstreit 12 O 345/26" in shown(admin.get("/desk/privacy/"))
    refused = shown(admin.post(f"{at}erase/", {"name": "Anna Beispiel"}), 422)
    assert "Aufbewahrungssperre" in refused
    admin.post(f"{at}hold/", {"verb": "release"})
    assert LegalHold.objects.get().ended_at is not None


def test_rules_are_saved_together_and_a_dry_run_is_shown_as_one(cast: Cast) -> None:
    admin = browser_of(cast.admin)
    sent: dict[str, Any] = {f"{rule.kind.code}-days": rule.days for rule in rules_now()}
    sent |= {f"{rule.kind.code}-is_active": "on" for rule in rules_now() if rule.is_active}
    wrong = shown(admin.post("/desk/privacy/retention/", {**sent, "mail_log-days": 1}), 422)
    assert "Mindestens 14." in wrong
    assert not RetentionRule.objects.exists()
    admin.post("/desk/privacy/retention/", {**sent, "messages-days": 400, "messages-is_active": "on"})
    rule = RetentionRule.objects.get()
    assert (rule.kind, rule.days, rule.is_active) == ("messages", 400, True)
    where = admin.post("/desk/privacy/retention/run/", {"how": "dry"})["Location"]
    jobs.work_on()
    assert "Probelauf" in shown(admin.get(where))
    assert PrivacyJob.objects.get().is_dry_run


def test_a_contact_asks_for_correction_and_it_becomes_a_ticket(cast: Cast) -> None:
    mine = browser_of(cast.owner.user)
    page = shown(mine.get("/portal/privacy/"))
    assert cast.owner.email in page
    assert "/portal/privacy/" in shown(mine.get("/accounts/"))
    shown(mine.post("/portal/privacy/ask/", {"kind": "rectification", "text": ""}), 422)
    where = mine.post("/portal/privacy/ask/", {"kind": "rectification", "text": "Huber mit zwei b"})[
        "Location"
    ]
    ticket = Ticket.objects.get(contact=cast.owner)
    assert ticket.number in where
    assert ticket.messages.get().body == "Huber mit zwei b"
    assert ticket.subject == "Berichtigung meiner Daten"
