"""docs/permissions.md holds: every cell at its door, no address without a row, no permission without a use.

The table is the page that people read. Each of its cells is tried here, in sessions on pages and with tokens
on the API, and taken back again.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from helpdesk.health import live
from tests.matrix import mutants
from tests.matrix.asking import ASKED
from tests.matrix.knocking import DONE, Knocker
from tests.matrix.mutants import Mutant
from tests.matrix.requests import thing_of
from tests.matrix.table import PAGE, Row, Table, read_table
from tests.matrix.world import build
from tests.url_map import Door, all_doors

pytestmark = pytest.mark.django_db

OUTSIDE = ("healthz", "readyz", "metrics")
"""Addresses that are answered before the URL map is asked."""


def named_doors() -> Mapping[str, Door]:
    """Every address by the name it has in the table: that of the URL map, or the address itself."""
    doors = all_doors()
    times = Counter(door.name for door in doors)
    named = {door.name if is_named(door, times) else f"/{door.route}": door for door in doors}
    return named | {f"/{path}": Door(f"/{path}", path, live) for path in OUTSIDE}


def is_named(door: Door, times: Mapping[str, int]) -> bool:
    """Whether the name is this door's alone."""
    return times[door.name] == 1 and not door.name.endswith(":")


DOORS = named_doors()
TABLE = read_table()
MUTANTS = list(mutants.mutants())

Cell = tuple[Row, str]


@dataclass
class Walk:
    """What came of trying every cell once, and which permission functions each cell made the product ask."""

    knocker: Knocker
    faults: list[str] = field(default_factory=list)
    asked: dict[int, list[Cell]] = field(default_factory=lambda: defaultdict(list))


WITHOUT_LIMITS = {
    "API_REQUESTS_PER_MINUTE": 0,
    "API_WRITES_PER_MINUTE": 0,
    "API_WRONG_TOKENS_PER_MINUTE": 0,
    "METRICS_TOKEN": "not the callers'",
}


@pytest.fixture(scope="module")
def walk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walk]:
    """One walk through the whole table, in one transaction that is taken back at the end."""
    logging.disable(logging.CRITICAL)
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase: claims are durable
    with override_settings(**WITHOUT_LIMITS), django_db_blocker.unblock(), atomic:
        knocker = Knocker(TABLE, build(), DOORS)
        mutants.Everybody.admin = knocker.world.users["admin"]
        yield walk_through(knocker)
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def walk_through(knocker: Knocker) -> Walk:
    """Try every cell."""
    walked = Walk(knocker)
    called: set[int] = set()
    with mutants.watched(list({id(one.function): one.function for one in MUTANTS}.values()), called):
        for row in TABLE.rows:
            for name in TABLE.people:
                called.clear()
                walked.faults += knocker.faults(row, name)
                for function in called:
                    walked.asked[function].append((row, name))
    return walked


# The table and the product


def missing_rows(table: Table, doors: Mapping[str, Door]) -> list[str]:
    """Addresses with a method that no row of the table tells about."""
    told = {(row.door, row.method) for row in table.rows}
    needed = {(name, method) for name, door in doors.items() for method in door.methods}
    return [f"| `{door}` | {method} | – |" for door, method in sorted(needed - told)]


def test_every_address_and_method_has_a_row() -> None:
    missing = missing_rows(TABLE, DOORS)

    assert not missing, (
        f"{PAGE.name} does not say who may do this. Add these rows to the table of their part, each with a "
        f"cell for {', '.join(TABLE.people)}. What is sent stands in tests/matrix/requests.py (SENT), "
        "what a row can be about in tests/matrix/world.py.\n" + "\n".join(missing)
    )


def test_a_new_address_is_noticed() -> None:
    new = Door("desk:new_thing", "desk/thing/", live)

    assert missing_rows(TABLE, {"desk:new_thing": new}) == ["| `desk:new_thing` | GET | – |"]


def test_every_row_is_about_something_there_is() -> None:
    gone = {row.door for row in TABLE.rows if row.door not in DOORS and row.door not in ASKED}

    assert not gone, f"Nothing has this address any more; take its rows out of {PAGE.name}."
    twice = Counter(map(str, TABLE.rows))
    assert [row for row, times in twice.items() if times > 1] == []


def test_everybody_gets_what_the_table_says(walk: Walk) -> None:
    assert len(TABLE.rows) > 300
    assert not walk.faults, "\n".join(walk.faults)


def test_everybody_reads_what_is_theirs(walk: Walk) -> None:
    never = [
        f"{name} never saw {secret}"
        for secret, readers in TABLE.readers.items()
        for name in sorted(readers)
        if (secret, name) not in walk.knocker.read
    ]

    assert walk.knocker.world.secrets.keys() == TABLE.readers.keys()
    assert never == []


def test_methods_that_no_address_knows_do_nothing(walk: Walk) -> None:
    wrong = []
    for name, door in DOORS.items():
        about = next((row for row in TABLE.rows if row.door == name), None)
        if about is None:
            continue  # which another test complains about
        who = next((one for one in reversed(TABLE.people) if about.cells[one] in DONE), "admin")
        for method in sorted({"POST", "PUT", "PATCH", "DELETE"} - door.methods):
            row = replace(about, method=method)
            thing = thing_of(row, walk.knocker.world)
            word = walk.knocker.answer(row, thing, walk.knocker.visitors[who]).word
            if word == "yes" or "written" in word or word.startswith("5"):
                wrong.append(f"{row} by {who}: {word}")
    assert wrong == []


# The checks themselves


def test_a_wrong_cell_is_noticed(walk: Walk) -> None:
    row = next(row for row in TABLE.rows if str(row) == "GET portal:ticket on A1's ticket")
    wrong = replace(row, cells={**row.cells, "B": "yes"})

    assert walk.knocker.faults(wrong, "B") == [f"{row} by B: “404”, not “yes”"]


def test_a_text_in_front_of_wrong_eyes_is_noticed(walk: Walk) -> None:
    row = next(row for row in TABLE.rows if str(row) == "GET desk:ticket on A1's ticket")
    strict = replace(TABLE, readers={**TABLE.readers, "notes in Workplace": frozenset()})
    strictly = replace(walk.knocker, table=strict)

    assert strictly.faults(row, "lead") == [f"{row} by lead shows notes in Workplace"]


# Every permission is needed


@pytest.mark.parametrize("mutant", MUTANTS, ids=[one.name for one in MUTANTS])
def test_a_permission_that_lets_everybody_in_is_noticed(walk: Walk, mutant: Mutant) -> None:
    cells = walk.asked[id(mutant.function)]
    assert cells, (
        f"No row of {PAGE.name} makes the product ask {mutant.name}: add one, or delete the function."
    )
    # Whoever is let in already sees no difference, so the others come first.
    cells = sorted(cells, key=lambda cell: cell[0].cells[cell[1]] in DONE)

    with mutants.replaced(mutant.function, mutant.mutation):
        assert any(deviates(walk.knocker, *cell) for cell in cells), (
            f"{mutant.name} may as well let everybody in: nothing in {PAGE.name} changes. Add the row that "
            "needs it, or delete it."
        )


def deviates(knocker: Knocker, row: Row, name: str) -> bool:
    """Whether a cell is not what the table says any more. A page that breaks is a difference, too."""
    try:
        return bool(knocker.faults(row, name))
    except Exception:  # noqa: BLE001 (whatever it is)
        return True
