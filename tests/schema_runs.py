"""Whatever the API's document allows or forbids to send, sent as somebody, each request on the same data."""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test

from accounts.actions.users import create_token
from accounts.models import User
from calls.models import AgentPhone, Call, ServiceNumber
from contracts.models import Agreement
from customers.models import Contact
from helpdesk.wsgi import application
from lib.downloads import SIGNATURE, signed
from tests.factories.cast import Cast, make_agreement, make_ticket
from tests.factories.phones import Line, make_number, make_system, open_always
from tickets.actions import assigning, replying
from tickets.models import Attachment

IS_FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)
"""What is asked of every answer. (That wrong input is refused is for tests that know what is wrong.)"""


@dataclass
class Run:
    """One person's requests to every operation, and what was answered how often."""

    who: User | None
    known: dict[str, list[Any]]
    is_thorough: bool = False
    answered: Counter[tuple[str, int]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        token = create_token(user=self.who, by=None) if self.who else ""
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        load_all_checks()
        self._checks = [CHECKS.get_one(name) for name in CHECKED]

    def everything(self) -> None:
        """Every operation of the document. Error: what schemathesis finds, with the request that shows it."""
        schema: Any = schemathesis.openapi.from_wsgi("/api/v1/schema/", _read_to_the_end)
        for operation in schema.get_all_operations():
            self._ask(schema, operation.ok())

    def _ask(self, schema: Any, operation: Any) -> None:
        def send(case: Any) -> None:
            self._send(case)

        modes = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.FUZZING]
        if self.is_thorough or IS_FUZZ:
            modes.append(HypothesisTestMode.COVERAGE)
        config = HypothesisTestConfig(project=schema.config, modes=modes)
        test = create_test(operation=operation, test_func=send, config=config)
        hypothesis.settings(
            max_examples=300 if IS_FUZZ else 8,
            deadline=None,
            derandomize=not IS_FUZZ,
            database=None,
            phases=tuple(Phase) if IS_FUZZ else (Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )(test)()

    def _send(self, case: Any) -> None:
        """One request and what it did, undone again."""
        self._point_to_what_exists(case)
        block: Any = transaction.atomic()
        block._from_testcase = True  # as the test's own: durable transactions may begin inside
        with block:
            response = case.call(headers=self._headers)
            transaction.set_rollback(True)
        self.answered[case.operation.label, response.status_code] += 1
        case.validate_response(response, checks=self._checks)

    def _point_to_what_exists(self, case: Any) -> None:
        """Ids of rows that exist in place of invented ones, but not where the id itself is what is wrong."""
        parts = case.meta.components if case.meta else {}
        for location, container in (
            (ParameterLocation.PATH, case.path_parameters),
            (ParameterLocation.QUERY, case.query),
            (ParameterLocation.BODY, case.body),
        ):
            part = parts.get(location)
            if isinstance(container, dict) and (part is None or part.mode.is_positive):
                self._replace(container, case.operation.path)

    def _replace(self, container: dict[str, Any], path: str) -> None:
        for name, value in container.items():
            kind = path.split("/")[3] if name == "id" else name
            rows = self.known.get(kind)
            if rows and value not in (None, "me", "none"):
                container[name] = rows[len(str(value)) % len(rows)]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Requests leave the test's connection and its transaction alone, as those of Django's test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
        gc.collect()  # werkzeug leaves the temporary files of large bodies to the collector


def furnish(cast: Cast) -> None:
    """Something behind every address: tickets of all kinds of states, notes, files, agreements."""
    waiting = make_ticket(cast.gold_customer, contact=cast.owner)
    make_ticket(cast.bronze_customer, contact=cast.stranger)
    held = make_ticket(cast.gold_customer, contact=cast.colleague)
    assigning.assign(ticket=held, to=cast.agent, by=cast.lead, reason="knows it")
    for ticket in (waiting, held):
        replying.reply(ticket=ticket, body="We look.", by=cast.agent, files=[_file("for-you.txt")])
        replying.note(ticket=ticket, body="Again.", by=cast.agent, files=[_file("for-us.txt")])
    make_agreement(cast.plain_customer)
    ring(cast)


def ring(cast: Cast) -> None:
    """A call on the gold customer's number that the agent's phone rings for."""
    open_always()
    system = make_system()
    make_number(system, "+4930555001", cast.gold_customer.agreements.get())
    User.objects.filter(pk=cast.agent.pk).update(is_on_duty=True)
    AgentPhone.objects.create(user=cast.agent, system=system, dial_target="agent", presence="on")
    Line(system, "+4930555001").rings()


def known_to(cast: Cast, who: User | None) -> dict[str, list[Any]]:
    """Ids of rows by the names that parameters and fields have, seen by this person or not."""
    files = list(Attachment.objects.order_by("pk"))
    reader = who.pk if who else 0
    signatures = [signed("", key=file.key, user_id=reader).rpartition("=")[2] for file in files]
    customers = [cast.gold_customer.pk, cast.bronze_customer.pk, cast.plain_customer.pk]
    levels = [cast.gold.pk, cast.bronze.pk]
    contacts = list(Contact.objects.order_by("pk").values_list("pk", flat=True))
    agreements = list(Agreement.objects.order_by("pk").values_list("pk", flat=True))
    numbers = list(dict.fromkeys(file.message.ticket.number for file in files))
    return {
        "number": numbers,
        "decline": numbers,
        "key": [files[0].key],
        SIGNATURE: [signatures[0]],
        "customers": customers,
        "customer": customers,
        "contacts": contacts,
        "contact": contacts,
        "service-levels": levels,
        "level": levels,
        "agreements": agreements,
        "calls": list(Call.objects.order_by("pk").values_list("pk", flat=True)),
        "service-numbers": list(ServiceNumber.objects.order_by("pk").values_list("pk", flat=True)),
        "ticket": numbers,
        "team": [cast.team.slug, cast.other_team.pk],
        "assignee": [cast.agent.pk, cast.other_agent.pk],
    }


def _read_to_the_end(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The product, with its answers closed: schemathesis leaves streams open."""
    answer: Any = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


def _file(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"seen at 10:14", "text/plain")
