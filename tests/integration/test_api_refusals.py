"""Whatever is wrong with a request or breaks here, the answer is a problem document, and nothing happened."""

import logging
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from accounts.actions.users import create_token
from tests.factories.calling import Answer, Caller, path_of, refused
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db

JSON = "application/json"
DEEP = 100_000


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def send(
    cast: Cast, body: bytes | str, content_type: str = JSON, path: str = "tickets/", **extra: Any
) -> Answer:
    """A body as it is, from an agent."""
    token = create_token(user=cast.agent, by=None)
    client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    return client.generic("POST", f"/api/v1/{path}", body, content_type, **extra)


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        "nonsense",
        "[]",
        '"text"',
        "17",
        "null",
        "\ufeff{}",
        '{"subject": NaN}',
        '{"subject": Infinity}',
        '{"subject": "a", "subject": "b"}',
        '{"subject": {"a": 1, "a": 2}}',
        '{"customer": 1e400}',
        '{"customer": ' + "9" * 5000 + "}",
        '{"subject": "\\ud800"}',
        '{"subject": "\\u0000"}',
        b'{"subject": "\xff\xfe"}',
        '{"subject": "a"}'.encode("utf-16"),
        "[" * DEEP + "]" * DEEP,
        '{"a":' * DEEP + "1" + "}" * DEEP,
    ],
    ids=lambda body: repr(body)[:40],
)
def test_bodies_that_nothing_can_be_done_with(cast: Cast, body: bytes | str) -> None:
    refused(send(cast, body), 400)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("field", ["subject", "body"])
def test_nul_is_refused_where_it_stands(cast: Cast, field: str) -> None:
    document = {"customer": cast.gold_customer.pk, "subject": "a", "body": "b", field: "a\0b"}

    refused(Caller(cast.agent).post("tickets/", document), 400, field=field)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/json; charset=rot13",
        "application/json; charset=utf-7",
        "nonsense",
        "",
    ],
)
def test_other_types_are_415(cast: Cast, content_type: str) -> None:
    refused(send(cast, b'{"subject": "a"}', content_type), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type", [JSON, "application/json; charset=utf-8", 'Application/JSON; charset="UTF-8"']
)
def test_json_in_utf8_however_it_is_named(cast: Cast, content_type: str) -> None:
    body = f'{{"customer": {cast.gold_customer.pk}, "subject": "Drücker", "body": "b"}}'

    assert send(cast, body, content_type).json()["subject"] == "Drücker"


@pytest.mark.parametrize("charset", ["rot13", "latin-1", "nonsense"])
def test_addresses_are_read_as_utf8_whatever_the_body_is(cast: Cast, charset: str) -> None:
    token = create_token(user=cast.agent, by=None)

    answer = Client().generic(
        "GET",
        "/api/v1/customers/?search=%C3%A4%FF%00",
        content_type=f"text/plain; charset={charset}",
        headers={"Authorization": f"Bearer {token}"},
    )

    refused(answer, 400, field="search")


# Size


def test_json_that_is_too_large_is_not_read(cast: Cast, settings: Settings) -> None:
    settings.API_JSON_MAX_MEGABYTES = 1
    body = b'{"subject": "' + b"a" * 1024 * 1024 + b'"}'

    refused(send(cast, body), 413, "too_large")
    refused(send(cast, b"{}", CONTENT_LENGTH="99999999999"), 413, "too_large")


def test_the_longest_text_fits_however_it_is_spelt(cast: Cast) -> None:
    head = f'{{"customer": {cast.gold_customer.pk}, "subject": "a", "body": "'

    assert send(cast, head + "\\ud83d\\ude00" * 200_000 + '"}').status_code == 201
    assert Message.objects.get().body == "\U0001f600" * 200_000


