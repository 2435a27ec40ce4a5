"""Sweeps and recalculations beside each other and beside people: nothing twice, nothing lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import AuditEntry, Notice
from contracts.actions import hours as hours_actions
from contracts.models import ServiceHours, Target
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.promises import make_hours, make_targets
from tests.integration.test_queue_races import Beside
from tickets.actions import breaching, clock_rows, recalculating, replying, verifying_deadlines, watching
from tickets.models import Clock, ClockPause, Recalculation, Ticket

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 6


@pytest.fixture
def cast() -> Cast:
    make_hours("24/7")
    cast = make_cast()
    make_targets(cast.gold, response=60)
    return cast


@pytest.fixture
def due(cast: Cast) -> list[Ticket]:
    """Tickets whose response was due a minute ago."""
    arrived_at = timezone.now() - timedelta(minutes=61)
    return [make_ticket(cast.gold_customer, arrived_at=arrived_at) for _ in range(MANY)]


def misses() -> tuple[int, int, int]:
    """How many breaches, audit rows and notices there are."""
    return (
        Clock.objects.filter(breached_at__isnull=False).count(),
        AuditEntry.objects.filter(verb="target.missed").count(),
        Notice.objects.filter(kind="target_missed").count(),
    )


def test_two_sweeps_at_once_note_every_miss_once(due: list[Ticket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BATCH", 2)
    others = [Beside(watching.sweep_deadlines) for _ in range(2)]
    swept = watching.sweep_deadlines() + sum(other.result() for other in others)

    assert swept == MANY
    assert misses() == (MANY, MANY, MANY)


def test_a_sweep_that_dies_in_the_middle_goes_on_where_it_was(
    due: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "BATCH", 4)
    seen = []

    def dies(clocks: Any, **rest: Any) -> None:
        seen.append(len(clocks))
        if len(seen) == 2:
            raise KeyboardInterrupt
        record(clocks, **rest)

    record = breaching.record_misses
    with monkeypatch.context() as patched:
        patched.setattr(breaching, "record_misses", dies)
        with pytest.raises(KeyboardInterrupt):
            watching.sweep_deadlines()
    assert misses() == (4, 4, 4)

    watching.sweep_deadlines()
    watching.sweep_deadlines()

    assert misses() == (MANY, MANY, MANY)


def test_a_reply_beside_a_sweep_sees_the_miss_itself(cast: Cast, due: list[Ticket]) -> None:
    with transaction.atomic():
        replying.reply(ticket=due[0], body="Here.", by=cast.lead)
        assert Beside(watching.sweep_deadlines).result() == MANY - 1

    watching.sweep_deadlines()
    assert misses() == (MANY, MANY, MANY)
    assert Clock.objects.filter(state="met").count() == 1


def test_a_reply_waits_for_a_sweep_that_holds_its_clock(cast: Cast, due: list[Ticket]) -> None:
    with transaction.atomic():
        watching.sweep_deadlines()
        other = Beside(lambda: replying.reply(ticket=due[0], body="Here.", by=cast.lead))
        other.wait_until_blocked()
    other.result()

    assert misses() == (MANY, MANY, MANY)
    assert Clock.objects.get(ticket=due[0]).state == "met"


def test_a_recalculation_goes_on_after_the_batch_that_died(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(MANY):
        make_ticket(cast.gold_customer)
    before = dict(Clock.objects.values_list("pk", "due_at"))
    cast.gold.targets.update(minutes=F("minutes") * 2)
    recalculating.ask(what="Gold", by=cast.admin, at=timezone.now(), level=cast.gold)
    monkeypatch.setattr(recalculating, "BATCH", 4)
    write = clock_rows.write

    def dies(work: Any) -> None:
        if len(work.changed) < 4:
            raise KeyboardInterrupt
        write(work)

    with monkeypatch.context() as patched:
        patched.setattr(clock_rows, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            recalculating.recalculate()
    row = Recalculation.objects.get()
    assert (row.done, row.total, row.percent, row.finished_at) == (4, MANY, 66, None)

    recalculating.recalculate()

    row.refresh_from_db()
    assert (row.done, row.moved, row.percent) == (MANY, MANY, 100)
    assert {pk: due_at + timedelta(hours=1) for pk, due_at in before.items() if due_at} == dict(
        Clock.objects.values_list("pk", "due_at")
    )


def test_changed_hours_move_deadlines_and_what_was_missed_stays_missed(cast: Cast, due: list[Ticket]) -> None:
    fresh = make_ticket(cast.gold_customer)
    hours = ServiceHours.objects.get(is_default=True)
    hours.weekly = "Mon 08:00-08:30"
    hours_actions.save_hours(hours=hours, by=cast.admin)
    recalculating.recalculate()
    recalculating.recalculate()

    assert misses()[0] == MANY
    moved = Clock.objects.get(ticket=fresh)
    assert moved.due_at is not None
    assert moved.due_at > timezone.now() + timedelta(days=1)
    assert Recalculation.objects.get().by == cast.admin


def test_verification_finds_and_repairs_what_differs(
    cast: Cast, due: list[Ticket], capsys: pytest.CaptureFixture[str]
) -> None:
    watching.sweep_deadlines()
    wrong, missing = make_ticket(cast.gold_customer), make_ticket(cast.gold_customer)
    call_command("verify_deadlines")
    Clock.objects.filter(ticket=wrong).update(due_at=timezone.now() + timedelta(days=9))
    Clock.objects.filter(ticket=missing).delete()
    ClockPause.objects.create(ticket=wrong, cause="waiting_customer", starts_at=timezone.now())

    report = verifying_deadlines.verify_deadlines(at=timezone.now())
    assert (report.wrong, report.missing, report.wrong_pause) == (1, 1, 1)
    with pytest.raises(SystemExit):
        call_command("verify_deadlines")
    call_command("verify_deadlines", "--repair")
    assert verifying_deadlines.verify_deadlines(at=timezone.now()).is_clean


def test_a_clock_that_cannot_be_looked_at_stops_nobody_elses(
    due: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, notice = Clock.objects.order_by("pk")[2], watching._notice

    def fails(work: Any, clock: Clock, pauses: Any) -> Any:
        if clock.pk == bad.pk:
            raise ValueError
        return notice(work, clock, pauses)

    with monkeypatch.context() as patched:
        patched.setattr(watching, "_notice", fails)
        watching.sweep_deadlines()
    assert misses() == (MANY - 1, MANY - 1, MANY - 1)

    later = timezone.now() + watching.LEFT_FOR + timedelta(seconds=1)
    assert watching.sweep_deadlines(at=later - timedelta(minutes=5)) == 0
    assert watching.sweep_deadlines(at=later) == 1
    assert misses() == (MANY, MANY, MANY)


def test_a_ticket_that_cannot_be_worked_out_keeps_its_deadlines_and_stops_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [make_ticket(cast.gold_customer) for _ in range(3)]
    before = dict(Clock.objects.values_list("ticket_id", "due_at"))
    work_out = recalculating._work_out

    def fails(ids: list[int], *rest: Any, **more: Any) -> int:
        if tickets[1].pk in ids:
            raise ValueError
        return work_out(ids, *rest, **more)

    Target.objects.filter(level=cast.gold).update(minutes=120)
    recalculating.ask(what="all", by=None, at=timezone.now())
    monkeypatch.setattr(recalculating, "_work_out", fails)
    recalculating.recalculate()

    after = dict(Clock.objects.values_list("ticket_id", "due_at"))
    assert [after[one.pk] == before[one.pk] for one in tickets] == [False, True, False]
    assert not Recalculation.objects.filter(finished_at=None).exists()
