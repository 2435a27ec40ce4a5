"""The step protocol, answered by a script: what a dialplan is tried against without the product."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

Answers = Callable[[dict[str, str]], dict[str, Any] | int]


@dataclass
class Helpdesk:
    """What was asked and told, in order; `answers` may be exchanged at any time. An int is a status."""

    answers: Answers = lambda _: {"action": "busy"}
    steps: list[dict[str, str]] = field(default_factory=list)
    events: list[dict[str, str]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    is_up: bool = True
    url: str = ""


@contextmanager
def helpdesk() -> Iterator[Helpdesk]:
    """Listens on a free port of this machine until the block ends."""
    desk = Helpdesk()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(desk))
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(desk: Helpdesk) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            said = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
            self._answer(*self._answered(said))

        def _answered(self, said: dict[str, str]) -> tuple[int, dict[str, Any]]:
            if not desk.is_up:
                return 503, {}
            desk.secrets.append(self.headers.get("Authorization", ""))
            if self.path == "/calls/v1/event":
                desk.events.append(said)
                return 200, {"ok": True}
            desk.steps.append(said)
            answer = desk.answers(said)
            return (answer, {}) if isinstance(answer, int) else (200, answer)

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Handler
