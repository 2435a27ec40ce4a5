"""Estimates of waiting times: recorded at every door, told to customers, measured for leads."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories.calling import Caller
from tests.factories.cast import Cast, make_cast, make_team, make_ticket, make_user
from tests.factories.waits import make_waits
from tickets.actions import assigning, indexing, moving, progressing, rating, recording, replying
from tickets.models import RecordedWait, Ticket
from tickets.queries.estimates import memory
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

NORMAL, HIGH = Ticket.Severity.NORMAL, Ticket.Severity.HIGH


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def owner(cast: Cast, client: Client) -> Client:
    """The gold customer's contact, signed in, reading English."""
    assert cast.owner.user is not None
    cast.owner.user.language = "en"
    cast.owner.user.save(update_fields=["language"])
    client.force_login(cast.owner.user)
    return client


def make_own(cast: Cast, **fields: Any) -> Ticket:
    """A ticket of the gold customer's contact."""
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, **fields)
    indexing.apply_changes()
    return ticket


def file_one(owner: Client) -> str:
    """File a ticket through the portal; what the page says afterwards."""
    form = {"subject": "Printer", "body": "It smokes.", "severity": str(NORMAL)}
    response = owner.post("/portal/new/", form, follow=True)
    assert response.status_code == 200, response.content
    return response.content.decode()


def test_filing_says_when_somebody_will_probably_take_it_and_how_that_was_made(
    cast: Cast, owner: Client
) -> None:
    make_waits(cast.team, 30)
    page = file_one(owner)
    assert "Somebody will probably take it" in page
    assert "30 tickets with service level Gold and severity normal" in page
    assert "no promise" in page
    wait = RecordedWait.objects.get(ticket__isnull=False)
    assert (wait.band, wait.severity, wait.ahead, wait.taken_at) == (1, NORMAL, 0, None)
    assert 0 <= (wait.low or 0) <= (wait.middle or 0) <= (wait.high or 0) > 0


def test_customers_and_leads_are_told_the_same_share_of_what_came_true(
    cast: Cast, owner: Client, client: Client
) -> None:
    make_waits(cast.team, 30)
    make_waits(cast.team, 10)
    moved = RecordedWait.objects.order_by("-id").values("pk")[:10]
    # Moved meanwhile: no example for others, and each waited longer than it was told.
    RecordedWait.objects.update(low=0, middle=60, high=7 * 86_400)
    RecordedWait.objects.filter(pk__in=moved).update(ended="changed", seconds=8 * 86_400)

    page = file_one(owner)

    assert "30 tickets with service level Gold" in page
    assert "75 of 100" in page
    client.force_login(cast.lead)
    assert re.search(r"\b75\s?%", client.get("/desk/estimates/").content.decode())


def test_under_thirty_there_is_none_and_the_page_says_so(cast: Cast, owner: Client) -> None:
    make_waits(cast.team, 29)
    make_waits(cast.team, 40, band=2)
    make_waits(cast.team, 40, severity=HIGH)
    page = file_one(owner)
    assert "Somebody will probably take it" not in page
    assert "we need 30 tickets with service level Gold and severity normal" in page
    assert "There are 29" in page
    ticket = Ticket.objects.get()
    assert RecordedWait.objects.get(ticket=ticket).high is None
    assert "Somebody will probably" not in owner.get("/portal/").content.decode()
    assert Caller(cast.agent).get(f"tickets/{ticket.number}/").json()["estimate"] is None


def test_what_is_older_than_eight_weeks_does_not_count(cast: Cast, owner: Client) -> None:
    make_waits(cast.team, 40, last_at=timezone.now() - timedelta(weeks=8))
    assert "There are 0" in file_one(owner)


