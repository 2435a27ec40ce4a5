"""Work on tickets: entering it, deciding anew who pays, taking it back.

Each change holds, in this order, the shared queue lock, the customer's service agreements and the ticket
(entering holds the customer before them, on whom gates change): nobody else spends the same rest of an
allowance or of an approval meanwhile. A decision is never changed:
deciding anew writes another one and gives back what the old one took.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.actions import auditing
from accounts.models import User
from contracts.actions.standing_changes import lock_customers
from contracts.models import Agreement, Service
from lib.locking import Lock, lock_shared
from tickets import access
from tickets.actions import deciding, gating, placing
from tickets.actions.placing import Held
from tickets.actions.time_refusals import (
    AllowanceRefuses,
    AlreadyEntered,
    CustomerChanged,
    EndsBeforeStart,
    EndsInFuture,
    NeedsReason,
    TakenBack,
    TooEarly,
    TooLong,
    Unapproved,
)
from tickets.models import CoverageDecision, Ticket, TimeEntry, Timer
from tickets.queries.coverage import Consent, consent_to, inputs_for
from tickets.rules.coverage import Slice, decide
from tickets.rules.coverage_facts import Override

LONGEST = timedelta(hours=24)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
REASON_LENGTH = 250
_EVENTS: dict[Override, str] = {
    "covered": "time_covered",
    "chargeable": "time_chargeable",
    "": "time_redecided",
}


@dataclass(frozen=True)
class Work:
    """What somebody did, as they enter it: seconds of its ends do not count."""

    work_kind: str
    service: Service
    started_at: datetime
    ended_at: datetime
    text: str = ""
    remark: str = ""
    kilometres: int = 0

    @property
    def start(self) -> datetime:
        """The minute in which it began."""
        return self.started_at.astimezone(UTC).replace(second=0, microsecond=0)

    @property
    def end(self) -> datetime:
        """The minute before which it ended."""
        return self.ended_at.astimezone(UTC).replace(second=0, microsecond=0)


def require_sound(*, work: Work, now: datetime) -> None:
    """Errors: EndsBeforeStart, TooLong, EndsInFuture, TooEarly."""
    if work.end <= work.start:
        raise EndsBeforeStart
    if work.end - work.start > LONGEST:
        raise TooLong
    if work.end > now:
        raise EndsInFuture
    if work.start < EARLIEST:
        raise TooEarly


@transaction.atomic
def enter(
    *, ticket: Ticket, work: Work, by: User, timer: Timer | None = None, at: datetime | None = None
) -> TimeEntry:
    """Enter one's work on a ticket and decide who pays. A stopped `timer` that it came from is gone with it.

    Errors: Denied; those of `require_sound`; GateClosed where this kind of work was not allowed over all of
    it; LogInText; AlreadyEntered; AllowanceRefuses; Unapproved. Then nothing is written and nothing was taken
    from an allowance.
    """
    held = _hold(ticket, at)
    access.require(allowed=access.may_work(by, held.ticket))
    require_sound(work=work, now=held.at)
    gating.require_kind_over(held.ticket, work.work_kind, start=work.started_at, end=work.ended_at)
    gating.require_no_log(held.ticket, at=held.at, text=work.text, remark=work.remark)
    _require_new(held.ticket, work, by)
    inputs = inputs_for(
        ticket=held.ticket,
        customer_id=held.ticket.customer_id,
        service=work.service,
        start=work.start,
        end=work.end,
        kilometres=work.kilometres,
        at=held.at,
    )
    slices = decide(inputs)
    consent = _required_consent(slices, held.ticket, work)
    entry = _create(held, work, by, consent)
    deciding.record(entry=entry, inputs=inputs, slices=slices, by=by, at=held.at)
    if timer is not None:
        Timer.objects.filter(pk=timer.pk, agent=by, stopped_at__isnull=False).delete()
    _tell_entered(held, entry, slices, by)
    return entry


@transaction.atomic
def override(
    *, entry: TimeEntry, outcome: Override, reason: str, by: User, at: datetime | None = None
) -> CoverageDecision:
    """Decide by hand who pays for an entry (leads): covered or chargeable; "" lets the rule decide again.

    The decision before is kept, what it took from an allowance is given back. The same word twice is one.
    Errors: Denied, NeedsReason, TakenBack.
    """
    access.require(allowed=access.may_lead(by))
    held, entry = _hold_entry(entry, at)
    reason = _reason(reason)
    if entry.voided_at is not None:
        raise TakenBack
    current = _current(entry)
    if current.reason == reason and current.inputs.get("override", "") == outcome:
        return current
    decision = _decide_anew(held, current, outcome, reason=reason, by=by)
    _tell(held, entry, _EVENTS[outcome], reason, by)
    auditing.record(
        by=by,
        verb="time_entry.decided",
        what=entry,
        at=held.at,
        details={"outcome": outcome or "rule", "reason": reason, "ticket": held.ticket.number},
    )
    return decision


@transaction.atomic
def void(*, entry: TimeEntry, reason: str, by: User, at: datetime | None = None) -> TimeEntry:
    """Take an entry back, one's own or (leads) anybody's; what it took from an allowance is given back.

    It is kept with the reason. Taking it back twice is once. Errors: Denied, NeedsReason.
    """
    held, entry = _hold_entry(entry, at)
    access.require(allowed=access.may_void(by, entry))
    reason = _reason(reason)
    if entry.voided_at is not None:
        return entry
    entry.voided_at, entry.voided_by, entry.void_reason = held.at, by, reason
    entry.save(update_fields=["voided_at", "voided_by", "void_reason"])
    current = _current(entry)
    deciding.give_back(decision=current, by=by, at=held.at, reason=reason)
    deciding.settle_cases(decision=current, by=by, at=held.at)
    _move_fee(held, current, by)
    _tell(held, entry, "time_voided", reason, by)
    auditing.record(
        by=by,
        verb="time_entry.voided",
        what=entry,
        at=held.at,
        details={"reason": reason, "ticket": held.ticket.number},
    )
    return entry


def _hold(ticket: Ticket, at: datetime | None) -> Held:
    """Lock the customer, on whom gates change, its agreements, then the ticket. Error: CustomerChanged."""
    lock_shared(Lock.QUEUE)
    customer_id = Ticket.objects.values_list("customer_id", flat=True).get(pk=ticket.pk)
    lock_customers([customer_id])
    _lock_agreements(customer_id)
    held = placing.hold(ticket, at=at)
    if held.ticket.customer_id != customer_id:
        raise CustomerChanged
    return held


def _hold_entry(entry: TimeEntry, at: datetime | None) -> tuple[Held, TimeEntry]:
    """Lock the agreements of whoever pays, then the ticket and the entry."""
    lock_shared(Lock.QUEUE)
    _lock_agreements(entry.customer_id)
    held = placing.hold(entry.ticket_id, at=at)
    rows = TimeEntry.objects.select_for_update(of=("self",)).select_related("service", "ticket")
    return held, rows.get(pk=entry.pk)


def _current(entry: TimeEntry) -> CoverageDecision:
    decisions = entry.decisions.select_related("entry__service", "entry__ticket")
    return decisions.get(is_current=True)


def _lock_agreements(customer_id: int) -> None:
    rows = Agreement.objects.filter(customer=customer_id, kind=Agreement.Kind.SERVICE).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def _reason(typed: str) -> str:
    """Error: NeedsReason."""
    if not typed.strip():
        raise NeedsReason
    return typed.strip()[:REASON_LENGTH]


def _require_new(ticket: Ticket, work: Work, by: User) -> None:
    same = TimeEntry.objects.standing().filter(
        ticket=ticket, agent=by, service=work.service, started_at=work.start, ended_at=work.end
    )
    if same.exists():
        raise AlreadyEntered


def _required_consent(slices: Sequence[Slice], ticket: Ticket, work: Work) -> Consent:
    """Errors: AllowanceRefuses, Unapproved."""
    beyond = sum(one.real_minutes for one in slices if one.is_refused)
    if beyond:
        raise AllowanceRefuses(beyond)
    consent = consent_to(
        slices, ticket=ticket, customer_id=ticket.customer_id, service=work.service, at=work.start
    )
    if consent.is_missing and settings.UNAPPROVED_WORK == "refuse":
        raise Unapproved(consent.amount, consent.currency)
    return consent


def _create(held: Held, work: Work, by: User, consent: Consent) -> TimeEntry:
    return TimeEntry.objects.create(
        ticket=held.ticket,
        customer_id=held.ticket.customer_id,
        agent=by,
        work_kind=work.work_kind,
        service=work.service,
        started_at=work.start,
        ended_at=work.end,
        kilometres=work.kilometres,
        text=work.text,
        remark=work.remark,
        approval=consent.request,
        is_flagged=consent.is_missing,
        created_by=by,
        created_at=held.at,
    )


def _decide_anew(
    held: Held, current: CoverageDecision, outcome: Override, *, reason: str, by: User
) -> CoverageDecision:
    entry = current.entry
    deciding.give_back(decision=current, by=by, at=held.at, reason=reason)
    inputs = inputs_for(
        ticket=held.ticket,
        customer_id=entry.customer_id,
        service=entry.service,
        start=entry.started_at,
        end=entry.ended_at,
        kilometres=entry.kilometres,
        override=outcome,
        besides=entry.pk,
        at=held.at,
    )
    slices = decide(inputs)
    CoverageDecision.objects.filter(pk=current.pk).update(is_current=False)
    decision = deciding.record(entry=entry, inputs=inputs, slices=slices, by=by, at=held.at, reason=reason)
    deciding.settle_cases(decision=current, by=by, at=held.at)
    consent = consent_to(
        slices,
        ticket=held.ticket,
        customer_id=entry.customer_id,
        service=entry.service,
        at=entry.started_at,
        besides=entry.pk,
    )
    entry.approval, entry.is_flagged = consent.request, consent.is_missing
    entry.save(update_fields=["approval", "is_flagged"])
    _move_fee(held, current, by)
    return decision


def _move_fee(held: Held, before: CoverageDecision, by: User) -> None:
    """A flat fee per ticket that stood on an entry goes to the next one that has it: it is not lost.

    Only to one that the same customer pays, whose agreements are held.
    """
    fee = before.slices.filter(price_item__unit="incident", amount__gt=0)
    if not fee.exists():
        return
    standing = CoverageDecision.objects.filter(
        is_current=True,
        entry__ticket=held.ticket,
        entry__customer=before.entry.customer_id,
        entry__voided_at=None,
        slices__price_item__unit="incident",
    )
    if standing.filter(slices__amount__gt=0).exists():
        return
    others = standing.exclude(entry=before.entry).select_related("entry__service", "entry__ticket")
    heir = others.order_by("entry__started_at", "entry_id").first()
    if heir is not None:
        when = localtime(before.entry.started_at).strftime("%Y-%m-%d %H:%M")
        why = _("The flat fee of the entry of %(when)s.") % {"when": when}
        _decide_anew(held, heir, heir.inputs["override"], reason=why, by=by)


def _tell_entered(held: Held, entry: TimeEntry, slices: Sequence[Slice], by: User) -> None:
    chargeable = sum(one.charged_minutes for one in slices if not one.is_covered)
    _note(
        held,
        "time_entered",
        by,
        minutes=entry.minutes,
        work=entry.work_kind,
        chargeable=chargeable or None,
    )


def _tell(held: Held, entry: TimeEntry, kind: str, why: str, by: User) -> None:
    _note(held, kind, by, minutes=entry.minutes, why=why)


def _note(held: Held, kind: str, by: User, **params: object) -> None:
    """A line in the history. Work is no change of the case: the ticket was touched, that is all."""
    placing.record(held.ticket, kind, by=by, at=held.at, **params)
    held.ticket.touched_at = held.at
    placing.settle_note(held)
