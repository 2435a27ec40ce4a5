"""`/metrics`: for whoever has the token, cheap at any size, and without anything about customers."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import heartbeats
from accounts.models import Notice
from calls.models import AgentPhone
from helpdesk import measuring
from lib import valkey as lib_valkey
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.phones import PUBLIC, Line, make_phone, make_system, open_always, post
from tickets.actions import assigning, indexing
from tickets.models import LiveChange, Ticket
from tickets.queries import figures

pytestmark = pytest.mark.django_db

TOKEN = "a token of some length"


@pytest.fixture
def cast(settings: Settings) -> Cast:
    settings.METRICS_TOKEN = TOKEN
    return make_cast()


def scrape(**headers: str) -> str:
    """The figures, as Prometheus fetches them: by an address that is no name of ours."""
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "host": "10.0.0.7"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def figure(text: str, name: str, **labels: str) -> float:
    """One figure of the answer."""
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    for line in text.splitlines():
        found = re.match(r"(\w+)(?:\{(.*)\})? (\S+)$", line)
        if found and found[1] == name and wanted <= set((found[2] or "").split(",")):
            return float(found[3])
    raise AssertionError(f"{name} {labels} is missing")


def test_without_a_token_set_there_is_no_such_address(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
        assert Client().get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "credentials",
    ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"],
)
def test_other_tokens_get_nothing(cast: Cast, credentials: str) -> None:
    client = Client()
    client.force_login(cast.admin, "django.contrib.auth.backends.ModelBackend")  # nor does a session help
    answer = client.get("/metrics", headers={"Authorization": credentials})
    assert (answer.status_code, answer.content) == (401, b"")
    assert client.post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405


def test_what_waits_by_team_band_and_severity(cast: Cast) -> None:
    now = timezone.now()
    for hours in (1, 3):
        make_ticket(
            cast.gold_customer, severity=Ticket.Severity.HIGH, arrived_at=now - timedelta(hours=hours)
        )
    make_ticket(cast.plain_customer, severity=Ticket.Severity.LOW)
    gold = Ticket.objects.filter(customer=cast.gold_customer)[0]
    team = gold.team.slug
    LiveChange.objects.update(created_at=now - timedelta(seconds=90))

    for text in (scrape(), indexed_scrape()):
        assert figure(text, "vorrang_waiting_tickets", team=team, band=str(gold.band), severity="high") == 2
        assert figure(text, "vorrang_waiting_tickets", team=team, band="100", severity="low") == 1
        age = figure(text, "vorrang_oldest_waiting_seconds", band=str(gold.band), severity="high")
        assert 3 * 3600 <= age < 3 * 3600 + 60
    assert figure(scrape(), "vorrang_outbox_waiting", outbox="live_change") == 0


def indexed_scrape() -> str:
    """The same with the counts from the live index."""
    assert figure(scrape(), "vorrang_outbox_waiting", outbox="live_change") == 3
    assert figure(scrape(), "vorrang_outbox_oldest_seconds", outbox="live_change") >= 90
    indexing.rebuild_if_lost()
    indexing.apply_changes()
    return scrape()


def test_outboxes_and_heartbeats(cast: Cast) -> None:
    now = timezone.now()
    mail = {"kind": Notice.Kind.MAIL_TEST, "language": "de", "address": "owner@customer.example"}
    Notice.objects.create(**mail, mail_id="<1@x>", created_at=now - timedelta(hours=1), next_attempt_at=now)
    Notice.objects.create(**mail, mail_id="<2@x>", created_at=now, failed_at=now)
    heartbeats.note(part="worker", at=now - timedelta(seconds=30))

    text = scrape()

    assert figure(text, "vorrang_outbox_waiting", outbox="notice") == 1
    assert figure(text, "vorrang_outbox_oldest_seconds", outbox="notice") >= 3600
    assert figure(text, "vorrang_outbox_failed", outbox="notice") == 1
    assert figure(text, "vorrang_heartbeat_age_seconds", part="worker") >= 30
    assert figure(text, "vorrang_database_up") == 1
    assert figure(text, "vorrang_database_connections", state="active") >= 1


def test_requests_by_route_and_claims(
    cast: Cast, django_capture_on_commit_callbacks: "pytest.FixtureRequest"
) -> None:
    make_ticket(cast.gold_customer)
    before = scrape()
    client = Client()
    client.force_login(cast.agent, "django.contrib.auth.backends.ModelBackend")
    for number in ("2026-000001", "2026-000002"):
        client.get(f"/desk/tickets/{number}/?q=marker")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assigning.take_next(by=cast.agent)

    after = scrape()

    labels = {"method": "GET", "route": "desk:ticket", "status": "404"}
    assert gained(before, after, "vorrang_request_seconds_count", **labels) == 2
    assert gained(before, after, "vorrang_claims_total", how="next") == 1


def gained(before: str, after: str, name: str, **labels: str) -> float:
    try:
        then = figure(before, name, **labels)
    except AssertionError:
        then = 0.0
    return figure(after, name, **labels) - then


def test_no_label_says_anything_about_customers(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, subject="Secret subject")
    client = Client()
    client.force_login(cast.agent, "django.contrib.auth.backends.ModelBackend")
    client.get(f"/desk/tickets/{ticket.number}/")
    client.get("/desk/tickets/?q=findme")
    client.get("/no/such/address/findme/")
    client.generic("FINDME", "/desk/")

    text = scrape().lower()

    words = [ticket.number, "secret", "findme", "aigner", "brandl", cast.owner.name, cast.owner.email]
    values = set(re.findall(r'="([^"]*)"', text))
    assert len(values) > 10
    assert [word for word in words for value in values if word.lower() in value] == []
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {
        *("method", "route", "status", "le", "task", "outcome", "how", "team", "band", "severity"),
        *(
            "action",
            "rule",
            "outbox",
            "part",
            "state",
            "implementation",
            "major",
            "minor",
            "patchlevel",
            "version",
            "generation",
        ),
    }


def test_the_number_of_questions_does_not_depend_on_the_rows(cast: Cast) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            scrape()
        return len(asked)

    make_ticket(cast.gold_customer)
    few = questions()
    for severity in Ticket.Severity:
        for customer in (cast.gold_customer, cast.plain_customer):
            make_ticket(customer, severity=severity)
    assert questions() == few


def test_a_queue_of_100_000_is_told_in_a_moment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_ticket(cast.gold_customer)
    copied = [
        one.column for one in Ticket._meta.concrete_fields if one.name not in {"id", "number", "rank_key"}
    ]
    columns = ", ".join(f'"{column}"' for column in copied)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO tickets_ticket (number, rank_key, {columns})"
            f" SELECT 'N' || n, left(rank_key, 22) || lpad(n::text, 7, '0'), {columns}"
            " FROM tickets_ticket, generate_series(1000001, 1100000) AS n WHERE id = %s",
            [first.pk],
        )
        cursor.execute("ANALYZE tickets_ticket")
    started_at = time.perf_counter()
    text = scrape()
    without_index = time.perf_counter() - started_at
    assert figure(text, "vorrang_waiting_tickets", severity=first.severity_name) == 100_001
    assert without_index < 10  # a moment, on a machine that is busy, too

    indexing.rebuild_if_lost()
    started_at = time.perf_counter()
    assert figure(scrape(), "vorrang_waiting_tickets", severity=first.severity_name) == 100_001
    assert time.perf_counter() - started_at < 5


def test_a_lost_database_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(figures, "waiting_groups", refuse)
    assert figure(scrape(), "vorrang_database_up") == 0


def test_counts_come_from_postgresql_while_valkey_is_away(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ticket(cast.gold_customer)
    monkeypatch.setattr(lib_valkey, "_breaker", lib_valkey._Breaker())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert figure(scrape(), "vorrang_waiting_tickets", band="1") == 1


def test_each_part_begins_with_an_empty_folder_of_its_own(tmp_path: Path) -> None:
    first = measuring.begin("web", tmp_path)[measuring.VARIABLE]
    worker = measuring.begin("worker", tmp_path)[measuring.VARIABLE]
    for folder in (first, worker):
        (Path(folder) / "counter_1.db").write_bytes(b"")
    assert len(measuring.files_of(tmp_path)) == 2

    assert measuring.begin("web", tmp_path)[measuring.VARIABLE] == first

    assert measuring.files_of(tmp_path) == [f"{worker}/counter_1.db"]


def test_the_phone_calls_that_run_who_waits_and_what_phones_can_do(cast: Cast) -> None:
    open_always()
    system = make_system()
    talking, paused, resting, away = (make_phone(system) for _ in range(4))
    AgentPhone.objects.filter(pk=paused.pk).update(presence="paused")
    AgentPhone.objects.filter(pk__in=[resting.pk, away.pk]).update(presence="off")
    first = Line(system, PUBLIC)
    assert first.rings()["agent"] == talking.dial_target
    answers = "vorrang_call_answers_total"
    before = scrape()
    assert (
        post("step", {"event": "incoming", "call_id": "w", "from": "030 1", "to": PUBLIC}).status_code == 200
    )
    text = scrape()
    assert [figure(text, "vorrang_calls", state=state) for state in ("ringing", "waiting", "connected")] == [
        1,
        1,
        0,
    ]
    assert 0 <= figure(text, "vorrang_call_longest_wait_seconds") < 60
    states = ("free", "taken", "paused", "away")
    assert [figure(text, "vorrang_phones", state=state) for state in states] == [0, 1, 1, 2]
    told = figure(text, answers, action="wait", rule="public_waits")
    earlier = (
        figure(before, answers, action="wait", rule="public_waits")
        if answers + '{action="wait",rule="public_waits"' in before
        else 0
    )
    assert told == earlier + 1
    first.tells("hangup", after=1)
    assert figure(scrape(), "vorrang_calls", state="ringing") == 0
    assert figure(scrape(), "vorrang_outbox_failed", outbox="call_chore") == 0
