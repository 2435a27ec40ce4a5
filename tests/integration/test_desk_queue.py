"""The desk's queue page: what an agent sees there, in which order, and what it costs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertRedirects

from accounts.models import User
from lib.valkey import Unavailable
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import assigning, indexing, progressing, rating
from tickets.gateways import live_index
from tickets.models import Ticket
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

Severity = Ticket.Severity


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    User.objects.update(language="en")
    indexing.rebuild()
    return cast


def page_of(user: User, path: str = "/desk/", **query: str) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def numbers_in(page: str) -> list[str]:
    """The rows' ticket numbers, top to bottom."""
    return [part.split('"', 1)[0] for part in page.split('id="t-')[1:]]


def test_rows_stand_in_rank_order_with_a_line_before_those_without_contract(cast: Cast) -> None:
    plain = make_ticket(cast.plain_customer, severity=Severity.CRITICAL)
    bronze = make_ticket(cast.bronze_customer)
    gold = make_ticket(cast.gold_customer)
    indexing.apply_changes()

    page = page_of(cast.agent)

    assert numbers_in(page) == [gold.number, bronze.number, plain.number]
    assert page.index(bronze.number) < page.index('id="group-without"') < page.index(f't-{plain.number}"')
    assert "3 wait · 2 with a contract" in page


def test_foreign_teams_tickets_are_not_shown(cast: Cast) -> None:
    make_ticket(cast.gold_customer, team=cast.other_team)

    assert numbers_in(page_of(cast.agent)) == []
    assert len(numbers_in(page_of(cast.lead))) == 1


def test_contacts_and_strangers_do_not_get_in(cast: Cast) -> None:
    client = Client()
    assertRedirects(client.get("/desk/"), "/accounts/login/?next=/desk/", fetch_redirect_response=False)
    assert cast.owner.user is not None
    client.force_login(cast.owner.user)
    for path in (
        "/desk/",
        "/desk/work/",
        "/desk/tickets/",
        "/desk/new/",
        "/desk/peek/?number=1",
        "/desk/starving/",
    ):
        assert client.get(path).status_code == 404


def test_only_leads_see_who_starves(cast: Cast) -> None:
    old = make_ticket(cast.plain_customer, at=timezone.now() - timedelta(days=3))
    make_ticket(cast.gold_customer)

    assert numbers_in(page_of(cast.lead, "/desk/starving/")) == [old.number]
    client = Client()
    client.force_login(cast.agent)
    assert client.get("/desk/starving/").status_code == 404


def test_another_teams_filter_is_not_found(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.agent)
    assert client.get("/desk/", {"team": cast.other_team.slug}).status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"severity": "critical"}, ["plain"]),
        ({"level": "0"}, ["plain"]),
        ({"q": "firewall"}, ["gold"]),
        ({"q": "Moser"}, ["plain"]),
        ({"q": "100%"}, []),
    ],
)
def test_filters(cast: Cast, query: dict[str, str], expected: list[str]) -> None:
    tickets = {
        "gold": make_ticket(cast.gold_customer, subject="Firewall down"),
        "plain": make_ticket(cast.plain_customer, severity=Severity.CRITICAL),
    }
    indexing.apply_changes()

    assert numbers_in(page_of(cast.agent, **query)) == [tickets[name].number for name in expected]


def positions_in(page: str) -> list[int]:
    cells = page.split('class="q-pos" data-live-position>')[1:]
    return [int(cell.split("</td>", 1)[0].rsplit(">", 1)[-1]) for cell in cells]


def test_positions_are_places_in_each_teams_queue(cast: Cast) -> None:
    for _ in range(2):
        make_ticket(cast.gold_customer)
        make_ticket(cast.gold_customer, team=cast.other_team)
    wanted = make_ticket(cast.plain_customer, subject="Needle")
    indexing.apply_changes()

    assert positions_in(page_of(cast.lead)) == [1, 1, 2, 2, 3]
    assert positions_in(page_of(cast.lead, q="needle")) == [3]
    assert positions_in(page_of(cast.lead, after=Ticket.objects.get(pk=wanted.pk - 1).rank_key)) == [3]


def test_pages_of_fifty_go_on_where_the_last_ended(cast: Cast) -> None:
    tickets = [make_ticket(cast.gold_customer) for _ in range(52)]
    indexing.apply_changes()

    first = page_of(cast.agent)
    link = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = page_of(cast.agent, link)

    assert numbers_in(first) == [ticket.number for ticket in tickets[:50]]
    assert numbers_in(second) == [ticket.number for ticket in tickets[50:]]
    assert positions_in(second) == [51, 52]


