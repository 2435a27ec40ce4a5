"""Agreements begin and end at midnight in Berlin, also in the two nights that change the clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from contracts.actions import agreements
from contracts.models import StandingChange
from tests.factories.cast import Cast, make_agreement, make_cast, make_customer, make_ticket
from tickets import tasks
from tickets.actions import assigning, progressing
from tickets.models import Ticket
from tickets.queries.verification import verify
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db(transaction=True)

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)

# The local day that begins at the midnight in question, and that midnight in UTC, worked out by hand.
MIDNIGHTS = [
    pytest.param(
        date(2026, 3, 29), datetime(2026, 3, 28, 23, 0, tzinfo=UTC), id="before-the-clocks-go-forward"
    ),
    pytest.param(date(2026, 3, 30), datetime(2026, 3, 29, 22, 0, tzinfo=UTC), id="after-they-went-forward"),
    pytest.param(
        date(2026, 10, 25), datetime(2026, 10, 24, 22, 0, tzinfo=UTC), id="before-the-clocks-go-back"
    ),
    pytest.param(date(2026, 10, 26), datetime(2026, 10, 25, 23, 0, tzinfo=UTC), id="after-they-went-back"),
    pytest.param(date(2026, 7, 1), datetime(2026, 6, 30, 22, 0, tzinfo=UTC), id="an-ordinary-summer-night"),
    pytest.param(date(2027, 1, 1), datetime(2026, 12, 31, 23, 0, tzinfo=UTC), id="new-year"),
]


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def stands_at(self, moment: datetime) -> None:
        """Put it there."""
        self._traveller.move_to(moment)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(datetime(2026, 1, 15, 9, tzinfo=UTC), tick=False) as traveller:
        yield Clock(traveller)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def in_order(*tickets: Ticket) -> list[Ticket]:
    """These tickets in the order of the queue, after what a sweep finds at this moment."""
    tasks.sweep_queue()
    report = verify(timezone.now())
    assert report.is_clean, report.as_json()
    return [ticket for ticket in Ticket.objects.waiting().in_rank_order() if ticket in tickets]


@pytest.mark.parametrize(("day", "midnight"), MIDNIGHTS)
def test_an_agreement_that_starts_today_counts_from_midnight_on(
    cast: Cast, clock: Clock, day: date, midnight: datetime
) -> None:
    clock.stands_at(midnight - timedelta(hours=5))
    make_agreement(cast.plain_customer, cast.gold, starts_on=day)
    bronze, starting = make_ticket(cast.bronze_customer), make_ticket(cast.plain_customer)

    clock.stands_at(midnight - INSTANT)
    assert in_order(bronze, starting) == [bronze, starting]
    clock.stands_at(midnight)
    assert in_order(bronze, starting) == [starting, bronze]


@pytest.mark.parametrize(("day", "midnight"), MIDNIGHTS)
def test_the_last_day_counts_to_its_last_instant(
    cast: Cast, clock: Clock, day: date, midnight: datetime
) -> None:
    clock.stands_at(midnight - timedelta(hours=5))
    customer = make_customer("Ends with yesterday")
    make_agreement(customer, cast.gold, ends_on=day - DAY)
    bronze, ending = make_ticket(cast.bronze_customer), make_ticket(customer)

    clock.stands_at(midnight - INSTANT)
    assert in_order(bronze, ending) == [ending, bronze]
    clock.stands_at(midnight)
    assert in_order(bronze, ending) == [bronze, ending]
    ending.refresh_from_db()
    assert (ending.band, ending.level) == (100, None)


@pytest.mark.parametrize(("day", "midnight"), MIDNIGHTS)
def test_take_next_applies_the_boundary_before_any_sweep(
    cast: Cast, clock: Clock, day: date, midnight: datetime
) -> None:
    clock.stands_at(midnight - timedelta(hours=5))
    make_agreement(cast.plain_customer, cast.gold, starts_on=day)
    make_ticket(cast.bronze_customer)
    starting = make_ticket(cast.plain_customer)

    clock.stands_at(midnight)
    offer = assigning.take_next(by=cast.agent)

    assert offer is not None
    assert offer.ticket == starting


def test_take_next_an_instant_before_midnight_knows_nothing_of_tomorrow(cast: Cast, clock: Clock) -> None:
    midnight = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    clock.stands_at(midnight - timedelta(hours=5))
    make_agreement(cast.plain_customer, cast.gold, starts_on=date(2026, 10, 25))
    bronze = make_ticket(cast.bronze_customer)
    make_ticket(cast.plain_customer)

    clock.stands_at(midnight - INSTANT)
    offer = assigning.take_next(by=cast.agent)

    assert offer is not None
    assert offer.ticket == bronze


def test_ended_yesterday_and_starting_today_leaves_no_gap(cast: Cast, clock: Clock) -> None:
    midnight = datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    clock.stands_at(midnight - timedelta(hours=40))
    customer = make_customer("Changes its level")
    make_agreement(customer, cast.gold, ends_on=date(2026, 3, 29))
    make_agreement(customer, cast.bronze, starts_on=date(2026, 3, 30))
    ticket = make_ticket(customer)

    for moment, level in [
        (midnight - INSTANT, cast.gold),
        (midnight, cast.bronze),
        (midnight + DAY, cast.bronze),
    ]:
        clock.stands_at(moment)
        tasks.sweep_queue()
        ticket.refresh_from_db()
        assert ticket.level == level
    assert [stay.level_name for stay in ticket.stays.order_by("id")] == ["Gold", "Bronze"]


def test_the_better_of_two_overlapping_counts_as_long_as_it_runs(cast: Cast, clock: Clock) -> None:
    customer = make_customer("Holds two")
    make_agreement(customer, cast.bronze, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))
    make_agreement(customer, cast.gold, starts_on=date(2026, 10, 24), ends_on=date(2026, 10, 25))
    clock.stands_at(datetime(2026, 10, 20, 10, tzinfo=UTC))
    ticket = make_ticket(customer)
    levels = {}

    for local in [
        datetime(2026, 10, 23, 23, 59, 59, tzinfo=BERLIN),
        datetime(2026, 10, 24, 0, 0, tzinfo=BERLIN),
        datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=BERLIN),
        datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
        datetime(2026, 10, 25, 23, 59, 59, tzinfo=BERLIN),
        datetime(2026, 10, 26, 0, 0, tzinfo=BERLIN),
        datetime(2026, 10, 31, 23, 59, 59, tzinfo=BERLIN),
        datetime(2026, 11, 1, 0, 0, tzinfo=BERLIN),
    ]:
        clock.stands_at(local.astimezone(UTC))
        tasks.sweep_queue()
        ticket.refresh_from_db()
        levels[f"{local:%d %H:%M} {local.fold}"] = str(ticket.level)

    assert levels == {
        "23 23:59 0": "Bronze",
        "24 00:00 0": "Gold",
        "25 02:30 0": "Gold",
        "25 02:30 1": "Gold",
        "25 23:59 0": "Gold",
        "26 00:00 0": "Bronze",
        "31 23:59 0": "Bronze",
        "01 00:00 0": "None",
    }


def test_a_suspension_takes_the_precedence_for_its_days_only(cast: Cast, clock: Clock) -> None:
    clock.stands_at(datetime(2026, 3, 27, 10, tzinfo=UTC))
    customer = make_customer("Pays late")
    agreements.save(
        agreement=make_agreement(customer, cast.gold),
        by=cast.admin,
        suspensions=[{"starts_on": date(2026, 3, 28), "ends_on": date(2026, 3, 29)}],
    )
    bronze, suspended = make_ticket(cast.bronze_customer), make_ticket(customer)

    for moment, order in [
        (datetime(2026, 3, 27, 22, 59, 59, tzinfo=UTC), [suspended, bronze]),
        (datetime(2026, 3, 27, 23, 0, tzinfo=UTC), [bronze, suspended]),
        (datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), [bronze, suspended]),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), [suspended, bronze]),
    ]:
        clock.stands_at(moment)
        assert in_order(bronze, suspended) == order


def test_a_closed_ticket_comes_back_with_the_standing_of_that_day(cast: Cast, clock: Clock) -> None:
    clock.stands_at(datetime(2026, 10, 24, 10, tzinfo=UTC))
    make_agreement(cast.plain_customer, cast.gold, starts_on=date(2026, 10, 25))
    bronze, closed = make_ticket(cast.bronze_customer), make_ticket(cast.plain_customer)
    progressing.progress(ticket=closed, verb=Verb.CLOSE, by=cast.agent)

    clock.stands_at(datetime(2026, 10, 24, 22, tzinfo=UTC))
    assert in_order(bronze, closed) == [bronze]
    progressing.progress(ticket=closed, verb=Verb.REOPEN, by=cast.agent)
    assert in_order(bronze, closed) == [closed, bronze]


def test_a_midnight_missed_by_days_is_made_up_for(cast: Cast, clock: Clock) -> None:
    clock.stands_at(datetime(2026, 10, 23, 10, tzinfo=UTC))
    make_agreement(cast.plain_customer, cast.gold, starts_on=date(2026, 10, 25), ends_on=date(2026, 10, 26))
    bronze, passing = make_ticket(cast.bronze_customer), make_ticket(cast.plain_customer)

    clock.stands_at(datetime(2026, 10, 25, 12, tzinfo=UTC))
    assert in_order(bronze, passing) == [passing, bronze]
    clock.stands_at(datetime(2026, 11, 2, 12, tzinfo=UTC))
    assert in_order(bronze, passing) == [bronze, passing]
    assert not StandingChange.objects.due(timezone.now()).exists()
