"""Mail about targets at risk and missed: to people of the firm, in their language, while it is true."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Notice, User
from mail.actions.delivering import deliver_batch
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.promises import make_hours, make_targets
from tickets.actions import assigning, replying, watching
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    make_hours("24/7")
    cast = make_cast()
    make_targets(cast.gold, response=60)
    return cast


def arrived(cast: Cast, minutes_ago: int) -> Ticket:
    arrived_at = timezone.now() - timedelta(minutes=minutes_ago)
    ticket = make_ticket(
        cast.gold_customer, subject="Everything is down", contact=cast.owner, arrived_at=arrived_at
    )
    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead)
    Notice.objects.all().delete()
    return ticket


def sent() -> list[mail.EmailMessage]:
    """What goes to people of the firm about targets."""
    mail.outbox.clear()
    deliver_batch()
    return [each for each in mail.outbox if "arget" in each.subject or "Ziel" in each.subject]


def test_a_miss_is_told_in_the_readers_language_with_the_steps_to_it(cast: Cast) -> None:
    User.objects.filter(pk=cast.agent.pk).update(language="de")
    ticket = arrived(cast, 61)
    watching.sweep_deadlines()

    (letter,) = sent()

    assert letter.to == [cast.agent.email]
    assert letter.subject == f"Ziel verfehlt: {ticket.number}, Erste Antwort"
    assert "Everything is down" in letter.body
    assert "erste Antwort innerhalb von 1 Stunde" in " ".join(letter.body.split())
    assert f"/desk/tickets/{ticket.number}/" in letter.body


def test_a_warning_of_what_is_answered_by_then_is_not_sent(cast: Cast) -> None:
    ticket = arrived(cast, 50)
    watching.sweep_deadlines()
    warnings = Notice.objects.filter(kind="target_warning")
    assert warnings.count() == 1

    replying.reply(ticket=ticket, body="Coming.", by=cast.agent)

    assert sent() == []
    assert not warnings.filter(next_attempt_at__isnull=False).exists()


def test_a_warning_is_sent_while_there_is_time(cast: Cast) -> None:
    User.objects.filter(pk=cast.agent.pk).update(language="en")
    ticket = arrived(cast, 50)
    watching.sweep_deadlines()

    (letter,) = sent()

    assert letter.subject == f"Target at risk: {ticket.number}, First response"
    assert "75 % of a target" in letter.body


def test_whoever_may_not_read_the_ticket_any_more_is_not_told(cast: Cast) -> None:
    ticket = arrived(cast, 61)
    watching.sweep_deadlines()
    Ticket.objects.filter(pk=ticket.pk).update(assignee=cast.lead, team=cast.other_team)

    assert sent() == []
    assert Notice.objects.get(kind="target_missed").error == "undelivered.not_theirs"
