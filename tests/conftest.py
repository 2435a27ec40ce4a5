"""Real PostgreSQL and Valkey: our own, started once per run, unless the environment names others."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.utils import translation
from pytest_django import DjangoDbBlocker

from accounts.queries import announcements
from accounts.queries.company import Firm, memory
from contracts.queries.calendars import memory as calendars
from helpdesk.celery import app
from knowledge.queries.synonyms import memory as synonyms
from lib import embedded
from tests import first_rows
from tests.chromium import chromium_path
from tests.telephony import asterisk
from tickets.queries.estimates import memory as estimates

BROWSER_TESTS = Path(__file__).parent / "browser"
GET_CHROMIUM = "apt-get install chromium"


@pytest.fixture(scope="session", autouse=True)
def _tasks_are_known() -> None:
    """As in a worker, so that eager mode finds a task by its name."""
    app.loader.import_default_modules()


@pytest.fixture(autouse=True)
def _firm() -> None:
    """Each test is at the same firm, which is set up, speaks its language, and no page asks who it is."""
    translation.deactivate()
    estimates.forget()
    calendars.forget()
    memory.keep(Firm(name="Berger IT", language="de", is_set_up=True), seconds=3600.0)
    announcements.memory.keep([], seconds=3600.0)
    synonyms.keep({}, seconds=3600.0)


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey are up."""
    holds = embedded.hold(
        settings.DATA_DIR,
        postgres=settings.POSTGRES_IS_EMBEDDED,
        valkey=settings.VALKEY_IS_EMBEDDED,
        durable=False,
        tethered=True,  # a test run that is killed leaves no server behind
    )
    yield
    for hold in holds:
        hold.release()


@pytest.fixture(scope="session")
def django_db_setup(servers: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, in a cluster that runs."""
    with django_db_blocker.unblock():
        first_rows.remember()


@pytest.fixture
def valkey(servers: None) -> Iterator[redis.Redis]:
    """A client of an empty Valkey."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()
        yield client


@pytest.fixture(autouse=True)
def _empty_valkey(request: pytest.FixtureRequest) -> None:
    """A test with a database starts with an empty Valkey, too."""
    is_marked = request.node.get_closest_marker("django_db") is not None
    if is_marked or {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("valkey")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests that commit and tests that roll back may follow each other in any order."""
    first_rows.bring_back(item)


@pytest.fixture(autouse=True)
def _no_first_rows(request: pytest.FixtureRequest) -> None:
    """Tests that commit begin with empty tables."""
    if first_rows.commits(request.node):
        request.getfixturevalue("transactional_db")
        first_rows.take_away(request.node)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what is seen in a browser, which takes longest, if there is one."""
    items.sort(key=lambda item: BROWSER_TESTS not in item.path.parents)
    if chromium_path() is None:
        in_browser = {item for item in items if BROWSER_TESTS in item.path.parents}
        _leave_out(in_browser, config, items, f"Chromium is missing: {GET_CHROMIUM}")
    if not asterisk.is_there():
        on_phones = {item for item in items if item.get_closest_marker("needs_asterisk")}
        _leave_out(on_phones, config, items, f"Asterisk or sipp is missing: {asterisk.GET}")


def _leave_out(
    these: set[pytest.Item], config: pytest.Config, items: list[pytest.Item], what_is_missing: str
) -> None:
    """CI must not do without them."""
    if not these:
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(f"CI runs every test. {what_is_missing}")
    config.hook.pytest_deselected(items=list(these))
    items[:] = [item for item in items if item not in these]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was left out."""
    if chromium_path() is None:
        _say_loudly(terminalreporter, "BROWSER TESTS DID NOT RUN", f"They need Chromium: {GET_CHROMIUM}")
    if not asterisk.is_there():
        title = "TESTS WITH A REAL TELEPHONE SYSTEM DID NOT RUN"
        _say_loudly(terminalreporter, title, f"They need Asterisk and sipp: {asterisk.GET}")


def _say_loudly(terminalreporter: pytest.TerminalReporter, title: str, why: str) -> None:
    terminalreporter.section(title, sep="!", red=True, bold=True)
    terminalreporter.line(why)
