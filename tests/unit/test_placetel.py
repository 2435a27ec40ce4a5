"""Placetel: its notices as our events, our one answer as its XML."""

from typing import Any

import pytest

from calls.rules import placetel
from calls.rules.peers import NotACall, PeerEvent, Shortfall, Site
from tests.factories.vendors import PLACETEL_CALL

BARE = Site(address="https://help.example/calls/v1/placetel/7")
SITE = Site(address=BARE.address, sounds={"record": "1234", "unknown_number": "123"}, queue="55")
INCOMING = PeerEvent(event="incoming", call_id=PLACETEL_CALL["call_id"], seq=1)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"event": "incoming", "seq": 1, "from": "022129191999", "to": "022129191998"}),
        ({"event": "OutgoingCall", "peer": "7777abcdefg@fpbx.de"}, {"event": "outgoing", "seq": 0}),
        (
            {"event": "CallAccepted", "peer": "7777abcdefg@fpbx.de"},
            {"event": "answered", "agent": "7777abcdefg@fpbx.de"},
        ),
        (
            {"event": "HungUp", "type": "accepted", "duration": "61"},
            {"event": "hangup", "cause": "accepted", "result": "ANSWER", "talk": 61},
        ),
        ({"event": "HungUp", "type": "missed", "duration": "0"}, {"event": "hangup", "result": "NOANSWER"}),
        ({"event": "HungUp", "type": "voicemail"}, {"event": "voicemail", "cause": "voicemail"}),
        ({"event": "HungUp", "duration": "-1"}, {"event": "hangup", "talk": 0}),
    ],
)
def test_a_notice_becomes_our_event(fields: dict[str, str], expected: dict[str, object]) -> None:
    seen = placetel.read({}, PLACETEL_CALL | fields).fields()
    assert {name: seen[name] for name in expected} == expected
    assert seen["call_id"] == PLACETEL_CALL["call_id"]


@pytest.mark.parametrize("form", [{}, {"event": "IncomingCall"}, PLACETEL_CALL | {"event": "newCall"}])
def test_what_no_document_knows_is_no_call(form: dict[str, str]) -> None:
    with pytest.raises(NotACall):
        placetel.read({}, form)


VOICEMAIL = '<Forward voicemail="true" voicemail_as_attachment="true" />'
RINGS = '<Forward voicemail="false"><Target ringtime="{}"><Number>{}</Number></Target></Forward>'
BUSY = '<Reject reason="busy" />'


@pytest.mark.parametrize(
    ("neutral", "site", "verb", "shortfalls"),
    [
        (
            {"action": "connect", "agent": "7777abcdefg@fpbx.de", "ring_seconds": 30},
            BARE,
            RINGS.format(30, "7777abcdefg@fpbx.de"),
            (),
        ),
        (
            {"action": "connect", "agent": "022129191999"},
            BARE,
            RINGS.format(20, "022129191999"),
            (),
        ),
        ({"action": "connect", "agent": "agent1"}, BARE, BUSY, ("agent_not_diallable",)),
        ({"action": "busy"}, BARE, BUSY, ()),
        ({"action": "wait"}, SITE, '<Queue id="55" />', ("no_queue",)),
        ({"action": "wait"}, BARE, VOICEMAIL, ("no_queue", "own_voicemail")),
        ({"action": "offer_voicemail"}, BARE, VOICEMAIL, ("no_offer", "own_voicemail")),
        (
            {"action": "record"},
            SITE,
            '<Forward voicemail="true" voicemail_as_attachment="true" voicemail_announcement="1234" />',
            ("own_voicemail",),
        ),
        ({"action": "announce", "announcement": "unknown_number"}, SITE, '<Prompt id="123" />', ()),
        ({"action": "announce", "announcement": "unknown_number"}, BARE, "<Reject />", ("no_announcement",)),
        ({"action": "hangup"}, BARE, "<Hangup />", ()),
    ],
)
def test_our_answer_becomes_its_xml(
    neutral: dict[str, Any], site: Site, verb: str, shortfalls: tuple[Shortfall, ...]
) -> None:
    reply = placetel.answer(neutral, INCOMING, site)
    assert reply.body.decode().partition("?>\n")[2] == f"<Response>{verb}</Response>"
    assert reply.shortfalls == shortfalls
    assert placetel.told(INCOMING).body.endswith(b"<Response />")
