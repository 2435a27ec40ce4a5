"""TwiML: what Twilio and those who speak like it send, and what they are told."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from defusedxml.ElementTree import fromstring

from calls.rules import twiml
from calls.rules.peers import NotACall, PeerEvent, Shortfall, Site
from tests.factories.vendors import TWILIO_CALL

SITE = Site(address="https://help.example/calls/v1/twiml/7", language="de")
CALL = TWILIO_CALL["CallSid"]
INCOMING = PeerEvent(event="incoming", call_id=CALL, seq=1)
WAITING = PeerEvent(event="wait_tick", call_id=CALL, seq=4, said=2)


def told(neutral: dict[str, Any], event: PeerEvent = INCOMING, site: Site = SITE) -> str:
    return twiml.answer(neutral, event, site).body.decode().partition("?>\n")[2]


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.mark.parametrize(
    ("query", "fields", "expected"),
    [
        ({}, {}, {"event": "incoming", "seq": 1, "from": "+4989555001", "to": "+4930555001"}),
        ({}, {"From": "", "Caller": "anonymous"}, {"from": "anonymous"}),
        ({}, {"CallStatus": "completed", "CallDuration": "61"}, {"event": "hangup", "cause": "completed"}),
        ({}, {"CallStatus": "completed"}, {"from": "+4989555001", "to": "+4930555001"}),
        ({}, {"CallStatus": "completed", "From": "", "Caller": "anonymous"}, {"from": "anonymous"}),
        ({"next": "hangup"}, {"CallStatus": "no-answer"}, {"event": "hangup", "cause": "no-answer"}),
        (
            {"next": "dial_result", "seq": "2", "agent": "+4989555901"},
            {"DialCallStatus": "no-answer", "CallStatus": "in-progress"},
            {"event": "dial_result", "seq": 2, "result": "NOANSWER", "agent": "+4989555901"},
        ),
        (
            {"next": "dial_result", "seq": "2"},
            {"DialCallStatus": "busy", "CallStatus": "ringing"},
            {"event": "dial_result", "result": "BUSY"},
        ),
        (
            {"next": "dial_result", "seq": "2"},
            {"DialCallStatus": "failed", "CallStatus": "ringing"},
            {"event": "dial_result", "result": "CHANUNAVAIL"},
        ),
        # the caller hung up while it rang
        (
            {"next": "dial_result", "seq": "2"},
            {"DialCallStatus": "no-answer", "CallStatus": "completed"},
            {"event": "dial_result", "result": "CANCEL"},
        ),
        # they talked
        (
            {"next": "dial_result", "seq": "2", "agent": "+4989555901"},
            {"DialCallStatus": "completed", "DialCallDuration": "95", "CallStatus": "in-progress"},
            {"event": "dial_result", "seq": 2, "talk": 95, "result": "ANSWER"},
        ),
        # an agent that could not be dialled at all
        ({"next": "dial_result", "seq": "2"}, {}, {"event": "dial_result", "result": "CHANUNAVAIL"}),
        ({"next": "wait_tick", "seq": "9"}, {}, {"event": "wait_tick", "seq": 9}),
        (
            {"next": "voicemail_offer", "seq": "5"},
            {"Digits": "1"},
            {"event": "voicemail_offer", "result": "1"},
        ),
        ({"next": "voicemail_offer", "seq": "5"}, {}, {"event": "voicemail_offer", "result": ""}),
        (
            {"next": "voicemail_recorded", "seq": "6"},
            {"RecordingUrl": "https://api.example/RE1", "RecordingDuration": "12", "Digits": "hangup"},
            {
                "event": "voicemail_recorded",
                "result": "HANGUP",
                "recording": "https://api.example/RE1",
                "talk": 12,
            },
        ),
        (
            {"next": "voicemail_recorded", "seq": "6"},
            {"RecordingUrl": "https://api.example/RE1", "Digits": "#"},
            {"event": "voicemail_recorded", "result": "DTMF"},
        ),
        (
            {"next": "voicemail_recorded", "seq": "6"},
            {},
            {"event": "voicemail_recorded", "result": "SILENCE"},
        ),
        # the agent's own leg, which has another id
        (
            {"next": "answered", "agent": "+4989555901", "call": CALL},
            {"CallSid": "CAother", "CallStatus": "in-progress"},
            {"event": "answered", "call_id": CALL, "agent": "+4989555901", "seq": 0},
        ),
    ],
)
def test_a_request_becomes_our_event(
    query: dict[str, str], fields: dict[str, str], expected: dict[str, object]
) -> None:
    seen = twiml.read(query, TWILIO_CALL | fields).fields()
    assert {name: seen[name] for name in expected} == expected
    assert seen["call_id"] == CALL


@pytest.mark.parametrize("status", ["ringing", "completed"])
@pytest.mark.parametrize(
    ("told", "direction"), [("inbound", "in"), ("", "in"), ("outbound-api", "out"), ("outbound-dial", "out")]
)
def test_who_called_whom_is_read_of_a_call_that_is_over_too(status: str, told: str, direction: str) -> None:
    event = twiml.read({}, TWILIO_CALL | {"CallStatus": status, "Direction": told})
    assert event.direction == direction


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ({}, {}),
        ({}, {"CallSid": "  "}),
        ({"next": "reboot"}, TWILIO_CALL),
        ({"next": "answered", "call": CALL}, TWILIO_CALL | {"CallStatus": "no-answer"}),
        ({"next": "answered"}, TWILIO_CALL | {"CallStatus": "in-progress"}),
    ],
)
def test_a_request_without_its_call_is_none(query: dict[str, str], form: dict[str, str]) -> None:
    with pytest.raises(NotACall):
        twiml.read(query, form)


def test_a_number_rings_and_its_end_is_asked_about() -> None:
    body = told({"action": "connect", "agent": "+4989555901", "ring_seconds": 25})
    dial = fromstring(body)[0]
    assert (dial.tag, dial.get("timeout"), dial.get("answerOnBridge")) == ("Dial", "25", "true")
    assert query_of(dial.get("action")) == {"next": "dial_result", "seq": "2", "agent": "+4989555901"}
    number = dial[0]
    assert (number.tag, number.text, number.get("statusCallbackEvent")) == (
        "Number",
        "+4989555901",
        "answered",
    )
    callback = query_of(number.get("statusCallback"))
    assert (callback["next"], callback["call"], callback["agent"]) == ("answered", CALL, "+4989555901")


@pytest.mark.parametrize(
    ("agent", "rings"),
    [
        ("agent1@pbx.example", ("Sip", "sip:agent1@pbx.example")),
        ("sip:agent1@pbx.example:5061", ("Sip", "sip:agent1@pbx.example:5061")),
        ("4989555901", ("Number", "4989555901")),
    ],
)
def test_an_address_of_sip_rings_too(agent: str, rings: tuple[str, str]) -> None:
    target = fromstring(told({"action": "connect", "agent": agent}))[0][0]
    assert (target.tag, target.text) == rings


@pytest.mark.parametrize(
    "agent",
    ["", "agent1", "</Dial><Hangup/>", "sip:a@b?Subject=x", "+49 89 1", "sip:a@b\r\nX: y@c z", "client:x"],
)
def test_what_cannot_be_dialled_is_told_as_unreachable_at_once(agent: str) -> None:
    reply = twiml.answer({"action": "connect", "agent": agent}, INCOMING, SITE)
    (redirect,) = fromstring(reply.body)
    assert redirect.tag == "Redirect"
    event = twiml.read(query_of(redirect.text), TWILIO_CALL)
    assert (event.event, event.result, event.seq) == ("dial_result", "CHANUNAVAIL", 2)
    assert reply.shortfalls == (Shortfall.AGENT_NOT_DIALLABLE,)


def test_busy_is_a_busy_signal_before_anybody_took_the_call() -> None:
    assert told({"action": "busy"}) == '<Response><Reject reason="busy" /></Response>'
    reply = twiml.answer({"action": "busy"}, WAITING, SITE)
    assert [verb.tag for verb in fromstring(reply.body)] == ["Say", "Hangup"]
    assert reply.shortfalls == (Shortfall.BUSY_AFTER_ANSWER,)


@pytest.mark.parametrize(
    ("language", "position", "words"),
    [
        ("de", 1, "Sie sind als Nächstes an der Reihe."),
        ("de-at", 3, "Sie sind an Position 3 der Warteschlange."),
        ("en", 1, "You are next in line."),
        ("en", 3, "You are number 3 in the queue."),
        ("en", 2, None),  # told already
        ("en", 0, None),
    ],
)
def test_a_waiting_caller_hears_a_new_position_once(language: str, position: int, words: str | None) -> None:
    site = Site(address=SITE.address, language=language)
    verbs = fromstring(told({"action": "wait", "wait_seconds": 3, "position": position}, WAITING, site))
    assert [verb.text for verb in verbs if verb.tag == "Say"] == ([words] if words else [])
    assert [verb.get("length") for verb in verbs if verb.tag == "Pause"] == ["3"]
    again = twiml.read(query_of(verbs[-1].text), TWILIO_CALL)
    assert (again.event, again.seq, again.said) == ("wait_tick", 5, position)


def test_music_is_played_where_there_is_a_recording_of_it() -> None:
    site = Site(address=SITE.address, sounds={"hold": "https://help.example/hold.wav?a=1&b=2"})
    verbs = fromstring(told({"action": "wait", "position": 2}, WAITING, site))
    assert [(verb.tag, verb.text) for verb in verbs][:1] == [
        ("Play", "https://help.example/hold.wav?a=1&b=2")
    ]


@pytest.mark.parametrize(
    ("announcement", "said"),
    [
        ("", ["Drücken Sie die Eins, um eine Nachricht zu hinterlassen, oder bleiben Sie in der Leitung."]),
        (
            "closed",
            [
                "Sie rufen außerhalb unserer Geschäftszeiten an.",
                "Drücken Sie die Eins, um eine Nachricht zu hinterlassen.",
            ],
        ),
        (
            "https://x.example/a.wav",
            ["https://x.example/a.wav", "Drücken Sie die Eins, um eine Nachricht zu hinterlassen."],
        ),
        # a recording of another telephone system
        (
            "custom/hofmann",
            [
                "Sie rufen außerhalb unserer Geschäftszeiten an.",
                "Drücken Sie die Eins, um eine Nachricht zu hinterlassen.",
            ],
        ),
    ],
)
def test_the_voicemail_is_offered_and_no_key_is_an_answer_too(announcement: str, said: list[str]) -> None:
    gather, redirect = fromstring(told({"action": "offer_voicemail", "announcement": announcement}))
    assert [verb.text for verb in gather] == said
    assert gather.get("action") == redirect.text
    assert query_of(redirect.text) == {"next": "voicemail_offer", "seq": "2"}


def test_a_message_is_recorded_and_silence_is_told_too() -> None:
    say, record, redirect = fromstring(told({"action": "record"}))
    assert (say.text, record.tag) == ("Bitte sprechen Sie nach dem Signalton.", "Record")
    assert record.get("action") == redirect.text
    assert query_of(redirect.text)["next"] == "voicemail_recorded"


def test_an_announcement_ends_the_call() -> None:
    site = Site(address=SITE.address, language="en")
    verbs = fromstring(told({"action": "announce", "announcement": "unknown_number"}, site=site))
    assert [(verb.tag, verb.get("language")) for verb in verbs] == [("Say", "en-GB"), ("Hangup", None)]
    assert told({"action": "hangup"}) == "<Response><Hangup /></Response>"
    assert twiml.told(PeerEvent("hangup", CALL)).body.endswith(b"<Response><Hangup /></Response>")
    assert twiml.told(PeerEvent("answered", CALL)).body.endswith(b"<Response />")
