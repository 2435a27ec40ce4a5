"""A call arrives, or asks again: what is seen of it before anything is locked, and its row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.models import Call, CallPolicy, PhoneSystem
from calls.queries import callers
from calls.queries.facts import Dialled, ahead_of, dialled, is_contract, look_at
from calls.queries.policy import policy_row
from calls.rules.deciding import KNOWN_CALLER, Event, Line
from calls.rules.peers import PeerEvent
from lib.compiled_sql import Rows, insert


@dataclass(frozen=True)
class Before:
    """What is seen before anything is locked.

    `may_be_next`: the step may give an agent to the public queue. `joins`: it is new in that queue, behind
    others. `ahead`: how many are before it there, where that is no matter of who comes first. `number`,
    `arrival`: of a call that is probably new. `policy`: the rules of the phone.
    """

    policy: CallPolicy
    may_be_next: bool = False
    joins: bool = False
    number: Dialled | None = None
    arrival: Mapping[str, Any] | None = None
    ahead: int | None = None


def before(system: PhoneSystem, asked: PeerEvent, at: datetime) -> Before:
    """A look before anything is locked."""
    is_first = asked.event == Event.INCOMING  # if it is not, its row tells
    call = None if is_first else look_at(asked.call_id, system, at)
    if call is None:
        return _before_arrival(system, asked, at)
    if call.line != Line.PUBLIC or call.state == Call.State.ENDED:
        return Before(call.policy)
    if call.ahead == 0 or call.line_why == KNOWN_CALLER:
        return Before(call.policy, may_be_next=True)
    return Before(call.policy, ahead=call.ahead)


def _before_arrival(system: PhoneSystem, asked: PeerEvent, at: datetime) -> Before:
    """Of a call that is probably new: what was dialled, and whether there is a queue before it."""
    arrival = _of_arrival(system, asked, at)
    number = dialled(arrival["to_number"], system, at)
    policy = number.policy or policy_row()
    if number.fact is None or is_contract(number.fact):
        return Before(policy, number=number, arrival=arrival)
    ahead = ahead_of(Call(system=system, arrived_at=at), at)
    if ahead == 0 or policy.contract_gains_on_public:
        return Before(policy, may_be_next=True, number=number, arrival=arrival)
    return Before(policy, joins=True, ahead=ahead, number=number, arrival=arrival)


_LOCKED = Rows(
    lambda blank: (
        Call.objects.select_for_update(of=("self",))
        .filter(system_id=blank.whole("system"), external_id=blank.word("name"))
        .order_by()[:1]
    )
)


def locked_call(
    *, system: PhoneSystem, asked: PeerEvent, at: datetime, arrival: Mapping[str, Any] | None = None
) -> tuple[Call, bool]:
    """The call's row, locked until the transaction ends, and whether it was made just now.

    `arrival`: the fields of a call that is probably new.
    """
    found = None if arrival else _LOCKED.first(system=system.pk, name=asked.call_id)
    if found is not None:
        return found, False
    fields = {**(arrival or _of_arrival(system, asked, at)), "arrived_at": at, "seen_at": at}
    call = Call(system=system, external_id=asked.call_id, **fields)
    if insert(call, unless_there=True):
        return call, True
    return _LOCKED.first(system=system.pk, name=asked.call_id), False


def _of_arrival(system: PhoneSystem, asked: PeerEvent, at: datetime) -> dict[str, Any]:
    """The caller is whoever is not us."""
    is_out = asked.direction == Call.Direction.OUT
    from_number, to_number = callers.number_in(asked.caller, system), callers.number_in(asked.dialled, system)
    known = callers.known_by(to_number if is_out else from_number)
    return {
        "direction": Call.Direction.OUT if is_out else Call.Direction.IN,
        "from_text": asked.caller[:120],
        "from_number": from_number,
        "to_number": to_number,
        "match": known.match,
        "customer": known.customer,
        "contact": known.contact,
        "standing": callers.standing_snapshot(known.customer, at),
    }
