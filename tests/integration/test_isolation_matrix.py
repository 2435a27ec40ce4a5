"""Nobody reaches another company's or a colleague's things: every address of portal and API, for everybody.

docs/permissions.md says who may do what at each address; here each address is tried with a thing of the
reader's own, of a colleague, of a colleague who left and of another company. Whatever is answered (pages,
documents, headers, where one is led) holds no text that is not the reader's, and a refusal is the answer that
something gets which does not exist.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import override_settings

from lib.downloads import SIGNATURE, signed
from tests.matrix.asking import ASKED
from tests.matrix.companies import PEOPLE, WHOSE, Companies, Rule, build, is_self, nobody, reads
from tests.matrix.knocking import NOT_COMPARED, Answer, Knocker, Visitor, alike, text_of
from tests.matrix.requests import Letter
from tests.matrix.routes import ROUTES, Route
from tests.matrix.table import Row, Table
from tests.matrix.world import UNKNOWN, Thing, World
from tests.url_map import Door, all_doors, sample_of

pytestmark = pytest.mark.django_db

SPACES = ("portal:", "api:", "privacy:own")
DOORS = {door.name: door for door in all_doors() if door.name.startswith(SPACES)}
NOWHERE = "api:"
"""What answers below /api/v1/ where nothing is."""
LIMITS = ("API_REQUESTS_PER_MINUTE", "API_WRITES_PER_MINUTE", "API_WRONG_TOKENS_PER_MINUTE")


@dataclass
class Matrix:
    """Sends requests about somebody's things as everybody, and judges the answers."""

    made: Companies
    knocker: Knocker
    visitors: dict[str, Visitor]
    shown: set[str] = field(default_factory=set)
    nothing: dict[tuple[str, Route, str], Any] = field(default_factory=dict)

    def answer(self, name: str, route: Route, who: str, thing: Thing) -> Answer:
        """What somebody is told about a thing; nothing of it stays."""
        method, _, door_name = name.partition(" ")
        visitor, is_api = self.visitors[who], door_name.startswith("api:")
        letter = self._letter(DOORS[door_name], method, route, visitor, thing)
        with self.knocker.undone():
            response = self.knocker.send(letter, visitor, is_api=is_api)
            text = text_of(response)
        headers = tuple(sorted((k, v) for k, v in response.items() if k.title() not in NOT_COMPARED))
        word = "sign in" if "/login/" in response.headers.get("Location", "") else str(response.status_code)
        return Answer(word, text, headers, letter.spellings)

    def _letter(self, door: Door, method: str, route: Route, visitor: Visitor, thing: Thing) -> Letter:
        address = door.address_with(lambda part: str(thing.parts.get(part) or sample_of(part)))
        if route.signs:
            key, user = str(thing.parts["key"]), visitor.user
            link = signed(address, key=key, user_id=user.pk if user else 0)
            address += "?" + urlencode({SIGNATURE: link.partition("=")[2]})
        fields = route.sends(thing)
        has_file = any(hasattr(value, "read") for value in fields.values())
        return Letter(method, address, fields, is_json=door.name.startswith("api:") and not has_file)

    def faults(self, name: str, route: Route, who: str, whose: str) -> Iterator[str]:
        """What is wrong with one cell."""
        thing = self.made.things[route.kind][whose] if route.kind else Thing({})
        answer = self.answer(name, route, who, thing)
        cell = f"{name} by {who}" + (f" on {route.kind} of {whose}" if route.kind else "")
        expected = expected_word(DOORS[name.partition(" ")[2]], route, who, whose)
        if not fits(answer.word, expected):
            yield f"{cell}: “{answer.word}”, not “{expected}”"
        for text in self.made.leaks(without_address(answer), who):
            if not (route.kind == "way out" and text == thing.text):
                yield f"{cell} shows {text}"
        if answer.word.startswith("2"):
            yield from self._wrongly_shown(cell, route, answer, thing, is_theirs=(who, whose))
        elif (
            answer.word == "404"
            and route.kind
            and alike(answer) != self._about_nothing(name, route, who, thing)
        ):
            yield f"{cell} is answered otherwise than what does not exist"

    def _wrongly_shown(
        self, cell: str, route: Route, answer: Answer, thing: Thing, *, is_theirs: tuple[str, str]
    ) -> Iterator[str]:
        is_shown = bool(thing.text) and thing.text in answer.text.partition("\n")[2]
        if is_shown:
            self.shown.add(route.kind)
        if route.shows is not None and is_shown is not route.shows(*is_theirs):
            yield f"{cell} {'shows it' if is_shown else 'does not show it'}"

    def _about_nothing(self, name: str, route: Route, who: str, thing: Thing) -> Any:
        """What is told about something that does not exist; asked once by everybody."""
        key = (name, route, who)
        if key not in self.nothing:
            unknown = Thing({part: UNKNOWN.parts.get(part, value) for part, value in thing.parts.items()})
            self.nothing[key] = alike(self.answer(name, route, who, unknown))
        return self.nothing[key]


