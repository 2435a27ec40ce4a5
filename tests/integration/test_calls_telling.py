"""What telephone systems tell late: that a lost call was answered, that they were started."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from calls.actions import sweeping, telling
from calls.models import Call, CallChore, PhoneSystem
from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always, post

pytestmark = pytest.mark.django_db

GOLD = "+4930555001"


@pytest.fixture
def system() -> PhoneSystem:
    open_always()
    made = make_system()
    make_number(made, GOLD, make_agreement(make_customer(), make_level()))
    return made


def chores_of(call: Call) -> list[str]:
    return sorted(call.chores.values_list("kind", flat=True))


def lost(system: PhoneSystem) -> Line:
    """A call whose "answered" was never told, and that was swept."""
    make_phone(system)
    line = Line(system, GOLD)
    assert line.rings()["action"] == "connect"
    sweeping.sweep(at=line.start + timedelta(seconds=130))
    assert (line.call.outcome, chores_of(line.call)) == ("lost", ["callback"])
    return line


# A lost call was answered


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_filed", [False, True])
@pytest.mark.parametrize("word", ["hangup", "dial_result"])
def test_a_talk_that_is_told_at_its_end_corrects_a_call_that_was_taken_for_lost(
    system: PhoneSystem, word: str, *, is_filed: bool
) -> None:
    line = lost(system)
    if is_filed:
        line.call.chores.update(done_at=timezone.now())
    for _twice in range(2):
        if word == "hangup":
            line.tells(word, after=310, talk_seconds=300, cause="16")
        else:
            line.asks(word, after=310, talk_seconds=300, result="ANSWER", cause="16")
    call = line.call
    assert (call.state, call.outcome, call.cause) == ("ended", "answered", "16")
    assert (call.waited_seconds, call.talked_seconds) == (10, 300)
    assert call.answered_at == line.start + timedelta(seconds=10)
    assert call.ended_at == line.start + timedelta(seconds=310)
    assert call.phone is not None
    assert chores_of(call) == (["callback", "timeline"] if is_filed else ["timeline"])


@pytest.mark.django_db(transaction=True)
def test_a_call_that_was_lost_without_a_talk_stays_lost(system: PhoneSystem) -> None:
    line = lost(system)
    line.tells("hangup", after=140, cause="16")
    assert (line.call.outcome, line.call.answered_at, chores_of(line.call)) == ("lost", None, ["callback"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("outcome", [each for each in Call.Outcome.values if each != "lost"])
def test_a_call_with_any_other_end_stays_as_it_ended(system: PhoneSystem, outcome: str) -> None:
    line = lost(system)
    Call.objects.update(outcome=outcome)
    before = Call.objects.values().get()
    line.tells("hangup", after=310, talk_seconds=300, cause="16")
    assert Call.objects.values().get() == before
    assert chores_of(line.call) == [CallChore.Kind.CALLBACK]


# The telephone system was started


def restarts(**fields: object) -> int:
    """How many calls that ends."""
    return int(post("event", {"event": "pbx_restarted", **fields}).json()["ended"])


def test_what_began_after_the_start_goes_on_however_late_and_often_it_is_told(system: PhoneSystem) -> None:
    started = int(time.time()) - 60
    moment = datetime.fromtimestamp(started, UTC)
    before, after = (Line(system, PUBLIC, start=moment + timedelta(seconds=each)) for each in (-9, 1))
    for line in (before, after):
        line.rings()
    assert restarts(ts=started) == 1
    assert (before.call.cause, before.call.ended_at) == ("pbx_restarted", moment)
    assert after.call.state == "waiting"
    telling.restarted(system=system, at=moment + timedelta(seconds=0.5))
    assert restarts(ts=started) == 0, "told twice"
    assert restarts(ts=started - 30) == 0, "an earlier start, told later"
    system.refresh_from_db()
    assert system.restarted_at == moment + timedelta(seconds=0.5)
    assert restarts() == 1, "without its time it counts as of now"


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "0", "5", "99999999999", 8 * 86_400, -3_600])
def test_a_clock_that_cannot_be_right_is_not_believed(system: PhoneSystem, stamp: str | int) -> None:
    """A number: so many seconds ago."""
    line = Line(system, PUBLIC, start=timezone.now() - timedelta(seconds=5))
    line.rings()
    assert restarts(ts=int(time.time()) - stamp if isinstance(stamp, int) else stamp) == 1
    assert line.call.ended_at is not None
    assert abs((timezone.now() - line.call.ended_at).total_seconds()) < 30
