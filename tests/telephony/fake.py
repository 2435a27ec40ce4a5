"""A simulation of the shipped dialplan that asks over HTTP as Asterisk does, for machines without one.

It knows no SIP: an answer is a status. Waiting is shortened by `speed`, the protocol is not.
"""

import json
import threading
import time
import wave
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.telephony.pbx import Heard

ENDS = {"busy": 486, "announce": 404, "hangup": 603}
DIALLED = {"at_once": "ANSWER", "never": "NOANSWER", "busy": "BUSY"}
ENDLESS = 3600.0
"""Seconds; such a call ends with the system's power."""
RTP_TIMEOUT = {"plain": 30.0, "brief": 2.0}
QUEUE_SECONDS = 300.0


class _GaveUp(Exception):
    """The caller is gone, whatever the dialplan was at."""


@dataclass
class FakeCall:
    """A call under way."""

    future: Future[Heard]

    def result(self, timeout: float = 30.0) -> Heard:
        """Waits for its end. Error: TimeoutError."""
        return self.future.result(timeout)


@dataclass
class _Leg:
    """One call as the dialplan keeps it: its variables, and what its caller does."""

    id: str
    caller: str
    to: str
    plays: str
    talks: float
    trunk: str
    began: float = field(default_factory=time.monotonic)
    leaves_at: float = ENDLESS * 1e6
    seq: int = 0
    agent: str = ""
    dialled: str = ""
    recording: str = ""
    talked: int = 0
    is_up: bool = False
    is_alone: bool = False
    has_music: bool = False
    said: int = 0
    ms: float = 0.0
    provisional: list[int] = field(default_factory=list)
    played: list[str] = field(default_factory=list)


