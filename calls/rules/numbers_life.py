"""The life of a service number: free, reserved, in service, dormant, resting. Pure; days are the company's.

    free -> reserved -> in service <-> dormant -> resting -> free

Nothing is stored but whom it is given to and until when it rests, so no state can be out of date: an
agreement that starts, is suspended, renewed or ends moves its numbers by itself. Only giving, releasing and
waking are somebody's act. A public number is in service on the days it is valid.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lib.reasons import Reason, reason


class NumberState(StrEnum):
    """Where a number is in its life."""

    FREE = "free"
    RESERVED = "reserved"
    IN_SERVICE = "in_service"
    DORMANT = "dormant"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class NumberLife:
    """A number on one day.

    `is_given`: to an agreement; `agreement`: that one's state, with what renews it, as in
    `calls.rules.deciding.NumberFact`. `valid_until` and `rests_until` are last days, inclusive.
    `former_customer`: who had it last, also while they have it back before its rest was over.
    """

    is_public: bool = False
    is_given: bool = False
    agreement: str = "none"
    valid_from: date | None = None
    valid_until: date | None = None
    rests_until: date | None = None
    former_customer: int | None = None


def state_on(number: NumberLife, day: date) -> NumberState:
    """Where the number is on a day."""
    if number.rests_until and day <= number.rests_until:
        return NumberState.RESTING
    if not number.is_public and not number.is_given:
        return NumberState.FREE
    if number.valid_until and day > number.valid_until:
        return NumberState.DORMANT
    if number.agreement == "not_yet" or (number.valid_from and day < number.valid_from):
        return NumberState.RESERVED
    is_in_force = number.is_public or number.agreement == "in_force"
    return NumberState.IN_SERVICE if is_in_force else NumberState.DORMANT


def why_not_give(number: NumberLife, day: date, *, agreement: str, customer: int) -> Reason | None:
    """Why a customer's agreement (its state, as in `NumberLife`) is not given the number; None if it may be.

    A resting number goes back to who had it, and to nobody else.
    """
    state = state_on(number, day)
    if number.is_public:
        return reason("refused.public")
    if state == NumberState.RESTING and customer != number.former_customer:
        return reason("refused.resting", until_on=number.rests_until)
    if number.is_given:
        return reason("refused.taken")
    return reason("refused.agreement_over") if agreement == "ended" else None


def why_not_release(number: NumberLife) -> Reason | None:
    """Why the number is not taken from its agreement; None if it may be."""
    return None if number.is_given else reason("refused.not_given")


def why_not_wake(number: NumberLife, day: date) -> Reason | None:
    """Why the number's rest is not ended early; None if it may be."""
    return None if state_on(number, day) == NumberState.RESTING else reason("refused.not_resting")


def why_not_delete(number: NumberLife, day: date) -> Reason | None:
    """Why the number is not deleted; None if it may be. The public one may."""
    is_unused = number.is_public or state_on(number, day) == NumberState.FREE
    return None if is_unused else reason("refused.in_use")


def rest_after(number: NumberLife, day: date, *, days: int, is_untold: bool = False) -> date | None:
    """The last day of rest of a number that is released on `day`; None where it needs none.

    `is_untold`: all its agreements are yet to start and it was never dialled, so nobody was told it; unless
    it came back to its former customer out of its rest. The day of the release is the first of the `days`.
    A rest that it still has is not cut short.
    """
    needs_rest = days > 0 and not (is_untold and number.former_customer is None)
    rest = day + timedelta(days=days - 1) if needs_rest else None
    running = number.rests_until if number.rests_until and day <= number.rests_until else None
    return max((last for last in (rest, running) if last), default=None)
