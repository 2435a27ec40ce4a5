"""My contract: what it gives, what was seen and does not count, and what one would change."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import company as company_actions
from accounts.models import Company, User
from contracts.queries import company_zone
from customers.models import Contact
from portal.actions.requesting import ask_for_offer
from portal.models import OfferRequest
from tests.factories.cast import (
    Cast,
    make_agreement,
    make_cast,
    make_contact,
    make_level,
    make_ticket,
    make_user,
)
from tickets.actions import progressing, reranking
from tickets.models import Ticket
from tickets.queries.places import places_of
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

CONTRACT = "/portal/contract/"
OFFER = "/portal/contract/offer/"
PLACE = re.compile(r'<dd class="num">Platz (\d+)</dd>')


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def plain(cast: Cast) -> Contact:
    """A contact of the customer without any agreement."""
    return make_contact(
        cast.plain_customer, "Plain", user=make_user("plain", User.Role.CONTACT), email="p@plain.example"
    )


def browser_of(contact: Contact) -> Client:
    assert contact.user is not None
    client = Client()
    client.force_login(contact.user)
    return client


def page_of(contact: Contact) -> str:
    return browser_of(contact).get(CONTRACT).content.decode()


def test_a_contract_says_what_it_gives_and_offers_nothing_else(cast: Cast) -> None:
    page = page_of(cast.stranger)  # Bronze

    assert "Ihr Servicevertrag" in page
    assert "B-1" in page
    assert "Ihre Tickets kommen gleich nach denen mit Gold" in page
    assert "Ein Angebot anfragen" not in page
    assert "Platz" not in "".join(PLACE.findall(page))
    assert "Ihre Tickets werden zuerst bearbeitet" in page_of(cast.owner)


def test_every_agreement_that_does_not_count_is_named_with_the_reason(cast: Cast, plain: Contact) -> None:
    today = timezone.localdate(timezone=company_zone())
    yesterday = today - timedelta(days=1)
    make_agreement(cast.plain_customer, reference="UPD-7")
    make_agreement(cast.plain_customer, cast.gold, reference="OLD-1", ends_on=yesterday)
    make_agreement(cast.plain_customer, cast.gold, reference="NEW-1", starts_on=today + timedelta(days=1))

    page = page_of(plain)

    assert "Sie haben keinen Servicevertrag" in page
    assert "Updatevertrag UPD-7 zählt nicht" in page
    assert "Warum zählt ein Updatevertrag nicht?" in page
    assert "OLD-1 zählt nicht mehr: endete am" in page
    assert "NEW-1 zählt noch nicht: beginnt am" in page


def test_the_places_with_a_level_are_those_an_agreement_really_gives(cast: Cast, plain: Contact) -> None:
    """Two own tickets and others of every band: each place said is the one that then comes true."""
    for customer in (cast.gold_customer, cast.bronze_customer, cast.bronze_customer):
        make_ticket(customer)
    make_ticket(cast.plain_customer, severity=Ticket.Severity.HIGH)  # of the same customer, not the contact's
    mine = make_ticket(cast.plain_customer, contact=plain)
    make_ticket(cast.gold_customer)

    said = [int(place) for place in PLACE.findall(page_of(plain))]

    assert said == [6, 3, 6]  # now; Gold: behind an earlier one and the own severe one; Bronze
    for level, place in zip((cast.gold, cast.bronze), said[1:], strict=True):
        agreement = make_agreement(cast.plain_customer, level)
        reranking.apply_standing_changes()
        mine.refresh_from_db()
        assert places_of([mine]).by_ticket[mine.pk].position == place
        agreement.delete()


def test_without_a_waiting_ticket_a_new_one_is_compared(cast: Cast, plain: Contact) -> None:
    make_ticket(cast.gold_customer)
    make_ticket(cast.bronze_customer)

    page = page_of(plain)

    assert PLACE.findall(page) == ["3", "2", "3"]
    assert "das in diesem Moment einginge" in page


def test_nothing_of_other_customers_is_shown(cast: Cast, plain: Contact) -> None:
    make_ticket(cast.gold_customer, subject="Secret project")
    make_level("Platin", 2)

    page = page_of(plain)

    for secret in ("Secret project", "Aigner", "Brandl", "G-1", "B-1"):
        assert secret not in page


def test_the_request_reaches_the_team_that_the_firm_chose(cast: Cast, plain: Contact) -> None:
    company_actions.save(
        company=Company(name="Berger", contract_requests_team=cast.other_team), by=cast.admin
    )

    answer = browser_of(plain).post(OFFER, {"message": "For 12 people", "phone": "089 1"}, follow=True)

    ticket = Ticket.objects.get(customer=cast.plain_customer)
    assert (ticket.team, ticket.contact, ticket.severity, ticket.channel) == (
        cast.other_team,
        plain,
        Ticket.Severity.LOW,
        "portal",
    )
    body = ticket.messages.get().body
    assert "For 12 people" in body
    assert "089 1" in body
    page = answer.content.decode()
    assert "Ihre Anfrage ist eingegangen." in page
    assert f"/portal/tickets/{ticket.number}/" in page
    assert 'name="message"' not in page


def test_without_a_choice_the_team_for_new_tickets_gets_it(cast: Cast, plain: Contact) -> None:
    browser_of(plain).post(OFFER, {})
    assert Ticket.objects.get().team == cast.team


def test_a_customer_asks_once_until_it_is_answered(cast: Cast, plain: Contact) -> None:
    colleague = make_contact(cast.plain_customer, "C", user=make_user("c", User.Role.CONTACT))
    browser_of(plain).post(OFFER, {})

    browser_of(plain).post(OFFER, {})
    browser_of(colleague).post(OFFER, {})

    first = OfferRequest.objects.get().ticket
    seen = page_of(colleague)
    assert "Ihre Anfrage vom" in seen
    assert first.number not in seen  # theirs it is not to read
    progressing.progress(ticket=first, verb=Verb.CLOSE, by=cast.agent)
    browser_of(colleague).post(OFFER, {})
    assert OfferRequest.objects.count() == 2


def test_asking_locks_the_queue_before_the_customer_as_moving_a_ticket_does(plain: Contact) -> None:
    assert plain.user is not None
    with CaptureQueriesContext(connection) as asked:
        ask_for_offer(contact=plain, by=plain.user)

    taken = [query["sql"] for query in asked.captured_queries]
    queue = next(at for at, sql in enumerate(taken) if "pg_advisory_xact_lock_shared" in sql)
    customer = next(at for at, sql in enumerate(taken) if "FOR NO KEY UPDATE" in sql and '"customers_' in sql)
    assert queue < customer


def test_with_a_contract_there_is_nothing_to_ask_for(cast: Cast) -> None:
    page = browser_of(cast.owner).post(OFFER, {}, follow=True).content.decode()
    assert "Ein Servicevertrag mit Ihnen gilt bereits." in page
    assert not OfferRequest.objects.exists()
