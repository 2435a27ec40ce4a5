"""sipgate.io: its webhooks in, its XML out. Pure.

It has no queue and no voice, and it tells nothing after a phone did not answer but that the call is over.
What that means is said in docs/telephony/providers.md.
"""

from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from calls.rules.deciding import Action, Event
from calls.rules.peers import (
    ENDINGS,
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
    sequence,
    value,
    xml_reply,
)

_KEY_MILLISECONDS = 5_000
_AT_ONCE = 1
_GATHERED = frozenset({Event.VOICEMAIL_OFFER, Event.WAIT_TICK})

Built = tuple[ElementTree.Element, tuple[Shortfall, ...]]


def read(query: Form, form: Form) -> PeerEvent:
    """newCall, answer, hangup or dtmf. Error: NotACall."""
    kind = value(form, "event")
    if kind not in _EVENTS:
        raise NotACall("sipgate sends newCall, answer, hangup and dtmf.")
    return _EVENTS[kind](query, form)


def answer(neutral: Mapping[str, object], event: PeerEvent, site: Site) -> Reply:
    """Our answer as sipgate's XML. Error: ValueError for an action that is none of ours."""
    given = answer_of(neutral)
    verb, shortfalls = _ACTIONS[given.action](given, event, site)
    addresses = {"onAnswer": site.address, "onHangup": site.address}
    return xml_reply(verb, shortfalls=shortfalls, attributes=addresses)


def told(event: PeerEvent) -> Reply:
    """The reply to an answer or a hangup (discarded), or after an announcement (the end)."""
    return xml_reply(element("Hangup")) if event.event == Told.HANGUP else xml_reply()


def _event(kind: str, query: Form, form: Form, *, result: str = "", agent: str = "") -> PeerEvent:
    return PeerEvent(
        event=kind,
        call_id=call_id(form, "callId"),
        seq=sequence(query, otherwise=0),
        caller=value(form, "from"),
        dialled=value(form, "to"),
        result=result,
        agent=agent,
        direction="out" if value(form, "direction") == "out" else "in",
        cause=value(form, "cause"),
    )


def _new_call(query: Form, form: Form) -> PeerEvent:
    kind = Told.OUTGOING if value(form, "direction") == "out" else Event.INCOMING
    return _event(kind, {"seq": "1"}, form)


def _answer(query: Form, form: Form) -> PeerEvent:
    """sipgate's own voicemail answers, too: as a user of that name."""
    kind = Told.VOICEMAIL if value(form, "user", "user[]").lower() == "voicemail" else Told.ANSWERED
    return _event(kind, {}, form, agent=value(form, "answeringNumber"))


def _hangup(query: Form, form: Form) -> PeerEvent:
    ending = ENDINGS.get(value(form, "cause"), "")
    return _event(Told.HANGUP, {}, form, result=ending, agent=value(form, "answeringNumber"))


def _dtmf(query: Form, form: Form) -> PeerEvent:
    step = value(query, "next")
    if step == Told.HANGUP:  # the announcement has been heard
        return _event(Told.HANGUP, {}, form)
    if step not in _GATHERED:
        raise NotACall("Keys for a question that is not ours.")
    key = value(form, "dtmf")[:1] if step == Event.VOICEMAIL_OFFER else ""
    return _event(step, query, form, result=key)


_EVENTS: Mapping[str, Callable[[Form, Form], PeerEvent]] = {
    "newCall": _new_call,
    "answer": _answer,
    "hangup": _hangup,
    "dtmf": _dtmf,
}


def _connect(given: Answer, event: PeerEvent, site: Site) -> Built:
    """Rings one number (in E.164, without the plus, as sipgate writes it)."""
    if not is_number(given.agent):
        return _reject_busy(), (Shortfall.AGENT_NOT_DIALLABLE,)
    return element("Dial", children=[element("Number", given.agent.removeprefix("+"))]), ()


def _busy(given: Answer, event: PeerEvent, site: Site) -> Built:
    if event.event == Event.INCOMING:
        return _reject_busy(), ()
    return element("Hangup"), (Shortfall.BUSY_AFTER_ANSWER,)


def _wait(given: Answer, event: PeerEvent, site: Site) -> Built:
    """Waiting is a question for a key that nobody has to press, asked again and again."""
    url = site.next(event, Event.WAIT_TICK)
    return _gather(site, url, "hold", given.wait_seconds * 1_000), (Shortfall.NO_QUEUE,)


def _offer(given: Answer, event: PeerEvent, site: Site) -> Built:
    """The offer needs a recording; without one the caller goes to sipgate's voicemail at once."""
    code = "offer_closed" if given.announcement else "offer"
    if not site.sounds.get(code):
        return _voicemail(), (Shortfall.NO_OFFER, Shortfall.OWN_VOICEMAIL)
    return _gather(site, site.next(event, Event.VOICEMAIL_OFFER), code, _KEY_MILLISECONDS), ()


def _record(given: Answer, event: PeerEvent, site: Site) -> Built:
    return _voicemail(), (Shortfall.OWN_VOICEMAIL,)


def _announce(given: Answer, event: PeerEvent, site: Site) -> Built:
    """After a bare Play sipgate delivers the call, so the announcement is a question that ends it."""
    if site.sounds.get(given.announcement):
        return _gather(site, site.next(event, Told.HANGUP), given.announcement, _AT_ONCE), ()
    is_new = event.event == Event.INCOMING
    return element("Reject" if is_new else "Hangup"), (Shortfall.NO_ANNOUNCEMENT,)


def _hang_up(given: Answer, event: PeerEvent, site: Site) -> Built:
    return element("Hangup"), ()


_ACTIONS: Mapping[Action, Callable[[Answer, PeerEvent, Site], Built]] = {
    Action.CONNECT: _connect,
    Action.BUSY: _busy,
    Action.WAIT: _wait,
    Action.OFFER_VOICEMAIL: _offer,
    Action.RECORD: _record,
    Action.ANNOUNCE: _announce,
    Action.HANGUP: _hang_up,
}


def _gather(site: Site, url: str, sound: str, milliseconds: int) -> ElementTree.Element:
    recording = site.sounds.get(sound, "")
    plays = [element("Play", children=[element("Url", recording)])] if recording else []
    return element(
        "Gather", children=plays, attributes={"onData": url, "maxDigits": 1, "timeout": milliseconds}
    )


def _voicemail() -> ElementTree.Element:
    return element("Dial", children=[element("Voicemail")])


def _reject_busy() -> ElementTree.Element:
    return element("Reject", attributes={"reason": "busy"})
