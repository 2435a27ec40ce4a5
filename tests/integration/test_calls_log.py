"""The decision log: which answer a call got, why, and whether it would get the same one today."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from calls.models import AgentPhone, Call, CallStep, PhoneSystem
from calls.queries.log_story import Story, story_of
from calls.rules.remembering import as_kept, from_kept
from contracts.models import Agreement
from customers.models import Customer
from tests.factories.cast import make_agreement, make_customer, make_level, make_user
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always, set_policy

pytestmark = pytest.mark.django_db

GOLD, SILVER = "+4930555001", "+4930555002"
TEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""Ten o'clock in Berlin."""


@pytest.fixture
def system() -> PhoneSystem:
    open_always()
    set_policy(wrap_up=120)
    return make_system()


@pytest.fixture
def aigner(system: PhoneSystem) -> Customer:
    return _customer(system, "Aigner Metallbau", GOLD).customer


def _customer(system: PhoneSystem, name: str, number: str) -> Agreement:
    agreement = make_agreement(make_customer(name), make_level())
    make_number(system, number, agreement)
    return agreement


def named(phone: AgentPhone, name: str) -> AgentPhone:
    User.objects.filter(pk=phone.user_id).update(first_name=name, last_name="")
    return phone


def lead() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.filter(username="lead").first() or make_user("lead", User.Role.LEAD))
    return client


def log(**asked: Any) -> list[Call]:
    answer = lead().get("/desk/calls/log/", asked)
    assert answer.status_code == 200
    return [row.line.call for row in answer.context["lines"]]


def story(line: Line, language: str = "en") -> Story:
    return story_of(line.call, language)


@pytest.fixture
def busy(system: PhoneSystem, aigner: Customer) -> Line:
    """14 past ten: Anna talks since two past, Ben writes notes until 15 past, Cara does not answer."""
    for name in ("Anna", "Ben"):
        named(make_phone(system), name)
    talk = Line(system, GOLD, start=TEN + timedelta(minutes=2))
    talk.rings()
    talk.tells("answered")
    notes = Line(system, GOLD, start=TEN + timedelta(minutes=3))
    notes.rings()
    notes.tells("answered")
    notes.tells("hangup", after=600)
    named(make_phone(system), "Cara")
    line = Line(system, GOLD, caller="+4930700001", start=TEN + timedelta(minutes=14))
    assert line.rings()["action"] == "connect"
    assert line.asks("dial_result", after=20, result="NOANSWER")["action"] == "busy"
    return line


def test_why_busy_at_fourteen_past_ten_is_one_sentence_with_every_agent(busy: Line) -> None:
    told = story(busy)
    assert told.sentence == (
        "Busy because no agent was free: Anna talked since 10:02, Ben wrote notes until 10:15."
    ), "Cara was paused by then, as she did not answer, so she was not looked at any more"
    assert story(busy, "de").sentence == (
        "Besetzt, weil niemand frei war: Anna sprach seit 10:02, Ben schrieb Notizen bis 10:15."
    )
    first, second = told.steps
    assert (first.event, first.answer) == ("Call arrives", "put through")
    assert "Cara was free and was rung" in first.agents
    assert (second.event, second.answer) == ("Result of ringing", "busy")
    assert (told.replayed, told.changed) == (2, 0)
    html = lead().get(f"/desk/calls/log/{busy.call.pk}/").content.decode()
    assert told.sentence in html
    assert "rules give the same answers" in html


def test_a_decision_that_would_be_another_one_today_is_shown_with_both_answers(busy: Line) -> None:
    # As if it had been decided by an older rule: an agent is free in the facts, and the answer says busy.
    step = CallStep.objects.filter(call=busy.call).latest("id")
    facts = from_kept(step.inputs)
    free = [replace(agent, is_ready=True, wrap_up_until=None) for agent in facts.agents]
    step.inputs = as_kept(replace(facts, agents=free))
    step.save()
    told = story(busy)
    assert told.changed == 1
    changed = {one.field: (one.then, one.now) for one in told.steps[-1].differences}
    assert changed["action"] == ("busy", "put through")
    assert changed["agent"][1] == told.steps[-1].step.inputs["agents"][0]["target"]
    html = lead().get(f"/desk/calls/log/{busy.call.pk}/").content.decode()
    assert "1 of the answers would be another one today." in html
    assert "then busy, today put through" in html


