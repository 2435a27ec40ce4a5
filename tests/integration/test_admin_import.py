"""Importing tables in the admin: first it says what would happen, then it happens, all of it or nothing."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from contracts.models import Agreement
from customers.actions import customers as customer_actions
from customers.models import Customer
from lib.sheets.pages import ImportPages
from lib.sheets.writing import write_csv
from tests.admin_sheets import (
    AGREEMENTS,
    CONTACTS,
    CUSTOMERS,
    LEVELS,
    USERS,
    confirm,
    errors,
    fates,
    kept_files,
    upload,
)
from tests.corpora import require_corpora
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_customer, make_ticket
from tests.factories.phones import make_system
from tests.factories.prices import make_price_list
from tickets.tasks import sweep_queue

pytestmark = pytest.mark.django_db

PRICES = "contracts_priceitem"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast, settings: Any, tmp_path: Path) -> Client:
    settings.DATA_DIR = tmp_path
    User.objects.filter(pk=cast.admin.pk).update(language="en")
    client.force_login(cast.admin)
    return client


# Seeing and doing


def test_customers_are_shown_first_and_written_on_yes(as_admin: Client, cast: Cast) -> None:
    table = (
        "Name;Maildomains;Telefon;Aktiv\n"
        "Übermut GmbH;Uebermut.example;+49 (0)89 / 999 98-200;ja\n"
        "Moser;moser.example, moser-gruppe.example;;ja\n"
        "Aigner;;;ja\n"
    )

    page = upload(as_admin, CUSTOMERS, table)

    assert fates(page) == {"new": 1, "changed": 1, "unchanged": 1}
    assert "Nothing is written yet" in page.text
    assert "moser-gruppe.example" in page.text
    assert not Customer.objects.filter(name="Übermut GmbH").exists()

    answer = confirm(as_admin, CUSTOMERS, page)

    assert answer.headers["Location"] == reverse("admin:customers_customer_changelist")
    customer = Customer.objects.get(name="Übermut GmbH")
    assert [row.domain for row in customer.domains.all()] == ["uebermut.example"]
    assert [row.number for row in customer.phones.all()] == ["+498999998200"]
    assert cast.plain_customer.domains.count() == 2
    entries = AuditEntry.objects.filter(actor_id=cast.admin.pk, object_kind="customers.customer")
    assert sorted(entries.values_list("verb", "personal__object_label")) == [
        ("customer.changed", "Moser"),
        ("customer.created", "Übermut GmbH"),
    ]


@pytest.mark.parametrize(
    ("table", "content"),
    [
        (CUSTOMERS, "Name,Domains,Note\nNeu,neu.example,Text\nMoser,moser.example,\n"),
        (CONTACTS, "Customer,Name,E-mail,Phone\nMoser,Erika Muster,Erika@Moser.example,+49 170 0012345\n"),
        (
            AGREEMENTS,
            "Kunde;Stufe;Vertrag;Beginn;Aussetzungen\nMoser;gold;SV-9;01.02.2026;03.03.2026 – : x\n",
        ),
        (LEVELS, "Name,Rank\nGold,2\nNew,7\n"),
        (USERS, "Username,E-mail,Role,Teams\ne.muster,E@firm.example,agent,Workplace\n"),
    ],
)
def test_the_same_file_twice_changes_nothing_the_second_time(
    as_admin: Client, cast: Cast, table: str, content: str
) -> None:
    assert confirm(as_admin, table, upload(as_admin, table, content)).status_code == 302
    before = AuditEntry.objects.count()

    page = upload(as_admin, table, content)

    assert set(fates(page)) == {"unchanged"}
    assert 'name="_upload"' not in page.text
    confirm(as_admin, table, page)
    assert AuditEntry.objects.count() == before


def test_one_wrong_line_keeps_all_of_them_out(as_admin: Client, cast: Cast) -> None:
    table = (
        "Name,Phone,Domains\nNew One,,new.example\nNew Two,089 1234,no domain\n,,\nNew Three,,new.example\n"
    )

    page = upload(as_admin, CUSTOMERS, table)

    assert errors(page) == [
        (3, "Mail domains", "Enter a valid domain name."),
        (3, "Phone numbers", "Write the number with its country code, such as +49 89 12345."),
        (5, "Mail domains", "The mail domain new.example belongs to New One."),
    ]
    assert 'name="_upload"' not in page.text
    confirm(as_admin, CUSTOMERS, page)
    assert not Customer.objects.filter(name__startswith="New").exists()
    assert not AuditEntry.objects.filter(actor_id=cast.admin.pk).exists()


def test_what_went_wrong_meanwhile_is_shown_and_nothing_is_written(as_admin: Client, cast: Cast) -> None:
    page = upload(as_admin, CUSTOMERS, "Name,Domains\nFirst,first.example\nMoser,taken.example\n")
    customer_actions.save(customer=cast.gold_customer, by=None, domains=["taken.example"])

    again = confirm(as_admin, CUSTOMERS, page)

    assert again.status_code == 200
    assert errors(again) == [(3, "Mail domains", "The mail domain taken.example belongs to Aigner.")]
    assert not Customer.objects.filter(name="First").exists()


def test_what_changed_meanwhile_is_shown_before_it_is_overwritten(as_admin: Client, cast: Cast) -> None:
    page = upload(as_admin, CUSTOMERS, "Name,Note\nMoser,from the file\n")
    cast.plain_customer.note = "written meanwhile"
    customer_actions.save(customer=cast.plain_customer, by=None)

    again = confirm(as_admin, CUSTOMERS, page)

    (line,) = again.context["outcome"].of("changed")
    assert line.changes == [("Internal note", "written meanwhile", "from the file")]
    assert Customer.objects.get(pk=cast.plain_customer.pk).note == "written meanwhile"
    assert confirm(as_admin, CUSTOMERS, again).status_code == 302
    assert Customer.objects.get(pk=cast.plain_customer.pk).note == "from the file"


def test_other_moves_than_those_agreed_to_are_shown_first(as_admin: Client, cast: Cast) -> None:
    page = upload(as_admin, AGREEMENTS, "Customer,Level,Reference,Starts on\nMoser,Gold,SV-7,2026-01-01\n")
    make_ticket(cast.plain_customer, subject="Came meanwhile")

    again = confirm(as_admin, AGREEMENTS, page)

    assert "Came meanwhile" in again.text
    assert not Agreement.objects.filter(reference="SV-7").exists()


def test_errors_are_said_in_german_too(as_admin: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.admin.pk).update(language="de")

    page = upload(as_admin, AGREEMENTS, "Kunde;Art;Beginnt am\nNiemand;Servicevertrag;31.02.2026\n")

    said = errors(page)
    assert [(line, heading) for line, heading, _ in said] == [(2, "Kunde"), (2, "Art"), (2, "Beginnt am")]
    assert "Es gibt keinen Kunden „Niemand“" in said[0][2]
    assert "kein Tag" in said[2][2]


@pytest.mark.parametrize(
    "case",
    [
        (AGREEMENTS, "Customer,Starts on\nMoser,2026-01-01\n", "Service level", "needs a service level"),
        (
            *(AGREEMENTS, "Customer,Kind,Level,Starts on\nMoser,update,Gold,2026-01-01\n"),
            *("Service level", "Only a service agreement"),
        ),
        (
            *(AGREEMENTS, "Customer,Level,Starts on,Ends on\nMoser,Gold,2026-02-01,2026-01-31\n"),
            *("Ends on", "cannot be before"),
        ),
        (
            *(AGREEMENTS, "Customer,Level,Starts on\nMoser,Platin,2026-02-01\n"),
            *("Service level", "Known: Gold, Bronze"),
        ),
        (
            *(AGREEMENTS, "Customer,Level,Starts on,Suspensions\nMoser,Gold,2026-02-01,soon\n"),
            *("Suspensions", "is no period"),
        ),
        (CONTACTS, "Customer,Name\nNobody,Erika\n", "Customer", "There is no customer"),
        (CONTACTS, "Customer,Name,E-mail\nMoser,Erika,no address\n", "E-mail", "valid email"),
        (CONTACTS, "Customer,Name,Language\nMoser,Erika,french\n", "Language", "Known: German, English"),
        (CONTACTS, "Number,Customer,Name\n999999,Moser,Erika\n", "Number", "Nothing has this number"),
        (LEVELS, "Name,Rank\nNew,0\n", "Rank", "greater than or equal to 1"),
        (LEVELS, "Name,Rank\nNew,first\n", "Rank", "is no whole number"),
        (USERS, "Username,Role\nadmin,lead\n", "Role", "your own admin role"),
        (USERS, "Username,Active\nadmin,no\n", "Active", "cannot deactivate yourself"),
        (USERS, "Username,Role,Teams\nx,contact,Workplace\n", "Teams", "belong to no team"),
        (USERS, "Username,Role,Teams\nx,agent,Nowhere\n", "Teams", "Known: Network, Workplace"),
        (USERS, "Username,E-mail\nx,AGENT@firm.example\n", "E-mail", "already"),
    ],
)
def test_refusals_name_the_line_the_column_and_the_reason(
    as_admin: Client, case: tuple[str, str, str, str]
) -> None:
    table, content, heading, words = case
    ((line, named, why),) = errors(upload(as_admin, table, content))

    assert (line, named) == (2, heading)
    assert words in why


def test_a_published_price_stays_as_it_is(as_admin: Client, cast: Cast) -> None:
    make_price_list(date(2026, 1, 1))
    head = "Price list valid from,Code,Name German,Name English,Amount"
    same = "2026-01-01,phone,Telefon und schriftlich,Phone and in writing,120.00"

    dearer = "2026-01-01,remote,Fernwartung,Remote support,130.00"

    page = upload(as_admin, PRICES, f"{head}\n{same}\n{dearer}\n")

    assert fates(page) == {"unchanged": 1, "wrong": 1}
    ((line, _heading, why),) = errors(page)
    assert line == 3
    assert "A published price list stays as it is." in why


def test_the_same_customer_twice_in_a_file_is_refused(as_admin: Client, cast: Cast) -> None:
    page = upload(as_admin, CUSTOMERS, "Name,Note\nNeu,a\nMoser,b\nneu,c\n")

    assert errors(page) == [(4, "", "This is the same as line 2.")]


def test_agreements_say_which_tickets_they_move_and_move_them(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.plain_customer, subject="Screen is dark")
    make_ticket(cast.bronze_customer)
    sweep_queue()

    page = upload(as_admin, AGREEMENTS, "Customer,Level,Reference,Starts on\nMoser,Gold,SV-7,2026-01-01\n")
    assert "This moves 1 waiting ticket" in page.text
    assert "Screen is dark" in page.text
    confirm(as_admin, AGREEMENTS, page)
    sweep_queue()

    ticket.refresh_from_db()
    assert ticket.level == cast.gold


def test_suspensions_come_and_go_with_their_column_and_stay_without_it(as_admin: Client, cast: Cast) -> None:
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    head = "Customer,Reference,Level,Starts on"
    row = "Aigner,G-1,Gold,2020-01-01"

    periods = '"2021-01-01 – 2021-01-31: unpaid, twice; ""2022-05-01 –: a; b"""'
    with_periods = f"{head},Suspensions\n{row},{periods.replace(chr(34) * 2, chr(34) * 2)}\n"
    assert confirm(as_admin, AGREEMENTS, upload(as_admin, AGREEMENTS, with_periods)).status_code == 302
    kept = [(date(2021, 1, 1), date(2021, 1, 31), "unpaid, twice"), (date(2022, 5, 1), None, "a; b")]
    assert list(agreement.suspensions.values_list("starts_on", "ends_on", "reason")) == kept

    renamed = f"{head},Terminated as of\n{row},2030-01-01\n"
    confirm(as_admin, AGREEMENTS, upload(as_admin, AGREEMENTS, renamed))
    assert agreement.suspensions.count() == 2

    emptied = f"{head},Suspensions\n{row},\n"
    confirm(as_admin, AGREEMENTS, upload(as_admin, AGREEMENTS, emptied))
    assert agreement.suspensions.count() == 0


