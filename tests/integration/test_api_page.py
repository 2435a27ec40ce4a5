"""The examples of docs/api.md, run as they stand there."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.actions.users import create_token
from accounts.models import KeptAnswer
from tests.factories.calling import Answer, refused
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.gates import make_dpa
from tests.factories.prices import make_price_list
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_EXAMPLE = re.compile(r"(curl .*?)\n# -> (\d+)(?:, ([\w-]+): (\S+))?\n", re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One command, and what it is said to be answered with."""

    command: str
    status: int
    header: str
    value: str


def examples() -> Iterator[Example]:
    """All commands of the page, in its order."""
    for block in _BLOCK.findall(PAGE):
        for command, status, header, value in _EXAMPLE.findall(block):
            yield Example(command.replace("\\\n", " "), int(status), header, value)


def run(command: str) -> Answer:
    """What curl would do with these arguments."""
    words = iter(shlex.split(command)[1:])
    method = address = body = ""
    form: dict[str, Any] = {}
    headers: dict[str, str] = {}
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-d":
            body = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-F":
            name, _, value = next(words).partition("=")
            is_file = value.startswith("@")
            form[name] = SimpleUploadedFile(value[1:], b"burning") if is_file else value
        else:
            assert not word.startswith("-"), f"unknown to this test: {word}"
            address = word
    client = Client(headers={"Accept-Language": "en", **headers})
    if form:
        return client.post(address, form)
    return client.generic(method or "GET", address, body, headers.get("Content-Type", ""))


def _as_here(command: str, here: dict[str, str]) -> str:
    for shown, actual in here.items():
        command = command.replace(shown, actual)
    return command


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_every_example_is_answered_as_the_page_says(cast: Cast) -> None:
    make_price_list()
    make_dpa(cast.gold_customer)  # so that remote work may be entered
    ticket = make_ticket(cast.gold_customer)
    here = {
        "$SERVER": "",
        "$TOKEN": create_token(user=cast.agent, by=None),
        '"customer": 7': f'"customer": {cast.gold_customer.pk}',
        "2026-000017": ticket.number,
        "2026-11-20T09:45:00+01:00": timezone.now().isoformat(),  # a consent, after the ticket arrived
    }
    found = list(examples())
    assert len(found) == PAGE.count("curl ") > 10

    for example in found:
        if "If-Match" in example.command:  # as it was read before the first of them
            here.setdefault('"4"', f'"{Ticket.objects.get(pk=ticket.pk).version}"')
        answer = run(_as_here(example.command, here))
        assert answer.status_code == example.status, (example.command, answer.content)
        assert not example.header or answer[example.header] == example.value
    assert KeptAnswer.objects.count() == 1


def test_the_refusal_on_the_page_is_the_one_that_comes(cast: Cast) -> None:
    shown = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    token = create_token(user=cast.agent, by=None)
    document = {"customer": cast.gold_customer.pk, "subjekt": "Printer on fire", "body": "It burns."}
    client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

    answer = client.post("/api/v1/tickets/", document, "application/json")

    assert refused(answer, 400) == json.loads(shown[1])


def test_the_limits_on_the_page_are_the_defaults() -> None:
    for name, words in (
        ("API_REQUESTS_PER_MINUTE", "6,000 requests"),
        ("API_WRITES_PER_MINUTE", "3,000 that write"),
        ("API_WRONG_TOKENS_PER_MINUTE", "30 wrong tokens"),
        ("API_JSON_MAX_MEGABYTES", "JSON 3 MB"),
        ("ATTACHMENT_MAX_MEGABYTES", "a file 20 MB"),
    ):
        assert f"{getattr(settings, name):,}" in words
        assert words in PAGE
