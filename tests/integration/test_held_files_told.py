"""Whoever sends a log that is held is told in plain words, before and after; agents see that it is held."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Notice, User
from customers.models import Contact
from lib.log_likeness import CODES
from lib.nameless_uploads import NamelessUploadHandler
from mail.actions import delivering
from tests.factories.calling import Caller, path_of, refused
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.gates import end_dpa, make_dpa
from tickets.actions import gate_sweeping, releasing, replying
from tickets.models import HeldFile, Ticket
from tickets.rules.held_wording import WHAT

pytestmark = pytest.mark.django_db

NAME = "kasse-nordwest.log"
LOG = "".join(
    f"2026-11-23 05:56:{n:02},123 INFO [main] com.example.Shop - order {n} stored\n" for n in range(40)
)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner)


def speak(language: str) -> None:
    User.objects.update(language=language)
    Contact.objects.update(language=language)


def browser(user: User | None, language: str = "en") -> Client:
    assert user is not None
    client = Client(headers={"Accept-Language": language})
    client.force_login(user, BACKEND)
    return client


def log_file() -> SimpleUploadedFile:
    return SimpleUploadedFile(NAME, LOG.encode())


def page(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


WORDS = {
    "en": {
        "title": "Held back unread",
        "reason": "you have no DPA with us",
        "way": "ask us for a DPA",
        "own": "Describe in your own words what happens",
        "cut": "[Here were 40 lines of pasted text that looks like a log file.",
        "hint": "we may not read yet",
        "filed": "A part of your message looks like a log file",
        "desk": "Nobody can open it until then",
        "subject": "Held back unread: files for ticket",
    },
    "de": {
        "title": "Ungelesen zurückgehalten",
        "reason": "Sie haben keinen AV-Vertrag mit uns",
        "way": "AV-Vertrag",
        "own": "Beschreiben Sie mit eigenen Worten, was geschieht",
        "cut": "[Hier standen 40 Zeilen eingefügter Text, der wie eine Logdatei aussieht.",
        "hint": "dürfen wir noch nicht lesen",
        "filed": "Ein Teil Ihrer Nachricht sieht wie eine Logdatei aus",
        "desk": "Bis dahin kann sie niemand öffnen",
        "subject": "Ungelesen zurückgehalten: Dateien zu Ticket",
    },
}


def test_the_sender_is_told_on_the_pages_and_by_mail(
    cast: Cast,
    language: str,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    speak(language)
    words, client = WORDS[language], browser(cast.owner.user, language)
    assert words["hint"] in page(client, "/portal/new/")
    sent: dict[str, Any] = {"subject": "It hangs", "body": f"Hier:\n{LOG}", "severity": "3"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/portal/new/", {**sent, "attachments": log_file()})
        delivering.deliver()
    ticket = Ticket.objects.get()

    assert words["filed"] in page(client, f"/portal/tickets/{ticket.number}/filed/")
    shown = page(client, f"/portal/tickets/{ticket.number}/")
    for key in ("title", "reason", "way", "own", "cut"):
        assert words[key] in shown, key
    (letter,) = [one for one in mail.outbox if words["subject"] in one.subject]
    assert letter.to == [cast.owner.email]
    assert words["reason"] in letter.body
    assert NAME not in letter.body + shown


def test_agents_see_that_it_is_held_and_neither_its_name_nor_a_link(
    cast: Cast, ticket: Ticket, language: str
) -> None:
    speak(language)
    words = WORDS[language]
    replying.customer_reply(
        ticket=ticket, contact=cast.owner, by=cast.owner.user, body="See", files=[log_file()]
    )

    shown = page(browser(cast.agent, language), f"/desk/tickets/{ticket.number}/")
    assert words["title"] in shown
    assert words["desk"] in shown
    assert NAME not in shown
    assert HeldFile.objects.get().key not in shown


def test_where_the_gate_is_open_nobody_is_warned(cast: Cast, ticket: Ticket) -> None:
    speak("en")
    make_dpa(cast.gold_customer)
    replying.customer_reply(
        ticket=ticket, contact=cast.owner, by=cast.owner.user, body="See", files=[log_file()]
    )

    for path in ("/portal/new/", f"/portal/tickets/{ticket.number}/"):
        shown = page(browser(cast.owner.user), path)
        assert WORDS["en"]["hint"] not in shown
        assert WORDS["en"]["title"] not in shown
    assert NAME in page(browser(cast.owner.user), f"/portal/tickets/{ticket.number}/")


def test_a_note_that_is_held_is_not_told_to_the_customer(cast: Cast, ticket: Ticket) -> None:
    speak("en")
    replying.note(ticket=ticket, body="See", by=cast.agent, files=[log_file()])

    assert HeldFile.objects.held().count() == 1
    assert WORDS["en"]["title"] not in page(browser(cast.owner.user), f"/portal/tickets/{ticket.number}/")
    assert WORDS["en"]["title"] in page(browser(cast.agent), f"/desk/tickets/{ticket.number}/")
    assert not Notice.objects.filter(kind="file_held").exists()


def test_a_burst_of_logs_is_told_once_an_hour_and_nobody_who_is_gone(cast: Cast, ticket: Ticket) -> None:
    for _ in range(3):
        replying.customer_reply(
            ticket=ticket, contact=cast.owner, by=cast.owner.user, body="See", files=[log_file()]
        )
    assert Notice.objects.filter(kind="file_held").count() == 1

    make_dpa(cast.gold_customer)
    releasing.release(held=HeldFile.objects.earliest("pk"), by=None)
    delivering.deliver()
    assert not [one for one in mail.outbox if NAME in str(one.message())]
    assert not Notice.objects.filter(kind="file_held", sent_at=None, failed_at=None).exists()


def test_the_api_answers_what_is_held_and_until_when(cast: Cast, ticket: Ticket) -> None:
    caller = Caller(cast.owner)
    answer = caller.upload(path_of(ticket, "attachments/"), file=log_file(), body="See")
    assert answer.status_code == 202
    told = answer.json()
    held = HeldFile.objects.get()
    assert held.delete_at is not None
    (one,) = told["held"]
    assert (one["kind"], one["deleted_at"]) == ("file", None)
    assert one["delete_at"] == timezone.localtime(held.delete_at).isoformat()
    assert [reason["code"] for reason in one["reasons"]] == ["name", "log_lines"]
    assert told["ways"]
    assert "DPA" in told["reason"]

    make_dpa(cast.gold_customer)
    releasing.release(held=held, by=None)
    (message,) = [
        one for one in caller.get(path_of(ticket, "messages/")).json()["results"] if one["attachments"]
    ]
    assert message["held"] == []
    assert message["attachments"][0]["name"] == NAME


def test_an_answer_that_is_repeated_is_the_same_and_nothing_is_held_twice(cast: Cast, ticket: Ticket) -> None:
    caller, headers = Caller(cast.owner), {"Idempotency-Key": "once"}
    path = path_of(ticket, "attachments/")
    first = caller.upload(path, headers, file=log_file(), body="See")
    again = caller.upload(path, headers, file=log_file(), body="See")

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert HeldFile.objects.count() == 1


def test_an_answer_that_names_a_file_held_again_is_not_repeated(cast: Cast, ticket: Ticket) -> None:
    """Nor is what it answered done twice; other answers are still given."""
    dpa = make_dpa(cast.gold_customer)
    caller, headers = Caller(cast.owner), {"Idempotency-Key": "once"}
    path, other = path_of(ticket, "attachments/"), {"Idempotency-Key": "other"}
    first = caller.upload(path, headers, file=log_file(), body="See")
    assert (first.status_code, NAME in first.content.decode()) == (201, True)
    plain = caller.upload(path, other, file=SimpleUploadedFile("a.txt", b"Guten Tag"), body="See")
    assert caller.upload(path, headers, file=log_file(), body="See").content == first.content

    end_dpa(dpa, timezone.now())
    gate_sweeping.sweep_gates()

    assert HeldFile.objects.get().is_held
    again = caller.upload(path, headers, file=log_file(), body="See")
    assert NAME not in again.content.decode()
    refused(again, 409, "answer_unreadable")
    assert HeldFile.objects.count() == 1
    repeated = caller.upload(path, other, file=SimpleUploadedFile("a.txt", b"Guten Tag"), body="See")
    assert repeated.content == plain.content


def test_every_code_has_words() -> None:
    assert {f"held.{code}" for code in CODES} == set(WHAT)


def test_a_large_upload_has_no_name_on_the_disk_while_it_comes_in(
    settings: Settings, tmp_path: Path, cast: Cast, ticket: Ticket
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100
    handler = NamelessUploadHandler()
    handler.new_file("attachments", NAME, "text/plain", None)
    handler.receive_data_chunk(LOG.encode(), 0)
    assert list(tmp_path.iterdir()) == []
    file = handler.file_complete(len(LOG))
    assert (file.read(), file.size, file.name) == (LOG.encode(), len(LOG), NAME)
    file.close()

    path = f"/portal/tickets/{ticket.number}/reply/"
    browser(cast.owner.user).post(path, {"body": "See", "attachments": log_file()})
    assert HeldFile.objects.get().size == len(LOG)
    assert [one.name for one in tmp_path.iterdir()] == ["files"]
