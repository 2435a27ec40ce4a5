"""The demo story loads through the actions: whole, once, and never with production settings."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as product_settings
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, Notice, Team, User
from calls.management.demo_story import RESTING
from calls.models import AgentPhone, Call, CallChore, ServiceNumber
from contracts.models import Agreement, ProcessingAgreement, StandingChange
from customers.models import Contact, Customer
from lib.valkey import REST_SECONDS
from tests.factories.cast import make_customer, make_user
from tickets.actions import opening
from tickets.management import demo_story as story
from tickets.management.demo_story import loader
from tickets.models import (
    Assignment,
    CallNote,
    ChecklistItem,
    Decline,
    Delivery,
    LiveChange,
    Message,
    QueueStay,
    Ticket,
    TicketEvent,
)
from tickets.queries.calibration import calibration
from tickets.queries.line import queue_at, queue_now
from tickets.queries.verification import verify
from tickets.tasks import sweep_queue

# Loading commits and verification opens a snapshot of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _debug_settings(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO_PASSWORDS_ALLOWED = True
    settings.MEDIA_ROOT = tmp_path


def demo(**options: object) -> str:
    """What `manage.py demo` prints."""
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def told_tickets() -> QuerySet[Ticket]:
    """Those of the story's list, without what came by the phone."""
    return Ticket.objects.filter(subject__in=[told.subject for told in story.TICKETS])


def test_story_is_loaded_whole_and_the_queue_is_right() -> None:
    assert "14 customers" in demo()

    assert (Customer.objects.count(), Ticket.objects.count()) == (14, 83)
    assert Ticket.objects.waiting().count() == 38
    assert Counter(told_tickets().values_list("status", flat=True)) == Counter(
        ticket.status for ticket in story.TICKETS
    )
    assert Counter(ProcessingAgreement.objects.values_list("state", flat=True)) == Counter(
        {"requested": 1, "under_review": 1, "offered": 1, "in_force": 8, "ended": 1}
    )
    assert verify(timezone.now()).is_clean
    assert not LiveChange.objects.exists()
    assert not StandingChange.objects.due(timezone.now()).exists()
    done = ChecklistItem.objects.exclude(done_at=None)
    assert (ChecklistItem.objects.count(), done.count(), CallNote.objects.count()) == (3, 1, 2)
    _the_phone_is_as_told()


def _the_phone_is_as_told() -> None:
    outcomes = Counter(Call.objects.values_list("outcome", flat=True))
    assert outcomes == {"answered": 8, "busy": 1, "abandoned": 1, "voicemail": 1}
    assert set(Call.objects.values_list("state", flat=True)) == {"ended"}
    busy, spoken = Call.objects.get(outcome="busy"), Call.objects.get(outcome="voicemail")
    assert busy.ticket is not None
    assert busy.ticket.subject.startswith("Rückruf")
    assert (spoken.voicemail.state, spoken.voicemail.ticket) == ("stored", spoken.ticket)
    assert Call.objects.get(via_fallback=True).talked_seconds == 260
    assert Call.objects.get(line_why="quarantined").number == ServiceNumber.objects.get(number=RESTING)
    to_assign = Call.objects.filter(outcome="answered", ticket=None, no_ticket_why="")
    assert [call.from_text for call in to_assign] == ["anonymous"]
    assert not CallChore.objects.filter(done_at=None).exists()
    assert Counter(AgentPhone.objects.values_list("presence", flat=True)) == {"on": 2, "paused": 1, "off": 1}
    assert not AgentPhone.objects.exclude(claimed_call=None).exists()


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 23, 23, 17, tzinfo=UTC),
        datetime(2026, 11, 29, 11, 0, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    ],
    ids=["after midnight", "a Sunday", "as summer time begins"],
)
def test_story_can_be_told_at_any_time(now: datetime) -> None:
    with time_machine.travel(now):
        demo()
        assert Ticket.objects.waiting().count() == 38
        assert verify(timezone.now()).is_clean
        _the_phone_is_as_told()


