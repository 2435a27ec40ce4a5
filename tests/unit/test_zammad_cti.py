"""The generic CTI of Zammad: its events are ours, and a busy line is its "reject"."""

import json

import pytest

from calls.rules import zammad_cti
from calls.rules.deciding import Action
from calls.rules.peers import Form, NotACall, PeerEvent, Shortfall, Site
from tests.factories.vendors import ZAMMAD_HANGUP, ZAMMAD_NEW_CALL, ZAMMAD_OUTGOING

SITE = Site(address="https://help.example/calls/v1/events/7")
INCOMING = PeerEvent(event="incoming", call_id="1", seq=1)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (ZAMMAD_NEW_CALL, {"event": "incoming", "seq": 1, "from": "493023125741", "to": "492214710334"}),
        (ZAMMAD_NEW_CALL | {"user[]": ["A", "B"]}, {"event": "incoming"}),
        (ZAMMAD_OUTGOING, {"event": "outgoing", "call_id": ZAMMAD_OUTGOING["callId"]}),
        (
            ZAMMAD_NEW_CALL | {"event": "answer", "answeringNumber": "42"},
            {"event": "answered", "agent": "42"},
        ),
        (ZAMMAD_NEW_CALL | {"event": "answer", "user": "voicemail"}, {"event": "voicemail"}),
        (ZAMMAD_HANGUP, {"event": "hangup", "result": "ANSWER", "agent": "emma@chrispresso.com"}),
    ],
)
def test_an_event_becomes_ours(form: Form, expected: dict[str, object]) -> None:
    seen = zammad_cti.read({}, form).fields()
    assert {name: seen[name] for name in expected} == expected


@pytest.mark.parametrize("form", [{}, {"event": "newCall"}, ZAMMAD_NEW_CALL | {"event": "dtmf"}])
def test_what_no_document_knows_is_no_call(form: Form) -> None:
    with pytest.raises(NotACall):
        zammad_cti.read({}, form)


ANSWERS: list[tuple[str, dict[str, str], tuple[str, ...]]] = [
    ("connect", {}, ("agent_not_chosen",)),
    ("busy", {"action": "reject", "reason": "busy"}, ()),
    ("wait", {}, ("no_queue",)),
    ("offer_voicemail", {}, ("no_offer", "own_voicemail")),
    ("record", {}, ("own_voicemail",)),
    ("announce", {}, ("no_announcement",)),
    ("hangup", {}, ()),
]


@pytest.mark.parametrize(("action", "said", "shortfalls"), ANSWERS)
def test_only_a_busy_call_is_rejected(
    action: str, said: dict[str, str], shortfalls: tuple[Shortfall, ...]
) -> None:
    reply = zammad_cti.answer({"action": action, "agent": "agent1"}, INCOMING, SITE)
    assert (json.loads(reply.body), reply.content_type) == (said, "application/json")
    assert reply.shortfalls == shortfalls
    assert zammad_cti.told(INCOMING).body == b"{}"


def test_every_action_has_its_row() -> None:
    assert [row[0] for row in ANSWERS] == list(Action)
