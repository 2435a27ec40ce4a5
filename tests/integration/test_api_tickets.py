"""Filing, reading and changing tickets over the API: what works, what is refused, who may not."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from pytest_django import Settings

from accounts.actions import users as user_actions
from customers.models import Contact
from tests.factories.calling import Caller, refused, rows
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket, make_user
from tickets.actions import assigning, indexing, progressing, rating, replying
from tickets.api.shapes import MessageShape, OfferShape, TicketShape
from tickets.models import Attachment, Message, Ticket
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

Severity = Ticket.Severity


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def path_of(ticket: Ticket, below: str = "") -> str:
    return f"tickets/{ticket.number}/{below}"


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
    assert (ticket.subject, ticket.channel, ticket.contact) == ("Printer burns", "phone", cast.owner)
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
        "gates": {},
    }
    assert {name: shown[name] for name in expected} == expected
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


# Changing


def test_severity_changes_with_a_reason(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.agent)

    refused(caller.patch(path_of(ticket), {"severity": "critical"}), 400, "reason_required", "reason")
    changed = caller.patch(path_of(ticket), {"severity": "critical", "reason": "nobody can work"})

    assert (changed.json()["severity"], changed.json()["reported_severity"]) == ("critical", "normal")
    assert ticket.events.get(kind="severity_changed").params["why"] == "nobody can work"


def test_a_patch_happens_as_a_whole_or_not_at_all(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)

    refused(Caller(cast.agent).patch(path_of(ticket), {"subject": "New", "severity": "low"}), 400)
    ticket.refresh_from_db()
    assert ticket.subject != "New"

    changed = (
        Caller(cast.lead)
        .patch(
            path_of(ticket),
            {
                "subject": "New",
                "severity": "low",
                "reason": "was a question",
                "customer": cast.bronze_customer.pk,
                "contact": cast.stranger.pk,
                "team": "network",
                "assignee": cast.other_agent.pk,
            },
        )
        .json()
    )

    expected = {
        "subject": "New",
        "severity": "low",
        "band": 3,
        "customer": cast.bronze_customer.pk,
        "contact": cast.stranger.pk,
        "team": "network",
        "assignee": {"id": cast.other_agent.pk, "name": "Other_Agent"},
    }
    assert {name: changed[name] for name in expected} == expected


def test_an_agent_picks_and_gives_back(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    worse = make_ticket(cast.plain_customer)
    caller = Caller(cast.agent)

    refused(caller.patch(path_of(worse), {"assignee": "me"}), 400, "reason_required", "reason")
    picked = caller.patch(path_of(worse), {"assignee": "me", "reason": "on the phone"}).json()
    assert picked["assignee"]["id"] == cast.agent.pk
    assert caller.patch(path_of(worse), {"assignee": None}).json()["position"] == 2


def test_who_may_not_change_a_ticket_they_see(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)

    for document in ({"subject": "x"}, {"severity": "critical", "reason": "me first"}, {"nonsense": 1}):
        refused(Caller(cast.owner).patch(path_of(ticket), document), 403)
    refused(Caller(cast.agent).patch(path_of(ticket), {"customer": cast.bronze_customer.pk}), 403)
    refused(Caller(cast.agent).patch(path_of(ticket), {"assignee": cast.other_agent.pk}), 403)


def test_what_cannot_be_changed(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.lead)

    for field in ("status", "band", "number", "arrived_at", "version"):
        refused(caller.patch(path_of(ticket), {field: "x"}), 400, "unknown_field", field)
    refused(
        caller.patch(path_of(ticket), {"assignee": cast.owner.user_id}), 400, "does_not_exist", "assignee"
    )
    refused(caller.patch(path_of(ticket), {"contact": cast.owner.pk}), 400, "required", "customer")
    resting = make_user("resting", "agent", cast.team)
    user_actions.set_duty(user=resting, is_on_duty=False, by=None)
    refused(caller.patch(path_of(ticket), {"assignee": resting.pk}), 409, "off_duty")


def test_if_match_keeps_others_changes(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.agent)
    seen = caller.get(path_of(ticket))["ETag"]
    changed = caller.patch(path_of(ticket), {"subject": "first"}, If_Match=seen)
    assert changed.status_code == 200
    assert changed["ETag"] != seen

    for tag in (seen, 'W/"2"', "2", "nonsense", f'{seen}, "77"'):
        refused(caller.patch(path_of(ticket), {"subject": "lost"}, If_Match=tag), 412, "outdated")
        refused(caller.post(path_of(ticket, "transitions/"), {"to": "solved"}, If_Match=tag), 412)
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.status) == ("first", "open")

    for tag in (changed["ETag"], "*", ""):
        extra = {"If_Match": tag} if tag else {}
        assert caller.patch(path_of(ticket), {"subject": f"then {tag}"}, **extra).status_code == 200


# The lifecycle


def test_the_way_through_the_states(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.agent)
    until = (timezone.now() + timedelta(days=2)).isoformat()

    for to, extra in (
        ("waiting_customer", {"reason": "which printer?"}),
        ("waiting_third_party", {}),
        ("scheduled", {"until": until}),
        ("open", {}),
        ("solved", {}),
        ("closed", {}),
        ("open", {}),
    ):
        moved = caller.post(path_of(ticket, "transitions/"), {"to": to, **extra})
        assert (moved.status_code, moved.json()["status"]) == (200, to)

    assert ticket.events.get(kind="status.wait_customer").params["why"] == "which printer?"


def test_ways_that_do_not_exist(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    caller = Caller(cast.agent)
    path = path_of(ticket, "transitions/")

    problem = refused(caller.post(path, {"to": "open"}), 409, "lifecycle.no_way")
    assert problem["detail"] == "There is no way from “open” to “open”."
    refused(caller.post(path, {"to": "scheduled"}), 409, "lifecycle.schedule_needs_future")
    refused(caller.post(path, {"to": "gone"}), 400, "invalid_choice", "to")
    refused(caller.post(path, {}), 400, "required", "to")
    refused(Caller(cast.owner).post(path, {"to": "solved"}), 409, "lifecycle.no_way")


def test_a_contact_closes_and_reopens(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    caller = Caller(cast.owner)

    assert caller.post(path_of(ticket, "transitions/"), {"to": "closed"}).json()["status"] == "closed"
    assert caller.post(path_of(ticket, "transitions/"), {"to": "open"}).json()["position"] == 1

    long_ago = timezone.now() - timedelta(days=30)
    progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.agent, at=long_ago)
    refused(caller.post(path_of(ticket, "transitions/"), {"to": "open"}), 409, "lifecycle.reopen_too_late")


# Pins


def test_leads_pin_with_a_reason_until_a_moment(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    ticket = make_ticket(cast.plain_customer)
    path = path_of(ticket, "pin/")
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    lead = Caller(cast.lead)

    refused(Caller(cast.agent).post(path, {"reason": "r", "expires_at": until}), 403)
    refused(lead.post(path, {"reason": " ", "expires_at": until}), 400, "reason_required", "reason")
    refused(lead.post(path, {"reason": "r"}), 400, "required", "expires_at")
    past = (timezone.now() - timedelta(hours=1)).isoformat()
    refused(lead.post(path, {"reason": "r", "expires_at": past}), 400, "not_in_future", "expires_at")

    pinned = lead.post(path, {"reason": "police", "expires_at": until}).json()
    assert (pinned["position"], pinned["ahead"]) == (1, {"pinned": 0})
    refused(Caller(cast.agent).delete(path), 403)
    assert lead.delete(path).json()["position"] == 2


# Messages and files


def test_agents_reply_and_note_and_customers_read_replies_only(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, body="first")
    caller = Caller(cast.agent)
    reply = caller.post(path_of(ticket, "messages/"), {"body": "Try again."})
    note = caller.post(path_of(ticket, "messages/"), {"body": "He never reads.", "internal": True})
    assert (reply.status_code, note.status_code) == (201, 201)
    assert (reply.json()["internal"], note.json()["internal"]) == (False, True)

    assert [row["body"] for row in rows(caller.get(path_of(ticket, "messages/")))] == [
        "first",
        "Try again.",
        "He never reads.",
    ]
    theirs = Caller(cast.owner).get(path_of(ticket, "messages/"))
    assert [row["body"] for row in rows(theirs)] == ["first", "Try again."]
    assert "never reads" not in theirs.content.decode()
    newest = caller.get(path_of(ticket, "messages/"), ordering="-at", page_size=1).json()
    assert newest["results"][0]["body"] == "He never reads."


def test_a_contact_answers_and_the_ticket_waits_for_us_again(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    progressing.progress(ticket=ticket, verb=Verb.WAIT_CUSTOMER, by=cast.agent)
    caller = Caller(cast.owner)

    refused(caller.post(path_of(ticket, "messages/"), {"body": "psst", "internal": True}), 403)
    answer = caller.post(path_of(ticket, "messages/"), {"body": "The blue one."})

    assert answer.json()["is_from_customer"] is True
    assert (answer.json()["author"], answer.json()["channel"]) == ("Owner", "api")
    assert caller.get(path_of(ticket)).json()["status"] == "open"


def test_messages_that_say_nothing(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    for who in (cast.agent, cast.owner):
        refused(Caller(who).post(path_of(ticket, "messages/"), {"body": " "}), 400, "empty", "body")
        refused(Caller(who).post(path_of(ticket, "messages/"), {}), 400, "required", "body")
        refused(Caller(who).post(path_of(ticket, "messages/"), {"body": "x", "html": "y"}), 400)
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_files_go_up_and_down_unchanged(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    content = bytes(range(256))
    created = Caller(cast.owner).upload(
        path_of(ticket, "attachments/"), file=SimpleUploadedFile("../bild:1.html", content), body="See"
    )
    assert created.status_code == 201, created.content
    shown = created.json()
    assert (shown["name"], shown["size"]) == ("bild_1.html", 256)

    down = Caller(cast.agent).get("http://testserver" + shown["url"])

    assert b"".join(down.streaming_content) == content
    assert down["Content-Disposition"] == 'attachment; filename="bild_1.html"'
    assert down["X-Content-Type-Options"] == "nosniff"
    assert rows(Caller(cast.agent).get(path_of(ticket, "attachments/"))) == [shown]
    message = rows(Caller(cast.owner).get(path_of(ticket, "messages/")))[-1]
    assert (message["body"], message["attachments"]) == ("See", [shown])


def test_files_of_notes_are_not_for_customers(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    replying.note(ticket=ticket, body="n", by=cast.agent, files=[SimpleUploadedFile("secret.txt", b"x")])
    key = Attachment.objects.get().key

    assert b"".join(Caller(cast.agent).get(path_of(ticket, f"attachments/{key}/")).streaming_content) == b"x"
    refused(Caller(cast.owner).get(path_of(ticket, f"attachments/{key}/")), 404)
    assert rows(Caller(cast.owner).get(path_of(ticket, "attachments/"))) == []


def test_a_file_is_found_below_its_own_ticket_only(cast: Cast) -> None:
    ticket, other = make_ticket(cast.gold_customer), make_ticket(cast.gold_customer)
    replying.reply(ticket=ticket, body="n", by=cast.agent, files=[SimpleUploadedFile("a.txt", b"x")])

    refused(Caller(cast.agent).get(path_of(other, f"attachments/{Attachment.objects.get().key}/")), 404)


def test_files_that_are_not_taken(cast: Cast, settings: Settings) -> None:
    settings.ATTACHMENT_MAX_MEGABYTES = 0.001
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    caller = Caller(cast.owner)
    path = path_of(ticket, "attachments/")

    refused(caller.upload(path, file=SimpleUploadedFile("big.bin", b"x" * 2_000)), 400, "too_large", "file")
    refused(caller.upload(path, file=SimpleUploadedFile("empty.txt", b"")), 400, "empty", "file")
    refused(caller.upload(path, body="no file"), 400, "required", "file")
    refused(caller.upload(path, file=SimpleUploadedFile("a", b"x"), internal="true"), 403)
    refused(
        caller.upload(path, file=SimpleUploadedFile("a", b"x"), folder="x"), 400, "unknown_field", "folder"
    )
    refused(caller.post(path, {"file": "x"}), 415)
    assert not Attachment.objects.exists()
