"""What all adapters share: a vendor's request as our neutral event, our neutral answer as bytes. Pure.

An adapter is a module with three functions:

- `read(query, form)`: the vendor's request as a `PeerEvent`. Error: NotACall.
- `answer(neutral, event, site)`: our answer in the vendor's words, as a `Reply`.
- `told(event)`: the `Reply` to what was only told, not asked.

Vendors keep no state for us, so our own addresses carry it in their query: `next` (the event that this
address stands for), `seq`, `agent`, `said`, `call`.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlencode
from xml.etree import ElementTree

from calls.rules.deciding import Action, Event

Form = Mapping[str, str | Sequence[str]]

XML = "application/xml; charset=utf-8"
JSON = "application/json"
LONGEST_ID = 120
LONGEST_TEXT = 120
LONGEST_RECORDING = 2000
HIGHEST_SEQ = 1_000_000
LONGEST_SECONDS = 86_400

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_NUMBER = re.compile(r"\+?[0-9]{2,20}", re.ASCII)
_SIP = re.compile(r"(?:sips?:)?[A-Za-z0-9._+~-]{1,80}@[A-Za-z0-9.-]{1,80}(?::[0-9]{1,5})?", re.ASCII)

# How a call ended, in the words that sipgate coined and Zammad took over, as Asterisk's DIALSTATUS.
ENDINGS = {
    "normalClearing": "ANSWER",
    "busy": "BUSY",
    "cancel": "CANCEL",
    "noAnswer": "NOANSWER",
    "congestion": "CONGESTION",
    "notFound": "CHANUNAVAIL",
}


class NotACall(ValueError):
    """The request is none that this vendor's documents know."""


class Told(StrEnum):
    """What a telephone system tells without asking."""

    ANSWERED = "answered"
    HANGUP = "hangup"
    VOICEMAIL = "voicemail"
    OUTGOING = "outgoing"


class Shortfall(StrEnum):
    """Where a vendor cannot do what was decided, and the adapter does the nearest."""

    AGENT_NOT_DIALLABLE = "agent_not_diallable"
    AGENT_NOT_CHOSEN = "agent_not_chosen"
    NO_QUEUE = "no_queue"
    NO_OFFER = "no_offer"
    NO_ANNOUNCEMENT = "no_announcement"
    OWN_VOICEMAIL = "own_voicemail"
    BUSY_AFTER_ANSWER = "busy_after_answer"


@dataclass(frozen=True, slots=True)
class PeerEvent:
    """One request of a telephone system in our words.

    `event`: one of `deciding.Event` or `Told`. `result`: how dialling ended, as Asterisk says it (NOANSWER);
    or the key pressed, or how recording ended; of a call that is over, how dialling had ended.
    `said`: the position the caller was last told. `is_over`: what is told is the last of this call.
    """

    event: str
    call_id: str
    seq: int = 0
    caller: str = ""
    dialled: str = ""
    result: str = ""
    agent: str = ""
    direction: str = "in"
    cause: str = ""
    talk_seconds: int = 0
    recording: str = ""
    said: int = 0
    is_over: bool = False

    @property
    def is_question(self) -> bool:
        """Whether the telephone system waits for a decision."""
        return self.event in set(Event)

    def fields(self) -> dict[str, str | int]:
        """The event as the fields of the step protocol."""
        return {
            "event": self.event,
            "call_id": self.call_id,
            "seq": self.seq,
            "from": self.caller,
            "to": self.dialled,
            "result": self.result,
            "agent": self.agent,
            "cause": self.cause,
            "talk": self.talk_seconds,
            "recording": self.recording,
        }


