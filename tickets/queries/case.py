"""One ticket for its page: the conversation with its history, who is behind it, why it stands there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.timezone import localtime

from accounts.models import User
from contracts.queries import company_zone, standing_of
from contracts.rules import wording as contract_wording
from customers.models import Contact, Customer
from lib.downloads import signed
from lib.phones import readable
from lib.reasons import Reason
from lib.reasons import say as say_reason
from tickets import access
from tickets.models import Attachment, Message, Ticket, TicketEvent
from tickets.queries.calls import calls_of
from tickets.queries.desk import CHANNEL_ICONS, say
from tickets.queries.held import HeldCard, held_of
from tickets.queries.mails import MailLine
from tickets.queries.places import places_of
from tickets.queries.sounds import Player, player_of
from tickets.rules.wording import event_sentence, rank_sentence

OTHERS_LIMIT = 8
EXCERPT_LENGTH = 420
# The message itself stands where these would.
_SAID_BY_MESSAGES = frozenset({"replied", "noted"})
_CALLS = frozenset({"phone_call", "phone_call_out", "called_again"})


@dataclass(frozen=True)
class FileLine:
    """A file of a message; its address holds for one reader, for a while."""

    name: str
    url: str
    size_label: str
    player: Player | None = None


@dataclass(frozen=True)
class MessageItem:
    """A message or note. `kind`: customer, reply or note; `call`: what it notes of a call, in words."""

    pk: int
    kind: str
    author: str
    is_own: bool
    at: datetime
    body: str
    channel_icon: str
    channel_label: str
    files: Sequence[FileLine]
    mail: MailLine | None = None
    held: HeldCard | None = None
    call: str = ""
    is_message: bool = True


@dataclass(frozen=True)
class HistoryLine:
    """One change in words."""

    text: str
    at: datetime


@dataclass(frozen=True)
class CallItem:
    """A telephone call, as its telephone system told of it."""

    pk: int
    text: str
    at: datetime
    is_message: bool = False
    is_call: bool = True


@dataclass(frozen=True)
class HistoryItem:
    """What changed between two messages."""

    pk: int
    lines: Sequence[HistoryLine]
    is_message: bool = False

    @property
    def label(self) -> str:
        """A single change needs no unfolding."""
        return self.lines[0].text if len(self.lines) == 1 else ""


@dataclass(frozen=True)
class StandingWords:
    """A customer's standing in words: what decides, and what was seen but does not count."""

    level_name: str
    level_id: int | None
    reasons: Sequence[str]
    not_counting: Sequence[str]
    agreement_id: int | None = None


@dataclass(frozen=True)
class PlaceWords:
    """A waiting ticket's place and why. `is_degraded`: counted by PostgreSQL."""

    position: int
    sentence: str
    ahead: int
    is_degraded: bool


_Line = CallItem | tuple[int, HistoryLine]
_Entry = MessageItem | _Line


def conversation(
    user: User, ticket: Ticket, *, language: str, now: datetime, mails: Mapping[int, MailLine] | None = None
) -> list[MessageItem | CallItem | HistoryItem]:
    """Messages as this person may read them, with what changed between them, oldest first.

    `mails`, by message, says how the mail of each stands.
    """
    calls = calls_of(ticket, language=language)
    readable = access.visible_messages(user, ticket)
    held = held_of(readable, ticket, now, language, "agent")
    messages = [
        replace(
            _message_item(one, ticket, user, language),
            mail=(mails or {}).get(one.pk),
            call=calls.get(one.pk, ""),
            held=held.get(one.pk),
        )
        for one in readable
    ]
    entries: list[tuple[datetime, int, _Entry]] = [(one.at, 0, one) for one in messages]
    entries += [(at, 1, line) for at, line in _history(ticket, language, localtime(now, company_zone()))]
    entries.sort(key=lambda entry: entry[:2])
    return list(_folded(entry[2] for entry in entries))


def _history(ticket: Ticket, language: str, now: datetime) -> Iterable[tuple[datetime, _Line]]:
    """What changed, in words. Calls stand for themselves, everything else is folded."""
    events = (
        TicketEvent.objects.filter(ticket=ticket).exclude(kind__in=_SAID_BY_MESSAGES).order_by("at", "pk")
    )
    today, zone = now.date(), company_zone()
    for event in events:
        text = event_sentence(event.kind, event.params, language, today=today, zone=zone)
        said = f"{event.actor_name}: {text}" if event.actor_name else text
        if event.kind in _CALLS:
            yield event.at, CallItem(event.pk, said, event.at)
        else:
            yield event.at, (event.pk, HistoryLine(said, event.at))


