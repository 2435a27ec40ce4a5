"""Logs say what happened, never what people wrote, who they are or what lets them in."""

import json
import logging
import re
import smtplib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from celery import Celery, shared_task
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from helpdesk import logs, task_log
from helpdesk.broker import broker_url
from helpdesk.celery import app
from helpdesk.children import commands
from lib import waking
from lib.embedded import Places
from tests.factories.calling import Caller, path_of
from tests.factories.cast import Cast, make_cast, make_ticket, make_user
from tests.installation import Installation, free_port, wait_for
from tickets import access

MARKER = "Geheimnis4711"
TEXT = f"{MARKER} owner@customer.example +49 89 4711"
BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["json", "readable"])
def log(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """All that is written, as in production and as while developing."""
    structlog.contextvars.clear_contextvars()  # another test's request was the last one here
    root, said = logging.getLogger(), StringIO()
    handlers, level = list(root.handlers), root.level
    logs.set_up(level="DEBUG", readable=request.param)
    (own,) = (one for one in root.handlers if isinstance(one, logging.StreamHandler))
    own.setStream(said)
    yield said
    logs.set_up(level="INFO", readable=True)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(who: Any, **options: Any) -> Client:
    """A signed-in browser that gets the page of an error instead of the error."""
    client = Client(raise_request_exception=False, **options)
    if who is not None:
        client.force_login(getattr(who, "user", who), BACKEND)
    return client


def events(log: StringIO) -> list[dict[str, Any]]:
    """The lines of the machine-readable form."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


def quiet(log: StringIO) -> None:
    """Something was written, and nothing of it is a secret."""
    said = log.getvalue()
    assert said
    assert MARKER.lower() not in said.lower()
    assert "@customer" not in said
    # Ids and moments may hold these digits by chance.
    assert not re.search(r"(?<![\w.])4711|894711", said)


def test_the_portal(cast: Cast, log: StringIO) -> None:
    browser = browser_of(cast.owner)
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    file = SimpleUploadedFile(f"{MARKER}.txt", TEXT.encode())
    fields = {"subject": TEXT, "body": TEXT, "severity": "normal", "attachments": [file]}
    assert browser.post("/portal/new/", fields).status_code in {302, 422}
    browser.post(f"/portal/tickets/{ticket.number}/reply/", {"body": TEXT})
    browser.get(f"/portal/?before={MARKER}")
    browser.get(f"/portal/tickets/{ticket.number}/files/{MARKER}/?s={MARKER}")
    browser.get(f"/{MARKER}/")
    browser.generic(MARKER, "/portal/")
    quiet(log)


def test_the_desk(cast: Cast, log: StringIO) -> None:
    browser = browser_of(cast.agent)
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    body = {"body": TEXT, "is_internal": "1"}
    assert browser.post(f"/desk/tickets/{ticket.number}/reply/", body).status_code == 302
    browser.get("/desk/tickets/", {"q": TEXT})
    browser.get("/desk/new/", {"q": TEXT})
    quiet(log)


def test_the_api(cast: Cast, log: StringIO) -> None:
    caller = Caller(cast.owner)
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    assert caller.post("tickets/", {"subject": TEXT, "body": TEXT}).status_code == 201
    assert caller.post("tickets/", {"subject": TEXT, MARKER: TEXT}).status_code == 400
    assert caller.post(path_of(ticket, "messages/"), {"body": TEXT}).status_code == 201
    assert Caller(token=MARKER).get("tickets/").status_code == 401
    caller.get(f"tickets/?cursor={MARKER}")
    Client().post("/api/v1/tickets/", f'{{"{MARKER}"', content_type="application/json")
    quiet(log)


def test_the_sign_on(cast: Cast, log: StringIO) -> None:
    client = browser_of(None)
    client.post("/accounts/login/", {"login": f"{MARKER}@customer.example", "password": MARKER})
    client.post("/accounts/login/", {"login": cast.owner.email, "password": MARKER})
    client.post("/accounts/password/reset/", {"email": f"{MARKER}@customer.example"})
    client.get(f"/accounts/password/reset/key/1-{MARKER}/", follow=True)
    client.get("/desk/", {"next": MARKER}, headers={"cookie": f"sessionid={MARKER}"})
    quiet(log)


@pytest.mark.parametrize("log", [False], indirect=True)
def test_who_comes_and_goes_is_told_by_id(cast: Cast, log: StringIO) -> None:
    user = make_user("anna", password=MARKER)
    client = browser_of(None)
    for password in ("wrong", MARKER):
        client.post("/accounts/login/", {"login": "anna", "password": password})
    client.post("/accounts/logout/")
    told = [(one["event"], one.get("user")) for one in events(log) if one["event"].startswith("sign")]
    assert told == [("sign_in_failed", None), ("signed_in", user.pk), ("signed_out", user.pk)]
    quiet(log)


def test_what_the_server_refuses(cast: Cast, log: StringIO) -> None:
    strict = browser_of(cast.owner, enforce_csrf_checks=True)
    refused = strict.post("/portal/new/", {"body": TEXT}, headers={"referer": f"https://evil/{MARKER}"})
    assert refused.status_code == 403
    assert Client().get("/desk/", headers={"host": f"{MARKER}.example"}).status_code == 400
    many = {f"{MARKER}{number}": "x" for number in range(600)}
    assert browser_of(cast.owner).post("/portal/new/", many).status_code == 400
    large = browser_of(cast.owner).post("/portal/", {"body": MARKER * 1_000_000})
    assert large.status_code in {400, 405, 413}
    quiet(log)


def test_a_view_that_breaks(cast: Cast, log: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        secret = TEXT
        try:
            raise KeyError(secret)
        except KeyError as error:
            raise RuntimeError(f"could not read {secret}") from error

    monkeypatch.setattr(access, "visible_tickets", break_down)
    answer = browser_of(cast.agent).get(f"/desk/tickets/2026-000001/?q={MARKER}")
    assert answer.status_code == 500
    assert Caller_without_raising(cast).status_code == 500
    quiet(log)
    said = log.getvalue()
    assert "builtins.RuntimeError" in said
    assert "builtins.KeyError" in said
    assert "tickets/access.py" in said
    assert "break_down" in said
    assert "desk:ticket" in said


def Caller_without_raising(cast: Cast) -> Any:
    caller = Caller(cast.agent)
    caller._client.raise_request_exception = False
    return caller.get("tickets/2026-000001/")


def test_a_row_that_the_database_refuses(cast: Cast, log: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def insert_twice(*_: object) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE twice (address text PRIMARY KEY)")
            cursor.execute("INSERT INTO twice VALUES (%s)", [TEXT])
            cursor.execute("INSERT INTO twice VALUES (%s)", [TEXT])

    monkeypatch.setattr(access, "visible_tickets", insert_twice)
    assert browser_of(cast.agent).get("/desk/tickets/2026-000001/").status_code == 500
    quiet(log)
    assert "psycopg2.errors.UniqueViolation" in log.getvalue()


def test_texts_of_packages_and_of_mail_servers(log: StringIO) -> None:
    failure = smtplib.SMTPRecipientsRefused({"owner@customer.example": (550, TEXT.encode())})
    logging.getLogger("some.package").error("could not tell %s", TEXT)
    logging.getLogger("some.package").error(f"could not tell {TEXT}")  # noqa: G004
    logging.getLogger("django.security.DisallowedHost").error(TEXT)
    try:
        raise failure
    except smtplib.SMTPException:
        logging.getLogger("some.package").exception("failed for %s", TEXT)
        structlog.get_logger("ours").exception(
            "mail_not_sent", error=f"550 {TEXT}", address=TEXT, rows=[TEXT]
        )
    quiet(log)
    assert "could not tell %s" in log.getvalue()
    assert "smtplib.SMTPRecipientsRefused" in log.getvalue()


@shared_task(name="tests.break_down")
def _break_down(**_: Any) -> None:
    raise ValueError(TEXT)


@shared_task(name="tests.go_well")
def _go_well(**_: Any) -> None:
    structlog.get_logger("ours").info("went_well")


def test_a_task_that_fails(log: StringIO) -> None:
    task_log.watch(quiet=frozenset())
    app.tasks["tests.break_down"].apply(kwargs={"word": TEXT}, task_id="abc-123")
    quiet(log)
    for part in ("task_failed", "builtins.ValueError", "tests.break_down", "abc-123", "failure"):
        assert part in log.getvalue()


def test_a_task_names_itself_and_the_request_that_woke_it(log: StringIO) -> None:
    task_log.watch(quiet=frozenset())
    with structlog.contextvars.bound_contextvars(request_id="r" * 12):
        headers = waking._headers()
    app.tasks["tests.go_well"].apply(task_id="abc-124", headers=headers)
    said = log.getvalue()
    if "{" not in said:
        return
    (went_well,) = [one for one in events(log) if one["event"] == "went_well"]
    assert (went_well["task"], went_well["task_id"]) == ("tests.go_well", "abc-124")
    assert went_well["request_id"] == "r" * 12
    assert not {"task_id", "request_id"} & structlog.contextvars.get_contextvars().keys()


@pytest.mark.parametrize("log", [False], indirect=True)
def test_a_task_of_the_clock_names_no_request_that_came_before(log: StringIO) -> None:
    task_log.watch(quiet=frozenset())
    app.tasks["tests.go_well"].apply(headers={waking.REQUEST_ID: "r" * 12})
    app.tasks["tests.go_well"].apply()
    woken, by_the_clock = [one for one in events(log) if one["event"] == "went_well"]
    assert woken["request_id"] == "r" * 12
    assert "request_id" not in by_the_clock


@pytest.mark.parametrize("log", [False], indirect=True)
def test_a_request_is_one_line_with_names_and_numbers(cast: Cast, log: StringIO) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    answer = browser_of(cast.agent).get(f"/desk/tickets/{ticket.number}/?q=x")

    (line,) = [one for one in events(log) if one["event"] == "request"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert {key: line[key] for key in ("method", "route", "status", "user", "level")} == {
        "method": "GET",
        "route": "desk:ticket",
        "status": 200,
        "user": cast.agent.pk,
        "level": "info",
    }
    assert line["ms"] > 0
    assert cast.agent.username not in json.dumps(line).replace("agent.pk", "")


def test_an_id_is_taken_from_a_proxy_only(settings: Settings) -> None:
    given = "from-the-proxy-0001"
    for is_behind, wish, is_taken in (
        (True, given, True),
        (False, given, False),
        (True, "short", False),
        (True, "x" * 65, False),
        (True, "line\\nbreak-0001", False),
        (True, "with space 0001", False),
    ):
        settings.BEHIND_PROXY = is_behind
        answer = Client().get("/accounts/login/", headers={"X-Request-ID": wish})
        assert (answer.headers["X-Request-ID"] == wish) is is_taken
        assert re.fullmatch(r"[A-Za-z0-9_-]{8,64}", answer.headers["X-Request-ID"])


def test_the_web_server_keeps_no_log_of_addresses() -> None:
    assert not [word for word in commands("127.0.0.1", 1)["web"] if "access" in word]


def test_web_and_worker_as_they_run(tmp_path: Path) -> None:
    running = Installation(tmp_path / "data", free_port())
    try:
        running.wait_until_ready()
        _knock(running)
        with Celery(broker=broker_url(Places(running.data_dir).valkey_url), set_as_current=False) as sender:
            sender.send_task(f"{MARKER}.task", kwargs={"body": TEXT})
        wait_for(lambda: "unregistered" in running.log.read_text(), 20)
    finally:
        running.stop()
    said = running.log.read_text()
    assert "account_login" in said
    assert MARKER not in said
    assert "@customer" not in said


def _knock(running: Installation) -> None:
    """Markers through the doors of a real server, some of them broken on purpose."""
    form = urllib.parse.urlencode({"login": f"{MARKER}@customer.example", "password": MARKER}).encode()
    for path, body, headers in (
        ("/accounts/login/", form, {}),
        (f"/{MARKER}/?q={MARKER}", None, {}),
        (f"/accounts/password/reset/key/1-{MARKER}/", None, {}),
        ("/", None, {"Host": f"{MARKER}.example"}),
        ("/events/", None, {"Cookie": f"sessionid={MARKER}"}),
        ("/api/v1/tickets/", None, {"Authorization": f"Bearer {MARKER}"}),
        ("/api/v1/tickets/", f'{{"{MARKER}'.encode(), {"Content-Type": "application/json"}),
    ):
        request = urllib.request.Request(f"{running.address}{path}", body, headers)
        with suppress(urllib.error.URLError), urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()
