"""Standing: which agreement counts at a moment, and why the others do not."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules import wording
from contracts.rules.standing import (
    NO_CONTRACT_BAND,
    VENDOR_KINDS,
    AgreementFact,
    LevelFact,
    Standing,
    SuspensionFact,
    boundaries_after,
    day_start,
    standing_at,
)
from lib.reasons import say

BERLIN = ZoneInfo("Europe/Berlin")
GOLD, SILVER, BRONZE = LevelFact(1, "Gold", 1), LevelFact(2, "Silber", 2), LevelFact(3, "Bronze", 3)
PLATINUM = LevelFact(4, "Platin", 1)
MARCH = (date(2027, 3, 1), date(2027, 3, 31))
INSTANT = timedelta(microseconds=1)


def agreement(
    id: int = 1,  # noqa: A002
    *,
    level: LevelFact | None = GOLD,
    kind: str = "service",
    starts_on: date = MARCH[0],
    ends_on: date | None = MARCH[1],
    terminated_on: date | None = None,
    suspensions: tuple[SuspensionFact, ...] = (),
) -> AgreementFact:
    return AgreementFact(id, kind, f"V-{id}", level, starts_on, ends_on, terminated_on, suspensions)


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)  # type: ignore[arg-type, misc]


def why_not(standing: Standing) -> dict[int, str]:
    return {seen.agreement_id: seen.reason.code.removeprefix("standing.") for seen in standing.not_counting}


@pytest.mark.parametrize(
    ("at", "in_force"),
    [
        (berlin(2027, 3, 1) - INSTANT, False),
        (berlin(2027, 3, 1), True),
        (berlin(2027, 3, 28, 2, 30), True),  # inside the spring night
        (berlin(2027, 3, 31, 23, 59, 59, 999999), True),
        (berlin(2027, 4, 1), False),
        (datetime(2027, 2, 28, 23, tzinfo=UTC), True),  # 1 March 00:00 in winter time
        (datetime(2027, 3, 31, 22, tzinfo=UTC) - INSTANT, True),
        (datetime(2027, 3, 31, 22, tzinfo=UTC), False),  # 1 April 00:00 in summer time
    ],
)
def test_both_days_count_whole_in_local_time(at: datetime, *, in_force: bool) -> None:
    standing = standing_at([agreement()], at, BERLIN)
    assert standing.in_force is in_force
    assert standing.band == (1 if in_force else NO_CONTRACT_BAND)


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_one_day_agreements_on_nights_with_a_clock_change(day: date) -> None:
    only = [agreement(starts_on=day, ends_on=day)]
    start, end = day_start(day, BERLIN), day_start(day + timedelta(days=1), BERLIN)
    assert end - start == timedelta(hours=23 if day.month == 3 else 25)
    assert standing_at(only, start, BERLIN).in_force
    assert standing_at(only, end - INSTANT, BERLIN).in_force
    assert not standing_at(only, start - INSTANT, BERLIN).in_force
    assert not standing_at(only, end, BERLIN).in_force
    assert boundaries_after(only, start - INSTANT, BERLIN) == (start, end)


def test_ended_yesterday_and_starting_today_hand_over_without_a_gap() -> None:
    today = date(2027, 6, 15)
    old = agreement(1, level=BRONZE, ends_on=today - timedelta(days=1))
    new = agreement(2, level=GOLD, starts_on=today, ends_on=None)
    midnight = day_start(today, BERLIN)
    before = standing_at([old, new], midnight - INSTANT, BERLIN)
    after = standing_at([old, new], midnight, BERLIN)
    assert (before.band, before.agreement_id, why_not(before)) == (3, 1, {2: "not_started"})
    assert (after.band, after.agreement_id, why_not(after)) == (1, 2, {1: "ended"})
    assert boundaries_after([old, new], midnight - INSTANT, BERLIN) == (midnight,)
    assert boundaries_after([old, new], midnight, BERLIN) == ()


def test_early_termination_shortens_and_late_termination_does_not_lengthen() -> None:
    early = agreement(terminated_on=date(2027, 3, 10))
    assert standing_at([early], berlin(2027, 3, 10, 23, 59), BERLIN).in_force
    assert why_not(standing_at([early], berlin(2027, 3, 11), BERLIN)) == {1: "terminated"}
    late = agreement(terminated_on=date(2027, 5, 1))
    assert standing_at([late], berlin(2027, 3, 31, 23), BERLIN).in_force
    assert why_not(standing_at([late], berlin(2027, 4, 1), BERLIN)) == {1: "ended"}


def test_an_agreement_terminated_before_its_start_never_comes() -> None:
    never = agreement(ends_on=None, terminated_on=date(2027, 2, 1))
    for at in (berlin(2027, 1, 1), berlin(2027, 3, 15)):
        assert why_not(standing_at([never], at, BERLIN)) == {1: "terminated"}
    assert boundaries_after([never], berlin(2027, 1, 1), BERLIN) == ()


def test_a_suspension_takes_its_days_out_and_gives_them_back() -> None:
    paused = agreement(suspensions=(SuspensionFact(date(2027, 3, 10), date(2027, 3, 12)),))
    assert standing_at([paused], berlin(2027, 3, 9, 23, 59), BERLIN).in_force
    during = standing_at([paused], berlin(2027, 3, 10), BERLIN)
    assert during.band == NO_CONTRACT_BAND
    assert during.not_counting[0].reason.params["until_on"] == date(2027, 3, 12)
    assert not standing_at([paused], berlin(2027, 3, 12, 23, 59), BERLIN).in_force
    assert standing_at([paused], berlin(2027, 3, 13), BERLIN).in_force
    assert boundaries_after([paused], berlin(2027, 3, 5), BERLIN) == tuple(
        berlin(*day).astimezone(UTC) for day in [(2027, 3, 10), (2027, 3, 13), (2027, 4, 1)]
    )


@pytest.mark.parametrize(
    ("suspensions", "until"),
    [
        ([(10, 12), (13, 15)], date(2027, 3, 15)),  # one follows the other
        ([(10, 20), (11, 12)], date(2027, 3, 20)),  # one inside the other
        ([(10, 12), (14, 15)], date(2027, 3, 12)),  # a day between
        ([(10, 12), (12, None)], None),
    ],
)
def test_suspended_until_the_last_day_without_a_gap(
    suspensions: list[tuple[int, int | None]], until: date | None
) -> None:
    facts = tuple(
        SuspensionFact(date(2027, 3, first), date(2027, 3, last) if last else None)
        for first, last in suspensions
    )
    standing = standing_at([agreement(suspensions=facts[::-1])], berlin(2027, 3, 11), BERLIN)
    assert why_not(standing) == {1: "suspended"}
    assert standing.not_counting[0].reason.params["until_on"] == until


def test_without_any_agreement() -> None:
    standing = standing_at([], berlin(2027, 3, 15), BERLIN)
    assert standing.band == NO_CONTRACT_BAND
    assert (standing.level, standing.agreement_id, standing.in_force) == (None, None, False)
    assert [reason.code for reason in standing.reasons] == ["standing.no_agreement"]


@pytest.mark.parametrize("kind", VENDOR_KINDS)
def test_vendor_agreements_alone_give_nothing_and_are_named(kind: str) -> None:
    standing = standing_at([agreement(level=None, kind=kind)], berlin(2027, 3, 15), BERLIN)
    assert standing.band == NO_CONTRACT_BAND
    assert not standing.in_force
    assert [reason.code for reason in standing.reasons] == ["standing.no_service_agreement"]
    assert why_not(standing) == {1: "vendor_agreement"}
    assert boundaries_after([agreement(level=None, kind=kind)], berlin(2027, 1, 1), BERLIN) == ()


def test_other_agreements_and_a_missing_level_give_nothing() -> None:
    odd = [agreement(1, level=None, kind="other"), agreement(2, level=None)]
    standing = standing_at(odd, berlin(2027, 3, 15), BERLIN)
    assert standing.band == NO_CONTRACT_BAND
    assert why_not(standing) == {1: "other_agreement", 2: "level_missing"}


def test_of_two_overlapping_the_better_level_decides() -> None:
    both = [agreement(1, level=SILVER), agreement(2, level=GOLD), agreement(3, kind="update", level=None)]
    standing = standing_at(both, berlin(2027, 3, 15), BERLIN)
    assert (standing.band, standing.level, standing.agreement_id) == (1, GOLD, 2)
    assert standing.reasons[0].code == "standing.service_in_force"
    assert dict(standing.reasons[0].params) == {"level": "Gold", "reference": "V-2", "ends_on": MARCH[1]}
    assert why_not(standing) == {1: "lower_level", 3: "vendor_agreement"}


def test_a_better_level_that_is_suspended_leaves_the_lower_one() -> None:
    suspended = agreement(1, level=GOLD, suspensions=(SuspensionFact(*MARCH),))
    standing = standing_at([suspended, agreement(2, level=BRONZE)], berlin(2027, 3, 15), BERLIN)
    assert (standing.band, standing.agreement_id) == (3, 2)
    assert why_not(standing) == {1: "suspended"}


def test_of_equal_ranks_the_longest_then_the_first_decides() -> None:
    short, long = agreement(1), agreement(3, level=PLATINUM, ends_on=None)
    standing = standing_at([short, long, replace(long, id=2)], berlin(2027, 3, 15), BERLIN)
    assert (standing.agreement_id, standing.level) == (2, PLATINUM)
    assert why_not(standing) == {1: "same_level", 3: "same_level"}


def test_open_and_far_ends_hold_for_ever() -> None:
    for end in (None, date.max):
        endless = [agreement(ends_on=end)]
        assert standing_at(endless, datetime.max.replace(tzinfo=UTC) - INSTANT, BERLIN).in_force
        assert boundaries_after(endless, berlin(2027, 3, 15), BERLIN) == ()


def test_naive_moments_are_refused() -> None:
    naive = datetime(2027, 3, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        standing_at([], naive, BERLIN)
    with pytest.raises(ValueError, match="aware"):
        boundaries_after([], naive, BERLIN)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Europe/Berlin", date(2027, 3, 28), "2027-03-27T23:00Z"),
        ("Europe/Berlin", date(2027, 3, 29), "2027-03-28T22:00Z"),
        ("Europe/Berlin", date(2027, 10, 31), "2027-10-30T22:00Z"),
        ("Europe/Berlin", date(2027, 11, 1), "2027-10-31T23:00Z"),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00Z"),  # no midnight: 00:00 is 01:00
        ("America/Havana", date(2024, 11, 3), "2024-11-03T04:00Z"),  # two midnights: the first
        ("Africa/Cairo", date(2024, 4, 26), "2024-04-25T22:00Z"),  # no midnight
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00Z"),  # the whole day is skipped
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00Z"),
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30Z"),  # the jump starts at 23:30
    ],
)
def test_the_first_instant_of_a_day(zone: str, day: date, start: str) -> None:
    assert day_start(day, ZoneInfo(zone)) == datetime.fromisoformat(start)


@given(
    st.dates(date(1970, 1, 2), date(2060, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Asia/Kathmandu"]),
)
def test_a_day_starts_where_the_calendar_turns(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    start = day_start(day, zone)
    assert start.astimezone(zone).date() == day
    assert (start - INSTANT).astimezone(zone).date() == day - timedelta(days=1)
    assert start.utcoffset() == timedelta(0)


def test_days_at_the_ends_of_the_calendar_do_not_overflow() -> None:
    assert day_start(date.min, BERLIN) == datetime.min.replace(tzinfo=UTC)
    assert day_start(date.max, ZoneInfo("America/Sao_Paulo")) > day_start(date(9999, 12, 30), BERLIN)


# --- against an oracle that looks at calendar days only -------------------------------------------------

days = st.dates(date(2027, 3, 20), date(2027, 4, 10))
maybe_days = st.none() | days
suspension_facts = st.builds(lambda a, b: SuspensionFact(min(a, b or a), b and max(a, b)), days, maybe_days)


@st.composite
def agreement_lists(draw: st.DrawFn) -> list[AgreementFact]:
    made = []
    for id_ in range(1, draw(st.integers(0, 4)) + 1):
        kind = draw(st.sampled_from(["service", "service", "service", "update", "other"]))
        starts_on, ends_on = draw(days), draw(maybe_days)
        if ends_on is not None and ends_on < starts_on:
            starts_on, ends_on = ends_on, starts_on
        made.append(
            agreement(
                id_,
                level=draw(st.sampled_from([GOLD, SILVER, BRONZE, PLATINUM])) if kind == "service" else None,
                kind=kind,
                starts_on=starts_on,
                ends_on=ends_on,
                terminated_on=draw(maybe_days),
                suspensions=tuple(draw(st.lists(suspension_facts, max_size=3))),
            )
        )
    return made


moments = st.builds(
    lambda day, clock: datetime.combine(day, clock, tzinfo=BERLIN),
    st.dates(date(2027, 3, 18), date(2027, 4, 12)),
    st.sampled_from([time(0), time(2, 30), time(23, 59, 59, 999999)]) | st.times(),
)


def oracle_counts(one: AgreementFact, today: date) -> bool:
    return (
        one.kind == "service"
        and one.starts_on <= today
        and (one.ends_on is None or today <= one.ends_on)
        and (one.terminated_on is None or today <= one.terminated_on)
        and not any(
            s.starts_on <= today and (s.ends_on is None or today <= s.ends_on) for s in one.suspensions
        )
    )


@given(agreement_lists(), moments)
def test_standing_agrees_with_the_calendar(agreements: list[AgreementFact], at: datetime) -> None:
    today = at.date()
    ranks = [one.level.rank for one in agreements if oracle_counts(one, today) and one.level]
    standing = standing_at(agreements, at, BERLIN)
    assert standing.band == min(ranks, default=NO_CONTRACT_BAND)
    assert standing.in_force == bool(ranks)
    if standing.in_force:
        deciding = next(one for one in agreements if one.id == standing.agreement_id)
        assert oracle_counts(deciding, today)
        assert standing.level == deciding.level


@given(agreement_lists(), moments, st.randoms(use_true_random=False))
def test_every_agreement_is_accounted_for_in_any_order(
    agreements: list[AgreementFact], at: datetime, shuffler: random.Random
) -> None:
    standing = standing_at(agreements, at, BERLIN)
    accounted = [seen.agreement_id for seen in standing.not_counting]
    if standing.agreement_id is not None:
        accounted.append(standing.agreement_id)
    assert sorted(accounted) == [one.id for one in agreements]
    shuffled = agreements[:]
    shuffler.shuffle(shuffled)
    assert standing_at(shuffled, at, BERLIN) == standing


@given(agreement_lists(), moments)
def test_every_reason_can_be_said(agreements: list[AgreementFact], at: datetime) -> None:
    standing = standing_at(agreements, at, BERLIN)
    for reason in [*standing.reasons, *(seen.reason for seen in standing.not_counting)]:
        for language in ("de", "en"):
            assert say(reason, language, wording.TABLE)


@given(agreement_lists(), moments)
def test_nothing_changes_between_boundaries(agreements: list[AgreementFact], after: datetime) -> None:
    instants = boundaries_after(agreements, after, BERLIN)
    assert list(instants) == sorted(set(instants))
    assert all(instant > after and instant.utcoffset() == timedelta(0) for instant in instants)
    at = after.astimezone(UTC)
    for instant in (*instants, datetime(2028, 1, 1, tzinfo=UTC)):
        start, end = standing_at(agreements, at, BERLIN), standing_at(agreements, instant - INSTANT, BERLIN)
        assert (start.band, start.agreement_id, why_not(start)) == (end.band, end.agreement_id, why_not(end))
        at = instant
