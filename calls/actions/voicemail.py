"""What callers say after the tone: fetched from the telephone system, checked, filed as one ticket.

The same sound of the same caller is one message, whichever way it comes. The sound is a file of the ticket's
message and lies nowhere else, so whoever may see the ticket may hear it, and nobody besides.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.timezone import localtime

from calls.actions import callbacks, ending, filing
from calls.gateways import recordings
from calls.models import Call, CallChore, PhoneSystem, Voicemail
from calls.queries.callers import known_by
from calls.queries.reporters import Reporter, reporter_of
from calls.rules.ticket_wording import length, words
from contracts.queries import company_zone
from customers.models import Contact
from lib import wave
from lib.locking import Lock, lock_exclusive, lock_shared
from tickets.actions import placing, sounds, timing
from tickets.actions.messages import add_message
from tickets.actions.progressing import hold_with_customer, move
from tickets.models import Message, Ticket
from tickets.rules.lifecycle import Actor, Verb

SHORTEST = 1.0
"""Seconds. In less nobody says anything."""
TRIES_FOR_NOTHING = 4
"""So often a recording is asked for that the telephone system does not have: it may still be writing it."""

ON_ITS_WAY = timedelta(hours=2)
"""So long a recording may take that comes by mail."""

THEIR_OWN = (PhoneSystem.Kind.SIPGATE, PhoneSystem.Kind.PLACETEL, PhoneSystem.Kind.EVENTS)
"""They have a voicemail of their own, and keep what was said or send it by mail."""

State = Voicemail.State
Fetcher = Callable[[PhoneSystem, str], bytes]


class TooLarge(ValueError):
    """The recording has more bytes than a file of a ticket may have."""


@dataclass(frozen=True)
class Fetched:
    """What came of asking for a recording. `error`: the code of what kept it from us for good.

    `is_silent`: there is none, or nobody spoke. `is_elsewhere`: the provider keeps it. None of it: there is
    nothing to file any more.
    """

    data: bytes = b""
    sound: wave.Sound | None = None
    error: str = ""
    is_silent: bool = False
    is_elsewhere: bool = False


def fetch(*, call: Call, tries: int, is_last: bool = False, fetcher: Fetcher | None = None) -> Fetched:
    """Ask the telephone system for a call's recording; outside of any transaction. Error: TryLater.

    `tries`: this one included. `is_last`: what cannot be had now is lost.
    """
    voicemail = Voicemail.objects.filter(call=call, state=State.EXPECTED).first()
    if voicemail is None:
        return Fetched()
    if call.system.kind in THEIR_OWN:
        return Fetched(is_elsewhere=True)
    try:
        data = (fetcher or recordings.fetch)(call.system, voicemail.recording)
    except recordings.NotThere as error:
        if tries < TRIES_FOR_NOTHING and not is_last:
            raise recordings.TryLater(str(error)) from error
        return Fetched(error=str(error), is_silent=True)
    except recordings.NotToBeHad as error:
        return Fetched(error=str(error))
    except recordings.TryLater as error:
        if not is_last:
            raise
        return Fetched(error=str(error))
    return _checked(data)


def _checked(data: bytes) -> Fetched:
    if len(data) > recordings.largest():
        return Fetched(error="too_large")
    try:
        sound = wave.read(data)
    except wave.NotASound:
        return Fetched(error="no_wave")
    return Fetched(data, sound, is_silent=sound.seconds < SHORTEST)


def file(*, call: Call, fetched: Fetched, at: datetime) -> None:
    """File what was fetched as the ticket of its call. Again it does nothing.

    Nothing said: on a service number that is a call to be returned, else no ticket. The caller holds
    Lock.CALL_CHORES.
    """
    voicemail = Voicemail.objects.select_for_update(of=("self",)).filter(call=call).first()
    if voicemail is None or voicemail.state != State.EXPECTED:
        return
    if fetched.is_silent:
        _file_nothing(call, voicemail, fetched)
    elif fetched.sound is None:
        code = "call.voicemail_elsewhere" if fetched.is_elsewhere else "call.voicemail_lost"
        voicemail.state, voicemail.error = State.MISSING, fetched.error[:200]
        voicemail.ticket = call.ticket or _opened(_Left.by_call(call), code, ())
    else:
        _keep(voicemail, _Left.by_call(call), fetched.data, fetched.sound)
    voicemail.save()
    _give(voicemail)
    if voicemail.state in {State.STORED, State.EMPTY}:
        discard(call=call, at=at)


def _give(voicemail: Voicemail) -> None:
    """The call is about the ticket of its message, unless it has one already."""
    call, ticket = voicemail.call, voicemail.ticket
    if call is not None and call.ticket_id is None and ticket is not None:
        filing.give(call=call, ticket=ticket)


def discard(*, call: Call, at: datetime) -> None:
    """Have the telephone system delete a recording: one copy is enough of a voice, and none of silence."""
    if recordings.has_its_own(call.system):
        ending.leave(call=call, kind=CallChore.Kind.DISCARD, at=at)


def forget_there(*, call: Call) -> None:
    """Delete it there, outside of any transaction. Error: TryLater."""
    found = Voicemail.objects.filter(call=call).first()
    if found is not None:
        recordings.forget(call.system, found.recording)


def _file_nothing(call: Call, voicemail: Voicemail, fetched: Fetched) -> None:
    voicemail.state, voicemail.error = State.EMPTY, fetched.error[:200]
    if call.line == Call.Line.CONTRACT:
        voicemail.ticket = callbacks.file(call=call, code="call.silent")


@dataclass(frozen=True)
class _Left:
    """By whom a message was left, when and where. `ticket`: the one that the call has already."""

    reporter: Reporter
    caller: str
    called_at: datetime
    dialled: str = ""
    ticket: Ticket | None = None

    @classmethod
    def by_call(cls, call: Call) -> "_Left":
        return cls(reporter_of(call), call.from_number, call.arrived_at, call.to_number, call.ticket)


def _keep(voicemail: Voicemail, left: _Left, data: bytes, sound: wave.Sound) -> None:
    """Give the message its ticket: that of the same sound, the call's own, or a new one."""
    voicemail.state, voicemail.seconds = State.STORED, round(sound.seconds)
    voicemail.sha256 = hashlib.sha256(data).hexdigest()
    same = _same(voicemail.sha256, left.caller)
    if same is not None:
        voicemail.ticket, voicemail.attachment = same.ticket, same.attachment
        return
    moment = localtime(left.called_at, company_zone())
    name = words("file.voicemail", left.reporter.language, stamp=f"{moment:%Y-%m-%d %H.%M}")
    files = (ContentFile(data, name=name),)
    spoken = length(sound.seconds)
    if left.ticket is not None and left.ticket.status != Ticket.Status.CLOSED:
        voicemail.ticket = left.ticket
        message = _said_on(left, spoken, files)
    else:
        voicemail.ticket = _opened(left, "call.voicemail", files, length=spoken)
        message = Message.objects.filter(ticket=voicemail.ticket).latest("at", "id")
    voicemail.attachment = sounds.describe(message=message, seconds=voicemail.seconds, peaks=sound.peaks)


