"""Customers with their standing, contacts, service levels and agreements over the API."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import resolve
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import AuditEntry
from contracts.actions import agreements as agreement_actions
from contracts.actions import booking, including
from contracts.models import Agreement, Allowance, StandingChange
from contracts.queries.renewals import today_at
from contracts.queries.services import default_services
from contracts.rules.targets import Promise
from customers.models import Contact, Customer
from tests.factories.calling import Caller, refused, rows
from tests.factories.cast import Cast, make_agreement, make_cast, make_level
from tests.factories.prices import make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def today() -> date:
    return localtime(timezone.now()).date()


# Customers


def test_a_customer_is_read_with_its_standing(cast: Cast) -> None:
    vendor = make_agreement(cast.gold_customer, reference="SA-7")

    customer = Caller(cast.agent).get(f"customers/{cast.gold_customer.pk}/").json()

    decides = Agreement.objects.get(reference="G-1")
    assert customer == {
        "id": cast.gold_customer.pk,
        "name": "Aigner",
        "domains": [],
        "phone_numbers": [],
        "standing": {
            "band": 1,
            "level": "Gold",
            "in_force": True,
            "agreement": decides.pk,
            "reasons": [
                {
                    "code": "standing.service_in_force",
                    "params": {"level": "Gold", "reference": "G-1", "ends_on": None},
                    "text": "Service agreement Gold (G-1) is in force.",
                }
            ],
            "seen_but_not_counting": [
                {
                    "agreement": vendor.pk,
                    "code": "standing.vendor_agreement",
                    "params": {"kind": "update", "reference": "SA-7"},
                    "text": "Update contract SA-7 does not count: a manufacturer's service, not a service "
                    "agreement with us.",
                }
            ],
        },
    }


def test_the_standing_speaks_german(cast: Cast) -> None:
    customer = Caller(cast.agent, language="de").get(f"customers/{cast.plain_customer.pk}/").json()

    assert customer["standing"]["band"] == 100
    assert customer["standing"]["level"] is None
    assert customer["standing"]["reasons"][0]["text"].startswith("Kein Vertrag.")


def test_an_admin_creates_and_changes_customers(cast: Cast) -> None:
    caller = Caller(cast.admin)
    created = caller.post(
        "customers/", {"name": "Huber", "domains": ["Huber.EXAMPLE"], "phone_numbers": ["0049 (89) 123-45"]}
    )
    assert created.status_code == 201
    assert created.json()["domains"] == ["huber.example"]
    assert created.json()["phone_numbers"] == ["+498912345"]
    assert created.json()["standing"]["band"] == 100
    path = f"customers/{created.json()['id']}/"

    changed = caller.patch(path, {"name": "Huber & Co", "domains": ["huber.example", "huber.test"]})

    assert changed.json()["domains"] == ["huber.example", "huber.test"]
    assert Customer.objects.get(name="Huber & Co").sort_name == "huber & co"
    assert AuditEntry.objects.filter(verb="customer.changed", actor_id=cast.admin.pk).exists()
    assert rows(caller.get("customers/", domain="huber.test"))[0]["id"] == created.json()["id"]
    assert rows(caller.get("customers/", phone_number="+498912345"))[0]["id"] == created.json()["id"]
    assert rows(caller.get("customers/", search="HUBER"))[0]["id"] == created.json()["id"]


def test_what_a_customer_cannot_be(cast: Cast) -> None:
    caller = Caller(cast.admin)
    caller.patch(f"customers/{cast.gold_customer.pk}/", {"domains": ["aigner.example"]})

    refused(caller.post("customers/", {"name": "Aigner"}), 400, "unique", "name")
    refused(caller.post("customers/", {}), 400, "required", "name")
    refused(caller.post("customers/", {"name": "N\x00"}), 400, field="name")
    taken = {"name": "New", "domains": ["aigner.example"]}
    refused(caller.post("customers/", taken), 400, "unique", "domains")
    caller.patch(f"customers/{cast.gold_customer.pk}/", {"domains": ["aigner.example", "müller.example"]})
    for spelling in ("MÜLLER.example", "xn--mller-kva.example"):  # one domain, however it is written
        refused(caller.post("customers/", {"name": "New", "domains": [spelling]}), 400, "unique", "domains")
        assert [row["id"] for row in rows(caller.get("customers/", domain=spelling))] == [
            cast.gold_customer.pk
        ]
    refused(caller.post("customers/", {"name": "New", "domains": ["not a domain"]}), 400, field="domains.0")
    refused(caller.post("customers/", {"name": "New", "phone_numbers": ["12"]}), 400, "not_e164")


def test_only_admins_write_customers(cast: Cast) -> None:
    for who in (cast.agent, cast.lead, cast.owner):
        refused(Caller(who).post("customers/", {"name": "Mine"}), 403)
        refused(Caller(who).patch(f"customers/{cast.gold_customer.pk}/", {"name": "Mine"}), 403)
    assert not Customer.objects.filter(name="Mine").exists()


def test_a_contact_sees_only_their_own_customer(cast: Cast) -> None:
    caller = Caller(cast.owner)

    assert [row["name"] for row in rows(caller.get("customers/"))] == ["Aigner"]
    refused(caller.get(f"customers/{cast.bronze_customer.pk}/"), 404)
    refused(caller.patch(f"customers/{cast.bronze_customer.pk}/", {"name": "x"}), 404)
    assert "note" not in caller.get(f"customers/{cast.gold_customer.pk}/").json()


def test_a_contact_without_a_customer_sees_nothing(cast: Cast) -> None:
    Contact.objects.filter(pk=cast.owner.pk).update(is_active=False)
    caller = Caller(cast.owner)

    for path in ("customers/", "contacts/", "agreements/", "service-levels/", "tickets/"):
        assert rows(caller.get(path)) == []


# Contacts


def test_agents_keep_contacts(cast: Cast) -> None:
    caller = Caller(cast.agent)
    created = caller.post(
        "contacts/",
        {
            "customer": cast.gold_customer.pk,
            "name": "Zoë Öttl",
            "email": "ZOE@aigner.example",
            "language": "en",
        },
    )
    assert created.status_code == 201
    contact = Contact.objects.get(pk=created.json()["id"])
    assert (contact.email, contact.sort_name) == ("zoe@aigner.example", "zoe ottl")

    changed = caller.patch(f"contacts/{contact.pk}/", {"phone_numbers": ["089 1234"]})
    refused(changed, 400, "not_e164")
    changed = caller.patch(f"contacts/{contact.pk}/", {"phone_numbers": ["+49 89 1234"]})
    assert changed.json()["phone_numbers"] == ["+49891234"]
    assert changed.json()["email"] == "zoe@aigner.example"

    assert len(rows(caller.get("contacts/", email="zoe@AIGNER.example"))) == 1
    assert len(rows(caller.get("contacts/", phone_number="+49891234"))) == 1
    assert len(rows(caller.get("contacts/", customer=cast.gold_customer.pk))) == 3


def test_a_change_takes_back_nothing_that_others_changed_meanwhile(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    view: Any = resolve("/api/v1/contacts/1/").func
    may_write = view.cls.may_write

    def shut_out_meanwhile(asked: Any) -> bool:
        Contact.objects.filter(pk=cast.owner.pk).update(is_active=False)
        return bool(may_write(asked))

    monkeypatch.setattr(view.cls, "may_write", shut_out_meanwhile)

    answer = Caller(cast.agent).patch(f"contacts/{cast.owner.pk}/", {"language": "en"})

    assert answer.status_code == 200
    cast.owner.refresh_from_db()
    assert (cast.owner.language, cast.owner.is_active) == ("en", False)


def test_what_a_contact_cannot_be(cast: Cast) -> None:
    caller = Caller(cast.agent)
    new = {"customer": cast.gold_customer.pk, "name": "New"}

    refused(caller.post("contacts/", {**new, "email": "OWNER@customer.example"}), 400, "unique", "email")
    refused(caller.post("contacts/", {**new, "email": "nobody"}), 400, "invalid", "email")
    refused(caller.post("contacts/", {**new, "customer": 10**30}), 400, "does_not_exist", "customer")
    refused(caller.post("contacts/", {**new, "language": "fr"}), 400, "invalid_choice", "language")
    move = {"customer": cast.bronze_customer.pk}
    refused(caller.patch(f"contacts/{cast.owner.pk}/", move), 400, "fixed", "customer")


def test_a_contact_reads_themselves_and_nobody_else(cast: Cast) -> None:
    caller = Caller(cast.owner)

    assert [row["id"] for row in rows(caller.get("contacts/"))] == [cast.owner.pk]
    refused(caller.get(f"contacts/{cast.colleague.pk}/"), 404)
    refused(caller.patch(f"contacts/{cast.owner.pk}/", {"name": "Boss"}), 403)
    refused(caller.post("contacts/", {"customer": cast.gold_customer.pk, "name": "Friend"}), 403)


# Service levels


def test_admins_keep_service_levels(cast: Cast) -> None:
    caller = Caller(cast.admin)
    created = caller.post("service-levels/", {"name": "Silver", "rank": 2})
    silver = {"name": "Silver", "rank": 2, "description": "", "targets": [], "hours": None, "allowance": None}
    usual = [service.code for service in default_services()]
    assert created.json() == {"id": created.json()["id"], **silver, "services": usual}

    assert caller.patch(f"service-levels/{cast.gold.pk}/", {"rank": 4}).json()["rank"] == 4

    assert StandingChange.objects.due(timezone.now()).filter(customer=cast.gold_customer).exists()
    refused(caller.post("service-levels/", {"name": "Silver", "rank": 2}), 400, "unique", "name")
    for rank in (0, 100, "x"):
        refused(caller.post("service-levels/", {"name": "Odd", "rank": rank}), 400, field="rank")


def test_service_levels_say_what_they_promise(cast: Cast) -> None:
    promises = [Promise(1, "response", 30, is_real_time=True), Promise(3, "resolution", 480)]
    agreement_actions.save_level(level=cast.gold, by=None, promises=promises)

    level = Caller(cast.agent).get(f"service-levels/{cast.gold.pk}/").json()

    assert level["targets"] == [
        {"severity": "critical", "kind": "response", "minutes": 30, "around_the_clock": True},
        {"severity": "normal", "kind": "resolution", "minutes": 480, "around_the_clock": False},
    ]


def test_levels_and_agreements_say_what_they_include_and_what_is_left(cast: Cast) -> None:
    agreement_actions.save_level(level=cast.gold, by=None, services=[make_service("remote")])
    including.save_allowance(allowance=Allowance(level=cast.gold, amount=120, is_pro_rata=False), by=None)
    held = Agreement.objects.get(customer=cast.gold_customer)
    now = timezone.now()
    book: dict[str, Any] = {"agreement": held, "source": "", "by": None, "at": now, "day": today_at(now)}
    booking.book(units=50, key="a", **book)

    level = Caller(cast.agent).get(f"service-levels/{cast.gold.pk}/").json()
    mine = Caller(cast.owner).get(f"agreements/{held.pk}/").json()

    assert level["services"] == ["remote"]
    assert (level["allowance"]["amount"], level["allowance"]["period"]) == (120, "month")
    assert {name: mine["allowance"][name] for name in ("unit", "granted", "used", "left", "overrun")} == {
        "unit": "minutes",
        "granted": 120,
        "used": 50,
        "left": 70,
        "overrun": "ask",
    }
    assert all(row["allowance"] is None for row in rows(Caller(cast.stranger).get("agreements/")))


def test_others_read_service_levels_at_most(cast: Cast) -> None:
    for who in (cast.agent, cast.lead, cast.owner):
        refused(Caller(who).post("service-levels/", {"name": "Mine", "rank": 1}), 403)
    names = [row["name"] for row in rows(Caller(cast.agent).get("service-levels/"))]
    assert names == ["Gold", "Bronze"]
    assert [row["name"] for row in rows(Caller(cast.owner).get("service-levels/"))] == ["Gold"]
    refused(Caller(cast.owner).get(f"service-levels/{cast.bronze.pk}/"), 404)


def test_a_level_of_two_agreements_is_listed_once(cast: Cast) -> None:
    make_agreement(cast.gold_customer, cast.gold)

    assert len(rows(Caller(cast.owner).get("service-levels/"))) == 1


# Agreements


def test_an_agreement_starts_counting_through_the_api(cast: Cast) -> None:
    caller = Caller(cast.admin)
    created = caller.post(
        "agreements/",
        {
            "customer": cast.plain_customer.pk,
            "kind": "service",
            "level": cast.bronze.pk,
            "reference": "M-1",
            "starts_on": today().isoformat(),
            "ends_on": None,
        },
    )
    assert created.status_code == 201
    assert created.json()["level"] == cast.bronze.pk
    assert created.json()["suspended"] is False

    standing = caller.get(f"customers/{cast.plain_customer.pk}/").json()["standing"]

    assert (standing["band"], standing["level"], standing["agreement"]) == (3, "Bronze", created.json()["id"])
    assert StandingChange.objects.due(timezone.now()).filter(customer=cast.plain_customer).exists()


def test_a_level_can_be_named(cast: Cast) -> None:
    document = {"customer": cast.plain_customer.pk, "kind": "service", "starts_on": "2026-01-01"}
    caller = Caller(cast.admin)

    assert caller.post("agreements/", {**document, "level": "Gold"}).json()["level"] == cast.gold.pk
    refused(caller.post("agreements/", {**document, "level": "Tin\x00"}), 400, "does_not_exist", "level")


def test_suspensions_are_nested_and_replaced_as_a_whole(cast: Cast) -> None:
    caller = Caller(cast.admin)
    path = f"agreements/{Agreement.objects.get(reference='G-1').pk}/"
    now = {"starts_on": today().isoformat(), "ends_on": today().isoformat(), "reason": "not paid"}
    later = {"starts_on": (today() + timedelta(days=9)).isoformat(), "ends_on": None, "reason": ""}

    changed = caller.patch(path, {"suspensions": [now, {"starts_on": later["starts_on"]}]}).json()

    assert changed["suspended"] is True
    assert changed["suspensions"] == [now, later]
    assert caller.get(f"customers/{cast.gold_customer.pk}/").json()["standing"]["band"] == 100
    assert caller.patch(path, {"reference": "G-1a"}).json()["suspensions"] == [now, later]
    assert caller.patch(path, {"suspensions": [later]}).json()["suspended"] is False
    assert caller.patch(path, {"suspensions": []}).json()["suspensions"] == []


def test_what_an_agreement_cannot_be(cast: Cast) -> None:
    caller = Caller(cast.admin)
    new = {
        "customer": cast.gold_customer.pk,
        "kind": "service",
        "level": cast.gold.pk,
        "starts_on": "2026-05-01",
    }
    before = Agreement.objects.count()

    refused(caller.post("agreements/", {**new, "level": None}), 400)
    refused(caller.post("agreements/", {**new, "kind": "update"}), 400)
    refused(caller.post("agreements/", {**new, "kind": "friendship"}), 400, "invalid_choice", "kind")
    refused(caller.post("agreements/", {**new, "ends_on": "2026-04-30"}), 400)
    refused(caller.post("agreements/", {**new, "starts_on": "1 May"}), 400, "invalid", "starts_on")
    refused(caller.post("agreements/", {**new, "suspended": True}), 400, "read_only", "suspended")
    wrong = {**new, "suspensions": [{"starts_on": "2026-05-02"}, {"starts_on": "2026-05-02", "why": "x"}]}
    refused(caller.post("agreements/", wrong), 400, "unknown_field", "suspensions.1.why")
    backwards = {**new, "suspensions": [{"starts_on": "2026-05-02", "ends_on": "2026-05-01"}]}
    refused(caller.post("agreements/", backwards), 400)
    for field in ("customer", "starts_on"):
        refused(
            caller.post("agreements/", {k: v for k, v in new.items() if k != field}), 400, "required", field
        )
    assert Agreement.objects.count() == before


def test_only_admins_write_agreements(cast: Cast) -> None:
    path = f"agreements/{Agreement.objects.get(reference='G-1').pk}/"
    for who in (cast.agent, cast.lead, cast.owner):
        refused(Caller(who).post("agreements/", {"customer": cast.gold_customer.pk}), 403)
        refused(Caller(who).patch(path, {"level": cast.bronze.pk}), 403)
    assert Agreement.objects.get(reference="G-1").level == cast.gold


def test_a_contact_reads_their_agreements_without_our_remarks(cast: Cast) -> None:
    mine, foreign = Agreement.objects.get(reference="G-1"), Agreement.objects.get(reference="B-1")
    suspension = {"starts_on": "2026-01-01", "ends_on": "2026-01-02", "reason": "does not pay"}
    Caller(cast.admin).patch(f"agreements/{mine.pk}/", {"suspensions": [suspension]})
    caller = Caller(cast.owner)

    (seen,) = rows(caller.get("agreements/"))

    assert seen["suspensions"] == [{**suspension, "reason": ""}]
    refused(caller.get(f"agreements/{foreign.pk}/"), 404)
    refused(caller.patch(f"agreements/{foreign.pk}/", {"reference": "x"}), 404)
    assert Caller(cast.agent).get(f"agreements/{mine.pk}/").json()["suspensions"] == [suspension]


def test_agreements_are_filtered_and_sorted(cast: Cast) -> None:
    make_agreement(cast.gold_customer, reference="U-1", starts_on=date(2019, 1, 1))
    caller = Caller(cast.agent)

    def references(**query: object) -> list[str]:
        return [row["reference"] for row in rows(caller.get("agreements/", **query))]

    assert references(kind="update") == ["U-1"]
    assert references(customer=cast.bronze_customer.pk) == ["B-1"]
    assert references(level=cast.gold.pk) == ["G-1"]
    assert references(ordering="starts_on")[0] == "U-1"
    assert references(ordering="-starts_on")[-1] == "U-1"
    page = caller.get("agreements/", ordering="starts_on", page_size=1).json()
    assert rows(caller.get(page["next"]))[0]["reference"] == "G-1"


def test_levels_that_share_a_rank_are_paged(cast: Cast) -> None:
    make_level("Gold plus", 1)
    caller = Caller(cast.agent)
    page = caller.get("service-levels/", page_size=1).json()

    assert page["results"][0]["name"] == "Gold"
    assert rows(caller.get(page["next"]))[0]["name"] == "Gold plus"
