"""Reachability: figures against calls that were counted by hand, and their export."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from calls.models import Call, PhoneSystem, ServiceNumber
from calls.queries.reachability import Narrowed, Reachability, reachability
from contracts.models import Agreement, ServiceLevel
from customers.models import Customer
from tests.factories.cast import make_agreement, make_customer, make_level, make_user
from tests.factories.phones import make_number, make_system
from tickets.rules.periods import between

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
"""Half past ten in Berlin."""
WEEK = between(date(2026, 11, 16), date(2026, 11, 22))


@pytest.fixture
def system() -> PhoneSystem:
    return make_system()


def numbered(system: PhoneSystem, name: str, level: str, number: str, **agreed: Any) -> ServiceNumber:
    return make_number(system, number, make_agreement(make_customer(name), make_level(level), **agreed))


def told(
    system: PhoneSystem, number: ServiceNumber | None, outcome: str, at: datetime = MONDAY, **fields: Any
) -> Call:
    """A call that is over, on a number of whoever has it now."""
    return Call.objects.create(
        **{
            "system": system,
            "external_id": f"c{Call.objects.count()}",
            "number": number,
            "holder": number and number.agreement and number.agreement.customer,
            "line": "contract" if number else "public",
            "outcome": outcome,
            "state": "ended",
            "arrived_at": at,
            "seen_at": at,
            "ended_at": at,
            **fields,
        }
    )


@pytest.fixture
def week(system: PhoneSystem) -> tuple[ServiceNumber, ServiceNumber]:
    """Gold: 2 answered, 1 busy, 1 given up. Silver: 1 busy. Seven calls more that do not count."""
    gold, silver = (
        numbered(system, "Gold AG", "Gold", "+4930555001"),
        numbered(system, "Silver AG", "Silver", "+4930555002"),
    )
    hour, day = timedelta(hours=1), timedelta(days=1)
    told(system, gold, "answered")
    told(system, gold, "answered", MONDAY + day)
    told(system, gold, "busy", MONDAY + day)
    told(system, gold, "abandoned", MONDAY + hour, via_fallback=True)
    told(system, silver, "busy", MONDAY + 3 * hour)
    told(system, gold, "voicemail", MONDAY, in_hours=False)
    told(system, gold, "busy", MONDAY - 7 * day)
    told(system, gold, "busy", MONDAY + 7 * day)
    told(system, gold, "answered", direction="out")
    told(system, gold, "", state="waiting", ended_at=None)
    for waited, outcome in ((10, "answered"), (20, "answered"), (30, "answered"), (600, "abandoned")):
        told(system, None, outcome, waited_seconds=waited)
    told(system, None, "voicemail", waited_seconds=9_000)
    return gold, silver


def figures(**narrowed: Any) -> Reachability:
    return reachability(Narrowed(WEEK, **narrowed))


@pytest.mark.usefixtures("week")
def test_the_busy_share_is_that_of_calls_on_service_numbers_within_the_hours() -> None:
    found = figures()
    one = found.overall
    assert (one.calls, one.connected, one.busy, one.other, one.alone) == (5, 2, 2, 1, 1)
    assert one.busy_percent == 40
    assert [(hour, one.calls, one.busy) for hour, one in found.hours] == [
        (10, 3, 1), (11, 1, 0), (12, 0, 0), (13, 1, 1),
    ]  # fmt: skip
    days = [(day.day, one.calls, one.busy) for day, one in found.days]
    assert days == [(16, 3, 1), (17, 2, 1), (18, 0, 0), (19, 0, 0), (20, 0, 0), (21, 0, 0), (22, 0, 0)]
    assert [(name, one.calls, one.busy_percent) for name, one in found.levels] == [
        ("Gold", 4, 25), ("Silver", 1, 100),
    ]  # fmt: skip
    assert [(row.name, row.reached.calls, row.reached.busy) for row in found.customers] == [
        ("Gold AG", 4, 1), ("Silver AG", 1, 1),
    ]  # fmt: skip


def test_the_figures_can_be_narrowed_to_a_customer_or_a_level(week: tuple[ServiceNumber, ...]) -> None:
    silver = week[1].agreement
    assert silver is not None
    assert figures(customer_id=silver.customer_id).overall.calls == 1
    assert figures(level="Gold").overall.calls == 4
    assert figures(level="Gold", customer_id=silver.customer_id).overall.calls == 0


@pytest.mark.usefixtures("week")
def test_waits_of_the_public_queue_are_those_of_whoever_talked_or_gave_up() -> None:
    one = figures().public
    assert (one.calls, one.connected, one.abandoned, one.voicemails) == (5, 3, 1, 1)
    assert (one.median, one.longest) == (25, 600)
    assert one.p95 == pytest.approx(514.5)
    assert one.abandoned_percent == 20


def test_calls_of_whoever_had_the_number_before_are_not_the_next_customers(system: PhoneSystem) -> None:
    number = numbered(system, "New GmbH", "Gold", "+4930555001")
    told(system, number, "busy", holder=make_customer("Old AG"))
    told(system, number, "busy", holder=None)
    told(system, number, "answered")
    found = {row.name: (row.customer_id, row.reached.calls) for row in figures().customers}
    assert {name: calls for name, (_pk, calls) in found.items()} == {"": 1, "Old AG": 1, "New GmbH": 1}
    assert {name: one.calls for name, one in figures().levels} == {"": 2, "Gold": 1}, "no level is made up"
    assert figures(customer_id=found["New GmbH"][0]).overall.busy == 0
    for name, outcome in (("Old AG", "busy"), ("New GmbH", "answered")):
        customer = str(found[name][0])
        text = lead().get("/desk/calls/reachability.csv", {**DAYS, "customer": customer}).getvalue().decode()
        (row,) = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
        assert (row["Customer"], row["Outcome"]) == (name, outcome)
    level = ServiceLevel.objects.get(name="Gold")
    text = lead().get("/desk/calls/reachability.csv", {**DAYS, "level": str(level.pk)}).getvalue().decode()
    assert [row["Customer"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))] == ["New GmbH"]


def test_a_level_is_that_of_the_time_of_the_call(system: PhoneSystem) -> None:
    number = numbered(system, "Gold AG", "Gold", "+4930555001")
    agreement = Agreement.objects.get()
    told(system, number, "busy", customer=agreement.customer, standing={"level": "Bronze", "in_force": True})
    other: Customer = make_customer("Caller AG")
    told(system, number, "busy", customer=other, standing={"level": "Platinum", "in_force": True})
    assert [(name, one.calls) for name, one in figures().levels] == [("Bronze", 1), ("Gold", 1)]


def lead(language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.filter(username="lead").first() or make_user("lead", User.Role.LEAD))
    return client


DAYS = {"period": "days", "first": "2026-11-16", "last": "2026-11-22"}


def test_the_page_shows_the_figures_and_links_to_the_busy_calls(week: tuple[ServiceNumber, ...]) -> None:
    html = lead().get("/desk/calls/reachability/", DAYS).content.decode()
    assert "40 %" in html
    assert "8:35" in html or "8:34" in html, "the 95th percentile of the waits"
    gold = week[0].agreement
    assert gold is not None
    assert f"/desk/calls/log/?show=busy&amp;customer={gold.customer_id}" in html
    wrong = lead().get("/desk/calls/reachability/", {**DAYS, "last": "2026-11-01"})
    assert "Not before the first day" in wrong.content.decode()


@pytest.mark.usefixtures("week")
def test_the_usual_period_are_the_last_thirty_days() -> None:
    today = timezone.localdate()
    answer = lead().get("/desk/calls/reachability/")
    days = [day for day, _one in answer.context["found"].days]
    assert (len(days), days[0], days[-1]) == (30, today - timedelta(days=29), today)


def test_the_export_holds_every_call_and_no_formula(system: PhoneSystem) -> None:
    number = numbered(system, "=HYPERLINK(1)", "Gold", "+4930555001")
    told(system, number, "busy", from_number="+4917612345")
    told(system, None, "answered", waited_seconds=30, talked_seconds=60)
    answer = lead().get("/desk/calls/reachability.csv", DAYS)
    text = answer.getvalue().decode()
    headings, first, second = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    row = dict(zip(headings, first, strict=True))
    assert row["Arrived"] == "2026-11-16 10:30:00"
    assert row["Outcome"] == "busy"
    assert not row["Customer"].startswith("=")
    assert dict(zip(headings, second, strict=True))["Seconds talked"] == "60"
    assert "17612345" not in text, "callers' numbers stay here"
    german = lead("de").get("/desk/calls/reachability.csv", DAYS)
    assert b";" in german.getvalue().splitlines()[0]


def test_reachability_is_for_leads(system: PhoneSystem) -> None:
    agent = Client()
    agent.force_login(make_user("agent"))
    for address in ("/desk/calls/reachability/", "/desk/calls/reachability.csv"):
        assert agent.get(address).status_code == 404
        assert lead().get(address).status_code == 200


def test_more_calls_cost_no_more_queries(week: tuple[ServiceNumber, ...], system: PhoneSystem) -> None:
    with CaptureQueriesContext(connection) as few:
        figures()
    for number in range(30):
        numbered(system, f"C{number}", f"L{number}", f"+49305560{number:02}")
        told(system, ServiceNumber.objects.latest("pk"), "busy")
    with CaptureQueriesContext(connection) as many:
        assert figures().overall.calls == 35
    assert len(few) == len(many) == 3