def _same(digest: str, caller: str) -> Voicemail | None:
    """The same sound of the same caller, or of one that nobody told us of."""
    theirs = Q(call__isnull=True) | Q(call__from_number=caller)
    rows = Voicemail.objects.filter(sha256=digest, ticket__isnull=False)
    return (rows.filter(theirs) if caller else rows).order_by("pk").first()


def _opened(left: _Left, code: str, files: tuple[ContentFile[bytes], ...], **params: str) -> Ticket:
    return filing.open_for(
        reporter=left.reporter,
        subject="subject.voicemail",
        sentences=[_sentence(left, code, **params)],
        caller=left.caller,
        called_at=left.called_at,
        files=files,
    )


def _sentence(left: _Left, code: str, **params: str) -> str:
    return filing.call_sentence(
        code, left.reporter.language, dialled=left.dialled, called_at=left.called_at, **params
    )


def _said_on(left: _Left, spoken: str, files: tuple[ContentFile[bytes], ...]) -> Message:
    """On the ticket that the call has already: its customer has spoken."""
    assert left.ticket is not None  # noqa: S101 (asked by the only caller)
    held = hold_with_customer(left.ticket)
    customer, contact = held.ticket.customer, left.reporter.contact
    is_theirs = contact is not None and contact.customer_id == customer.pk
    message = add_message(
        ticket=held.ticket,
        body=_sentence(left, "call.voicemail", length=spoken),
        contact=contact if is_theirs else None,
        author_name=contact.name if contact is not None and is_theirs else customer.name,
        channel=Ticket.Channel.PHONE,
        files=files,
        at=held.at,
        is_live=True,
    )
    held.heard.add(timing.ASKED)
    move(held, Verb.CUSTOMER_REPLIED, by=None, actor=Actor.CUSTOMER)
    placing.settle(held)
    return message


@transaction.atomic
def take_in(
    *, sound: bytes, caller: str = "", contact: Contact | None = None, at: datetime | None = None
) -> Voicemail:
    """File a recording that came another way than from a telephone system, such as by mail.

    `caller`: in E.164, as far as known; `contact`: who it is, if that is known better than by the number.
    The same sound again is the same message, and one that a call waits for is that call's. Errors:
    lib.wave.NotASound, TooLarge.
    """
    if len(sound) > recordings.largest():
        raise TooLarge
    read, at = wave.read(sound), at or timezone.now()
    lock_exclusive(Lock.CALL_CHORES)
    lock_shared(Lock.QUEUE)
    same = _same(hashlib.sha256(sound).hexdigest(), caller)
    if same is not None:
        return same
    voicemail = _awaited(caller, at) or Voicemail(created_at=at, state=State.EMPTY)
    if read.seconds >= SHORTEST:
        left = (
            _Left.by_call(voicemail.call) if voicemail.call else _Left(_reporter(caller, contact), caller, at)
        )
        _keep(voicemail, left, sound, read)
    voicemail.save()
    _give(voicemail)
    return voicemail


def _awaited(caller: str, at: datetime) -> Voicemail | None:
    """The message of a call whose telephone system told of it, but sends it another way."""
    if not caller:
        return None
    told = Voicemail.objects.filter(state__in=(State.EXPECTED, State.MISSING), call__from_number=caller)
    near = told.filter(created_at__gt=at - ON_ITS_WAY, created_at__lte=at + ON_ITS_WAY)
    return near.select_related("call").order_by("-created_at").first()


def _reporter(caller: str, contact: Contact | None) -> Reporter:
    if contact is not None:
        return Reporter(contact.customer, contact, is_theirs=True)
    known = known_by(caller)
    return (
        Reporter(known.customer, known.contact, is_theirs=True)
        if known.match == Call.Match.KNOWN
        else Reporter()
    )
