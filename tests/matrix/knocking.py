"""Knocks at a door as somebody and says in the table's words what came of it, leaving nothing behind."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.client import ClientHandler

from accounts.models import AuditEntry, User
from accounts.queries import trail_lists
from tests.architecture.product import ROOMS
from tests.matrix import asking
from tests.matrix.requests import WITHOUT_TEXT, Letter, letter_for, thing_of
from tests.matrix.table import Row, Table
from tests.matrix.world import UNKNOWN, Thing, World
from tests.url_map import GUARDS, Door

COUNTERS = {
    *("accounts_apiuse", "accounts_heartbeat", "accounts_keptanswer"),
    *("knowledge_searchterm", "knowledge_searchclick"),
}
"""Tables in which a request leaves a trace whatever comes of it."""
NOTED = {"accounts_auditentry", "accounts_auditvalues"}
"""Where it may stand that somebody was shown something; who is refused leaves no trace there either."""
SHOWN = frozenset({"yes", "none"})
"""An answer that shows something, if not what the row is about: a page of a ticket without the note on it."""
USUAL_CODES = {403: "permission_denied", 404: "not_found"}
DONE = frozenset({"yes", "ok", "go"})
_CHANGING = re.compile(
    r'csrf[\w-]*"\s*(?:content|value)="[^"]*"|"X-CSRFToken": ?"[^"]*"|nonce="[^"]*"|pk \\"\d+\\"'
)


@dataclass(frozen=True)
class Answer:
    """What came back: the word of the table, the text in full, and whether a row of a room differs now."""

    word: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()
    address: Sequence[str] = ()


@dataclass
class Visitor:
    """One person's session and token."""

    name: str
    user: User | None
    token: str
    cookies: str = ""

    @classmethod
    def named(cls, name: str, world: World) -> "Visitor":
        """Signed in before they were shut out, if they were."""
        user = world.users.get(name)
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookies: SimpleCookie = client.cookies
        text = "; ".join(f"{key}={morsel.value}" for key, morsel in cookies.items())
        return cls(name, user, world.tokens.get(name, ""), text)

    @property
    def session_key(self) -> str:
        """The session, as the cookie carries it."""
        return self.cookies.partition(f"{settings.SESSION_COOKIE_NAME}=")[2].partition(";")[0]


