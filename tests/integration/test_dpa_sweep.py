"""What the clock does to data-processing agreements: ask for one, ask for a decision, remind, end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Notice
from contracts.actions import agreements as agreement_actions
from contracts.actions import processing, processing_steps, processing_sweep, renewing
from contracts.models import Agreement, DpaEvent, GateChange, ProcessingAgreement
from contracts.queries.gates import customer_gate
from contracts.rules.gates import Capability
from customers.models import Customer
from tests.factories.cast import Cast, make_agreement, make_cast, make_customer
from tests.factories.gates import make_dpa
from tests.factories.processing import conclude, make_request

pytestmark = pytest.mark.django_db
SECOND, MOMENT = timedelta(seconds=1), timedelta(microseconds=1)
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    # The stock of the cast is not what is looked at here.
    Agreement.objects.all().delete()
    return cast


def sweep(at: datetime) -> int:
    """Once, and a second time that finds nothing more to do."""
    touched = processing_sweep.sweep(at=at)
    assert processing_sweep.sweep(at=at) == 0
    return touched


def dpa_of(customer: Customer) -> ProcessingAgreement:
    return ProcessingAgreement.objects.filter(customer=customer).latest("pk")


def is_open(customer: Customer, at: datetime) -> bool:
    return customer_gate(customer.pk, Capability.REMOTE_SESSION, at).is_open


def told(kind: str) -> int:
    """How many people were told of this since the last time."""
    rows = Notice.objects.filter(kind=kind)
    count = rows.count()
    rows.delete()
    return count


def test_a_service_agreement_that_starts_asks_for_a_dpa_at_its_first_midnight(cast: Cast) -> None:
    customer = make_customer()
    agreement = make_agreement(customer, cast.gold, starts_on=date(2026, 12, 1))
    make_agreement(make_customer("Only updates"))
    starts = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert sweep(starts - SECOND) == 0
    assert sweep(starts) == 1
    dpa = dpa_of(customer)
    assert (dpa.state, dpa.source, dpa.agreement, dpa.requested_at) == (
        "requested",
        "agreement",
        agreement,
        starts,
    )
    assert told("dpa_requested") == 2
    processing.refuse(dpa=dpa, reason="not needed", by=None, at=starts + SECOND)
    assert sweep(starts + timedelta(days=3)) == 0, "the question was answered"


def test_the_stock_is_put_on_the_worklist_without_a_flood_of_mail(cast: Cast) -> None:
    for _ in range(3):
        make_agreement(make_customer(), cast.gold)
    asked, held = make_customer(), make_customer()
    for customer in (asked, held):
        make_agreement(customer, cast.gold)
    make_request(asked)
    make_dpa(held)
    told("dpa_requested")
    assert sweep(NOW) == 3
    assert told("dpa_requested") == 0
    assert ProcessingAgreement.objects.filter(source="agreement").count() == 3


def test_a_renewal_asks_nothing_and_a_new_relationship_asks_again(cast: Cast) -> None:
    customer = make_customer()
    first = make_agreement(customer, cast.gold, starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 30))
    sweep(NOW)
    processing.refuse(dpa=dpa_of(customer), reason="no", by=None, at=NOW)
    renewing.renew(agreement=first, until=date(2027, 3, 31), by=None)
    assert sweep(datetime(2026, 12, 5, tzinfo=UTC)) == 0
    make_agreement(customer, cast.gold, starts_on=date(2027, 6, 1))
    assert sweep(datetime(2027, 6, 1, 9, tzinfo=UTC)) == 1
    assert ProcessingAgreement.objects.filter(customer=customer).count() == 2


@pytest.mark.parametrize(
    ("last_day", "over_at", "lapses_at"),
    [
        # In winter midnight in Berlin is 23:00 UTC, in summer 22:00; the hold runs over the change of clocks.
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 1, 30, 23, tzinfo=UTC)),
        (date(2027, 3, 10), datetime(2027, 3, 10, 23, tzinfo=UTC), datetime(2027, 4, 9, 22, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, tzinfo=UTC), datetime(2027, 4, 27, 22, tzinfo=UTC)),
        (date(2027, 10, 15), datetime(2027, 10, 15, 22, tzinfo=UTC), datetime(2027, 11, 14, 23, tzinfo=UTC)),
    ],
)
def test_without_a_service_agreement_it_holds_for_the_set_days_and_ends_at_midnight(
    cast: Cast, last_day: date, over_at: datetime, lapses_at: datetime
) -> None:
    customer = make_customer()
    make_agreement(customer, cast.gold, ends_on=last_day)
    conclude(customer)
    assert sweep(over_at - SECOND) == 0
    assert sweep(over_at) == 1
    dpa = dpa_of(customer)
    assert (dpa.state, dpa.review_due_at, dpa.holds_until_at, dpa.ends_at) == (
        "in_force",
        over_at,
        lapses_at,
        lapses_at,
    )
    assert GateChange.objects.filter(customer=customer, at=lapses_at).exists()
    # No sweep runs: the gate closes at the instant all the same.
    assert (is_open(customer, lapses_at - MOMENT), is_open(customer, lapses_at)) == (True, False)
    assert sweep(lapses_at + timedelta(hours=5)) == 1
    dpa.refresh_from_db()
    assert (dpa.state, dpa.ended_because, dpa.ends_at) == ("ended", "lapsed", lapses_at)


def test_those_concerned_are_told_when_it_is_due_and_twice_before_the_end(cast: Cast) -> None:
    customer = make_customer()
    make_agreement(customer, cast.gold, ends_on=date(2026, 11, 20))
    conclude(customer)
    over = datetime(2026, 11, 20, 23, tzinfo=UTC)
    days = []
    for number in range(32):
        processing_sweep.sweep(at=over + timedelta(days=number, hours=1))
        if told("dpa_review"):
            days.append(number)
    assert days == [0, 16, 27], "due, and 14 and 3 days before"
    assert told("dpa_ended") == 2
    codes = DpaEvent.objects.filter(code="dpa_event.reminded").values_list("params__days", flat=True)
    assert list(codes) == [14, 3]


@pytest.mark.parametrize("holds_until", [None, date(2027, 6, 30)])
def test_a_decision_takes_the_place_of_the_set_days(cast: Cast, holds_until: date | None) -> None:
    customer = make_customer()
    make_agreement(customer, cast.gold, ends_on=date(2026, 11, 20))
    conclude(customer)
    over = datetime(2026, 11, 20, 23, tzinfo=UTC)
    sweep(over)
    decided = over + timedelta(days=2)
    for _ in range(2):
        dpa = processing.decide_review(
            dpa=dpa_of(customer), holds_until=holds_until, by=cast.lead, at=decided
        )
    assert DpaEvent.objects.filter(code="dpa_event.review_decided").count() == 1
    assert dpa.review_decided_at == decided
    processing_sweep.sweep(at=over + timedelta(days=40))
    assert is_open(customer, over + timedelta(days=40))
    if holds_until is None:
        assert is_open(customer, over + timedelta(days=4000))
        return
    ends = datetime(2027, 6, 30, 22, tzinfo=UTC)
    assert (is_open(customer, ends - MOMENT), is_open(customer, ends)) == (True, False)
    sweep(ends)
    assert dpa_of(customer).ended_because == "lapsed"


def test_a_new_service_agreement_makes_the_review_moot(cast: Cast) -> None:
    customer = make_customer()
    make_agreement(customer, cast.gold, ends_on=date(2026, 11, 20))
    conclude(customer)
    sweep(datetime(2026, 11, 20, 23, tzinfo=UTC))
    make_agreement(customer, cast.bronze, starts_on=date(2026, 12, 1))
    sweep(datetime(2026, 11, 30, 23, tzinfo=UTC))
    dpa = dpa_of(customer)
    assert (dpa.review_due_at, dpa.holds_until_at, dpa.ends_at, dpa.ended_because) == (None, None, None, "")
    assert is_open(customer, datetime(2027, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize("starts_on", [date(2026, 12, 11), date(2026, 12, 5)])
def test_a_service_agreement_that_begins_as_it_lapses_or_is_entered_late_asks_anew(
    cast: Cast, starts_on: date
) -> None:
    customer = make_customer()
    make_agreement(customer, cast.gold, ends_on=date(2026, 11, 20))
    conclude(customer)
    sweep(datetime(2026, 11, 20, 23, tzinfo=UTC))
    processing.decide_review(dpa=dpa_of(customer), holds_until=date(2026, 12, 10), by=cast.lead)
    lapses = datetime(2026, 12, 10, 23, tzinfo=UTC)
    if starts_on > date(2026, 12, 10):
        make_agreement(customer, cast.gold, starts_on=starts_on)
        processing_sweep.sweep(at=lapses)
    else:
        processing_sweep.sweep(at=lapses)
        make_agreement(customer, cast.gold, starts_on=starts_on)
        processing_sweep.sweep(at=lapses + timedelta(days=3))
    dpa = dpa_of(customer)
    assert (dpa.state, dpa.source) == ("requested", "agreement")
    assert ProcessingAgreement.objects.filter(customer=customer).count() == 2
    processing.refuse(dpa=dpa, reason="no", by=None, at=lapses + timedelta(days=4))
    assert processing_sweep.sweep(at=lapses + timedelta(days=5)) == 0, "once answered it is not asked again"


def test_a_termination_stays_whatever_becomes_of_the_agreements(cast: Cast) -> None:
    customer = make_customer()
    agreement = make_agreement(customer, cast.gold, ends_on=date(2026, 11, 20))
    dpa = processing.terminate(
        dpa=conclude(customer), last_day=date(2026, 12, 31), reason="notice", by=cast.lead
    )
    assert sweep(datetime(2026, 11, 25, tzinfo=UTC)) == 0
    agreement.ends_on = None
    agreement_actions.save(agreement=agreement, by=None)
    ends = datetime(2026, 12, 31, 23, tzinfo=UTC)
    sweep(ends)
    dpa.refresh_from_db()
    assert (dpa.state, dpa.ends_at, dpa.ended_because) == ("ended", ends, "terminated")


def test_a_sweep_that_was_late_takes_no_day_from_those_who_have_to_decide(cast: Cast) -> None:
    customer = make_customer()
    make_agreement(customer, cast.gold, ends_on=date(2026, 11, 20))
    conclude(customer)
    late = datetime(2027, 2, 1, 9, tzinfo=UTC)
    sweep(late)
    dpa = dpa_of(customer)
    assert dpa.review_due_at == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert dpa.ends_at == datetime(2027, 3, 2, 23, tzinfo=UTC)
    assert is_open(customer, late)


def test_one_that_was_concluded_without_a_service_agreement_is_not_asked_about(cast: Cast) -> None:
    customer = make_customer()
    conclude(customer)
    assert sweep(NOW + timedelta(days=100)) == 0
    before = make_customer()
    make_agreement(before, cast.gold, ends_on=date(2026, 11, 19))
    conclude(before)
    assert sweep(NOW + timedelta(days=100)) == 0


def test_a_suspension_is_no_end(cast: Cast) -> None:
    customer = make_customer()
    agreement = make_agreement(customer, cast.gold)
    conclude(customer)
    agreement_actions.save(agreement=agreement, by=None, suspensions=[{"starts_on": date(2026, 11, 25)}])
    assert sweep(NOW + timedelta(days=10)) == 0


def test_a_customer_at_whom_it_fails_keeps_nobody_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = make_customer(), make_customer()
    for customer in (broken, fine):
        make_dpa(customer, ends_at=NOW)
    real = processing_steps.turn_ended

    def fails_for_one(*, customer_id: int, at: datetime) -> int:
        if customer_id == broken.pk:
            raise RuntimeError
        return real(customer_id=customer_id, at=at)

    monkeypatch.setattr(processing_steps, "turn_ended", fails_for_one)
    assert processing_sweep.sweep(at=NOW) == 1
    assert (dpa_of(broken).state, dpa_of(fine).state) == ("in_force", "ended")
    assert not is_open(broken, NOW), "the date decides, not the sweep"