def test_facts_of_an_unknown_form_are_shown_and_not_decided_again(busy: Line) -> None:
    CallStep.objects.filter(call=busy.call).update(inputs={"event": "incoming", "shape": "older"})
    told = story(busy)
    assert (told.replayed, told.changed) == (0, 0)
    assert "kept in an older form" in lead().get(f"/desk/calls/log/{busy.call.pk}/").content.decode()


def test_what_kept_agents_from_the_public_queue_is_said(system: PhoneSystem) -> None:
    set_policy(contract_hold=10, reserve=0)
    anna = named(make_phone(system), "Anna")
    AgentPhone.objects.filter(pk=anna.pk).update(freed_at=TEN - timedelta(seconds=4))
    held = Line(system, PUBLIC, start=TEN)
    held.rings()
    assert story(held).steps[0].agents == ["Anna was free for service numbers only until 10:00"]
    set_policy(reserve=1)
    reserved = Line(system, PUBLIC, start=TEN + timedelta(seconds=60))
    held.tells("hangup", after=59)
    reserved.rings()
    assert story(reserved).sentence == (
        "Waited in first place because nobody was free for the public number:"
        " Anna was kept for service numbers."
    )
    set_policy(reserve=0)
    reserved.asks(after=3)
    assert story(reserved).sentence.startswith("Put through to Anna from the queue")


def test_calls_that_nobody_asked_about_say_so(system: PhoneSystem, aigner: Customer) -> None:
    alone = Line(system, GOLD, start=TEN)
    alone.tells("hangup")
    html = lead().get(f"/desk/calls/log/{alone.call.pk}/").content.decode()
    assert "decided this call alone" in html
    CallStep.objects.all().delete()
    Call.objects.update(via_fallback=False)
    html = lead().get(f"/desk/calls/log/{alone.call.pk}/").content.decode()
    assert "Decisions are kept for 90 days" in html


def test_the_log_is_found_by_answer_line_customer_and_number(busy: Line, aigner: Customer) -> None:
    system = busy.system
    other = _customer(system, "Berger Logistik", SILVER).customer
    theirs = Line(system, SILVER, caller="+4930800009", start=TEN + timedelta(minutes=14, seconds=30))
    theirs.rings()
    alone = Line(system, GOLD, start=TEN + timedelta(minutes=21))
    alone.tells("hangup")
    public = Line(system, PUBLIC, start=TEN + timedelta(minutes=22))
    public.rings()
    assert len(log()) == 6
    assert log()[0] == public.call, "the latest first"
    assert log(show="alone") == [alone.call]
    assert log(show="public") == [public.call]
    assert set(log(show="busy")) == {busy.call, theirs.call}
    assert log(show="busy", customer=other.pk) == [theirs.call], "by the service number, whoever called"
    assert log(q="030 / 700001") == [busy.call]
    assert log(q=SILVER) == [theirs.call]
    assert log(q="no such") == []
    assert "No such calls" in lead().get("/desk/calls/log/?q=no+such").content.decode()


def test_the_log_goes_on_page_by_page(system: PhoneSystem) -> None:
    rows = [
        Call(system=system, external_id=f"c{n}", arrived_at=TEN, seen_at=TEN, line="none") for n in range(120)
    ]
    Call.objects.bulk_create(rows)
    seen, url = [], "/desk/calls/log/"
    while url:
        answer = lead().get(url)
        seen += [row.line.call.pk for row in answer.context["lines"]]
        url = answer.context["more_url"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 120


def test_the_log_is_for_leads(busy: Line) -> None:
    agent = Client()
    agent.force_login(busy.system.phones.earliest("pk").user)
    for address in ("/desk/calls/log/", f"/desk/calls/log/{busy.call.pk}/"):
        assert agent.get(address).status_code == 404
        assert lead().get(address).status_code == 200
    assert lead().get("/desk/calls/log/999999/").status_code == 404
