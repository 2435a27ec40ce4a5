"""Entering work: who pays, what it takes from the allowance, deciding anew, taking back."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import connections
from django.test import override_settings

from accounts.models import AuditEntry
from contracts.actions import booking
from contracts.actions.prices import Item
from contracts.models import Agreement, AllowanceEntry
from contracts.queries.allowances import allowance_left
from tests.factories.cast import Cast, make_agreement, make_cast, make_ticket, make_user
from tests.factories.prices import make_own_price, make_price_list, make_service, make_standing_approval
from tests.factories.work import LATER, allow, answers, current, enter, include, let_work, local, work
from tickets.access import Denied
from tickets.actions import deciding, time_booking, timers
from tickets.actions.moving import change_customer
from tickets.actions.time_refusals import (
    AllowanceRefuses,
    AlreadyEntered,
    EndsBeforeStart,
    EndsInFuture,
    NeedsReason,
    TakenBack,
    TimeRefused,
    TooEarly,
    TooLong,
    Unapproved,
)
from tickets.models import (
    CoverageDecision,
    CoverageSlice,
    LiveChange,
    Ticket,
    TicketEvent,
    TimeEntry,
    Timer,
)
from tickets.queries import billable
from tickets.rules.coverage import replay
from tickets.rules.event_wording import EVENTS

MONTH = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    made = make_cast()
    make_price_list()
    include(made.gold, "phone", "remote", rounding_minutes=5)
    let_work(made.gold_customer, made.bronze_customer, made.plain_customer)
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer)


def agreement_of(ticket: Ticket) -> Agreement:
    return Agreement.objects.get(customer=ticket.customer)


def balance(ticket: Ticket) -> int:
    state = allowance_left(agreement_of(ticket), LATER)
    assert state is not None
    return state.left


def is_flagged(entry: TimeEntry) -> bool:
    return TimeEntry.objects.get(pk=entry.pk).is_flagged


def everything() -> list[int]:
    """How many rows there are of all that an entry writes."""
    kinds = (TimeEntry, CoverageDecision, CoverageSlice, AllowanceEntry, TicketEvent, LiveChange, AuditEntry)
    return [kind.objects.count() for kind in kinds]


def test_work_over_the_end_of_the_hours_is_split_at_the_minute(cast: Cast, ticket: Ticket) -> None:
    entry = enter(ticket, cast.agent, work(text="Drucker"))
    assert answers(entry) == [
        ("covered", 20, 20, 0, "0.00"),
        ("outside_hours", 20, 20, 0, "60.00"),  # 20 min at 120 an hour and half of it on top
    ]
    first, last = CoverageSlice.objects.filter(decision__entry=entry)
    assert first.ends_at == last.starts_at == local("17:00")
    assert (last.rate, last.surcharge_percent, last.is_out_of_hours) == (Decimal(120), Decimal(50), True)
    assert entry.is_flagged, "nobody approved it"
    assert entry.customer == cast.gold_customer
    ticket.refresh_from_db()
    assert ticket.touched_at == LATER
    event = TicketEvent.objects.get(ticket=ticket, kind="time_entered")
    assert event.params == {"minutes": 40, "work": "remote", "chargeable": 20}


def test_each_reason_and_each_price(cast: Cast, ticket: Ticket) -> None:
    on_site = enter(ticket, cast.agent, start="09:00", end="10:00", service="on-site")
    assert answers(on_site) == [("service_not_included", 60, 60, 0, "140.00")]
    plain = make_ticket(cast.plain_customer)
    none = enter(plain, cast.agent, start="09:00", end="09:20")
    assert answers(none) == [("no_agreement", 20, 30, 0, "60.00")]  # the price list rounds to 15 minutes
    include(cast.gold, "remote", "out-of-hours")
    late = enter(ticket, cast.agent, start="20:00", end="21:00")
    assert answers(late) == [("covered", 60, 60, 0, "0.00")]
    make_own_price(cast.plain_customer, "90.00", valid_from=date(2026, 11, 20))
    over_midnight = enter(
        plain,
        cast.agent,
        work(service="remote", started_at=local("23:30", 19), ended_at=local("00:30", 20)),
    )
    assert answers(over_midnight) == [
        ("no_agreement", 30, 30, 0, "90.00"),
        ("no_agreement", 30, 30, 0, "67.50"),
    ]


def test_an_agreement_that_ends_at_midnight_covers_until_then(cast: Cast) -> None:
    include(cast.bronze, "remote", "out-of-hours")
    make_agreement(cast.plain_customer, cast.bronze, ends_on=date(2026, 11, 19), reference="B-2")
    ticket = make_ticket(cast.plain_customer)
    done = work(started_at=local("23:40", 19), ended_at=local("00:10", 20))
    assert answers(enter(ticket, cast.agent, done)) == [
        ("covered", 20, 20, 0, "0.00"),
        ("no_agreement", 10, 10, 0, "30.00"),
    ]


def test_the_allowance_runs_out_in_the_middle_and_every_unit_is_a_line(cast: Cast, ticket: Ticket) -> None:
    allow(agreement_of(ticket), 50, overrun="ask")
    first = enter(ticket, cast.agent, start="09:00", end="09:33")
    assert answers(first) == [("covered", 33, 35, 35, "0.00")]
    second = enter(ticket, cast.agent, start="10:00", end="10:30")
    assert answers(second) == [("covered", 15, 15, 15, "0.00"), ("allowance_used_up", 15, 15, 0, "30.00")]
    assert second.is_flagged
    assert balance(ticket) == 0
    booked = AllowanceEntry.objects.filter(kind="booking").values_list("units", "source")
    assert list(booked) == [(-35, f"time_entry:{first.pk}"), (-15, f"time_entry:{second.pk}")]


def test_overrun_that_is_simply_billed_needs_no_approval(cast: Cast, ticket: Ticket) -> None:
    allow(agreement_of(ticket), 10, overrun="bill")
    with override_settings(UNAPPROVED_WORK="refuse"):
        entry = enter(ticket, cast.agent, start="09:00", end="09:30")
    assert not entry.is_flagged
    assert answers(entry)[1] == ("allowance_used_up", 20, 20, 0, "40.00")


def test_an_allowance_that_refuses_takes_nothing_and_loses_nothing(cast: Cast, ticket: Ticket) -> None:
    allow(agreement_of(ticket), 10, overrun="refuse")
    before = everything()
    with pytest.raises(AllowanceRefuses) as refusal:
        enter(ticket, cast.agent, start="09:00", end="09:30")
    assert refusal.value.minutes == 20
    assert everything() == before
    entry = enter(ticket, cast.agent, start="09:00", end="09:10")
    assert answers(entry) == [("covered", 10, 10, 10, "0.00")]


def test_work_over_the_end_of_a_month_takes_from_each_months_allowance(cast: Cast, ticket: Ticket) -> None:
    include(cast.gold, "remote", "out-of-hours")
    allow(agreement_of(ticket), 20)
    done = work(
        started_at=datetime(2026, 10, 31, 22, 45, tzinfo=UTC),
        ended_at=datetime(2026, 10, 31, 23, 25, tzinfo=UTC),
    )
    entry = enter(ticket, cast.agent, done)
    assert answers(entry) == [
        ("covered", 15, 15, 15, "0.00"),
        ("covered", 20, 20, 20, "0.00"),
        ("allowance_used_up", 5, 5, 0, "10.00"),
    ]
    starts = AllowanceEntry.objects.filter(kind="booking").values_list("period_starts_on", "units")
    assert list(starts) == [(date(2026, 10, 1), -15), (date(2026, 11, 1), -20)]


def test_what_a_month_carries_over_is_used_once(cast: Cast, ticket: Ticket) -> None:
    include(cast.gold, "remote", "out-of-hours")
    allow(agreement_of(ticket), 20, carries_over=True)
    booking.open_periods(at=datetime(2026, 10, 5, tzinfo=UTC))
    done = work(
        started_at=datetime(2026, 10, 31, 22, 45, tzinfo=UTC),
        ended_at=datetime(2026, 10, 31, 23, 25, tzinfo=UTC),
    )
    entry = enter(ticket, cast.agent, done)
    assert [(row[0], row[3]) for row in answers(entry)] == [("covered", 15), ("covered", 25)]
    assert balance(ticket) == 0
    longer = replace(done, ended_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    time_booking.void(entry=entry, reason="Longer", by=cast.agent, at=LATER)
    assert balance(ticket) == 40
    again = enter(ticket, cast.agent, longer)
    assert [(row[0], row[3]) for row in answers(again)] == [
        ("covered", 15),
        ("covered", 25),
        ("allowance_used_up", 0),
    ]
    assert [one.code for one in replay(current(again).inputs)] == [row[0] for row in answers(again)]


def test_the_last_case_is_no_less_when_its_entry_is_decided_anew(cast: Cast, ticket: Ticket) -> None:
    allow(agreement_of(ticket), 1, unit="cases", overrun="ask")
    entry = enter(ticket, cast.agent, start="09:00", end="09:10")
    for outcome in ("covered", ""):
        time_booking.override(entry=entry, outcome=outcome, reason=f"Anew {outcome}", by=cast.lead, at=LATER)
        assert [row[3] for row in answers(entry)] == [1]
        assert balance(ticket) == 0


def test_a_ticket_that_came_from_another_customer_begins_anew(cast: Cast, ticket: Ticket) -> None:
    fee = Item(
        code="fee",
        service=make_service("on-site"),
        name_de="Pauschale",
        name_en="Fee",
        unit="incident",
        amount=Decimal("89.00"),
    )
    make_price_list(date(2026, 11, 1), items=[fee])
    make_standing_approval(cast.gold_customer, "100.00")
    make_standing_approval(cast.plain_customer, "100.00")
    first = enter(ticket, cast.agent, start="09:00", end="09:10", service="on-site")
    change_customer(ticket=ticket, customer=cast.plain_customer, by=cast.lead, at=LATER)
    second = enter(ticket, cast.agent, start="10:00", end="10:10", service="on-site")
    third = enter(ticket, cast.agent, start="11:00", end="11:10", service="on-site")

    assert [answers(one)[0][-1] for one in (first, second, third)] == ["89.00", "89.00", "0.00"]
    assert not is_flagged(second), "what the other customer used of their word is not this one's"
    time_booking.void(entry=first, reason="Other customer", by=cast.lead, at=LATER)
    assert [answers(one)[0][-1] for one in (second, third)] == ["89.00", "0.00"]


def test_a_ticket_counts_as_one_case_however_many_entries_it_has(cast: Cast, ticket: Ticket) -> None:
    allow(agreement_of(ticket), 1, unit="cases", overrun="ask")
    first = enter(ticket, cast.agent, start="09:00", end="09:10")
    second = enter(ticket, cast.agent, start="10:00", end="10:10")
    other = enter(make_ticket(cast.gold_customer), cast.agent, start="11:00", end="11:10")
    assert [row[0] for one in (first, second, other) for row in answers(one)] == [
        "covered",
        "covered",
        "allowance_used_up",
    ]
    assert balance(ticket) == 0
    time_booking.void(entry=first, reason="Wrong", by=cast.agent, at=LATER)
    assert balance(ticket) == 0, "the second entry relies on it"
    time_booking.void(entry=second, reason="Wrong", by=cast.agent, at=LATER)
    assert balance(ticket) == 1
    again = enter(ticket, cast.agent, start="12:00", end="12:10")
    assert answers(again)[0][0] == "covered"
    assert balance(ticket) == 0


def test_an_approval_lets_chargeable_work_stand(cast: Cast, ticket: Ticket) -> None:
    make_standing_approval(cast.gold_customer, "100.00")
    assert not enter(ticket, cast.agent).is_flagged
    assert enter(ticket, cast.agent, start="18:00", end="18:20").is_flagged, "40 are left, 60 asked"


def test_overrun_that_is_simply_billed_uses_nothing_of_an_approval(cast: Cast, ticket: Ticket) -> None:
    make_standing_approval(cast.gold_customer, "60.00")
    allow(agreement_of(ticket), 0, overrun="bill")
    assert answers(enter(ticket, cast.agent, start="09:00", end="10:00"))[0][-1] == "120.00"
    assert not enter(ticket, cast.agent, start="18:00", end="18:20").is_flagged


def test_an_installation_that_refuses_what_nobody_approved(cast: Cast, ticket: Ticket) -> None:
    before = everything()
    with override_settings(UNAPPROVED_WORK="refuse"), pytest.raises(Unapproved) as refusal:
        enter(ticket, cast.agent)
    assert (refusal.value.amount, refusal.value.currency) == (Decimal("60.00"), "EUR")
    assert everything() == before


def test_chargeable_work_without_a_price_is_flagged(cast: Cast, ticket: Ticket) -> None:
    entry = enter(ticket, cast.agent, start="09:00", end="10:00", service="monitoring")
    assert answers(entry) == [("service_not_included", 60, 60, 0, "0.00")]
    assert entry.is_flagged


UNSOUND: list[tuple[dict[str, Any], type[TimeRefused]]] = [
    ({"start": "10:00", "end": "10:00"}, EndsBeforeStart),
    ({"started_at": local("09:00"), "ended_at": local("09:00") + timedelta(seconds=59)}, EndsBeforeStart),
    ({"start": "10:00", "end": "09:00"}, EndsBeforeStart),
    ({"started_at": local("09:00", 19), "ended_at": local("09:01", 20)}, TooLong),
    ({"started_at": LATER, "ended_at": LATER + timedelta(minutes=1)}, EndsInFuture),
    (
        {
            "started_at": datetime(1999, 1, 1, tzinfo=UTC),
            "ended_at": datetime(1999, 1, 1, 1, tzinfo=UTC),
        },
        TooEarly,
    ),
]


@pytest.mark.parametrize(("fields", "refusal"), UNSOUND, ids=lambda value: getattr(value, "code", ""))
def test_what_cannot_be_is_refused(
    cast: Cast, ticket: Ticket, fields: dict[str, Any], refusal: type[TimeRefused]
) -> None:
    with pytest.raises(refusal):
        enter(ticket, cast.agent, **fields)
    assert not TimeEntry.objects.exists()


def test_a_day_is_long_enough_and_seconds_are_cut(cast: Cast, ticket: Ticket) -> None:
    whole = enter(ticket, cast.agent, started_at=local("09:00", 19), ended_at=local("09:00", 20))
    assert whole.minutes == 24 * 60
    cut = enter(
        ticket,
        cast.agent,
        started_at=local("09:00") + timedelta(seconds=59),
        ended_at=local("09:02") + timedelta(seconds=1),
    )
    assert (cut.started_at, cut.ended_at) == (local("09:00"), local("09:02"))


def test_the_same_work_twice_is_refused_and_may_be_entered_again_once_taken_back(
    cast: Cast, ticket: Ticket
) -> None:
    entry = enter(ticket, cast.agent)
    with pytest.raises(AlreadyEntered):
        enter(ticket, cast.agent)
    assert TimeEntry.objects.count() == 1
    time_booking.void(entry=entry, reason="Wrong", by=cast.agent, at=LATER)
    enter(ticket, cast.agent)


def test_agents_of_other_teams_and_contacts_enter_nothing(cast: Cast, ticket: Ticket) -> None:
    assert cast.owner.user is not None
    for who in (cast.other_agent, cast.owner.user):
        with pytest.raises(Denied):
            enter(ticket, who)
    enter(ticket, cast.lead)


def test_a_failure_half_way_leaves_nothing(cast: Cast, ticket: Ticket) -> None:
    allow(agreement_of(ticket), 60)
    before = everything()
    with mock.patch.object(deciding, "_book", side_effect=RuntimeError), pytest.raises(RuntimeError):
        enter(ticket, cast.agent, start="09:00", end="09:30")
    assert everything() == before


def test_a_lead_decides_by_hand_and_the_old_decision_is_kept(cast: Cast, ticket: Ticket) -> None:
    allow(agreement_of(ticket), 60)
    entry = enter(ticket, cast.agent, start="16:30", end="17:10")
    assert [row[0] for row in answers(entry)] == ["covered", "outside_hours"]
    assert balance(ticket) == 30

    time_booking.override(entry=entry, outcome="covered", reason="Goodwill", by=cast.lead, at=LATER)
    assert answers(entry) == [("by_hand", 40, 40, 40, "0.00")]
    assert balance(ticket) == 20
    assert not is_flagged(entry)

    time_booking.override(entry=entry, outcome="chargeable", reason="No, after all", by=cast.lead, at=LATER)
    assert answers(entry) == [("by_hand", 30, 30, 0, "60.00"), ("by_hand", 10, 10, 0, "30.00")]
    assert balance(ticket) == 60
    assert is_flagged(entry)

    time_booking.override(entry=entry, outcome="", reason="By the book", by=cast.lead, at=LATER)
    assert [row[0] for row in answers(entry)] == ["covered", "outside_hours"]
    assert balance(ticket) == 30
    decisions = CoverageDecision.objects.filter(entry=entry)
    assert [(one.is_override, one.reason, one.is_current) for one in decisions] == [
        (False, "", False),
        (True, "Goodwill", False),
        (True, "No, after all", False),
        (False, "By the book", True),
    ]
    kinds = TicketEvent.objects.filter(ticket=ticket, kind__startswith="time_").values_list("kind", flat=True)
    assert list(kinds) == ["time_entered", "time_covered", "time_chargeable", "time_redecided"]
    assert {f"event.{kind}" for kind in kinds} <= set(EVENTS)
    assert AuditEntry.objects.filter(verb="time_entry.decided").count() == 3


def test_deciding_by_hand_twice_is_once(cast: Cast, ticket: Ticket) -> None:
    entry = enter(ticket, cast.agent)
    for _ in range(2):
        time_booking.override(entry=entry, outcome="covered", reason="Goodwill", by=cast.lead, at=LATER)
    assert CoverageDecision.objects.filter(entry=entry).count() == 2


def test_who_may_not_decide_or_take_back(cast: Cast, ticket: Ticket) -> None:
    entry, colleague = enter(ticket, cast.agent), make_user("same_team", "agent", cast.team)
    with pytest.raises(Denied):
        time_booking.override(entry=entry, outcome="covered", reason="Please", by=cast.agent)
    with pytest.raises(Denied):
        time_booking.void(entry=entry, reason="Not mine", by=colleague)
    for verb in (
        lambda: time_booking.override(entry=entry, outcome="covered", reason=" ", by=cast.lead),
        lambda: time_booking.void(entry=entry, reason="", by=cast.agent),
    ):
        with pytest.raises(NeedsReason):
            verb()
    time_booking.void(entry=entry, reason="Typed twice", by=cast.lead)
    with pytest.raises(TakenBack):
        time_booking.override(entry=entry, outcome="covered", reason="Late", by=cast.lead)


def test_taking_back_gives_everything_back_once(cast: Cast, ticket: Ticket) -> None:
    allow(agreement_of(ticket), 60)
    entry = enter(ticket, cast.agent, start="09:00", end="09:30")
    assert balance(ticket) == 30
    for _ in range(2):
        time_booking.void(entry=entry, reason="Typed twice", by=cast.agent, at=LATER)
    assert balance(ticket) == 60
    entry.refresh_from_db()
    assert (entry.void_reason, entry.voided_by, entry.voided_at) == ("Typed twice", cast.agent, LATER)
    assert TicketEvent.objects.filter(kind="time_voided").count() == 1
    assert AuditEntry.objects.filter(verb="time_entry.voided").count() == 1


def test_a_flat_fee_per_ticket_is_charged_once_and_not_lost(cast: Cast) -> None:
    fee = Item(
        code="fee",
        service=make_service("phone"),
        name_de="Pauschale",
        name_en="Fee",
        unit="incident",
        amount=Decimal("89.00"),
    )
    make_price_list(date(2026, 11, 1), items=[fee])
    ticket = make_ticket(cast.plain_customer)
    first = enter(ticket, cast.agent, start="09:00", end="09:10", service="phone")
    second = enter(ticket, cast.agent, start="10:00", end="10:10", service="phone")
    assert [answers(one)[0][-1] for one in (first, second)] == ["89.00", "0.00"]
    time_booking.void(entry=first, reason="Wrong ticket", by=cast.agent, at=LATER)
    assert answers(second)[0][-1] == "89.00"


def test_every_decision_is_found_again_from_its_inputs(cast: Cast, ticket: Ticket) -> None:
    """Also when agreements, hours and prices have changed since."""
    allow(agreement_of(ticket), 45)
    plain = make_ticket(cast.plain_customer)
    entries = [
        enter(ticket, cast.agent, start="09:00", end="10:01"),
        enter(ticket, cast.agent),
        enter(ticket, cast.agent, start="12:00", end="12:30", service="travel", kilometres=12),
        enter(plain, cast.agent, start="16:59", end="17:01"),
    ]
    time_booking.override(entry=entries[0], outcome="covered", reason="Goodwill", by=cast.lead, at=LATER)
    time_booking.override(entry=entries[0], outcome="chargeable", reason="No", by=cast.lead, at=LATER)
    include(cast.gold, rounding_minutes=60)
    make_price_list(date(2026, 11, 19), hour="1.00")
    for decision in CoverageDecision.objects.all():
        stored = [
            (
                row.starts_at,
                row.ends_at,
                row.is_covered,
                row.reason_code,
                row.charged_minutes,
                row.units,
                row.agreement_id,
                row.rate,
                row.price_list_id,
                row.amount,
                row.is_out_of_hours,
                row.reason_params,
            )
            for row in decision.slices.all()
        ]
        found = [
            (
                one.starts_at,
                one.ends_at,
                one.is_covered,
                one.code,
                one.charged_minutes,
                one.units,
                one.agreement_id,
                one.rate.amount if one.rate else None,
                one.rate.list_id if one.rate else None,
                one.amount,
                one.is_out_of_hours,
                dict(one.params),
            )
            for one in replay(decision.inputs)
        ]
        assert stored == found
    assert CoverageDecision.objects.count() == 6


def test_what_there_is_to_bill(cast: Cast, ticket: Ticket) -> None:
    entry = enter(ticket, cast.agent, work(text="Drucker"))
    enter(make_ticket(cast.plain_customer), cast.agent)
    covered, chargeable = billable.billable_slices(cast.gold_customer.pk, *MONTH)
    assert (covered.amount, covered.quantity, covered.reason_code) == (Decimal(0), 0, "covered")
    assert (chargeable.amount, chargeable.quantity, chargeable.price_unit) == (Decimal("60.00"), 20, "hour")
    assert (chargeable.text, chargeable.agent_name, chargeable.vat_percent) == (
        "Drucker",
        cast.agent.display_name,
        Decimal(19),
    )
    assert billable.customers_with_work(*MONTH) == sorted([cast.gold_customer.pk, cast.plain_customer.pk])
    assert billable.billable_slices(cast.gold_customer.pk, MONTH[1], MONTH[1] + timedelta(days=9)) == []

    def changed() -> list[tuple[int, bool, str]]:
        rows = billable.changed_entries(cast.gold_customer.pk, after=LATER, before=MONTH[1])
        return [(row.entry_id, row.is_voided, row.why) for row in rows]

    assert changed() == []
    later = LATER + timedelta(hours=1)
    time_booking.override(entry=entry, outcome="covered", reason="Goodwill", by=cast.lead, at=later)
    assert changed() == [(entry.pk, False, "Goodwill")]
    assert [one.amount for one in billable.slices_of_entries([entry.pk])] == [Decimal(0)]
    time_booking.void(entry=entry, reason="Wrong", by=cast.lead, at=later)
    assert changed() == [(entry.pk, True, "Wrong")]
    assert billable.slices_of_entries([entry.pk]) == []


def test_a_timer_runs_stops_and_becomes_an_entry(cast: Cast, ticket: Ticket) -> None:
    timer = timers.start(ticket=ticket, by=cast.agent, at=local("09:00"))
    assert timers.start(ticket=ticket, by=cast.agent, at=local("09:05")).pk == timer.pk, "it runs already"
    other = make_ticket(cast.gold_customer)
    running = timers.start(ticket=other, by=cast.agent, at=local("09:30"))
    timer.refresh_from_db()
    assert timer.stopped_at == local("09:30"), "the one before became a draft"
    assert list(Timer.objects.running()) == [running]

    enter_with = {"ticket": ticket, "by": cast.agent, "at": LATER}
    time_booking.enter(work=work("09:00", "09:30"), timer=timer, **enter_with)  # type: ignore[arg-type]
    assert not Timer.objects.filter(pk=timer.pk).exists()

    assert timers.stop(by=cast.agent, at=local("10:00")) is not None
    assert timers.stop(by=cast.agent, at=local("10:01")) is None, "twice is once"
    timers.discard(timer=running, by=cast.agent)
    assert not Timer.objects.exists()


def test_timers_are_ones_own(cast: Cast, ticket: Ticket) -> None:
    with pytest.raises(Denied):
        timers.start(ticket=ticket, by=cast.other_agent)
    timer = timers.start(ticket=ticket, by=cast.agent)
    with pytest.raises(Denied):
        timers.discard(timer=timer, by=cast.lead)
    assert Timer.objects.filter(pk=timer.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_never_overspend_an_allowance_that_refuses() -> None:
    cast = make_cast()
    include(cast.gold, "remote")
    let_work(cast.gold_customer)
    tickets = [make_ticket(cast.gold_customer) for _ in range(4)]
    agreement = agreement_of(tickets[0])
    allow(agreement, 100, overrun="refuse")
    refused: list[int] = []
    errors: list[BaseException] = []
    begin = threading.Barrier(20)

    def book(number: int) -> None:
        try:
            begin.wait(30)
            enter(
                tickets[number % 4],
                cast.agent,
                started_at=local("09:00") + timedelta(minutes=number),
                ended_at=local("09:13") + timedelta(minutes=number),
            )
        except AllowanceRefuses:
            refused.append(number)
        except BaseException as error:  # noqa: BLE001 (raised again in the test's own thread)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=book, args=[number], daemon=True) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors, errors
    assert len(refused) == 13
    assert TimeEntry.objects.count() == 7
    assert allowance_left(agreement, LATER).left == 9  # type: ignore[union-attr]
    used = sum(CoverageSlice.objects.values_list("units", flat=True))
    assert used == -AllowanceEntry.objects.filter(kind="booking").balance() == 91
