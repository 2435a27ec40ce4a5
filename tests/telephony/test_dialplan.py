"""The shipped dialplan on a real Asterisk, against a scripted helpdesk: what is heard, and what is told."""

import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.telephony import sipp
from tests.telephony.asterisk import ARI_PASSWORD, Asterisk, free_port
from tests.telephony.house import AT_ONCE
from tests.telephony.step_stub import Helpdesk, helpdesk

pytestmark = pytest.mark.needs_asterisk

CONTRACT, PUBLIC = "4930555001", "4930555000"


@pytest.fixture(scope="module")
def desk() -> Iterator[Helpdesk]:
    with helpdesk() as listening:
        yield listening


@pytest.fixture(scope="module")
def pbx(desk: Helpdesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
    folder = tmp_path_factory.mktemp("asterisk")
    with Asterisk(folder, desk.url, agents={"agent1": free_port()}, contract_numbers=(CONTRACT,)) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_said(desk: Helpdesk, pbx: Asterisk) -> None:
    until(lambda: not pbx.channels())
    desk.is_up = True
    desk.steps.clear()
    desk.events.clear()


@pytest.fixture
def agent(pbx: Asterisk, tmp_path: Path) -> Iterator[sipp.Sipp]:
    with sipp.phone(tmp_path, pbx.agents["agent1"], "phone", rings=50) as phone:
        time.sleep(0.3)
        yield phone
        until(lambda: not pbx.channels())


def until(is_so: Callable[[], Any], seconds: float = 15.0) -> None:
    """Waits until it is so; a failure says that it never was."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.1)


def told(desk: Helpdesk, event: str) -> list[dict[str, str]]:
    return [said for said in desk.events if said["event"] == event]


def test_a_free_agent_is_rung_and_both_ends_are_told(
    desk: Helpdesk, pbx: Asterisk, agent: sipp.Sipp, tmp_path: Path
) -> None:
    desk.answers = lambda _: {"action": "connect", "agent": "agent1", "ring_seconds": 5}
    result = sipp.caller(tmp_path, pbx.sip_port, CONTRACT, "talk", talk=1200).result()
    assert (result.status, result.is_complete) == (200, True)
    until(lambda: told(desk, "hangup"))
    step = desk.steps[0]
    assert (step["event"], step["to"], step["from"], step["seq"]) == (
        "incoming",
        CONTRACT,
        "+4989123456",
        "1",
    )
    assert [said["event"] for said in desk.events] == ["answered", "hangup"]
    hangup = desk.events[1]
    assert hangup["call_id"] == desk.events[0]["call_id"] == step["call_id"]
    assert (hangup["agent"], hangup["dialstatus"], hangup["fallback"]) == ("agent1", "ANSWER", "0")
    assert hangup["talk"] in ("1", "2")
    assert set(desk.secrets) == {"Bearer secret-of-the-tests"}


def test_busy_is_heard_at_once(desk: Helpdesk, pbx: Asterisk, tmp_path: Path) -> None:
    desk.answers = lambda _: {"action": "busy"}
    result = sipp.caller(tmp_path, pbx.sip_port, CONTRACT, "talk").result()
    assert (result.status, 200 in result.provisional) == (486, False)
    assert result.ms < AT_ONCE
    assert len(desk.steps) == 1


def test_an_unknown_number_hears_the_announcement_unanswered(
    desk: Helpdesk, pbx: Asterisk, tmp_path: Path
) -> None:
    desk.answers = lambda _: {"action": "announce", "announcement": "unknown_number"}
    result = sipp.caller(tmp_path, pbx.sip_port, "4930555999", "talk").result()
    assert result.status == 404
    assert 183 in result.provisional


def test_who_waits_is_asked_for_again_and_then_put_through(
    desk: Helpdesk, pbx: Asterisk, agent: sipp.Sipp, tmp_path: Path
) -> None:
    def answers(said: dict[str, str]) -> dict[str, Any]:
        if said["event"] == "wait_tick" and int(said["seq"]) > 2:
            return {"action": "connect", "agent": "agent1", "ring_seconds": 5}
        return {"action": "wait", "wait_seconds": 1, "position": 1}

    desk.answers = answers
    with sipp.caller(tmp_path, pbx.sip_port, PUBLIC, "stay") as caller:
        until(lambda: told(desk, "answered"), 40)
        pbx.hang_up(desk.steps[0]["call_id"])
        assert caller.result(60).status == 200
    until(lambda: told(desk, "hangup"))
    assert [step["event"] for step in desk.steps] == ["incoming", "wait_tick", "wait_tick"]
    assert [said["event"] for said in desk.events] == ["answered", "hangup"]


def test_a_phone_that_is_not_there_leads_to_busy(desk: Helpdesk, pbx: Asterisk, tmp_path: Path) -> None:
    def answers(said: dict[str, str]) -> dict[str, Any]:
        if said["event"] == "incoming":
            return {"action": "connect", "agent": "nobody", "ring_seconds": 5}
        return {"action": "busy"}

    desk.answers = answers
    result = sipp.caller(tmp_path, pbx.sip_port, CONTRACT, "talk").result()
    assert (result.status, result.ms < AT_ONCE) == (486, True)
    assert (desk.steps[1]["event"], desk.steps[1]["result"], desk.steps[1]["agent"]) == (
        "dial_result",
        "CHANUNAVAIL",
        "nobody",
    )


def test_a_phone_that_nobody_takes_is_told_and_the_next_answer_done(
    desk: Helpdesk, pbx: Asterisk, tmp_path: Path
) -> None:
    def answers(said: dict[str, str]) -> dict[str, Any]:
        if said["event"] == "incoming":
            return {"action": "connect", "agent": "agent1", "ring_seconds": 2}
        return {"action": "busy"}

    desk.answers = answers
    with sipp.phone(tmp_path, pbx.agents["agent1"], "phone_no_answer"):
        time.sleep(0.3)
        result = sipp.caller(tmp_path, pbx.sip_port, CONTRACT, "talk").result()
    assert (result.status, 180 in result.provisional) == (486, True)
    assert 1800 < result.ms < 10_000
    assert (desk.steps[1]["event"], desk.steps[1]["result"]) == ("dial_result", "NOANSWER")


def test_a_voicemail_is_recorded_and_ari_serves_its_very_bytes(
    desk: Helpdesk, pbx: Asterisk, tmp_path: Path
) -> None:
    def answers(said: dict[str, str]) -> dict[str, Any]:
        if said["event"] == "incoming":
            return {"action": "offer_voicemail", "announcement": ""}
        return {"action": "record" if said["result"] == "1" else "hangup"}

    desk.answers = answers
    assert sipp.caller(tmp_path, pbx.sip_port, PUBLIC, "speak").result(60).status == 200
    until(lambda: told(desk, "hangup"))
    assert [(step["event"], step["result"]) for step in desk.steps][:2] == [
        ("incoming", ""),
        ("voicemail_offer", "1"),
    ]
    name = told(desk, "hangup")[0]["recording"]
    assert name == f"vm-{desk.steps[0]['call_id']}"
    kept = pbx.recording(desk.steps[0]["call_id"]).read_bytes()
    assert kept[:4] == b"RIFF"
    assert len(kept) > 8_000
    assert ari(pbx, f"recordings/stored/{name}/file") == kept


def test_while_the_helpdesk_is_down_the_pbx_decides_alone_and_tells_later(
    desk: Helpdesk, pbx: Asterisk, tmp_path: Path
) -> None:
    desk.is_up = False
    with sipp.phone(tmp_path, pbx.agents["agent1"], "phone_busy"):
        time.sleep(0.3)
        result = sipp.caller(tmp_path, pbx.sip_port, CONTRACT, "talk").result(60)
        until(lambda: "event=hangup" in pbx.cli("database show vorrang-kept"))
    assert result.status == 486
    assert desk.events == []
    desk.is_up = True
    pbx.cli("channel originate Local/s@vorrang-tell-kept/n application NoOp")
    until(lambda: told(desk, "hangup"))
    late = told(desk, "hangup")[0]
    assert (late["fallback"], late["late"], late["to"]) == ("1", "1", CONTRACT)
    until(lambda: "event=hangup" not in pbx.cli("database show vorrang-kept"))


def test_a_restart_is_told(desk: Helpdesk, pbx: Asterisk) -> None:
    pbx.restart()
    until(lambda: told(desk, "pbx_restarted"))


def ari(pbx: Asterisk, path: str) -> bytes:
    """What ARI serves, asked as the helpdesk asks."""
    url = f"http://127.0.0.1:{pbx.http_port}/ari/{path}"
    keys = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    keys.add_password(None, url, "vorrang", ARI_PASSWORD)
    opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(keys))
    with opener.open(url, timeout=10) as answer:
        return bytes(answer.read())