def test_a_pinned_ticket_without_contract_stands_above_the_line(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    pinned = make_ticket(cast.plain_customer)
    rating.pin(ticket=pinned, by=cast.lead, reason="police", expires_at=timezone.now() + timedelta(hours=1))

    page = page_of(cast.agent)

    assert numbers_in(page)[0] == pinned.number
    assert "pinned" in page
    assert 'id="group-without"' not in page


def test_without_valkey_the_page_works_and_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = make_ticket(cast.gold_customer)

    def away(**_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(live_index, "read", away)
    page = page_of(cast.agent)

    assert numbers_in(page) == [ticket.number]
    assert "1 waits" in page
    assert 'data-when="degraded">' in page


def test_the_fragment_holds_rows_and_counts_only(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    page = page_of(cast.agent, fragment="live")

    assert 'id="queue-rows"' in page
    assert 'id="nav-count-queue" hx-swap-oob="true"' in page
    assert "<html" not in page


def test_the_panel_says_why(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    ticket = make_ticket(cast.bronze_customer, body="Nothing works")
    indexing.apply_changes()

    panel = page_of(cast.agent, "/desk/peek/", number=ticket.number, fragment="panel")

    assert "2nd: contract Bronze" in panel
    assert "Nothing works" in panel
    client = Client()
    client.force_login(cast.other_agent)
    assert client.get("/desk/peek/", {"number": ticket.number}).status_code == 404


def test_taking_the_next_ticket_opens_it(cast: Cast) -> None:
    make_ticket(cast.plain_customer)
    best = make_ticket(cast.gold_customer)
    client = Client()
    client.force_login(cast.agent)

    assertRedirects(client.post("/desk/next/"), f"/desk/tickets/{best.number}/")

    best.refresh_from_db()
    assert best.assignee == cast.agent


def test_off_duty_nothing_is_taken_and_what_was_held_went_back(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.agent)
    make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.lead)
    User.objects.filter(pk=cast.lead.pk).update(is_on_duty=False)  # theirs returns as well, but is not told
    client = Client()
    client.force_login(cast.agent)

    page = client.post("/desk/duty/", {"is_on_duty": "0"}, follow=True).content.decode()
    assert "1 ticket in your hands goes back" in page
    assert ticket.number in page
    ticket.refresh_from_db()
    assert ticket.assignee == cast.agent
    page = client.post("/desk/duty/", {"is_on_duty": "0", "is_confirmed": "1"}, follow=True).content.decode()
    assert "1 ticket went back to the queue" in page
    page = client.post("/desk/next/", follow=True).content.decode()
    assert "off duty" in page

    ticket.refresh_from_db()
    assert ticket.is_waiting


def test_who_holds_nothing_goes_off_duty_at_once_and_comes_back(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.agent)

    assert "You are off duty." in client.post("/desk/duty/", {"is_on_duty": "0"}, follow=True).text
    assertRedirects(client.get("/desk/duty/"), "/desk/")
    assert "You are on duty." in client.post("/desk/duty/", {"is_on_duty": "1"}, follow=True).text


def test_nothing_waits(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.agent)

    assert "Nothing waits for you." in client.post("/desk/next/", follow=True).content.decode()


def test_the_number_of_queries_does_not_grow(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(60):
        make_ticket(cast.gold_customer)
        make_ticket(cast.plain_customer, team=cast.other_team)
    indexing.apply_changes()
    client = Client()
    client.force_login(cast.lead)
    client.get("/desk/empty/")  # a session's first request notes that it is used

    # One counts what customers ask of leads; two ask for one's phone, and whether there are any.
    with django_assert_max_num_queries(10):
        assert len(numbers_in(client.get("/desk/").content.decode())) == 50
    with django_assert_max_num_queries(10):
        client.get("/desk/", {"q": "subject"})


def test_my_work_holds_own_tickets_in_rank_order(cast: Cast) -> None:
    plain, gold = make_ticket(cast.plain_customer), make_ticket(cast.gold_customer)
    for ticket in (plain, gold):
        assigning.pick(ticket=ticket, by=cast.agent, reason="same caller")
    make_ticket(cast.gold_customer)

    assert numbers_in(page_of(cast.agent, "/desk/work/")) == [gold.number, plain.number]
    assert numbers_in(page_of(cast.lead, "/desk/work/")) == []


def test_all_tickets_newest_first_and_searchable(cast: Cast) -> None:
    old = make_ticket(cast.gold_customer, subject="Printer jam")
    new = make_ticket(cast.plain_customer)
    foreign = make_ticket(cast.gold_customer, subject="Printer gone", team=cast.other_team)

    assert numbers_in(page_of(cast.agent, "/desk/tickets/")) == [new.number, old.number]
    assert numbers_in(page_of(cast.agent, "/desk/tickets/", q="printer")) == [old.number]
    assert numbers_in(page_of(cast.lead, "/desk/tickets/", q=foreign.number)) == [foreign.number]


def test_tickets_that_wait_for_others_are_listed_apart(cast: Cast) -> None:
    customer, third = make_ticket(cast.gold_customer), make_ticket(cast.plain_customer)
    for ticket, verb in ((customer, Verb.WAIT_CUSTOMER), (third, Verb.WAIT_THIRD_PARTY)):
        assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead)
        progressing.progress(ticket=ticket, verb=verb, by=cast.agent)

    assert numbers_in(page_of(cast.agent, "/desk/waiting/")) == [customer.number]
    assert numbers_in(page_of(cast.agent, "/desk/waiting/", **{"for": "third-party"})) == [third.number]
    assert numbers_in(page_of(cast.lead, "/desk/waiting/")) == []
    assert numbers_in(page_of(cast.lead, "/desk/waiting/", whose="teams")) == [customer.number]
    assert numbers_in(page_of(cast.other_agent, "/desk/waiting/", whose="teams")) == []
