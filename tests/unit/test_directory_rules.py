"""The directory of sub-processors: what differs, what holds when, and by when one may object."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.directory import (
    FIELDS,
    EntryChange,
    EntryFact,
    Kind,
    VersionFact,
    before,
    coming,
    diff,
    earliest_effect,
    earliest_last_day,
    in_effect,
    objections_until,
)

DAY = date(2026, 11, 23)
words = st.sampled_from(["", "Hetzner", "Bechtle", "Names", "Germany"])
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
entries = st.builds(
    EntryFact,
    subprocessor=st.integers(1, 6),
    name=words,
    service=words,
    data_categories=words,
    place=words,
    safeguards=words,
    since_on=days,
    until_on=st.none() | days,
)
directories = st.lists(entries, unique_by=lambda one: one.subprocessor, max_size=6)


def applied(old: list[EntryFact], changes: tuple[EntryChange, ...]) -> dict[int, EntryFact]:
    """What follows from a version and the differences, without looking at the new one."""
    found = {one.subprocessor: one for one in old}
    for change in changes:
        if change.kind is Kind.REMOVED:
            del found[change.entry.subprocessor]
        elif change.kind is Kind.ADDED:
            assert change.entry.subprocessor not in found
            found[change.entry.subprocessor] = change.entry
        else:
            base = found[change.entry.subprocessor]
            assert all(getattr(base, one.field) == one.old != one.new for one in change.fields)
            values = {name: getattr(base, name) for name in FIELDS} | {
                one.field: one.new for one in change.fields
            }
            found[change.entry.subprocessor] = EntryFact(change.entry.subprocessor, **values)
    return found


@given(directories, directories)
def test_the_difference_leads_from_one_version_to_the_other(
    old: list[EntryFact], new: list[EntryFact]
) -> None:
    assert applied(old, diff(old, new)) == {one.subprocessor: one for one in new}


@given(directories, directories)
def test_the_way_back_undoes_the_way_there(old: list[EntryFact], new: list[EntryFact]) -> None:
    opposite = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED, Kind.CHANGED: Kind.CHANGED}
    there = {(one.entry.subprocessor, one.kind) for one in diff(old, new)}
    back = {(one.entry.subprocessor, opposite[one.kind]) for one in diff(new, old)}
    assert there == back
    assert diff(old, list(reversed(old))) == ()


versions = st.lists(
    st.builds(VersionFact, number=st.integers(1, 9), effective_on=days, is_announced=st.booleans(),
              is_dropped=st.booleans()),
    unique_by=(lambda one: one.number, lambda one: one.effective_on),
    max_size=6,
)  # fmt: skip


@given(versions, days)
def test_what_holds_is_announced_and_nothing_later_has_begun(known: list[VersionFact], day: date) -> None:
    current, ahead = in_effect(known, day), coming(known, day)
    counting = [one for one in known if one.is_announced and not one.is_dropped]
    begun = [one for one in counting if one.effective_on <= day]
    assert (current is None) == (not begun)
    assert current is None or all(one.effective_on <= current.effective_on for one in begun)
    assert {*begun, *ahead} == set(counting)
    assert all(one.effective_on < other.effective_on for one, other in pairwise(ahead))


def test_a_version_is_compared_with_the_last_one_that_was_not_dropped() -> None:
    first = VersionFact(1, DAY, is_announced=True)
    dropped = VersionFact(2, DAY + timedelta(days=40), is_announced=True, is_dropped=True)
    draft = VersionFact(3, DAY + timedelta(days=80), is_announced=False)
    assert before([first, dropped, draft], draft) == first
    assert before([first, dropped, draft], first) is None


def test_a_change_takes_effect_after_the_notice_and_after_the_one_before_it() -> None:
    in_a_year = VersionFact(1, DAY + timedelta(days=365), is_announced=True)
    assert earliest_effect(DAY, 30, [], tells_somebody=True) == DAY + timedelta(days=30)
    assert earliest_effect(DAY, 30, [], tells_somebody=False) == DAY
    assert earliest_effect(DAY, 30, [in_a_year], tells_somebody=True) == DAY + timedelta(days=366)


def test_everybody_has_as_many_days_to_object() -> None:
    until = DAY + timedelta(days=30)
    assert earliest_last_day(DAY, until) == DAY + timedelta(days=14)
    assert earliest_last_day(DAY, DAY + timedelta(days=5)) == DAY + timedelta(days=5)
    assert objections_until(DAY, until, DAY) == until
    late = DAY + timedelta(days=20)
    assert objections_until(DAY, until, late) == late + timedelta(days=30)
