"""The lifecycle table: every state, verb and actor, and what the readers of the table make of it."""

from itertools import product

import pytest

from lib.reasons import say
from tickets.rules import lifecycle, wording
from tickets.rules.lifecycle import Actor, NotAllowed, Status, Verb

# state → verb → state, as the product promises it; everything that is missing here is refused.
PROMISED = {
    "agent": {
        "open": "wait_customer>waiting_customer wait_third_party>waiting_third_party schedule>scheduled "
        "solve>solved close>closed",
        "waiting_customer": "wait_third_party>waiting_third_party schedule>scheduled resume>open "
        "solve>solved close>closed",
        "waiting_third_party": "wait_customer>waiting_customer schedule>scheduled resume>open "
        "solve>solved close>closed",
        "scheduled": "wait_customer>waiting_customer wait_third_party>waiting_third_party "
        "schedule>scheduled resume>open solve>solved close>closed",
        "solved": "close>closed reopen>open",
        "closed": "reopen>open",
    },
    "customer": {
        "open": "close>closed customer_replied>open",
        "waiting_customer": "close>closed customer_replied>open",
        "waiting_third_party": "close>closed customer_replied>open",
        "scheduled": "close>closed customer_replied>open",
        "solved": "close>closed reopen>open customer_replied>open",
        "closed": "reopen>open",
    },
    "system": {"scheduled": "scheduled_due>open", "solved": "auto_close>closed"},
}


def promised(status: str, actor: str) -> dict[str, str]:
    steps = PROMISED[actor].get(status, "").split()
    return dict(step.split(">") for step in steps)


@pytest.mark.parametrize(("status", "verb", "actor"), list(product(Status, Verb, Actor)))
def test_every_step_is_as_promised(status: Status, verb: Verb, actor: Actor) -> None:
    target = promised(status, actor).get(verb)
    if target is not None:
        assert lifecycle.transition(status, verb, actor) == target
    else:
        with pytest.raises(NotAllowed) as refusal:
            lifecycle.transition(status, verb, actor)
        for language in ("de", "en"):
            assert say(refusal.value.reason, language, wording.TABLE)


@pytest.mark.parametrize(("status", "actor"), list(product(Status, Actor)))
def test_what_can_be_chosen_is_what_is_promised_but_for_the_reply(status: Status, actor: Actor) -> None:
    expected = [verb for verb in promised(status, actor) if verb != "customer_replied"]
    assert list(lifecycle.verbs_for(status, actor)) == expected


@pytest.mark.parametrize(("status", "target", "actor"), list(product(Status, Status, Actor)))
def test_a_target_is_reached_by_a_verb_or_refused(status: Status, target: Status, actor: Actor) -> None:
    steps = {to: verb for verb, to in promised(status, actor).items() if verb != "customer_replied"}
    if target in steps:
        verb = lifecycle.verb_for_target(status, target, actor)
        assert verb == steps[target]
        assert lifecycle.transition(status, verb, actor) == target
    else:
        with pytest.raises(NotAllowed) as refusal:
            lifecycle.verb_for_target(status, target, actor)
        assert refusal.value.reason.code == "lifecycle.no_way"


@pytest.mark.parametrize(
    ("verb", "actor", "code"),
    [("solve", "customer", "not_by"), ("auto_close", "agent", "not_by"), ("resume", "agent", "not_from")],
)
def test_the_refusal_says_whether_the_actor_or_the_state_is_wrong(verb: str, actor: str, code: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        lifecycle.transition("open", verb, actor)
    assert refusal.value.reason.code == f"lifecycle.{code}"
    assert str(refusal.value) == f"lifecycle.{code}"


@pytest.mark.parametrize(
    "words", [("asleep", "solve", "agent"), ("open", "eat", "agent"), ("open", "solve", "cat")]
)
def test_words_that_do_not_exist_are_errors(words: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="not a valid"):
        lifecycle.transition(*words)


@pytest.mark.parametrize(
    ("status", "actor", "closed_days", "may"),
    [
        ("closed", "customer", 0, True),
        ("closed", "customer", 14, True),
        ("closed", "customer", 15, False),
        ("closed", "agent", 4000, True),
        ("closed", "system", 0, False),
        ("solved", "customer", 0, True),
        ("open", "agent", 0, False),
        ("waiting_customer", "customer", 0, False),
    ],
)
def test_customers_reopen_in_time_and_agents_always(
    status: str, actor: str, closed_days: int, *, may: bool
) -> None:
    assert lifecycle.may_reopen(status, actor, closed_days=closed_days, reopen_days=14) is may
    if may:
        assert lifecycle.reopen(status, actor, closed_days=closed_days, reopen_days=14) == "open"
    else:
        with pytest.raises(NotAllowed):
            lifecycle.reopen(status, actor, closed_days=closed_days, reopen_days=14)


def test_a_customer_who_comes_too_late_is_told_the_period() -> None:
    with pytest.raises(NotAllowed) as refusal:
        lifecycle.reopen("closed", "customer", closed_days=15, reopen_days=14)
    assert "14 days" in say(refusal.value.reason, "en", wording.TABLE)
    assert "14 Tagen" in say(refusal.value.reason, "de", wording.TABLE)


def test_no_state_is_a_dead_end_and_every_state_can_be_reached() -> None:
    reached, frontier = {Status.OPEN}, [Status.OPEN]
    while frontier:
        status = frontier.pop()
        targets = {row.target for row in lifecycle.TRANSITIONS if status in row.sources}
        assert targets - {status}
        frontier += targets - reached
        reached |= targets
    assert reached == set(Status)


def test_each_verb_has_one_row() -> None:
    assert [row.verb for row in lifecycle.TRANSITIONS] == list(Verb)


def test_the_diagram_draws_every_step() -> None:
    lines = lifecycle.diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert "    [*] --> open" in lines
    assert "    waiting_customer --> open: resume (agent)" in lines
    assert "    closed --> open: reopen (agent, customer)" in lines
    assert len(lines) == 3 + sum(len(row.sources) for row in lifecycle.TRANSITIONS)
