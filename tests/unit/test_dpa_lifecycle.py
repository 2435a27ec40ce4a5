"""The table of a data-processing agreement's steps, the day its basis ended, and how long it holds then."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules import dpa_lifecycle, dpa_wording
from contracts.rules.dpa_lifecycle import (
    PENDING,
    REVIEW_QUESTIONS,
    Actor,
    NotAllowed,
    State,
    Verb,
    basis_ended_at,
    ends_after,
    holds_until,
    reminder_due,
    verbs_for,
)
from contracts.rules.standing import AgreementFact, LevelFact, SuspensionFact, day_start, standing_at
from lib.reasons import say

BERLIN = ZoneInfo("Europe/Berlin")
GOLD = LevelFact(1, "Gold", 1)

# actor → state → verb>state, as the product promises it; everything that is missing here is refused.
PROMISED = {
    "firm": {
        "requested": "begin_review>under_review refuse>ended withdraw>ended",
        "under_review": "settle>under_review offer>offered refuse>ended withdraw>ended",
        "offered": "offer>offered sign>offered refuse>ended withdraw>ended",
        "in_force": "terminate>ended take_back>in_force decide_review>in_force",
        "ended": "",
    },
    "customer": {
        "requested": "refuse>ended withdraw>ended",
        "under_review": "settle>under_review refuse>ended withdraw>ended",
        "offered": "sign>offered refuse>ended withdraw>ended",
        "in_force": "",
        "ended": "",
    },
    "system": {
        "requested": "begin_review>under_review refuse>ended withdraw>ended",
        "under_review": "settle>under_review offer>offered refuse>ended withdraw>ended",
        "offered": "offer>offered sign>offered come_into_force>in_force refuse>ended withdraw>ended",
        "in_force": "terminate>ended take_back>in_force decide_review>in_force supersede>ended end>ended",
        "ended": "",
    },
}


@pytest.mark.parametrize(("state", "verb", "actor"), list(product(State, Verb, Actor)))
def test_every_step_is_as_promised(state: State, verb: Verb, actor: Actor) -> None:
    steps = dict(step.split(">") for step in PROMISED[actor][state].split())
    if verb in steps:
        assert dpa_lifecycle.transition(state, verb, actor) == steps[verb]
        return
    with pytest.raises(NotAllowed) as refusal:
        dpa_lifecycle.transition(state, verb, actor)
    for language in ("de", "en"):
        assert say(refusal.value.reason, language, dpa_wording.TABLE)


@given(steps=st.lists(st.tuples(st.sampled_from(list(Verb)), st.sampled_from(list(Actor))), max_size=40))
def test_whatever_is_tried_it_comes_into_force_only_signed_and_never_returns(
    steps: list[tuple[Verb, Actor]],
) -> None:
    state, trail = State.REQUESTED, [State.REQUESTED]
    for verb, actor in steps:
        try:
            state = dpa_lifecycle.transition(state, verb, actor)
        except NotAllowed:
            continue
        trail.append(state)
    order = [State.REQUESTED, State.UNDER_REVIEW, State.OFFERED, State.IN_FORCE, State.ENDED]
    assert trail == sorted(trail, key=order.index), "it never goes back"
    if State.IN_FORCE in trail:
        assert set(order[:4]) <= set(trail), "no station is left out"


def test_nobody_steps_out_of_the_end_and_what_is_offered_is_what_is_allowed() -> None:
    for actor, state in product((Actor.FIRM, Actor.CUSTOMER), State):
        promised = [step.split(">")[0] for step in PROMISED[actor][state].split()]
        assert list(verbs_for(state, actor)) == promised
    assert all(Verb.WITHDRAW in verbs_for(state, Actor.CUSTOMER) for state in PENDING)


def fact(starts: date, ends: date | None, **given: object) -> AgreementFact:
    values = {"id": 1, "kind": "service", "reference": "S", "level": GOLD, "terminated_on": None, **given}
    return AgreementFact(starts_on=starts, ends_on=ends, **values)  # type: ignore[arg-type]


NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], None),
        ([fact(date(2026, 1, 1), None)], None),
        ([fact(date(2026, 1, 1), date(2026, 11, 22))], datetime(2026, 11, 22, 23, tzinfo=UTC)),
        ([fact(date(2026, 1, 1), date(2026, 3, 28))], datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ([fact(date(2026, 1, 1), date(2026, 3, 29))], datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ([fact(date(2026, 1, 1), date(2026, 11, 22), renews=True)], None),
        ([fact(date(2026, 12, 1), None)], None),
        ([fact(date(2026, 1, 1), date(2026, 11, 22), kind="update", level=None)], None),
        (
            [fact(date(2026, 1, 1), date(2026, 5, 1)), fact(date(2026, 3, 1), date(2026, 10, 1), id=2)],
            datetime(2026, 10, 1, 22, tzinfo=UTC),
        ),
        # A suspension is no end.
        ([fact(date(2026, 1, 1), None, suspensions=(SuspensionFact(date(2026, 11, 1), None),))], None),
    ],
)
def test_the_basis_ends_with_the_last_service_agreement(
    facts: list[AgreementFact], expected: datetime | None
) -> None:
    assert basis_ended_at(facts, NOON, BERLIN) == expected


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
moments = st.integers(0, 730 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(0, seconds)
)


@given(
    spans=st.lists(st.tuples(days, st.none() | days), max_size=5),
    at=moments,
)
def test_after_the_end_of_the_basis_nothing_is_in_force_and_before_it_something_was(
    spans: list[tuple[date, date | None]], at: datetime
) -> None:
    facts = [fact(first, last, id=number) for number, (first, last) in enumerate(spans, 1)]
    ended = basis_ended_at(facts, at, BERLIN)
    if ended is None:
        held = [one for one in facts if not one.ends_on or one.ends_on >= one.starts_on]
        nothing_yet = all(day_start(one.starts_on, BERLIN) > at for one in held)
        assert standing_at(facts, at, BERLIN).in_force or nothing_yet
        return
    assert ended <= at
    assert not standing_at(facts, ended, BERLIN).in_force
    assert standing_at(facts, ended - timedelta(microseconds=1), BERLIN).in_force


@given(
    at=moments,
    days=st.integers(1, 400),
)
def test_it_holds_whole_days_until_a_midnight_of_the_company(at: datetime, days: int) -> None:
    until = holds_until(at, days, BERLIN).astimezone(BERLIN)
    assert (until.hour, until.minute, until.second) == (0, 0, 0)
    assert (until.date() - at.astimezone(BERLIN).date()).days == days


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (date(2026, 11, 30), datetime(2026, 11, 30, 23, tzinfo=UTC)),
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_a_last_day_is_over_at_midnight_in_berlin(last: date, expected: datetime) -> None:
    assert ends_after(last, BERLIN) == expected


@pytest.mark.parametrize(
    ("left", "expected"), [(15, None), (14, 14), (13, 14), (4, 14), (3, 3), (0, 3), (-1, 3)]
)
def test_of_the_distances_the_nearest_that_is_reached_is_due(left: int, expected: int | None) -> None:
    today = date(2026, 11, 23)
    assert reminder_due(today + timedelta(days=left), today, (14, 3)) == expected


def test_every_word_is_there_in_both_languages() -> None:
    for code, words in dpa_wording.TABLE.items():
        assert set(words) == {"de", "en"}, code
        named = [set(re.findall(r"\{(\w+)", words[language])) for language in ("de", "en")]
        assert named[0] == named[1], code
    for party, codes in REVIEW_QUESTIONS.items():
        for code in codes:
            assert dpa_wording.question(party, code, "de") != dpa_wording.question(party, code, "en")
            assert f"dpa_short.{code}" in dpa_wording.TABLE
    for verb in Verb:
        assert f"dpa_step.{verb}" in dpa_wording.TABLE