# Between looking and doing


def test_the_file_is_kept_for_its_session_only_and_then_gone(as_admin: Client, cast: Cast) -> None:
    page = upload(as_admin, CUSTOMERS, "Name\nNeu\n")
    (kept,) = kept_files()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert kept.name not in page.text

    other = Client()
    other.force_login(cast.admin)
    answer = confirm(other, CUSTOMERS, page)
    assert answer.headers["Location"] == reverse("admin:customers_customer_import")
    assert not Customer.objects.filter(name="Neu").exists()

    confirm(as_admin, CUSTOMERS, page)
    assert Customer.objects.filter(name="Neu").exists()
    assert kept_files() == []


def test_going_back_forgets_the_file_and_another_one_replaces_it(as_admin: Client, cast: Cast) -> None:
    first = upload(as_admin, CUSTOMERS, "Name\nFirst\n")
    upload(as_admin, CUSTOMERS, "Name\nSecond\n")
    assert len(kept_files()) == 1

    shown = confirm(as_admin, CUSTOMERS, first)
    assert [line.label for line in shown.context["outcome"].of("new")] == ["Second"]
    assert not Customer.objects.filter(name__in=["First", "Second"]).exists()

    as_admin.post(reverse("admin:customers_customer_import"), {"_discard": "1"})
    assert kept_files() == []


