"""Work on the pages: entering with a preview, timers, deciding, taking back, the overview, the portal."""

import csv
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from customers.models import Contact
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.prices import make_price_list
from tests.factories.work import allow, enter, include, let_work
from tickets.actions import moving, time_booking
from tickets.models import Ticket, TimeEntry, Timer

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    make_price_list()
    include(made.gold, "phone", "remote")
    let_work(made.gold_customer, made.bronze_customer, made.plain_customer)
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner, subject="Printer")


def browser(who: User | Contact, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(who.user if isinstance(who, Contact) else who)  # type: ignore[arg-type]
    return client


def words(response: Any) -> str:
    """What stands on the page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def typed(**fields: str) -> dict[str, str]:
    base = {"work_kind": "remote", "started_at": "2026-11-20T16:40", "ended_at": "2026-11-20T17:20"}
    return base | {"text": "Toner changed", "remark": "grumpy"} | fields


def test_an_agent_sees_who_would_pay_before_it_is_entered(cast: Cast, ticket: Ticket) -> None:
    agent, path = browser(cast.agent), f"/desk/tickets/{ticket.number}/time/"
    shown = words(agent.post(path + "?fragment=preview", typed(preview="1")))
    assert "Chargeable: €60.00 net" in shown
    assert "covered 20 min Included in the agreement" in shown
    assert "chargeable 20 min Outside the agreed service hours" in shown
    assert "plus 50% outside service hours" in shown
    assert "will be flagged" in shown
    assert not TimeEntry.objects.exists()
    assert "As soon as it is complete" in words(agent.post(path + "?fragment=preview", {"preview": "1"}))

    assert "This would be covered" in words(
        agent.post(path, typed(preview="1", ended_at="2026-11-20T17:00"))
    ), "without scripts, too"

    response = agent.post(path, typed(), follow=True)
    shown = words(response)
    assert "40 minutes are entered." in shown
    assert "flagged for the lead" in shown
    assert "Toner changed" in shown
    assert "grumpy" in shown
    assert "not approved" in shown
    assert "40 minutes entered: remote support, 20 min chargeable" in shown, "a line of the history"
    assert TimeEntry.objects.get().service.code == "remote", "the kind of work says which service"

    twice = agent.post(path, typed())
    assert twice.status_code == 422
    assert "You have entered exactly this already." in words(twice)
    assert "grumpy" in words(twice), "what was typed stays"


def test_minutes_alone_end_now_and_contradictions_are_named(cast: Cast, ticket: Ticket) -> None:
    agent, path = browser(cast.agent), f"/desk/tickets/{ticket.number}/time/"
    bare = {"work_kind": "advice"}
    assert agent.post(path, {**bare, "minutes": "25"}).status_code == 302
    entry = TimeEntry.objects.get()
    assert entry.minutes == 25
    assert timedelta() <= timezone.now() - entry.ended_at < timedelta(minutes=3)
    agent.post(path, {**bare, "minutes": "10", "started_at": "2026-11-20T09:00"})
    assert TimeEntry.objects.filter(ended_at="2026-11-20T08:10Z").exists()
    for wrong, said in (
        (bare, "Please say how many minutes"),
        (typed(minutes="10"), "Minutes and times do not agree"),
        (typed(started_at="2026-11-20T17:20", ended_at="2026-11-20T16:40"), "Work lasts at least a minute"),
        ({**bare, "minutes": "9", "ended_at": "2099-01-01T09:00"}, "This end lies in the future"),
        (typed(started_at="2026-11-18T16:40"), "24 hours at most"),
    ):
        response = agent.post(path, wrong)
        assert response.status_code == 422
        assert said in words(response)
    assert TimeEntry.objects.count() == 2


def test_a_timer_is_on_every_page_and_fills_in_the_form(cast: Cast, ticket: Ticket) -> None:
    agent, path = browser(cast.agent), f"/desk/tickets/{ticket.number}/"
    assert "Start timer" in words(agent.get(path))
    agent.post(path + "timer/")
    Timer.objects.update(started_at=timezone.now() - timedelta(minutes=35, seconds=10))
    for page in ("/desk/", "/desk/work/", path):
        assert f"{ticket.number} Printer" in words(agent.get(page))
    again = browser(cast.agent)  # signed in anew
    assert "35 min" in words(again.get("/desk/"))
    assert "Printer" not in words(browser(cast.lead).get("/desk/work/")), "it is nobody else's"

    response = agent.post("/desk/timer/stop/", follow=True)
    assert 'name="minutes" value="35"' in response.content.decode()
    assert "35 min since" in words(agent.get(path))
    timer = Timer.objects.get()
    sent = {"work_kind": "remote", "minutes": "30", "timer": str(timer.pk)}
    assert agent.post(path + "time/", sent).status_code == 302
    assert not Timer.objects.exists()
    assert agent.post("/desk/timer/stop/", follow=True).status_code == 200


def test_starting_elsewhere_stops_the_first_into_a_draft(cast: Cast, ticket: Ticket) -> None:
    agent, other = browser(cast.agent), make_ticket(cast.gold_customer)
    agent.post(f"/desk/tickets/{ticket.number}/timer/")
    shown = words(agent.post(f"/desk/tickets/{other.number}/timer/", follow=True))
    assert f"The one on {ticket.number} was stopped" in shown
    assert "1 time to enter" in shown
    draft = Timer.objects.get(ticket=ticket)
    assert browser(cast.lead).post(f"/desk/timer/{draft.pk}/discard/").status_code == 404
    assert agent.post(f"/desk/timer/{draft.pk}/discard/").status_code == 302
    assert list(Timer.objects.values_list("ticket", flat=True)) == [other.pk]


def test_a_lead_decides_and_takes_back_on_the_page(cast: Cast, ticket: Ticket) -> None:
    entry = enter(ticket, cast.agent)
    lead, path = browser(cast.lead), f"/desk/tickets/{ticket.number}/time/{entry.pk}/"
    assert "Decide who pays" in words(lead.get(path + "decide/"))
    assert lead.post(path + "decide/", {"outcome": "covered"}).status_code == 422
    shown = words(lead.post(path + "decide/", {"outcome": "covered", "reason": "Goodwill"}, follow=True))
    assert "Decided by the team lead" in shown
    assert "Decided by Lead: Goodwill" in shown
    assert browser(cast.agent).get(path + "decide/").status_code == 404
    assert "Decide who pays" not in words(browser(cast.agent).get(f"/desk/tickets/{ticket.number}/"))

    colleague = browser(cast.agent)
    foreign = enter(ticket, cast.lead, start="09:00", end="09:10")
    assert colleague.post(f"/desk/tickets/{ticket.number}/time/{foreign.pk}/void/").status_code == 403
    assert colleague.post(path + "void/", {"reason": "Typed twice"}).status_code == 302
    shown = words(colleague.get(f"/desk/tickets/{ticket.number}/"))
    assert "Taken back by Agent: Typed twice" in shown
    assert browser(cast.other_agent).get(path + "void/").status_code == 404
    other = make_ticket(cast.gold_customer)
    assert lead.get(f"/desk/tickets/{other.number}/time/{entry.pk}/void/").status_code == 404


def test_customers_read_their_own_work_without_what_is_internal(cast: Cast, ticket: Ticket) -> None:
    enter(ticket, cast.agent, text="Toner changed", remark="grumpy")
    gone = enter(ticket, cast.agent, start="10:00", end="10:10", text="Typed twice")
    time_booking.void(entry=gone, reason="Typed twice", by=cast.agent)
    path = f"/portal/tickets/{ticket.number}/"
    shown = words(browser(cast.owner, "de").get(path))
    assert "Toner changed" in shown
    assert "Außerhalb der vereinbarten Geschäftszeiten" in shown
    assert "60,00 €" in shown
    for hidden in ("grumpy", "Typed twice", "nicht freigegeben"):
        assert hidden not in shown
    assert browser(cast.stranger).get(path).status_code == 404

    moving.change_customer(ticket=ticket, customer=cast.bronze_customer, contact=cast.stranger, by=cast.lead)
    shown = words(browser(cast.stranger, "de").get(path))
    assert "Printer" in shown
    assert "Toner changed" not in shown, "the customer before pays for it"


def test_the_leads_overview_shows_what_nobody_approved_first(cast: Cast, ticket: Ticket) -> None:
    flagged = enter(ticket, cast.agent, text="=HYPERLINK(1)")
    enter(ticket, cast.lead, start="18:00", end="18:10", day=21, text="Later")
    covered = enter(ticket, cast.lead, start="09:00", end="09:10", text="Fine")
    lead = browser(cast.lead)
    days = "since=2026-11-01&until=2026-11-30"
    page = lead.get(f"/desk/time/?{days}")
    listed = re.findall(r'id="time-(\d+)"', page.content.decode())
    assert listed[-1] == str(covered.pk), "flagged first"
    shown = words(page)
    assert "entries 3" in shown
    assert "1 h 00" in shown
    assert "€90.00" in shown
    only = words(lead.get(f"/desk/time/?{days}&agent={cast.agent.pk}&only=flagged"))
    assert "entries 1" in only
    assert "HYPERLINK" in only
    assert "No work found" in words(lead.get("/desk/time/?since=2020-01-01&until=2020-02-01"))
    for odd in ("since=x&agent=zz&only=nope&page=99999999", "since=0001-01-01&until=0001-01-02", "page=2"):
        assert lead.get(f"/desk/time/?{odd}").status_code == 200
    rows = list(
        csv.reader(
            StringIO(lead.get(f"/desk/time/export/?{days}").content.decode("utf-8-sig")), delimiter=";"
        )
    )
    assert len(rows) == 1 + 4, "one per slice"
    assert all(len(row) == len(rows[0]) for row in rows)
    assert {row[rows[0].index("text")] for row in rows[1:]} == {"'=HYPERLINK(1)", "Later", "Fine"}
    assert browser(cast.agent).get("/desk/time/").status_code == 404
    assert browser(cast.agent).get("/desk/time/export/").status_code == 404
    assert flagged.is_flagged


def test_an_allowance_that_refuses_says_so_and_keeps_what_was_typed(cast: Cast, ticket: Ticket) -> None:
    agreement = ticket.customer.agreements.get()
    allow(agreement, 10, overrun="refuse")
    path = f"/desk/tickets/{ticket.number}/time/"
    sent = typed(started_at="2026-11-20T09:00", ended_at="2026-11-20T09:30")
    preview = words(browser(cast.agent).post(path + "?fragment=preview", {**sent, "preview": "1"}))
    assert "The allowance refuses more: 20 min lie beyond it" in preview
    response = browser(cast.agent).post(path, sent)
    assert response.status_code == 422
    assert "20 of these minutes lie beyond it. Nothing was entered." in words(response)
    assert "Toner changed" in words(response)
    assert not TimeEntry.objects.exists()
