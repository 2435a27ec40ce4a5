"""The real telephone system as scenarios see it: an Asterisk, sipp as callers and phones."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.telephony import sipp
from tests.telephony.asterisk import Asterisk, free_port

ANSWERS = {
    "at_once": "phone",
    "never": "phone_no_answer",
    "busy": "phone_busy",
    "registers": "phone_registered",
}
RINGS = 50
"""Milliseconds until a phone that answers at once does."""


@dataclass
class RealPbx:
    """tests.telephony.pbx.Pbx with an Asterisk. `folder`: where sipp writes."""

    asterisk: Asterisk
    folder: Path
    ari_port: int = 0
    phones: dict[str, tuple[str, sipp.Sipp]] = field(default_factory=dict)
    callers: list[sipp.Sipp] = field(default_factory=list)

    def call(
        self,
        to: str,
        *,
        caller: str = "+4989123456",
        plays: str = "talk",
        talks: float = 1.0,
        trunk: str = "plain",
    ) -> sipp.Sipp:
        """Dials."""
        number, port, talk = to.lstrip("+"), self.asterisk.sip_port, round(talks * 1000)
        self.callers.append(
            sipp.caller(self.folder, port, number, plays, number=caller, talk=talk, trunk=trunk)
        )
        return self.callers[-1]

    def phone(self, target: str, *, answers: str = "at_once") -> None:
        """Puts an agent's phone on the line, or takes it off ("gone"); as it is already, it stays."""
        now, phone = self.phones.get(target, ("gone", None))
        if now == answers and (phone is None or phone.process.poll() is None):
            return
        if phone is not None:
            self.phones.pop(target)[1].stop()
        if answers == "gone":
            return
        port = self.asterisk.agents.get(target) or free_port()
        self.phones[target] = answers, sipp.phone(self.folder, port, ANSWERS[answers], rings=RINGS)
        time.sleep(0.3)
        if answers == "registers":
            sipp.register(self.folder, self.asterisk.sip_port, target, port)

    def is_reachable(self, target: str) -> bool:
        """Whether the telephone system knows where the phone is, and hears of it."""
        return "Avail " in self.asterisk.cli(f"pjsip show aor {target}").replace("Unavail", "")

    def recording(self, call_id: str) -> Path:
        """A message that was left."""
        return self.asterisk.recording(call_id)

    def played(self, call_id: str) -> list[str]:
        """Sounds that a caller heard, and "music"."""
        return self.asterisk.played(call_id)

    def channels(self) -> list[str]:
        """Calls that it knows of."""
        return self.asterisk.channels()

    def hang_up(self, call_id: str) -> None:
        """Ends a call from this side."""
        self.asterisk.hang_up(call_id)

    def tell_kept(self) -> None:
        """What could not be told, as its cron job does."""
        self.asterisk.cli("channel originate Local/s@vorrang-tell-kept/n application NoOp")

    def forget_kept(self) -> None:
        """Loses what could not be told."""
        self.asterisk.cli("database deltree vorrang-kept")

    def lose_power(self) -> None:
        """Loses its calls without a word, starts again and tells so. Who was calling hears no more."""
        self.asterisk.die()
        for caller in self.callers:
            caller.stop()
        for target, (answers, phone) in list(self.phones.items()):
            phone.stop()  # their calls are lost, too
            del self.phones[target]
            self.phone(target, answers=answers)
        self.asterisk.start()

    def close(self) -> None:
        """Ends the calls that are left, then the phones."""
        deadline = time.monotonic() + 15
        while self.channels() and time.monotonic() < deadline:
            time.sleep(0.1)
        for target in list(self.phones):
            self.phone(target, answers="gone")
