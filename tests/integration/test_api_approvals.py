"""Requests for approval over the API: asking, answering, recording, taking back."""

import pytest

from tests.factories.calling import Caller, path_of, refused, rows
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.prices import make_price_list
from tickets.models import ApprovalRequest, Delivery, Ticket

pytestmark = pytest.mark.django_db

ASKED = {"service": "remote", "ceiling": "240.00", "text": "Set the server up anew"}
State = ApprovalRequest.State


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    make_price_list()
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner)


def test_an_agent_asks_and_the_contact_answers(cast: Cast, ticket: Ticket) -> None:
    agent, owner, path = Caller(cast.agent), Caller(cast.owner), path_of(ticket, "approvals/")

    response = agent.post(path, {**ASKED, "out_of_hours": True, "wait": True})

    assert response.status_code == 201, response.content
    asked = response.json()
    assert (asked["rate"], asked["surcharge_percent"], asked["unit"]) == ("120.00", "50.00", "hour")
    assert (asked["state"], asked["left"], asked["contact"]) == ("open", None, cast.owner.pk)
    assert Delivery.objects.filter(kind=Delivery.Kind.APPROVAL, contact=cast.owner).count() == 1
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.WAITING_CUSTOMER
    assert rows(agent.get(path)) == rows(owner.get(path)) == [asked]

    answered = owner.post(f"{path}{asked['id']}/answer/", {"approved": True, "note": "Go on"}).json()

    assert (answered["state"], answered["left"], answered["answered_how"]) == ("approved", "240.00", "portal")
    assert (answered["answered_by"], answered["note"]) == ("Owner", "Go on")
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN
    problem = refused(
        owner.post(f"{path}{asked['id']}/answer/", {"approved": False}), 409, "already_answered"
    )
    assert "faster" in problem["detail"]
    assert ApprovalRequest.objects.get().state == State.APPROVED


def test_an_agent_records_with_evidence_or_takes_back(cast: Cast, ticket: Ticket) -> None:
    agent, path = Caller(cast.agent), path_of(ticket, "approvals/")
    first, second = (agent.post(path, ASKED).json()["id"] for _ in range(2))

    refused(agent.post(f"{path}{first}/answer/", {"approved": True}), 400, field="evidence")
    said = {"approved": False, "name": "Frau Aigner", "evidence": "On the phone, 10:15"}
    assert agent.post(f"{path}{first}/answer/", said).json()["state"] == "declined"
    assert agent.post(f"{path}{second}/withdraw/", {"reason": "Not needed"}).json()["state"] == "withdrawn"
    refused(agent.post(f"{path}{second}/withdraw/", {}), 409, "already_answered")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service": "monitoring"}, "service"),
        ({"service": "nope"}, "service"),
        ({"ceiling": "0"}, "ceiling"),
        ({"ceiling": "1e400"}, "ceiling"),
        ({"text": " "}, "text"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"rate": "1"}, "rate"),
    ],
)
def test_what_is_wrong_is_named(cast: Cast, ticket: Ticket, changed: dict[str, str], field: str) -> None:
    refused(Caller(cast.agent).post(path_of(ticket, "approvals/"), {**ASKED, **changed}), 400, field=field)
    assert not ApprovalRequest.objects.exists()


def test_nobody_asks_or_answers_for_others(cast: Cast, ticket: Ticket) -> None:
    path = path_of(ticket, "approvals/")
    asked = Caller(cast.agent).post(path, ASKED).json()["id"]
    answer, document = f"{path}{asked}/answer/", {"approved": True}

    for stranger in (cast.stranger, cast.colleague, cast.other_agent):
        refused(Caller(stranger).get(path), 404)
        refused(Caller(stranger).post(answer, document), 404)
    refused(Caller().post(answer, document), 401)
    refused(Caller(cast.owner).post(path, ASKED), 403)
    refused(Caller(cast.owner).post(f"{path}{asked}/withdraw/", {}), 403)
    refused(Caller(cast.owner).post(answer, {**document, "name": "Frau Aigner"}), 400, field="name")
    refused(Caller(cast.agent).post(path, {**ASKED, "contact": cast.stranger.pk}), 403)
    other = path_of(make_ticket(cast.gold_customer, contact=cast.owner), "approvals/")
    refused(Caller(cast.owner).post(f"{other}{asked}/answer/", document), 404)
    assert ApprovalRequest.objects.get().state == State.OPEN
