"""What an agent's phone is doing at a moment, in one word. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class PhoneState(StrEnum):
    """In the order in which they are looked for: the first that holds is said."""

    TALKS = "talks"
    RINGS = "rings"
    OFF_DUTY = "off_duty"
    OFF = "off"
    PAUSED = "paused"
    UNREACHABLE = "unreachable"
    NOTES = "notes"
    HELD = "held"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class PhoneFact:
    """A phone as it is kept. `claimed_since`: of a claim that holds; `is_talking`: its call was answered."""

    is_on_duty: bool
    presence: str
    is_reachable: bool
    presence_since: datetime | None = None
    claimed_since: datetime | None = None
    is_talking: bool = False
    freed_at: datetime | None = None
    wrap_up_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PhoneNow:
    """`since`: when that began, where it is known; `until`: when it ends by itself."""

    state: PhoneState
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_free(self) -> bool:
        """Whether a contract call may be put through."""
        return self.state in (PhoneState.FREE, PhoneState.HELD)


def phone_now(phone: PhoneFact, now: datetime, *, contract_hold: int) -> PhoneNow:
    """What the phone is doing. `contract_hold`: seconds for which a freed phone takes contract calls only."""
    if phone.claimed_since is not None:
        state = PhoneState.TALKS if phone.is_talking else PhoneState.RINGS
        return PhoneNow(state, since=phone.claimed_since)
    if not phone.is_on_duty:
        return PhoneNow(PhoneState.OFF_DUTY)
    if phone.presence != "on":
        state = PhoneState.PAUSED if phone.presence == "paused" else PhoneState.OFF
        return PhoneNow(state, since=phone.presence_since)
    if not phone.is_reachable:
        return PhoneNow(PhoneState.UNREACHABLE)
    return _at_hand(phone, now, timedelta(seconds=contract_hold))


def _at_hand(phone: PhoneFact, now: datetime, hold: timedelta) -> PhoneNow:
    if phone.wrap_up_until is not None and phone.wrap_up_until > now:
        return PhoneNow(PhoneState.NOTES, since=phone.freed_at, until=phone.wrap_up_until)
    since = max((each for each in (phone.freed_at, phone.wrap_up_until) if each), default=None)
    if since is not None and since + hold > now:
        return PhoneNow(PhoneState.HELD, since=since, until=since + hold)
    return PhoneNow(PhoneState.FREE, since=max(filter(None, (since, phone.presence_since)), default=None))
