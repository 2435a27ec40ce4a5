"""The ledger of allowances: lines that are never changed, periods that open and close, bookings that hold."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from contracts.actions import agreements, booking
from contracts.actions.booking import AllowanceUsedUp, BelowZero, NothingIncluded
from contracts.models import Agreement, Allowance, AllowanceEntry
from contracts.queries.allowances import AllowanceState, allowance_left
from tests.factories.cast import Cast, make_agreement, make_cast, make_customer, make_level, make_user

Kind = AllowanceEntry.Kind
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def noon(day: str) -> datetime:
    """Midday of a day."""
    return datetime.fromisoformat(f"{day}T11:00:00+00:00")


def allow(agreement: Agreement, amount: int = 120, **fields: Any) -> Agreement:
    """Give an agreement an allowance of its own."""
    Allowance.objects.update_or_create(
        agreement=agreement, defaults={"amount": amount, "overrun": "refuse", **fields}
    )
    return Agreement.objects.get(pk=agreement.pk)


def book(agreement: Agreement, units: int, key: str, day: str, at: str = "") -> int:
    """Book work of a day, on that day."""
    return booking.book(
        agreement=agreement,
        units=units,
        key=key,
        source=key,
        by=None,
        at=noon(at or day),
        day=date.fromisoformat(day),
    )


def left(agreement: Agreement, day: str) -> AllowanceState:
    """What is left on a day."""
    state = allowance_left(Agreement.objects.get(pk=agreement.pk), noon(day))
    assert state is not None
    return state


def lines(agreement: Agreement) -> list[tuple[str, int, str]]:
    """The lines of an agreement: kind, units, the month they belong to."""
    rows = AllowanceEntry.objects.filter(agreement=agreement)
    return [(row.kind, row.units, f"{row.period_starts_on:%Y-%m}") for row in rows]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    return allow(Agreement.objects.get(customer=cast.gold_customer))


def test_a_booking_opens_the_period_once_and_leaves_the_rest(agreement: Agreement) -> None:
    assert left(agreement, "2026-11-10").left == 120
    assert lines(agreement) == []
    assert book(agreement, 50, "a", "2026-11-10") == 50
    assert book(agreement, 20, "b", "2026-11-11") == 20
    state = left(agreement, "2026-11-12")
    assert (state.granted, state.used, state.left, state.carried) == (120, 70, 50, 0)
    assert (state.period_starts_on, state.period_ends_on) == (NOVEMBER, date(2026, 11, 30))
    assert lines(agreement) == [
        ("grant", 120, "2026-11"),
        ("booking", -50, "2026-11"),
        ("booking", -20, "2026-11"),
    ]


def test_twice_under_one_key_is_once_and_taking_back_restores_exactly(agreement: Agreement) -> None:
    assert [book(agreement, 50, "a", "2026-11-10"), book(agreement, 70, "a", "2026-11-11")] == [50, 50]
    back = [booking.take_back(key="a", by=None, at=noon("2026-11-12"), reason="void") for _ in range(2)]
    assert back == [50, 0]
    assert left(agreement, "2026-11-12").left == 120
    assert book(agreement, 70, "a", "2026-11-12") == 70  # entered anew after it was taken back
    assert booking.take_back(key="a", by=None, at=noon("2026-11-12")) == 70
    assert booking.take_back(key="never booked", by=None, at=noon("2026-11-12")) == 0
    assert left(agreement, "2026-11-12").left == 120


@pytest.mark.parametrize(("overrun", "booked"), [("refuse", None), ("ask", 120), ("bill", 120)])
def test_an_overrun_is_refused_or_only_what_is_left_is_booked(
    agreement: Agreement, overrun: str, booked: int | None
) -> None:
    allow(agreement, overrun=overrun)
    if booked is None:
        with pytest.raises(AllowanceUsedUp) as refusal:
            book(agreement, 130, "a", "2026-11-10")
        assert refusal.value.left == 120
        assert left(agreement, "2026-11-10").left == 120
    else:
        assert book(agreement, 130, "a", "2026-11-10") == booked
        assert book(agreement, 130, "b", "2026-11-10") == 0
        assert left(agreement, "2026-11-10").left == 0


def test_nothing_is_booked_where_nothing_is_in_force(agreement: Agreement) -> None:
    agreement.ends_on = date(2026, 11, 20)
    period: agreements.Period = {"starts_on": date(2026, 11, 5), "ends_on": date(2026, 11, 6)}
    agreements.save(agreement=agreement, suspensions=[period], by=None)
    for day in ("2026-11-21", "2019-12-31", "2026-11-05"):
        with pytest.raises(NothingIncluded):
            book(agreement, 1, day, day)
    # A suspension shortens nothing of the grant; the agreement's end does.
    assert left(agreement, "2026-11-07").granted == 80
    assert allowance_left(agreement, noon("2026-11-21")) is None


def test_without_an_allowance_nothing_is_left_and_nothing_is_booked(cast: Cast) -> None:
    bronze = Agreement.objects.get(customer=cast.bronze_customer)
    assert allowance_left(bronze, noon("2026-11-10")) is None
    with pytest.raises(NothingIncluded):
        book(bronze, 1, "a", "2026-11-10")


def test_an_agreements_own_allowance_takes_the_place_of_its_levels(cast: Cast) -> None:
    agreement = Agreement.objects.get(customer=cast.bronze_customer)
    Allowance.objects.create(level=cast.bronze, amount=5, unit="cases")
    assert left(agreement, "2026-11-10").unit == "cases"
    allow(agreement, 60)
    assert (left(agreement, "2026-11-10").unit, left(agreement, "2026-11-10").left) == ("minutes", 60)


def test_what_is_left_is_carried_once_and_used_first(agreement: Agreement) -> None:
    allow(agreement, carries_over=True)
    book(agreement, 20, "a", "2026-11-10")
    assert (left(agreement, "2026-12-01").carried, left(agreement, "2026-12-01").left) == (100, 220)
    book(agreement, 150, "b", "2026-12-01")
    assert (left(agreement, "2027-01-05").carried, left(agreement, "2027-01-05").left) == (70, 190)
    assert left(agreement, "2027-02-05").carried == 120  # the 70 were carried once, and expired
    booking.open_periods(at=noon("2027-02-05"))
    assert {start: units for start, units in _balances(agreement).items() if units} == {"2027-02": 240}


def _balances(agreement: Agreement) -> Counter[str]:
    sums: Counter[str] = Counter()
    for _kind, units, start in lines(agreement):
        sums[start] += units
    return sums


def test_a_late_booking_reaches_what_expired_and_what_was_handed_on(agreement: Agreement) -> None:
    allow(agreement, carries_over=True)
    book(agreement, 20, "a", "2026-11-10")
    book(agreement, 200, "b", "2026-12-02")
    assert left(agreement, "2026-12-03").left == 20
    with pytest.raises(AllowanceUsedUp) as refusal:
        book(agreement, 21, "late", "2026-11-30", at="2026-12-03")
    assert refusal.value.left == 20
    assert book(agreement, 15, "late", "2026-11-30", at="2026-12-03") == 15
    assert left(agreement, "2026-12-03").left == 5
    booking.take_back(key="late", by=None, at=noon("2026-12-04"))
    assert left(agreement, "2026-12-03").left == 20
    assert min(_balances(agreement).values()) >= 0


def test_a_sweep_opens_and_closes_and_a_second_one_writes_nothing(agreement: Agreement) -> None:
    assert booking.open_periods(at=noon("2026-11-30")) == 1
    assert booking.open_periods(at=noon("2026-11-30")) == 0
    # An hour before midnight in Berlin it is still November, an hour later December.
    assert booking.open_periods(at=datetime(2026, 11, 30, 22, 0, tzinfo=UTC)) == 0
    assert booking.open_periods(at=datetime(2026, 11, 30, 23, 0, tzinfo=UTC)) == 2
    assert lines(agreement) == [
        ("grant", 120, "2026-11"),
        ("expired", -120, "2026-11"),
        ("grant", 120, "2026-12"),
    ]


def test_an_agreement_whose_periods_cannot_be_opened_stops_nobody_else(cast: Cast) -> None:
    unreadable, unwritable, sound = (allow(make_agreement(cast.gold_customer, cast.gold)) for _ in range(3))
    Allowance.objects.filter(agreement=unreadable).update(alert_at="soon")
    taken = f"settled:{unwritable.pk}:minutes:month:{NOVEMBER}:changed:0"
    AllowanceEntry.objects.create(
        agreement=unwritable, unit="minutes", period="month", period_starts_on=NOVEMBER, day=NOVEMBER,
        kind=Kind.CORRECTION, units=1, key=taken, at=noon("2026-11-02"),
    )  # fmt: skip

    with capture_logs() as logs:
        assert booking.open_periods(at=noon("2026-11-30")) == 1

    assert lines(sound) == [("grant", 120, "2026-11")]
    assert (lines(unreadable), lines(unwritable)) == ([], [("correction", 1, "2026-11")])
    assert sorted((entry["event"], entry["agreement"]) for entry in logs) == [
        ("periods_not_opened", unreadable.pk),
        ("periods_not_opened", unwritable.pk),
    ]


def test_changed_terms_are_a_line_of_their_own(agreement: Agreement, cast: Cast) -> None:
    book(agreement, 100, "a", "2026-11-10")
    allow(agreement, 150)
    book(agreement, 1, "b", "2026-11-11")
    allow(agreement, 60)
    assert (left(agreement, "2026-11-12").granted, left(agreement, "2026-11-12").left) == (101, 0)
    booking.open_periods(at=noon("2026-11-12"))
    assert [line for line in lines(agreement) if line[0] == "changed"] == [
        ("changed", 30, "2026-11"),
        ("changed", -49, "2026-11"),
    ]


def test_another_period_counts_what_was_used_in_it_and_the_rest_expires(agreement: Agreement) -> None:
    book(agreement, 40, "october", "2026-10-10")
    book(agreement, 100, "november", "2026-11-10")
    allow(agreement, 300, period="quarter")
    state = left(agreement, "2026-11-12")
    assert (state.granted, state.used, state.left) == (300, 140, 160)
    booking.open_periods(at=noon("2026-11-12"))
    assert AllowanceEntry.objects.filter(period="month").balance() == 0
    booking.take_back(key="november", by=None, at=noon("2026-11-12"))
    assert left(agreement, "2026-11-12").left == 260
    assert AllowanceEntry.objects.filter(period="month").balance() == 0
    allow(agreement, 5, unit="cases")
    assert (left(agreement, "2026-11-12").used, left(agreement, "2026-11-12").left) == (0, 5)


def test_a_renewal_takes_over_what_is_left(cast: Cast) -> None:
    old = make_agreement(cast.plain_customer, cast.gold, ends_on=date(2026, 11, 15))
    allow(old, carries_over=True)
    new = make_agreement(cast.plain_customer, cast.gold, starts_on=date(2026, 11, 16), renewed_from=old)
    allow(new, carries_over=True)
    book(old, 10, "a", "2026-11-10")
    assert left(old, "2026-11-11").left == 50
    assert (left(new, "2026-11-16").granted, left(new, "2026-11-16").carried) == (60, 50)
    book(new, 100, "b", "2026-11-16")
    assert (left(old, "2026-11-15").left, left(new, "2026-11-16").left) == (10, 10)
    assert lines(old)[-1] == ("expired", -50, "2026-11")
    assert book(old, 10, "late", "2026-11-15", at="2026-11-17") == 10
    assert left(new, "2026-11-17").left == 0


def test_a_correction_says_why_and_takes_no_more_than_is_left(agreement: Agreement, cast: Cast) -> None:
    def correct(units: int, key: str) -> None:
        booking.correct(
            agreement=agreement,
            units=units,
            reason="goodwill",
            key=key,
            by=cast.lead,
            at=noon("2026-11-10"),
            day=date(2026, 11, 10),
        )

    correct(30, "one")
    correct(30, "one")
    assert left(agreement, "2026-11-10").left == 150
    with pytest.raises(BelowZero) as refusal:
        correct(-151, "two")
    assert refusal.value.left == 150
    line = AllowanceEntry.objects.get(kind=Kind.CORRECTION)
    assert (line.units, line.note, line.by) == (30, "goodwill", cast.lead)


def test_a_line_is_never_changed_and_never_deleted(agreement: Agreement, cast: Cast) -> None:
    writer = make_user("writer")
    booking.book(
        agreement=agreement,
        units=5,
        key="a",
        source="",
        by=writer,
        at=noon("2026-11-10"),
        day=date(2026, 11, 10),
    )
    rows = AllowanceEntry.objects.filter(kind=Kind.BOOKING)
    attempts: list[Callable[[], object]] = [
        lambda: rows.update(units=-1),
        lambda: rows.update(by=None, note="x"),
        lambda: rows.update(by=cast.lead),
        lambda: rows._raw_delete(rows.db),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            attempt()
    writer.delete()  # somebody may be forgotten: the line stays, without them
    left_behind: list[tuple[int, int | None]] = list(rows.values_list("units", "by_id"))
    assert left_behind == [(-5, None)]


class Crowd:
    """Many who book at once, each in a thread with a connection of its own, each booking twice (a retry)."""

    def __init__(self, agreement: Agreement, size: int) -> None:
        self.agreement = agreement
        self.booked: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._barrier = threading.Barrier(size)
        self._threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(size)]

    def book(self, units: int, times: int) -> None:
        """Let each book so often."""
        self._units, self._times = units, times
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join(timeout=120)
        assert not any(thread.is_alive() for thread in self._threads)

    def _work(self, number: int) -> None:
        try:
            self._barrier.wait(timeout=30)
            for turn in range(self._times * 2):
                self._once(f"{number}-{turn // 2}")
        finally:
            connection.close()

    def _once(self, key: str) -> None:
        try:
            self.booked[key] = book(self.agreement, self._units, key, "2026-11-10")
        except AllowanceUsedUp:
            self.refused[key] += 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("overrun", "units"), [("refuse", 9), ("bill", 9)])
def test_twenty_at_once_never_overspend(overrun: str, units: int) -> None:
    crowd = Crowd(allow(make_agreement(make_customer(), make_level()), 500, overrun=overrun), 20)
    crowd.book(units, times=4)
    booked = 500 // units * units if overrun == "refuse" else 500
    assert sum(crowd.booked.values()) == booked
    assert bool(crowd.refused) == (overrun == "refuse")
    bookings = AllowanceEntry.objects.filter(kind=Kind.BOOKING)
    assert (bookings.balance(), AllowanceEntry.objects.all().balance()) == (-booked, 500 - booked)
    assert AllowanceEntry.objects.filter(kind=Kind.GRANT).count() == 1


@dataclass
class Model:
    """The ledger in the head: months since November with what each was given, got and used."""

    carries: bool
    granted: list[int] = field(default_factory=list)
    extra: list[int] = field(default_factory=list)
    used: list[dict[str, int]] = field(default_factory=list)

    def left(self) -> list[int]:
        """What is left of each month before it expires."""
        result: list[int] = []
        carried = 0
        for given_, extra, used in zip(self.granted, self.extra, self.used, strict=True):
            rest = given_ + extra + carried - sum(used.values())
            result.append(rest)
            carried = min(rest, max(0, given_ + extra)) if self.carries else 0
        return result

    def allows(self, month: int, units: int) -> bool:
        """Whether no month falls below zero when a month uses so much more."""
        self.used[month]["?"] = units
        try:
            return min(self.left()) >= 0
        finally:
            del self.used[month]["?"]

    def most(self, month: int, units: int) -> int:
        """How much of so many units a month may still use."""
        return max(take for take in range(units + 1) if self.allows(month, take))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("book"), st.integers(0, 3), st.integers(1, 90)),
        st.tuples(st.just("again"), st.integers(0, 30), st.integers(1, 90)),
        st.tuples(st.just("take_back"), st.integers(0, 30), st.just(0)),
        st.tuples(st.just("correct"), st.integers(0, 3), st.integers(-60, 60)),
        st.tuples(st.just("next_month"), st.just(0), st.just(0)),
        st.tuples(st.just("sweep"), st.just(0), st.just(0)),
    ),
    min_size=4,
    max_size=14,
)


class Replay:
    """Does the same in the ledger and in the model."""

    def __init__(self, agreement: Agreement, model: Model, overrun: str) -> None:
        self.agreement, self.model, self.overrun = agreement, model, overrun
        self.keys: list[tuple[str, int]] = []
        self.admin = make_user(role="admin")
        self.next_month(0, 0)

    def day(self, month: int) -> date:
        """Noon of the tenth in the so-and-so-many-th month since November."""
        return date(2026 + (10 + month) // 12, (10 + month) % 12 + 1, 10)

    @property
    def now(self) -> datetime:
        """In the latest month."""
        return noon(self.day(len(self.model.granted) - 1).isoformat())

    def next_month(self, _a: int, _b: int) -> None:
        self.model.granted.append(100)
        self.model.extra.append(0)
        self.model.used.append({})
        booking.open_periods(at=self.now)

    def sweep(self, _a: int, _b: int) -> None:
        assert booking.open_periods(at=self.now) == 0

    def book(self, month: int, units: int) -> None:
        month %= len(self.model.granted)
        key = f"k{len(self.keys)}"
        self.keys.append((key, month))
        taken = self._booked(key, month, units)
        most = self.model.most(month, units)
        expected = most if self.overrun != "refuse" or most == units else None
        assert taken == expected
        if taken:
            self.model.used[month][key] = taken

    def _booked(self, key: str, month: int, units: int) -> int | None:
        try:
            return book(self.agreement, units, key, self.day(month).isoformat(), f"{self.now:%Y-%m-%d}")
        except AllowanceUsedUp:
            return None

    def again(self, number: int, units: int) -> None:
        if not self.keys:
            return
        key, month = self.keys[number % len(self.keys)]
        if standing := self.model.used[month].get(key):
            assert self._booked(key, month, units) == standing

    def take_back(self, number: int, _b: int) -> None:
        if not self.keys:
            return
        key, month = self.keys[number % len(self.keys)]
        expected = self.model.used[month].pop(key, 0)
        assert booking.take_back(key=key, by=None, at=self.now) == expected

    def correct(self, month: int, units: int) -> None:
        month %= len(self.model.granted)
        key = f"c{AllowanceEntry.objects.count()}"
        try:
            booking.correct(
                agreement=self.agreement,
                units=units,
                reason="",
                key=key,
                by=self.admin,
                at=self.now,
                day=self.day(month),
            )
        except BelowZero:
            assert not self.model.allows(month, -units)
        else:
            self.model.extra[month] += units

    def compare(self) -> None:
        """Nothing drifts: lines, sums and what the model says are the same."""
        balances = _balances(self.agreement)
        left_, now = self.model.left(), len(self.model.granted) - 1
        for month, rest in enumerate(left_):
            assert balances[f"{self.day(month):%Y-%m}"] == (rest if month == now else 0)
        assert min(left_) >= 0
        assert left(self.agreement, f"{self.now:%Y-%m-%d}").left == left_[-1]
        assert AllowanceEntry.objects.all().balance() == left_[-1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.booleans(), st.sampled_from(["refuse", "bill"]))
def test_whatever_happens_the_balance_is_that_of_the_model(
    db: None, steps: list[tuple[str, int, int]], carries: bool, overrun: str
) -> None:
    with transaction.atomic():
        agreement = make_agreement(make_customer(), make_level())
        allow(agreement, 100, carries_over=carries, overrun=overrun)
        replay = Replay(agreement, Model(carries), overrun)
        for name, first, second in steps:
            getattr(replay, name)(first, second)
            replay.compare()
        transaction.set_rollback(True)
