"""The rows that migrations make, for tests in any order.

A test that commits empties every table when it is over. Tests that roll back want what migrations made, and
those that commit have always begun without; so the rows come and go whenever one kind follows the other.
"""

import json

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import blocking_manager_key

_MADE_BY_DJANGO = {"contenttypes.contenttype", "auth.permission"}
"""What emptying the tables makes anew by itself."""
_COMMITTING = {"live_server", "transactional_db", "django_db_reset_sequences"}


class _Rows:
    are_there = True
    made = "[]"


def commits(item: pytest.Item) -> bool:
    """Whether a test's rows are really committed."""
    marker = item.get_closest_marker("django_db")
    is_marked = marker is not None and bool(marker.kwargs.get("transaction") or marker.args[:1] == (True,))
    return is_marked or bool(_COMMITTING & set(getattr(item, "fixturenames", ())))


def remember() -> None:
    """Right after the migrations: keep what they made."""
    rows = json.loads(connection.creation.serialize_db_to_string())
    _Rows.made = json.dumps([row for row in rows if row["model"] not in _MADE_BY_DJANGO])


def bring_back(item: pytest.Item) -> None:
    """Before a test that rolls back: what migrations made is there again."""
    if _Rows.are_there or commits(item):
        return
    if item.get_closest_marker("django_db") is None and "db" not in getattr(item, "fixturenames", ()):
        return
    with item.config.stash[blocking_manager_key].unblock():
        connection.creation.deserialize_db_from_string(_Rows.made)
        connection.close()
    _Rows.are_there = True


def take_away(item: pytest.Item) -> None:
    """Before a test that commits, once its connection may be used: the tables are empty."""
    if commits(item) and _Rows.are_there:
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        _Rows.are_there = False
