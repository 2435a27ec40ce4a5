"""What doors call is a verb: keyword-only, and it says by whom. Doors write nothing themselves."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.product import ROOMS, module_name, python_files

DOORS = ("views", "forms", "api", "admin", "resources", "adapters", "middleware")
"""Layers through which a person acts."""
CLOCKWORK = ("tasks", "management")
"""Layers through which the machine acts of its own accord."""

BY_NOBODY = {
    "accounts.actions.tokens.note_use": "a door notes that it was knocked at",
    "tickets.actions.sweeping.apply_due": "the sweep of what is due, run at once before a claim",
    "accounts.actions.notices.ask_for_password": "a stranger asks, and may be anybody",
    "accounts.actions.notices.ask_for_link": "as above",
    "customers.actions.signing_up.ask": "a stranger asks, and may be anybody",
    "customers.actions.signing_up.confirm": "a stranger proves an address; the signed link says which",
    "knowledge.actions.searches.note_search": "counted without a name, whoever searched",
    "knowledge.actions.searches.note_click": "as above",
    "calls.actions.stepping.step": "a telephone system asks, and proves who it is with its secret",
    "calls.actions.telling.tell": "a telephone system tells, as above",
    "calls.actions.telling.restarted": "as above",
    "calls.actions.telling.heard_of": "a door notes that it was knocked at",
    "calls.actions.telling.was_refused": "as above",
    "tickets.actions.alerts.take_in": "a monitoring system sends, and signs with its source's secret",
    "tickets.actions.approving.answer": "the answer says who gave it; by a mailed link nobody is signed in",
    "tickets.actions.returning.return_tickets": "the sweep of due returns, run at once after a duty change",
}
QUESTIONS = {
    "tickets.actions.progressing.actor_on": "asks as what somebody acts, writes nothing",
    "tickets.actions.revising.unchanged": "wraps an action in a check of versions",
    "tickets.actions.repairing.repair": "takes the one report it is about",
    "calls.actions.reconciling.can_be_asked": "asks whether a telephone system has an address",
    "calls.actions.reconciling.try_connection": "asks a telephone system and writes nothing",
    "calls.actions.originating.can_originate": "asks whether a phone's system can dial for us",
    "calls.actions.desk.spoken": "reckons how long a call was, writes nothing",
    "tickets.actions.time_booking.require_sound": "asks whether work can have been like that",
}
"""Neither is a verb: they may take their one subject by position."""

WRITES = {"create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def entered_from(source: str) -> Iterator[str]:
    """The full names of what a module calls in `actions` packages."""
    tree = ast.parse(source)
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and ".actions" in node.module:
            known |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, dot, rest = ast.unparse(node.func).partition(".")
            if first in known:
                yield known[first] + dot + rest


def faults_of(function: ast.FunctionDef, *, is_by_somebody: bool) -> Iterator[str]:
    """What keeps a function from being a verb that doors may call."""
    arguments = function.args
    types = {each.arg: ast.unparse(each.annotation or ast.Constant(None)) for each in arguments.kwonlyargs}
    if arguments.posonlyargs or arguments.args or arguments.vararg:
        yield "takes arguments by position"
    if is_by_somebody and types.get("by") not in {"User", "User | None"}:
        yield "does not say by whom"
    if "at" in types and types["at"] not in {"datetime", "datetime | None"}:
        yield "takes a moment that is none"


def writes_in(source: str) -> Iterator[str]:
    """Calls that write rows past the actions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            called = ast.unparse(node.func)
            if ".objects." in called or node.func.attr.startswith(("bulk_", "get_or_", "update_or_")):
                yield called


def entered(*layers: str) -> set[str]:
    """The functions of actions that these layers of all rooms call."""
    return {
        name
        for room in ROOMS
        for layer in layers
        for source in sources(room, layer)
        for name in entered_from(source)
    }


def sources(room: str, layer: str) -> Iterator[str]:
    """The sources of one layer of a room, module or package."""
    for path in python_files(room):
        if module_name(path).split(".")[1:2] == [layer]:
            yield path.read_text()


def verbs() -> dict[str, ast.FunctionDef]:
    """Every public function of every room's actions."""
    return {
        f"{module_name(path)}.{node.name}": node
        for path in python_files(*ROOMS)
        if ".actions." in module_name(path)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def test_what_doors_and_clockwork_call_is_a_verb() -> None:
    known = verbs()
    by_people, by_clockwork = entered(*DOORS) & known.keys(), entered(*CLOCKWORK) & known.keys()
    assert len(by_people) > 15, "the scan finds too little: it no longer knows how actions are called"
    assert len(by_clockwork) > 3

    faults = {
        name: found
        for name in by_people | by_clockwork
        if name not in QUESTIONS
        and (found := list(faults_of(known[name], is_by_somebody=name in by_people - BY_NOBODY.keys())))
    }

    assert faults == {}


def test_the_exceptions_are_still_used() -> None:
    assert {*BY_NOBODY, *QUESTIONS} <= entered(*DOORS, *CLOCKWORK)


def test_doors_write_through_actions_only() -> None:
    found = {
        f"{room}.{layer}: {call}"
        for room in ROOMS
        for layer in (*DOORS, *CLOCKWORK)
        for source in sources(room, layer)
        for call in writes_in(source)
    }
    assert found == set()


@pytest.mark.parametrize(
    ("signature", "fault"),
    [
        ("(ticket: Ticket, *, by: User)", "takes arguments by position"),
        ("(*, ticket: Ticket)", "does not say by whom"),
        ("(*, ticket: Ticket, by: str)", "does not say by whom"),
        ("(*, by: User, at: str)", "takes a moment that is none"),
    ],
)
def test_a_wrong_verb_is_noticed(signature: str, fault: str) -> None:
    function = ast.parse(f"def close{signature} -> None: ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert list(faults_of(function, is_by_somebody=True)) == [fault]


def test_a_call_is_found_however_it_is_imported() -> None:
    source = (
        "from tickets.actions import closing as ending\nfrom tickets.actions.closing import reopen\n"
        "ending.close(ticket=1)\nreopen(ticket=1)\nelsewhere.close()"
    )
    assert set(entered_from(source)) == {"tickets.actions.closing.close", "tickets.actions.closing.reopen"}


@pytest.mark.parametrize(
    "call",
    [
        "Ticket.objects.create(subject='x')",
        "Ticket.objects.filter(pk=1).update(subject='x')",
        "rows.bulk_create(x)",
    ],
)
def test_a_write_past_the_actions_is_noticed(call: str) -> None:
    assert len(list(writes_in(f"{call}\nstate.update(x=1)\nform.save()"))) == 1
