"""Emptying the outboxes: claim a row, write the mail, hand it over, keep what came of it.

A row is claimed by a lease in a transaction of its own, one at a time, so that a lease covers one mail,
however slow the server is. Whoever finds a lease that ran out knows that an attempt ended without a word,
and that its mail may have arrived: it is tried once more, and no third time.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from accounts.models import Notice
from lib.locking import Lock, try_holding
from lib.undelivered import PREFIX
from lib.waking import wake
from mail.gateways.post import Away, MayHaveArrived, Post, Refused, SendingFailed, TryLater
from mail.queries.letters import AskedByNobody, NotOwed, NotWanted
from mail.queries.notice_letters import asker_of, notice_letter
from mail.queries.people_letters import login_of_sign_up
from mail.queries.ticket_letters import ticket_letter
from mail.rules import retrying
from tickets.actions import delivering as ticket_deliveries
from tickets.models import Delivery

LEASE = timedelta(minutes=6)
"""Longer than a server can keep us with one mail: ten answers, each at the end of EMAIL_TIMEOUT."""
BATCH = 50
BATCH_SECONDS = 30.0
"""After either, the rest is left to the next run: a worker that is asked to stop should not take long."""

Outgoing = Notice | Delivery
log = structlog.get_logger(__name__)


def deliver() -> int:
    """Send what is due. Returns how many mails went out.

    One process at a time does it, for a slow mail server must not keep all workers; whoever comes meanwhile
    leaves. The lock only saves work: claims alone keep a mail from going out twice.
    """
    with try_holding(Lock.MAIL) as is_ours:
        return deliver_batch() if is_ours else 0


def deliver_batch(limit: int = BATCH) -> int:
    """Send up to so many mails over one connection. Stops where the server does not want to talk."""
    sent = 0
    ends_at = time.monotonic() + BATCH_SECONDS
    with Post() as post:
        for _turn in range(limit):
            row = claim_next()
            if row is None:
                return sent
            try:
                sent += _attempt(row, post)
            except _Stop:
                return sent
            if time.monotonic() > ends_at:
                break
    wake("mail.deliver")
    return sent


class _Stop(Exception):
    """The server would fail the next mail, too."""


def claim_next() -> Outgoing | None:
    """Take the row that is due longest, for as long as the lease lasts; sign-on mail comes first."""
    return _claim(Notice) or _claim(Delivery)


@transaction.atomic
def _claim(outbox: type[Notice] | type[Delivery]) -> Outgoing | None:
    now = timezone.now()
    # Parameters are read when the mail is written: those that cannot be decrypted spoil one mail only.
    due = outbox.objects.defer("params").due(now).order_by("next_attempt_at", "pk")
    row: Outgoing | None = due.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    row.interruptions += row.leased_until is not None
    row.attempts += 1
    row.leased_until = now + LEASE
    row.save(update_fields=["interruptions", "attempts", "leased_until"])
    return row


def _attempt(row: Outgoing, post: Post) -> bool:
    """Try one claimed mail. Returns whether it went out. Error: _Stop."""
    if row.interruptions >= retrying.MAX_INTERRUPTIONS:
        return _give_up(row, f"{PREFIX}interrupted")
    message = _write(row)
    if message is None:
        return False
    try:
        post.send(message)
    except SendingFailed as failure:
        _settle_failure(row, failure)
        if isinstance(failure, Away | MayHaveArrived) or (
            isinstance(failure, TryLater) and not failure.is_open
        ):
            raise _Stop from failure
        return False
    return _settle_sent(row)


def _write(row: Outgoing) -> EmailMultiAlternatives | None:
    """The mail of a row; None where there will be none now. What is wrong with one mail stops no other."""
    try:
        if isinstance(row, Notice):
            _find_asker(row)
        letter = notice_letter(row, timezone.now()) if isinstance(row, Notice) else ticket_letter(row)
        message = letter.as_message()
        message.message()  # whatever is wrong with it shows here, not in the middle of a conversation
    except NotOwed as refusal:
        _give_up(row, refusal.error)
    except (AskedByNobody, NotWanted):
        _drop(row)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("mail_not_written", outbox=row._meta.label_lower, row=row.pk)
        error = f"{PREFIX}cannot_render"
        if row.attempts >= retrying.MAX_RENDERINGS:
            _give_up(row, error)
        else:
            _try_later(row, error)
    else:
        return message
    return None


def _drop(row: Outgoing) -> None:
    """Take a mail that nobody waits for out of the outbox, and off open pages."""
    with _settling(row) as (ours, now):
        done, _rows = ours.delete()
        if done and isinstance(row, Delivery):
            ticket_deliveries.note_change(delivery=row, at=now)


def _find_asker(notice: Notice) -> None:
    """Make a request by a stranger the notice of whoever it was about, and forget what was typed."""
    if notice.kind == Notice.Kind.SIGN_UP and notice.user_id is None:
        notice.user = login_of_sign_up(notice)
        if notice.user is not None:
            notice.params = {}
            notice.save(update_fields=["user", "params"])
    if notice.kind in Notice.ASKED_FOR and notice.user_id is None and notice.params:
        notice.user = asker_of(notice)
        notice.params = {name: kept for name, kept in notice.params.items() if name != "asked_for"}
        notice.save(update_fields=["user", "params"])


def _settle_sent(row: Outgoing) -> bool:
    with _settling(row) as (ours, now):
        done = ours.update(sent_at=now, next_attempt_at=None, leased_until=None, error="")
        if done and isinstance(row, Delivery):
            ticket_deliveries.note_change(delivery=row, at=now)
    log.info("mail_sent", outbox=row._meta.label_lower, row=row.pk, attempts=row.attempts)
    return True


def _settle_failure(row: Outgoing, failure: SendingFailed) -> None:
    log.warning("mail_not_sent", outbox=row._meta.label_lower, row=row.pk, cause=_cause(failure.error))
    match failure:
        case Refused():
            _give_up(row, failure.error)
        case Away():
            _wait_for_server(row, failure.error)
        case MayHaveArrived():
            row.interruptions += 1
            if row.interruptions >= retrying.MAX_INTERRUPTIONS:
                _give_up(row, f"{PREFIX}interrupted")
            else:
                _try_later(row, failure.error)
        case _:
            _try_later(row, failure.error)


def _wait_for_server(row: Outgoing, error: str) -> None:
    """The row did not fail, so the attempt does not count: mail waits for its server."""
    delay = retrying.spread(retrying.AWAY_DELAY, random.random())  # noqa: S311 (spreads load)
    _postpone(row, delay, error, attempts=row.attempts - 1)


def _try_later(row: Outgoing, error: str) -> None:
    delay = retrying.next_delay(row.attempts, random.random())  # noqa: S311 (spreads load)
    if delay is None:
        _give_up(row, error)
    else:
        _postpone(row, delay, error, attempts=row.attempts)


def _postpone(row: Outgoing, delay: timedelta, error: str, *, attempts: int) -> None:
    with _settling(row) as (ours, now):
        ours.update(
            next_attempt_at=now + delay,
            leased_until=None,
            attempts=attempts,
            interruptions=row.interruptions,
            error=error,
        )


def _give_up(row: Outgoing, error: str) -> bool:
    """Keep that the mail was not delivered, where people see it. Returns that nothing went out."""
    with _settling(row) as (ours, now):
        done = ours.update(
            failed_at=now,
            next_attempt_at=None,
            leased_until=None,
            interruptions=row.interruptions,
            error=error,
        )
        if done and isinstance(row, Delivery):
            ticket_deliveries.note_failure(delivery=row, error=error, at=now)
    log.warning("mail_given_up", outbox=row._meta.label_lower, row=row.pk, cause=_cause(error))
    return False


def _cause(error: str) -> str:
    """A code of ours or the server's number, without its words, for the log."""
    return error.partition(" ")[0]


@contextmanager
def _settling(row: Outgoing) -> Iterator[tuple[Any, datetime]]:
    """A transaction, the row as long as its lease is still the one that we took, and the moment."""
    with transaction.atomic():
        yield _ours(row), timezone.now()


def _ours(row: Outgoing) -> Any:
    return type(row).objects.filter(pk=row.pk, leased_until=row.leased_until)
