"""Doing what calls leave to be done: claim a row, fetch what it needs, file its ticket, say that it is done.

A row is claimed by a lease in a transaction of its own. Nothing that can take long happens in the transaction
that files: so whoever is killed anywhere leaves a row that somebody does again, and a ticket there is once.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from calls.actions import announcing, callbacks, notes_on_tickets, voicemail
from calls.actions.voicemail import Fetched, Fetcher
from calls.gateways.recordings import TryLater
from calls.models import Call, CallChore, Voicemail
from lib.locking import Lock, lock_exclusive, lock_shared
from lib.waking import wake

LEASE = timedelta(minutes=3)
"""Longer than fetching a recording can take, with everything that a provider may send us on to."""
DELAYS = tuple(timedelta(seconds=each) for each in (5, 15, 60, 300, 900, 3600, 7200, 14_400, 28_800))
MOST_TRIES = len(DELAYS) + 1
"""Over most of a day; then it is given up and shown to admins."""
BATCH = 50
BATCH_SECONDS = 30.0
"""After either, the rest is left to the next run."""

Kind = CallChore.Kind
log = structlog.get_logger(__name__)


def work_off(*, fetcher: Fetcher | None = None) -> int:
    """Do what is due, in any number of workers at once. Returns how many were done.

    `fetcher`: asks for recordings, instead of calls.gateways.recordings.
    """
    done, ends_at = 0, time.monotonic() + BATCH_SECONDS
    for _turn in range(BATCH):
        chore = claim_next()
        if chore is None:
            return done
        done += attempt(chore=chore, fetcher=fetcher)
        if time.monotonic() > ends_at:
            break
    wake("calls.chores")
    return done


@transaction.atomic
def claim_next() -> CallChore | None:
    """Take the row that is due longest, for as long as the lease lasts."""
    now = timezone.now()
    is_free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    due = CallChore.objects.filter(is_free, due_at__lte=now, done_at__isnull=True, failed_at__isnull=True)
    chore = due.order_by("due_at", "pk").select_for_update(skip_locked=True, of=("self",)).first()
    if chore is None:
        return None
    chore.tries += 1
    chore.leased_until = now + LEASE
    chore.save(update_fields=["tries", "leased_until"])
    return chore


def attempt(*, chore: CallChore, fetcher: Fetcher | None = None) -> bool:
    """Try one claimed row. Returns: whether it is done. What is wrong with one stops no other."""
    if chore.tries > MOST_TRIES:  # whoever tried it last was killed by it
        return _settle_failure(chore, "interrupted")
    try:
        is_done = _file(chore, _fetched(chore, fetcher))
    except TryLater as reason:
        return _settle_failure(chore, str(reason))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("call_chore_failed", chore=chore.pk, kind=chore.kind)
        return _settle_failure(chore, type(error).__name__)
    return is_done


def _fetched(chore: CallChore, fetcher: Fetcher | None) -> Fetched:
    """What is to be done outside, and what is to be filed of it. Error: TryLater."""
    if chore.kind not in {Kind.VOICEMAIL, Kind.DISCARD}:
        return Fetched()
    call = Call.objects.select_related("system").get(pk=chore.call_id)
    if chore.kind == Kind.DISCARD:
        voicemail.forget_there(call=call)
        return Fetched()
    is_last = chore.tries >= MOST_TRIES
    return voicemail.fetch(call=call, tries=chore.tries, is_last=is_last, fetcher=fetcher)


@transaction.atomic
def _file(chore: CallChore, fetched: Fetched) -> bool:
    """Do it and say so, both or neither. Locks in their order: chores, queue, the ticket, its call."""
    lock_exclusive(Lock.CALL_CHORES)
    lock_shared(Lock.QUEUE)
    rows = Call.objects.select_related("ticket", "contact", "customer", "holder", "phone__user", "system")
    call = rows.get(pk=chore.call_id)
    ours = CallChore.objects.select_for_update().filter(pk=chore.pk, leased_until=chore.leased_until)
    row = ours.filter(done_at__isnull=True).first()
    if row is None:
        return False
    now = timezone.now()
    _DOES[Kind(row.kind)](call, fetched, now)
    row.leased_until, row.error = None, fetched.error[:200]
    if fetched.error and not fetched.is_silent:  # its ticket says that the recording is missing
        row.failed_at = now
    else:
        row.done_at = now
    row.save(update_fields=["leased_until", "error", "done_at", "failed_at"])
    announcing.changed(call.phone_id)
    return row.done_at is not None


def _call_back(call: Call, _fetched: Fetched, _at: datetime) -> None:
    callbacks.file(call=call)


def _note(call: Call, _fetched: Fetched, _at: datetime) -> None:
    notes_on_tickets.talked(call=call, ticket=call.ticket)
    callbacks.note_talk(call=call)


def _file_voicemail(call: Call, fetched: Fetched, at: datetime) -> None:
    voicemail.file(call=call, fetched=fetched, at=at)


def _nothing(_call: Call, _fetched: Fetched, _at: datetime) -> None:
    """What there was to do was done outside."""


_DOES: dict[CallChore.Kind, Callable[[Call, Fetched, datetime], None]] = {
    Kind.CALLBACK: _call_back,
    Kind.VOICEMAIL: _file_voicemail,
    Kind.TIMELINE: _note,
    Kind.DISCARD: _nothing,
}


def _settle_failure(chore: CallChore, error: str) -> bool:
    """Try it again later, or give it up where people see it. Returns that it is not done."""
    now, ours = timezone.now(), CallChore.objects.filter(pk=chore.pk, leased_until=chore.leased_until)
    if chore.tries >= MOST_TRIES:
        ours.update(failed_at=now, leased_until=None, error=error[:200])
        log.warning("call_chore_given_up", chore=chore.pk, kind=chore.kind, error=error)
        return False
    spread = 0.8 + 0.4 * random.random()  # noqa: S311 (spreads load)
    ours.update(due_at=now + DELAYS[chore.tries - 1] * spread, leased_until=None, error=error[:200])
    log.info("call_chore_postponed", chore=chore.pk, kind=chore.kind, error=error)
    return False


@transaction.atomic
def again(*, chore: CallChore, at: datetime | None = None) -> None:
    """Have a row that was given up tried once more, as if for the first time."""
    fresh = {"due_at": at or timezone.now(), "failed_at": None, "leased_until": None, "tries": 0}
    is_open = CallChore.objects.filter(pk=chore.pk, done_at__isnull=True).update(**fresh)
    if is_open and chore.kind == Kind.VOICEMAIL:
        lost = Voicemail.objects.filter(call=chore.call_id, state=Voicemail.State.MISSING)
        lost.update(state=Voicemail.State.EXPECTED)
    wake("calls.chores")
