"""What nobody tells of: claims that ran out, calls that were lost, and what is old."""

from datetime import timedelta

import pytest

from calls.actions import forgetting, sweeping
from calls.models import AgentPhone, Call, CallStep, PhoneSystem
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