def expected_word(door: Door, route: Route, who: str, whose: str) -> str:
    """The answer by status, or "fine" for whatever is no refusal."""
    is_api = door.name.startswith("api:")
    if door.guard != "public":
        if who == "nobody":
            return "401" if is_api else "sign in"
        if who == "gone":
            return "not fine" if route.refused != 200 else "empty" if is_api else "403"
    if route.may(who, whose):
        return "fine"
    return "403" if route.knows(who, whose) else str(route.refused)


def fits(word: str, expected: str) -> bool:
    """Whether a status is what was expected. Who was deactivated gets lists without anything, or refusals."""
    is_fine = word.startswith(("2", "3"))
    if expected in ("fine", "empty"):
        return is_fine
    return not is_fine if expected == "not fine" else word == expected


def without_address(answer: Answer) -> str:
    """The answer without what it was asked."""
    text = answer.text
    for address in answer.address:
        text = text.replace(address, "ADDRESS")
    return text


@pytest.fixture(scope="module")
def matrix(django_db_setup: None, django_db_blocker: Any) -> Iterator[Matrix]:
    """Two companies, in one transaction that is taken back at the end."""
    logging.disable(logging.CRITICAL)
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase: claims are durable
    with override_settings(**dict.fromkeys(LIMITS, 0)), django_db_blocker.unblock(), atomic:
        made = build()
        world = World(users=made.users, tokens=made.tokens)
        knocker = Knocker(Table(PEOPLE, [], {}), world, DOORS)
        yield Matrix(made, knocker, knocker.visitors)
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def missing(doors: Mapping[str, Door]) -> list[str]:
    """Addresses with a method that the table does not tell about."""
    needed = {f"{method} {name}" for name, door in doors.items() for method in door.methods}
    return sorted(needed - ROUTES.keys())


def test_every_address_of_portal_and_api_is_in_the_table() -> None:
    assert missing(DOORS) == [], "Say in tests/matrix/routes.py what these take and who gets it."
    gone = {name for name in ROUTES if name.partition(" ")[2] not in DOORS}
    assert gone == set()


def test_every_address_with_a_thing_in_its_path_names_the_thing() -> None:
    bare = [
        name
        for name, routes in ROUTES.items()
        if any(mark in DOORS[name.partition(" ")[2]].route for mark in ("<", "(?P"))
        and not all(route.kind for route in routes)
    ]
    assert bare == []


def test_nobody_reaches_what_is_not_theirs(matrix: Matrix) -> None:
    found = [
        fault
        for name, routes in ROUTES.items()
        for route in routes
        for whose in (WHOSE if route.kind else WHOSE[:1])
        for who in PEOPLE
        for fault in matrix.faults(name, route, who, whose)
    ]

    assert found == [], "\n".join(found)
    # What is searched for is really there to be found: else nothing above could ever fail.
    assert matrix.shown >= {"ticket", "finished ticket", "file", "contact", "customer", "agreement", "level"}


def test_nobody_hears_of_what_is_not_theirs(matrix: Matrix) -> None:
    """The streams of open pages, whose address is answered before the URL map is asked."""
    row = Row("/events/", "GET", "ticket", "", {})
    heard = {
        (who, whose): ASKED[row.door](row, matrix.made.things["ticket"][whose], matrix.visitors[who], World())
        for who in PEOPLE
        for whose in WHOSE
    }

    for (who, whose), word in heard.items():
        refusal = "401" if who == "nobody" else "404"
        assert word == ("yes" if reads(who, whose) else refusal), (who, whose)


# The checks themselves


def test_a_new_address_is_noticed() -> None:
    new = Door("portal:new_thing", "portal/thing/<int:pk>/", DOORS["portal:tickets"].view)
    assert missing({"portal:new_thing": new}) == ["GET portal:new_thing"]


@pytest.mark.parametrize(
    ("name", "rule", "who", "fault"),
    [
        ("GET portal:ticket", nobody, "owner", "“200”, not “404”"),
        ("GET api:ticket-detail", reads, "other", "shows owner-waiting-subject-zq"),
        ("POST portal:reply", is_self, "all", "“302”, not “404”"),
    ],
)
def test_whoever_gets_too_much_is_noticed(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch, name: str, rule: Rule, *, who: str, fault: str
) -> None:
    route = replace(ROUTES[name][0], may=rule)
    if who == "other":
        monkeypatch.setattr("tickets.access._tickets_of_contact", lambda _contact: everything())
    assert any(fault in one for one in matrix.faults(name, route, who, "owner"))


def everything() -> Any:
    """All tickets there are."""
    from tickets.models import Ticket

    return Ticket.objects.all()


def test_a_refusal_that_tells_more_than_nothing_is_noticed(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = alike

    def tells(answer: Answer) -> Any:
        return truth(answer), "2026-999999" in " ".join(answer.address)

    monkeypatch.setattr(f"{__name__}.alike", tells)
    monkeypatch.setattr(matrix, "nothing", {})
    faults = matrix.faults("GET portal:ticket", ROUTES["GET portal:ticket"][0], "other", "owner")
    assert any("otherwise" in one for one in faults)
