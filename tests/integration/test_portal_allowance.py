"""My contract: what is included, what is left of the allowance, and for which tickets it was used."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.actions import booking
from contracts.models import Agreement, Allowance
from contracts.queries import company_zone
from customers.models import Contact
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.work import include
from tickets.models import Ticket, TimeEntry, WorkKind

pytestmark = pytest.mark.django_db

CONTRACT = "/portal/contract/"


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    include(cast.gold, "remote")
    Allowance.objects.create(level=cast.gold, amount=120, overrun="ask", carries_over=True)
    return cast


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    return Agreement.objects.get(customer=cast.gold_customer)


def page_of(contact: Contact) -> str:
    """The page as its German reader finds it, in one line."""
    assert contact.user is not None
    client = Client()
    client.force_login(contact.user)
    return " ".join(client.get(CONTRACT).text.split())


def use(agreement: Agreement, ticket: Ticket, minutes: int, by: Cast) -> None:
    """Work of today on a ticket, booked as the deciding of work books it."""
    now = timezone.now().replace(second=0, microsecond=0)
    entry = TimeEntry.objects.create(
        ticket=ticket,
        customer=ticket.customer,
        agent=by.agent,
        work_kind=WorkKind.REMOTE,
        service=by.gold.services.get(),
        started_at=now - timedelta(minutes=minutes),
        ended_at=now,
        created_at=now,
    )
    booking.book(
        agreement=agreement,
        units=minutes,
        key=f"slice:{entry.pk}",
        source=f"time_entry:{entry.pk}",
        by=by.agent,
        at=now,
        day=today(),
    )


def today() -> date:
    """The company's day."""
    return timezone.localdate(timezone=company_zone())


def test_the_page_says_what_is_included_left_and_next(cast: Cast, agreement: Agreement) -> None:
    mine = make_ticket(cast.gold_customer, contact=cast.owner, subject="Meine Maus")
    theirs = make_ticket(cast.gold_customer, contact=cast.colleague, subject="Fremdes Fax")
    use(agreement, mine, 30, cast)
    use(agreement, theirs, 45, cast)
    booking.correct(
        agreement=agreement,
        units=15,
        reason="Kulanz",
        key="c",
        by=cast.lead,
        at=timezone.now(),
        day=today(),
    )

    page = page_of(cast.owner)

    assert '<strong class="num">1 h</strong> <span>übrig</span>' in page
    assert "1 h 15 min von 2 h 15 min verbraucht, 55 Prozent." in page
    assert f"/portal/tickets/{mine.number}/" in page
    assert "Fremdes Fax" not in page  # a colleague's ticket is counted, not named
    assert "1 Ticket Ihres Unternehmens, das Sie nicht sehen" in page
    assert "45 min" in page
    assert "Berichtigung: Kulanz" in page
    assert "Sobald es verbraucht ist: Bevor wir etwas tun, das zusätzlich kostet, fragen wir Sie." in page
    assert "geht einmal in den nächsten Zeitraum über" in page
    assert re.search(r"Was enthalten ist.*Fernwartung", page)
    assert '<svg class="usage-chart"' not in page  # one period is no history yet


def test_whoever_sees_the_companys_tickets_finds_them_all_linked(cast: Cast, agreement: Agreement) -> None:
    Contact.objects.filter(pk=cast.owner.pk).update(sees_company_tickets=True)
    theirs = make_ticket(cast.gold_customer, contact=cast.colleague, subject="Fremdes Fax")
    use(agreement, theirs, 45, cast)
    page = page_of(cast.owner)
    assert f"/portal/tickets/{theirs.number}/" in page
    assert "die Sie nicht sehen" not in page


def test_the_periods_before_are_a_chart_and_a_table(cast: Cast, agreement: Agreement) -> None:
    first = today().replace(day=1)
    for back, units in ((3, 60), (2, 120), (1, 30)):
        month = first.month - back
        day = date(first.year + (month - 1) // 12, (month - 1) % 12 + 1, 15)
        at = datetime(day.year, day.month, day.day, 11, tzinfo=company_zone())
        booking.book(agreement=agreement, units=units, key=str(back), source="", by=None, at=at, day=day)

    page = page_of(cast.owner)

    assert page.count('<rect class="usage-used"') == 1 + 4  # the meter, and a bar for each month
    # 120; 60 left carried: 180; 60 left carried: 180; 120 of 150 left carried: 240
    title = re.search(r'<title id="usage-words">(.*?)</title>', page)
    assert title is not None
    assert [int(percent) for percent in re.findall(r"(\d+) %", title[1])] == [50, 67, 17, 0]
    table = page[page.index('<table class="usage-table"') :]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table)
    assert len(rows) == 4
    assert "bis jetzt" in rows[0]
    assert "davon 2 h übertragen" in rows[0]
    assert "Noch nichts." in page


def test_a_used_up_allowance_says_what_happens_with_further_work(cast: Cast, agreement: Agreement) -> None:
    use(agreement, make_ticket(cast.gold_customer, contact=cast.owner), 120, cast)
    page = page_of(cast.owner)
    assert '<strong class="num">0 min</strong>' in page
    assert "Sobald es verbraucht ist" not in page
    assert "Ohne Ihre Freigabe wird nichts berechnet." in page
    assert "is-used-up" in page


def test_nobody_else_reads_of_it(cast: Cast, agreement: Agreement) -> None:
    use(agreement, make_ticket(cast.gold_customer, contact=cast.owner), 50, cast)
    assert "Ihr Kontingent" in page_of(cast.owner)
    bronze = page_of(cast.stranger)  # a level without an allowance
    assert "Ihr Kontingent" not in bronze
    assert "Ihr Servicevertrag" in bronze
    Agreement.objects.update(terminated_on=date(2020, 1, 2))
    ended = page_of(cast.owner)
    assert "Ihr Kontingent" not in ended
    assert "Was enthalten ist" not in ended


def test_more_bookings_take_no_more_queries(cast: Cast, agreement: Agreement) -> None:
    client = Client()
    assert cast.owner.user is not None
    client.force_login(cast.owner.user)

    def queries() -> int:
        client.get(CONTRACT)
        with CaptureQueriesContext(connection) as context:
            client.get(CONTRACT)
        return len(context.captured_queries)

    use(agreement, make_ticket(cast.gold_customer, contact=cast.owner), 5, cast)
    few = queries()
    for _ in range(6):
        use(agreement, make_ticket(cast.gold_customer, contact=cast.owner), 5, cast)
    assert queries() <= few


def test_an_agent_reads_beside_the_ticket_what_is_left(cast: Cast, agreement: Agreement) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    without = make_ticket(cast.bronze_customer)
    use(agreement, ticket, 100, cast)
    client = Client()
    client.force_login(cast.agent)

    def panel(of: Ticket) -> str:
        return " ".join(client.get(f"/desk/tickets/{of.number}/").text.split())

    assert "noch 20 min" in panel(ticket), re.findall("<dt>Kon.*?</dd>", panel(ticket))
    assert "1 h 40 min von 2 h" in panel(ticket)
    use(agreement, ticket, 20, cast)
    assert "Vor Arbeit darüber hinaus wird der Kunde gefragt." in panel(ticket)
    assert "Verbrauchter Anteil" not in panel(without)
