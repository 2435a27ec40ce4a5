"""Deadlines in the API: the same for agents and contacts, with the steps; none without a contract."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from contracts.actions import agreements
from contracts.models import Agreement
from tests.factories.calling import Caller
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.promises import make_hours, make_targets
from tickets.actions import progressing, reranking, watching
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def cast() -> Cast:
    make_hours()
    cast = make_cast()
    make_targets(cast.gold, response=120)
    return cast


def test_agents_and_contacts_read_the_same_deadlines(cast: Cast) -> None:
    with time_machine.travel(EIGHT, tick=False) as traveller:
        ticket = make_ticket(cast.gold_customer, contact=cast.owner, by=cast.owner.user)
        traveller.shift(timedelta(hours=1))
        progressing.progress(ticket=ticket, verb=Verb.WAIT_CUSTOMER, by=cast.lead)
        paused = deadlines_for(cast.agent, ticket.number)
        traveller.shift(timedelta(hours=1))
        progressing.progress(ticket=ticket, verb=Verb.RESUME, by=cast.lead)
        running = deadlines_for(cast.agent, ticket.number)
        assert cast.owner.user is not None
        assert deadlines_for(cast.owner.user, ticket.number) == running
        traveller.shift(timedelta(hours=2))
        watching.sweep_deadlines()
        missed = deadlines_for(cast.agent, ticket.number, language="en")

    assert [(one["kind"], one["due_at"], one["state"]) for one in paused] == [("response", None, "paused")]
    assert running == [
        {
            "kind": "response",
            "due_at": "2026-11-23T11:00:00+01:00",
            "state": "running",
            "explanation": [
                "Servicestufe Gold, Schweregrad normal: erste Antwort innerhalb von 2 Stunden Geschäftszeit",
                "Gezählt ab dem Eingang: 08:00",
                "Pausiert von 09:00 bis 10:00 (warten auf den Kunden), nicht gezählt: 1 Stunde",
                "Fällig: 11:00",
            ],
        }
    ]
    assert missed[0]["state"] == "missed"
    assert missed[0]["explanation"][-1] == "Missed, was due: 11:00"


def test_without_a_service_agreement_there_is_no_deadline(cast: Cast) -> None:
    assert deadlines_for(cast.agent, make_ticket(cast.plain_customer).number) == []


def test_a_contact_is_not_told_what_an_agreement_that_is_over_promised(cast: Cast) -> None:
    assert cast.owner.user is not None
    with time_machine.travel(EIGHT, tick=False) as traveller:
        ticket = make_ticket(cast.gold_customer, contact=cast.owner, by=cast.owner.user)
        traveller.shift(timedelta(hours=3))
        watching.sweep_deadlines()
        assert deadlines_for(cast.owner.user, ticket.number)[0]["state"] == "missed"
        agreement = Agreement.objects.get(customer=cast.gold_customer)
        agreement.terminated_on = EIGHT.date() - timedelta(days=1)
        agreements.save(agreement=agreement, by=None)
        reranking.apply_standing_changes()

        assert deadlines_for(cast.owner.user, ticket.number) == []
        assert deadlines_for(cast.agent, ticket.number)[0]["state"] == "missed"


def test_a_long_list_costs_no_more_queries_than_a_short_one(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert Caller(cast.agent).get("tickets/").status_code == 200
        return len(captured)

    make_ticket(cast.gold_customer)
    queries()
    few = queries()
    for _ in range(5):
        make_ticket(cast.gold_customer)
    assert queries() <= few


def deadlines_for(reader: User, number: str, language: str = "de") -> list[dict[str, Any]]:
    answer = Caller(reader, language=language).get(f"tickets/{number}/")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["deadlines"]
    return found
