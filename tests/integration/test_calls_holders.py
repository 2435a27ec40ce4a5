"""Calls stay those of whoever had the service number when it was dialled, whoever has it since."""

import csv
import io
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.actions import chores, numbers
from calls.models import Call, ServiceNumber
from calls.queries import log, reachability
from calls.queries.board import board, line_of
from calls.queries.desk import customer_of, rows_of
from calls.queries.pops import caller_of
from contracts.models import Agreement
from customers.models import Customer
from tests.factories.cast import (
    make_agreement,
    make_contact,
    make_customer,
    make_level,
    make_team,
    make_ticket,
    make_user,
)
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always
from tickets.models import Ticket
from tickets.rules.periods import between

pytestmark = pytest.mark.django_db

GOLD = "+4930555001"
CALLER = "+49301234567"


@pytest.fixture
def number() -> ServiceNumber:
    """The service number of Aigner."""
    open_always()
    make_team(is_default=True)
    return make_number(make_system(), GOLD, make_agreement(make_customer("Aigner"), make_level("Gold")))


@pytest.fixture
def lead() -> User:
    return make_user("lead", User.Role.LEAD)


def given_on(number: ServiceNumber, name: str = "Berger") -> Customer:
    """Aigner gives the number back, it is woken, and another customer has it."""
    numbers.release(number=number, by=None)
    numbers.end_rest(number=number, reason_why="Asked for.", by=None)
    agreement = make_agreement(make_customer(name), make_level("Silver"))
    numbers.give(number=number, agreement=agreement, by=None)
    return agreement.customer


def called(number: ServiceNumber, caller: str = "+4930999999", *, alone: bool = False) -> Call:
    """A call that found it busy; or one that its telephone system decided by itself."""
    line = Line(number.system, number.number, caller, start=timezone.now() - timedelta(minutes=9))
    if alone:
        line.tells("hangup")
    else:
        assert line.rings()["action"] == "busy"
    assert line.call.line == "contract"
    return line.call


def page(lead: User, path: str, **asked: Any) -> Any:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(lead)
    answer = client.get(path, asked)
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("alone", [False, True])
def test_a_new_customer_does_not_get_the_old_calls_of_a_number(
    number: ServiceNumber, lead: User, alone: bool
) -> None:
    old = called(number, alone=alone)
    berger = given_on(number)
    new = called(number, alone=alone)
    calls = Call.objects.order_by("pk")
    assert [line_of(call).customer for call in calls] == ["Aigner", "Berger"]
    assert [row.customer for row in rows_of(list(calls), lead)] == ["Aigner", "Berger"]
    assert list(log.found(shown="", customer_id=berger.pk, text="")) == [new]
    for name, call in (("aigner", old), ("berger", new)):
        assert list(log.found(shown="", customer_id=None, text=name)) == [call]
    shown = page(lead, f"/desk/calls/log/{old.pk}/").content.decode()
    assert "Aigner" in shown
    assert "Berger" not in shown
    if alone:
        assert {line.customer for line in board(timezone.now(), "en").alone} == {"Aigner", "Berger"}


def test_the_call_page_shows_standing_and_tickets_of_whoever_had_the_number(
    number: ServiceNumber, lead: User
) -> None:
    aigner = Customer.objects.get(name="Aigner")
    ticket, call = make_ticket(aigner), called(number)
    make_ticket(given_on(number))
    shown = caller_of(Call.objects.get(pk=call.pk), lead, language="en", now=timezone.now())
    assert shown.customer == aigner
    assert [one for one, _state in shown.tickets] == [ticket]
    assert "Berger" not in page(lead, f"/desk/calls/{call.pk}/").content.decode()


def test_while_a_number_rests_its_calls_are_still_its_former_customers(number: ServiceNumber) -> None:
    call = called(number)
    numbers.release(number=number, by=None)
    assert line_of(Call.objects.get(pk=call.pk)).customer == "Aigner"
    found = customer_of(Call.objects.get(pk=call.pk))
    assert found is not None
    assert found.name == "Aigner"


def test_where_nobody_knows_whose_number_it_was_the_known_caller_is_named(number: ServiceNumber) -> None:
    moser = make_customer("Moser")
    make_contact(moser).phones.create(number=CALLER)
    call = called(number, CALLER)
    Call.objects.update(holder=None)
    assert customer_of(Call.objects.get(pk=call.pk)) == moser
    assert line_of(Call.objects.get(pk=call.pk)).customer == "Moser"


def test_a_call_back_that_is_filed_later_is_still_the_former_customers(number: ServiceNumber) -> None:
    called(number)
    given_on(number)
    chores.work_off()
    assert Ticket.objects.get().customer.name == "Aigner"


def test_reachability_and_its_export_count_old_calls_for_whoever_had_the_number(
    number: ServiceNumber, lead: User
) -> None:
    called(number)
    berger = given_on(number)
    called(number)
    today = timezone.localdate()
    asked = reachability.Narrowed(between(today - timedelta(days=1), today))
    found = {one.name: one.reached.calls for one in reachability.reachability(asked).customers}
    assert found == {"Aigner": 1, "Berger": 1}
    days = {"period": "30", "customer": str(berger.pk)}
    text = page(lead, "/desk/calls/reachability.csv", **days).getvalue().decode()
    assert [row["Customer"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))] == ["Berger"]


def test_admins_find_calls_by_whoever_had_the_number(number: ServiceNumber) -> None:
    call = called(number)
    admin = make_user("admin", User.Role.ADMIN)
    for name, expected in (("Aigner", [call]), ("Berger", [])):
        answer = page(admin, reverse("admin:calls_call_changelist"), q=name)
        assert list(answer.context["cl"].result_list) == expected


def test_only_calls_that_are_decided_as_on_a_service_number_keep_whose_it_is(number: ServiceNumber) -> None:
    make_phone(number.system)
    agreement = Agreement.objects.get()
    make_number(number.system, "+4930555002", agreement, valid_from=timezone.localdate() + timedelta(days=9))
    lines = [Line(number.system, to) for to in (PUBLIC, "+4930555002", GOLD)]
    for line in lines:
        line.rings()
    alone = [Line(number.system, to) for to in (PUBLIC, "+4930555002", GOLD)]
    for line in alone:
        line.tells("answered")
    holders = [line.call.holder for line in (*lines, *alone)]
    assert holders == [None, None, agreement.customer] * 2


def test_calls_from_before_it_was_kept_are_told_by_their_number() -> None:
    open_always()
    system, now = make_system(), timezone.now()
    agreed = make_agreement(make_customer("Aigner"), make_level(), starts_on=now.date() - timedelta(days=9))
    theirs = make_number(system, GOLD, agreed)
    resting = make_number(system, "+4930555002", former_customer=make_customer("Moser"))

    def kept(number: ServiceNumber, *, days: int = 1, **fields: Any) -> Call:
        at, name = now - timedelta(days=days), f"c{Call.objects.count()}"
        named = {"external_id": name, "line": "contract", "arrived_at": at, "seen_at": at, **fields}
        return Call.objects.create(system=system, number=number, **named)

    calls = [
        kept(theirs),
        kept(theirs, days=20),
        kept(theirs, days=20, customer=agreed.customer),
        kept(theirs, line="public"),
        kept(resting),
    ]
    with connection.cursor() as cursor:
        cursor.execute(import_module("calls.migrations.0002_holder").FILL)
    names = dict(Call.objects.values_list("pk", "holder__name"))
    assert [names[call.pk] for call in calls] == ["Aigner", None, "Aigner", None, "Moser"]
