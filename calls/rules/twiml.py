"""TwiML: Twilio, SignalWire (cXML), Telnyx (TeXML) and 2600Hz (Pivot). Pure.

The caller waits in a loop of "play, then ask again", so our queue decides, not the vendor's. Documents:
docs/telephony/providers.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.etree import ElementTree

from calls.rules import spoken
from calls.rules.deciding import Action, Event
from calls.rules.peers import (
    LONGEST_RECORDING,
    LONGEST_SECONDS,
    Answer,
    Form,
    NotACall,
    PeerEvent,
    Reply,
    Shortfall,
    Site,
    Told,
    answer_of,
    call_id,
    element,
    is_number,
    is_sip,
    one_line,
    sequence,
    value,
    whole,
    xml_reply,
)

_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_TALKED = frozenset({"completed", "answered"})
_DIALLED = {"busy": "BUSY", "no-answer": "NOANSWER", "failed": "CHANUNAVAIL", "canceled": "CANCEL"}
_VOICEMAIL_SECONDS = 120
_KEY_SECONDS = 5

Verbs = list[ElementTree.Element]


def read(query: Form, form: Form) -> PeerEvent:
    """A request for instructions, an action address, or a status callback. Error: NotACall."""
    step = value(query, "next")
    if not step:
        return _over(form) if value(form, "CallStatus") in _OVER else _event(Event.INCOMING, query, form)
    if step not in _STEPS:
        raise NotACall("An address that is not ours.")
    return _STEPS[step](query, form)


def answer(neutral: Mapping[str, object], event: PeerEvent, site: Site) -> Reply:
    """Our answer as TwiML. Error: ValueError for an action that is none of ours."""
    given = answer_of(neutral)
    verbs, shortfalls = _ACTIONS[given.action](given, event, site)
    return xml_reply(*verbs, shortfalls=shortfalls)


def told(event: PeerEvent) -> Reply:
    """What follows on a call that is over (ignored by the vendor where nothing can follow)."""
    return xml_reply() if event.event == Told.ANSWERED else xml_reply(element("Hangup"))


def _event(kind: str, query: Form, form: Form, *, result: str = "") -> PeerEvent:
    return PeerEvent(
        event=kind,
        call_id=call_id(form, "CallSid"),
        seq=sequence(query, otherwise=1),
        caller=value(form, "From", "Caller"),
        dialled=value(form, "To", "Called"),
        result=result,
        agent=value(query, "agent"),
        direction=_direction(form),
        said=whole(value(query, "said"), low=0, high=9_999),
    )


def _over(form: Form) -> PeerEvent:
    """The whole call is over. Its duration is not that of the talk: it began with the music.

    Of a call that we were never asked about it is all we hear, so it says who called whom.
    """
    return PeerEvent(
        event=Told.HANGUP,
        call_id=call_id(form, "CallSid"),
        caller=value(form, "From", "Caller"),
        dialled=value(form, "To", "Called"),
        direction=_direction(form),
        cause=value(form, "CallStatus"),
    )


def _direction(form: Form) -> str:
    return "out" if value(form, "Direction").startswith("outbound") else "in"


def _dial_result(query: Form, form: Form) -> PeerEvent:
    status = value(form, "DialCallStatus")
    if status in _TALKED:
        seconds = whole(value(form, "DialCallDuration"), low=0, high=LONGEST_SECONDS)
        return replace(_event(Event.DIAL_RESULT, query, form, result="ANSWER"), talk_seconds=seconds)
    if status and value(form, "CallStatus") in _OVER:
        return _event(Event.DIAL_RESULT, query, form, result="CANCEL")
    return _event(Event.DIAL_RESULT, query, form, result=_DIALLED.get(status, "CHANUNAVAIL"))


def _wait_tick(query: Form, form: Form) -> PeerEvent:
    return _event(Event.WAIT_TICK, query, form)


def _voicemail_offer(query: Form, form: Form) -> PeerEvent:
    return _event(Event.VOICEMAIL_OFFER, query, form, result=value(form, "Digits")[:1])


def _voicemail_recorded(query: Form, form: Form) -> PeerEvent:
    event = _event(Event.VOICEMAIL_RECORDED, query, form, result=_how_recording_ended(form))
    found = form.get("RecordingUrl", "")
    url = one_line(found if isinstance(found, str) else next(iter(found), ""), LONGEST_RECORDING)
    seconds = whole(value(form, "RecordingDuration"), low=0, high=LONGEST_SECONDS)
    return replace(event, agent="", recording=url, talk_seconds=seconds)


def _how_recording_ended(form: Form) -> str:
    if not value(form, "RecordingUrl"):
        return "SILENCE"
    key = value(form, "Digits")
    if key == "hangup":
        return "HANGUP"
    return "DTMF" if key else "TIMEOUT"


def _answered(query: Form, form: Form) -> PeerEvent:
    """The agent's own leg tells that it was taken: it has an id of its own, ours stands in the address."""
    if value(form, "CallStatus") not in {"in-progress", "answered"}:
        raise NotACall("The phone was not taken.")
    return PeerEvent(
        event=Told.ANSWERED,
        call_id=call_id(
            {"call": query.get("call", ""), "parent": form.get("ParentCallSid", "")}, "call", "parent"
        ),
        agent=value(query, "agent"),
    )


