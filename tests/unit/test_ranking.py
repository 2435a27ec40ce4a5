"""The order of the queue: one key, the same order as comparing part by part."""

from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.standing import NO_CONTRACT_BAND
from tickets.rules import ranking
from tickets.rules.ranking import (
    AheadCounts,
    RankFacts,
    Severity,
    band_range,
    compare,
    effective_pin,
    explain,
    pinned_range,
    ranges_for,
    rank_key,
)

MORNING = datetime(2027, 3, 31, 8, 12, tzinfo=UTC)
LATER = MORNING + timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
FACTS = RankFacts(pinned_at=None, band=2, severity=Severity.HIGH, arrived_at=MORNING, serial=123)


def oracle(facts: RankFacts) -> tuple[object, ...]:
    """The order as the rule states it, part by part."""
    is_unpinned = facts.pinned_at is None
    pin = facts.pinned_at or MORNING
    return (is_unpinned, pin, facts.band, facts.severity, facts.arrived_at, facts.serial)


# Few values, so that equal parts are common; and all values, so that the widths are tried.
close_moments = st.sampled_from([MORNING, MORNING + MICROSECOND, LATER])
all_moments = st.integers(0, 13 * 10**15).map(lambda us: datetime(1970, 1, 1, tzinfo=UTC) + us * MICROSECOND)


def facts_from(
    moments: st.SearchStrategy[datetime], serials: st.SearchStrategy[int]
) -> st.SearchStrategy[RankFacts]:
    return st.builds(
        RankFacts,
        pinned_at=st.none() | moments,
        band=st.sampled_from([1, 2, 9, 10, 99, NO_CONTRACT_BAND]),
        severity=st.sampled_from(Severity),
        arrived_at=moments,
        serial=serials,
    )


any_facts = facts_from(close_moments, st.integers(0, 3)) | facts_from(
    close_moments | all_moments, st.integers(0, 10**12 - 1)
)
queues = st.lists(any_facts, max_size=12, unique_by=oracle)


# --- the key --------------------------------------------------------------------------------------------


@given(any_facts, any_facts)
def test_keys_compare_bytewise_like_the_parts(a: RankFacts, b: RankFacts) -> None:
    key_a, key_b = rank_key(a).encode("ascii"), rank_key(b).encode("ascii")
    assert (key_a < key_b) == (oracle(a) < oracle(b))
    assert (key_a == key_b) == (oracle(a) == oracle(b))
    assert len(key_a) == len(key_b) == ranking.KEY_LENGTH


@pytest.mark.parametrize(
    ("ahead", "behind"),
    [
        (
            replace(FACTS, pinned_at=LATER, band=100, severity=4, arrived_at=LATER, serial=9),
            replace(FACTS, band=1, severity=1),
        ),
        (replace(FACTS, pinned_at=MORNING, band=100), replace(FACTS, pinned_at=LATER, band=1)),
        (replace(FACTS, band=2, severity=4), replace(FACTS, band=10, severity=1)),
        (replace(FACTS, band=99, severity=4), replace(FACTS, band=100, severity=1)),
        (replace(FACTS, severity=1, arrived_at=LATER), replace(FACTS, severity=2)),
        (replace(FACTS, serial=500), replace(FACTS, arrived_at=MORNING + MICROSECOND, serial=1)),
        (replace(FACTS, serial=99), replace(FACTS, serial=100)),
    ],
)
def test_each_part_decides_before_all_later_ones(ahead: RankFacts, behind: RankFacts) -> None:
    assert rank_key(ahead) < rank_key(behind)


def test_the_same_moment_in_another_zone_makes_the_same_key() -> None:
    berlin = MORNING.astimezone(ZoneInfo("Europe/Berlin"))
    assert rank_key(replace(FACTS, arrived_at=berlin, pinned_at=berlin)) == rank_key(
        replace(FACTS, pinned_at=MORNING)
    )


def test_the_two_passes_of_the_autumn_hour_are_told_apart() -> None:
    first = datetime(2027, 10, 31, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert rank_key(replace(FACTS, arrived_at=first)) < rank_key(
        replace(FACTS, arrived_at=first.replace(fold=1))
    )


@pytest.mark.parametrize(
    "change",
    [
        {"arrived_at": MORNING.replace(tzinfo=None)},
        {"pinned_at": MORNING.replace(tzinfo=None)},
        {"arrived_at": datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)},
        {"arrived_at": datetime(2500, 1, 1, tzinfo=UTC)},
        {"pinned_at": datetime(9999, 1, 1, tzinfo=UTC)},
        {"band": 0},
        {"band": 101},
        {"severity": 0},
        {"severity": 5},
        {"serial": -1},
        {"serial": 10**12},
    ],
)
def test_what_no_key_can_hold_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\d|naive|aware"):
        rank_key(replace(FACTS, **change))  # type: ignore[arg-type]


def test_the_last_moment_of_the_width_is_kept_for_tickets_without_a_pin() -> None:
    reserved = datetime(1970, 1, 1, tzinfo=UTC) + (62**9 - 1) * MICROSECOND
    last = replace(FACTS, pinned_at=reserved - MICROSECOND)
    assert rank_key(last) < rank_key(FACTS)
    with pytest.raises(ValueError, match="too late"):
        rank_key(replace(FACTS, pinned_at=reserved))


def test_band_and_severity_stand_where_sql_is_told_to_find_them() -> None:
    key = rank_key(FACTS)
    start = ranking.BAND_FROM - 1
    assert key[start : start + ranking.BAND_WIDTH] == "002"
    assert key[ranking.SEVERITY_FROM - 1] == "2"
    assert key[:start] + "100" + key[start + ranking.BAND_WIDTH :] == rank_key(replace(FACTS, band=100))


