"""When a target is due: a table of sequences, and properties that hold for every clock."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.hours import ALWAYS, Calendar, WeeklyHours, parse_hours
from tickets.rules import clocks
from tickets.rules.clock_wording import steps_in_words
from tickets.rules.clocks import Change, ClockFacts, Pause, Story, explain

ZONE = ZoneInfo("Europe/Berlin")
WEEKDAYS = Calendar(parse_hours("Mon-Fri 08:00-17:00"), ZONE)
SHORT_DAYS = Calendar(parse_hours("Mon-Fri 08:00-10:00"), ZONE)
RARELY = Calendar(parse_hours("Mon 08:00-09:00"), ZONE)
FROM_WEEK = datetime(2026, 11, 23, tzinfo=ZONE)  # a Monday


def at(clock: str, day: int = 0) -> datetime:
    """Monday's 08:00, or that of `day` days later; the wall clock decides over DST changes too."""
    hour, minute = map(int, clock.split(":"))
    moment = FROM_WEEK + timedelta(days=day)
    return moment.replace(hour=hour, minute=minute)


def pause(since: str, until: str | None, cause: str = "waiting_customer", day: int = 0, to: int = 0) -> Pause:
    return Pause(at(since, day), at(until, to or day) if until else None, cause)


def facts(
    *pauses: Pause,
    starts_at: datetime | None = None,
    minutes: int = 120,
    calendar: Calendar = WEEKDAYS,
    kind: str = "response",
    grace: int = 0,
    third: bool = True,
) -> ClockFacts:
    return ClockFacts(kind, starts_at or at("08:00"), minutes, calendar, grace, pauses, third)


CASES = {
    "two hours from eight": (facts(), at("10:00")),
    "waiting from nine to ten": (facts(pause("09:00", "10:00")), at("11:00")),
    "waiting still": (facts(pause("09:00", None)), None),
    "Friday 16:50 to Monday": (
        facts(starts_at=at("16:50", 4), minutes=30),
        at("08:20", 7),
    ),
    "a pause outside the hours shifts nothing": (facts(pause("17:30", "23:00"), minutes=600), at("09:00", 1)),
    "a pause over the night shifts by its service time": (
        facts(pause("16:00", "09:00", to=1), minutes=600),
        at("11:00", 1),
    ),
    "pauses that overlap count once": (
        facts(pause("08:30", "10:00"), pause("09:00", "09:30", "scheduled")),
        at("11:30"),
    ),
    "a pause before the start counts for nothing": (facts(pause("06:00", "07:00")), at("10:00")),
    "a pause that began before the start counts from it": (facts(pause("07:00", "09:00")), at("11:00")),
    "a pause after it was due moves nothing": (facts(pause("10:00", "12:00")), at("10:00")),
    "due to the second when the hours end": (facts(minutes=540), at("17:00")),
    "time without an agreement is a pause": (
        facts(pause("08:00", "12:00", "no_agreement")),
        at("14:00"),
    ),
    "a suspension that ended continues the clock": (
        facts(pause("09:00", "09:00", "no_agreement", to=2)),
        at("10:00", 2),
    ),
    "solved and open again": (facts(pause("09:00", "13:00", "solved"), kind="resolution"), at("14:00")),
    "a third party pauses": (facts(pause("09:00", "10:00", "waiting_third_party")), at("11:00")),
    "a third party does not pause at this level": (
        facts(pause("09:00", "10:00", "waiting_third_party"), third=False),
        at("10:00"),
    ),
    "still waiting for a third party that does not pause": (
        facts(pause("09:00", None, "waiting_third_party"), third=False),
        at("10:00"),
    ),
    "grace for what came at night": (facts(starts_at=at("22:00"), grace=30), at("10:30", 1)),
    "no grace for what came in the hours": (facts(grace=30), at("10:00")),
    "closing time is outside of the hours": (facts(starts_at=at("17:00"), grace=30), at("10:30", 1)),
    "no grace for a solution": (
        facts(starts_at=at("22:00"), grace=30, kind="resolution"),
        at("10:00", 1),
    ),
    "around the clock has no outside": (
        facts(starts_at=at("22:00"), grace=30, calendar=ALWAYS),
        at("00:00", 1),
    ),
    "real time runs over the weekend": (facts(starts_at=at("16:50", 4), calendar=ALWAYS), at("18:50", 4)),
    "real time pauses at night": (
        facts(pause("22:00", "23:00"), starts_at=at("21:30"), calendar=ALWAYS),
        at("00:30", 1),
    ),
    "a target that became longer while paused": (facts(pause("09:00", "10:00"), minutes=240), at("13:00")),
    "a target that became shorter than what was waited": (facts(minutes=60), at("09:00")),
    "other hours from the same facts": (facts(calendar=SHORT_DAYS, minutes=150), at("08:30", 1)),
}


