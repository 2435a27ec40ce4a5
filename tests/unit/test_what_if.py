"""What a change of agreements would do, day by day, beside a naive look at every day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.standing import AgreementFact, LevelFact, SuspensionFact, day_start, standing_at
from contracts.rules.what_if import shifts

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2027, 3, 20)  # eight days before the clocks go forward
NOW = datetime(2027, 3, 20, 11, 30, tzinfo=UTC)
LEVELS = [LevelFact(1, "Gold", 1), LevelFact(2, "Silber", 2), LevelFact(3, "Platin", 1)]


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


offsets = st.integers(-12, 24)
suspensions = st.lists(
    st.builds(
        lambda first, length: SuspensionFact(day(first), None if length is None else day(first + length)),
        offsets,
        st.none() | st.integers(0, 9),
    ),
    max_size=2,
)


@st.composite
def agreements(draw: st.DrawFn) -> list[AgreementFact]:
    facts = []
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["service", "service", "service", "update"]))
        first = draw(offsets)
        length = draw(st.none() | st.integers(0, 15))
        facts.append(
            AgreementFact(
                id=number + 1,
                kind=kind,
                reference=f"V-{number}",
                level=draw(st.sampled_from(LEVELS)) if kind == "service" else None,
                starts_on=day(first),
                ends_on=None if length is None else day(first + length),
                terminated_on=draw(st.none() | st.none() | offsets.map(day)),
                suspensions=tuple(draw(suspensions)),
            )
        )
    return facts


@given(agreements(), agreements())
def test_every_day_that_differs_is_in_one_stretch_and_no_other_day_is(
    before: list[AgreementFact], after: list[AgreementFact]
) -> None:
    found = shifts(before, after, NOW, BERLIN)

    for offset in range(70):
        moment = max(NOW, day_start(day(offset), BERLIN))
        bands = standing_at(before, moment, BERLIN).band, standing_at(after, moment, BERLIN).band
        covering = [
            one.bands for one in found if one.since <= moment and (one.until is None or moment < one.until)
        ]
        assert covering == ([bands] if bands[0] != bands[1] else [])


@given(agreements())
def test_nothing_changed_shifts_nothing(same: list[AgreementFact]) -> None:
    assert shifts(same, list(same), NOW, BERLIN) == []