def test_list_and_page_and_api_say_the_same_as_long_as_it_waits_and_then_who_has_it(
    cast: Cast, owner: Client
) -> None:
    make_waits(cast.team, 60)
    ticket = make_own(cast)
    address = f"/portal/tickets/{ticket.number}/"
    for path in ("/portal/", address, f"{address}?fragment=live", f"{address}?fragment=position"):
        assert "Somebody will probably take it" in owner.get(path).content.decode(), path
    for user in (cast.owner.user, cast.agent):
        shown = Caller(user).get(f"tickets/{ticket.number}/").json()["estimate"]
        assert shown["low_at"] < shown["high_at"]
        assert "60" in shown["basis"]
        assert Caller(user).get(f"tickets/{ticket.number}/position/").json()["estimate"]["basis"]

    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead, reason="hers")

    for path in ("/portal/", address, f"{address}filed/"):
        page = owner.get(path).content.decode()
        assert "Somebody will probably" not in page, path
        assert cast.agent.display_name in page, path
    assert Caller(cast.agent).get(f"tickets/{ticket.number}/").json()["estimate"] is None


def test_the_teams_own_pace_counts_where_it_has_served_enough(cast: Cast, owner: Client) -> None:
    slow = make_team("Slow")
    make_waits(cast.team, 30, pace=300.0)
    make_waits(slow, 100, pace=9000.0, last_at=timezone.now() - timedelta(days=9))
    make_own(cast)
    own = RecordedWait.objects.get(ticket__isnull=False)
    make_ticket(cast.gold_customer, team=slow)
    of_slow = RecordedWait.objects.exclude(ticket=None).get(team=slow)
    assert 0 < (own.middle or 0) * 5 < (of_slow.middle or 0)


def taken_next(cast: Cast, ticket: Ticket) -> None:
    assigning.take_next(by=cast.agent)


def picked(cast: Cast, ticket: Ticket) -> None:
    assigning.pick(ticket=ticket, by=cast.agent)


def assigned(cast: Cast, ticket: Ticket) -> None:
    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead)


def taken_by_page(cast: Cast, ticket: Ticket) -> None:
    client = Client()
    client.force_login(cast.agent)
    assert client.post("/desk/next/").status_code in (200, 302)


def taken_by_api(cast: Cast, ticket: Ticket) -> None:
    assert Caller(cast.agent).post("queue/next/", {}).status_code == 200


@pytest.mark.parametrize("take", [taken_next, picked, assigned, taken_by_page, taken_by_api])
def test_every_door_that_takes_ends_the_wait_once(take: Callable[[Cast, Ticket], None], cast: Cast) -> None:
    ticket = make_own(cast)
    take(cast, ticket)
    ticket.refresh_from_db()
    assert ticket.assignee == cast.agent
    wait = RecordedWait.objects.get()
    assert (wait.ended, wait.seconds) == ("served", None)
    assert wait.taken_at == ticket.assigned_at

    assigning.release(ticket=ticket, by=cast.lead)
    assigning.assign(ticket=ticket, to=cast.lead, by=cast.lead)

    assert RecordedWait.objects.get().taken_at == wait.taken_at
    assert recording.measure() == 1
    assert recording.measure() == 0
    assert RecordedWait.objects.get().seconds is not None


def test_a_wait_is_measured_in_service_hours(cast: Cast) -> None:
    friday = timezone.now().replace(year=2026, month=11, day=20, hour=15, minute=0, second=0)  # 16:00 here
    RecordedWait.objects.create(
        team=cast.team,
        band=1,
        severity=3,
        arrived_at=friday,
        ahead=0,
        taken_at=friday + timedelta(days=3),
        ended="served",
    )
    recording.measure()
    assert RecordedWait.objects.get().seconds == pytest.approx(9 * 3600, abs=2)


def test_what_moved_meanwhile_is_no_example_and_what_never_waited_is_none_at_all(cast: Cast) -> None:
    def ended(change: Callable[[Ticket], object]) -> str:
        ticket = make_own(cast)
        change(ticket)
        assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead, reason="hers")
        return RecordedWait.objects.get(ticket=ticket).ended

    later = timezone.now() + timedelta(hours=1)
    assert ended(lambda one: None) == "served"
    assert ended(lambda one: rating.set_severity(ticket=one, severity=HIGH, by=cast.agent, reason="!")) == (
        "changed"
    )
    assert ended(lambda one: rating.pin(ticket=one, by=cast.lead, reason="!", expires_at=later)) == "changed"
    moved = make_team("Elsewhere")
    cast.agent.teams.add(moved)
    assert ended(lambda one: moving.move_to_team(ticket=one, team=moved, by=cast.agent)) == "changed"
    own = make_ticket(cast.gold_customer, by=cast.agent)
    assigning.pick(ticket=own, by=cast.agent, reason="mine")
    assert RecordedWait.objects.get(ticket=own).ended == "own"


