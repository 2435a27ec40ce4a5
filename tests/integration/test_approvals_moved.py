"""What a customer was asked to approve stays theirs when their ticket becomes another customer's."""

from decimal import Decimal

import pytest
from django.test import Client

from tests.factories.calling import Caller
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.prices import make_price_list, make_service
from tickets.actions import approving, moving
from tickets.models import ApprovalRequest

pytestmark = pytest.mark.django_db


def test_the_next_customer_neither_reads_nor_answers_what_the_one_before_was_asked() -> None:
    cast: Cast = make_cast()
    make_price_list()
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    asked = approving.ask(
        ticket=ticket,
        service=make_service("remote"),
        ceiling=Decimal("240.00"),
        text="Set the server up anew",
        contact=cast.owner,
        by=cast.agent,
    )
    moving.change_customer(ticket=ticket, customer=cast.bronze_customer, contact=cast.stranger, by=cast.lead)
    reader = cast.stranger.user
    assert reader is not None
    portal, path = Client(), f"/portal/tickets/{ticket.number}/"
    portal.force_login(reader)

    for page in (path, "/portal/approvals/", "/portal/", "/portal/contract/"):
        answer = portal.get(page)
        assert answer.status_code == 200
        assert "Set the server up anew" not in answer.content.decode(), page
    assert portal.post(f"{path}approvals/{asked.pk}/", {"answer": "approve"}).status_code == 404
    assert Caller(reader).get(f"tickets/{ticket.number}/approvals/").json()["results"] == []
    assert len(Caller(cast.lead).get(f"tickets/{ticket.number}/approvals/").json()["results"]) == 1
    asked.refresh_from_db()
    assert asked.state == ApprovalRequest.State.OPEN
