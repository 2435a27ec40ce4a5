"""What nobody tells of: claims that ran out, calls that were lost, and what is old."""

from datetime import datetime, timedelta

import pytest

from calls.actions import ending, forgetting, sweeping
from calls.models import AgentPhone, Call, CallPolicy, CallStep, OnCall, PhoneSystem
from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always, set_policy

pytestmark = pytest.mark.django_db

GOLD = "+4930555001"


@pytest.fixture
def system() -> PhoneSystem:
    open_always()
    made = make_system()
    make_number(made, GOLD, make_agreement(make_customer(), make_level()))
    return made


def the(phone: AgentPhone) -> AgentPhone:
    return AgentPhone.objects.get(pk=phone.pk)


def test_what_nobody_tells_us_of_is_swept(system: PhoneSystem) -> None:
    set_policy(hard_limit=600)
    ringing, talking = make_phone(system), make_phone(system)
    silent, long, waiting = Line(system, GOLD), Line(system, GOLD), Line(system, PUBLIC)
    for line in (silent, long, waiting):
        line.start = silent.start
        line.rings()
    long.tells("answered", after=1)
    sweeping.sweep(at=silent.start + timedelta(seconds=34))
    assert the(ringing).claimed_call == silent.call
    sweeping.sweep(at=silent.start + timedelta(seconds=36))
    assert the(ringing).claimed_call is None, "the lease of its ringing is over"
    sweeping.sweep(at=silent.start + timedelta(seconds=130))
    assert (silent.call.outcome, waiting.call.outcome, long.call.state) == ("lost", "lost", "connected")
    assert the(talking).claimed_call == long.call
    sweeping.sweep(at=silent.start + timedelta(seconds=602))
    assert (long.call.state, the(talking).claimed_call) == ("ended", None)
    assert sweeping.sweep(at=silent.start + timedelta(seconds=700)) == 0


@pytest.mark.parametrize(
    ("event", "state"), [("answered", "connected"), ("wait_tick", "waiting"), ("hangup", "ended")]
)
def test_what_is_told_while_others_are_swept_counts(
    system: PhoneSystem, monkeypatch: pytest.MonkeyPatch, event: str, state: str
) -> None:
    first, second = Line(system, PUBLIC), Line(system, PUBLIC)
    for line in (first, second):
        line.rings()
    end = ending.end_lost

    def ends_slowly(*, call_id: int, cause: str, at: datetime) -> bool:
        if call_id == first.call.pk:
            if event == "wait_tick":
                second.asks(after=125)
            else:
                second.tells(event, after=125)
        return end(call_id=call_id, cause=cause, at=at)

    monkeypatch.setattr(ending, "end_lost", ends_slowly)
    assert sweeping.sweep(at=first.start + timedelta(seconds=130)) == 1
    assert (first.call.outcome, second.call.state) == ("lost", state)
    assert second.call.outcome == ("abandoned" if event == "hangup" else "")


def waiting_and_ringing(system: PhoneSystem) -> list[Line]:
    """A call that waits and one that rings, both of which arrived just now."""
    lines = [Line(system, PUBLIC) for _ in range(4)]
    for line, state in zip(lines, ("new", "ringing", "waiting", "offered"), strict=True):
        line.start = lines[0].start
        line.rings()
        Call.objects.filter(pk=line.call.pk).update(state=state)
    return lines


@pytest.mark.parametrize(
    ("seconds_ago", "error", "ended"),
    [(0, "", 0), (80, "", 0), (100, "", 4), (None, "", 4), (0, "timeout", 4)],
)
def test_where_the_channels_are_compared_silence_ends_nothing(
    system: PhoneSystem, seconds_ago: int | None, error: str, ended: int
) -> None:
    """The telephone system's own queue may have connected it, or "answered" was lost."""
    at = waiting_and_ringing(system)[0].start + timedelta(seconds=130)
    compared = None if seconds_ago is None else at - timedelta(seconds=seconds_ago)
    PhoneSystem.objects.update(reconciled_at=compared, reconcile_error=error)
    assert sweeping.sweep(at=at) == ended
    assert Call.objects.filter(outcome="lost").count() == ended


def test_a_talk_is_over_at_the_hard_limit_wherever_it_is(system: PhoneSystem) -> None:
    line = Line(system, PUBLIC)
    line.rings()
    line.tells("answered", after=1)
    at = line.start + timedelta(seconds=CallPolicy().hard_limit + 2)
    PhoneSystem.objects.update(reconciled_at=at)
    assert sweeping.sweep(at=at) == 1
    assert line.call.outcome == "answered"


@pytest.mark.parametrize("kind", ["placetel", "events"])
def test_who_waits_where_little_is_told_is_lost_at_the_hard_limit_only(
    system: PhoneSystem, kind: str
) -> None:
    set_policy(hard_limit=600)
    lines = waiting_and_ringing(system)
    PhoneSystem.objects.update(kind=kind)
    assert sweeping.sweep(at=lines[0].start + timedelta(seconds=599)) == 0
    lines[2].tells("answered", after=599)
    assert sweeping.sweep(at=lines[0].start + timedelta(seconds=601)) == 3
    assert [line.call.outcome for line in lines] == ["lost", "lost", "", "lost"]


@pytest.mark.parametrize(
    ("policy", "on_call", "lasts"), [(20, 30, 120), (120, 30, 145), (20, 120, 145), (96, 30, 121)]
)
def test_a_phone_may_ring_for_its_full_time(
    system: PhoneSystem, policy: int, on_call: int, lasts: int
) -> None:
    set_policy(ring_seconds=policy)
    OnCall.objects.create(level=make_level("on call"), dial_target="+49170", ring_seconds=on_call)
    make_phone(system)
    line = Line(system, GOLD)
    assert line.rings()["action"] == "connect"
    sweeping.sweep(at=line.start + timedelta(seconds=lasts))
    assert line.call.state == "ringing"
    sweeping.sweep(at=line.start + timedelta(seconds=lasts + 1))
    assert line.call.outcome == "lost"


def test_what_is_old_is_forgotten_decisions_first(system: PhoneSystem) -> None:
    set_policy(keep_step_days=10, keep_days=20)
    make_phone(system)
    ended, busy, open_ = Line(system, GOLD), Line(system, GOLD), Line(system, PUBLIC)
    for line in (ended, busy, open_):
        line.start = ended.start
        line.rings()
    ended.tells("hangup", cause="16")
    ended.call.chores.update(done_at=ended.start)

    def left(days: int) -> tuple[int, set[str]]:
        forgetting.forget(at=ended.start + timedelta(days=days, seconds=1))
        return CallStep.objects.count(), set(Call.objects.values_list("external_id", flat=True))

    assert left(9) == (4, {ended.id, busy.id, open_.id})
    assert left(10) == (0, {ended.id, busy.id, open_.id})
    assert left(20) == (0, {busy.id, open_.id}), "one is still to be called back, one is not over"
    busy.call.chores.update(failed_at=ended.start)
    assert left(21) == (0, {open_.id}), "what was given up for so long is given up for good"
