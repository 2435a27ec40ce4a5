"""Levels that promise answers only: their tickets often have no clock that runs, and pauses all the same."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.promises import make_hours, make_targets
from tickets.actions import rating, recalculating, replying
from tickets.models import Clock, ClockPause, Ticket
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Berlin"))


def waiting_ticket(cast: Cast, traveller: time_machine.Traveller) -> Ticket:
    """Opened at 08:00, answered at 09:00, and waiting for the customer since."""
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, by=cast.owner.user)
    traveller.move_to(EIGHT + timedelta(hours=1))
    replying.reply(ticket=ticket, body="Which version?", by=cast.lead, then=Verb.WAIT_CUSTOMER)
    return ticket


def test_recalculating_again_and_again_keeps_one_pause() -> None:
    with time_machine.travel(EIGHT, tick=False) as traveller:
        make_hours()
        cast = make_cast()
        ticket = waiting_ticket(cast, traveller)
        make_targets(cast.gold, response=120)
        for _ in range(3):
            recalculating.ask(what="Gold", level=cast.gold, by=None, at=EIGHT + timedelta(hours=2))
            recalculating.recalculate()
        rating.set_severity(
            ticket=ticket, severity=Ticket.Severity.CRITICAL, reason="All of it", by=cast.lead
        )

    assert not Clock.objects.filter(ticket=ticket).exists()
    assert ClockPause.objects.filter(ticket=ticket).count() <= 1


def test_the_next_answer_runs_although_the_ticket_waited_before() -> None:
    with time_machine.travel(EIGHT, tick=False) as traveller:
        make_hours()
        cast = make_cast()
        make_targets(cast.gold, next_answer=60)
        ticket = waiting_ticket(cast, traveller)
        for hour in (2, 4):
            traveller.move_to(EIGHT + timedelta(hours=hour))
            replying.customer_reply(ticket=ticket, contact=cast.owner, body="3.1", by=cast.owner.user)
            if hour == 2:
                traveller.move_to(EIGHT + timedelta(hours=3))
                replying.reply(ticket=ticket, body="And now?", by=cast.lead, then=Verb.WAIT_CUSTOMER)
        recalculating.ask(what="Gold", level=cast.gold, by=None, at=EIGHT + timedelta(hours=4))
        recalculating.recalculate()

        clock = Clock.objects.get(ticket=ticket, stopped_at=None)
        assert (clock.state, clock.due_at) == ("running", EIGHT + timedelta(hours=5))
