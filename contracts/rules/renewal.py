"""Renewal: what happens next to an agreement, until when notice may be given, and the terms that follow.

Days are calendar days of the company; the last day of a term is inclusive. Terms are whole months, counted
as §§ 187 (2) and 188 (2, 3) of the German Civil Code count them: one month from 1 February ends on the
last of February, one from 31 January too (there is no 30 February), one from 15 March on 14 April.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.rules.standing import LevelFact, SuspensionFact
from lib.reasons import Reason, reason

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Following:
    """The agreement that follows another one."""

    reference: str
    starts_on: date
    ends_on: date | None
    level: LevelFact | None


@dataclass(frozen=True, slots=True)
class Term:
    """An agreement as far as its beginning, its end and what follows are concerned."""

    starts_on: date
    ends_on: date | None = None
    terminated_on: date | None = None
    renewal_months: int | None = None
    notice_days: int = 0
    notice_given_on: date | None = None
    level: LevelFact | None = None
    suspensions: tuple[SuspensionFact, ...] = ()
    following: Following | None = None

    @property
    def last_day(self) -> date | None:
        """The last day in force that is written down; None when there is none."""
        return min((day for day in (self.ends_on, self.terminated_on) if day), default=None)


@dataclass(frozen=True, slots=True)
class NextChange:
    """What happens next. `on`: the first day that is different; None where nothing is in sight.

    `kind`: starts, suspension, resumes, terminated, ends, noticed, renews, continues or runs_on; `reasons`
    say it, the nearest first, and how the agreement goes on. `notice_until_on`: the last day on which
    notice is in time, while it is.
    """

    kind: str
    on: date | None
    reasons: tuple[Reason, ...]
    notice_until_on: date | None = None


def months_from(starts_on: date, months: int) -> date:
    """The last day of so many whole months that begin on a day. Error: ValueError after the year 9999."""
    month = starts_on.year * 12 + starts_on.month - 1 + months
    if starts_on.day == 1:
        month -= 1
    year, month = divmod(month, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, last if starts_on.day == 1 else min(starts_on.day - 1, last))


def next_term(ends_on: date, months: int) -> tuple[date, date]:
    """First and last day of the term of so many months after this last day; nothing lies after year 9999."""
    try:
        return ends_on + _DAY, months_from(ends_on + _DAY, months)
    except (OverflowError, ValueError):
        return date.max, date.max


def notice_until(ends_on: date, notice_days: int) -> date:
    """The last day on which notice for the end of this last day is in time."""
    return date.fromordinal(max(1, ends_on.toordinal() - notice_days))


def renews_in_silence(term: Term) -> bool:
    """Whether the agreement goes on by itself unless somebody gives notice.

    Not one that is terminated, for which notice was given, or that is followed by another one already. A
    suspension is no notice.
    """
    return bool(
        term.renewal_months
        and term.ends_on
        and term.terminated_on is None
        and term.notice_given_on is None
        and term.following is None
    )


def terms_due(term: Term, day: date) -> Iterator[tuple[date, date]]:
    """The terms that are agreed by silence by this day: nobody gave notice while it was time.

    Several where nobody looked for longer than a term.
    """
    if not renews_in_silence(term) or term.ends_on is None or term.renewal_months is None:
        return
    ends_on = term.ends_on
    while notice_until(ends_on, term.notice_days) < day:
        starts_on, ends_on = next_term(ends_on, term.renewal_months)
        yield starts_on, ends_on


def notice_ends_on(term: Term, given_on: date) -> date | None:
    """The last day in force if notice is given on this day; None for one that no notice can end.

    Without a last day it is the end of the notice period. Whoever is too late for one term ends the next.
    """
    if term.ends_on is None:
        return date.fromordinal(given_on.toordinal() + term.notice_days)
    ends_on = term.ends_on
    while notice_until(ends_on, term.notice_days) < given_on:
        if not term.renewal_months:
            return None
        ends_on = next_term(ends_on, term.renewal_months)[1]
    return ends_on


def decides_on(term: Term) -> date | None:
    """The day after which an end cannot be changed: the last one of notice where silence renews, else the
    last one in force. None for an agreement without an end in sight.
    """
    if term.following is not None or term.last_day is None:
        return None
    if renews_in_silence(term) and term.ends_on is not None:
        return notice_until(term.ends_on, term.notice_days)
    return term.last_day


def distance_due(term: Term, day: date, distances: Iterable[int]) -> int | None:
    """The reminder that is due: the nearest of these numbers of days before the day that decides.

    None where that day is further away than any of them, or over.
    """
    decides = decides_on(term)
    if decides is None or decides < day:
        return None
    left = (decides - day).days
    return min((each for each in distances if left <= each), default=None)


def what_comes(term: Term, day: date) -> NextChange | None:
    """What happens next to an agreement, seen from this day; None for one that is over."""
    last = None if renews_in_silence(term) else term.last_day
    if last is not None and (day > last or last < term.starts_on):
        return None
    end = _end(term, day)
    if day < term.starts_on:
        begins = reason("next.starts", starts_on=term.starts_on)
        return NextChange("starts", term.starts_on, (begins, *end.reasons), end.notice_until_on)
    pause = _pause(term.suspensions, day)
    if pause is not None and pause.on is not None and (last is None or pause.on <= last):
        return NextChange(pause.kind, pause.on, (*pause.reasons, *end.reasons), end.notice_until_on)
    # A suspension that outlasts the agreement is not what comes next, but what is so far.
    said = () if pause is None or pause.kind == "suspension" else (reason("next.suspended"),)
    return NextChange(end.kind, end.on, (*said, *end.reasons), end.notice_until_on)


def left_over(suspensions: Iterable[SuspensionFact], starts_on: date) -> Iterator[SuspensionFact]:
    """What of an agreement's suspensions lies in the term that follows from this day on."""
    for one in suspensions:
        if one.ends_on is None or one.ends_on >= starts_on:
            yield SuspensionFact(max(one.starts_on, starts_on), one.ends_on)


