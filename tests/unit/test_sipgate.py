"""sipgate: its webhooks as our events, our answers as its XML."""

from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from calls.rules import sipgate
from calls.rules.peers import Form, NotACall, PeerEvent, Shortfall, Site
from tests.factories.vendors import SIPGATE_ANSWER, SIPGATE_DTMF, SIPGATE_HANGUP, SIPGATE_NEW_CALL

ADDRESS = "https://help.example/calls/v1/sipgate/7"
BARE = Site(address=ADDRESS)
SOUNDS = {name: f"https://help.example/{name}.wav" for name in ("hold", "offer", "offer_closed", "closed")}
SITE = Site(address=ADDRESS, sounds=SOUNDS)
INCOMING = PeerEvent(event="incoming", call_id="123456", seq=1)
TICK = PeerEvent(event="wait_tick", call_id="123456", seq=3)


@pytest.mark.parametrize(
    ("query", "form", "expected"),
    [
        (
            {},
            SIPGATE_NEW_CALL,
            {"event": "incoming", "seq": 1, "from": "492111234567", "to": "4915791234567"},
        ),
        ({}, SIPGATE_NEW_CALL | {"from": "anonymous"}, {"event": "incoming", "from": "anonymous"}),
        ({}, SIPGATE_NEW_CALL | {"direction": "out"}, {"event": "outgoing"}),
        ({}, SIPGATE_ANSWER, {"event": "answered", "agent": "21199999999", "seq": 0}),
        ({}, SIPGATE_ANSWER | {"user": "voicemail"}, {"event": "voicemail"}),
        ({}, SIPGATE_HANGUP, {"event": "hangup", "cause": "normalClearing", "result": "ANSWER", "seq": 0}),
        (
            {"next": "voicemail_offer", "seq": "4"},
            SIPGATE_DTMF,
            {"event": "voicemail_offer", "result": "1", "seq": 4},
        ),
        ({}, SIPGATE_HANGUP | {"cause": "noAnswer"}, {"event": "hangup", "result": "NOANSWER"}),
        ({}, SIPGATE_HANGUP | {"cause": "forwarded"}, {"event": "hangup", "result": ""}),
        ({"next": "voicemail_offer", "seq": "4"}, SIPGATE_DTMF | {"dtmf": ""}, {"result": ""}),
        ({"next": "wait_tick", "seq": "4"}, SIPGATE_DTMF, {"event": "wait_tick", "result": ""}),
        ({"next": "hangup", "seq": "4"}, SIPGATE_DTMF, {"event": "hangup", "seq": 0}),
    ],
)
def test_a_webhook_becomes_our_event(query: Form, form: Form, expected: dict[str, object]) -> None:
    seen = sipgate.read(query, form).fields()
    assert {name: seen[name] for name in expected} == expected
    assert seen["call_id"] == "123456"


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ({}, {}),
        ({}, {"event": "newCall"}),
        ({}, {"event": "reboot", "callId": "1"}),
        ({}, SIPGATE_DTMF),
        ({"next": "record"}, SIPGATE_DTMF),
    ],
)
def test_what_no_document_knows_is_no_call(query: Form, form: Form) -> None:
    with pytest.raises(NotACall):
        sipgate.read(query, form)


VOICEMAIL = "<Dial><Voicemail /></Dial>"
BUSY = '<Reject reason="busy" />'


def gather(step: str, seq: int, milliseconds: int, sound: str = "") -> str:
    played = f"<Play><Url>{SOUNDS[sound]}</Url></Play>" if sound else ""
    opened = f'<Gather onData="{ADDRESS}?next={step}&amp;seq={seq}" maxDigits="1" timeout="{milliseconds}"'
    return f"{opened}>{played}</Gather>" if played else f"{opened} />"


@pytest.mark.parametrize(
    ("neutral", "event", "site", "verb", "shortfalls"),
    [
        (
            {"action": "connect", "agent": "+4989555901"},
            INCOMING,
            BARE,
            "<Dial><Number>4989555901</Number></Dial>",
            (),
        ),
        ({"action": "connect", "agent": "agent1"}, INCOMING, BARE, BUSY, ("agent_not_diallable",)),
        ({"action": "busy"}, INCOMING, BARE, BUSY, ()),
        ({"action": "busy"}, TICK, BARE, "<Hangup />", ("busy_after_answer",)),
        (
            {"action": "wait", "wait_seconds": 3, "position": 2},
            INCOMING,
            SITE,
            gather("wait_tick", 2, 3000, "hold"),
            ("no_queue",),
        ),
        (
            {"action": "wait", "wait_seconds": 3},
            TICK,
            BARE,
            gather("wait_tick", 4, 3000),
            ("no_queue",),
        ),
        (
            {"action": "offer_voicemail"},
            TICK,
            SITE,
            gather("voicemail_offer", 4, 5000, "offer"),
            (),
        ),
        ({"action": "offer_voicemail"}, TICK, BARE, VOICEMAIL, ("no_offer", "own_voicemail")),
        ({"action": "record"}, TICK, SITE, VOICEMAIL, ("own_voicemail",)),
        (
            {"action": "announce", "announcement": "closed"},
            INCOMING,
            SITE,
            gather("hangup", 2, 1, "closed"),
            (),
        ),
        (
            {"action": "announce", "announcement": "closed"},
            INCOMING,
            BARE,
            "<Reject />",
            ("no_announcement",),
        ),
        ({"action": "announce", "announcement": "closed"}, TICK, BARE, "<Hangup />", ("no_announcement",)),
        ({"action": "hangup"}, TICK, BARE, "<Hangup />", ()),
    ],
)
def test_our_answer_becomes_its_xml(
    neutral: dict[str, Any], event: PeerEvent, site: Site, verb: str, shortfalls: tuple[Shortfall, ...]
) -> None:
    reply = sipgate.answer(neutral, event, site)
    response = f'<Response onAnswer="{ADDRESS}" onHangup="{ADDRESS}">{verb}</Response>'
    assert reply.body.decode().partition("?>\n")[2] == response
    assert reply.shortfalls == shortfalls
    assert reply.content_type.startswith("application/xml")


def test_after_an_announcement_the_call_ends() -> None:
    heard = sipgate.read({"next": "hangup"}, SIPGATE_DTMF)
    assert [verb.tag for verb in fromstring(sipgate.told(heard).body)] == ["Hangup"]
    assert list(fromstring(sipgate.told(sipgate.read({}, SIPGATE_ANSWER)).body)) == []
