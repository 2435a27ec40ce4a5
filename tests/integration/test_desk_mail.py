"""Agents see how a ticket's mail stands, and send once more what was not delivered."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEntry, User
from mail.actions.delivering import deliver_batch
from mail.queries.outboxes import trouble
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import progressing, replying
from tickets.models import Delivery, Ticket, TicketEvent
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

ERROR = "550 5.1.1 unknown <b>here</b>"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner)


def signed_in(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user)
    return client


def page(user: User, ticket: Ticket) -> str:
    return signed_in(user).get(f"/desk/tickets/{ticket.number}/").text


def fail() -> None:
    """Everything that waits is given up."""
    Delivery.objects.waiting().update(next_attempt_at=None, failed_at=timezone.now(), error=ERROR)


def retry(user: User, ticket: Ticket, row: Delivery) -> Any:
    return signed_in(user).post(f"/desk/tickets/{ticket.number}/mails/{row.pk}/retry/")


def test_a_message_shows_how_its_mail_stands(cast: Cast, ticket: Ticket) -> None:
    deliver_batch()
    replying.reply(ticket=ticket, body="Try this.", by=cast.agent)
    shown = page(cast.agent, ticket)
    assert "Receipt mailed to Owner:" in shown
    assert "Reply is being sent to Owner" in shown

    Delivery.objects.waiting().update(
        error="undelivered.unreachable", next_attempt_at=timezone.now() + timedelta(minutes=1)
    )
    assert "Reply not sent yet (The mail server cannot be reached), next attempt:" in page(cast.agent, ticket)
    assert "Try again" not in page(cast.agent, ticket)


def test_what_was_not_delivered_says_why_and_can_be_sent_again(cast: Cast, ticket: Ticket) -> None:
    fail()
    row = Delivery.objects.get()
    shown = page(cast.agent, ticket)
    assert "Receipt not delivered to Owner: 550 5.1.1 unknown &lt;b&gt;here&lt;/b&gt;" in shown

    answer = retry(cast.agent, ticket, row)

    assertRedirects(answer, f"/desk/tickets/{ticket.number}/")
    assert deliver_batch() == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == row.mail_id
    assert AuditEntry.objects.filter(verb="delivery.retried", actor_id=cast.agent.pk).count() == 1
    assert "Mail sent once more (Receipt)" in page(cast.agent, ticket)


def test_a_lost_change_of_status_is_shown_at_the_end(cast: Cast, ticket: Ticket) -> None:
    deliver_batch()
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.agent)
    fail()
    assert "Change of status not delivered to Owner" in page(cast.agent, ticket)


def test_the_history_keeps_what_was_given_up(cast: Cast, ticket: Ticket) -> None:
    cast.owner.is_active = False
    cast.owner.save()
    deliver_batch()
    assert "Mail not delivered (Receipt): The person is not active any more" in page(cast.agent, ticket)


def test_only_a_failed_mail_is_sent_again(cast: Cast, ticket: Ticket) -> None:
    deliver_batch()
    row = Delivery.objects.get()
    retry(cast.agent, ticket, row)
    assert deliver_batch() == 0
    assert not TicketEvent.objects.filter(kind="mail_retried").exists()


def test_old_mail_that_is_sent_again_has_not_waited_since(cast: Cast, ticket: Ticket) -> None:
    fail()
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=3))
    retry(cast.agent, ticket, Delivery.objects.get())
    assert trouble(timezone.now()).total == 0


def test_who_does_not_work_on_the_ticket_sends_nothing(cast: Cast, ticket: Ticket) -> None:
    fail()
    row = Delivery.objects.get()
    foreign = make_ticket(cast.gold_customer, team=cast.other_team)
    for user, number in (
        (cast.other_agent, ticket.number),
        (cast.owner.user, ticket.number),
        (cast.agent, foreign.number),
        (cast.other_agent, foreign.number),
    ):
        assert user is not None
        address = f"/desk/tickets/{number}/mails/{row.pk}/retry/"
        assert signed_in(user).post(address).status_code == 404
    assert Client().post(f"/desk/tickets/{ticket.number}/mails/{row.pk}/retry/").status_code == 302
    assert Delivery.objects.failed().count() == 1


def test_undelivered_mail_is_counted_and_listed_for_those_who_work_there(cast: Cast, ticket: Ticket) -> None:
    make_ticket(cast.bronze_customer, contact=cast.stranger, subject="Delivered")
    make_ticket(cast.gold_customer, contact=cast.owner, team=cast.other_team, subject="Elsewhere")
    Delivery.objects.exclude(ticket__team=cast.team, ticket=ticket).update(
        next_attempt_at=None, sent_at=timezone.now()
    )
    assert "Mail errors" not in page(cast.agent, ticket)
    fail()
    assert re.search(r"Mail errors.*?1", page(cast.agent, ticket), re.DOTALL)
    shown = signed_in(cast.agent).get("/desk/lost-mail/").text
    assert ticket.subject in shown
    assert "Delivered" not in shown
    assert "All mail was delivered" in signed_in(cast.other_agent).get("/desk/lost-mail/").text
    assert ticket.subject in signed_in(cast.lead).get("/desk/lost-mail/").text
    assert cast.owner.user is not None
    assert signed_in(cast.owner.user).get("/desk/lost-mail/").status_code == 404

    Delivery.objects.failed().update(failed_at=timezone.now() - timedelta(days=15))
    assert "Mail errors" not in page(cast.agent, ticket)


def test_the_customer_sees_nothing_of_all_this(cast: Cast, ticket: Ticket) -> None:
    fail()
    assert cast.owner.user is not None
    answer = signed_in(cast.owner.user).get(f"/portal/tickets/{ticket.number}/")
    assertContains(answer, ticket.number)
    assertNotContains(answer, "550")
    assertNotContains(answer, "delivered")


def test_the_page_asks_no_more_for_many_mails(cast: Cast, ticket: Ticket) -> None:
    browser = signed_in(cast.agent)
    counts = []
    for _ in range(2):
        browser.get(f"/desk/tickets/{ticket.number}/")
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/desk/tickets/{ticket.number}/")
        counts.append(len(queries))
        for _turn in range(5):
            replying.reply(ticket=ticket, body="More.", by=cast.agent)
    assert counts[0] == counts[1]
