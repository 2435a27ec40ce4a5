"""Renewing agreements, by word or by silence, and giving notice.

What renews an agreement is an agreement of its own that starts the day after; so every term keeps its
level, its dates and what was used of its allowance. The standing never waits for it to be written: an
agreement that renews itself counts on after its last day (`AgreementFact.renews`).
"""

from datetime import date, datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import auditing
from accounts.models import User
from contracts.actions import agreements
from contracts.actions.telling import tell_of_renewal
from contracts.models import Agreement, Allowance, ServiceLevel
from contracts.queries.renewals import due_for_renewal, today_at
from contracts.rules.renewal import left_over, notice_ends_on, notice_until, terms_due
from lib.languages import page_language
from lib.locking import Lock, lock_exclusive
from lib.reasons import say_day

TERMS_AT_ONCE = 600
"""More terms than that in one go are a date somebody mistyped."""
_DAY = timedelta(days=1)

log = structlog.get_logger(__name__)


class CannotRenew(Exception):
    """This agreement cannot be renewed; the text says why."""


class CannotGiveNotice(Exception):
    """Notice would end nothing, or has been given; the text says why and what takes effect."""


@transaction.atomic
def renew(
    *,
    agreement: Agreement,
    until: date | None,
    by: User | None,
    level: ServiceLevel | None = None,
    at: datetime | None = None,
) -> Agreement:
    """Write the agreement that follows: from the day after the last day to `until` (None: without an end).

    It keeps kind, level (unless another is given), reference, terms of renewal, its own allowance and what
    is left of a suspension. Errors: CannotRenew; ValidationError for an end before the start.
    """
    at = at or timezone.now()
    row = _locked(agreement)
    _require_renewable(row)
    renewed = _write_term(row, until, level=level or row.level, by=by, at=at)
    tell_of_renewal(agreement=renewed, at=at)
    return renewed


def renew_tacitly(*, at: datetime | None = None) -> int:
    """Write what was agreed by silence: for each agreement all terms whose day of notice passed.

    Returns how many were written. Idempotent; an agreement that cannot be renewed is reported and left.
    """
    at = at or timezone.now()
    written = 0
    for pk in due_for_renewal(today_at(at)):
        try:
            written += _renew_one_tacitly(pk, at)
        except (OperationalError, InterfaceError):
            raise  # a lost connection or a deadlock: the next sweep tries again
        except Exception:
            log.exception("agreement_not_renewed", agreement=pk)
    return written


@transaction.atomic
def give_notice(*, agreement: Agreement, on: date, by: User | None, at: datetime | None = None) -> Agreement:
    """Note that notice was given on a day, so that the agreement ends with its last day.

    One without a last day ends when the period of notice is over. Errors: CannotGiveNotice, which says for
    when notice of that day takes effect.
    """
    at = at or timezone.now()
    row = _locked(agreement)
    _require_notice(row, on, today_at(at))
    row.notice_given_on = on
    if row.ends_on is None:
        row.terminated_on = notice_ends_on(row.as_term(), on)
    agreements.save(agreement=row, by=by, at=at)
    auditing.record(
        by=by, verb="agreement.notice_given", what=row, at=at, details={"given_on": on.isoformat()}
    )
    return row


@transaction.atomic
def take_notice_back(*, agreement: Agreement, by: User | None, at: datetime | None = None) -> Agreement:
    """Go on as if notice had never been given. Error: CannotGiveNotice where it was not, or is too late."""
    at = at or timezone.now()
    row = _locked(agreement)
    if row.notice_given_on is None:
        raise CannotGiveNotice(_("No notice has been given."))
    if row.last_day is not None and row.last_day < today_at(at):
        raise CannotGiveNotice(_("The agreement is over. Renew it instead."))
    given_on, row.notice_given_on = row.notice_given_on, None
    if row.ends_on is None:
        row.terminated_on = None
    agreements.save(agreement=row, by=by, at=at)
    auditing.record(
        by=by,
        verb="agreement.notice_taken_back",
        what=row,
        at=at,
        details={"given_on": given_on.isoformat()},
    )
    return row


def _locked(agreement: Agreement) -> Agreement:
    """The agreement as it is stored now; nobody else writes contracts until this transaction ends."""
    lock_exclusive(Lock.CONTRACTS)
    return Agreement.objects.with_facts().select_related("customer").get(pk=agreement.pk)


