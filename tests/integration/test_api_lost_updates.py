"""Two hundred edits of one ticket at once: with If-Match no edit is lost, whoever was faster."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.factories.calling import Caller, path_of
from tests.factories.cast import make_cast, make_ticket
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)

EDITS = 200
AT_ONCE = 20
AT_ONCE_STUBBORN = 8
"""Who tries again until it works asks more often the more others do."""


def all_of(edit: Callable[[int], int], at_once: int = AT_ONCE) -> list[int]:
    """Make every edit, many at once, each thread on a connection of its own."""

    def make(number: int) -> int:
        try:
            return edit(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(make, range(EDITS)))


def subjects_of(ticket: Ticket) -> list[str]:
    """Every subject the ticket has had, oldest first, from its history."""
    ticket.refresh_from_db()
    events = ticket.events.filter(kind="subject_changed").order_by("id")
    return [*(event.params["old"] for event in events), ticket.subject]


def test_of_all_edits_of_one_version_exactly_one_is_made() -> None:
    cast = make_cast()
    ticket = make_ticket(cast.gold_customer, subject="as filed")
    caller = Caller(cast.agent)
    seen = caller.get(path_of(ticket))["ETag"]

    def edit(number: int) -> int:
        document = {"subject": f"edit {number}"}
        return int(caller.patch(path_of(ticket), document, If_Match=seen).status_code)

    statuses = all_of(edit)

    assert sorted(statuses) == [200] + [412] * (EDITS - 1)
    assert subjects_of(ticket) == ["as filed", f"edit {statuses.index(200)}"]


def test_who_reads_again_and_tries_again_loses_no_edit() -> None:
    """Each edit adds one to the number it read: two that built on the same one would end below the sum."""
    cast = make_cast()
    ticket = make_ticket(cast.gold_customer, subject="0")
    path, caller = path_of(ticket), Caller(cast.agent)

    def add_one(_: int) -> int:
        tries = 0
        while True:
            tries += 1
            read = caller.get(path)
            more = {"subject": str(int(read.json()["subject"]) + 1)}
            answer = caller.patch(path, more, If_Match=read["ETag"])
            if answer.status_code == 200:
                assert answer.json()["subject"] == more["subject"]
                return tries
            assert answer.status_code == 412, answer.content

    tries = all_of(add_one, AT_ONCE_STUBBORN)

    assert sum(tries) > EDITS, "nobody ever met anybody: this shows nothing"
    assert subjects_of(ticket) == [str(number) for number in range(EDITS + 1)]
    assert ticket.version == 1 + EDITS


def test_without_if_match_the_last_one_wins_and_the_history_knows_all() -> None:
    cast = make_cast()
    ticket = make_ticket(cast.gold_customer, subject="as filed")
    caller = Caller(cast.agent)

    statuses = all_of(
        lambda number: int(caller.patch(path_of(ticket), {"subject": f"edit {number}"}).status_code)
    )

    assert set(statuses) == {200}
    assert sorted(subjects_of(ticket)) == sorted(["as filed", *(f"edit {n}" for n in range(EDITS))])