@dataclass
class Knocker:
    """Sends rows' requests and judges the answers."""

    table: Table
    world: World
    doors: Mapping[str, Door]
    visitors: dict[str, Visitor] = field(default_factory=dict)
    read: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Which secrets (the first of the pair) whom reached, for those who may read them."""

    def __post_init__(self) -> None:
        self._handler = ClientHandler(enforce_csrf_checks=False)
        self._handler.load_middleware()
        self.visitors = {name: Visitor.named(name, self.world) for name in self.table.people}
        self._tables = [
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.app_label in ROOMS and model._meta.db_table not in COUNTERS
        ]
        self._digests = self._digests_of(self._tables)
        self._last_line = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0

    def faults(self, row: Row, name: str) -> list[str]:
        """In what one cell of the table is not as it says; empty where it holds."""
        thing, visitor = thing_of(row, self.world), self.visitors[name]
        answer = self.answer(row, thing, visitor)
        expected = row.cells[name]
        found = [] if answer.word == expected else [f"{row} by {name}: “{answer.word}”, not “{expected}”"]
        found += [f"{row} by {name} shows {secret}" for secret in self._leaks(answer.text, name)]
        if self._has_looked(row, thing, visitor, answer.word):
            found += self._betrayals(row, thing, visitor, answer)
        return found

    def _has_looked(self, row: Row, thing: Thing, visitor: Visitor, word: str) -> bool:
        """Whether this is an answer about a thing, rather than about the door it lies behind."""
        door = self.doors.get(row.door)
        if door is None or not thing.parts:
            return False
        is_in_document = row.door.startswith("api:") and "<" not in door.route
        if word != ("400 does_not_exist" if is_in_document else "404"):
            return False
        let_in = GUARDS["admins_only"] if "admin" in door.namespaces else GUARDS.get(door.guard)
        return visitor.user is None or not let_in or visitor.user.role in let_in

    def answer(self, row: Row, thing: Thing, visitor: Visitor) -> Answer:
        """The answer to a row's request about a thing, in the table's words."""
        with self.undone() as written:
            if row.door in asking.ASKED:
                word, text = asking.ASKED[row.door](row, thing, visitor, self.world), ""
                return Answer(self._with_writes(word, row, written()), text)
            letter = letter_for(row, self.doors[row.door], thing, self.world, visitor.user)
            response = self.send(letter, visitor, is_api=row.door.startswith("api:"))
            text = text_of(response)
            word = _word(row, thing, response, text)
            headers = tuple(sorted((k, v) for k, v in response.items() if k.title() not in NOT_COMPARED))
            return Answer(self._with_writes(word, row, written()), text, headers, letter.spellings)

    def _with_writes(self, word: str, row: Row, written: set[str]) -> str:
        if row.method == "GET" or word not in DONE:
            unasked = written - NOTED if word in SHOWN and not self._is_more_noted() else written
            return f"{word}, but something was written" if unasked else word
        return "yes" if written else "ok"

    def _is_more_noted(self) -> bool:
        """Whether the audit trail says now of more than looking."""
        return trail_lists.changed(AuditEntry.objects.filter(pk__gt=self._last_line)).exists()

    def send(self, letter: Letter, visitor: Visitor, *, is_api: bool) -> Any:
        environ = letter.environ()
        if is_api and visitor.token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {visitor.token}"
        elif not is_api:
            environ["HTTP_COOKIE"] = visitor.cookies
        return self._handler(environ)

    @contextmanager
    def undone(self) -> Iterator[Callable[[], set[str]]]:
        """Take back whatever happens within. Yields the question in which tables a row differs now."""
        statements: list[str] = []

        def watch(execute: Any, sql: str, *rest: Any) -> Any:
            is_reading = sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE"))
            if not is_reading and any(table in sql for table in self._tables):
                statements.append(sql)
            return execute(sql, *rest)

        point = transaction.savepoint()
        try:
            with connection.execute_wrapper(watch):
                yield lambda: self._changed(statements)
        finally:
            transaction.savepoint_rollback(point)
            connection.needs_rollback = False
            connection.run_on_commit.clear()

    def _changed(self, statements: Sequence[str]) -> set[str]:
        """Of the tables that these statements name (no trigger of ours writes to another one)."""
        named = [table for table in self._tables if any(table in sql for sql in statements)]
        now = self._digests_of(named)
        return {table for table in named if now[table] != self._digests[table]}

    def _digests_of(self, tables: Sequence[str]) -> dict[str, str]:
        of_each = ", ".join(
            f"(SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM \"{table}\" t)"
            for table in tables
        )
        if not tables:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT ARRAY[{of_each}]")
            return dict(zip(tables, cursor.fetchone()[0], strict=True))

    def _leaks(self, text: str, name: str) -> Iterator[str]:
        """The secrets in a text that this person may not read."""
        for secret, texts in self.world.secrets.items():
            if any(one in text for one in texts):
                if name in self.table.readers[secret]:
                    self.read[secret, name] = True
                else:
                    yield secret

    def _betrayals(self, row: Row, thing: Thing, visitor: Visitor, answer: Answer) -> Iterator[str]:
        """Whether the answer about this thing differs from the one about something that does not exist."""
        unknown = Thing({name: UNKNOWN.parts.get(name, part) for name, part in thing.parts.items()})
        about_nothing = self.answer(row, unknown, visitor)
        if alike(answer) != alike(about_nothing):
            yield f"{row} by {visitor.name} answers otherwise than for what does not exist"


NOT_COMPARED = {"Content-Length", "Content-Security-Policy", "Set-Cookie", "X-Request-Id"}


def alike(answer: Answer) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """The answer without what differs from request to request, and without what it was asked about."""
    text = _CHANGING.sub("", answer.text.partition("\n")[2])
    for address in answer.address:
        text = text.replace(address, "ADDRESS")
    return answer.word, text, answer.headers


def text_of(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = " ".join(f"{key}: {value}" for key, value in response.items())
    return f"{headers}\n{body.decode(errors='replace')}"


def _word(row: Row, thing: Thing, response: Any, text: str) -> str:
    """One word for an answer. Whether a request that went well wrote something is seen afterwards."""
    status = response.status_code
    if 300 <= status < 400:
        if response.headers["Location"].startswith(("/accounts/login/?next=", "/admin/login/?next=")):
            return "sign in"
        return "go"
    if status >= 400:
        return _refusal(response, status)
    if row.method == "GET" and thing.text and not WITHOUT_TEXT.fullmatch(f"{row.door} {row.deed}".strip()):
        return "yes" if thing.is_in(text.partition("\n")[2]) else "none"
    return "yes"


def _refusal(response: Any, status: int) -> str:
    is_problem = response["Content-Type"] == "application/problem+json"
    if not is_problem or status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.METHOD_NOT_ALLOWED):
        return str(status)
    problem = json.loads(response.content)
    codes = [error["code"] for error in problem.get("errors", [])] or [problem["code"]]
    return str(status) if codes[0] == USUAL_CODES.get(status) else f"{status} {codes[0]}"
