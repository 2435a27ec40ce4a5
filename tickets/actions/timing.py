"""Following tickets with their clocks: what every change of a held ticket means for its deadlines.

Everything here happens in the transaction that changes the ticket, under its row. A ticket that only passes
from hand to hand, or has no service agreement, costs nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actions import auditing
from accounts.models import User
from tickets import access
from tickets.actions import breaching, clock_rows
from tickets.actions.clockwork import ANSWERS, Clockwork
from tickets.actions.refusals import NotMissed, ReasonRequired
from tickets.models import Clock, LiveChange, Ticket
from tickets.queries.clock_cases import Case, Talk, case_of, cases_of, fill, pauses_told, talk_of
from tickets.rules.clocks import KINDS, NO_AGREEMENT, RESOLUTION, RESPONSE, SOLVED, Pause, cause_of

ANSWERED, ASKED = "answered", "asked"
"""Who spoke in a change: an agent, so that the customer can read it, or the customer."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What happened to a ticket. `is_gained`: a service agreement has come into force for it.

    `promised_until`: since when its former level promises nothing any more, where that was before the change.
    """

    is_answered: bool = False
    is_asked: bool = False
    is_promised_anew: bool = False
    is_gained: bool = False
    promised_until: datetime | None = None


def opened(ticket: Ticket, at: datetime) -> None:
    """Begin the clocks of a ticket that was just created: they count from its arrival."""
    if ticket.level_id is None:
        return
    case = case_of(ticket)
    work = Clockwork.of([case], at)
    for kind in (RESPONSE, RESOLUTION):
        work.begin(case, kind, ticket.arrived_at)
    work.reckon(case)
    clock_rows.write(work)


def follow(
    ticket: Ticket,
    *,
    was: tuple[str, int, int | None],
    heard: Collection[str],
    at: datetime,
    is_live: bool,
) -> None:
    """Let the clocks of a held ticket follow its change. Called by `placing.settle`.

    `was`: status, severity and level before; `heard`: who spoke.
    A change that happened elsewhere (not `is_live`) is told to nobody.
    """
    stands = (ticket.status, ticket.severity, ticket.level_id)
    if was == stands and not heard:
        return
    if was[2] is None and ticket.level_id is None and not _is_owed(ticket):
        return
    case = case_of(ticket)
    fill([case])
    work = Clockwork.of([case], at)
    turn = Turn(
        is_answered=ANSWERED in heard,
        is_asked=ASKED in heard,
        is_promised_anew=was[1:] != stands[1:] or (cause_of(was[0]) == SOLVED and not case.is_finished),
        is_gained=was[2] is None,
    )
    _turn(work, [(case, turn)])
    _write(work, is_live=is_live)


def _is_owed(ticket: Ticket) -> bool:
    """Whether something that an agreement promised, which is over, was missed and did not come yet."""
    return Clock.objects.filter(ticket=ticket, state=Clock.State.WITHDRAWN, stopped_at=None).exists()


def follow_many(
    ticket_ids: Sequence[int],
    *,
    gained: Collection[int],
    changed_at: datetime,
    at: datetime,
    is_live: bool = True,
) -> None:
    """Let the clocks of tickets follow a change of their level, set by set; `gained`: had none before.

    `changed_at`: when the standing changed. What was due after that was not missed.
    """
    cases = cases_of(ticket_ids)
    work = Clockwork.of(cases, at)
    turns = [
        (
            case,
            Turn(is_promised_anew=True, is_gained=case.ticket_id in gained, promised_until=changed_at),
        )
        for case in cases
    ]
    _turn(work, turns)
    _write(work, is_live=is_live)


@transaction.atomic
def justify(*, clock: Clock, text: str, by: User, at: datetime) -> Clock:
    """Say why a target was missed; a later justification takes the place of an earlier one.

    Errors: Denied for whoever may not work the ticket, ReasonRequired, NotMissed.
    """
    if not text.strip():
        raise ReasonRequired
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=clock.ticket_id)
    access.require(allowed=access.may_work(by, ticket))
    row = Clock.objects.select_for_update(of=("self",)).get(pk=clock.pk)
    if row.breached_at is None:
        raise NotMissed
    row.justification, row.justified_by, row.justified_at = text.strip(), by, at
    row.save(update_fields=["justification", "justified_by", "justified_at"])
    auditing.record(
        by=by, verb="target.justified", what=row, at=at, details={"ticket": ticket.number, "target": row.kind}
    )
    LiveChange.objects.create(ticket_id=ticket.pk, is_internal=True, created_at=at)
    return row


def late(work: Clockwork, cases: Iterable[Case]) -> None:
    """Begin the clocks that open tickets lack, with the pauses that their histories tell of."""
    lacking = [case for case in cases if work.lacks(case)]
    if not lacking:
        return
    ids = [case.ticket_id for case in lacking]
    talk, told = talk_of(ids), pauses_told(case for case in lacking if not case.is_followed)
    for case in lacking:
        was_followed = case.is_followed
        work.begin_late(case, talk[case.ticket_id])
        if case.clocks and not was_followed:
            for pause in told.get(case.ticket_id, ()):
                work.add_pause(case, pause)
        if case.is_followed:
            work.pause(case)


def _turn(work: Clockwork, turns: Sequence[tuple[Case, Turn]]) -> None:
    """Take every case through what happened to it."""
    gained = [case for case, turn in turns if turn.is_gained and work.terms(case)]
    talk = (
        talk_of([case.ticket_id for case in gained]) if any(_is_worth(work, case) for case in gained) else {}
    )
    for case, turn in turns:
        _step(work, case, turn, talk.get(case.ticket_id))
    late(work, [case for case, turn in turns if turn.is_promised_anew and not turn.is_gained])
    for case, turn in turns:
        if turn.is_asked:
            _ask(work, case)
        work.reckon(case)


def _step(work: Clockwork, case: Case, turn: Turn, talk: Talk | None) -> None:
    """What was missed before comes first, then what stops, what stands still, what is promised."""
    work.catch_up(case, before=turn.promised_until)
    if turn.is_answered:
        work.stop(case, *ANSWERS)
    if talk is not None:
        _gain(work, case, talk)
    if case.is_finished:
        work.stop(case, *KINDS)
    else:
        work.resume(case)
    if case.is_followed:
        work.pause(case)
    if turn.is_promised_anew:
        work.promise(case)


def _is_worth(work: Clockwork, case: Case) -> bool:
    terms = work.terms(case)
    return bool(case.clocks or (terms and terms.targets))


def _gain(work: Clockwork, case: Case, talk: Talk) -> None:
    """A service agreement has come into force: what is promised counts from now, when it is reopened, too."""
    if not case.is_followed and case.arrived_at < work.at:
        work.add_pause(case, Pause(case.arrived_at, work.at, NO_AGREEMENT))
    work.hear(case, talk)
    work.promise(case)
    work.begin_late(case, talk)


def _ask(work: Clockwork, case: Case) -> None:
    terms = work.terms(case)
    if terms is None or not terms.targets:
        return
    response = case.clocks.get(RESPONSE)
    if response is not None:
        was_answered = response.stopped_at is not None
    else:
        was_answered = talk_of([case.ticket_id])[case.ticket_id].answered_at is not None
    work.ask(case, was_answered=was_answered)


def _write(work: Clockwork, *, is_live: bool) -> None:
    clock_rows.write(work)
    breaching.record_misses(work.missed, at=work.at)
    if is_live:
        breaching.tell_misses(work.missed, work.levels, at=work.at)
