"""As much of Asterisk's REST interface as the product asks, answered by the simulation."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.telephony.fake import FakePbx


@contextmanager
def ari_of(pbx: FakePbx) -> Iterator[int]:
    """Listens until the block ends. Gives the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(pbx))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _list(pbx: FakePbx, path: str) -> Any:
    if path == "channels":
        return [{"id": call_id} for call_id in pbx.channels()]
    if path == "endpoints/PJSIP":
        return [{"resource": target, "state": _state(how)} for target, how in pbx.phones.items()]
    return {"status": {"startup_time": datetime(2026, 1, 1, tzinfo=UTC).isoformat()}}


def _state(how: str) -> str:
    return "offline" if how == "gone" else "online"


def _handler(pbx: FakePbx) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/ari/").partition("?")[0]
            if path.startswith("recordings/stored/"):
                self._recording(pbx.folder / f"{Path(path).parent.name}.wav")
            else:
                self._answer(200, json.dumps(_list(pbx, path)).encode())

        def do_DELETE(self) -> None:
            (pbx.folder / f"{Path(self.path).name}.wav").unlink(missing_ok=True)
            self._answer(204, b"")

        def _recording(self, file: Path) -> None:
            self._answer(*((200, file.read_bytes()) if file.exists() else (404, b"")))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Handler
