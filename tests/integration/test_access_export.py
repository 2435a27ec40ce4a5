"""The access export: everything of one person, nothing of others, handed out once."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from customers.models import Contact
from mail.actions.delivering import deliver_batch
from privacy.actions import exporting, jobs, retaining
from privacy.models import PrivacyJob
from privacy.queries.access_export import PARTS
from privacy.rules.inventory import INVENTORY
from privacy.rules.wording import TABLE
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tests.factories.personal import ADDRESS, NAME, PHONE, SENT, SOUND, WRITTEN, make_person
from tickets.access import Denied
from tickets.actions import replying

pytestmark = pytest.mark.django_db

SECRET, OTHERS = "only-between-us-4711", "someone-elses-words"


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def person(cast: Cast) -> Contact:
    made = make_person(cast)
    ticket = made.tickets.get()
    replying.note(ticket=ticket, body=SECRET, by=cast.agent)
    make_ticket(cast.gold_customer, contact=cast.owner, body=OTHERS)
    return made


def browser_of(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def built(job: PrivacyJob) -> ZipFile:
    jobs.work_on()
    job.refresh_from_db()
    assert (job.fault, job.has_file) == ("", True)
    return ZipFile(io.BytesIO(Path(job.file.path).read_bytes()))


def job_file(job: PrivacyJob) -> str:
    job.refresh_from_db()
    return str(job.file.path)


def test_it_holds_what_the_person_wrote_and_sent_and_nothing_of_others(cast: Cast, person: Contact) -> None:
    archive = built(jobs.ask_export(contact=person, by=cast.admin))
    sent, spoken = sorted(name for name in archive.namelist() if name.startswith("files/"))
    assert set(archive.namelist()) == {"data.json", "index.html", "export.css", "data.pdf", sent, spoken}
    assert (archive.read(sent), archive.read(spoken)) == (SENT, SOUND)
    assert archive.read("data.pdf").startswith(b"%PDF")

    text = archive.read("data.json").decode()
    data = json.loads(text)
    assert data["person"][0]["name"] == NAME
    assert data["login"][0]["email"] == ADDRESS
    assert any(WRITTEN in row["text"] and row["is_own"] for row in data["messages"])
    assert any(not row["is_own"] for row in data["messages"])  # what was answered to them
    for part in ("logins", "tickets", "calls", "held_files", "consents", "approvals", "ratings", "feedback"):
        assert data[part], part
    for part in ("remote_sessions", "notices", "mutes", "rights", "audit", "exports"):
        assert data[part], part
    assert [(row["is_outgoing"], row["voicemail"]) for row in data["phone_calls"]] == [
        (True, ""),
        (False, spoken),
    ]
    assert data["phone_calls"][1]["caller"] == PHONE
    page = archive.read("index.html").decode()
    for said in (text, page):
        assert SECRET not in said
        assert OTHERS not in said
    assert "Ihre Angaben" in page
    assert "Notizen zu Telefonaten" in page
    assert "Anrufe und Voicemails" in page
    assert PHONE in page


def test_it_speaks_the_contacts_language(cast: Cast) -> None:
    person = make_contact(cast.gold_customer, NAME, language="en")
    page = built(jobs.ask_export(contact=person, by=None)).read("index.html").decode()
    assert "Your details" in page
    assert 'lang="en"' in page


def test_every_part_and_fact_has_words_and_every_export_of_the_inventory_is_a_part(
    cast: Cast, person: Contact
) -> None:
    data = json.loads(built(jobs.ask_export(contact=person, by=None)).read("data.json"))
    parts = {code for code, _gather in PARTS}
    facts = {name for code in parts for row in data[code] for name in row}
    assert {f"part.{code}" for code in parts} | {f"fact.{name}" for name in facts} <= set(TABLE)
    assert {column.export for column in INVENTORY.values()} - {""} <= parts


def test_the_person_asks_in_the_portal_is_told_and_fetches_it_once(
    cast: Cast, person: Contact, django_capture_on_commit_callbacks: Any
) -> None:
    mine, colleague = browser_of(person.user), browser_of(cast.owner.user)
    assert mine.post("/portal/privacy/export/").status_code == 302
    mine.post("/portal/privacy/export/")
    job = PrivacyJob.objects.get(is_own=True)
    assert "/portal/privacy/?fragment=export" in mine.get("/portal/privacy/").content.decode()
    jobs.work_on()
    deliver_batch()
    (letter,) = [each for each in mail.outbox if "/portal/privacy/" in str(each.body)]
    assert letter.to == [ADDRESS]

    at = f"/portal/privacy/export/{job.pk}/"
    assert at in mine.get("/portal/privacy/").content.decode()
    assert mine.get(at).status_code == 405
    assert colleague.post(at).status_code == 404
    for staff in (cast.agent, cast.lead, cast.admin):
        assert browser_of(staff).post(at).status_code == 404
    assert browser_of(cast.admin).post(f"/desk/privacy/jobs/{job.pk}/file/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        answer = mine.post(at)
        assert Path(job_file(job)).exists()  # a transaction that fails has lost nothing
    assert answer["Cache-Control"] == "private, no-store"
    assert NAME not in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "data.json" in ZipFile(io.BytesIO(content)).namelist()
    assert mine.post(at).status_code == 302  # gone: the page says so
    assert list(Path(django_settings.MEDIA_ROOT).rglob("*.zip")) == []
    assert {"export.asked", "export.built", "export.fetched"} <= set(
        AuditEntry.objects.filter(object_id=str(person.pk)).values_list("verb", flat=True)
    )


def test_only_admins_ask_for_others_and_fetch_what_the_desk_made(cast: Cast, person: Contact) -> None:
    for nobody in (cast.agent, cast.lead, cast.owner.user, person.user):
        with pytest.raises(Denied):
            jobs.ask_export(contact=person, by=nobody)
    assert cast.owner.user is not None
    with pytest.raises(Denied):
        jobs.ask_own_export(contact=person, by=cast.owner.user)
    admin = browser_of(cast.admin)
    where = admin.post(f"/desk/privacy/contacts/{person.pk}/export/")["Location"]
    jobs.work_on()
    assert "Datei abholen" in admin.get(where, headers={"accept-language": "de"}).content.decode()
    at = f"{where}file/"
    for other in (cast.lead, cast.agent, person.user):
        assert browser_of(other).post(at).status_code == 404
    answer = admin.post(at)
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_what_nobody_fetches_goes_after_the_days(cast: Cast, person: Contact, settings: Any) -> None:
    job = jobs.ask_export(contact=person, by=cast.admin)
    built(job)
    kept = timedelta(days=settings.EXPORT_DAYS)
    early, late = timezone.now() + kept - timedelta(hours=1), timezone.now() + kept + timedelta(hours=1)
    for at, is_there in ((early, True), (late, False)):
        assert retaining.sweep(at=at)
        jobs.work_on(at=at)
        assert bool(list(Path(settings.MEDIA_ROOT, "exports").glob("*.zip"))) is is_there
        PrivacyJob.objects.filter(kind="retention").delete()
    job.refresh_from_db()
    assert not job.has_file
    with pytest.raises(exporting.Gone):
        exporting.take(job=job, by=cast.admin, at=late)


def test_the_command_writes_it_to_a_new_private_file(cast: Cast, tmp_path: Path) -> None:
    person, target = make_contact(cast.gold_customer, NAME), tmp_path / "out.zip"
    call_command("export_contact", person.pk, target)
    assert "data.json" in ZipFile(target).namelist()
    assert target.stat().st_mode & 0o077 == 0
    assert not PrivacyJob.objects.exclude(file="").exists()
    for wrong in (("export_contact", 987_654, tmp_path / "b.zip"), ("export_contact", person.pk, target)):
        with pytest.raises(CommandError):
            call_command(*wrong)
