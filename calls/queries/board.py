"""The leads' live board: who is at the phone, which calls run, who waits, and what is wrong.

Seven queries, however many phones and calls; of many calls the first are named and all are counted.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Window

from calls.models import AgentPhone, Call
from calls.queries.facts import in_queue
from calls.queries.policy import policy_row
from calls.queries.systems import system_now, with_counts
from calls.rules.phone_states import PhoneFact, PhoneNow, PhoneState, phone_now
from calls.rules.wording import words
from lib.phones import readable

MOST_WAITING, MOST_TALKS, MOST_ALONE = 30, 50, 20
"""So many of each are named."""


@dataclass(frozen=True)
class CallLine:
    """A call as the board shows it. `place`: in the public queue, from 1; None for calls elsewhere."""

    call: Call
    customer: str
    number: str
    agent: str
    place: int | None = None


@dataclass(frozen=True)
class PhoneLine:
    """A phone with what it does; `reason` is why it is paused, in words."""

    phone: AgentPhone
    name: str
    now: PhoneNow
    state_label: str
    reason: str
    call: CallLine | None


@dataclass(frozen=True)
class Warning:  # noqa: A001 - what it is
    """Something that a lead should look after, in words; `detail`: what the system said, if it did."""

    system: str
    text: str
    detail: str = ""


@dataclass(frozen=True)
class Board:
    """All of it at one moment. `alone`: the latest calls that telephone systems decided by themselves.

    `talks`, `queue`, `alone` are the first ones; how many there are in all stands beside each.
    """

    phones: Sequence[PhoneLine]
    talks: Sequence[CallLine]
    talk_count: int
    queue: Sequence[CallLine]
    queue_count: int
    warnings: Sequence[Warning]
    alone: Sequence[CallLine]
    alone_count: int
    has_systems: bool
    reserve: int

    @property
    def free(self) -> int:
        """How many phones could take a contract call now."""
        return sum(line.now.is_free for line in self.phones)

    @property
    def talking(self) -> int:
        """How many agents talk."""
        return sum(line.now.state == PhoneState.TALKS for line in self.phones)

    @property
    def first_in_line(self) -> CallLine | None:
        """Who waits for longest."""
        return next(iter(self.queue), None)

    @property
    def unnamed_waiting(self) -> int:
        """How many more wait than are named."""
        return self.queue_count - len(self.queue)

    @property
    def unnamed_talks(self) -> int:
        """How many more calls run than are named."""
        return self.talk_count - len(self.talks)


def board(now: datetime, language: str) -> Board:
    """The board at this moment."""
    policy = policy_row()
    running = Call.objects.exclude(state=Call.State.ENDED).order_by("arrived_at", "pk")
    queue, queue_count = _first(running.filter(in_queue(now)), MOST_WAITING)
    talks, talk_count = _first(running.exclude(in_queue(now)), MOST_TALKS)
    alone, alone_count = _first(_alone(now), MOST_ALONE)
    warnings, has_systems = _warnings(now, language)
    return Board(
        phones=_phones(now, language, policy.contract_hold),
        talks=[line_of(call) for call in talks],
        talk_count=talk_count,
        queue=_queue(queue),
        queue_count=queue_count,
        warnings=warnings,
        alone=[line_of(call) for call in alone],
        alone_count=alone_count,
        has_systems=has_systems,
        reserve=policy.reserve,
    )


_NAMES = ("system", "customer", "contact", "holder", "phone__user")


def _first(rows: QuerySet[Call], most: int) -> tuple[list[Call], int]:
    """The first of these with their names, and how many there are in all; in one query."""
    found: list[Any] = list(rows.select_related(*_NAMES).annotate(in_all=Window(Count("pk")))[:most])
    return found, found[0].in_all if found else 0


def _alone(now: datetime) -> QuerySet[Call]:
    since = now - timedelta(hours=24)
    return Call.objects.filter(via_fallback=True, arrived_at__gte=since).order_by("-arrived_at", "-pk")


def line_of(call: Call, place: int | None = None) -> CallLine:
    """A call with its names."""
    return CallLine(
        call=call,
        customer=customer_name(call),
        number=caller_number(call),
        agent=call.phone.user.display_name if call.phone else "",
        place=place,
    )


def caller_number(call: Call) -> str:
    """The caller's number as people read it; as it was sent where it is none of E.164, "" if withheld."""
    if call.from_number:
        return readable(call.from_number)
    return call.from_text if any(char.isdigit() for char in call.from_text) else ""


def customer_name(call: Call) -> str:
    """Whose call it is: whose service number was dialled, else whom the caller's number points to."""
    customer = call.holder or call.customer
    return customer.name if customer else ""


def _queue(calls: Sequence[Call]) -> list[CallLine]:
    """Every telephone system has a queue of its own."""
    places: dict[int, int] = defaultdict(int)
    lines = []
    for call in calls:
        places[call.system_id] += 1
        lines.append(line_of(call, places[call.system_id]))
    return lines


def _phones(now: datetime, language: str, hold: int) -> list[PhoneLine]:
    names = (f"claimed_call__{name}" for name in _NAMES)
    rows = AgentPhone.objects.filter(user__is_active=True).select_related("user", *names)
    found = []
    for phone in rows:
        call = phone.claimed_call if phone.claim_until and phone.claim_until >= now else None
        state = phone_now(_fact(phone, call), now, contract_hold=hold)
        found.append(
            PhoneLine(
                phone=phone,
                name=phone.user.display_name,
                now=state,
                state_label=words("phone", state.state, language),
                reason=words("pause", phone.presence_reason, language) if phone.presence_reason else "",
                call=line_of(call) if call else None,
            )
        )
    order = list(PhoneState)
    return sorted(found, key=lambda line: (_RANKS[order.index(line.now.state)], line.name.casefold()))


_RANKS = (0, 1, 8, 7, 4, 5, 2, 3, 3)
"""Talking and ringing first, then who could take a call, then who could not, as `PhoneState` has them."""


def _fact(phone: AgentPhone, call: Call | None) -> PhoneFact:
    return PhoneFact(
        is_on_duty=phone.user.is_on_duty,
        presence=phone.presence,
        is_reachable=phone.device != AgentPhone.Device.UNREACHABLE,
        presence_since=phone.presence_since,
        claimed_since=(call.answered_at or call.arrived_at) if call else None,
        is_talking=call is not None and call.state == Call.State.CONNECTED,
        freed_at=phone.freed_at,
        wrap_up_until=phone.wrap_up_until,
    )


def _warnings(now: datetime, language: str) -> tuple[list[Warning], bool]:
    """What is wrong with each telephone system in use, and whether there is one."""
    found: list[Warning] = []
    systems: list[Any] = list(with_counts(now).filter(is_active=True))
    for system in systems:
        system.alone = 0  # such calls are listed by themselves
        state = system_now(system, now, language)
        detail = state.compare_error or state.push_error
        found += [Warning(system.name, text, detail) for text in state.troubles]
    return found, bool(systems)
