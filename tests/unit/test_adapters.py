"""What holds for every adapter, whatever comes over the wire."""

import json
from types import ModuleType
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from calls.rules import placetel, sipgate, spoken, twiml, zammad_cti
from calls.rules.deciding import Action, Event
from calls.rules.peers import LONGEST_ID, LONGEST_TEXT, NotACall, PeerEvent, Site, Told
from tests.factories import vendors

ADAPTERS = [twiml, sipgate, placetel, zammad_cti]
HOSTILE = st.text() | st.sampled_from(
    [
        '"/><Dial><Number>+4990012345</Number></Dial><x a="',
        "</Response><Response>",
        "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
        "]]>",
        "a\r\nX-Injected: yes\r\n\r\n<html>",
        "\x00\x0b\x1f\ufffe\ud800",
        "+4989555901",
        "agent1@pbx.example",
        "https://x.example/a.wav?a=1&b=<2>",
    ]
)
NEUTRAL = st.fixed_dictionaries(
    {"action": st.sampled_from([str(action) for action in Action])},
    optional={
        "agent": HOSTILE | st.none(),
        "ring_seconds": st.integers() | HOSTILE | st.none(),
        "wait_seconds": st.integers() | HOSTILE,
        "position": st.integers() | HOSTILE,
        "reason": HOSTILE,
        "rule": HOSTILE,
        "announcement": HOSTILE | st.sampled_from(spoken.codes()),
    },
)
EVENTS = st.builds(
    PeerEvent,
    event=st.sampled_from([*Event, *Told]),
    call_id=HOSTILE,
    seq=st.integers(0, 10**6),
    agent=HOSTILE,
    said=st.integers(0, 9_999),
)
SITES = st.builds(
    Site,
    address=st.just("https://help.example/calls/v1/x/7"),
    language=st.sampled_from(["de", "en", "fr", ""]),
    sounds=st.dictionaries(st.sampled_from(["hold", *spoken.codes()]), HOSTILE),
    queue=HOSTILE,
)
WORDS = {
    *("Response", "Dial", "Number", "Sip", "Reject", "Say", "Play", "Pause", "Redirect", "Gather"),
    *("Record", "Hangup", "Voicemail", "Url", "Forward", "Target", "Queue", "Prompt"),
}


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(neutral=NEUTRAL, event=EVENTS, site=SITES)
def test_any_answer_is_well_formed_and_says_only_known_words(
    adapter: ModuleType, neutral: dict[str, object], event: PeerEvent, site: Site
) -> None:
    for reply in (adapter.answer(neutral, event, site), adapter.told(event)):
        assert "\n" not in reply.content_type
        if adapter is zammad_cti:
            assert set(json.loads(reply.body)) <= {"action", "reason"}
        else:
            assert {part.tag for part in fromstring(reply.body).iter()} <= WORDS


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(neutral=NEUTRAL, event=EVENTS, site=SITES)
def test_nothing_but_a_connected_agent_is_ever_dialled(
    adapter: ModuleType, neutral: dict[str, object], event: PeerEvent, site: Site
) -> None:
    body = adapter.answer(neutral, event, site).body
    dialled = [] if adapter is zammad_cti else list(fromstring(body).iter("Number"))
    assert not dialled or neutral["action"] == Action.CONNECT
    assert all(number.text.lstrip("+") in str(neutral["agent"]) for number in dialled)


TRUE: dict[ModuleType, dict[str, Any]] = {
    twiml: vendors.TWILIO_CALL,
    sipgate: vendors.SIPGATE_HANGUP,
    placetel: vendors.PLACETEL_CALL,
    zammad_cti: vendors.ZAMMAD_HANGUP,
}
FIELDS = [
    *("callId", "call_id", "CallSid", "CallStatus", "DialCallStatus", "DialCallDuration", "ParentCallSid"),
    *("from", "From", "to", "To", "Digits", "dtmf", "user", "answeringNumber", "peer", "type"),
    *("RecordingUrl", "RecordingDuration", "duration", "direction", "cause", "event"),
]


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(
    fields=st.dictionaries(st.sampled_from(FIELDS), HOSTILE | st.lists(HOSTILE)),
    query=st.dictionaries(
        st.sampled_from(["next", "seq", "agent", "said", "call"]), HOSTILE | st.sampled_from([*Event, *Told])
    ),
)
def test_any_request_is_an_event_of_ours_or_none(
    adapter: ModuleType, fields: dict[str, str], query: dict[str, str]
) -> None:
    try:
        event = adapter.read(query, {**TRUE[adapter], **fields})
    except NotACall:
        return
    assert event.event in {*Event, *Told}
    assert len(event.call_id) in range(1, LONGEST_ID + 1)
    assert event.seq in range(10**6 + 1)
    texts = [
        event.call_id,
        event.caller,
        event.dialled,
        event.result,
        event.agent,
        event.cause,
        event.recording,
    ]
    assert not any(set(text) & set("\r\n\x00\x0b\x1f\x85\u2028\ud800") for text in texts)
    assert max(len(event.caller), len(event.dialled), len(event.agent)) <= LONGEST_TEXT


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_action_that_is_none_of_ours_is_an_error(adapter: ModuleType) -> None:
    with pytest.raises(ValueError, match="transfer"):
        adapter.answer({"action": "transfer"}, PeerEvent("incoming", "1"), Site(address="https://x"))


def test_an_id_too_long_for_us_stays_one_call() -> None:
    long = {"event": "newCall", "callId": "a" * 250, "direction": "in"}
    first, again = zammad_cti.read({}, long), zammad_cti.read({}, long)
    other = zammad_cti.read({}, long | {"callId": "a" * 249 + "b"})
    assert first.call_id == again.call_id != other.call_id
    assert len(first.call_id) <= LONGEST_ID


def test_only_what_asks_is_a_question() -> None:
    assert [PeerEvent(str(event), "1").is_question for event in (*Event, *Told)] == [True] * 5 + [False] * 4
