"""Pages behind the mixed server read what browsers send, however the server hands it over."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from helpdesk import asgi
from helpdesk.asgi import AT_ONCE, application

TOKEN = "a" * 32


def test_a_posted_body_is_read_from_a_server_whose_receive_returns_a_future(servers: None) -> None:
    body = f"csrfmiddlewaretoken={TOKEN}".encode()

    # The front door takes no POST: 405. Without the body it would be 403, for the token stands in there.
    assert asyncio.run(_status_of(body)) == 405
    assert asyncio.run(_status_of(b"")) == 403


@pytest.mark.parametrize("parts", [[b"a" * 40, b"b" * 9], [b"a" * AT_ONCE, b"b" * AT_ONCE, b"c"]])
def test_a_body_is_whole_however_it_comes(monkeypatch: pytest.MonkeyPatch, parts: list[bytes]) -> None:
    read: list[bytes] = []

    def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        read.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response("200 OK", [])
        return [b"ok"]

    monkeypatch.setattr(asgi, "pages", page)
    whole = b"".join(parts)
    sent = asyncio.run(_sent(_scope(len(whole)), parts))
    assert read == [whole]
    assert [(each["type"], each.get("body")) for each in sent] == [
        ("http.response.start", None),
        ("http.response.body", b"ok"),
        ("http.response.body", b""),
    ]


def test_a_long_answer_is_sent_while_it_is_made_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    has_come = threading.Event()
    chunks = [b"1" * AT_ONCE, b"2", b"3" * AT_ONCE, b"4"]

    def page(_environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield from chunks[:2]
        assert has_come.wait(10), "nothing was sent before the end"
        yield from chunks[2:]

    monkeypatch.setattr(asgi, "pages", page)
    sent = asyncio.run(_sent(_scope(0), [b""], has_come))
    assert [each["type"] for each in sent] == ["http.response.start", *["http.response.body"] * 5]
    assert b"".join(each.get("body", b"") for each in sent) == b"".join(chunks)
    assert [each.get("more_body", False) for each in sent[1:]] == [True] * 4 + [False]


def test_a_page_that_breaks_in_the_middle_of_a_short_answer_sends_none_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def page(_environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"half of it"
        raise LookupError("the rest")

    monkeypatch.setattr(asgi, "pages", page)
    sent: list[Any] = []
    with pytest.raises(LookupError):
        asyncio.run(_sent(_scope(0), [b""], into=sent))
    assert sent == []


async def _sent(
    scope: dict[str, Any],
    parts: list[bytes],
    has_come: threading.Event | None = None,
    into: list[Any] | None = None,
) -> list[Any]:
    sent: list[Any] = [] if into is None else into
    messages = [
        {"type": "http.request", "body": part, "more_body": at < len(parts)}
        for at, part in enumerate(parts, 1)
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)
        if has_come is not None and message["type"] == "http.response.body":
            has_come.set()

    await application(scope, receive, send)
    return sent


async def _status_of(body: bytes) -> int:
    sent: list[Any] = []

    def receive() -> asyncio.Future[dict[str, Any]]:
        message: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        message.set_result({"type": "http.request", "body": body, "more_body": False})
        return message

    async def send(message: Any) -> None:
        sent.append(message)

    await application(_scope(len(body)), receive, send)
    return int(sent[0]["status"])


def _scope(length: int) -> dict[str, Any]:
    headers = {
        "host": "localhost",
        "cookie": f"csrftoken={TOKEN}",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": str(length),
    }
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
