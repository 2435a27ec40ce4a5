"""Calls in the same instant, and questions that come twice or late (scenarios 5, 6 and 20)."""

import json
import urllib.request
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from calls.models import AgentPhone, Call, CallStep
from tests.telephony.house import SECRET, House

ROUNDS = 20


def test_5_two_calls_on_one_agent_are_one_talk_and_one_busy_every_time(house: House) -> None:
    house.agent()
    for turn in range(ROUNDS):
        pair = [house.dial(talks=0.3), house.dial(talks=0.3)]
        assert sorted(call.heard().status for call in pair) == [200, 486], f"round {turn}"
        assert sorted(call.ended()[1] for call in pair) == ["answered", "busy"]
    rules = Counter(CallStep.objects.filter(event="incoming").values_list("rule", flat=True))
    assert rules == {"contract_free": ROUNDS, "contract_busy": ROUNDS}
    assert house.claims() == []
    assert not Call.objects.filter(via_fallback=True).exists()
    for call in pair:
        call.explained()


def test_6_twelve_calls_on_two_agents_are_two_talks_and_ten_busy(house: House) -> None:
    house.agent()
    house.agent("agent2")
    calls = [house.dial(talks=6) for _ in range(12)]
    heard = Counter(call.heard().status for call in calls)
    assert heard == {200: 2, 486: 10}
    assert Counter(call.ended()[1] for call in calls) == {"answered": 2, "busy": 10}
    talked = Call.objects.filter(outcome="answered").values_list("phone__dial_target", flat=True)
    assert sorted(talked) == ["agent1", "agent2"]
    assert house.claims() == []
    assert Counter(house.chores()) == {"callback": 10, "timeline": 2}
    assert "calls 12 connected 2 busy 10" in house.page("/desk/calls/reachability/")
    calls[-1].explained()


def test_20_questions_that_come_again_or_late_change_nothing(house: House) -> None:
    house.agent(answers="never")
    second = house.agent("agent2")
    AgentPhone.objects.filter(pk=second.pk).update(freed_at=house.agreement.created_at)
    call = house.dial(plays="stay").until("connected")
    steps = list(CallStep.objects.filter(call=call.row).exclude(event="hangup").order_by("id"))
    assert [step.event for step in steps] == ["incoming", "dial_result", "answered"]
    for step in steps:
        path = "event" if step.event == "answered" else "step"
        assert told(house, path, step.request) == step.response
    late = told(house, "step", {**steps[0].request, "event": "wait_tick", "seq": "0"})
    assert (late["rule"], late["action"], late["agent"]) == ("late", "connect", "agent2")
    assert CallStep.objects.filter(call=call.row).count() == len(steps) + 1
    assert (house.claims(), call.row.state) == (["agent2"], "connected")
    call.end()
    assert call.heard().status == 200
    assert call.ended() == ("ended", "answered")
    told(house, "event", steps[2].request | {"seq": "9"})
    told(house, "event", CallStep.objects.get(call=call.row, event="hangup").request)
    after = told(house, "step", {**steps[0].request, "event": "wait_tick", "seq": "9"})
    assert (after["rule"], after["action"]) == ("call_is_over", "hangup")
    assert (call.row.state, house.claims(), house.chores()) == ("ended", [], ["timeline"])
    call.explained()


def told(house: House, path: str, fields: dict[str, Any]) -> Any:
    """What the product answers to these fields."""
    url = f"{house.web.address}/calls/v1/{path}"
    request = urllib.request.Request(url, urlencode(fields).encode())
    request.add_header("Authorization", f"Bearer {SECRET}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())