def _folded(entries: Iterable[_Entry]) -> Iterable[MessageItem | CallItem | HistoryItem]:
    """Put changes that follow one another into one item."""
    for is_change, group in groupby(entries, key=lambda entry: isinstance(entry, tuple)):
        if is_change:
            lines = [one for one in group if isinstance(one, tuple)]
            yield HistoryItem(lines[0][0], [line for _, line in lines])
        else:
            yield from (one for one in group if not isinstance(one, tuple))


def _message_item(message: Message, ticket: Ticket, reader: User, language: str) -> MessageItem:
    if message.is_internal:
        kind = "note"
    else:
        kind = "customer" if message.is_from_customer or message.author_id is None else "reply"
    return MessageItem(
        pk=message.pk,
        kind=kind,
        author=message.author_name,
        is_own=message.author_id == reader.pk and not message.is_from_customer,
        at=message.at,
        body=message.body,
        channel_icon=CHANNEL_ICONS[message.channel],
        channel_label="" if kind == "reply" else say(f"channel.{message.channel}", language),
        files=[_file_line(one, ticket, reader) for one in message.attachments.all()],
    )


def _file_line(file: Attachment, ticket: Ticket, reader: User) -> FileLine:
    url = signed(reverse("desk:file", args=[ticket.number, file.key]), key=file.key, user_id=reader.pk)
    player = player_of(file, reverse("desk:sound", args=[ticket.number, file.key]))
    return FileLine(file.name, url, filesizeformat(file.size), player)


def first_words(ticket: Ticket) -> Message | None:
    """The message the ticket began with, its body cut to a few lines."""
    message = Message.objects.filter(ticket=ticket, is_internal=False).order_by("at", "pk").first()
    if message is not None and len(message.body) > EXCERPT_LENGTH:
        message.body = message.body[:EXCERPT_LENGTH].rsplit(" ", 1)[0] + " …"
    return message


def place_in_words(ticket: Ticket, *, language: str, now: datetime) -> PlaceWords | None:
    """Where a waiting ticket stands and why; None for one that does not wait."""
    places = places_of([ticket])
    place = places.by_ticket.get(ticket.pk)
    if place is None:
        return None
    zone = company_zone()
    sentence = rank_sentence(
        language,
        "agent",
        position=place.position,
        level_name=ticket.level.name if ticket.level else None,
        severity=ticket.severity,
        since=localtime(ticket.arrived_at, zone),
        today=localtime(now, zone).date(),
        counts=place.counts,
        pinned=ticket.pinned_at is not None,
    )
    return PlaceWords(place.position, sentence, place.counts.total, places.is_degraded)


def standing_in_words(customer: Customer, *, language: str, now: datetime) -> StandingWords:
    """What the customer's agreements amount to at this moment, and why."""
    standing = standing_of(customer.pk, now)

    def words(reason: Reason) -> str:
        return say_reason(reason, language, contract_wording.TABLE)

    return StandingWords(
        level_name=standing.level.name if standing.level else "",
        level_id=standing.level.id if standing.level else None,
        reasons=[words(reason) for reason in standing.reasons],
        not_counting=[words(seen.reason) for seen in standing.not_counting],
        agreement_id=standing.agreement_id,
    )


def phones_of(customer: Customer, contact: Contact | None) -> dict[str, str]:
    """The person's numbers, then the organisation's: as they are dialled, with how they read."""
    own = list(contact.phones.values_list("number", flat=True)) if contact else []
    numbers = [*own, *customer.phones.values_list("number", flat=True)]
    return {number: readable(number) for number in numbers}


def open_tickets_of(user: User, customer: Customer, *, but: Ticket | None = None) -> list[Ticket]:
    """A few unfinished tickets of a customer that this person may read, newest first."""
    tickets = (
        access.visible_tickets(user)
        .unsettled()
        .filter(customer=customer)
        .exclude(status=Ticket.Status.SOLVED)
    )
    if but is not None:
        tickets = tickets.exclude(pk=but.pk)
    return list(tickets.order_by("-pk")[:OTHERS_LIMIT])