@pytest.mark.parametrize("name", ["agent", "lead", "owner"])
@pytest.mark.parametrize("page", ["import", "export"])
def test_nobody_but_admins_imports_or_exports(client: Client, cast: Cast, name: str, page: str) -> None:
    client.force_login(User.objects.get(username=name))
    url = reverse(f"admin:customers_customer_{page}", args=["csv"] if page == "export" else [])

    assert client.get(url).status_code == 404
    assert client.post(url, {"_upload": "x"}).status_code == 404


def test_without_its_token_a_form_imports_nothing(as_admin: Client, cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.admin)
    file = SimpleUploadedFile("table.csv", b"Name\nNeu\n")

    assert strict.post(reverse("admin:customers_customer_import"), {"file": file}).status_code == 403


# Hostile contents


def test_hostile_texts_are_stored_as_they_are_and_shown_as_text(as_admin: Client, cast: Cast) -> None:
    texts = [text for text in require_corpora() if "\0" not in text and len(text) < 10_000 and text]
    rows = [[f"Naughty {number}", text] for number, text in enumerate(texts)]
    table = "".join(write_csv(["Name", "Note"], rows, separator=","))

    page = upload(as_admin, CUSTOMERS, table)
    assert fates(page) == {"new": len(texts)}
    assert "<script>alert(" not in page.text
    confirm(as_admin, CUSTOMERS, page)

    notes = dict(Customer.objects.filter(name__startswith="Naughty").values_list("name", "note"))
    assert notes == dict(rows)


