"""The supervisor outlives what it watches."""

import os
import signal
from collections.abc import Iterator

import pytest

from helpdesk import supervisor
from lib import embedded


class StubbornServer:
    """Does not come back at the first attempt; the second one ends the test."""

    def __init__(self) -> None:
        self.attempts = 0
        self.is_released = False

    def keep_running(self) -> None:
        self.attempts += 1
        if self.attempts == 1:
            raise TimeoutError("PostgreSQL did not start.")
        os.kill(os.getpid(), signal.SIGTERM)

    def release(self) -> None:
        self.is_released = True


@pytest.fixture
def _own_signals() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.usefixtures("_own_signals")
def test_a_server_that_is_slow_to_come_back_does_not_end_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = StubbornServer()
    monkeypatch.setattr(embedded, "hold", lambda *_, **__: [server])
    monkeypatch.setattr(supervisor, "prepare_database", lambda: None)
    monkeypatch.setattr(supervisor, "commands", lambda *_: {})
    monkeypatch.setattr(supervisor, "_is_ready", lambda: False)

    supervisor.Supervisor().run()

    assert server.attempts == 2
    assert server.is_released
    assert "PostgreSQL did not start." in capsys.readouterr().out
