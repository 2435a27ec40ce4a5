"""Closing a period: everything is on it, once, to the cent, and nothing of it changes afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, connection, transaction

from accounts.models import AuditEntry, Notice
from billing.actions import closing, collecting, deciding, handing_over, runs
from billing.models import Charge, CloseJob, Statement
from billing.queries.content import digest_of
from billing.rules.periods import Month
from contracts.models import Agreement, Allowance, PriceItem
from customers.models import Customer
from tests.factories.billing import (
    CLOSED,
    WORKED,
    billed_ticket,
    decide,
    make_list,
    make_party,
    make_seller,
    make_work,
    take_back,
)
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.models import CoverageSlice

pytestmark = pytest.mark.django_db

OCTOBER = Month.parse("2026-10")
NOVEMBER = Month.parse("2026-11")
DECEMBER_3 = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def item(code: str = "remote") -> PriceItem:
    return PriceItem.objects.select_related("price_list").filter(code=code).latest("pk")


def close(customer: Customer, month: Month = OCTOBER, at: datetime = CLOSED) -> list[Statement]:
    return closing.close_period(customer=customer, month=month, by=None, at=at)


def lines(statement: Statement) -> list[tuple[str, str]]:
    return [(line.key.partition(":")[0], str(line.net)) for line in statement.charges.order_by("position")]


def must_refuse(act: Any) -> None:
    """The database refuses it, and the transaction of the test goes on."""
    with pytest.raises(Error, match="statement"), transaction.atomic():
        act()


def test_a_period_closes_into_a_statement_whose_sums_equal_its_lines(cast: Cast) -> None:
    make_list()
    ticket = billed_ticket(cast)
    make_work(cast, ticket, {"minutes": 50, "item": item()}, {"minutes": 25, "item": item(), "surcharge": 50})
    make_work(cast, ticket, {"minutes": 15}, started_at=WORKED + timedelta(days=1))
    deciding.add(
        customer=cast.gold_customer, item=item("km"), quantity=Decimal(23), day=WORKED.date(), by=cast.lead,
        ticket=ticket, at=CLOSED,
    )  # fmt: skip

    (statement,) = close(cast.gold_customer)

    assert lines(statement) == [
        ("slice", "100.00"), ("slice", "75.00"), ("manual", "16.10"), ("slice", "0.00"),
    ]  # fmt: skip
    assert (statement.net, statement.vat, statement.gross) == (
        Decimal("191.10"), Decimal("36.31"), Decimal("227.41"),
    )  # fmt: skip
    assert statement.number == "RE-2026-0001"
    assert statement.due_on.isoformat() == "2026-11-17"
    assert (statement.seller["name"], statement.buyer["legal_name"]) == ("Berger IT GmbH", "Aigner GmbH")
    covered = statement.charges.get(is_covered=True)
    assert (covered.reason_de, covered.reason_en) == ("Im Vertrag enthalten", "Included in the agreement")
    assert AuditEntry.objects.filter(verb="statement.closed", object_id=str(statement.pk)).count() == 1


def test_closing_twice_is_once(cast: Cast) -> None:
    make_list()
    ticket = billed_ticket(cast)
    make_work(cast, ticket, {"minutes": 60, "item": item()})
    first = close(cast.gold_customer)
    told = Notice.objects.filter(kind=Notice.Kind.STATEMENT_READY).count()
    make_work(cast, ticket, {"minutes": 30, "item": item()}, started_at=WORKED + timedelta(days=2))

    assert close(cast.gold_customer) == first
    assert Statement.objects.count() == 1
    assert Notice.objects.filter(kind=Notice.Kind.STATEMENT_READY).count() == told == 1
    assert AuditEntry.objects.filter(verb="statement.closed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_closing_in_parallel_is_once_and_leaves_no_number_out(cast: Cast) -> None:
    make_list()
    make_work(cast, billed_ticket(cast), {"minutes": 60, "item": item()})
    make_party(cast.bronze_customer)
    make_work(cast, make_ticket(cast.bronze_customer), {"minutes": 30, "item": item()})

    def closed(customer: Customer) -> list[str]:
        try:
            return [statement.number for statement in close(customer)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(closed, [cast.gold_customer, cast.bronze_customer] * 4))

    assert sorted(Statement.objects.values_list("number", flat=True)) == ["RE-2026-0001", "RE-2026-0002"]
    assert len({str(numbers) for numbers in told}) == 2
    assert Charge.objects.filter(statement=None).count() == 0


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (None, [(60, 60)]),
        (date(2026, 10, 15), [(60, 60)]),
        (date(2026, 9, 30), []),
        (date(2026, 11, 5), [(60, 60)]),
    ],
)
def test_a_statement_says_what_is_left_also_of_an_agreement_that_ended_in_the_month(
    last: date | None, said: list[tuple[int, int]], cast: Cast
) -> None:
    Agreement.objects.filter(customer=cast.gold_customer).update(ends_on=last)
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    Allowance.objects.create(agreement=agreement, amount=60, is_pro_rata=False)
    make_list()
    make_work(cast, billed_ticket(cast), {"minutes": 30, "item": item()})

    (statement,) = close(cast.gold_customer)

    assert [(one["granted"], one["left"]) for one in statement.consumption] == said


def test_a_closed_line_of_nothing_is_looked_at_no_more_when_its_work_is_taken_back(cast: Cast) -> None:
    make_list()
    ticket = billed_ticket(cast)
    free = make_work(cast, ticket, {"minutes": 30, "item": item("setup")})
    CoverageSlice.objects.filter(decision__entry=free).update(amount=0)
    paid = make_work(cast, ticket, {"minutes": 30, "item": item()})
    close(cast.gold_customer)
    take_back(free)
    assert collecting.collect(at=CLOSED) == 0

    take_back(paid)

    assert [collecting.collect(at=CLOSED), collecting.collect(at=CLOSED)] == [1, 0]


def test_what_comes_late_waits_for_the_next_statement(cast: Cast) -> None:
    make_list()
    ticket = billed_ticket(cast)
    make_work(cast, ticket, {"minutes": 60, "item": item()})
    (october,) = close(cast.gold_customer)
    make_work(cast, ticket, {"minutes": 30, "item": item()}, started_at=WORKED + timedelta(days=2))

    (november,) = close(cast.gold_customer, NOVEMBER, DECEMBER_3)

    assert lines(november) == [("slice", "60.00")]
    october.refresh_from_db()
    assert (october.net, digest_of(october)) == (Decimal("120.00"), october.digest)


def test_what_is_decided_anew_after_closing_is_corrected_by_new_lines(cast: Cast) -> None:
    make_list()
    ticket = billed_ticket(cast)
    voided = make_work(cast, ticket, {"minutes": 60, "item": item()})
    anew = make_work(cast, ticket, {"minutes": 30, "item": item()}, started_at=WORKED + timedelta(days=1))
    (october,) = close(cast.gold_customer)

    take_back(voided)
    decide(anew, {"minutes": 30}, is_override=True, reason="Promised by the boss", by=cast.lead)
    collecting.collect(at=DECEMBER_3)
    collecting.collect(at=DECEMBER_3)
    (november,) = close(cast.gold_customer, NOVEMBER, DECEMBER_3)

    assert sorted(lines(november)) == [("reverse", "-120.00"), ("reverse", "-60.00"), ("slice", "0.00")]
    assert (november.net, november.vat, november.gross) == (
        Decimal("-180.00"), Decimal("-34.20"), Decimal("-214.20"),
    )  # fmt: skip
    assert october.gross + november.gross == 0
    said = november.charges.filter(corrects__isnull=False).earliest("position")
    assert said.reason_de == "Korrektur zu RE-2026-0001, Position 1: neu entschieden"


def test_open_charges_follow_what_is_decided_without_a_trace(cast: Cast) -> None:
    make_list()
    entry = make_work(cast, billed_ticket(cast), {"minutes": 60, "item": item()})
    collecting.collect(at=CLOSED)
    decide(entry, {"minutes": 60}, is_override=True, reason="Promised", by=cast.lead)
    collecting.collect(at=CLOSED)
    assert [(charge.net, charge.is_covered) for charge in Charge.objects.all()] == [(Decimal(0), True)]

    take_back(entry)
    collecting.collect(at=CLOSED)
    assert not Charge.objects.exists()


def test_a_new_price_list_in_mid_ticket_prices_each_part_by_its_own(cast: Cast) -> None:
    old, new = make_list(), make_list("7", valid_from="2026-10-05", hourly="130")
    make_work(
        cast,
        billed_ticket(cast),
        {"minutes": 30, "item": old.items.get(code="remote")},
        {"minutes": 30, "item": new.items.get(code="remote")},
    )

    (statement,) = close(cast.gold_customer)

    assert lines(statement) == [("slice", "60.00"), ("slice", "65.00")]
    assert [charge.price_list for charge in statement.charges.order_by("position")] == [old, new]
    assert statement.vat_shares == [
        {"percent": "7.00", "net": "65.00", "vat": "4.55"},
        {"percent": "19.00", "net": "60.00", "vat": "11.40"},
    ]
    assert statement.gross == Decimal("140.95")


def test_what_nobody_approved_stays_open_until_somebody_decides(cast: Cast) -> None:
    make_list()
    ticket = billed_ticket(cast)
    make_work(cast, ticket, {"minutes": 60, "item": item()}, is_flagged=True)
    make_work(cast, ticket, {"minutes": 30, "item": item()}, started_at=WORKED + timedelta(hours=3))
    (october,) = close(cast.gold_customer)
    assert lines(october) == [("slice", "60.00")]

    held = Charge.objects.held().get()
    deciding.release(charge=held, by=cast.lead, note="Said so on the phone", at=DECEMBER_3)
    with pytest.raises(deciding.CannotDecide):
        deciding.release(charge=held, by=cast.lead, note="Once more", at=DECEMBER_3)
    (november,) = close(cast.gold_customer, NOVEMBER, DECEMBER_3)

    assert lines(november) == [("slice", "120.00")]


def test_goodwill_is_a_line_of_its_own_and_happens_once(cast: Cast) -> None:
    make_list()
    make_work(cast, billed_ticket(cast), {"minutes": 60, "item": item()}, is_flagged=True)
    collecting.collect(at=CLOSED)
    charge = Charge.objects.get()

    deciding.waive(charge=charge, by=cast.lead, note="First time", at=CLOSED)
    with pytest.raises(deciding.CannotDecide):
        deciding.waive(charge=charge, by=cast.lead, note="Again", at=CLOSED)
    (statement,) = close(cast.gold_customer)

    assert lines(statement) == [("slice", "120.00"), ("waive", "-120.00")]
    assert statement.gross == 0
    assert statement.charges.get(kind="waiver").reason_en == "Goodwill: First time"


def test_a_late_approval_frees_what_was_held(cast: Cast) -> None:
    make_list()
    entry = make_work(cast, billed_ticket(cast), {"minutes": 60, "item": item()}, is_flagged=True)
    collecting.collect(at=CLOSED)
    assert Charge.objects.held().count() == 1

    type(entry).objects.filter(pk=entry.pk).update(is_flagged=False)
    collecting.collect(at=CLOSED)

    assert Charge.objects.billable().count() == 1


def test_the_database_refuses_to_change_what_was_closed(cast: Cast) -> None:
    make_list()
    ticket = billed_ticket(cast)
    make_work(cast, ticket, {"minutes": 60, "item": item()})
    (statement,) = close(cast.gold_customer)
    line = statement.charges.get()
    row, rows = Statement.objects.filter(pk=statement.pk), Charge.objects.filter(pk=line.pk)
    extra = deciding.add(
        customer=cast.gold_customer, item=item("setup"), quantity=Decimal(1), day=WORKED.date(), by=cast.lead
    )

    must_refuse(lambda: row.update(net=0, gross=statement.vat))
    must_refuse(lambda: row.update(digest=""))
    must_refuse(row.delete)
    must_refuse(lambda: rows.update(net=0))
    must_refuse(lambda: rows.update(statement=None, position=None))
    must_refuse(rows.delete)
    must_refuse(lambda: Charge.objects.filter(pk=extra.pk).update(statement=statement, position=2))


def test_handing_over_happens_once_per_statement(cast: Cast) -> None:
    make_list()
    make_work(cast, billed_ticket(cast), {"minutes": 60, "item": item()})
    (statement,) = close(cast.gold_customer)

    assert handing_over.hand_over(month=OCTOBER, by=cast.lead, at=CLOSED) == 1
    assert handing_over.hand_over(month=OCTOBER, by=cast.admin, at=DECEMBER_3) == 0
    statement.refresh_from_db()
    assert (statement.handed_over_at, statement.handed_over_by_name) == (CLOSED, cast.lead.display_name)
    assert AuditEntry.objects.filter(verb="statement.handed_over").count() == 1
    must_refuse(lambda: Statement.objects.filter(pk=statement.pk).update(handed_over_at=None))


@pytest.mark.parametrize(
    ("prepare", "at", "why"),
    [
        (lambda _cast: None, CLOSED, "no_seller"),
        (lambda _cast: make_seller(), CLOSED, "no_address"),
        (lambda cast: (make_seller(), make_party(cast.gold_customer)), WORKED, "not_over"),
    ],
    ids=["without a seller", "without an address", "before its end"],
)
def test_a_period_that_cannot_be_closed_stays_open(prepare: Any, at: datetime, why: str, cast: Cast) -> None:
    make_list()
    make_work(cast, make_ticket(cast.gold_customer), {"minutes": 60, "item": item()})
    prepare(cast)

    with pytest.raises(closing.CannotClose, match=why):
        close(cast.gold_customer, at=at)

    assert not Statement.objects.exists()


def test_nothing_to_bill_makes_no_statement(cast: Cast) -> None:
    make_seller()
    assert close(cast.gold_customer) == []


def test_a_month_closes_for_everybody_and_one_failure_stops_nobody(cast: Cast) -> None:
    make_list()
    make_work(cast, billed_ticket(cast), {"minutes": 60, "item": item()})
    make_work(cast, make_ticket(cast.bronze_customer), {"minutes": 30, "item": item()})
    make_party(cast.plain_customer)
    make_work(cast, make_ticket(cast.plain_customer), {"minutes": 15, "item": item()})

    run = runs.ask(month=OCTOBER, by=cast.lead, at=CLOSED)
    assert runs.ask(month=OCTOBER, by=cast.lead, at=CLOSED) == run
    assert runs.work_on(at=CLOSED) == 3
    assert runs.work_on(at=CLOSED) == 0

    states = {job.customer: (job.state, job.error) for job in CloseJob.objects.all()}
    assert states == {
        cast.gold_customer: ("closed", ""),
        cast.bronze_customer: ("failed", "no_address"),
        cast.plain_customer: ("closed", ""),
    }
    run.refresh_from_db()
    assert run.finished_at == CLOSED


def test_who_is_told_of_a_statement(cast: Cast) -> None:
    make_list()
    type(cast.owner).objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
    make_work(cast, billed_ticket(cast), {"minutes": 60, "item": item()})

    close(cast.gold_customer)

    told = Notice.objects.filter(kind=Notice.Kind.STATEMENT_READY)
    assert {(notice.user, notice.address) for notice in told} == {
        (cast.owner.user, ""), (None, "buchhaltung@kunde.example"),
    }  # fmt: skip
