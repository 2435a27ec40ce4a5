"""Every hostile text through every field that people write into: stored as it came, or refused."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.actions.users import create_token
from accounts.models import User
from lib.downloads import signed
from portal.forms import RatingForm
from tests.corpora import require_corpora
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import progressing
from tickets.actions.satisfaction import rate
from tickets.models import Attachment, Message, Ticket
from tickets.models.ratings import COMMENT_LIMIT
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

SUBJECT_LIMIT, BODY_LIMIT = 250, 50_000


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def texts(record_property: Callable[[str, object], None]) -> tuple[str, ...]:
    found = require_corpora()
    record_property("hostile texts", len(found))
    return found


def browser_of(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fits(text: str, limit: int) -> bool:
    """Whether a field that must say something can hold the text."""
    return bool(text.strip()) and len(text) <= limit


def as_subjects(texts: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    for text in texts:
        yield text, fits(text, SUBJECT_LIMIT)


class Caller:
    """Somebody with a token."""

    def __init__(self, user: User | None) -> None:
        assert user is not None
        self._client = Client(raise_request_exception=False)
        self._headers = {"Authorization": f"Bearer {create_token(user=user, by=None)}"}

    def send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """One request with JSON."""
        return self._client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(body),
            content_type="application/json",
            headers=self._headers,
        )


def test_tickets_by_the_portal(cast: Cast, texts: tuple[str, ...]) -> None:
    browser = browser_of(cast.owner.user)
    for text, is_fit in as_subjects(texts):
        answer = browser.post("/portal/new/", {"subject": text, "body": text, "severity": "3"})

        assert answer.status_code == (302 if is_fit else 422), repr(text)
        if is_fit:
            ticket = Ticket.objects.latest("pk")
            assert (ticket.subject, ticket.messages.get().body) == (text, text)
        else:
            assert answer.context["form"]["body"].value() == text, "what was typed is still there"

    assert Ticket.objects.count() == sum(is_fit for _, is_fit in as_subjects(texts))


def test_messages_by_the_portal(cast: Cast, texts: tuple[str, ...]) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    browser = browser_of(cast.owner.user)
    for text in texts:
        answer = browser.post(f"/portal/tickets/{ticket.number}/reply/", {"body": text})

        assert answer.status_code == (302 if fits(text, BODY_LIMIT) else 422), repr(text)
    assert stored_on(ticket) == [text for text in texts if fits(text, BODY_LIMIT)]


def test_comments_of_ratings(cast: Cast, texts: tuple[str, ...]) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.agent)
    assert cast.owner.user is not None
    for comment in in_pieces(texts, COMMENT_LIMIT):
        form = RatingForm({"verdict": "good", "comment": comment}, number=ticket.number)
        assert form.is_valid(), repr(comment)
        given = rate(ticket=ticket, contact=cast.owner, by=cast.owner.user, **form.cleaned_data)
        given.refresh_from_db()
        assert given.comment == comment


def in_pieces(texts: tuple[str, ...], limit: int) -> Iterator[str]:
    """All texts that fit, as many together as fit together."""
    piece = ""
    for text in texts:
        if piece and len(piece) + len(text) >= limit:
            yield piece
            piece = ""
        if len(text) < limit:
            piece += f"{text}\n"
    yield piece


def test_tickets_by_the_api(cast: Cast, texts: tuple[str, ...]) -> None:
    caller = Caller(cast.owner.user)
    for text, is_fit in as_subjects(texts):
        answer = caller.send("POST", "/tickets/", {"subject": text, "body": text})

        assert answer.status_code == (201 if is_fit else 400), repr(text)
        if is_fit:
            ticket = Ticket.objects.get(number=answer.json()["number"])
            assert (ticket.subject, ticket.messages.get().body) == (text, text)
            assert answer.json()["subject"] == text


def test_subjects_changed_by_the_api(cast: Cast, texts: tuple[str, ...]) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.lead)
    for text, is_fit in as_subjects(texts):
        answer = caller.send("PATCH", f"/tickets/{ticket.number}/", {"subject": text})

        assert answer.status_code == (200 if is_fit else 400), repr(text)
        ticket.refresh_from_db()
        assert (ticket.subject == text) == is_fit


@pytest.mark.parametrize("internal", [False, True])
def test_messages_by_the_api(cast: Cast, texts: tuple[str, ...], internal: bool) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.lead)
    for text in texts:
        answer = caller.send(
            "POST", f"/tickets/{ticket.number}/messages/", {"body": text, "internal": internal}
        )

        assert answer.status_code == (201 if text.strip() else 400), repr(text)
    assert stored_on(ticket, is_internal=internal) == [text for text in texts if text.strip()]


@pytest.mark.parametrize("is_internal", [False, True])
def test_messages_by_the_desk(cast: Cast, texts: tuple[str, ...], is_internal: bool) -> None:
    ticket = make_ticket(cast.gold_customer)
    browser = browser_of(cast.lead)
    for text in texts:
        browser.post(
            f"/desk/tickets/{ticket.number}/reply/",
            {"body": text, "is_internal": "1" if is_internal else "0", "then": ""},
        )

    assert stored_on(ticket, is_internal=is_internal) == [text for text in texts if text.strip()]


def test_tickets_filed_for_a_caller(cast: Cast, texts: tuple[str, ...]) -> None:
    browser = browser_of(cast.lead)
    filing = {"severity": "3", "team": cast.team.pk, "channel": "phone"}
    for text, is_fit in as_subjects(texts):
        browser.post(
            f"/desk/new/?customer={cast.plain_customer.pk}", {**filing, "subject": text, "body": text}
        )
        assert Ticket.objects.filter(subject=text, messages__body=text).exists() == is_fit, repr(text)


def test_reasons(cast: Cast, texts: tuple[str, ...]) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.lead)
    for text in texts:
        other = "low" if ticket.severity == Ticket.Severity.HIGH else "high"
        change = {"severity": other, "reason": text}
        answer = caller.send("PATCH", f"/tickets/{ticket.number}/", change)

        is_fit = fits(text, SUBJECT_LIMIT)
        assert answer.status_code in ((200,) if is_fit else (400, 409, 422)), repr(text)
        if is_fit:
            assert ticket.events.latest("pk").params["why"] == text
        ticket.refresh_from_db()


def test_names_of_files(cast: Cast, texts: tuple[str, ...], settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    browser = browser_of(cast.owner.user)
    for text in texts:
        if "\0" in text or not text.strip():
            continue
        file = SimpleUploadedFile("x", b"content")
        vars(file)["_name"] = text  # as a sender's program writes it, without Django's own cleaning
        browser.post(f"/portal/tickets/{ticket.number}/reply/", {"body": "", "attachments": [file]})

    stored = Attachment.objects.filter(message__ticket=ticket)
    assert stored.count() > len(texts) * 0.9
    for attachment in stored:
        assert attachment.file.path.startswith(f"{tmp_path}/attachments/")
        assert not set(attachment.name) & set('\r\n\0/\\<>"'), repr(attachment.name)
        address = f"/portal/tickets/{ticket.number}/files/{attachment.key}/"
        assert cast.owner.user is not None
        answer = browser.get(signed(address, key=attachment.key, user_id=cast.owner.user.pk))
        assert b"".join(answer) == b"content"
        assert answer.headers["Content-Disposition"].startswith("attachment")


def stored_on(ticket: Ticket, *, is_internal: bool = False) -> list[str]:
    """What was written after the first message."""
    messages = Message.objects.filter(ticket=ticket, is_internal=is_internal).order_by("pk")
    bodies = list(messages.values_list("body", flat=True))
    return bodies if is_internal else bodies[1:]
