"""Time entries over the API: entering, listing, deciding, taking back; what contacts read."""

import pytest

from tests.factories.calling import Caller, path_of, refused, rows
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.prices import make_price_list
from tests.factories.work import allow, enter, include, let_work
from tickets.models import Ticket, TimeEntry

pytestmark = pytest.mark.django_db

WORK = {
    "work_kind": "remote",
    "started_at": "2026-11-20T16:40:00+01:00",
    "ended_at": "2026-11-20T17:20:00+01:00",
    "text": "Toner changed",
    "remark": "grumpy",
}


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    make_price_list()
    include(made.gold, "phone", "remote")
    let_work(made.gold_customer, made.bronze_customer, made.plain_customer)
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner)


def test_work_is_entered_and_the_answer_says_who_pays(cast: Cast, ticket: Ticket) -> None:
    agent = Caller(cast.agent)
    response = agent.post(path_of(ticket, "time-entries/"), WORK)
    assert response.status_code == 201, response.content
    entry = response.json()
    assert (entry["minutes"], entry["charged_minutes"], entry["amount"]) == (40, 40, "60.00")
    assert (entry["service"], entry["remark"], entry["is_flagged"]) == ("remote", "grumpy", True)
    covered, chargeable = entry["slices"]
    assert (covered["covered"], covered["reason"], covered["rate"]) == (True, "covered", None)
    assert chargeable["reason"] == "outside_hours"
    assert chargeable["explanation"] == "Outside the agreed service hours"
    assert (chargeable["rate"], chargeable["surcharge_percent"]) == ("120.00", "50.00")
    assert chargeable["starts_at"] == "2026-11-20T17:00:00+01:00"
    assert agent.get(response["Location"].removeprefix("/api/v1/")).json() == entry
    assert rows(agent.get(path_of(ticket, "time-entries/"))) == [entry]


def test_what_is_refused_over_the_api(cast: Cast, ticket: Ticket) -> None:
    agent, path = Caller(cast.agent), path_of(ticket, "time-entries/")
    refused(agent.post(path, {**WORK, "ended_at": WORK["started_at"]}), 400, "ends_before_start", "ended_at")
    refused(agent.post(path, {**WORK, "ended_at": "2099-01-01T00:00Z"}), 400, "too_long", "ended_at")
    refused(agent.post(path, {**WORK, "service": "nope"}), 400, field="service")
    refused(agent.post(path, {**WORK, "amount": 1}), 400, "unknown_field", "amount")
    assert agent.post(path, WORK).status_code == 201
    refused(agent.post(path, WORK), 409, "already_entered")
    allow(ticket.customer.agreements.get(), 10, overrun="refuse")
    early = {**WORK, "started_at": "2026-11-20T09:00+01:00", "ended_at": "2026-11-20T10:00+01:00"}
    refused(agent.post(path, early), 409, "allowance_refuses")
    refused(Caller(cast.other_agent).post(path, early), 404)
    refused(Caller(cast.owner).post(path, early), 403)
    assert TimeEntry.objects.count() == 1


def test_contacts_read_their_own_customers_work_without_remarks(cast: Cast, ticket: Ticket) -> None:
    mine = enter(ticket, cast.agent, text="Toner changed", remark="grumpy")
    foreign = enter(make_ticket(cast.bronze_customer), cast.agent)
    owner = Caller(cast.owner)
    (entry,) = rows(owner.get("time-entries/"))
    assert (entry["id"], entry["text"], entry["amount"]) == (mine.pk, "Toner changed", "60.00")
    assert {entry[name] for name in ("remark", "is_flagged", "decision_reason", "void_reason")} == {None}
    refused(owner.get(f"time-entries/{foreign.pk}/"), 404)
    refused(owner.get("time-entries/", is_flagged="true"), 400, "unknown_filter", "is_flagged")
    for verb, document in (("override", {"outcome": "covered", "reason": "x"}), ("void", {"reason": "x"})):
        refused(owner.post(f"time-entries/{mine.pk}/{verb}/", document), 403)
        refused(Caller(cast.stranger).post(f"time-entries/{mine.pk}/{verb}/", document), 404)


def test_filters_deciding_and_taking_back(cast: Cast, ticket: Ticket) -> None:
    flagged, covered = enter(ticket, cast.agent), enter(ticket, cast.lead, start="09:00", end="09:10")
    lead = Caller(cast.lead)

    def ids(**query: str | int) -> list[int]:
        return [row["id"] for row in rows(lead.get("time-entries/", **query))]

    assert ids() == [flagged.pk, covered.pk]
    assert ids(agent=cast.agent.pk) == ids(is_flagged="true") == [flagged.pk]
    assert ids(until="2026-11-20T09:30+01:00") == [covered.pk]
    assert ids(**{"from": "2026-11-20T09:30+01:00"}) == [flagged.pk]
    assert ids(customer=cast.bronze_customer.pk) == []

    path = f"time-entries/{flagged.pk}/"
    decided = lead.post(path + "override/", {"outcome": "covered", "reason": "Goodwill"}).json()
    assert (decided["amount"], decided["is_decided_by_hand"]) == ("0.00", True)
    assert decided["decision_reason"] == "Goodwill"
    refused(Caller(cast.agent).post(path + "override/", {"outcome": "covered", "reason": "x"}), 403)
    again = lead.post(path + "override/", {"outcome": "rule", "reason": "By the book"}).json()
    assert (again["amount"], again["is_decided_by_hand"]) == ("60.00", False)

    refused(Caller(cast.agent).post(f"time-entries/{covered.pk}/void/", {"reason": "x"}), 403)
    refused(lead.post(path + "void/", {"reason": " "}), 400, field="reason")
    assert lead.post(path + "void/", {"reason": "Typed twice"}).json()["is_voided"] is True
    refused(lead.post(path + "override/", {"outcome": "covered", "reason": "x"}), 409, "taken_back")
