"""Pages behind the mixed server read what browsers send, however the server hands it over."""

import asyncio
from typing import Any

from helpdesk.asgi import application

TOKEN = "a" * 32


def test_a_posted_body_is_read_from_a_server_whose_receive_returns_a_future(servers: None) -> None:
    body = f"csrfmiddlewaretoken={TOKEN}".encode()

    # The front door takes no POST: 405. Without the body it would be 403, for the token stands in there.
    assert asyncio.run(_status_of(body)) == 405
    assert asyncio.run(_status_of(b"")) == 403


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
