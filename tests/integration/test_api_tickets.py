"""Filing, reading and changing tickets over the API: what works, what is refused, who may not."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from pytest_django import Settings

from customers.models import Contact
from tests.factories.calling import Caller, path_of, refused, rows
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tickets.actions import assigning, indexing, progressing, rating
from tickets.api.shapes import MessageShape, OfferShape, TicketShape
from tickets.models import Ticket
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

Severity = Ticket.Severity


@pytest.fixture
def cast() -> Cast:
    return make_cast()


# Filing


def test_an_agent_files_a_ticket_for_a_caller(cast: Cast) -> None:
    make_ticket(cast.gold_customer, severity=Severity.CRITICAL)
    created = Caller(cast.agent).post(
        "tickets/",
        {
            "customer": cast.gold_customer.pk,
            "contact": cast.owner.pk,
            "subject": " Printer burns ",
            "body": "  It smokes.\n",
            "severity": "high",
            "channel": "phone",
        },
    )

    assert created.status_code == 201
    ticket = Ticket.objects.get(number=created.json()["number"])
    assert created["ETag"] == '"1"'
    assert (ticket.subject, ticket.channel, ticket.contact) == (" Printer burns ", "phone", cast.owner)
    assert ticket.messages.get().body == "  It smokes.\n"
    shown = created.json()
    assert shown["position"] == 2
    assert shown["position_reason"].startswith("2nd: contract Gold, severity high, since")
    assert shown["ahead"] == {"pinned": 0, "1": 1}
    expected = {
        "status": "open",
        "band": 1,
        "level": "Gold",
        "severity": "high",
        "assignee": None,
        "team": "workplace",
        "customer": cast.gold_customer.pk,
        "contact": cast.owner.pk,
        "deadlines": [],
    }
    assert {name: shown[name] for name in expected} == expected
    assert {gate["allowed"] for gate in shown["gates"].values()} == {False}
    assert parse_datetime(shown["arrived_at"]) == ticket.arrived_at
    assert Caller(cast.agent).get(path_of(ticket)).json() == shown


def test_shapes_say_what_is_sent(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.agent)

    assert caller.get(path_of(ticket)).json().keys() == TicketShape().fields.keys()
    assert rows(caller.get(path_of(ticket, "messages/")))[0].keys() == MessageShape().fields.keys()
    assert caller.post("queue/next/").json().keys() == OfferShape().fields.keys()


def test_a_contact_says_only_what_it_is_about(cast: Cast) -> None:
    created = Caller(cast.owner).post("tickets/", {"subject": "Help", "body": "Please"})

    ticket = Ticket.objects.get(number=created.json()["number"])
    assert (ticket.customer, ticket.contact, ticket.channel) == (cast.gold_customer, cast.owner, "api")
    assert created.json()["severity"] == "normal"
    assert created.json()["position_reason"].startswith("Your contract Gold")


@pytest.mark.parametrize("field", ["customer", "contact"])
def test_a_contact_cannot_file_for_others(cast: Cast, field: str) -> None:
    other = {"customer": cast.bronze_customer.pk, "contact": cast.colleague.pk}[field]
    document = {"subject": "Help", "body": "Please", field: other}

    refused(Caller(cast.owner).post("tickets/", document), 400, "does_not_exist", field)


@pytest.mark.parametrize(
    "field", [{"team": "network"}, {"channel": "phone"}, {"arrived_at": "2026-01-01T08:00:00Z"}]
)
def test_a_contact_cannot_say_what_is_for_us_to_say(cast: Cast, field: dict[str, str]) -> None:
    refused(Caller(cast.owner).post("tickets/", {"subject": "Help", "body": "Please", **field}), 403)
    assert not Ticket.objects.exists()


def test_what_a_new_ticket_cannot_be(cast: Cast) -> None:
    caller = Caller(cast.agent)
    new = {"customer": cast.gold_customer.pk, "subject": "s", "body": "b"}

    refused(caller.post("tickets/", {"subject": "s", "body": "b"}), 400, "required", "customer")
    refused(caller.post("tickets/", {**new, "subject": " "}), 400, "blank", "subject")
    refused(caller.post("tickets/", {**new, "subject": "s" * 251}), 400, "max_length", "subject")
    refused(caller.post("tickets/", {**new, "body": " \n"}), 400, "blank", "body")
    refused(caller.post("tickets/", {**new, "body": "\x00"}), 400, field="body")
    refused(caller.post("tickets/", {**new, "severity": 1}), 400, "invalid_choice", "severity")
    refused(caller.post("tickets/", {**new, "team": "nobody"}), 400, "unknown", "team")
    refused(caller.post("tickets/", {**new, "contact": cast.stranger.pk}), 400, "contradiction", "contact")
    assert not Ticket.objects.exists()


def test_a_contact_is_enough_to_know_the_customer(cast: Cast) -> None:
    created = Caller(cast.agent).post("tickets/", {"contact": cast.stranger.pk, "subject": "s", "body": "b"})

    assert created.json()["customer"] == cast.bronze_customer.pk


@pytest.mark.parametrize("name", ["slug", "name", "pk"])
def test_a_team_is_known_by_short_name_name_or_id(cast: Cast, name: str) -> None:
    document = {"customer": cast.gold_customer.pk, "subject": "s", "body": "b"}

    created = Caller(cast.agent).post("tickets/", {**document, "team": getattr(cast.other_team, name)})

    assert created.json()["team"] == "network"


def test_only_importers_backdate(cast: Cast) -> None:
    document = {"customer": cast.gold_customer.pk, "subject": "s", "body": "b"}
    backdated = {**document, "arrived_at": "2026-01-02T08:00:00+01:00"}

    for who in (cast.agent, cast.lead):
        refused(Caller(who).post("tickets/", backdated), 403)
    created = Caller(cast.admin).post("tickets/", backdated)

    assert parse_datetime(created.json()["arrived_at"]) == parse_datetime("2026-01-02T07:00:00Z")
    future = (timezone.now() + timedelta(hours=1)).isoformat()
    refused(Caller(cast.admin).post("tickets/", {**document, "arrived_at": future}), 400, "contradiction")
    early = {**document, "arrived_at": "1969-12-31T00:00:00Z"}
    refused(Caller(cast.admin).post("tickets/", early), 400, "too_early", "arrived_at")


# Reading


def test_who_sees_a_ticket(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    strangers = (cast.stranger, cast.colleague, cast.other_agent)

    for who in (cast.owner, cast.agent, cast.lead, cast.admin):
        assert Caller(who).get(path_of(ticket)).status_code == 200
        assert [row["number"] for row in rows(Caller(who).get("tickets/"))] == [ticket.number]
    for who in strangers:
        assert rows(Caller(who).get("tickets/")) == []
        for below in ("", "position/", "messages/", "attachments/", "attachments/abc/"):
            refused(Caller(who).get(path_of(ticket, below)), 404)
        refused(Caller(who).patch(path_of(ticket), {"subject": "mine"}), 404)
        for below in ("messages/", "transitions/", "pin/"):
            refused(Caller(who).post(path_of(ticket, below), {}), 404)
        refused(Caller(who).delete(path_of(ticket, "pin/")), 404)


def test_a_contact_who_sees_the_companys_tickets(cast: Cast) -> None:
    make_ticket(cast.gold_customer, contact=cast.owner)
    make_ticket(cast.bronze_customer)
    Contact.objects.filter(pk=cast.colleague.pk).update(sees_company_tickets=True)

    assert len(rows(Caller(cast.colleague).get("tickets/"))) == 1


def test_the_position_alone(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    ticket = make_ticket(cast.plain_customer, contact=make_contact(cast.plain_customer))

    shown = Caller(cast.agent, language="de").get(path_of(ticket, "position/")).json()

    assert shown["position"] == 2
    assert shown["ahead"] == {"pinned": 0, "1": 1, "3": 0, "100": 0}
    assert shown["position_reason"].startswith("Platz 2: ohne Vertrag")


def test_a_customer_learns_counts_by_band_and_nothing_else_of_others(cast: Cast) -> None:
    make_ticket(cast.gold_customer, subject="Secret of Aigner")
    pinned = make_ticket(cast.plain_customer)
    rating.pin(ticket=pinned, by=cast.lead, reason="r", expires_at=timezone.now() + timedelta(hours=1))
    ticket = make_ticket(cast.bronze_customer, contact=cast.stranger)

    shown = Caller(cast.stranger).get(path_of(ticket)).json()

    assert shown["position"] == 3
    assert shown["ahead"] == {"pinned": 1, "1": 1, "3": 0}
    assert "Aigner" not in str(shown)
    assert (
        "Ahead of you: 1 ticket moved forward, 1 ticket with a higher service level"
        in shown["position_reason"]
    )


def test_without_valkey_positions_come_from_postgresql_and_say_so(cast: Cast, settings: Settings) -> None:
    make_ticket(cast.gold_customer)
    ticket = make_ticket(cast.gold_customer)
    indexing.rebuild()
    caller = Caller(cast.agent)
    paths = (path_of(ticket), path_of(ticket, "position/"), "tickets/", "queue/")
    before = [caller.get(path) for path in paths]
    assert all("Vorrang-Degraded" not in response for response in before)

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    after = [caller.get(path) for path in paths]

    assert [response.json() for response in after] == [response.json() for response in before]
    assert all(response["Vorrang-Degraded"] == "live-index" for response in after)


def test_a_ticket_in_hands_shows_whose_instead_of_a_position(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    assigning.take_next(by=cast.agent)

    shown = Caller(cast.owner).get(path_of(ticket)).json()

    assert (shown["position"], shown["position_reason"], shown["ahead"]) == (None, None, None)
    assert shown["assignee"] == {"id": cast.agent.pk, "name": "Agent"}


def test_lists_are_filtered(cast: Cast) -> None:
    gold = make_ticket(cast.gold_customer, contact=cast.owner, severity=Severity.HIGH)
    assigning.take_next(by=cast.agent)
    network = make_ticket(cast.bronze_customer, team=cast.other_team, channel=Ticket.Channel.PHONE)
    closed = make_ticket(cast.plain_customer)
    progressing.progress(ticket=closed, verb=Verb.CLOSE, by=cast.agent)
    caller = Caller(cast.lead)

    def numbers(**query: object) -> list[str]:
        return [row["number"] for row in rows(caller.get("tickets/", **query))]

    assert numbers() == [closed.number, network.number, gold.number]
    assert numbers(ordering="number") == [gold.number, network.number, closed.number]
    assert numbers(customer=cast.gold_customer.pk) == [gold.number]
    assert numbers(contact=cast.owner.pk) == [gold.number]
    assert numbers(team="network") == [network.number]
    assert numbers(status="closed") == [closed.number]
    assert numbers(severity="high") == [gold.number]
    assert numbers(channel="phone") == [network.number]
    assert numbers(assignee=cast.agent.pk) == [gold.number]
    assert numbers(assignee="none") == [closed.number, network.number]
    assert numbers(assignee="me") == []
    assert numbers(arrived_since=timezone.now().isoformat()) == []