@pytest.mark.parametrize(("given_facts", "due"), CASES.values(), ids=CASES.keys())
def test_due(given_facts: ClockFacts, due: datetime | None) -> None:
    assert clocks.due_at(given_facts) == due


def test_while_it_is_paused_what_is_left_is_known_and_stays() -> None:
    paused = facts(pause("09:00", None))

    assert clocks.seconds_left(paused, at("09:00")) == clocks.seconds_left(paused, at("16:00", 1)) == 3600
    assert clocks.percent_used(paused, at("12:00")) == 50


def test_nothing_is_left_of_what_was_missed() -> None:
    assert clocks.seconds_left(facts(), at("15:00")) == 0
    assert clocks.percent_used(facts(), at("11:00")) == 150


def test_the_next_share_is_the_first_above_what_was_told() -> None:
    percents = {75, 90, 100, 150}

    assert clocks.next_at(facts(), percents, 0) == at("09:30")
    assert clocks.next_at(facts(), percents, 75) == at("09:48")
    assert clocks.next_at(facts(), percents, 100) == at("11:00")
    assert clocks.next_at(facts(), percents, 150) is None
    assert clocks.next_at(facts(pause("09:00", None)), percents, 0) is None


def test_without_any_hours_nothing_is_ever_due() -> None:
    never = Calendar(WeeklyHours(((),) * 7), ZONE)

    assert clocks.due_at(facts(calendar=never)) is None


QUARTERS = st.integers(0, 4 * 24 * 10)
moments = QUARTERS.map(lambda quarters: FROM_WEEK.astimezone(UTC) + timedelta(minutes=15 * quarters))
causes = st.sampled_from(["waiting_customer", "waiting_third_party", "scheduled", "solved", "no_agreement"])


@st.composite
def some_pauses(draw: st.DrawFn) -> list[Pause]:
    spans = draw(st.lists(st.tuples(moments, moments, causes), max_size=4))
    closed = [Pause(min(a, b), max(a, b), cause) for a, b, cause in spans]
    still = draw(st.none() | st.builds(lambda since, cause: Pause(since, None, cause), moments, causes))
    return [*closed, *([still] if still else [])]


calendars = st.sampled_from([WEEKDAYS, SHORT_DAYS, RARELY, ALWAYS])
clocks_of_all_kinds = st.builds(
    lambda pauses, starts_at, minutes, calendar, kind, grace, third: ClockFacts(
        kind, starts_at, minutes, calendar, grace, tuple(pauses), third
    ),
    some_pauses(),
    moments,
    st.integers(1, 3000),
    calendars,
    st.sampled_from(clocks.KINDS),
    st.sampled_from([0, 0, 30]),
    st.booleans(),
)


def counts(clock: ClockFacts, moment: datetime) -> bool:
    """Whether a minute counts, as a reader of the rule would say it of one minute."""
    if not clock.calendar.is_open(moment):
        return False
    for one in clock.pauses:
        is_heeded = one.cause != "waiting_third_party" or clock.pauses_for_third_party
        if is_heeded and one.starts_at <= moment and (one.ends_at is None or moment < one.ends_at):
            return False
    return True


@given(clocks_of_all_kinds)
def test_it_is_never_due_before_the_promised_time_has_really_passed(clock: ClockFacts) -> None:
    due = clocks.due_at(clock)
    assert due is None or due >= clock.starts_at + timedelta(minutes=clock.minutes)


@given(clocks_of_all_kinds)
def test_it_is_due_when_the_counted_minutes_reach_the_promise(clock: ClockFacts) -> None:
    """Minute by minute, for what is due within a fortnight."""
    grace = clock.kind == "response" and not clock.calendar.is_open(clock.starts_at)
    left = clock.minutes + (clock.grace_minutes if grace else 0)
    moment, end = clock.starts_at, clock.starts_at + timedelta(days=14)
    while left and moment < end:
        left -= counts(clock, moment)
        moment += timedelta(minutes=1)
    due = clocks.due_at(clock)
    if left:
        assert due is None or due > end
    else:
        assert due == moment


