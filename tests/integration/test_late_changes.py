"""What changed between reading a ticket and acting on it."""

from typing import Any

import pytest
from django.test import Client

from portal.views import following
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.access import get_ticket
from tickets.actions import assigning, moving
from tickets.actions.refusals import ReasonRequired
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_assigning_to_oneself_what_came_back_meanwhile_passes_nobody_without_a_reason(cast: Cast) -> None:
    ticket = make_ticket(cast.plain_customer)
    assigning.assign(ticket=ticket, to=cast.lead, by=cast.lead)
    read_before = Ticket.objects.get(pk=ticket.pk)
    assigning.release(ticket=ticket, by=cast.lead)
    make_ticket(cast.gold_customer)

    with pytest.raises(ReasonRequired):
        assigning.assign(ticket=read_before, to=cast.agent, by=cast.agent)

    taken = assigning.assign(ticket=read_before, to=cast.agent, by=cast.agent, reason="started already")
    assert taken.assignee == cast.agent


@pytest.mark.parametrize(("page", "fields"), [("close", {}), ("reply", {"body": "Thank you"})])
def test_a_ticket_that_became_another_customers_is_not_there(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, page: str, fields: dict[str, str]
) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    truth = get_ticket

    def moved_after_reading(*args: Any) -> Ticket:
        found = truth(*args)
        moving.change_customer(ticket=ticket, customer=cast.plain_customer, by=cast.lead)
        return found

    monkeypatch.setattr(following, "get_ticket", moved_after_reading)
    assert cast.owner.user is not None
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.owner.user, backend="django.contrib.auth.backends.ModelBackend")

    answer = browser.post(f"/portal/tickets/{ticket.number}/{page}/", fields)

    assert answer.status_code == 404
    assert Ticket.objects.get().status == Ticket.Status.OPEN
    assert Ticket.objects.get().messages.count() == 1
