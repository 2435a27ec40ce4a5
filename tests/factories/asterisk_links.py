"""Something that speaks like Asterisk's ARI and AMI on loopback, well or badly, as a test says."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from calls.models import PhoneSystem
from tests.factories.phones import make_system

Respond = Callable[["Exchange"], object]


@dataclass
class Exchange:
    """One request, and how it is answered."""

    handler: BaseHTTPRequestHandler
    method: str
    path: str
    body: Any
    over: threading.Event

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        """A whole answer; `headers` may lie about it."""
        self.handler.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def json(self, said: Any, status: int = 200) -> None:
        """As Asterisk answers."""
        self.answer(status, json.dumps(said).encode())


@dataclass
class Ari:
    """What the other side has. `instead`: how everything is answered in the place of that."""

    channels: list[str] = field(default_factory=list)
    phones: dict[str, str] = field(default_factory=dict)
    recordings: dict[str, bytes] = field(default_factory=dict)
    started: str = "2026-11-01T08:00:00.000+0000"
    instead: Respond | None = None
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def respond(self, to: Exchange) -> None:
        """Answer as Asterisk does, or as the test says."""
        if self.instead:
            self.instead(to)
        elif to.method == "POST":
            self.channels.append(to.body["channelId"])
            to.json({"id": to.body["channelId"]})
        elif to.path == "/ari/channels":
            to.json(
                [{"id": one, "name": f"PJSIP/{one}", "state": "Up", "caller": {}} for one in self.channels]
            )
        elif to.path == "/ari/endpoints/PJSIP":
            to.json([{"resource": name, "state": state} for name, state in self.phones.items()])
        elif to.path == "/ari/asterisk/info?only=status":
            to.json({"status": {"startup_time": self.started}})
        else:
            self._of_one(to)

    def _of_one(self, to: Exchange) -> None:
        name = to.path.removeprefix("/ari/recordings/stored/").removesuffix("/file")
        if name not in self.recordings:
            to.json({"message": "Recording not found"}, 404)
        elif to.method == "DELETE":
            del self.recordings[name]
            to.answer(204, b"")
        else:
            to.answer(200, self.recordings[name])


@contextmanager
def ari_on_loopback(**fields: Any) -> Iterator[tuple[Ari, PhoneSystem]]:
    """An ARI, and the telephone system whose it is."""
    ari = Ari()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            ari.asked.append((self.command, self.path, body))
            ari.keys.add(self.headers["Authorization"])
            ari.respond(Exchange(self, self.command, self.path, body, ari.over))

        do_POST = do_DELETE = do_GET  # noqa: N815 (named by the library)

        def log_message(self, *_: object) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler), ari.over) as port:
        given = {"ari_url": f"http://127.0.0.1:{port}", "ari_user": "vorrang", "ari_password": "Schlüssel"}
        yield ari, make_system(**given | fields)


@dataclass
class Ami:
    """A database with a manager before it. `instead`: what it says in the place of every answer."""

    database: dict[str, str] = field(default_factory=dict)
    password: str = "of the tests"
    banner: bytes = b"Asterisk Call Manager/11.0.0\r\n"
    instead: bytes = b""
    is_mute: bool = False
    said: list[dict[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, asked: dict[str, str]) -> bytes:
        """As Asterisk 22 answers."""
        number = f"ActionID: {asked['ActionID']}\r\n"
        kind, place = asked["Action"], f"/{asked.get('Family')}/{asked.get('Key')}"
        is_good = True
        if kind == "Login":
            is_good = asked["Secret"] == self.password
        elif kind == "DBPut":
            self.database[place] = asked["Val"]
        elif kind == "DBDel":
            is_good = self.database.pop(place, None) is not None
        elif kind == "DBGetTree":
            return self._tree(asked["Family"], number)
        word = "Success" if is_good else "Error"
        return f"Event: FullyBooted\r\n\r\nResponse: {word}\r\n{number}Message: so\r\n\r\n".encode()

    def _tree(self, family: str, number: str) -> bytes:
        rows = "".join(
            f"Event: DBGetTreeResponse\r\nKey: {key}\r\nVal: {value}\r\n{number}\r\n"
            for key, value in self.database.items()
            if key.startswith(f"/{family}/")
        )
        head = f"Response: Success\r\n{number}EventList: start\r\n\r\n"
        return f"{head}{rows}Event: DBGetTreeComplete\r\n{number}EventList: Complete\r\n\r\n".encode()


@contextmanager
def ami_on_loopback(**fields: Any) -> Iterator[tuple[Ami, PhoneSystem]]:
    """An AMI, and the telephone system whose it is."""
    ami = Ami()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if ami.is_mute:
                ami.over.wait(30)
                return
            self.wfile.write(ami.banner)
            asked: dict[str, str] = {}
            for raw in self.rfile:
                line = raw.decode().rstrip("\r\n")
                if line:
                    name, _colon, value = line.partition(": ")
                    asked[name] = value
                    continue
                ami.said.append(asked)
                self.wfile.write(ami.instead or ami.answer(asked))
                asked = {}

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    with _serving(server, ami.over) as port:
        given: dict[str, Any] = {
            "ami_host": "127.0.0.1",
            "ami_port": port,
            "ami_user": "vorrang",
            "ami_password": ami.password,
        }
        yield ami, make_system(**given | fields)


@contextmanager
def _serving(server: socketserver.TCPServer, over: threading.Event) -> Iterator[int]:
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who asked has hung up
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