def test_the_key_of_known_facts_never_changes() -> None:
    """Keys are stored: another encoding would need a migration of every waiting ticket."""
    assert rank_key(FACTS) == "zzzzzzzzz00228Gy6ZuiZc000001z"
    assert rank_key(replace(FACTS, pinned_at=MORNING)) == "8Gy6ZuiZc00228Gy6ZuiZc000001z"


# --- pins -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "expected"),
    [(MORNING, MORNING), (LATER - MICROSECOND, MORNING), (LATER, None), (LATER + MICROSECOND, None)],
)
def test_a_pin_holds_until_just_before_it_expires(at: datetime, expected: datetime | None) -> None:
    assert effective_pin(MORNING, LATER, at) == expected
    assert effective_pin(None, LATER, at) is None
    assert effective_pin(MORNING, None, at) == MORNING


# --- the comparison -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "code", "params"),
    [
        ({"pinned_at": LATER, "band": 100}, {"band": 1}, "pinned", {"pinned_at": LATER}),
        ({"pinned_at": MORNING}, {"pinned_at": LATER}, "earlier_pin", {"pinned_at": MORNING}),
        ({"pinned_at": LATER, "band": 1}, {"pinned_at": LATER}, "better_level", {}),
        ({"band": 1, "severity": 4}, {"band": 3, "severity": 1}, "better_level", {}),
        ({"band": 99, "severity": 4}, {"band": 100, "severity": 1}, "contract", {}),
        ({"severity": 1}, {"severity": 3}, "more_severe", {"severity": "critical", "than": "normal"}),
        ({}, {"arrived_at": LATER}, "earlier", {"arrived_at": MORNING, "than_at": LATER}),
        ({"serial": 1}, {"serial": 2}, "lower_number", {}),
    ],
)
def test_the_reason_is_the_first_difference(
    a: dict[str, object], b: dict[str, object], code: str, params: dict[str, object]
) -> None:
    ahead, behind = replace(FACTS, **a), replace(FACTS, **b)  # type: ignore[arg-type]
    why = compare(ahead, behind)
    assert why.code == f"ahead.{code}"
    assert dict(why.params) == params
    with pytest.raises(ValueError, match="not ahead"):
        compare(behind, ahead)


@given(any_facts, any_facts)
def test_exactly_one_of_two_different_tickets_is_ahead(a: RankFacts, b: RankFacts) -> None:
    def is_ahead(one: RankFacts, other: RankFacts) -> bool:
        try:
            compare(one, other)
        except ValueError:
            return False
        return True

    assert is_ahead(a, b) == (oracle(a) < oracle(b))
    assert is_ahead(a, b) + is_ahead(b, a) == (oracle(a) != oracle(b))


# --- ranges ---------------------------------------------------------------------------------------------

REASONS_OF = {
    "pinned": {"ahead.pinned", "ahead.earlier_pin"},
    "better_band": {"ahead.better_level", "ahead.contract"},
    "more_severe": {"ahead.more_severe"},
    "earlier": {"ahead.earlier", "ahead.lower_number"},
}


@given(any_facts, queues)
def test_the_four_ranges_hold_every_ticket_ahead_once_and_for_its_reason(
    facts: RankFacts, others: list[RankFacts]
) -> None:
    ranges = ranges_for(facts)
    for other in others:
        inside = [name for name, (low, high) in ranges.items() if low <= rank_key(other) < high]
        if oracle(other) < oracle(facts):
            assert len(inside) == 1
            assert compare(other, facts).code in REASONS_OF[inside[0]]
        else:
            assert inside == []


@given(any_facts)
def test_the_four_ranges_join_without_a_gap_up_to_the_ticket(facts: RankFacts) -> None:
    ranges = [ranges_for(facts)[name] for name in AheadCounts.__dataclass_fields__]
    assert [high for _, high in ranges[:-1]] == [low for low, _ in ranges[1:]]
    assert ranges[-1][1] == rank_key(facts)


@given(queues)
def test_the_counts_of_the_ranges_make_the_position(queue: list[RankFacts]) -> None:
    keys = sorted(rank_key(facts) for facts in queue)
    for facts in queue:
        counts = AheadCounts(
            **{
                name: sum(low <= key < high for key in keys)
                for name, (low, high) in ranges_for(facts).items()
            }
        )
        assert counts.total + 1 == keys.index(rank_key(facts)) + 1


@given(any_facts)
def test_bands_and_pins_have_ranges_of_their_own(facts: RankFacts) -> None:
    key = rank_key(facts)
    low, high = pinned_range()
    assert (low <= key < high) == (facts.pinned_at is not None)
    bands = [
        band for band in range(1, NO_CONTRACT_BAND + 1) if band_range(band)[0] <= key < band_range(band)[1]
    ]
    assert bands == ([] if facts.pinned_at else [facts.band])


# --- the explanation ------------------------------------------------------------------------------------


def test_the_explanation_carries_all_that_a_sentence_needs() -> None:
    why = explain(4, replace(FACTS, pinned_at=LATER), "Gold", AheadCounts(more_severe=2, earlier=1))
    assert why.code == "rank.place"
    assert dict(why.params) == {
        "position": 4,
        "level": "Gold",
        "severity": "high",
        "since_at": MORNING,
        "is_pinned": True,
        "pinned": 0,
        "better_band": 0,
        "more_severe": 2,
        "earlier": 1,
    }


def test_severities_have_their_names_outside() -> None:
    assert [ranking.severity_name(number) for number in range(1, 5)] == ["critical", "high", "normal", "low"]
    with pytest.raises(ValueError, match="5"):
        ranking.severity_name(5)


def test_counts_start_at_nobody() -> None:
    assert astuple(AheadCounts()) == (0, 0, 0, 0)
    assert AheadCounts(1, 2, 3, 4).total == 10
