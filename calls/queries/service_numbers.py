"""How a customer reaches us by phone: the own number while it is in force, else the public one and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import User
from calls.models import OnCall, ServiceNumber
from calls.queries.facts import Dialled, dialled_row, is_contract
from calls.queries.policy import policy_row
from contracts.queries import standing_of
from contracts.queries.calendars import PAGES, calendar_of
from contracts.queries.opening_hours import OpeningHours, opening_hours
from contracts.queries.renewals import today_at
from customers.access import contact_of
from lib.phones import readable

AHEAD = timedelta(days=30)
"""The next opening is looked for so far ahead."""
_STATES = ("suspended", "not_yet", "ended")


@dataclass(frozen=True)
class Number:
    """A number to dial: as people read it, and in E.164."""

    text: str
    dial: str


@dataclass(frozen=True)
class OpenNow:
    """Whether service is given at this moment, and when that changes; None where it does not soon."""

    is_open: bool
    changes_at: datetime | None


@dataclass(frozen=True)
class PhoneWay:
    """What a customer dials and what to expect.

    `numbers`: the own ones in force, else the public one. `why_public`: suspended, not_yet, ended, number (of
    an agreement in force whose number is not), none_given (it has none yet), or "" without an agreement.
    `offer_after`: seconds.
    """

    is_own: bool
    numbers: Sequence[Number]
    why_public: str
    now: OpenNow
    hours: OpeningHours
    has_on_call: bool
    calls_back: bool
    offer_after: int

    @property
    def offer_minutes(self) -> int:
        """After how many minutes the voicemail is offered, begun ones counted whole."""
        return -(-self.offer_after // 60)


def phone_way(customer_id: int, at: datetime, language: str) -> PhoneWay | None:
    """How this customer reaches us; None where there is no number for them at all."""
    own = [dialled_row(row, at) for row in _of_customer(customer_id)]
    in_force = [one for one in own if one.fact is not None and is_contract(one.fact)]
    numbers = [_number(one) for one in in_force if one.row] or public_numbers(at)
    if not numbers:
        return None
    hours_id = in_force[0].hours_id if in_force else None
    policy = policy_row()
    return PhoneWay(
        is_own=bool(in_force),
        numbers=numbers,
        why_public="" if in_force else _why(own) or _none_given(customer_id, at),
        now=open_now(hours_id, at),
        hours=opening_hours(hours_id, now=at, language=language),
        has_on_call=bool(in_force) and OnCall.objects.filter(level_id=in_force[0].level_id).exists(),
        calls_back=policy.callback_tickets,
        offer_after=policy.offer_after,
    )


def public_numbers(at: datetime) -> list[Number]:
    """The numbers for everybody that are valid on this day."""
    return [Number(readable(row.number), row.number) for row in _public(at)]


def _public(at: datetime) -> QuerySet[ServiceNumber]:
    day = today_at(at)
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    going_on = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    rows = ServiceNumber.objects.filter(
        begun, going_on, kind=ServiceNumber.Kind.PUBLIC, system__is_active=True
    )
    return rows.order_by("number")


def open_now(hours_id: int | None, at: datetime) -> OpenNow:
    """Whether these hours (the company's for None) are on at this moment, and until or from when."""
    calendar = calendar_of(hours_id, max_age=PAGES)
    changes_at = next(calendar.boundaries(at, at + AHEAD), None)
    return OpenNow(calendar.is_open(at), changes_at)


def _of_customer(customer_id: int) -> list[ServiceNumber]:
    rows = ServiceNumber.objects.filter(
        agreement__customer_id=customer_id, kind=ServiceNumber.Kind.CONTRACT, system__is_active=True
    )
    names = ("agreement__level", "agreement__customer")
    return list(rows.select_related(*names).prefetch_related("agreement__suspensions").order_by("number"))


def _number(one: Dialled) -> Number:
    number = one.row.number if one.row else ""
    return Number(readable(number), number)


def _none_given(customer_id: int, at: datetime) -> str:
    return "none_given" if standing_of(customer_id, at).in_force else ""


def _why(own: Sequence[Dialled]) -> str:
    """Of several numbers the state nearest to being in force."""
    states = {one.fact.agreement for one in own if one.fact is not None}
    if "in_force" in states:
        return "number"
    return next((state for state in _STATES if state in states), "")


def readable_numbers(user: User, at: datetime) -> QuerySet[ServiceNumber]:
    """The numbers that a person may read: leads all, a contact what the portal shows, other agents none."""
    if user.is_lead:
        return ServiceNumber.objects.all()
    contact = None if user.is_agent else contact_of(user)
    if contact is None:
        return ServiceNumber.objects.none()
    own = [dialled_row(row, at) for row in _of_customer(contact.customer_id)]
    in_force = [one.row.pk for one in own if one.row and one.fact and is_contract(one.fact)]
    return ServiceNumber.objects.filter(Q(pk__in=in_force) | Q(pk__in=_public(at).values("pk")))