def _require_renewable(agreement: Agreement) -> None:
    if agreement.follower is not None:
        raise CannotRenew(_("It is renewed already, by %(other)s.") % {"other": agreement.follower})
    if agreement.terminated_on is not None:
        raise CannotRenew(_("It is terminated. Take the termination back first, or write a new agreement."))
    if agreement.ends_on is None:
        raise CannotRenew(_("It runs on without an end: there is nothing to renew."))


def _require_notice(agreement: Agreement, on: date, today: date) -> None:
    """Refuse what would end nothing, and say what would."""
    if agreement.notice_given_on is not None:
        raise CannotGiveNotice(
            _("Notice was given already, on %(day)s.") % {"day": _day(agreement.notice_given_on)}
        )
    if on > today:
        raise CannotGiveNotice(_("Notice is noted once it is given, not ahead."))
    if agreement.follower is not None:
        _refuse_renewed(agreement, on)
    if agreement.terminated_on is not None:
        said = _("It is terminated already and ends with %(day)s.")
        raise CannotGiveNotice(said % {"day": _day(agreement.terminated_on)})
    if agreement.ends_on is None:
        return
    if not agreement.renewal_months:
        raise CannotGiveNotice(_("It ends with %(day)s anyway.") % {"day": _day(agreement.ends_on)})
    until = notice_until(agreement.ends_on, agreement.notice_days)
    if on > until:
        ends_on = notice_ends_on(agreement.as_term(), on)
        raise CannotGiveNotice(_too_late(until, ends_on))


def _refuse_renewed(agreement: Agreement, on: date) -> None:
    """The term that follows stands already: notice takes effect with one of those to come."""
    last = agreement
    while last.follower is not None:
        last = last.follower
    if agreement.ends_on is None or last.ends_on is None:
        raise CannotGiveNotice(_("It is renewed already: give notice for %(other)s.") % {"other": last})
    until = notice_until(agreement.ends_on, agreement.notice_days)
    raise CannotGiveNotice(_too_late(until, notice_ends_on(last.as_term(), on)))


def _too_late(until: date, ends_on: date | None) -> str:
    late = _("Too late: notice had to be given by %(day)s.") % {"day": _day(until)}
    if ends_on is None:
        return late
    return f"{late} " + _("Notice given now ends the agreement with %(day)s.") % {"day": _day(ends_on)}


def _day(day: date) -> str:
    return say_day(day, page_language())


@transaction.atomic
def _renew_one_tacitly(pk: int, at: datetime) -> int:
    """Write the terms of one agreement, seen anew under the lock: another worker may have been here."""
    lock_exclusive(Lock.CONTRACTS)
    row = Agreement.objects.renewing().select_related("customer", "level").filter(pk=pk).first()
    if row is None:
        return 0
    terms = list(terms_due(row.as_term(), today_at(at)))
    if len(terms) > TERMS_AT_ONCE:
        raise ValueError(f"{len(terms)} terms are due at once")
    for _starts_on, ends_on in terms:
        row = _write_term(row, ends_on, level=row.level, by=None, at=at)
    if terms:
        tell_of_renewal(agreement=row, at=at)
    return len(terms)


def _write_term(
    before: Agreement, until: date | None, *, level: ServiceLevel | None, by: User | None, at: datetime
) -> Agreement:
    """The next term, with what it takes over. `by` None: agreed by silence."""
    starts_on = before.ends_on + _DAY if before.ends_on else before.starts_on
    term = Agreement(
        customer=before.customer,
        kind=before.kind,
        level=level,
        reference=before.reference,
        starts_on=starts_on,
        ends_on=until,
        renewal_months=before.renewal_months if until else None,
        notice_days=before.notice_days,
        renewed_from=before,
    )
    left = left_over([one.as_fact() for one in before.suspensions.all()], starts_on)
    agreements.save(
        agreement=term,
        by=by,
        suspensions=[
            {"starts_on": one.starts_on, "ends_on": one.ends_on, "reason": _why(before, one.ends_on)}
            for one in left
        ],
        at=at,
    )
    _copy_allowance(before, term)
    verb = "agreement.renewed" if by else "agreement.renewed_in_silence"
    auditing.record(by=by, verb=verb, what=before, at=at, details={"renewal": term.pk})
    return term


def _why(agreement: Agreement, ends_on: date | None) -> str:
    """What was remarked about the suspension with this end."""
    return next((one.reason for one in agreement.suspensions.all() if one.ends_on == ends_on), "")


def _copy_allowance(before: Agreement, term: Agreement) -> None:
    own = Allowance.objects.filter(agreement=before).first()
    if own is not None:
        own.pk, own.agreement, own._state.adding = None, term, True
        own.full_clean()
        own.save()
