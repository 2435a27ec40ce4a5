"""Telling the demo story's calls: through the actions, as their telephone system would, on a working day."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.timezone import localtime

from accounts.models import User
from calls.actions import (
    chores,
    desk,
    notes_on_tickets,
    numbers,
    phones,
    policies,
    presence,
    stepping,
    systems,
    telling,
)
from calls.management import demo_story as story
from calls.management.demo_sound import voicemail
from calls.models import AgentPhone, Call, OnCall, PhoneSystem, ServiceNumber
from calls.rules.peers import PeerEvent
from contracts.models import Agreement, ServiceLevel
from contracts.queries import calendar_of, company_zone
from tickets.access import visible_tickets
from tickets.models import Ticket, WorkKind

BEFORE = timedelta(days=20)
"""Numbers and phones are older than the calls."""
LONGEST_HOLIDAYS = 14
AT_THE_PHONE = ("agent1", "agent2")
OPENS, CLOSES = (9, 0), (16, 0)
Step = Callable[[], None]


def tell(now: datetime) -> None:
    """All of it, in the order in which it happened. The caller holds a transaction."""
    admin = User.objects.filter(role=User.Role.ADMIN).order_by("pk").first()
    day, begun = working_day_before(now), now - BEFORE
    system = PhoneSystem(name=story.SYSTEM, area_code=story.AREA_CODE)
    systems.create(system=system, by=admin, at=begun)
    _add_numbers(system, admin, begun)
    _add_phones(system, admin, begun)
    resting = ServiceNumber.objects.get(number=story.RESTING)
    numbers.release(number=resting, by=admin, at=moment_of(day, (8, 5)))
    _tell_calls(system, day)
    chores.work_off(fetcher=lambda _system, _recording: voicemail())
    for username, (state, why) in story.AGENTS.items():
        presence.set_presence(presence=state, reason=why, by=_user(username), at=now)
    telling.heard_of(system=system, at=now)


def working_day_before(now: datetime) -> datetime:
    """Midnight of the last day before this one on which the firm was open while the calls came."""
    calendar, today = (
        calendar_of(None),
        localtime(now, company_zone()).replace(hour=0, minute=0, second=0, microsecond=0),
    )
    for days in range(1, LONGEST_HOLIDAYS):
        day = localtime(today - timedelta(days=days) + timedelta(hours=2), company_zone()).replace(hour=0)
        if calendar.is_open(moment_of(day, OPENS)) and calendar.is_open(moment_of(day, CLOSES)):
            return day
    return today - timedelta(days=1)


def moment_of(day: datetime, hour_and_minute: tuple[int, int]) -> datetime:
    """A time of a day, as clocks at the firm show it."""
    hour, minute = hour_and_minute
    return day.replace(hour=hour, minute=minute)


def _add_numbers(system: PhoneSystem, admin: User | None, at: datetime) -> None:
    def add(number: str, **fields: Any) -> None:
        numbers.add(number=ServiceNumber(number=number, system=system, **fields), by=admin, at=at)

    add(story.PUBLIC, kind=ServiceNumber.Kind.PUBLIC)
    for number in story.FREE:
        add(number)
    for given in story.GIVEN:
        wanted = {"reference": given.reference, "customer__name": given.customer}
        add(given.number, agreement=Agreement.objects.filter(**wanted).latest("pk"))
    level, target = story.ON_CALL
    for found in ServiceLevel.objects.filter(name=level):
        policies.save_on_call(on_call=OnCall(level=found, dial_target=target), by=admin, at=at)


def _add_phones(system: PhoneSystem, admin: User | None, at: datetime) -> None:
    for username in story.AGENTS:
        phone = AgentPhone(user=_user(username), system=system, dial_target=username)
        phones.add(phone=phone, by=admin, at=at)
    for username in AT_THE_PHONE:
        presence.set_presence(presence=AgentPhone.Presence.ON, by=_user(username), at=at)


def _user(username: str) -> User:
    return User.objects.get(username=username)


def _tell_calls(system: PhoneSystem, day: datetime) -> None:
    """Calls come while others are talked, so their steps are taken in the order of their moments."""
    lines = [_Line(system, f"demo-{number}", told, day) for number, told in enumerate(story.CALLS, 1)]
    steps = sorted((step for line in lines for step in line.steps()), key=lambda step: step[0])
    for _moment, take in steps:
        take()
    for line in lines:
        line.settle()


class _Line:
    """One call as its telephone system tells it."""

    def __init__(self, system: PhoneSystem, call_id: str, told: story.Call, day: datetime) -> None:
        self.system, self.id, self.told = system, call_id, told
        self.began = moment_of(day, told.at)
        self.seq = 0
        self.agent = AT_THE_PHONE[0] if told.is_out or told.is_alone else ""

    def steps(self) -> Iterator[tuple[datetime, Step]]:
        """Each with its moment."""
        told = self.told
        if told.is_out:
            yield self._telling("outgoing", 0, direction="out")
        elif not told.is_alone:
            yield self._asking(story.Asked(0, "incoming"))
        for asked in told.asked:
            yield self._asking(asked)
        begins, ends = told.talks
        if begins:
            yield self._telling("answered", begins)
        if ends or told.gives_up:
            talk = ends - begins if ends else 0
            yield self._telling("hangup", ends or told.gives_up, cause="16", talk_seconds=talk)

    def _asking(self, asked: story.Asked) -> tuple[datetime, Step]:
        at = self.began + timedelta(seconds=asked.after)
        return at, partial(self._ask, asked, at)

    def _ask(self, asked: story.Asked, at: datetime) -> None:
        self.seq += 1
        event = self._event(asked.event, seq=self.seq, result=asked.result, recording=asked.recording)
        self.agent = str(stepping.step(system=self.system, asked=event, at=at)["agent"])

    def _telling(self, event: str, after: float, **fields: Any) -> tuple[datetime, Step]:
        at = self.began + timedelta(seconds=after)
        return at, partial(self._tell, event, at, fields)

    def _tell(self, event: str, at: datetime, fields: dict[str, Any]) -> None:
        told = self._event(event, agent=self.agent, **fields)
        telling.tell(system=self.system, told=told, via_fallback=self.told.is_alone, at=at)

    def _event(self, event: str, **fields: Any) -> PeerEvent:
        return PeerEvent(
            event=event, call_id=self.id, caller=self.told.caller, dialled=self.told.to, **fields
        )

    def settle(self) -> None:
        """Say which ticket it was about, or file one and note what was said."""
        rows = Call.objects.select_related("phone__user", "contact__customer")
        call = rows.get(system=self.system, external_id=self.id)
        if self.told.asks:
            self._file(call)
        elif call.phone is not None:
            self._settle(call, call.phone.user)

    def _settle(self, call: Call, agent: User) -> None:
        ticket, at = _oldest_open(self.told.about, self.began, agent), call.ended_at or self.began
        if ticket is not None:
            desk.attach(call=call, ticket=ticket, by=agent, at=at)
            notes_on_tickets.later(call=call, at=at)
        elif self.told.aside:
            desk.set_aside(call=call, why=self.told.aside, by=agent, at=at)

    def _file(self, call: Call) -> None:
        if call.phone is None or call.ended_at is None or call.contact is None:
            return
        agent, subject = call.phone.user, self.told.asks
        call.ticket = desk.open_ticket(
            call=call,
            customer=call.contact.customer,
            contact=call.contact,
            subject=subject,
            body=subject,
            by=agent,
            at=call.ended_at,
        )
        desk.note(call=call, body=self.told.note, work_kind=WorkKind.ADVICE, by=agent, at=call.ended_at)


def _oldest_open(customer: str, before: datetime, agent: User) -> Ticket | None:
    """Of those that the agent may see; which ones are older than the call depends on the time of day."""
    rows = visible_tickets(agent).filter(
        customer__name=customer, status=Ticket.Status.OPEN, arrived_at__lt=before
    )
    return rows.order_by("arrived_at").first()
