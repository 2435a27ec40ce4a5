"""The queue over the API: its order, its pages, and taking the next ticket."""

import pytest

from accounts.actions import users as user_actions
from tests.factories.calling import Caller, refused, rows
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import assigning, progressing
from tickets.models import Decline, Ticket
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

Severity = Ticket.Severity


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def numbers(caller: Caller, address: str = "queue/", **query: object) -> list[str]:
    """All numbers of a queue, page by page."""
    found: list[str] = []
    page = caller.get(address, **query).json()
    while True:
        found += [row["number"] for row in page["results"]]
        if not page["next"]:
            return found
        page = caller.get(page["next"]).json()


def test_the_queue_stands_in_its_order(cast: Cast) -> None:
    plain = make_ticket(cast.plain_customer, severity=Severity.CRITICAL)
    bronze = make_ticket(cast.bronze_customer, severity=Severity.LOW)
    late = make_ticket(cast.gold_customer)
    severe = make_ticket(cast.gold_customer, severity=Severity.HIGH)
    taken = make_ticket(cast.gold_customer, severity=Severity.CRITICAL)
    assigning.pick(ticket=taken, by=cast.agent)
    parked = make_ticket(cast.gold_customer)
    progressing.progress(ticket=parked, verb=Verb.WAIT_CUSTOMER, by=cast.agent)

    queue = rows(Caller(cast.agent).get("queue/"))

    assert [row["number"] for row in queue] == [t.number for t in (severe, late, bronze, plain)]
    assert [row["position"] for row in queue] == [1, 2, 3, 4]
    assert queue[3]["ahead"] == {"pinned": 0, "1": 2, "3": 1, "100": 0}
    assert queue[3]["position_reason"].endswith("ahead: 3 with a contract")


def test_several_teams_queues_are_one_in_order_of_rank(cast: Cast) -> None:
    tickets = [
        make_ticket(customer, team=team)
        for customer in (cast.plain_customer, cast.gold_customer, cast.bronze_customer)
        for team in (cast.team, cast.other_team)
        for _ in range(3)
    ]
    in_order = [ticket.number for ticket in sorted(tickets, key=lambda ticket: ticket.rank_key)]
    lead = Caller(cast.lead)

    assert numbers(lead) == in_order
    assert numbers(lead, page_size=4) == in_order
    assert numbers(lead, team="network") == [
        t.number for t in sorted(tickets, key=lambda t: t.rank_key) if t.team == cast.other_team
    ]
    assert numbers(lead, team=cast.team.pk) == numbers(Caller(cast.agent))
    second = lead.get(lead.get("queue/", page_size=4).json()["next"]).json()
    assert [row["number"] for row in lead.get(second["previous"]).json()["results"]] == in_order[:4]


def test_the_queue_is_for_its_agents(cast: Cast) -> None:
    make_ticket(cast.gold_customer, contact=cast.owner)

    refused(Caller(cast.owner).get("queue/"), 403)
    refused(Caller(cast.owner).post("queue/next/"), 403)
    assert numbers(Caller(cast.other_agent)) == []
    refused(Caller(cast.other_agent).get("queue/", team="workplace"), 400, "unknown", "team")
    refused(Caller(cast.other_agent).post("queue/next/", {"team": "workplace"}), 400, "unknown", "team")


def test_taking_the_next(cast: Cast) -> None:
    plain, gold = make_ticket(cast.plain_customer), make_ticket(cast.gold_customer)
    caller = Caller(cast.agent)

    taken = caller.post("queue/next/")
    again = caller.post("queue/next/")

    assert taken.json()["number"] == gold.number
    assert taken.json()["is_own"] is False
    assert taken.json()["assignee"]["id"] == cast.agent.pk
    assert taken["ETag"] == '"2"'
    assert (again.json()["number"], again.json()["is_own"]) == (gold.number, True)
    assert numbers(caller) == [plain.number]


def test_nothing_waits(cast: Cast) -> None:
    make_ticket(cast.gold_customer, team=cast.other_team)

    response = Caller(cast.agent).post("queue/next/")

    assert (response.status_code, response.content) == (204, b"")


def test_taking_from_one_of_several_teams(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    network = make_ticket(cast.plain_customer, team=cast.other_team)

    assert Caller(cast.lead).post("queue/next/", {"team": "network"}).json()["number"] == network.number


def test_declining_takes_the_one_after(cast: Cast) -> None:
    first, second = make_ticket(cast.gold_customer), make_ticket(cast.gold_customer)
    caller = Caller(cast.agent)
    caller.post("queue/next/")

    refused(caller.post("queue/next/", {"decline": first.number}), 400, "reason_required", "reason")
    taken = caller.post("queue/next/", {"decline": first.number, "reason": "not my field"})

    assert taken.json()["number"] == second.number
    assert Decline.objects.get().reason == "not my field"
    gone = caller.post("queue/next/", {"decline": second.number, "reason": "nor this"})
    assert gone.status_code == 204


def test_only_ones_own_ticket_can_be_declined(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    foreign = make_ticket(cast.gold_customer, team=cast.other_team)
    caller = Caller(cast.agent)

    refused(caller.post("queue/next/", {"decline": ticket.number, "reason": "r"}), 403)
    refused(caller.post("queue/next/", {"decline": foreign.number, "reason": "r"}), 404)
    ticket.refresh_from_db()
    assert ticket.is_waiting


def test_off_duty_agents_are_given_nothing(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    user_actions.set_duty(user=cast.agent, is_on_duty=False, by=cast.agent)

    refused(Caller(cast.agent).post("queue/next/"), 409, "off_duty")
