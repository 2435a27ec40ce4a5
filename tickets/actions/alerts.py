"""Taking alerts in: what a customer's monitoring reports becomes tickets, one for each thing that fires.

Watching a customer's systems needs its gate. While that is closed nothing of an alert is kept: only when it
was refused, and once a day a line in the audit trail.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actions import auditing
from contracts.rules.gates import Capability
from tickets.actions import gating, opening, placing
from tickets.actions.gating import GateClosed
from tickets.actions.messages import add_message
from tickets.actions.progressing import hold_with_customer, move
from tickets.models import Alert, AlertSource, Ticket
from tickets.rules.alert_shapes import Report
from tickets.rules.lifecycle import Actor, Verb

TOLD_AGAIN_AFTER = timedelta(days=1)


class NotTheSource(Exception):
    """Meanwhile it may not send any more, has another secret, or watches another customer's systems."""


@dataclass(frozen=True)
class Taken:
    """What became of a call: how many tickets it opened, how many reports it counted, and how many ended."""

    opened: int = 0
    repeated: int = 0
    resolved: int = 0


def take_in(*, source: AlertSource, reports: Sequence[Report], at: datetime | None = None) -> Taken:
    """Open, count and resolve what a source reports.

    Errors: GateClosed, of which only the refusal is noted; NotTheSource.
    """
    try:
        return _take_in(source, reports, at)
    except GateClosed as refusal:
        _note_refusal(source, refusal, at or timezone.now())
        raise


@transaction.atomic
def _take_in(source: AlertSource, reports: Sequence[Report], at: datetime | None) -> Taken:
    gating.require_of_customer(source.customer_id, Capability.MONITORING, at=at)
    now = at or timezone.now()
    source = _unchanged(source)
    AlertSource.objects.filter(pk=source.pk).update(seen_at=now)
    done = [_take(source, one, at, now) for one in reports]
    return Taken(done.count("opened"), done.count("repeated"), done.count("resolved"))


def _unchanged(source: AlertSource) -> AlertSource:
    """Its row, which is locked: whose gate was asked, and whose secret it was, is what it is still."""
    rows = AlertSource.objects.select_for_update(of=("self",)).select_related("customer")
    row = rows.filter(pk=source.pk, is_active=True, customer__is_active=True).first()
    if row is None or (row.customer_id, row.token_sha256) != (source.customer_id, source.token_sha256):
        raise NotTheSource
    return row


def _take(source: AlertSource, report: Report, at: datetime | None, now: datetime) -> str:
    firing = Alert.objects.select_related("ticket").filter(
        source=source, fingerprint=report.fingerprint, resolved_at=None
    )
    alert = firing.first()
    if report.is_resolved:
        return _resolve(source, alert, report, at, now) if alert else ""
    if alert is not None and _is_theirs(source, alert) and alert.ticket.status != Ticket.Status.CLOSED:
        return _repeat(source, alert, report, at)
    if alert is not None:  # its ticket is closed for good, or another's: what still fires is another case
        firing.update(resolved_at=now)
    ticket = opening.open_ticket(
        customer=source.customer,
        subject=report.subject,
        body=report.body,
        by=None,
        severity=Ticket.Severity(report.severity),
        channel=Ticket.Channel.MONITORING,
        at=at,
    )
    Alert.objects.create(source=source, fingerprint=report.fingerprint, ticket=ticket, fired_at=now)
    return "opened"


def _repeat(source: AlertSource, alert: Alert, report: Report, at: datetime | None) -> str:
    """Count it; a ticket that was solved while it still fires is not solved."""
    alert.times += 1
    alert.save(update_fields=["times"])
    if alert.ticket.status == Ticket.Status.SOLVED:
        _say(source, alert.ticket, _in_our_language(_fires_still, report), at, reopens=True)
    return "repeated"


def _resolve(source: AlertSource, alert: Alert, report: Report, at: datetime | None, now: datetime) -> str:
    alert.resolved_at = now
    alert.save(update_fields=["resolved_at"])
    if _is_theirs(source, alert) and alert.ticket.status != Ticket.Status.CLOSED:
        _say(source, alert.ticket, _in_our_language(_is_over, report), at)
    return "resolved"


def _is_theirs(source: AlertSource, alert: Alert) -> bool:
    """Whether the ticket is the customer's whose systems are watched: others read nothing of them."""
    return alert.ticket.customer_id == source.customer_id


def _say(
    source: AlertSource, ticket: Ticket, body: str, at: datetime | None, *, reopens: bool = False
) -> None:
    """A message of the monitoring on its ticket."""
    held = hold_with_customer(ticket, at=at)
    add_message(
        ticket=held.ticket,
        body=body,
        author_name=source.name,
        channel=Ticket.Channel.MONITORING,
        at=held.at,
    )
    if reopens:
        move(held, Verb.REOPEN, by=None, actor=Actor.CUSTOMER)
    placing.settle(held)


def _fires_still(report: Report) -> str:
    return _("Still reported: %(subject)s") % {"subject": report.subject}


def _is_over(report: Report) -> str:
    return _("No longer reported: %(subject)s") % {"subject": report.subject}


def _in_our_language(words: Callable[[Report], str], report: Report) -> str:
    """Nobody asked, so that no reader's language is known: the installation's."""
    with translation.override(settings.LANGUAGE_CODE):
        return words(report)


@transaction.atomic
def _note_refusal(source: AlertSource, refusal: GateClosed, at: datetime) -> None:
    row = AlertSource.objects.select_for_update().get(pk=source.pk)
    before, row.refused_at = row.refused_at, at
    row.save(update_fields=["refused_at"])
    was_taken_since = before is not None and row.seen_at is not None and row.seen_at > before
    if before is None or was_taken_since or before <= at - TOLD_AGAIN_AFTER:
        details = {"reasons": [one.code for one in refusal.gate.reasons]}
        auditing.record(by=None, verb="alert_source.refused", what=row, at=at, details=details)