def test_nobody_gets_mail_about_a_story() -> None:
    demo()
    assert not Delivery.objects.exists()
    assert not Notice.objects.exists()


def test_every_ticket_came_out_as_told() -> None:
    demo()

    rows = {ticket.subject: ticket for ticket in Ticket.objects.select_related("assignee", "contact", "team")}
    for told in story.TICKETS:
        ticket = rows[told.subject]
        severity = told.confirmed.severity if told.confirmed else told.severity
        assert (ticket.status, ticket.severity_name) == (told.status, severity)
        assert (ticket.assignee.username if ticket.assignee else None) == told.assignee
        assert ticket.team.slug == told.team
        assert ticket.channel == told.channel
        assert bool(ticket.pinned_at) == bool(told.pin)
        written = ticket.messages.filter(call_note=None)  # calls are told beside the conversation
        assert written.count() == 1 + len(told.talk)
    assert Decline.objects.count() == 2
    assert Message.objects.filter(attachments__isnull=False).count() == 3 + 1  # and a voicemail


def test_numbers_rise_with_the_arrival_and_history_is_in_the_past() -> None:
    before = timezone.now()
    demo()

    numbers = list(told_tickets().order_by("arrived_at").values_list("number", flat=True))
    assert numbers == sorted(numbers)
    oldest = Ticket.objects.order_by("arrived_at")[0]
    assert before - timedelta(days=13) < oldest.arrived_at < before - timedelta(days=11)
    for moments in (
        TicketEvent.objects.values_list("at", flat=True),
        QueueStay.objects.values_list("entered_at", flat=True),
        Assignment.objects.values_list("at", flat=True),
    ):
        assert moments
        assert max(moments) <= timezone.now()


def test_most_tickets_were_taken_as_the_next_one() -> None:
    demo()

    how = Counter(Assignment.objects.values_list("how", flat=True))
    assert how["next"] > how["picked"] + how["assigned"]


def test_past_queues_can_be_asked_for() -> None:
    demo()
    team = Team.objects.get(slug="workplace")

    now = [place.number for place in queue_now(team)]
    yesterday = [place.number for place in queue_at(team, timezone.now() - timedelta(days=1))]

    assert now
    assert yesterday
    assert now != yesterday


def test_customers_see_estimates_and_leads_how_often_they_came_true(client: Client) -> None:
    demo()

    found = calibration(timezone.now())
    assert found.overall is not None
    assert found.overall.verdict == "good"
    assert found.overall.width is not None
    assert found.overall.width < 2
    groups = {(one.levels, one.severity) for one in found.groups if one.has_estimate}
    assert {("Gold", "normal"), ("Silber", "normal"), ("Bronze", "normal"), ("", "normal")} <= groups
    waiting = Ticket.objects.waiting().filter(contact__user__isnull=False, severity=3)
    ticket = waiting.filter(contact__language="de").earliest("pk")
    client.force_login(User.objects.get(contact__tickets=ticket))
    assert "acht Wochen" in client.get(f"/portal/tickets/{ticket.number}/").content.decode()


def test_an_agreement_that_began_today_moved_its_tickets_at_midnight() -> None:
    """Loaded at noon, so that tickets of the morning before and of the day itself exist."""
    noon = datetime(2026, 11, 24, 11, tzinfo=UTC)
    loader.load(at=noon)

    moved = TicketEvent.objects.filter(
        ticket__customer__name="Stadtwerke Erding", at=datetime(2026, 11, 23, 23, tzinfo=UTC)
    )
    assert moved.exists()
    assert all("Silber" in str(event.params) for event in moved)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 23, 23, 2, tzinfo=UTC),  # two minutes after midnight
        datetime(2026, 11, 24, 22, 58, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # the night in which the clocks go back
        datetime(2027, 1, 3, 9, tzinfo=UTC),  # over the turn of the year
    ],
)
def test_story_fits_every_hour(moment: datetime) -> None:
    loader.load(at=moment)

    assert Ticket.objects.waiting().count() == 35
    report = verify(moment)
    assert (report.wrong_rank, report.wrong_stay) == (0, 0)