def test_hostile_names_in_errors_are_shown_as_text(as_admin: Client, cast: Cast) -> None:
    page = upload(as_admin, CONTACTS, "Customer,Name\n<script>alert(1)</script>,Erika\n")

    assert "<script>alert(1)</script>" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


# Costs


SHEETS: dict[str, tuple[str, Callable[[int], str]]] = {
    CUSTOMERS: ("Name,Domains,Phone", lambda n: f"Customer {n},c{n}.example,+49 89 1{n:06}"),
    CONTACTS: ("Customer,Name,E-mail", lambda n: f"Grown {n},Contact {n},c{n}@grown.example"),
    AGREEMENTS: ("Customer,Level,Reference,Starts on", lambda n: f"Grown {n},Gold,SV-{n},2027-01-01"),
    LEVELS: ("Name,Rank", lambda n: f"Level {n},{1 + n % 90}"),
    USERS: ("Username,Role,Teams", lambda n: f"grown{n},agent,Workplace"),
}


def many(table: str, count: int) -> str:
    """A table with so many lines."""
    headings, line = SHEETS[table]
    return "\n".join([headings, *(line(n) for n in range(count))])


@pytest.mark.parametrize("table", list(SHEETS))
def test_looking_costs_the_same_however_many_lines(as_admin: Client, cast: Cast, table: str) -> None:
    for number in range(30):
        customer = make_customer(f"Grown {number}")
        make_contact(customer, f"Contact {number}")
        make_agreement(customer, cast.gold, reference=f"SV-{number}")

    def count(lines: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            page = upload(as_admin, table, many(table, lines))
        assert not page.context["outcome"].is_wrong
        return len(queries)

    count(1)
    few = count(2)
    assert count(30) == few


def importable() -> Iterator[Any]:
    registered: dict[Any, Any] = admin.site._registry
    for model, pages in registered.items():
        if isinstance(pages, ImportPages):
            yield pytest.param(pages, id=model._meta.label)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("pages", list(importable()))
def test_every_template_can_be_imported(as_admin: Client, cast: Cast, pages: Any, kind: str) -> None:
    make_agreement(make_customer("Muster GmbH"), cast.gold, reference="SV-2026-01")
    make_system()
    make_price_list(date(2027, 1, 1), items=[], is_published=False)
    answer = as_admin.get(reverse(f"admin:{pages._name('template')}", args=[kind]))
    content = answer.getvalue()

    page = upload(as_admin, pages._name("x").removesuffix("_x"), content, f"table.{kind}")

    assert not page.context["outcome"].is_wrong, errors(page)
