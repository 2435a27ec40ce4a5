"""A contact's token sees what the contact sees in the portal: the same tickets, places and words."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from accounts.models import User
from customers.actions import customers as customer_actions
from customers.models import Contact
from portal.queries.lists import EVERY, Choice, ticket_page
from portal.queries.positions import position_of
from portal.queries.standings import standing_card
from portal.queries.tickets import conversation_of
from tests.factories.calling import Caller, path_of, refused, rows
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_ticket, make_user
from tickets.access import get_ticket
from tickets.actions import assigning, progressing, rating, replying
from tickets.models import Attachment, Message, Ticket
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

SECRETS = ("Brandl", "Moser", "Stranger", "their printer", "for our eyes", "internal.txt", "police matter")


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both: the API's sentences are the portal's."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def cast() -> Cast:
    """The gold customer's tickets in every state, between and behind those of others."""
    cast = make_cast()
    make_agreement(cast.gold_customer)  # an update contract, which does not count
    customer_actions.save_contact(contact=_marked(cast.colleague), by=None)
    pinned = make_ticket(cast.plain_customer, subject="their printer")
    rating.pin(
        ticket=pinned, by=cast.lead, reason="police matter", expires_at=timezone.now() + timedelta(days=1)
    )
    for contact in (cast.stranger, cast.owner, cast.colleague):
        for severity in (Ticket.Severity.LOW, Ticket.Severity.CRITICAL):
            _conversation(cast, make_ticket(contact.customer, contact=contact, severity=severity))
    for verb in (Verb.WAIT_CUSTOMER, Verb.SOLVE, Verb.CLOSE):
        ticket = make_ticket(cast.gold_customer, contact=cast.owner)
        progressing.progress(ticket=ticket, verb=verb, by=cast.agent, why="for our eyes")
    held = make_ticket(cast.gold_customer, contact=cast.owner)
    assigning.assign(ticket=held, to=cast.agent, by=cast.lead, reason="for our eyes")
    return cast


def _marked(contact: Contact) -> Contact:
    contact.sees_company_tickets = True
    return contact


def _conversation(cast: Cast, ticket: Ticket) -> None:
    replying.reply(ticket=ticket, body="We look.", by=cast.agent, files=[_file("yours.txt")])
    replying.note(ticket=ticket, body="for our eyes", by=cast.agent, files=[_file("internal.txt")])


def _file(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"seen at 10:14", "text/plain")


def _user(contact: Contact) -> User:
    assert contact.user is not None
    return contact.user


@pytest.mark.parametrize("who", ["owner", "colleague", "stranger"])
def test_the_same_tickets_with_the_same_place_and_sentence(cast: Cast, language: str, who: str) -> None:
    contact: Contact = getattr(cast, who)
    user, now = _user(contact), timezone.now()
    lines = ticket_page(user, contact, Choice(state=EVERY)).tickets

    listed = rows(Caller(contact, language=language).get("tickets/"))

    assert [row["number"] for row in listed] == [line.number for line in lines]
    assert [row["position"] for row in listed] == [line.place for line in lines]
    assert any(row["position"] for row in listed)
    for row in listed:
        shown = position_of(get_ticket(user, row["number"]), now)
        one = Caller(contact, language=language).get(f"tickets/{row['number']}/").json()
        alone = Caller(contact, language=language).get(f"tickets/{row['number']}/position/").json()
        assert one == row
        assert alone == {name: row[name] for name in ("position", "position_reason", "ahead", "estimate")}
        assert (row["position"], row["position_reason"] or "") == (
            shown.place,
            shown.reason if shown.place else "",
        )
        assert sum((row["ahead"] or {}).values()) == sum(group.count for group in shown.ahead)


@pytest.mark.parametrize("who", ["owner", "colleague", "stranger"])
def test_the_same_conversation(cast: Cast, who: str) -> None:
    contact: Contact = getattr(cast, who)
    user, caller = _user(contact), Caller(contact)
    for line in ticket_page(user, contact, Choice(state=EVERY)).tickets:
        ticket = get_ticket(user, line.number)
        portal = conversation_of(user, contact, ticket)

        messages = rows(caller.get(path_of(ticket, "messages/")))
        files = rows(caller.get(path_of(ticket, "attachments/")))

        assert [(m["author"], m["body"]) for m in messages] == [(m["author"], m["body"]) for m in portal]
        names = [file["name"] for message in portal for file in message["attachments"]]
        assert [file["name"] for file in files] == names
        assert [f["name"] for m in messages for f in m["attachments"]] == names


def test_the_same_standing(cast: Cast, language: str) -> None:
    card = standing_card(cast.gold_customer, timezone.now())

    (customer,) = rows(Caller(cast.owner, language=language).get("customers/"))

    standing = customer["standing"]
    assert standing["level"] == card.level_name
    assert tuple(reason["text"] for reason in standing["reasons"]) == card.reasons
    assert tuple(seen["text"] for seen in standing["seen_but_not_counting"]) == card.not_counting
    assert card.not_counting


def test_nothing_of_notes_or_of_others_is_in_any_answer(cast: Cast) -> None:
    caller = Caller(cast.colleague)
    addresses = ["", "me/", "customers/", "contacts/", "service-levels/", "agreements/", "tickets/"]
    for ticket in Ticket.objects.filter(customer=cast.gold_customer):
        addresses += [path_of(ticket, below) for below in ("", "position/", "messages/", "attachments/")]

    answers = {address: caller.get(address) for address in addresses}

    assert {answer.status_code for answer in answers.values()} == {200}
    for address, answer in answers.items():
        found = [secret for secret in SECRETS if secret in answer.content.decode()]
        assert found == [], address


def test_what_is_not_shown_is_not_there(cast: Cast) -> None:
    foreign = Ticket.objects.filter(customer=cast.bronze_customer)[0]
    caller = Caller(cast.owner)
    for below in ("", "position/", "messages/", "attachments/"):
        refused(caller.get(path_of(foreign, below)), 404)
        unknown = caller.get(f"tickets/2026-999999/{below}")
        assert unknown.content == caller.get(path_of(foreign, below)).content
    note = Attachment.objects.filter(name="internal.txt", message__ticket__contact=cast.owner)[0]
    refused(caller.get(path_of(note.message.ticket, f"attachments/{note.key}/")), 404)
    for row in rows(caller.get("tickets/", customer=cast.bronze_customer.pk)):
        raise AssertionError(row)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("messages/", {"body": "b", "internal": True}),
        ("pin/", {"reason": "r", "expires_at": "2030-01-01T00:00:00Z"}),
    ],
)
def test_what_only_the_firm_does(cast: Cast, path: str, document: dict[str, Any]) -> None:
    ticket = Ticket.objects.filter(contact=cast.owner)[0]
    before = (Message.objects.count(), ticket.version)

    refused(Caller(cast.owner).post(path_of(ticket, path), document), 403)

    ticket.refresh_from_db()
    assert (Message.objects.count(), ticket.version) == before


def test_who_is_no_contact_any_more_sees_nothing(cast: Cast) -> None:
    former = make_contact(cast.gold_customer, "Former", user=make_user("former", User.Role.CONTACT))
    former.sees_company_tickets = True
    customer_actions.save_contact(contact=former, by=None)
    caller = Caller(former)
    assert rows(caller.get("tickets/"))

    former.is_active = False
    customer_actions.save_contact(contact=former, by=None)

    for resource in ("tickets/", "customers/", "contacts/", "agreements/", "service-levels/"):
        assert rows(caller.get(resource)) == []