def test_answered_parked_closed_and_imported_tickets_are_not_counted(cast: Cast) -> None:
    answered, parked, closed = make_own(cast), make_own(cast), make_own(cast)
    replying.reply(ticket=answered, body="Done.", by=cast.agent, then=Verb.SOLVE)
    progressing.progress(ticket=parked, verb=Verb.WAIT_CUSTOMER, by=cast.agent)
    progressing.progress(ticket=closed, verb=Verb.CLOSE, by=cast.owner.user)
    make_own(cast, by=cast.admin, arrived_at=timezone.now() - timedelta(days=2))
    make_own(cast, at=timezone.now() - timedelta(days=2))
    assert not RecordedWait.objects.exists()

    replying.reply(ticket=make_own(cast), body="We look into it.", by=cast.agent)
    assert RecordedWait.objects.get().taken_at is None


def test_a_deleted_ticket_leaves_its_wait(cast: Cast) -> None:
    ticket = make_own(cast)
    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead)
    ticket.delete()
    assert RecordedWait.objects.get().ended == "served"


@pytest.mark.django_db(transaction=True)
def test_two_who_claim_at_once_end_one_wait_each() -> None:
    cast = make_cast()
    tickets = [make_ticket(cast.gold_customer, contact=cast.owner) for _ in range(2)]
    agents = [cast.agent, make_user("second", "agent", cast.team)]
    begin = threading.Barrier(2)

    def claim(agent: Any) -> None:
        begin.wait(10)
        assigning.take_next(by=agent)
        connections.close_all()

    threads = [threading.Thread(target=claim, args=[agent]) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    waits = RecordedWait.objects.filter(ticket__in=tickets)
    assert sorted(waits.values_list("ended", flat=True)) == ["served", "served"]
    for wait in waits.select_related("ticket"):
        assert wait.ticket is not None
        assert wait.taken_at == wait.ticket.assigned_at


def test_pages_keep_what_the_records_say_for_a_minute(cast: Cast) -> None:
    make_waits(cast.team, 60)
    ticket = make_own(cast)
    address = f"tickets/{ticket.number}/position/"
    caller = Caller(cast.agent)
    caller.get(address)
    with CaptureQueriesContext(connection) as warm:
        caller.get(address)
    memory.forget()
    with CaptureQueriesContext(connection) as cold:
        caller.get(address)
    assert len(cold) == len(warm) + 1


def test_leads_see_how_often_ranges_came_true_and_agents_do_not(cast: Cast, client: Client) -> None:
    now = timezone.now()
    make_waits(cast.team, 40, told=(0, 2400, 10**6))
    make_waits(cast.team, 40, severity=HIGH, told=(0, 60, 120), last_at=now - timedelta(days=10))
    make_waits(cast.team, 12, band=100)
    client.force_login(cast.lead)

    response = client.get("/desk/estimates/")

    page = response.content.decode()
    rows = [row["figures"] for row in response.context["groups"]]
    figures = {(one.levels, one.severity): one for one in rows}
    assert (figures["Gold", "normal"].percent, figures["Gold", "normal"].verdict) == (100, "often")
    assert figures["Gold", "normal"].width == pytest.approx(10**6 / 2400)
    assert (figures["Gold", "high"].percent, figures["Gold", "high"].verdict) == (0, "rare")
    assert figures["Gold", "high"].width == pytest.approx(2.0)
    assert (figures["", "normal"].served, figures["", "normal"].lacking) == (12, 18)
    assert response.context["overall"].percent == 50
    assert 'class="chart"' in page
    for user in (cast.agent, make_user(role="contact")):
        client.force_login(user)
        assert client.get("/desk/estimates/").status_code == 404


def test_leads_are_told_that_nothing_was_recorded_yet(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    page = client.get("/desk/estimates/").content.decode()
    assert 'class="chart"' not in page
    assert 'class="empty"' in page
