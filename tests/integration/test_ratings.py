"""Rating a finished ticket: who may, until when, and who reads it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from customers.models import Contact
from mail.actions.delivering import deliver_batch
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tests.gate_doors import MARKER, SHORT_LOG
from tickets.access import Denied
from tickets.actions import progressing
from tickets.actions.satisfaction import rate
from tickets.models import Rating, Ticket, TicketEvent
from tickets.queries.satisfaction import weeks
from tickets.rules.lifecycle import NotAllowed, Verb

pytestmark = pytest.mark.django_db

Verdict = Rating.Verdict


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def solved(cast: Cast) -> Ticket:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, by=cast.owner.user, subject="Printer")
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.agent)
    ticket.refresh_from_db()
    return ticket


def page_of(user: User | None, path: str) -> str:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client.get(path).content.decode()


def post(contact: Contact, ticket: Ticket, **fields: str) -> int:
    assert contact.user is not None
    client = Client()
    client.force_login(contact.user)
    return client.post(f"/portal/tickets/{ticket.number}/rate/", fields).status_code


def test_a_contact_rates_with_a_comment_and_changes_it(cast: Cast, solved: Ticket) -> None:
    ask, path = "Wie waren wir?", f"/portal/tickets/{solved.number}/"
    assert ask in page_of(cast.owner.user, path)

    assert post(cast.owner, solved, verdict="bad", comment="Took <b>long</b>") == 302
    assert post(cast.owner, solved, verdict="good", comment="") == 302

    given = Rating.objects.get()
    assert (given.verdict, given.comment, given.contact) == ("good", "", cast.owner)
    assert list(TicketEvent.objects.filter(kind="rated").values_list("params", flat=True)) == [
        {"verdict": "bad"},
        {"verdict": "good"},
    ]
    solved.refresh_from_db()
    assert solved.status == Ticket.Status.SOLVED
    assert "Ihre Bewertung" in page_of(cast.owner.user, path)


def test_without_a_verdict_it_is_refused_and_what_was_typed_stays(cast: Cast, solved: Ticket) -> None:
    assert cast.owner.user is not None
    client = Client()
    client.force_login(cast.owner.user)

    answer = client.post(f"/portal/tickets/{solved.number}/rate/", {"comment": "Thanks & regards"})

    assert answer.status_code == 422
    assert "Thanks &amp; regards" in answer.content.decode()
    assert not Rating.objects.exists()


def test_a_log_in_the_comment_is_refused_and_stays_typed_while_it_may_not_be_read(
    cast: Cast, solved: Ticket
) -> None:
    assert cast.owner.user is not None
    client = Client(headers={"Accept-Language": "de"})
    client.force_login(cast.owner.user)
    path, typed = f"/portal/tickets/{solved.number}/rate/", {"verdict": "bad", "comment": SHORT_LOG}
    answer = client.post(path, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Bitte senden Sie es als Nachricht in diesem Ticket" in page
    assert MARKER in page
    assert not Rating.objects.exists()
    assert client.post(path, {**typed, "comment": "ERROR 17, what is that?"}).status_code == 302


def test_an_open_ticket_cannot_be_rated_nor_one_closed_too_long_ago(cast: Cast, solved: Ticket) -> None:
    still_open = make_ticket(cast.gold_customer, contact=cast.owner)
    closed_at = timezone.now() - timedelta(days=settings.REOPEN_DAYS + 2)
    old = make_ticket(cast.gold_customer, contact=cast.owner)
    progressing.progress(ticket=old, verb=Verb.CLOSE, by=cast.agent, at=closed_at)

    for ticket in (still_open, old):
        assert post(cast.owner, ticket, verdict="good") == 302
        assert "Wie waren wir?" not in page_of(cast.owner.user, f"/portal/tickets/{ticket.number}/")
        with pytest.raises(NotAllowed):
            rate(ticket=ticket, contact=cast.owner, verdict=Verdict.GOOD, by=cast.owner.user)  # type: ignore[arg-type]
    assert not Rating.objects.exists()


def test_a_colleague_rates_only_what_they_see_and_nobody_in_anothers_name(cast: Cast, solved: Ticket) -> None:
    for person in (cast.colleague, cast.stranger):
        assert post(person, solved, verdict="bad") == 404
    with pytest.raises(Denied):
        rate(ticket=solved, contact=cast.owner, verdict=Verdict.BAD, by=cast.colleague.user)  # type: ignore[arg-type]
    with pytest.raises(Denied):
        rate(ticket=solved, contact=cast.owner, verdict=Verdict.GOOD, by=cast.agent)

    Contact.objects.filter(pk=cast.colleague.pk).update(sees_company_tickets=True)
    assert post(cast.colleague, solved, verdict="fair", comment="Half") == 302
    assert Rating.objects.get().contact == cast.colleague
    assert "Half" not in page_of(cast.owner.user, f"/portal/tickets/{solved.number}/")


def test_agents_read_it_on_the_ticket_and_leads_in_a_list(cast: Cast, solved: Ticket) -> None:
    post(cast.owner, solved, verdict="fair", comment="Friendly, but late")

    assert "Friendly, but late" in page_of(cast.agent, f"/desk/tickets/{solved.number}/")
    for path in ("/desk/ratings/", "/desk/ratings/?show=comments"):
        page = page_of(cast.lead, path)
        assert "Friendly, but late" in page
        assert solved.number in page
    post(cast.owner, solved, verdict="fair", comment="")
    assert solved.number not in page_of(cast.lead, "/desk/ratings/?show=comments")


def test_the_share_of_good_ones_is_counted_by_calendar_week(cast: Cast) -> None:
    now = timezone.now()
    for weeks_ago, verdicts in {0: "good good bad", 3: "fair", 9: "good"}.items():
        for verdict in verdicts.split():
            ticket = make_ticket(cast.gold_customer, contact=cast.owner)
            at = now - timedelta(weeks=weeks_ago)
            progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.agent, at=at)
            rate(ticket=ticket, contact=cast.owner, verdict=Verdict(verdict), by=cast.owner.user, at=at)  # type: ignore[arg-type]

    found = weeks(now)

    assert [week.count for week in found] == [3, 0, 0, 1, 0, 0, 0, 0]
    assert [week.share_good for week in found][:4] == [67, None, None, 0]


def test_the_mail_of_the_solution_asks_who_can_answer_and_has_not(cast: Cast) -> None:
    asks = "Wie waren wir? Das können Sie im Portal bei Ihrem Ticket sagen."
    without_login = make_contact(cast.gold_customer, "Reader", email="reader@customer.example")
    for contact, is_asked in ((cast.owner, True), (without_login, False)):
        ticket = make_ticket(cast.gold_customer, contact=contact)
        deliver_batch()
        mail.outbox.clear()
        progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.agent)
        deliver_batch()
        assert [asks in " ".join(str(each.body).split()) for each in mail.outbox] == [is_asked]

    rated = make_ticket(cast.gold_customer, contact=cast.owner)
    progressing.progress(ticket=rated, verb=Verb.SOLVE, by=cast.agent)
    post(cast.owner, rated, verdict="good")
    deliver_batch()
    mail.outbox.clear()
    progressing.progress(ticket=rated, verb=Verb.CLOSE, by=cast.agent)
    deliver_batch()
    assert not any(asks in " ".join(str(each.body).split()) for each in mail.outbox)
