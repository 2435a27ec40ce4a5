"""The gates at every door: what a customer's data-processing agreement and consents open, and nothing else.

A customer comes into each state of a data-processing agreement or of consents, somebody knocks at each door
(tests/gate_doors.py), and what is stored says whether it was open.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType

import pytest
from django.utils import timezone
from pytest_django import Settings

from contracts.rules import gates
from contracts.rules.gates import BY_CONSENT, Capability, Gate
from lib.reasons import reason
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.gates import consent, make_dpa, name_subjects
from tests.factories.prices import make_price_list
from tests.gate_doors import DOORS as OTHER_DOORS
from tests.gate_doors import WORKS, Case, GateDoor
from tests.gate_doors_phone import PHONE_DOORS
from tests.matrix import mutants
from tickets.models import WorkKind

pytestmark = pytest.mark.django_db

DOORS = (*OTHER_DOORS, *PHONE_DOORS)
A_MINUTE = timedelta(minutes=1)
EVERYTHING = frozenset(Capability)
Made = frozenset[Capability]


@pytest.fixture
def case(settings: Settings, tmp_path: Path) -> Case:
    """An old ticket of a customer with a service agreement and without anything else."""
    settings.MEDIA_ROOT = tmp_path
    make_price_list()
    cast: Cast = make_cast()
    contact = cast.owner
    contact.is_company_admin = True
    contact.save(update_fields=["is_company_admin"])
    then = timezone.now() - timedelta(days=30)
    ticket = make_ticket(cast.gold_customer, contact=contact, at=then)
    return Case(cast, cast.gold_customer, contact, ticket)


def _nothing(case: Case) -> None:
    """No agreement about data at all."""


def _requested(case: Case) -> None:
    make_dpa(case.customer, "requested")


def _under_review(case: Case) -> None:
    make_dpa(case.customer, "under_review")


def _offered(case: Case) -> None:
    make_dpa(case.customer, "offered")


def _in_force(case: Case) -> None:
    make_dpa(case.customer)


def _ended(case: Case) -> None:
    make_dpa(case.customer, "ended", at=timezone.now() - A_MINUTE)


def _ended_unnoticed(case: Case) -> None:
    """Its end came a minute ago, and no sweep has run since."""
    make_dpa(case.customer, ends_at=timezone.now() - A_MINUTE)


def _refused(case: Case) -> None:
    make_dpa(case.customer, "ended", because="refused")


def _superseded(case: Case) -> None:
    moment = timezone.now() - timedelta(hours=2)
    make_dpa(case.customer, "ended", at=moment, because="superseded")
    make_dpa(case.customer)


def _superseded_and_ended(case: Case) -> None:
    make_dpa(case.customer, "ended", at=timezone.now() - timedelta(days=9), because="superseded")
    make_dpa(case.customer, "ended", at=timezone.now() - A_MINUTE)


def _consents(*consented: bool, is_complete: bool = True, withdrawn: bool = False) -> Callable[[Case], None]:
    def make(case: Case) -> None:
        subjects = name_subjects(case.ticket, ["Ada", "Bo"][: len(consented)], is_complete=is_complete)
        for subject, has in zip(subjects, consented, strict=True):
            if has:
                consent(subject, withdrawn=withdrawn and subject is subjects[-1])

    return make


STATES: dict[str, tuple[Callable[[Case], None], Made]] = {
    "none": (_nothing, frozenset()),
    "requested": (_requested, frozenset()),
    "under review": (_under_review, frozenset()),
    "offered": (_offered, frozenset()),
    "in force": (_in_force, EVERYTHING),
    "ended a minute ago": (_ended, frozenset()),
    "ended, unnoticed": (_ended_unnoticed, frozenset()),
    "refused": (_refused, frozenset()),
    "superseded by one in force": (_superseded, EVERYTHING),
    "superseded, then ended": (_superseded_and_ended, frozenset()),
    "consent complete": (_consents(True, True), BY_CONSENT),
    "consent partial": (_consents(True, False), frozenset()),
    "consent of some, others unnamed": (_consents(True, is_complete=False), frozenset()),
    "consent withdrawn": (_consents(True, True, withdrawn=True), frozenset()),
}
"""How a state comes about, and what it opens for the case at hand."""


def opens(state: str, door: GateDoor) -> bool:
    """What has to come of knocking: consents open only the case that they are for."""
    capabilities = STATES[state][1]
    by_consent = state.startswith("consent")
    return door.capability in capabilities and (door.is_of_case or not by_consent)


@pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])
@pytest.mark.parametrize("state", STATES)
def test_what_each_state_opens_at_each_door(case: Case, state: str, door: GateDoor) -> None:
    STATES[state][0](case)

    assert door.knock(case) is opens(state, door)


# The rule is asked at every door


@contextmanager
def the_rule_says(*, is_open: bool) -> Iterator[None]:
    """Whatever is asked, the gate is open, or closed."""

    def answer(capability: Capability, **facts: object) -> Gate:
        return Gate(capability, is_open=is_open, reasons=(reason("gate.no_dpa"),))

    rule = gates.decide
    assert isinstance(rule, FunctionType)
    with mutants.replaced(rule, lambda _original: answer):
        yield


@pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])
def test_a_rule_that_allows_everything_is_noticed_at_every_door(case: Case, door: GateDoor) -> None:
    with the_rule_says(is_open=True):
        assert door.knock(case), f"{door.name} does not ask the rule: it refuses by itself."


@pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])
def test_a_rule_that_allows_nothing_is_noticed_at_every_door(case: Case, door: GateDoor) -> None:
    make_dpa(case.customer)

    with the_rule_says(is_open=False):
        assert not door.knock(case), f"{door.name} does not ask the rule."


# No door is forgotten

NOT_YET = {
    "mail attachment": "mail.actions.receiving",
    "merge": "tickets.actions.merging",
    "automation": "tickets.actions.automating",
}
"""Doors that come with later pieces of the product, and the module they will stand in."""


@pytest.mark.parametrize(("door", "module"), NOT_YET.items(), ids=list(NOT_YET))
def test_a_door_that_comes_later_joins_this_table(door: str, module: str) -> None:
    assert find_spec(module) is None, f"There is {module} now: add “{door}” to tests/gate_doors.py."


def test_every_capability_is_guarded_at_some_door() -> None:
    assert {door.capability for door in DOORS} == EVERYTHING


def test_every_kind_of_work_is_known_to_the_matrix() -> None:
    assert set(WorkKind) - set(WORKS) == {WorkKind.ADVICE, WorkKind.TRAVEL}
