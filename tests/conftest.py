"""Real PostgreSQL and Valkey: our own, started once per run, unless the environment names others."""

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from lib import embedded


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey are up."""
    holds = embedded.hold(
        settings.DATA_DIR,
        postgres=settings.POSTGRES_IS_EMBEDDED,
        valkey=settings.VALKEY_IS_EMBEDDED,
        durable=False,
    )
    yield
    for hold in holds:
        hold.release()


@pytest.fixture(scope="session")
def django_db_setup(servers: None, django_db_setup: None) -> None:
    """The test database, in a cluster that runs."""


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
