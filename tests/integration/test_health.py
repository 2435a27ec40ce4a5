"""`/healthz` and `/readyz`: what balancers and people on call are told."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import heartbeats, notices
from helpdesk import health
from lib import valkey as lib_valkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_seen() -> None:
    """Worker and beat showed themselves just now."""
    for part in health.PARTS:
        heartbeats.note(part=part, at=timezone.now())


def test_live_says_so_to_whoever_asks_by_any_name(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_not_ready_before_every_part_was_seen(client: Client) -> None:
    heartbeats.note(part="beat", at=timezone.now())
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "starting", "degraded": [], "missing": ["worker"]}


@pytest.mark.usefixtures("all_seen")
def test_ready_once_every_part_was_seen(client: Client) -> None:
    answer = client.get("/readyz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "degraded": []})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("all_seen")
@pytest.mark.parametrize("part", health.PARTS)
def test_a_part_lost_later_is_named_but_pages_stay_up(client: Client, part: str) -> None:
    heartbeats.note(part=part, at=timezone.now() - timedelta(seconds=21))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["degraded"]) == (200, [part])


@pytest.mark.usefixtures("all_seen")
def test_losing_valkey_is_named_but_pages_stay_up(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lib_valkey, "_breaker", lib_valkey._Breaker())  # the next test starts unharmed
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["degraded"]) == (200, ["redis"])


@pytest.mark.usefixtures("all_seen")
@pytest.mark.parametrize(("minutes", "degraded"), [(1, []), (30, ["mail"])])
def test_mail_that_does_not_get_out_is_named_but_pages_stay_up(
    client: Client, minutes: int, degraded: list[str]
) -> None:
    since = timezone.now() - timedelta(minutes=minutes)
    notices.send_trial(address="somebody@firm.example", language="de", by=None, at=since)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["degraded"]) == (200, degraded)


@pytest.mark.usefixtures("all_seen")
def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("django.db.models.query.QuerySet._fetch_all", refuse)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["database"])


@pytest.mark.usefixtures("all_seen")
def test_not_ready_before_migrations_ran(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrations", health._Migrations())
    monkeypatch.setattr(
        "django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: ["accounts.0002"]
    )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["migrations"])


def test_a_container_learns_whether_its_part_lives() -> None:
    with pytest.raises(CommandError):
        call_command("seen", "worker")
    heartbeats.note(part="worker", at=timezone.now())
    call_command("seen", "worker")
    heartbeats.note(part="worker", at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(CommandError):
        call_command("seen", "worker")