def _end(term: Term, day: date) -> NextChange:
    """How the agreement goes on after its last day, whatever happens before."""
    last = term.last_day
    if last is None or term.ends_on is None or (term.terminated_on and term.terminated_on <= term.ends_on):
        return _end_without_term(term, last)
    after = last + _DAY if last < date.max else None
    if term.following is not None:
        return NextChange("continues", after, tuple(_continued(term, term.following, last)))
    if term.notice_given_on is not None:
        why = reason("next.noticed", last_on=last, given_on=term.notice_given_on)
        return NextChange("noticed", after, (why,))
    if not term.renewal_months:
        return NextChange("ends", after, (reason("next.ends", last_on=last),))
    return _renewing(term, term.ends_on, term.renewal_months, day)


def _end_without_term(term: Term, last: date | None) -> NextChange:
    if last is None:
        why = reason("next.runs_on", days=term.notice_days or None)
        return NextChange("runs_on", None, (why,))
    after = last + _DAY if last < date.max else None
    return NextChange("terminated", after, (reason("next.terminated", last_on=last),))


def _renewing(term: Term, ends_on: date, months: int, day: date) -> NextChange:
    """By silence: notice may still be given, or it may not any more."""
    until = notice_until(ends_on, term.notice_days)
    starts_on, renewed_until = next_term(ends_on, months)
    if day <= until:
        why = reason("next.renews", last_on=ends_on, until_on=renewed_until, notice_on=until)
        return NextChange("renews", starts_on, (why,), until)
    why = reason("next.renewed", last_on=ends_on, until_on=renewed_until, notice_on=until)
    return NextChange("renews", starts_on, (why,))


def _continued(term: Term, following: Following, last: date) -> Iterator[Reason]:
    """The agreement that follows is written, with what its level changes."""
    yield reason("next.continues", last_on=last, reference=following.reference, until_on=following.ends_on)
    before, after = term.level, following.level
    if before is None or after is None or before.id == after.id:
        return
    differing = "next.level_better" if after.rank < before.rank else "next.level_lower"
    code = "next.level_same" if before.rank == after.rank else differing
    yield reason(code, before=before.name, after=after.name)


def _pause(suspensions: Iterable[SuspensionFact], day: date) -> NextChange | None:
    """The suspension that runs, with the day after it (None: it is open), or the next one to come."""
    ordered = sorted(suspensions, key=lambda one: one.starts_on)
    ends_on, runs = day - _DAY, False
    for one in ordered:
        if one.starts_on <= ends_on + _DAY and (one.ends_on is None or one.ends_on > ends_on):
            runs = True
            if one.ends_on is None or one.ends_on == date.max:
                return NextChange("suspended", None, (reason("next.suspended"),))
            ends_on = one.ends_on
    if runs:
        resumes_on = ends_on + _DAY
        return NextChange("resumes", resumes_on, (reason("next.resumes", resumes_on=resumes_on),))
    coming = next((one for one in ordered if one.starts_on > day), None)
    if coming is None:
        return None
    why = reason("next.suspension", starts_on=coming.starts_on, until_on=coming.ends_on)
    return NextChange("suspension", coming.starts_on, (why,))
