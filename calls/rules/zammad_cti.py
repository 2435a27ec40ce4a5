"""The generic CTI of Zammad: for telephone systems that have a connector for it. Pure.

Such a connector tells, and knows one answer to a call that comes in: reject it. Only a call that is busy is
rejected. It also tells of numbers that are not entered here, such as an employee's direct line: they go on as
without us, and who is rung stays the telephone system's choice (docs/telephony/providers.md).
"""

import json
from collections.abc import Mapping

from calls.rules.deciding import Action, Event
from calls.rules.peers import (
    ENDINGS,
    JSON,
    Form,
    NotACall,
    PeerEvent,
    Reply,
    Shortfall,
    Site,
    Told,
    answer_of,
    call_id,
    value,
)

_SHORT = {
    Action.CONNECT: (Shortfall.AGENT_NOT_CHOSEN,),
    Action.WAIT: (Shortfall.NO_QUEUE,),
    Action.OFFER_VOICEMAIL: (Shortfall.NO_OFFER, Shortfall.OWN_VOICEMAIL),
    Action.RECORD: (Shortfall.OWN_VOICEMAIL,),
    Action.ANNOUNCE: (Shortfall.NO_ANNOUNCEMENT,),
}
_EVENTS = {"newCall": Event.INCOMING, "answer": Told.ANSWERED, "hangup": Told.HANGUP}


def read(query: Form, form: Form) -> PeerEvent:
    """newCall, answer or hangup, sent as a form or as JSON. Error: NotACall."""
    kind = value(form, "event")
    if kind not in _EVENTS:
        raise NotACall("The connector sends newCall, answer and hangup.")
    is_out = value(form, "direction") == "out"
    event: str = Told.OUTGOING if kind == "newCall" and is_out else _EVENTS[kind]
    if kind == "answer" and value(form, "user", "user[]").lower() == "voicemail":
        event = Told.VOICEMAIL
    return PeerEvent(
        event=event,
        call_id=call_id(form, "callId", "call_id"),
        seq=1 if event == Event.INCOMING else 0,
        caller=value(form, "from"),
        dialled=value(form, "to"),
        result=ENDINGS.get(value(form, "cause"), ""),
        agent=value(form, "answeringNumber"),
        direction="out" if is_out else "in",
        cause=value(form, "cause"),
    )


def answer(neutral: Mapping[str, object], event: PeerEvent, site: Site) -> Reply:
    """`{"action": "reject", "reason": "busy"}`, or `{}` for "as you would". Error: ValueError."""
    action = answer_of(neutral).action
    said = {"action": "reject", "reason": "busy"} if action == Action.BUSY else {}
    return Reply(json.dumps(said).encode(), JSON, _SHORT.get(action, ()))


def told(event: PeerEvent) -> Reply:
    """The reply to what is only told."""
    return Reply(b"{}", JSON)
