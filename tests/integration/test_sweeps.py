"""What the clock brings: one bad row stops nobody else's, and waiting for others is not lying idle."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import AuditEntry
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, StandingChange
from contracts.queries import standing_of
from contracts.rules.standing import Standing
from tests.factories.cast import Cast, make_agreement, make_cast, make_customer, make_level, make_ticket
from tickets.actions import assigning, moving, progressing, rating, replying, reranking, returning, sweeping
from tickets.models import QueueStay, Ticket
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def poisoned(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The gold customer's standing cannot be told any more; theirs and the others' is due."""
    truth = standing_of

    def fails_for_gold(customer_id: int, at: datetime) -> Standing:
        if customer_id == cast.gold_customer.pk:
            raise ValueError("no such day")
        return truth(customer_id, at)

    sweeping.apply_due()
    make_ticket(cast.plain_customer)
    make_agreement(cast.gold_customer, cast.bronze)
    make_agreement(cast.plain_customer, cast.bronze)
    monkeypatch.setattr(reranking, "standing_of", fails_for_gold)
    return cast


def test_a_customer_who_cannot_be_ranked_stops_nobody_else(poisoned: Cast) -> None:
    sweeping.apply_due()

    assert Ticket.objects.get().band == poisoned.bronze.rank


def test_what_cannot_be_applied_is_set_aside_and_reported_once(poisoned: Cast) -> None:
    sweeping.apply_due()
    sweeping.apply_due()

    assert not StandingChange.objects.due(timezone.now()).exists()
    (entry,) = AuditEntry.objects.filter(verb="standing_change.set_aside")
    assert entry.object_id == str(poisoned.gold_customer.pk)
    assert entry.details == {"error": "ValueError"}


def test_claims_go_on_beside_a_customer_who_cannot_be_ranked(poisoned: Cast) -> None:
    offer = assigning.take_next(by=poisoned.agent)

    assert offer is not None
    assert offer.ticket == Ticket.objects.get()


def test_the_next_change_of_the_customer_applies_what_was_set_aside(
    poisoned: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeping.apply_due()
    monkeypatch.undo()

    agreement_actions.save(agreement=Agreement.objects.get(reference="G-1"), by=poisoned.admin)
    sweeping.apply_due()

    assert not StandingChange.objects.filter(applied_at__isnull=True).exists()


def test_a_deadlock_is_nobodys_fault_and_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def deadlocks(*_: Any) -> Standing:
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as broken:
        broken.setattr(reranking, "standing_of", deadlocks)
        with pytest.raises(OperationalError):
            sweeping.apply_due()
    sweeping.apply_due()

    assert not StandingChange.objects.filter(applied_at__isnull=True).exists()
    assert not AuditEntry.objects.filter(verb="standing_change.set_aside").exists()


def test_a_pin_that_cannot_be_taken_away_stops_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + timedelta(hours=1)
    first, second = make_ticket(cast.gold_customer), make_ticket(cast.gold_customer)
    for ticket in (first, second):
        rating.pin(ticket=ticket, by=cast.lead, reason="fair", expires_at=later)
    truth = rating.clear_pin

    def fails_for_first(ticket: Ticket) -> None:
        if ticket.pk == first.pk:
            raise ValueError("no")
        truth(ticket)

    monkeypatch.setattr(rating, "clear_pin", fails_for_first)
    rating.expire_pins(at=later)

    assert list(Ticket.objects.filter(pinned_at__isnull=True)) == [second]


@pytest.mark.parametrize("is_scheduled", [False, True])
def test_what_waited_for_others_was_not_left_lying(cast: Cast, is_scheduled: bool) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    assigning.take_next(by=cast.agent)
    later = timezone.now() + timedelta(days=9)
    if is_scheduled:
        progressing.progress(ticket=ticket, verb=Verb.SCHEDULE, by=cast.agent, until=later)
        sweeping.apply_due(at=later)
    else:
        replying.reply(ticket=ticket, body="Since when?", by=cast.agent, then=Verb.WAIT_CUSTOMER)
        replying.customer_reply(ticket=ticket, body="Today", contact=cast.owner, by=cast.owner.user, at=later)

    returning.return_tickets(at=later + timedelta(seconds=2))
    ticket.refresh_from_db()
    assert ticket.assignee == cast.agent

    returning.return_tickets(at=later + timedelta(days=9))
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_a_reply_to_what_lies_open_does_not_touch_it(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    assigning.take_next(by=cast.agent)
    later = timezone.now() + timedelta(days=9)
    replying.customer_reply(ticket=ticket, body="Hello?", contact=cast.owner, by=cast.owner.user, at=later)

    returning.return_tickets(at=later + timedelta(seconds=2))

    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_history_names_the_new_level_where_two_levels_share_a_rank(cast: Cast) -> None:
    other = make_customer("Peer")
    make_agreement(other, make_level("Goldplus", cast.gold.rank))
    ticket = make_ticket(cast.gold_customer)

    moving.change_customer(ticket=ticket, customer=other, by=cast.lead)

    stays = QueueStay.objects.order_by("pk")
    assert [(stay.level_name, stay.left_at is None) for stay in stays] == [
        ("Gold", False),
        ("Goldplus", True),
    ]
