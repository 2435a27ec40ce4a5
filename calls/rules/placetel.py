"""Placetel: its Call Control and Notify API. Pure.

Placetel asks once, when a call comes in, and never again: what follows is Placetel's. What that means is
said in docs/telephony/providers.md.
"""

from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from calls.rules.deciding import Action, Event
from calls.rules.peers import (
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
    value,
    whole,
    xml_reply,
)

_EVENTS = {
    "IncomingCall": Event.INCOMING,
    "OutgoingCall": Told.OUTGOING,
    "CallAccepted": Told.ANSWERED,
    "HungUp": Told.HANGUP,
}
_ENDINGS = {
    "accepted": "ANSWER",
    "missed": "NOANSWER",
    "busy": "BUSY",
    "canceled": "CANCEL",
    "unavailable": "CHANUNAVAIL",
    "congestion": "CONGESTION",
}

Built = tuple[ElementTree.Element, tuple[Shortfall, ...]]


def read(query: Form, form: Form) -> PeerEvent:
    """IncomingCall, OutgoingCall, CallAccepted or HungUp. Error: NotACall."""
    kind = value(form, "event")
    if kind not in _EVENTS:
        raise NotACall("Placetel sends IncomingCall, OutgoingCall, CallAccepted and HungUp.")
    event: str = _EVENTS[kind]
    cause = value(form, "type")
    if event == Told.HANGUP and cause == "voicemail":
        event = Told.VOICEMAIL
    return PeerEvent(
        event=event,
        call_id=call_id(form, "call_id"),
        seq=1 if event == Event.INCOMING else 0,
        caller=value(form, "from"),
        dialled=value(form, "to"),
        result=_ENDINGS.get(cause, ""),
        is_over=event == Told.VOICEMAIL,  # told when it hung up
        agent=value(form, "peer"),
        direction="out" if event == Told.OUTGOING or value(form, "direction") == "out" else "in",
        cause=cause,
        talk_seconds=whole(value(form, "duration"), low=0, high=LONGEST_SECONDS),
    )


def answer(neutral: Mapping[str, object], event: PeerEvent, site: Site) -> Reply:
    """Our answer as Placetel's XML. Error: ValueError for an action that is none of ours."""
    given = answer_of(neutral)
    verb, shortfalls = _ACTIONS[given.action](given, site)
    return xml_reply(verb, shortfalls=shortfalls)


def told(event: PeerEvent) -> Reply:
    """The reply to what is only told: Placetel does not read it."""
    return xml_reply()


def _connect(given: Answer, site: Site) -> Built:
    target = given.agent.removeprefix("sip:")
    if not is_number(target) and not is_sip(target):
        return _reject_busy(), (Shortfall.AGENT_NOT_DIALLABLE,)
    rings = element(
        "Target", children=[element("Number", target)], attributes={"ringtime": given.ring_seconds}
    )
    # Never the voicemail after a phone that did not answer: it would be Placetel's decision, not ours.
    return element("Forward", children=[rings], attributes={"voicemail": "false"}), ()


def _busy(given: Answer, site: Site) -> Built:
    return _reject_busy(), ()


def _wait(given: Answer, site: Site) -> Built:
    """Placetel's own queue, where its number is known; else its voicemail, the nearest to being heard."""
    if site.queue:
        return element("Queue", attributes={"id": site.queue}), (Shortfall.NO_QUEUE,)
    verb, _ = _voicemail(given, site)
    return verb, (Shortfall.NO_QUEUE, Shortfall.OWN_VOICEMAIL)


def _voicemail(given: Answer, site: Site) -> Built:
    attributes = {"voicemail": "true", "voicemail_as_attachment": "true"}
    prompt = site.sounds.get("record", "")
    if prompt:
        attributes["voicemail_announcement"] = prompt
    return element("Forward", attributes=attributes), (Shortfall.OWN_VOICEMAIL,)


def _offer(given: Answer, site: Site) -> Built:
    verb, _ = _voicemail(given, site)
    return verb, (Shortfall.NO_OFFER, Shortfall.OWN_VOICEMAIL)


def _announce(given: Answer, site: Site) -> Built:
    prompt = site.sounds.get(given.announcement, "")
    if not prompt:
        return element("Reject"), (Shortfall.NO_ANNOUNCEMENT,)
    return element("Prompt", attributes={"id": prompt}), ()


def _hang_up(given: Answer, site: Site) -> Built:
    return element("Hangup"), ()


_ACTIONS: Mapping[Action, Callable[[Answer, Site], Built]] = {
    Action.CONNECT: _connect,
    Action.BUSY: _busy,
    Action.WAIT: _wait,
    Action.OFFER_VOICEMAIL: _offer,
    Action.RECORD: _voicemail,
    Action.ANNOUNCE: _announce,
    Action.HANGUP: _hang_up,
}


def _reject_busy() -> ElementTree.Element:
    return element("Reject", attributes={"reason": "busy"})