def test_uploads_that_are_too_large_are_not_read(cast: Cast, settings: Settings) -> None:
    settings.ATTACHMENT_MAX_MEGABYTES = 1
    path = path_of(make_ticket(cast.gold_customer), "attachments/")
    form = b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\na\r\n--x--\r\n"
    content_type = "multipart/form-data; boundary=x"

    refused(send(cast, form, content_type, path, CONTENT_LENGTH=str(6 * 1024 * 1024)), 413, "too_large")
    large = form.replace(b"\r\na\r\n", b"\r\n" + b"a" * (1024 * 1024 + 1) + b"\r\n")
    refused(send(cast, large, content_type, path), 400, "too_large", "file")
    assert send(cast, form, content_type, path).status_code == 201
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    "part", [b"name=body\r\n\r\n" + b"a" * 2_700_000, b"name=body\r\n\r\n" + b"a" * 200_001]
)
def test_a_form_with_too_long_a_text(cast: Cast, part: bytes) -> None:
    path = path_of(make_ticket(cast.gold_customer), "attachments/")
    file = b"Content-Disposition: form-data; name=file; filename=a\r\n\r\na"
    form = b"--x\r\n" + file + b"\r\n--x\r\nContent-Disposition: form-data; " + part + b"\r\n--x--\r\n"

    answer = send(cast, form, "multipart/form-data; boundary=x", path)

    refused(answer, 413 if len(part) > 2_621_440 else 400)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("form", [b"", b"--x", b"--x\r\n\r\n--x--", b"no form at all", b"--x--\r\n"])
def test_forms_that_are_none(cast: Cast, form: bytes) -> None:
    path = path_of(make_ticket(cast.gold_customer), "attachments/")

    refused(send(cast, form, "multipart/form-data; boundary=x", path), 400)
    refused(send(cast, form or b"a", "multipart/form-data", path), 400)


def test_a_body_without_its_length_is_refused_rather_than_overlooked(cast: Cast) -> None:
    """The server hands on no body then: `decline` would go unread, and another ticket be taken."""
    make_ticket(cast.gold_customer)
    extra = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}

    refused(send(cast, b"", JSON, "queue/next/", **extra), 411, "length_required")
    assert Ticket.objects.get().is_waiting


# What breaks here


def _broken(error: Exception) -> Any:
    def breaks(**_: Any) -> None:
        raise error

    return breaks


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "key-1"}])
def test_an_error_of_ours_is_a_problem_document_that_tells_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, key: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tickets.api.tickets.opening.open_ticket", _broken(RuntimeError("secret 4711")))
    token = create_token(user=cast.agent, by=None)
    client = Client(
        headers={"Authorization": f"Bearer {token}", "Accept-Language": "en", **key},
        raise_request_exception=False,
    )
    document = {"customer": cast.gold_customer.pk, "subject": "a", "body": "b"}

    with caplog.at_level(logging.ERROR):
        answer = client.post("/api/v1/tickets/", document, JSON)

    problem = refused(answer, 500, "failed")
    assert problem["detail"] == "Something went wrong here. It was noted."
    assert b"4711" not in answer.content
    assert b"Traceback" not in answer.content
    assert "view_failed" in caplog.text


def test_what_the_database_could_not_do_may_be_tried_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.api.tickets.opening.open_ticket", _broken(OperationalError("deadlock")))
    token = create_token(user=cast.agent, by=None)
    client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)

    answer = client.post(
        "/api/v1/tickets/", {"customer": cast.gold_customer.pk, "subject": "a", "body": "b"}, JSON
    )

    refused(answer, 503, "unavailable")
    assert answer["Retry-After"] == "1"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "PATCH"])
def test_methods_that_an_address_does_not_have(cast: Cast, method: str) -> None:
    token = create_token(user=cast.agent, by=None)

    answer = Client().generic(method, "/api/v1/tickets/", headers={"Authorization": f"Bearer {token}"})

    refused(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, POST, HEAD"


# What fails around the views


def test_another_host_is_refused_in_the_form_of_who_asks(settings: Settings) -> None:
    client = Client(headers={"Host": "evil.example", "Accept-Language": "en"})

    refused(client.get("/api/v1/me/"), 400, "bad_request")
    page = client.get("/accounts/login/")
    assert (page.status_code, page["Content-Type"].partition(";")[0]) == (400, "text/html")


def test_an_error_around_the_views_is_a_problem_document_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.middleware.is_set_up", _broken(RuntimeError("secret 4711")))
    monkeypatch.setattr("accounts.middleware.OPEN_BEFORE", ())
    client = Client(raise_request_exception=False)

    answer = client.get("/api/v1/schema/")

    refused(answer, 500, "failed")
    assert b"4711" not in answer.content
    assert client.get("/accounts/login/")["Content-Type"].startswith("text/html")
