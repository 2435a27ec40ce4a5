"""Replaying what happened on the story's tickets, all of them together and in the order of time.

The clock moves from step to step; whatever falls due on the way (an agreement that began at midnight) is
applied at its own moment, as beat would have done. "Take next" therefore meets the queue of that day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Protocol

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import Team, User
from contracts.models import ServiceLevel, StandingChange
from contracts.queries import company_zone
from customers.models import Contact, Customer
from tickets.actions import assigning, opening, progressing, rating, replying, satisfaction, sweeping
from tickets.actions.claiming import claim_best
from tickets.actions.messages import NewFile
from tickets.management.demo_story import shapes
from tickets.models import Rating, Ticket
from tickets.rules.lifecycle import Verb

LEAD = "lead"
AS_TOLD = "Im Team so besprochen."
SCHEDULED_FOR = time(9)

_PARKING = {
    "waiting_customer": Verb.WAIT_CUSTOMER,
    "waiting_third_party": Verb.WAIT_THIRD_PARTY,
    "scheduled": Verb.SCHEDULE,
}


@dataclass
class Cast:
    """Everybody and everything the tickets name, by the story's keys."""

    password: str = ""
    teams: dict[str, Team] = field(default_factory=dict)
    levels: dict[str, ServiceLevel] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)


class Act(Protocol):
    """One thing that somebody does at a moment."""

    def __call__(self, *, at: datetime) -> object: ...


@dataclass(frozen=True, order=True)
class Step:
    """An act at its moment; what has the same moment happens in the order in which it is told."""

    at: datetime
    order: int
    act: Act = field(compare=False)


class _NotTheNext(Exception):
    """What "take next" offered was another ticket than the story has it."""


