"""Messages and files over the API, and what of them is not for customers."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from lib.downloads import signed
from tests.factories.calling import Caller, path_of, refused, rows
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import progressing, replying
from tickets.models import Attachment, Message
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_agents_reply_and_note_and_customers_read_replies_only(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, body="first")
    caller = Caller(cast.agent)
    reply = caller.post(path_of(ticket, "messages/"), {"body": "Try again."})
    note = caller.post(path_of(ticket, "messages/"), {"body": "He never reads.", "internal": True})
    assert (reply.status_code, note.status_code) == (201, 201)
    assert (reply.json()["internal"], note.json()["internal"]) == (False, True)

    assert [row["body"] for row in rows(caller.get(path_of(ticket, "messages/")))] == [
        "first",
        "Try again.",
        "He never reads.",
    ]
    theirs = Caller(cast.owner).get(path_of(ticket, "messages/"))
    assert [row["body"] for row in rows(theirs)] == ["first", "Try again."]
    assert "never reads" not in theirs.content.decode()
    newest = caller.get(path_of(ticket, "messages/"), ordering="-at", page_size=1).json()
    assert newest["results"][0]["body"] == "He never reads."


def test_a_contact_answers_and_the_ticket_waits_for_us_again(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    progressing.progress(ticket=ticket, verb=Verb.WAIT_CUSTOMER, by=cast.agent)
    caller = Caller(cast.owner)

    refused(caller.post(path_of(ticket, "messages/"), {"body": "psst", "internal": True}), 403)
    answer = caller.post(path_of(ticket, "messages/"), {"body": "The blue one."})

    assert answer.json()["is_from_customer"] is True
    assert (answer.json()["author"], answer.json()["channel"]) == ("Owner", "api")
    assert caller.get(path_of(ticket)).json()["status"] == "open"


def test_messages_that_say_nothing(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    for who in (cast.agent, cast.owner):
        refused(Caller(who).post(path_of(ticket, "messages/"), {"body": " "}), 400, "empty", "body")
        refused(Caller(who).post(path_of(ticket, "messages/"), {}), 400, "required", "body")
        refused(Caller(who).post(path_of(ticket, "messages/"), {"body": "x", "html": "y"}), 400)
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_files_go_up_and_down_unchanged(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    content = bytes(range(256))
    created = Caller(cast.owner).upload(
        path_of(ticket, "attachments/"), file=SimpleUploadedFile("../bild:1.html", content), body="See"
    )
    assert created.status_code == 201, created.content
    shown = created.json()
    assert (shown["name"], shown["size"]) == ("bild_1.html", 256)

    down = Caller(cast.owner).get("http://testserver" + shown["url"])

    assert b"".join(down.streaming_content) == content
    assert down["Content-Disposition"] == 'attachment; filename="bild_1.html"'
    assert down["X-Content-Type-Options"] == "nosniff"
    (listed,) = rows(Caller(cast.agent).get(path_of(ticket, "attachments/")))
    message = rows(Caller(cast.owner).get(path_of(ticket, "messages/")))[-1]
    assert message["body"] == "See"
    for again in (listed, *message["attachments"]):
        assert {**again, "url": ""} == {**shown, "url": ""}  # the address holds for one reader, for a while


def test_files_of_notes_are_not_for_customers(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    replying.note(ticket=ticket, body="n", by=cast.agent, files=[SimpleUploadedFile("secret.txt", b"x")])
    key = Attachment.objects.get().key

    path = path_of(ticket, f"attachments/{key}/")
    assert cast.owner.user is not None
    found = Caller(cast.agent).get(signed(path, key=key, user_id=cast.agent.pk))
    assert b"".join(found.streaming_content) == b"x"
    refused(Caller(cast.owner).get(signed(path, key=key, user_id=cast.owner.user.pk)), 404)
    assert rows(Caller(cast.owner).get(path_of(ticket, "attachments/"))) == []


def test_a_file_is_found_below_its_own_ticket_only(cast: Cast) -> None:
    ticket, other = make_ticket(cast.gold_customer), make_ticket(cast.gold_customer)
    replying.reply(ticket=ticket, body="n", by=cast.agent, files=[SimpleUploadedFile("a.txt", b"x")])

    refused(Caller(cast.agent).get(path_of(other, f"attachments/{Attachment.objects.get().key}/")), 404)


def test_files_that_are_not_taken(cast: Cast, settings: Settings) -> None:
    settings.ATTACHMENT_MAX_MEGABYTES = 0.001
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    caller = Caller(cast.owner)
    path = path_of(ticket, "attachments/")

    refused(caller.upload(path, file=SimpleUploadedFile("big.bin", b"x" * 2_000)), 400, "too_large", "file")
    refused(caller.upload(path, file=SimpleUploadedFile("empty.txt", b"")), 400, "empty", "file")
    refused(caller.upload(path, body="no file"), 400, "required", "file")
    refused(caller.upload(path, file=SimpleUploadedFile("a", b"x"), internal="true"), 403)
    refused(
        caller.upload(path, file=SimpleUploadedFile("a", b"x"), folder="x"), 400, "unknown_field", "folder"
    )
    refused(caller.post(path, {"file": "x"}), 415)
    assert not Attachment.objects.exists()