@dataclass(frozen=True, slots=True)
class Site:
    """This end of the wire. `address`: absolute, where the vendor asks, without a query.

    `sounds`: addresses (Placetel: numbers) of recordings by the codes of `spoken`, and "hold" for the music.
    `queue`: the vendor's own queue, where it has one.
    """

    address: str
    language: str = "de"
    sounds: Mapping[str, str] = field(default_factory=dict)
    queue: str = ""

    def next(self, event: PeerEvent, step: str, **state: str | int) -> str:
        """The address under which this call asks next."""
        query: dict[str, str | int] = {"next": step, "seq": event.seq + 1}
        query |= {name: value for name, value in state.items() if value not in {"", 0}}
        return f"{self.address}?{urlencode(query, errors='replace')}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Our neutral answer, with each value in its range."""

    action: Action
    agent: str = ""
    ring_seconds: int = 20
    wait_seconds: int = 3
    position: int = 0
    announcement: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over the wire. `shortfalls`: what of our answer this vendor cannot do."""

    body: bytes
    content_type: str
    shortfalls: tuple[Shortfall, ...] = ()


def answer_of(neutral: Mapping[str, object]) -> Answer:
    """The answer of the step protocol, read with care. Error: ValueError for an unknown action."""
    return Answer(
        action=Action(str(neutral.get("action", ""))),
        agent=one_line(neutral.get("agent")),
        ring_seconds=whole(neutral.get("ring_seconds"), low=5, high=120, otherwise=20),
        wait_seconds=whole(neutral.get("wait_seconds"), low=1, high=60, otherwise=3),
        position=whole(neutral.get("position"), low=0, high=9_999),
        announcement=one_line(neutral.get("announcement")),
    )


def value(form: Form, *names: str) -> str:
    """The first value under any of the names: one line, without control characters."""
    for name in names:
        found = form.get(name, "")
        first = found if isinstance(found, str) else next(iter(found), "")
        if first:
            return one_line(first)
    return ""


def one_line(text: object, longest: int = LONGEST_TEXT) -> str:
    """The text without control characters, so that it can stand in a log, a header and a document."""
    return _CONTROL.sub("", _well_formed("" if text is None else str(text))).strip()[:longest]


def whole(number: object, *, low: int, high: int, otherwise: int | None = None) -> int:
    """A whole number within its range; what is none counts as `otherwise` (the lowest, if not given)."""
    text = str(number)
    if not _DIGITS.fullmatch(text):
        return low if otherwise is None else otherwise
    return min(max(int(text), low), high)


def call_id(form: Form, *names: str) -> str:
    """The call's id; one that is too long for us as its hash. Error: NotACall for none."""
    for name in names:
        found = form.get(name, "")
        first = found if isinstance(found, str) else next(iter(found), "")
        text = one_line(first, longest=4_000)
        if text:
            return text if len(text) <= LONGEST_ID else hashlib.sha256(text.encode()).hexdigest()
    raise NotACall("The request names no call.")


def sequence(query: Form, *, otherwise: int) -> int:
    """The number of this step, from our own address."""
    return whole(value(query, "seq"), low=0, high=HIGHEST_SEQ, otherwise=otherwise)


def is_number(target: str) -> bool:
    """Whether a dial target is a telephone number."""
    return bool(_NUMBER.fullmatch(target))


def is_sip(target: str) -> bool:
    """Whether a dial target is an address of SIP, with or without its scheme."""
    return bool(_SIP.fullmatch(target))


def element(
    tag: str,
    text: str = "",
    children: Sequence[ElementTree.Element] = (),
    attributes: Mapping[str, str | int] | None = None,
) -> ElementTree.Element:
    """One element; what XML does not allow is left out, all else is escaped when it is written."""
    made = ElementTree.Element(
        tag, {name: _well_formed(str(given)) for name, given in (attributes or {}).items()}
    )
    made.text = _well_formed(text) or None
    made.extend(children)
    return made


def xml_reply(
    *verbs: ElementTree.Element,
    shortfalls: tuple[Shortfall, ...] = (),
    attributes: Mapping[str, str | int] | None = None,
) -> Reply:
    """The `<Response>` that Twilio, sipgate and Placetel each read in their own way."""
    root = element("Response", children=verbs, attributes=attributes)
    return Reply(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), XML, shortfalls)


def _well_formed(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