class Replay:
    """Plays tickets up to the moment of loading."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self._cast = cast
        self._now = now
        self._orders = count()

    def play(self, tickets: Iterable[shapes.Ticket]) -> None:
        """Open the tickets and do everything that is told of them."""
        for step in sorted(step for told in tickets for step in self._steps(told)):
            _apply_due_until(step.at)
            step.act(at=step.at)

    def _steps(self, told: shapes.Ticket) -> Iterator[Step]:
        arrived_at = self._now - timedelta(minutes=told.arrived_ago)
        for after, act in _Case(self._cast, told, self._now).acts():
            yield Step(arrived_at + timedelta(minutes=after), next(self._orders), act)


class _Case:
    """One ticket of the story on its way through the actions."""

    def __init__(self, cast: Cast, told: shapes.Ticket, now: datetime) -> None:
        self._cast = cast
        self._told = told
        self._now = now
        self._ticket: Ticket | None = None

    @property
    def ticket(self) -> Ticket:
        """The ticket as it stands, once it is opened."""
        if self._ticket is None:
            raise LookupError(f"{self._told.subject!r} is not open yet.")
        self._ticket.refresh_from_db()
        return self._ticket

    def acts(self) -> Iterator[tuple[int, Act]]:
        """Everything that happens, as (minutes after the arrival, act)."""
        told = self._told
        yield 0, self.open
        for refusal in told.declines:
            yield refusal.after, partial(self.hand_out, to=refusal.by, how="next", why="")
            yield refusal.after + 1, partial(self.decline, refusal)
        if told.assignee is not None and told.assigned_after is not None:
            yield (
                told.assigned_after,
                partial(self.hand_out, to=told.assignee, how=told.assigned_how, why=told.assigned_reason),
            )
        if told.confirmed:
            yield told.confirmed.after, partial(self.confirm, told.confirmed)
        for message in told.talk:
            yield message.after, partial(self.write, message)
        if told.pin:
            yield told.pin.after, partial(self.pin, told.pin)
        yield from self._endings()

    def open(self, *, at: datetime) -> None:
        """The ticket arrives through its door."""
        told, contact = self._told, self._cast.contacts[self._told.contact]
        by = contact.user if told.channel == "portal" else None
        self._ticket = opening.open_ticket(
            customer=self._cast.customers[told.customer],
            contact=contact,
            subject=told.subject,
            body=told.body,
            severity=Ticket.Severity[told.severity.upper()],
            team=self._cast.teams[told.team],
            channel=Ticket.Channel(told.channel),
            files=_files(told.attachments),
            by=self._cast.users[told.filed_by] if told.filed_by else by,
            at=at,
        )

    def hand_out(self, *, to: str, how: str, why: str, at: datetime) -> None:
        """An agent gets the ticket.

        Whether it really is the next one depends on the hour at which the story is loaded, since agreements
        begin and end at midnight. Where it is not, the lead assigned it.
        """
        agent, lead = self._cast.users[to], self._cast.users[LEAD]
        if how == "picked":
            assigning.pick(ticket=self.ticket, by=agent, reason=why, at=at)
        elif how == "assigned" or not self._was_next(agent, at):
            assigning.assign(ticket=self.ticket, to=agent, by=lead, reason=why or AS_TOLD, at=at)

    def decline(self, refusal: shapes.Decline, *, at: datetime) -> None:
        """The agent gives it back."""
        assigning.decline(ticket=self.ticket, by=self._cast.users[refusal.by], reason=refusal.reason, at=at)

    def confirm(self, told: shapes.Confirmation, *, at: datetime) -> None:
        """An agent confirms or changes the severity."""
        rating.set_severity(
            ticket=self.ticket,
            severity=Ticket.Severity[told.severity.upper()],
            by=self._cast.users[told.by],
            reason=told.reason,
            at=at,
        )

    def pin(self, told: shapes.Pin, *, at: datetime) -> None:
        """The lead lifts it to the top."""
        rating.pin(
            ticket=self.ticket,
            by=self._cast.users[told.by],
            reason=told.reason,
            expires_at=self._now + timedelta(minutes=told.expires_in),
            at=at,
        )

    def write(self, message: shapes.FollowUp, *, at: datetime) -> None:
        """Somebody writes."""
        files = _files(message.attachments)
        if message.by_contact:
            contact = self._cast.contacts[message.author]
            replying.customer_reply(
                ticket=self.ticket,
                body=message.body,
                contact=contact,
                by=contact.user if message.channel == "portal" else None,
                channel=Ticket.Channel(message.channel),
                files=files,
                at=at,
            )
            return
        author = self._cast.users[message.author]
        if message.is_internal:
            replying.note(ticket=self.ticket, body=message.body, by=author, files=files, at=at)
        else:
            then = self._verb_with(message)
            replying.reply(ticket=self.ticket, body=message.body, by=author, then=then, files=files, at=at)

    def progress(self, verb: Verb, until: datetime | None = None, *, at: datetime) -> None:
        """The ticket is put aside, solved or closed by the agent who has it."""
        by = self._cast.users[self._told.assignee or LEAD]
        progressing.progress(ticket=self.ticket, verb=verb, until=until, by=by, at=at)

    def rate(self, told: shapes.Rated, *, at: datetime) -> None:
        """The customer says how it was."""
        contact = self._cast.contacts[told.by]
        if contact.user is None:
            raise LookupError(f"{told.by} has no portal login.")
        satisfaction.rate(
            ticket=self.ticket,
            contact=contact,
            verdict=Rating.Verdict(told.verdict),
            comment=told.comment,
            by=contact.user,
            at=at,
        )

    def _endings(self) -> Iterator[tuple[int, Act]]:
        told = self._told
        if told.parked_after is not None and not self._is_said_with_a_reply(told.parked_after):
            until = self._scheduled_until() if told.status == "scheduled" else None
            yield told.parked_after, partial(self.progress, _PARKING[told.status], until)
        if told.solved_after is not None and not self._is_said_with_a_reply(told.solved_after):
            yield told.solved_after, partial(self.progress, Verb.SOLVE)
        if told.closed_after is not None:
            yield told.closed_after, partial(self.progress, Verb.CLOSE)
        if told.rated is not None:
            yield told.rated.after, partial(self.rate, told.rated)

    def _is_said_with_a_reply(self, after: int) -> bool:
        return any(one.after == after and self._verb_with(one) is not None for one in self._told.talk)

    def _verb_with(self, message: shapes.FollowUp) -> Verb | None:
        """What the agent does in the same step as this reply; scheduling needs a step of its own."""
        told = self._told
        if message.by_contact or message.is_internal:
            return None
        if message.after == told.solved_after:
            return Verb.SOLVE
        if message.after == told.parked_after and told.status != "scheduled":
            return _PARKING[told.status]
        return None

    def _scheduled_until(self) -> datetime:
        zone = company_zone()
        day = localdate(self._now, zone) + timedelta(days=self._told.scheduled_in_days or 1)
        return datetime.combine(day, SCHEDULED_FOR, tzinfo=zone)

    def _was_next(self, agent: User, at: datetime) -> bool:
        ticket = self.ticket
        try:
            with transaction.atomic():
                best = claim_best(by=agent, team_ids=[ticket.team_id], requested_at=at, at=at)
                if best is None or best.ticket_id != ticket.pk:
                    raise _NotTheNext
        except _NotTheNext:
            return False
        return True


def _apply_due_until(at: datetime) -> None:
    """Apply each standing that changed on the way at the moment at which it did."""
    moments = StandingChange.objects.due(at).order_by("at").values_list("at", flat=True).distinct()
    for moment in list(moments):
        sweeping.apply_due(at=moment)


def _files(told: Iterable[shapes.Attachment]) -> list[NewFile]:
    return [ContentFile(attachment.text.encode(), name=attachment.name) for attachment in told]
