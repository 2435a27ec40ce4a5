"""The simulation does what the dialplan does: the same calls through both (scripted helpdesk)."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.telephony.asterisk import Asterisk, free_port
from tests.telephony.fake import FakePbx
from tests.telephony.real import RealPbx
from tests.telephony.step_stub import Helpdesk, helpdesk

CONTRACT, PUBLIC, SECRET = "4930555001", "4930555000", "secret-of-the-tests"
AnyPbx = RealPbx | FakePbx


@pytest.fixture(scope="module")
def desk() -> Iterator[Helpdesk]:
    with helpdesk() as listening:
        yield listening


@pytest.fixture(scope="module", params=["fake", pytest.param("asterisk", marks=pytest.mark.needs_asterisk)])
def pbx(
    request: pytest.FixtureRequest, desk: Helpdesk, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnyPbx]:
    folder = tmp_path_factory.mktemp("pbx")
    if request.param == "fake":
        fake = FakePbx(desk.url, SECRET, folder, contract_numbers=(CONTRACT,))
        yield fake
        fake.close()
        return
    agents = {"agent1": free_port()}
    with Asterisk(folder, desk.url, SECRET, agents=agents, contract_numbers=(CONTRACT,)) as asterisk:
        real = RealPbx(asterisk, folder)
        yield real
        real.close()


def through(desk: Helpdesk, pbx: AnyPbx, to: str, plays: str, hears: int, **answers: Any) -> list[str]:
    """One call: its steps as "event result", then its events. `answers`: by the step's event."""
    while pbx.channels():
        time.sleep(0.05)
    desk.steps.clear()
    desk.events.clear()
    desk.answers = lambda said: answers[said["event"]]
    assert pbx.call(to, plays=plays).result(60).status == hears
    deadline = time.monotonic() + 15
    while not any(said["event"] == "hangup" for said in desk.events):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    steps = [f"{step['event']} {step['result']}".strip() for step in desk.steps]
    return steps + [said["event"] for said in desk.events if said["event"] != "pbx_restarted"]


RING = {"action": "connect", "agent": "agent1", "ring_seconds": 2}
BUSY = {"action": "busy"}


@pytest.mark.parametrize(
    ("phone", "hears", "course"),
    [
        ("at_once", 200, ["incoming", "answered", "hangup"]),
        ("never", 486, ["incoming", "dial_result NOANSWER", "hangup"]),
        ("busy", 486, ["incoming", "dial_result BUSY", "hangup"]),
    ],
)
def test_a_phone_is_rung(desk: Helpdesk, pbx: AnyPbx, phone: str, hears: int, course: list[str]) -> None:
    pbx.phone("agent1", answers=phone)
    assert through(desk, pbx, CONTRACT, "talk", hears, incoming=RING, dial_result=BUSY) == course
    while pbx.channels():
        time.sleep(0.05)
    pbx.phone("agent1", answers="gone")


def test_busy_and_unknown(desk: Helpdesk, pbx: AnyPbx) -> None:
    assert through(desk, pbx, CONTRACT, "talk", 486, incoming=BUSY) == ["incoming", "hangup"]
    said = {"action": "announce", "announcement": "unknown_number"}
    assert through(desk, pbx, "4930555999", "talk", 404, incoming=said) == ["incoming", "hangup"]


def test_a_message_is_kept_under_the_calls_id(desk: Helpdesk, pbx: AnyPbx) -> None:
    offer, record = {"action": "offer_voicemail"}, {"action": "record"}
    course = through(
        desk,
        pbx,
        PUBLIC,
        "speak",
        200,
        incoming=offer,
        voicemail_offer=record,
        voicemail_recorded={"action": "hangup"},
    )
    assert course[:2] == ["incoming", "voicemail_offer 1"]
    assert desk.events[-1]["recording"] == f"vm-{desk.steps[0]['call_id']}"
    path: Path = pbx.recording(desk.steps[0]["call_id"])
    assert path.read_bytes()[:4] == b"RIFF"
