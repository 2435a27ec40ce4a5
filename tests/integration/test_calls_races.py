"""Calls in the same instant: no agent is given two, no call is given none that it could have had."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from calls.models import AgentPhone, Call, CallStep, PhoneSystem
from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always, set_policy

pytestmark = pytest.mark.django_db(transaction=True)

GOLD = "+4930555001"
ROUNDS = 20


@pytest.fixture
def system() -> PhoneSystem:
    open_always()
    set_policy(wrap_up=0, contract_hold=0)
    made = make_system()
    make_number(made, GOLD, make_agreement(make_customer(), make_level()))
    return made


def at_once(*steps: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """Take all of these steps in the same instant, each in a thread of its own. Returns their answers."""
    start = threading.Barrier(len(steps))
    answers: dict[int, dict[str, Any]] = {}

    def run(place: int, step: Callable[[], dict[str, Any]]) -> None:
        try:
            start.wait(timeout=20)
            answers[place] = step()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == len(steps), "a step failed"
    return [answers[place] for place in range(len(steps))]


def actions(answers: Sequence[dict[str, Any]]) -> Counter[str]:
    return Counter(answer["action"] for answer in answers)


def hang_up(lines: Sequence[Line], *, after: float) -> None:
    for line in lines:
        line.tells("hangup", after=after)
    assert not AgentPhone.objects.filter(claimed_call__isnull=False).exists()


def test_two_contract_calls_on_one_agent_are_one_connect_and_one_busy(system: PhoneSystem) -> None:
    make_phone(system)
    for _ in range(ROUNDS):
        lines = [Line(system, GOLD), Line(system, GOLD)]
        answers = at_once(*(line.rings for line in lines))
        assert actions(answers) == {"connect": 1, "busy": 1}
        hang_up(lines, after=0.001)
    assert CallStep.objects.filter(event="incoming", rule="contract_free").count() == ROUNDS


def test_twelve_contract_calls_on_two_agents_are_two_connects_and_ten_busy(system: PhoneSystem) -> None:
    phones = {make_phone(system).dial_target, make_phone(system).dial_target}
    answers = at_once(*(Line(system, GOLD).rings for _ in range(12)))
    assert actions(answers) == {"connect": 2, "busy": 10}
    assert {answer["agent"] for answer in answers if answer["agent"]} == phones
    held = AgentPhone.objects.values_list("claimed_call", flat=True)
    assert len(set(held)) == 2
    assert Call.objects.filter(state="ringing").count() == 2


def test_a_contract_and_a_public_call_in_the_same_instant_share_one_agent_by_turns(
    system: PhoneSystem,
) -> None:
    """Whoever loses is busy on the service number, and waits on the public one."""
    make_phone(system)
    seen = set()
    for _ in range(ROUNDS // 2):
        contract, public = Line(system, GOLD), Line(system, PUBLIC)
        answers = at_once(contract.rings, public.rings)
        pair = tuple(answer["action"] for answer in answers)
        assert pair in {("connect", "wait"), ("busy", "connect")}
        seen.add(pair)
        hang_up([contract, public], after=0.001)
    assert seen


def test_of_waiting_callers_who_ask_at_once_only_the_oldest_gets_the_freed_agent(system: PhoneSystem) -> None:
    phone = make_phone(system, presence="paused")
    began = timezone.now()
    lines = [Line(system, PUBLIC, start=began) for _ in range(6)]
    for place, line in enumerate(lines):
        line.rings(after=place)
    served = []
    for turn in range(len(lines)):
        AgentPhone.objects.update(presence="on", freed_at=began - timedelta(hours=1))
        waiting = [line for line in lines if line not in served]
        answers = at_once(*(lambda line=line, turn=turn: line.asks(after=10 + turn) for line in waiting))
        assert [answer["action"] for answer in answers] == ["connect"] + ["wait"] * (len(waiting) - 1)
        served.append(waiting[0])
        waiting[0].tells("hangup", after=10 + turn)
    assert served == lines
    assert AgentPhone.objects.get(pk=phone.pk).claimed_call is None


def test_phones_that_are_given_back_and_wanted_at_once_block_nobody(system: PhoneSystem) -> None:
    """Two calls that each rang the other's next phone: neither waits for the other."""
    for _ in range(5):
        AgentPhone.objects.all().delete()
        make_phone(system)
        make_phone(system)
        lines = [Line(system, GOLD), Line(system, GOLD)]
        for line in lines:
            assert line.rings()["action"] == "connect"
        answers = at_once(
            *(lambda line=line: line.asks("dial_result", result="NOANSWER", after=9) for line in lines)
        )
        assert actions(answers) == {"busy": 2}
        assert set(AgentPhone.objects.values_list("presence", flat=True)) == {"paused"}


def test_the_same_question_twice_at_once_is_answered_once(system: PhoneSystem) -> None:
    for to in (GOLD, PUBLIC) * 4:
        AgentPhone.objects.all().delete()
        make_phone(system)
        make_phone(system)
        line = Line(system, to)
        twin = Line(system, to, id=line.id, start=line.start)
        first, second = at_once(line.rings, twin.rings)
        assert first == second
        assert AgentPhone.objects.filter(claimed_call__isnull=False).count() == 1
        assert line.call.steps.count() == 1
        line.tells("hangup", after=0.001)
