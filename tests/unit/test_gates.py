"""The gates' rule: every state of agreement and consents, for every capability, at every instant."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.gate_wording import ALL_CODES, CAPABILITIES, TABLE
from contracts.rules.gate_wording_customers import CUSTOMERS_TABLE
from contracts.rules.gates import (
    BY_CONSENT,
    Capability,
    CaseConsents,
    ConsentFact,
    DpaFact,
    Gate,
    decide,
    decide_all,
    decide_over,
    was_open_before,
)
from lib.reasons import say

NOW = datetime(2027, 3, 31, 22, 0, tzinfo=UTC)  # midnight in Berlin
MINUTE, INSTANT, YEAR = timedelta(minutes=1), timedelta(microseconds=1), timedelta(days=365)


def dpa(
    state: str, since: datetime | None = None, until: datetime | None = None, because: str = ""
) -> DpaFact:
    return DpaFact(7, "AV-00007", state, since, until, because)


DPAS: dict[str, tuple[tuple[DpaFact, ...], bool, str]] = {
    "none": ((), False, "gate.no_dpa"),
    "requested": ((dpa("requested"),), False, "gate.dpa_requested"),
    "under review": ((dpa("under_review"),), False, "gate.dpa_under_review"),
    "offered": ((dpa("offered"),), False, "gate.dpa_offered"),
    "offered, with a date nobody may have written": (
        (dpa("offered", NOW - YEAR),),
        False,
        "gate.dpa_offered",
    ),
    "in force": ((dpa("in_force", NOW - YEAR),), True, "gate.dpa_in_force"),
    "in force from this instant": ((dpa("in_force", NOW),), True, "gate.dpa_in_force"),
    "in force until just after": ((dpa("in_force", NOW - YEAR, NOW + INSTANT),), True, "gate.dpa_in_force"),
    "later": ((dpa("in_force", NOW + INSTANT),), False, "gate.dpa_later"),
    "ended this instant, unnoticed": ((dpa("in_force", NOW - YEAR, NOW),), False, "gate.dpa_ended"),
    "ended a minute ago": (
        (dpa("ended", NOW - YEAR, NOW - MINUTE, "terminated"),),
        False,
        "gate.dpa_ended",
    ),
    "ended later, noted early": (
        (dpa("ended", NOW - YEAR, NOW + MINUTE, "terminated"),),
        True,
        "gate.dpa_in_force",
    ),
    "superseded by nothing": ((dpa("ended", NOW - YEAR, NOW, "superseded"),), False, "gate.dpa_ended"),
    "superseded by a new one": (
        (dpa("ended", NOW - YEAR, NOW, "superseded"), DpaFact(8, "AV-00008", "in_force", NOW)),
        True,
        "gate.dpa_in_force",
    ),
    "a new one offered beside it": (
        (dpa("in_force", NOW - YEAR), DpaFact(8, "AV-00008", "offered")),
        True,
        "gate.dpa_in_force",
    ),
    "refused": ((dpa("ended", None, NOW - MINUTE, "refused"),), False, "gate.dpa_refused"),
}

EVERYTHING = frozenset(map(str, Capability))
YES = ConsentFact(EVERYTHING, NOW - MINUTE)
CONSENTS: dict[str, tuple[CaseConsents | None, bool, str]] = {
    "no case": (None, False, ""),
    "nobody named": (CaseConsents((), is_complete=True), False, ""),
    "nobody asked": (CaseConsents(((),), is_complete=True), False, "gate.consents_missing"),
    "one of two": (CaseConsents(((YES,), ()), is_complete=True), False, "gate.consents_missing"),
    "not known to be all": (CaseConsents(((YES,), (YES,))), False, "gate.consents_incomplete"),
    "all": (CaseConsents(((YES,), (YES,)), is_complete=True), True, "gate.consents"),
    "given this instant": (
        CaseConsents(((ConsentFact(EVERYTHING, NOW),),), is_complete=True),
        True,
        "gate.consents",
    ),
    "given later": (
        CaseConsents(((ConsentFact(EVERYTHING, NOW + INSTANT),),), is_complete=True),
        False,
        "gate.consents_missing",
    ),
    "withdrawn this instant": (
        CaseConsents(((YES,), (ConsentFact(EVERYTHING, NOW - YEAR, NOW),)), is_complete=True),
        False,
        "gate.consents_missing",
    ),
    "withdrawn and given again": (
        CaseConsents(((ConsentFact(EVERYTHING, NOW - YEAR, NOW - MINUTE), YES),), is_complete=True),
        True,
        "gate.consents",
    ),
    "to something else": (
        CaseConsents(((ConsentFact(frozenset({"something_else"}), NOW - YEAR),),), is_complete=True),
        False,
        "gate.consents_missing",
    ),
}


@pytest.mark.parametrize("capability", Capability)
@pytest.mark.parametrize("dpa_name", DPAS)
def test_a_gate_is_open_by_an_agreement_in_force_or_by_everybodys_consent(
    capability: Capability, dpa_name: str
) -> None:
    dpas, holds, code = DPAS[dpa_name]
    for consents, opens, said in CONSENTS.values():
        gate = decide(capability, at=NOW, dpas=dpas, has_agreement=True, consents=consents)
        by_consent = opens and not holds and capability in BY_CONSENT
        assert gate.is_open is (holds or by_consent)
        assert gate.by_consent is by_consent
        codes = [one.code for one in gate.reasons]
        asked = not holds and said and capability in BY_CONSENT
        assert codes == (["gate.consents"] if by_consent else [code, said] if asked else [code])
        ways = [one.code for one in gate.ways]
        assert ("way.consents" in ways) is (not gate.is_open and capability in BY_CONSENT)
        assert not (gate.is_open and ways)


@pytest.mark.parametrize("dpa_name", DPAS)
def test_the_directory_needs_the_service_agreement_as_well(dpa_name: str) -> None:
    dpas, holds, code = DPAS[dpa_name]
    known = {"at": NOW, "dpas": dpas, "consents": CONSENTS["all"][0]}
    assert decide(Capability.DIRECTORY, has_agreement=True, **known).is_open is holds  # type: ignore[arg-type]
    without = decide(Capability.DIRECTORY, has_agreement=False, **known)  # type: ignore[arg-type]
    assert not without.is_open
    assert [one.code for one in without.reasons] == ["gate.no_agreement", *([] if holds else [code])]


@pytest.mark.parametrize(
    ("name", "has_agreement", "way"),
    [
        ("none", True, "way.request"),
        ("none", False, "way.agreement"),
        ("requested", True, "way.requested"),
        ("under review", False, "way.under_review"),
        ("offered", True, "way.offered"),
        ("ended a minute ago", True, "way.request"),
        ("refused", False, "way.agreement"),
        ("later", True, ""),
    ],
)
def test_a_closed_gate_says_the_next_step_first(name: str, way: str, *, has_agreement: bool) -> None:
    gate = decide(Capability.ON_SITE, at=NOW, dpas=DPAS[name][0], has_agreement=has_agreement)
    assert [one.code for one in gate.ways] == [*([way] if way else []), "way.consents"]


def test_a_gate_must_have_been_open_all_the_time_that_was_worked() -> None:
    ended = dpa("ended", NOW - YEAR, NOW, "terminated")
    renewed = DpaFact(8, "AV-00008", "in_force", NOW + MINUTE)

    def over(start: datetime, end: datetime, *dpas: DpaFact, consents: CaseConsents | None = None) -> bool:
        known = {"dpas": dpas, "has_agreement": True, "consents": consents}
        return decide_over(Capability.ON_SITE, start=start, end=end, **known).is_open  # type: ignore[arg-type]

    assert over(NOW - MINUTE, NOW, ended), "the end itself is not part of it"
    assert not over(NOW - MINUTE, NOW + INSTANT, ended)
    assert not over(NOW, NOW, ended)
    assert not over(NOW - MINUTE, NOW + 2 * MINUTE, ended, renewed), "closed for a minute in the middle"
    assert over(NOW + MINUTE, NOW + 2 * MINUTE, ended, renewed)
    assert over(NOW - MINUTE, NOW + MINUTE, ended, DpaFact(8, "AV-00008", "in_force", NOW)), (
        "one after the other"
    )
    gap = CaseConsents(
        ((ConsentFact(EVERYTHING, NOW - YEAR, NOW), ConsentFact(EVERYTHING, NOW + MINUTE)),), is_complete=True
    )
    assert not over(NOW - MINUTE, NOW + 2 * MINUTE, consents=gap)
    refusal = decide_over(
        Capability.ON_SITE, start=NOW - MINUTE, end=NOW + MINUTE, dpas=[ended], has_agreement=True
    )
    assert [one.code for one in refusal.reasons] == ["gate.dpa_ended"]


moments = st.integers(-5, 5).map(lambda n: NOW + n * MINUTE)
facts = st.builds(
    DpaFact,
    id=st.integers(1, 3),
    reference=st.just("AV-00001"),
    state=st.sampled_from(["requested", "under_review", "offered", "in_force", "ended"]),
    in_force_at=st.none() | moments,
    ends_at=st.none() | moments,
    ended_because=st.sampled_from(["", "terminated", "superseded", "refused", "withdrawn", "lapsed"]),
)
given_consents = st.builds(
    ConsentFact,
    capabilities=st.sets(st.sampled_from(sorted(EVERYTHING))).map(frozenset),
    given_at=moments,
    withdrawn_at=st.none() | moments,
)
cases = st.builds(
    CaseConsents,
    subjects=st.lists(st.lists(given_consents, max_size=2).map(tuple), max_size=3).map(tuple),
    is_complete=st.booleans(),
)


@given(st.lists(facts, max_size=3), st.booleans(), st.none() | cases, moments)
def test_nothing_opens_a_gate_but_what_holds_at_that_moment(
    dpas: list[DpaFact],
    has_agreement: bool,
    consents: CaseConsents | None,
    at: datetime,
) -> None:
    for capability, gate in decide_all(
        at=at, dpas=dpas, has_agreement=has_agreement, consents=consents
    ).items():
        holds = any(
            one.state in {"in_force", "ended"}
            and one.in_force_at is not None
            and one.in_force_at <= at
            and (one.ends_at is None or at < one.ends_at)
            for one in dpas
        )
        people = consents.subjects if consents else ()
        consented = (
            bool(people)
            and consents is not None
            and consents.is_complete
            and all(
                any(
                    capability in one.capabilities
                    and one.given_at <= at
                    and (one.withdrawn_at is None or at < one.withdrawn_at)
                    for one in person
                )
                for person in people
            )
        )
        if capability is Capability.DIRECTORY:
            assert gate.is_open is (holds and has_agreement)
        else:
            assert gate.is_open is (holds or consented)
        assert_worded(gate)


@given(st.lists(facts, max_size=3), st.none() | cases, moments, moments)
def test_a_stretch_is_allowed_when_every_moment_of_it_is(
    dpas: list[DpaFact], consents: CaseConsents | None, one: datetime, other: datetime
) -> None:
    start, end = min(one, other), max(one, other)
    known = {"dpas": dpas, "has_agreement": True, "consents": consents}

    def is_open(at: datetime) -> bool:
        return decide(Capability.MONITORING, at=at, **known).is_open  # type: ignore[arg-type]

    halves = (start + n * MINUTE / 2 for n in range(1, int((end - start) / MINUTE * 2)))
    expected = all(is_open(at) for at in (start, *halves))
    allowed = decide_over(Capability.MONITORING, start=start, end=end, **known).is_open  # type: ignore[arg-type]
    assert allowed is expected
    earlier = (NOW + n * MINUTE for n in range(-5, 6))
    assert was_open_before(Capability.MONITORING, at=start, **known) is any(  # type: ignore[arg-type]
        is_open(at) for at in earlier if at <= start
    )


def assert_worded(gate: Gate) -> None:
    for one, language in product((*gate.reasons, *gate.ways), ("de", "en")):
        assert say(one, language, TABLE, today=NOW.date(), zone=UTC)
        assert say(one, language, CUSTOMERS_TABLE, today=NOW.date(), zone=UTC)


def test_every_word_is_there_in_both_languages_for_us_and_for_the_customer() -> None:
    assert {f"capability.{one}" for one in Capability} == set(CAPABILITIES)
    assert set(CUSTOMERS_TABLE) == set(TABLE) == ALL_CODES
    for table in (TABLE, CUSTOMERS_TABLE):
        for words in table.values():
            assert set(words) == {"de", "en"}
            assert all(words.values())
    assert {one for one in TABLE if TABLE[one] != CUSTOMERS_TABLE[one]} >= {"gate.no_dpa", "way.request"}