@dataclass
class FakePbx:
    """tests.telephony.pbx.Pbx without a telephone. `speed`: how many times faster it waits and talks."""

    helpdesk: str
    secret: str
    folder: Path
    contract_numbers: tuple[str, ...] = ()
    ari_port: int = 0
    speed: float = 10.0
    phones: dict[str, str] = field(default_factory=dict)
    kept: list[dict[str, str]] = field(default_factory=list)
    _legs: dict[str, _Leg] = field(default_factory=dict)
    _played: dict[str, list[str]] = field(default_factory=dict)
    _taken: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _telling: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(128))
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    def call(
        self,
        to: str,
        *,
        caller: str = "+4989123456",
        plays: str = "talk",
        talks: float = 1.0,
        trunk: str = "plain",
    ) -> FakeCall:
        """Dials."""
        leg = _Leg(f"fake-{int(time.time())}.{next(self._serial)}", caller, to, plays, talks, trunk)
        self._legs[leg.id] = leg
        self._played[leg.id] = leg.played
        return FakeCall(self._pool.submit(self._run, leg))

    def phone(self, target: str, *, answers: str = "at_once") -> None:
        """Puts an agent's phone on the line, or takes it off ("gone")."""
        self.phones[target] = "at_once" if answers == "registers" else answers

    def is_reachable(self, target: str) -> bool:
        """Whether the phone is on the line."""
        return self.phones.get(target, "gone") != "gone"

    def recording(self, call_id: str) -> Path:
        """A message that was left."""
        return self.folder / f"vm-{call_id}.wav"

    def played(self, call_id: str) -> list[str]:
        """What a caller heard."""
        return self._played[call_id]

    def channels(self) -> list[str]:
        """Calls that it knows of."""
        return list(self._legs)

    def hang_up(self, call_id: str) -> None:
        """Ends a call from this side."""
        if leg := self._legs.get(call_id):
            leg.leaves_at = 0.0

    def forget_kept(self) -> None:
        """Loses what could not be told."""
        with self._telling:
            self.kept.clear()

    def lose_power(self) -> None:
        """Forgets its calls, starts again and tells so; starting takes longer than its clock is exact."""
        self._legs.clear()
        self._taken.clear()
        time.sleep(1.0)
        self._post("event", {"event": "pbx_restarted", "call_id": f"restart-{int(time.time())}"})
        self.tell_kept()

    def tell_kept(self) -> None:
        """What could not be told, as its cron job does."""
        with self._telling:
            while self.kept and self._post("event", {**self.kept[0], "late": "1"}) is not None:
                self.kept.pop(0)

    def close(self) -> None:
        """Waits for the calls that are left."""
        self._pool.shutdown()

    def _run(self, leg: _Leg) -> Heard:
        try:
            status = self._follow(leg)
        except _GaveUp:
            status = 487
        finally:
            self._give_back(leg)
            self._hang_up(leg)
        ms = leg.ms or (time.monotonic() - leg.began) * 1000
        return Heard(200 if leg.is_up else status, tuple(leg.provisional), ms)

    def _follow(self, leg: _Leg) -> int:
        """Does what it is told until the call is over; gives SIP's last answer."""
        answer = self._ask(leg, "incoming")
        while True:
            action = answer["action"] if answer else ""
            if action in ENDS:
                leg.provisional += [183] if action == "announce" else []
                return ENDS[action]
            if answer is None or action not in ("connect", "wait", "offer_voicemail", "record"):
                return self._alone(leg)
            event, result = self._step(leg, action, answer)
            if result == "ANSWER":
                return 200
            answer = self._ask(leg, event, result)

    def _step(self, leg: _Leg, action: str, answer: dict[str, Any]) -> tuple[str, str]:
        """Does one thing; what is asked next, and with which result."""
        if action == "connect":
            leg.has_music = False
            return "dial_result", self._dial(leg, answer)
        self._pick_up(leg)
        if action == "wait":
            self._wait(leg, int(answer.get("position", 0)))
            self._sleep(leg, max(1, answer.get("wait_seconds", 1)))
            return "wait_tick", ""
        leg.has_music = False
        if action == "offer_voicemail":
            return "voicemail_offer", self._offer(leg)
        self._record(leg)
        return "voicemail_recorded", "USER_EXITED"

    def _wait(self, leg: _Leg, position: int) -> None:
        """The place is said when it changes, music is played in between."""
        if position and position != leg.said:
            leg.said, leg.has_music = position, False
            leg.played.append("queue-youarenext" if position == 1 else "queue-thereare")
        if not leg.has_music:
            leg.has_music = True
            leg.played.append("music")

    def _offer(self, leg: _Leg) -> str:
        leg.said = 0
        leg.played += ["vm-press", "digits/1", "vm-leavemsg"]
        if "speak" in leg.plays:
            return "1"
        self._sleep(leg, 3)
        return ""

    def _dial(self, leg: _Leg, answer: dict[str, Any]) -> str:
        """How dialling ended, in Asterisk's words."""
        leg.agent = str(answer.get("agent", ""))
        answers = self._take(leg)
        if answers in ("at_once", "never"):
            self._ring(leg, float(answer.get("ring_seconds") or 20) if answers == "never" else 0)
        leg.dialled = DIALLED.get(answers, "CHANUNAVAIL")
        if leg.dialled == "ANSWER":
            self._pick_up(leg)
            self._post("event", {"event": "answered", "call_id": leg.id, "agent": leg.agent})
            self._talk(leg)
        return leg.dialled

    def _take(self, leg: _Leg) -> str:
        """What the phone does; one that talks already is busy."""
        answers = self.phones.get(leg.agent, "gone")
        with self._lock:
            if answers == "at_once" and self._taken.setdefault(leg.agent, leg.id) != leg.id:
                return "busy"
        return answers

    def _give_back(self, leg: _Leg) -> None:
        with self._lock:
            if self._taken.get(leg.agent) == leg.id:
                del self._taken[leg.agent]

    def _ring(self, leg: _Leg, seconds: float) -> None:
        if not leg.is_up:
            leg.provisional.append(180)
        if leg.plays == "give_up":
            leg.dialled = "CANCEL"
            leg.leaves_at = time.monotonic() + leg.talks / self.speed
        self._sleep(leg, seconds)

    def _talk(self, leg: _Leg) -> None:
        began = time.monotonic()
        try:
            self._sleep(leg, 1.0 if "speak" in leg.plays else ENDLESS)
        finally:
            leg.talked = max(1, round((time.monotonic() - began) * self.speed))

    def _alone(self, leg: _Leg) -> int:
        """The PBX's own queue: a free phone, else busy for a contract number and voicemail for others."""
        leg.is_alone, leg.has_music = True, False
        until = time.monotonic() + QUEUE_SECONDS / self.speed
        while not self._is_taken_alone(leg):
            if leg.to.lstrip("+") in self.contract_numbers:
                return 486
            self._pick_up(leg)
            self._sleep(leg, 1)
            if time.monotonic() > until:
                self._record(leg)
                return 200
        self._pick_up(leg)
        self._talk(leg)
        return 200

    def _is_taken_alone(self, leg: _Leg) -> bool:
        for target, answers in list(self.phones.items()):
            leg.agent = target
            if answers == "at_once" and self._take(leg) == "at_once":
                return True
        leg.agent = ""
        return False

    def _record(self, leg: _Leg) -> None:
        leg.recording = f"vm-{leg.id}"
        with wave.open(str(self.recording(leg.id)), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(leg.id.encode().ljust(16_000, b"\0"))
        if leg.plays == "hang_up_speaking":
            raise _GaveUp

    def _pick_up(self, leg: _Leg) -> None:
        if leg.is_up:
            return
        leg.is_up, leg.ms = True, (time.monotonic() - leg.began) * 1000
        after = {"talk": leg.talks, "vanish": leg.talks + RTP_TIMEOUT[leg.trunk]}.get(leg.plays, ENDLESS)
        leg.leaves_at = time.monotonic() + after / self.speed

    def _sleep(self, leg: _Leg, seconds: float) -> None:
        """Passes time of the dialplan's. Error: _GaveUp when the caller is gone before it is over."""
        until = time.monotonic() + seconds / self.speed
        while (now := time.monotonic()) < until:
            if now >= leg.leaves_at or leg.id not in self._legs:
                raise _GaveUp
            time.sleep(min(0.02, max(0.0, min(until, leg.leaves_at) - now)))

    def _hang_up(self, leg: _Leg) -> None:
        if self._legs.pop(leg.id, None) is None:
            return  # it was lost with the power
        told = {"event": "hangup", "call_id": leg.id, "from": leg.caller, "to": leg.to, "agent": leg.agent}
        told |= {"dialstatus": leg.dialled, "talk": str(leg.talked), "recording": leg.recording}
        told |= {"cause": "16" if leg.is_up else "17", "fallback": str(int(leg.is_alone))}
        if self._post("event", told) is None:
            self.kept.append(told | {"ts": str(int(time.time()))})

    def _ask(self, leg: _Leg, event: str, result: str = "") -> dict[str, Any] | None:
        leg.seq += 1
        asked = {"event": event, "call_id": leg.id, "seq": str(leg.seq), "from": leg.caller, "to": leg.to}
        return self._post("step", asked | {"result": result, "agent": leg.agent, "recording": leg.recording})

    def _post(self, path: str, fields: dict[str, str]) -> dict[str, Any] | None:
        """The answer; none if there is none within two seconds, or it is an error."""
        data = urlencode({"ts": str(int(time.time())), **fields}).encode()
        request = Request(f"{self.helpdesk}/calls/v1/{path}", data=data)
        request.add_header("Authorization", f"Bearer {self.secret}")
        try:
            with urlopen(request, timeout=2) as response:
                return dict(json.loads(response.read()))
        except (URLError, TimeoutError, ValueError, OSError):
            return None
