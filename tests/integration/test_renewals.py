"""Agreements renewed by word and by silence, notice, and what that does at midnight."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from contracts.actions import agreements, renewing
from contracts.actions.renewing import CannotGiveNotice, CannotRenew
from contracts.models import Agreement, Allowance
from contracts.queries import standing_of
from contracts.queries.renewals import chain_of, next_in_words
from tests.factories.cast import Cast, make_agreement, make_cast, make_customer, make_ticket
from tickets import tasks
from tickets.actions import assigning

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
NEW_YEAR = datetime(2026, 12, 31, 23, tzinfo=UTC)
"""The midnight in Berlin that ends 2026."""
START, END = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(clock: time_machine.Traveller) -> Cast:
    return make_cast()


def yearly(cast: Cast, **fields: Any) -> Agreement:
    """A gold agreement over 2026 of a customer of its own that renews itself by a year."""
    terms = {"starts_on": START, "ends_on": END, "renewal_months": 12, "reference": "SV-1", **fields}
    return make_agreement(make_customer(), cast.gold, **terms)


def terms_of(agreement: Agreement) -> list[tuple[date, date | None]]:
    return [(each.starts_on, each.ends_on) for each in chain_of(Agreement.objects.get(pk=agreement.pk))]


def verbs_of(agreement: Agreement) -> list[str]:
    rows = AuditEntry.objects.filter(object_kind="contracts.agreement", object_id=str(agreement.pk))
    return list(rows.order_by("pk").values_list("verb", flat=True))


# --- by word ----------------------------------------------------------------------------------------------


def test_a_renewal_starts_the_day_after_and_takes_everything_over(cast: Cast) -> None:
    first = yearly(cast, notice_days=30)
    Allowance.objects.create(agreement=first, amount=600, period="quarter", overrun="bill")
    agreements.save(
        agreement=first,
        by=None,
        suspensions=[{"starts_on": date(2026, 12, 20), "ends_on": date(2027, 1, 10), "reason": "unpaid"}],
    )

    second = renewing.renew(agreement=first, until=date(2027, 6, 30), by=cast.lead)

    second = Agreement.objects.get(pk=second.pk)
    assert (second.starts_on, second.ends_on) == (date(2027, 1, 1), date(2027, 6, 30))
    assert second.renewed_from == first
    same = ("customer_id", "kind", "level_id", "reference", "renewal_months", "notice_days")
    assert [getattr(second, name) for name in same] == [getattr(first, name) for name in same]
    assert second.notice_given_on is None
    own = second.own_allowance
    assert (own.amount, own.period, own.overrun) == (600, "quarter", "bill")
    assert Allowance.objects.filter(agreement=first).exists()
    left = second.suspensions.get()
    assert (left.starts_on, left.ends_on, left.reason) == (date(2027, 1, 1), date(2027, 1, 10), "unpaid")
    assert verbs_of(first)[-1] == "agreement.renewed"
    assert AuditEntry.objects.filter(verb="agreement.renewed").get().actor_name == cast.lead.display_name


def test_renewing_twice_is_refused_and_leaves_one(cast: Cast) -> None:
    first = yearly(cast)
    renewing.renew(agreement=first, until=date(2027, 12, 31), by=cast.lead)
    with pytest.raises(CannotRenew, match="SV-1"):
        renewing.renew(agreement=first, until=date(2028, 12, 31), by=cast.lead)
    assert terms_of(first) == [(START, END), (date(2027, 1, 1), date(2027, 12, 31))]


@pytest.mark.parametrize(
    "fields",
    [
        {"terminated_on": date(2026, 11, 30)},
        {"ends_on": None, "renewal_months": None},
    ],
)
def test_what_is_terminated_or_runs_on_is_not_renewed(cast: Cast, fields: dict[str, Any]) -> None:
    agreement = yearly(cast, **fields)
    with pytest.raises(CannotRenew):
        renewing.renew(agreement=agreement, until=date(2027, 12, 31), by=cast.lead)
    assert Agreement.objects.filter(renewed_from__isnull=False).count() == 0


def test_a_renewal_that_would_end_before_it_starts_leaves_nothing(cast: Cast) -> None:
    agreement = yearly(cast)
    with pytest.raises(ValidationError):
        renewing.renew(agreement=agreement, until=date(2026, 12, 30), by=cast.lead)
    assert terms_of(agreement) == [(START, END)]
    assert "agreement.renewed" not in verbs_of(agreement)


@pytest.mark.parametrize(
    ("which", "field", "day"),
    [
        (0, "ends_on", date(2026, 12, 30)),
        (0, "ends_on", date(2027, 1, 1)),
        (1, "starts_on", date(2027, 1, 2)),
    ],
)
def test_the_terms_of_a_chain_cannot_be_moved_apart(cast: Cast, which: int, field: str, day: date) -> None:
    first = yearly(cast)
    second = renewing.renew(agreement=first, until=date(2027, 12, 31), by=cast.lead)
    moved = Agreement.objects.get(pk=(first, second)[which].pk)
    setattr(moved, field, day)
    with pytest.raises(ValidationError) as refused:
        agreements.save(agreement=moved, by=cast.admin)
    assert field in refused.value.message_dict


def test_a_termination_takes_the_next_term_along_and_back(cast: Cast) -> None:
    first = yearly(cast)
    second = renewing.renew(agreement=first, until=date(2027, 12, 31), by=cast.lead)
    first = Agreement.objects.get(pk=first.pk)
    for day in (date(2026, 11, 30), None):
        first.terminated_on = day
        agreements.save(agreement=first, by=cast.admin)
        second.refresh_from_db()
        assert second.terminated_on == day
        in_force = standing_of(first.customer_id, NEW_YEAR).in_force
        assert in_force == (day is None)


# --- by silence -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("notice_days", "last_of_notice"), [(0, END), (30, date(2026, 12, 1))])
def test_the_next_term_is_written_once_when_the_last_day_of_notice_has_passed(
    cast: Cast, clock: time_machine.Traveller, notice_days: int, last_of_notice: date
) -> None:
    agreement = yearly(cast, notice_days=notice_days)
    last_evening = datetime(last_of_notice.year, last_of_notice.month, last_of_notice.day, 22, 59, tzinfo=UTC)
    clock.move_to(last_evening)
    assert renewing.renew_tacitly() == 0
    clock.move_to(last_evening + timedelta(minutes=1))
    assert [renewing.renew_tacitly() for _ in range(3)] == [1, 0, 0]

    assert terms_of(agreement) == [(START, END), (date(2027, 1, 1), date(2027, 12, 31))]
    assert verbs_of(agreement)[-1] == "agreement.renewed_in_silence"
    assert AuditEntry.objects.get(verb="agreement.renewed_in_silence").actor_name == ""


def test_days_and_years_that_were_missed_are_caught_up_with(cast: Cast) -> None:
    agreement = yearly(
        cast, starts_on=date(2026, 1, 1), ends_on=date(2026, 7, 31), renewal_months=1, notice_days=14
    )
    assert renewing.renew_tacitly() == 5
    ends = [
        date(2026, month, day) for month, day in ((7, 31), (8, 31), (9, 30), (10, 31), (11, 30), (12, 31))
    ]
    assert [last for _, last in terms_of(agreement)] == ends
    assert renewing.renew_tacitly() == 0


@pytest.mark.parametrize(
    ("fields", "is_renewed"),
    [
        ({}, True),
        ({"suspended": True}, True),
        ({"notice_given_on": date(2026, 9, 1)}, False),
        ({"terminated_on": date(2026, 9, 30)}, False),
        ({"terminated_on": END}, False),
        ({"renewal_months": None}, False),
        ({"inactive": True}, False),
    ],
)
def test_who_is_renewed_by_silence_and_who_is_not(
    cast: Cast, clock: time_machine.Traveller, fields: dict[str, Any], *, is_renewed: bool
) -> None:
    suspended, inactive = fields.pop("suspended", False), fields.pop("inactive", False)
    agreement = yearly(cast, notice_days=60, **fields)
    if suspended:
        periods: list[agreements.Period] = [{"starts_on": date(2026, 10, 1), "ends_on": None}]
        agreements.save(agreement=agreement, by=None, suspensions=periods)
    if inactive:
        agreement.customer.is_active = False
        agreement.customer.save()
    clock.move_to(NEW_YEAR + DAY)
    assert renewing.renew_tacitly() == int(is_renewed)
    gives = standing_of(agreement.customer_id, timezone.now()).in_force
    assert gives == ((is_renewed and not suspended) or inactive)


def test_several_workers_write_one_term(cast: Cast, clock: time_machine.Traveller) -> None:
    agreement = yearly(cast)
    clock.move_to(NEW_YEAR)
    written: list[int] = []

    def sweep() -> None:
        try:
            written.append(renewing.renew_tacitly())
        finally:
            connection.close()

    workers = [threading.Thread(target=sweep) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(written) == [0, 0, 0, 1]
    assert len(terms_of(agreement)) == 2


def test_a_sweep_that_is_killed_half_way_leaves_nothing_and_the_next_one_does_it(
    cast: Cast, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement, other = yearly(cast), yearly(cast)
    clock.move_to(NEW_YEAR)

    def killed(**_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(renewing, "tell_of_renewal", killed)
        with pytest.raises(SystemExit):
            renewing.renew_tacitly()
    assert terms_of(agreement) == terms_of(other) == [(START, END)]
    assert renewing.renew_tacitly() == 2


def test_one_that_cannot_be_renewed_stops_nobody_else(cast: Cast, clock: time_machine.Traveller) -> None:
    broken = yearly(cast, starts_on=date(1900, 1, 1), ends_on=date(1900, 1, 31), renewal_months=1)
    sound = yearly(cast)
    clock.move_to(NEW_YEAR)
    assert renewing.renew_tacitly() == 1
    assert len(terms_of(sound)) == 2
    assert len(terms_of(broken)) == 1


# --- midnight ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_swept_first", [True, False])
def test_the_rank_does_not_fall_for_an_instant_at_the_midnight(
    cast: Cast, clock: time_machine.Traveller, *, is_swept_first: bool
) -> None:
    """Whether the sweep that writes the next term came before midnight, after it, or days late."""
    agreement = yearly(cast, notice_days=30 if is_swept_first else 0)
    ticket, silver = make_ticket(agreement.customer), make_ticket(cast.bronze_customer)
    if is_swept_first:
        clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
        assert renewing.renew_tacitly() == 1
    for moment in (NEW_YEAR - INSTANT, NEW_YEAR, NEW_YEAR + INSTANT, NEW_YEAR + 3 * DAY):
        clock.move_to(moment)
        assert standing_of(agreement.customer_id, moment).level == cast.gold.as_fact()
        tasks.sweep_queue()
        ticket.refresh_from_db()
        assert (ticket.band, ticket.level) == (1, cast.gold)
    renewing.renew_tacitly()
    tasks.sweep_queue()
    ticket.refresh_from_db()
    assert (ticket.band, ticket.level) == (1, cast.gold)
    assert [stay.level_name for stay in ticket.stays.order_by("id")] == ["Gold"]
    offer = assigning.take_next(by=cast.agent)
    assert offer is not None
    assert offer.ticket == ticket != silver


def test_notice_lets_the_rank_fall_at_that_midnight(cast: Cast, clock: time_machine.Traveller) -> None:
    agreement = yearly(cast)
    ticket = make_ticket(agreement.customer)
    renewing.give_notice(agreement=agreement, on=date(2026, 11, 23), by=cast.lead)
    for moment, band in ((NEW_YEAR - INSTANT, 1), (NEW_YEAR, 100)):
        clock.move_to(moment)
        renewing.renew_tacitly()
        tasks.sweep_queue()
        ticket.refresh_from_db()
        assert ticket.band == band


def test_a_renewal_at_another_level_changes_the_rank_at_that_midnight(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    agreement = yearly(cast)
    ticket = make_ticket(agreement.customer)
    renewing.renew(agreement=agreement, until=None, level=cast.bronze, by=cast.lead)
    words = next_in_words(Agreement.objects.get(pk=agreement.pk), timezone.now(), "de")
    assert words is not None
    assert "sinkt die Servicestufe von Gold auf Bronze" in " ".join(words.sentences)
    for moment, level in ((NEW_YEAR - INSTANT, cast.gold), (NEW_YEAR, cast.bronze)):
        clock.move_to(moment)
        tasks.sweep_queue()
        ticket.refresh_from_db()
        assert ticket.level == level


# --- notice -----------------------------------------------------------------------------------------------


def test_notice_in_time_ends_it_and_can_be_taken_back(cast: Cast) -> None:
    agreement = yearly(cast, notice_days=30)
    noticed = renewing.give_notice(agreement=agreement, on=date(2026, 11, 20), by=cast.lead)
    assert noticed.notice_given_on == date(2026, 11, 20)
    with pytest.raises(CannotGiveNotice):
        renewing.give_notice(agreement=agreement, on=date(2026, 11, 21), by=cast.lead)
    back = renewing.take_notice_back(agreement=agreement, by=cast.lead)
    assert back.notice_given_on is None
    with pytest.raises(CannotGiveNotice):
        renewing.take_notice_back(agreement=agreement, by=cast.lead)
    said = [verb for verb in verbs_of(agreement) if "notice" in verb]
    assert said == ["agreement.notice_given", "agreement.notice_taken_back"]


@pytest.mark.parametrize("is_written", [True, False])
def test_late_notice_is_refused_and_told_when_it_takes_effect(
    cast: Cast, clock: time_machine.Traveller, *, is_written: bool
) -> None:
    agreement = yearly(cast, notice_days=30)
    clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    if is_written:
        renewing.renew_tacitly()
    with pytest.raises(CannotGiveNotice) as refused:
        renewing.give_notice(agreement=agreement, on=date(2026, 12, 2), by=cast.lead)
    assert "01.12.2026" in str(refused.value) or "1 December 2026" in str(refused.value)
    assert "31.12.2027" in str(refused.value) or "31 December 2027" in str(refused.value)
    agreement.refresh_from_db()
    assert agreement.notice_given_on is None


def test_notice_for_one_that_runs_on_ends_it_after_the_period_of_notice(cast: Cast) -> None:
    agreement = yearly(cast, ends_on=None, renewal_months=None, notice_days=30)
    ended = renewing.give_notice(agreement=agreement, on=date(2026, 11, 23), by=cast.lead)
    assert ended.terminated_on == date(2026, 12, 23)
    assert not standing_of(agreement.customer_id, datetime(2026, 12, 23, 23, tzinfo=UTC)).in_force
    assert renewing.take_notice_back(agreement=agreement, by=cast.lead).terminated_on is None


@pytest.mark.parametrize(
    "fields",
    [{"renewal_months": None}, {"terminated_on": date(2026, 11, 30)}, {"on": date(2026, 11, 24)}],
)
def test_notice_that_would_end_nothing_is_refused(cast: Cast, fields: dict[str, Any]) -> None:
    on = fields.pop("on", date(2026, 11, 23))
    agreement = yearly(cast, **fields)
    with pytest.raises(CannotGiveNotice):
        renewing.give_notice(agreement=agreement, on=on, by=cast.lead)
    agreement.refresh_from_db()
    assert agreement.notice_given_on is None


def test_whoever_enters_late_notice_by_hand_is_refused_too(cast: Cast) -> None:
    agreement = yearly(cast, notice_days=60)
    agreement.notice_given_on = date(2026, 11, 23)
    with pytest.raises(ValidationError) as refused:
        agreements.save(agreement=agreement, by=cast.admin)
    assert list(refused.value.message_dict) == ["notice_given_on"]
