"""What a scenario sees of a telephone system: a real Asterisk, or a simulation of its dialplan."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller got: SIP's last answer, every provisional one, milliseconds until the last."""

    status: int
    provisional: tuple[int, ...] = ()
    ms: float = 0.0
    is_complete: bool = True
    """Whether the call went as its scenario said, to the end."""


class Caller(Protocol):
    """A call under way."""

    def result(self, timeout: float = 30.0) -> Heard:
        """Waits for its end. Error: TimeoutError."""


class Pbx(Protocol):
    """A telephone system with callers before it and agents' phones behind it. `ari_port`: of its ARI."""

    ari_port: int

    def call(
        self,
        to: str,
        *,
        caller: str = "+4989123456",
        plays: str = "talk",
        talks: float = 1.0,
        trunk: str = "plain",
    ) -> Caller:
        """Dials. `plays`, counted from the answer:

        "talk": hangs up after `talks` seconds; "stay": until the other side ends it; "give_up": takes the
        call back after it rang for `talks` seconds; "speak": presses 1 when the voicemail is offered, speaks,
        and stays; "hang_up_speaking": hangs up while it is recorded; "vanish": falls silent for good.
        `trunk` "brief": silence is noticed after two seconds rather than thirty.
        """

    def phone(self, target: str, *, answers: str = "at_once") -> None:
        """Puts an agent's phone on the line: "at_once", "never", "busy"; "gone" takes it off.

        "registers": a phone that says where it is, and is looked after."""

    def is_reachable(self, target: str) -> bool:
        """Whether the system knows where a phone that registers is, and hears of it."""

    def recording(self, call_id: str) -> Path:
        """A message that was left."""

    def played(self, call_id: str) -> list[str]:
        """Names of the sounds that a caller heard, and "music", in their order."""

    def channels(self) -> list[str]:
        """Calls that the system knows of at this moment: their ids."""

    def hang_up(self, call_id: str) -> None:
        """Ends a call from this side."""

    def tell_kept(self) -> None:
        """Tells what could not be told, as its cron job does every minute."""

    def forget_kept(self) -> None:
        """What could not be told is lost."""

    def lose_power(self) -> None:
        """Loses all its calls without a word, starts again, and tells so."""

    def close(self) -> None:
        """Waits for the calls that are left."""
