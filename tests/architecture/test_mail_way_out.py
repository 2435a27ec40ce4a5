"""Mail leaves by the outboxes and the one gateway: what is sent from elsewhere can be lost or be too much."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.product import module_name, python_files

GATEWAY = {"mail.gateways.post", "mail.queries.letters", "mail.actions.delivering"}
SENDING = {"django.core.mail", "smtplib"}


def senders(source: str) -> Iterator[str]:
    """What a module imports that could send."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in SENDING)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
            yield from (name for name in names if name in SENDING)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in {"email_user", "mail_admins"}:
            yield node.attr


def test_nobody_but_the_gateway_sends() -> None:
    found = {module_name(path): set(senders(path.read_text())) for path in python_files()}
    assert {name for name, used in found.items() if used} == GATEWAY


@pytest.mark.parametrize(
    "source",
    [
        "import smtplib",
        "from django.core.mail import send_mail",
        "from django.core import mail",
        "u.email_user()",
    ],
)
def test_a_sender_is_noticed(source: str) -> None:
    assert list(senders(source))