@given(clocks_of_all_kinds)
def test_the_order_of_the_facts_does_not_matter(clock: ClockFacts) -> None:
    due = clocks.due_at(clock)
    for order in list(permutations(clock.pauses))[:6]:
        assert clocks.due_at(ClockFacts(clock.kind, clock.starts_at, clock.minutes, clock.calendar,
            clock.grace_minutes, order, clock.pauses_for_third_party)) == due  # fmt: skip


@given(st.integers(1, 500), moments, st.integers(1, 400), st.integers(0, 400), calendars)
def test_a_pause_before_it_is_due_shifts_it_exactly(
    minutes: int, starts_at: datetime, length: int, after: int, calendar: Calendar
) -> None:
    plain = ClockFacts("resolution", starts_at, minutes, calendar)
    due = clocks.due_at(plain)
    assert due is not None
    since = starts_at + timedelta(minutes=after)
    until = since + timedelta(minutes=length)
    paused = ClockFacts("resolution", starts_at, minutes, calendar, 0, (Pause(since, until, "scheduled"),))

    shifted = clocks.due_at(paused)

    assert shifted is not None
    if since >= due:
        assert shifted == due
    else:
        assert calendar.seconds(starts_at, shifted) == 60 * minutes + calendar.seconds(since, until)


@given(clocks_of_all_kinds, moments)
def test_what_is_used_and_what_is_left_make_the_promise_until_it_is_missed(
    clock: ClockFacts, moment: datetime
) -> None:
    used, left = clocks.seconds_used(clock, moment), clocks.seconds_left(clock, moment)
    assert used + left == max(clocks.target_seconds(clock), used)
    due = clocks.due_at(clock)
    assert (due is not None and due <= moment) == (left == 0)


def test_an_explanation_tells_the_steps_in_order() -> None:
    clock = facts(
        pause("09:00", "10:00"),
        pause("10:00", None, "waiting_third_party", day=1),
        starts_at=at("22:00", -1),
        minutes=600,
        grace=30,
    )
    story = Story(
        level="Gold",
        severity="high",
        hours="Werkstatt",
        is_real_time=False,
        changes=(Change(at("09:30"), "severity", "normal", "high"),),
    )

    said = steps_in_words(explain(clock, story, at("14:00", 1)), "en", today=at("08:00").date())

    assert said == [
        "Service level Gold, severity high: first response within 10 hours of service time (“Werkstatt”)",
        "Counted from the arrival: 22 November 2026, 22:00",
        "Arrived outside the service hours: 30 minutes of grace added",
        "Paused from 09:00 to 10:00 (waiting for the customer), not counted: 1 hour",
        "09:30: severity changed from normal to high",
        "Paused since 24 November 2026, 10:00 (waiting for a third party)",
        "Nothing is due meanwhile; left: 30 minutes",
    ]


@pytest.mark.parametrize(
    ("story", "last"),
    [
        ({"due_at": at("10:00")}, ["Fällig: 10:00"]),
        ({"due_at": at("10:00"), "stopped_at": at("09:00")}, ["Fällig: 10:00", "Erledigt: 09:00"]),
        ({"due_at": at("10:00"), "breached_at": at("10:00")}, ["Verfehlt, war fällig: 10:00"]),
        (
            {"due_at": at("10:00"), "breached_at": at("10:00"), "stopped_at": at("11:00")},
            ["Verfehlt, war fällig: 10:00", "Erledigt: 11:00"],
        ),
        ({"is_withdrawn": True}, ["Nicht mehr zugesagt: kein Servicevertrag in Kraft"]),
    ],
)
def test_an_explanation_ends_with_what_came_of_it(story: dict[str, datetime], last: list[str]) -> None:
    told = Story(level="Gold", severity="high", hours="", is_real_time=True, **story)  # type: ignore[arg-type]

    said = steps_in_words(explain(facts(calendar=ALWAYS), told, at("12:00")), "de", today=at("08:00").date())

    assert (
        said[0]
        == "Servicestufe Gold, Schweregrad hoch: erste Antwort innerhalb von 2 Stunden rund um die Uhr"
    )
    assert said[-len(last) :] == last
