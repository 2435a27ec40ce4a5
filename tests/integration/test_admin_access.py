"""Who gets into the admin, and what of it is only read."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import users as user_actions
from accounts.models import AuditEntry, User
from accounts.rules import wording
from tests.architecture.product import python_files
from tests.factories.cast import (
    PASSWORD,
    Cast,
    make_agreement,
    make_cast,
    make_ticket,
)
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin)
    return client


def test_admins_get_in(as_admin: Client) -> None:
    assert as_admin.get("/admin/").status_code == 200


@pytest.mark.parametrize("name", ["agent", "lead", "owner"])
@pytest.mark.parametrize("path", ["", "customers/customer/", "jsi18n/", "nowhere/"])
def test_nobody_else_gets_in(client: Client, cast: Cast, name: str, path: str) -> None:
    client.force_login(User.objects.get(username=name))

    assert client.get(f"/admin/{path}").status_code == 404


def test_a_staff_flag_without_the_role_is_not_enough(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.agent.pk).update(is_staff=True, is_superuser=True)
    client.force_login(cast.agent)

    assert client.get("/admin/").status_code == 404


def test_strangers_sign_in_at_the_one_door_and_come_back(client: Client, cast: Cast) -> None:
    response = client.get("/admin/customers/customer/", follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/customers/customer/"
    answer = client.post(response.redirect_chain[-1][0], {"login": "admin", "password": PASSWORD})
    assert answer.headers["Location"] == "/admin/customers/customer/"


def test_sign_in_leads_nowhere_else(client: Client, cast: Cast) -> None:
    response = client.get("/admin/login/?next=https://evil.example/")

    assert response.headers["Location"] == "/accounts/login/?next=/admin/"


def test_signing_out_and_changing_the_password_are_the_products_own(as_admin: Client) -> None:
    assert as_admin.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"
    assert as_admin.get("/admin/logout/").status_code == 405
    assert as_admin.post("/admin/logout/").headers["Location"] == "/accounts/login/"
    assert as_admin.get("/admin/").status_code == 302


def test_levels_in_use_and_people_cannot_be_deleted(as_admin: Client, cast: Cast) -> None:
    for name, row in [
        ("contracts_servicelevel", cast.gold),
        ("accounts_user", cast.agent),
        ("accounts_team", cast.team),
        ("customers_customer", cast.gold_customer),
        ("customers_contact", cast.owner),
    ]:
        url = reverse(f"admin:{name}_delete", args=[row.pk])
        assert as_admin.post(url, {"post": "yes"}).status_code == 403
        assert type(row)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", ["accounts_auditentry", "tickets_ticket"])
def test_audit_trail_and_tickets_are_only_read(as_admin: Client, cast: Cast, name: str) -> None:
    make_ticket(cast.gold_customer, subject="Printer on fire")
    model = {"accounts_auditentry": AuditEntry, "tickets_ticket": Ticket}[name]
    row = model._default_manager.latest("pk")
    change = reverse(f"admin:{name}_change", args=[row.pk])

    assert as_admin.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert as_admin.get(change).status_code == 200
    assert as_admin.get(reverse(f"admin:{name}_add")).status_code == 403
    assert as_admin.post(change, {}).status_code == 403
    assert as_admin.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_ticket_leads_to_its_page_at_the_desk(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)

    page = as_admin.get(reverse("admin:tickets_ticket_change", args=[ticket.pk])).content.decode()

    assert reverse("desk:ticket", args=[ticket.number]) in page


def test_the_audit_trail_says_in_words_what_was_done(as_admin: Client, cast: Cast) -> None:
    make_agreement(cast.plain_customer, cast.gold)
    user_actions.set_duty(user=cast.agent, is_on_duty=False, by=cast.admin)
    url = reverse("admin:accounts_auditentry_changelist")

    page = as_admin.get(url, headers={"Accept-Language": "de"}).text
    assert "Benutzer geändert" in page
    assert cast.admin.display_name in page

    only_users = as_admin.get(f"{url}?act=user.changed", headers={"Accept-Language": "en"})
    assert {entry.verb for entry in only_users.context["cl"].result_list} == {"user.changed"}
    entry = AuditEntry.objects.filter(verb="user.changed").latest("pk")
    url = reverse("admin:accounts_auditentry_change", args=[entry.pk])
    shown = as_admin.get(url, headers={"Accept-Language": "en"})
    assert f"User changed: {cast.agent.display_name}" in shown.text


def test_admins_find_the_admin_from_the_desk_and_nobody_else_does(as_admin: Client, cast: Cast) -> None:
    page = as_admin.get("/desk/").text
    assert 'href="/admin/"' in page
    assert 'id="nav-count-admin"' in page  # the live counts look for every place of the navigation
    lead = Client()
    lead.force_login(cast.lead)
    assert 'href="/admin/"' not in lead.get("/desk/").text


NOUNS = {code.split(".")[1] for code in wording.TABLE}
_VERB = re.compile(r"([a-z_]+)\.[a-z_]+")


NO_VERB = {
    "export.css",
    *("call.busy", "call.missed", "call.silent"),
    *("call.voicemail", "call.voicemail_elsewhere", "call.voicemail_lost"),
}
"""Spelt like a verb: the name of a file, and what a ticket says of its call."""
ANY = "*"


def verbs_in(path: Path) -> Iterator[str]:
    """The verbs that a module records: what is handed over as `verb`, and in actions texts spelt so.

    One that is put together is a pattern: ``held_file.*``.
    """
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.keyword) and node.arg == "verb":
            yield from texts_in(node.value)
        elif isinstance(node, ast.Constant) and "actions" in path.parts:
            yield from (one for one in texts_in(node) if is_about_a_noun(one))


def texts_in(node: ast.AST) -> Iterator[str]:
    """Every text that stands there."""
    composed = [each for each in ast.walk(node) if isinstance(each, ast.JoinedStr)]
    pieces = {id(piece) for one in composed for piece in ast.walk(one)}
    for one in composed:
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else ANY for part in one.values)
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in pieces:
            yield each.value


def is_about_a_noun(text: str) -> bool:
    """Whether a text is spelt like a verb of something that the audit trail tells of."""
    found = _VERB.fullmatch(text)
    return found is not None and found[1] in NOUNS


def test_every_verb_of_the_audit_trail_has_words() -> None:
    verbs = {verb for path in python_files() for verb in verbs_in(path)}

    assert "agreement.deleted" in verbs
    worded = {code.removeprefix("audit.") for code in wording.TABLE}
    patterns = {verb for verb in verbs if ANY in verb}
    assert verbs - patterns - NO_VERB <= worded
    composed = {pattern: {verb for verb in worded if fnmatch(verb, pattern)} for pattern in patterns}
    assert [pattern for pattern, meant in composed.items() if not meant or pattern == ANY] == []
    assert worded - verbs - set().union(*composed.values()) == set()