def test_second_time_does_nothing_and_says_so() -> None:
    demo()
    before = (Ticket.objects.count(), User.objects.count(), AuditEntry.objects.count())

    assert "already" in demo()

    assert (Ticket.objects.count(), User.objects.count(), AuditEntry.objects.count()) == before


def test_real_customers_are_left_alone() -> None:
    make_customer("Real customer")

    assert "already" in demo()

    assert not Ticket.objects.exists()
    assert not User.objects.exists()


def test_somebody_elses_admin_is_left_alone() -> None:
    admin = make_user("admin", User.Role.ADMIN, password="a password of their own")

    with pytest.raises(CommandError, match="admin"):
        demo()

    assert list(User.objects.all()) == [admin]
    assert User.objects.get().check_password("a password of their own")


def test_crash_leaves_an_empty_database(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(40))
    original = opening.open_ticket

    def fail_halfway(**arguments: Any) -> Ticket:
        if next(calls) == 20:
            raise RuntimeError("power cut")
        return original(**arguments)

    monkeypatch.setattr(opening, "open_ticket", fail_halfway)
    with pytest.raises(RuntimeError, match="power cut"):
        demo()

    for model in (User, Team, Customer, Agreement, Ticket, Contact, AuditEntry):
        assert not model.objects.exists()


def test_loads_while_valkey_is_away_and_the_worker_catches_up(settings: Settings) -> None:
    here = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    demo()
    assert LiveChange.objects.exists()
    assert verify(timezone.now()).index_is_away

    settings.REDIS_URL = here
    time.sleep(REST_SECONDS)
    sweep_queue()
    assert verify(timezone.now()).is_clean


def test_everybody_signs_in_with_the_password_of_the_list(client: Client) -> None:
    demo()
    listing = demo(list=True)

    for name in ("admin", "lead", "agent1", "agent2", "agent3", "agent4", "brandl", "aigner"):
        (line,) = [line for line in listing.splitlines() if line.split()[0] == name]
        assert story.DEMO_PASSWORD in line
        assert client.login(username=name, password=story.DEMO_PASSWORD)
    assert f"http://{product_settings.HOST}:{product_settings.PORT}/accounts/login/" in listing
    assert {customer.key for customer in story.CUSTOMERS} <= set(listing.split())


def test_list_does_not_promise_what_is_not_there() -> None:
    assert story.DEMO_PASSWORD not in demo(list=True)

    demo()
    admin = User.objects.get(username="admin")
    admin.set_password("something else entirely")
    admin.save()

    (line,) = [line for line in demo(list=True).splitlines() if line.split()[0] == "admin"]
    assert story.DEMO_PASSWORD not in line


def test_nobody_signs_in_with_it_once_the_settings_are_those_of_production(
    client: Client, settings: Settings
) -> None:
    demo()
    form = {"login": "agent1", "password": story.DEMO_PASSWORD}
    agent = User.objects.get(username="agent2")
    agent.set_password("a password of their own")
    agent.save()

    settings.DEMO_PASSWORDS_ALLOWED = False
    assert not client.login(username="agent1", password=story.DEMO_PASSWORD)
    assert client.post("/accounts/login/", form).status_code == 200
    assert client.login(username="agent2", password="a password of their own")

    settings.DEMO_PASSWORDS_ALLOWED = True
    assert client.post("/accounts/login/", form).status_code == 302


@pytest.mark.parametrize("options", [{}, {"list": True}])
def test_refused_with_production_settings(settings: Settings, options: dict[str, object]) -> None:
    settings.DEMO_PASSWORDS_ALLOWED = False

    with pytest.raises(CommandError, match="production"):
        demo(**options)

    assert not User.objects.exists()