def _ended(query: Form, form: Form) -> PeerEvent:
    return _over(form)


_STEPS: Mapping[str, Callable[[Form, Form], PeerEvent]] = {
    Event.DIAL_RESULT: _dial_result,
    Event.WAIT_TICK: _wait_tick,
    Event.VOICEMAIL_OFFER: _voicemail_offer,
    Event.VOICEMAIL_RECORDED: _voicemail_recorded,
    Told.ANSWERED: _answered,
    Told.HANGUP: _ended,
}

Built = tuple[Verbs, tuple[Shortfall, ...]]


def _connect(given: Answer, event: PeerEvent, site: Site) -> Built:
    after = site.next(event, Event.DIAL_RESULT, agent=given.agent)
    target = _target(given.agent, site.next(event, Told.ANSWERED, agent=given.agent, call=event.call_id))
    if target is None:  # told at once as unreachable, so that the next agent is tried
        return [_ask_again(after)], (Shortfall.AGENT_NOT_DIALLABLE,)
    attributes: dict[str, str | int] = {
        "action": after,
        "method": "POST",
        "timeout": given.ring_seconds,
        "answerOnBridge": "true",  # the caller hears it ring and can still be told "busy"
    }
    return [element("Dial", children=[target], attributes=attributes)], ()


def _target(agent: str, when_answered: str) -> ElementTree.Element | None:
    callback = {
        "statusCallback": when_answered,
        "statusCallbackEvent": "answered",
        "statusCallbackMethod": "POST",
    }
    if is_number(agent):
        return element("Number", agent, attributes=callback)
    if is_sip(agent):
        uri = agent if agent.startswith(("sip:", "sips:")) else f"sip:{agent}"
        return element("Sip", uri, attributes=callback)
    return None


def _busy(given: Answer, event: PeerEvent, site: Site) -> Built:
    """A busy signal while the call is not taken; a caller who already hears us is told so."""
    if event.event in {Event.INCOMING, Event.DIAL_RESULT}:
        return [element("Reject", attributes={"reason": "busy"})], ()
    return [_say("busy", site), element("Hangup")], (Shortfall.BUSY_AFTER_ANSWER,)


def _wait(given: Answer, event: PeerEvent, site: Site) -> Built:
    verbs: Verbs = []
    if given.position and given.position != event.said:
        verbs.append(_say("first" if given.position == 1 else "position", site, position=given.position))
    music = site.sounds.get("hold", "")
    verbs.append(
        element("Play", music) if music else element("Pause", attributes={"length": given.wait_seconds})
    )
    verbs.append(_ask_again(site.next(event, Event.WAIT_TICK, said=given.position)))
    return verbs, ()


def _offer(given: Answer, event: PeerEvent, site: Site) -> Built:
    after = site.next(event, Event.VOICEMAIL_OFFER)
    words = [*_announcement(given, site)] if given.announcement else []
    words.append(_say("offer_closed" if given.announcement else "offer", site))
    attributes: dict[str, str | int] = {
        "input": "dtmf",
        "numDigits": 1,
        "timeout": _KEY_SECONDS,
        "action": after,
        "method": "POST",
    }
    # Without a key the vendor goes on to the next verb: the same question, then without one.
    return [element("Gather", children=words, attributes=attributes), _ask_again(after)], ()


def _record(given: Answer, event: PeerEvent, site: Site) -> Built:
    after = site.next(event, Event.VOICEMAIL_RECORDED)
    attributes: dict[str, str | int] = {
        "action": after,
        "method": "POST",
        "maxLength": _VOICEMAIL_SECONDS,
        "timeout": _KEY_SECONDS,
        "finishOnKey": "#",
        "playBeep": "true",
    }
    # Nothing recorded: the vendor does not call the action, it goes on.
    return [_say("record", site), element("Record", attributes=attributes), _ask_again(after)], ()


def _announce(given: Answer, event: PeerEvent, site: Site) -> Built:
    return [*_announcement(given, site), element("Hangup")], ()


def _hang_up(given: Answer, event: PeerEvent, site: Site) -> Built:
    return [element("Hangup")], ()


_ACTIONS: Mapping[Action, Callable[[Answer, PeerEvent, Site], Built]] = {
    Action.CONNECT: _connect,
    Action.BUSY: _busy,
    Action.WAIT: _wait,
    Action.OFFER_VOICEMAIL: _offer,
    Action.RECORD: _record,
    Action.ANNOUNCE: _announce,
    Action.HANGUP: _hang_up,
}


def _announcement(given: Answer, site: Site) -> Verbs:
    """A sentence of ours, or a recording by its address; for another recording's name, that we are closed."""
    code = given.announcement
    if code.startswith("https://"):
        return [element("Play", code)]
    if spoken.is_known(code) or code in site.sounds:
        return [_say(code, site)]
    return [_say("closed", site)]


def _say(code: str, site: Site, *, position: int = 0) -> ElementTree.Element:
    recording = site.sounds.get(code, "")
    if recording:
        return element("Play", recording)
    text = spoken.sentence(code, site.language, position=position)
    return element("Say", text, attributes={"language": spoken.voice(site.language)})


def _ask_again(url: str) -> ElementTree.Element:
    return element("Redirect", url, attributes={"method": "POST"})
