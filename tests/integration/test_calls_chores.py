"""What calls leave to be done is done once, whoever is killed and however many do it at once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Team
from calls.actions import chores, desk, notes_on_tickets
from calls.models import Call, CallChore
from customers.models import ContactPhone
from helpdesk.celery import SWEEPS
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always
from tests.factories.sounds import wav
from tickets.models import Attachment, Ticket, TicketEvent
from tickets.queries.case import CallItem, conversation

NUMBER, MINE = "+4930555001", "+49301234567"
SOUND = wav(2.0)


@pytest.fixture
def cast() -> Cast:
    open_always()
    made = make_cast()
    ContactPhone.objects.create(contact=made.owner, number=MINE)
    return made


@pytest.fixture
def line(cast: Cast) -> Line:
    system = make_system()
    make_number(system, NUMBER, cast.gold_customer.agreements.get())
    return Line(system, NUMBER, MINE, start=timezone.now() - timedelta(minutes=9))


def busy(line: Line, count: int = 1) -> None:
    for number in range(count):
        called = Line(line.system, NUMBER, MINE, start=line.start + timedelta(seconds=number))
        assert called.rings()["action"] == "busy"


def spoken(line: Line) -> None:
    called = Line(line.system, PUBLIC, MINE, start=line.start)
    called.rings()
    called.asks("voicemail_offer", after=200, result="1")
    called.asks("voicemail_recorded", after=220)


def in_parallel(work: Callable[[], object], workers: int = 4) -> None:
    """As many workers begin in the same instant."""
    start, done = threading.Barrier(workers), []

    def run() -> None:
        try:
            start.wait(timeout=20)
            done.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(done) == workers, "a worker failed"


@pytest.mark.django_db(transaction=True)
def test_many_workers_make_one_ticket_of_each_caller(line: Line) -> None:
    busy(line, 4)
    spoken(line)
    in_parallel(lambda: chores.work_off(fetcher=lambda *_: SOUND))
    assert not CallChore.objects.filter(done_at__isnull=True).exists()
    assert Ticket.objects.count() == 2  # the call-back and the voicemail
    assert TicketEvent.objects.filter(kind="called_again").count() == 3
    assert Attachment.objects.count() == 1


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have the worker die when it is told to, in the middle of what it does."""

    def die(where: str) -> None:
        module, name = where.split(".")

        def gone(*_: object, **__: object) -> None:
            raise Killed

        monkeypatch.setattr(f"calls.actions.{module}.{name}", gone)

    return die


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["filing.give", "announcing.changed", "voicemail.fetch"])
def test_a_worker_that_is_killed_leaves_nothing_half_done(
    line: Line, killed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Between the ticket and that it is done, after both, and while it waits for the recording."""
    spoken(line) if where == "voicemail.fetch" else busy(line)
    killed(where)
    with pytest.raises(Killed):
        chores.work_off(fetcher=lambda *_: SOUND)
    assert not Ticket.objects.exists()
    monkeypatch.undo()
    assert chores.work_off(fetcher=lambda *_: SOUND) == 0  # its lease still runs
    CallChore.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert chores.work_off(fetcher=lambda *_: SOUND) == 1
    assert (Ticket.objects.count(), CallChore.objects.get().tries) == (1, 2)


@pytest.mark.django_db
def test_a_worker_whose_lease_ran_out_changes_nothing_any_more(line: Line) -> None:
    busy(line)
    slow = chores.claim_next()
    assert slow is not None
    CallChore.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert chores.work_off() == 1
    assert chores.attempt(chore=slow) is False
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_what_fails_is_tried_later_stops_no_other_and_is_given_up_in_the_end(cast: Cast, line: Line) -> None:
    busy(line)
    Team.objects.update(is_default=False)  # nobody takes new tickets
    for _try in range(chores.MOST_TRIES):
        assert chores.work_off() == 0
        chore = CallChore.objects.get()
        assert chore.error == "CannotOpen"
        assert not Ticket.objects.exists()
        CallChore.objects.update(due_at=timezone.now())
    assert (chore.tries, chore.failed_at is None) == (chores.MOST_TRIES, False)
    assert chores.claim_next() is None
    Team.objects.filter(pk=cast.team.pk).update(is_default=True)
    chores.again(chore=chore)
    assert chores.work_off() == 1
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_what_kills_every_worker_is_given_up(line: Line) -> None:
    busy(line)
    CallChore.objects.update(tries=chores.MOST_TRIES)
    assert chores.work_off() == 0
    assert CallChore.objects.get().error == "interrupted"


@pytest.mark.django_db
def test_the_task_is_known_and_swept() -> None:
    assert SWEEPS["calls.chores"] <= 5


def answered(line: Line, cast: Cast) -> Call:
    """Rings for 12 seconds, then they talk for 200."""
    make_phone(line.system, cast.team)
    assert line.rings()["action"] == "connect"
    line.tells("answered", after=12)
    return line.call


@pytest.mark.django_db
def test_an_answered_call_stands_on_the_timeline_of_its_ticket(cast: Cast, line: Line) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    call = answered(line, cast)
    Call.objects.filter(pk=call.pk).update(ticket=ticket)
    line.tells("hangup", after=212, talk_seconds=200)
    assert chores.work_off() == 1
    assert call.phone is not None
    agent = call.phone.user.display_name
    for language, words in (
        ("en", f"{agent}: Call from {cast.owner.name}, +49 30 1234567, "),
        ("de", f"{agent}: Anruf von {cast.owner.name}, +49 30 1234567, "),
    ):
        entries = conversation(cast.lead, ticket, language=language, now=timezone.now())
        (said,) = (one.text for one in entries if isinstance(one, CallItem))
        assert said.startswith(words)
        assert "3:20" in said
        assert "0:12" in said


@pytest.mark.django_db
def test_a_call_without_a_ticket_waits_until_it_is_given_one(cast: Cast, line: Line) -> None:
    call = answered(line, cast)
    line.tells("hangup", after=212, talk_seconds=200)
    assert chores.work_off() == 1
    assert not TicketEvent.objects.filter(kind="phone_call").exists()
    ticket = make_ticket(cast.gold_customer)
    desk.attach(call=call, ticket=ticket, by=cast.lead)
    assert chores.work_off() == 1
    notes_on_tickets.later(call=line.call, at=timezone.now())  # again is not twice
    assert chores.work_off() == 1
    assert TicketEvent.objects.filter(ticket=ticket, kind="phone_call").count() == 1
