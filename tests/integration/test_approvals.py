"""The price before the work: asking, answering by link, portal or word of mouth, and what is left."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.signing import Signer
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Notice
from customers.models import Contact
from mail.actions.delivering import deliver
from tests.factories.cast import PASSWORD, Cast, make_cast, make_contact, make_ticket
from tests.factories.prices import make_own_price, make_price_list, make_service, make_standing_approval
from tickets.access import Denied
from tickets.actions import approving, moving, muting
from tickets.actions.approving import Answer
from tickets.actions.moving import change_customer
from tickets.actions.progressing import progress
from tickets.actions.refusals import AlreadyAnswered, CeilingNeeded, EvidenceNeeded, NoPrice, TextNeeded
from tickets.models import ApprovalRequest, Delivery, Ticket, TicketEvent
from tickets.queries.approval_links import approval_token
from tickets.queries.approvals import approval_for
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

State, How = ApprovalRequest.State, ApprovalRequest.How


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    make_price_list()
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner)


def ask(cast: Cast, ticket: Ticket, **fields: Any) -> ApprovalRequest:
    """Ask the gold customer for two hours of remote support."""
    asked: dict[str, Any] = {
        "service": make_service("remote"),
        "ceiling": Decimal(240),
        "text": "Server neu aufsetzen",
        "by": cast.agent,
        "contact": cast.owner,
    }
    return approving.ask(ticket=ticket, **{**asked, **fields})


def link(request: ApprovalRequest, contact: Contact) -> str:
    """The address in the mail."""
    return reverse("portal:approval_link", args=[approval_token(request, contact)])


def say_yes(request: ApprovalRequest, contact: Contact) -> ApprovalRequest:
    """The contact approves by link."""
    return approving.answer(request=request, given=Answer(is_approved=True, how=How.LINK, contact=contact))


# --- asking -------------------------------------------------------------------------------------------------


def test_the_question_carries_todays_price_of_this_customer(cast: Cast, ticket: Ticket) -> None:
    make_own_price(cast.gold_customer, "99.50")

    plain = ask(cast, ticket)
    outside = ask(cast, ticket, is_out_of_hours=True, service=make_service("phone"))
    flat = ask(cast, ticket, is_out_of_hours=True, service=make_service("travel"))

    found = [(one.rate, one.surcharge_percent, one.currency) for one in (plain, outside, flat)]
    said = (("99.50", "0", "EUR"), ("120", "50", "EUR"), ("79.90", "0", "EUR"))
    assert found == [(Decimal(rate), Decimal(percent), currency) for rate, percent, currency in said]
    assert timedelta(days=6, hours=23) < plain.expires_at - timezone.now() <= timedelta(days=7)
    assert AuditEntry.objects.filter(verb="approval.asked", actor_id=cast.agent.pk).count() == 3


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"ceiling": Decimal("0.004")}, CeilingNeeded),
        ({"ceiling": Decimal(-1)}, CeilingNeeded),
        ({"text": "  "}, TextNeeded),
    ],
)
def test_a_question_without_ceiling_or_text_is_refused(
    cast: Cast, ticket: Ticket, fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask(cast, ticket, **fields)
    assert not ApprovalRequest.objects.exists()


def test_there_is_nothing_to_ask_without_a_price_or_by_who_may_not(cast: Cast, ticket: Ticket) -> None:
    with pytest.raises(NoPrice):
        ask(cast, ticket, service=make_service("monitoring"))
    with pytest.raises(Denied):
        ask(cast, ticket, by=cast.other_agent)
    for stranger in (cast.stranger, cast.colleague):  # the colleague sees only their own tickets
        with pytest.raises(Denied):
            ask(cast, ticket, contact=stranger)
    assert not Delivery.objects.filter(kind=Delivery.Kind.APPROVAL).exists()


def test_the_mail_goes_to_whoever_is_asked_whatever_they_chose(cast: Cast, ticket: Ticket) -> None:
    Contact.objects.filter(pk=cast.owner.pk).update(mail_steps="nothing", language="en")
    muting.mute(ticket=ticket, contact=cast.owner, by=None)
    deliver()
    mail.outbox.clear()

    request = ask(cast, Ticket.objects.get(pk=ticket.pk), contact=Contact.objects.get(pk=cast.owner.pk))
    deliver()

    (message,) = mail.outbox
    assert message.to == [cast.owner.email]
    body = str(message.body)
    for said in ("Remote support: €120.00 per hour", "€240.00", "€285.60", "Server neu aufsetzen", "19% VAT"):
        assert said in " ".join(body.split())
    (url,) = set(re.findall(r"http\S+/approval/\S+", body))
    assert url.endswith(link(request, cast.owner))
    assert "List-Unsubscribe" not in message.extra_headers


def test_a_mail_that_comes_too_late_is_not_sent(cast: Cast, ticket: Ticket) -> None:
    deliver()
    mail.outbox.clear()
    request = ask(cast, ticket)
    approving.withdraw(request=request, by=cast.agent)

    deliver()

    assert mail.outbox == []
    assert not Delivery.objects.filter(kind=Delivery.Kind.APPROVAL).exists()


# --- answering ----------------------------------------------------------------------------------------------


def test_the_link_shows_what_is_asked_and_changes_nothing_until_it_is_answered(
    cast: Cast, ticket: Ticket
) -> None:
    request, stranger = ask(cast, ticket, waits=True), Client(enforce_csrf_checks=True)
    before = ApprovalRequest.objects.values().get()
    url = link(request, cast.owner)

    for method in ("get", "head", "get"):
        page = getattr(stranger, method)(url)
        assert page.status_code == 200
        assert page["X-Robots-Tag"].startswith("noindex")
        assert page["Referrer-Policy"] == "same-origin"
        assert "no-store" in page["Cache-Control"]
    text = " ".join(stranger.get(url).content.decode().split())
    assert "Fernwartung" in text
    assert "120,00 € pro Stunde" in text or "120,00 € je Stunde" in text
    assert "240,00 €" in text
    assert "285,60 €" in text
    assert stranger.post(url, {"answer": "approve"}).status_code == 403  # another site's form
    assert ApprovalRequest.objects.values().get() == before

    answered = Client().post(url, {"answer": "approve", "note": "Gern"}, follow=True)

    assert "freigegeben" in answered.content.decode()
    request.refresh_from_db()
    assert (request.state, request.answered_how, request.answered_contact) == (
        *(State.APPROVED, How.LINK, cast.owner),
    )
    assert (request.answer_note, request.answered_by_name) == ("Gern", "Owner")
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN
    kinds = set(TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True))
    assert {"approval_asked", "approval_approved", "status.customer_replied"} <= kinds
    assert Notice.objects.get(kind=Notice.Kind.APPROVAL_ANSWER).user == cast.agent


def test_the_second_use_of_a_link_says_kindly_what_was_answered(cast: Cast, ticket: Ticket) -> None:
    request = ask(cast, ticket)
    url, client = link(request, cast.owner), Client()
    client.post(url, {"answer": "decline"})

    again = client.post(url, {"answer": "approve"}, follow=True)

    assert again.status_code == 200
    assert "Nicht freigegeben" in again.content.decode()
    request.refresh_from_db()
    assert request.state == State.DECLINED
    assert TicketEvent.objects.filter(kind__startswith="approval_").count() == 2


def test_a_form_without_an_answer_comes_back(cast: Cast, ticket: Ticket) -> None:
    request = ask(cast, ticket)

    for fields in ({}, {"answer": "perhaps"}, {"answer": "approve", "note": "x" * 501}):
        assert Client().post(link(request, cast.owner), fields).status_code == 422
    request.refresh_from_db()
    assert request.state == State.OPEN


def gone(request: ApprovalRequest, cast: Cast, how: str) -> None:
    """Make a link fail that held before."""
    match how:
        case "address":
            Contact.objects.filter(pk=cast.owner.pk).update(email="other@customer.example")
        case "inactive":
            Contact.objects.filter(pk=cast.owner.pk).update(is_active=False)
        case "customer":
            moving.change_customer(ticket=request.ticket, customer=cast.plain_customer, by=cast.lead)
        case "contact":
            Contact.objects.filter(pk=cast.owner.pk).update(customer=cast.plain_customer)


@pytest.mark.parametrize("how", ["address", "inactive", "customer", "contact"])
def test_a_link_holds_only_for_who_was_asked_and_may_still_read(cast: Cast, ticket: Ticket, how: str) -> None:
    request = ask(cast, ticket)
    url = link(request, cast.owner)
    assert Client().get(url).status_code == 200
    gone(request, cast, how)

    for answer in (Client().get(url), Client().post(url, {"answer": "approve"})):
        assert answer.status_code == 404
        assert ticket.number not in answer.content.decode()
    request.refresh_from_db()
    assert request.state == State.OPEN


def test_a_link_that_is_not_ours_says_the_same_to_everybody(cast: Cast, ticket: Ticket) -> None:
    request, other = ask(cast, ticket), ask(cast, make_ticket(cast.gold_customer, contact=cast.owner))
    good = approval_token(request, cast.owner)
    number, _dot, signature = good.rpartition(".")
    tokens = {
        "changed": f"{number}.{signature[:-2]}xx",
        "other request": f"{number.replace(str(request.pk), str(other.pk), 1)}.{signature}",
        "other contact": approval_token(request, cast.stranger),
        "other purpose": Signer(salt="tickets.unsubscribing", sep=".").sign(number),
        "rubbish": "x" * 190,
        "long": "x" * 4_000,
    }

    pages = {
        name: Client().get(reverse("portal:approval_link", args=[token])) for name, token in tokens.items()
    }

    assert {page.status_code for page in pages.values()} == {404}
    texts = {re.sub(r'name="csrf[^>]+>|nonce="[^"]+"', "", page.content.decode()) for page in pages.values()}
    assert not [text for text in texts if ticket.number in text or "Server neu" in text]
    assert Client().get(reverse("portal:approval_link", args=[good])).status_code == 200


@pytest.mark.parametrize("how", ["expired", "withdrawn"])
def test_a_question_that_is_over_shows_no_more_than_that(cast: Cast, ticket: Ticket, how: str) -> None:
    request = ask(cast, ticket)
    if how == "expired":
        ApprovalRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        approving.withdraw(request=request, by=cast.agent)

    for answer in (
        Client().get(link(request, cast.owner)),
        Client().post(link(request, cast.owner), {"answer": "approve"}, follow=True),
    ):
        text = answer.content.decode()
        assert "Server neu" not in text
        assert "240,00" not in text
        assert 'name="answer"' not in text
    request.refresh_from_db()
    assert request.state in (State.OPEN, State.WITHDRAWN)
    with pytest.raises(AlreadyAnswered):
        say_yes(request, cast.owner)


def test_a_contact_answers_in_the_portal_and_nobody_else(cast: Cast, ticket: Ticket) -> None:
    request = ask(cast, ticket)
    url = reverse("portal:approve", args=[ticket.number, request.pk])
    clients = {name: Client() for name in ("owner", "colleague", "stranger", "agent")}
    for name, client in clients.items():
        assert client.login(username=name, password=PASSWORD)

    for name in ("colleague", "stranger", "agent"):
        assert clients[name].post(url, {"answer": "approve"}).status_code in (403, 404)
    other = make_ticket(cast.gold_customer, contact=cast.owner)
    wrong = reverse("portal:approve", args=[other.number, request.pk])
    assert clients["owner"].post(wrong, {"answer": "approve"}).status_code == 404
    request.refresh_from_db()
    assert request.state == State.OPEN
    assert "Server neu aufsetzen" in clients["owner"].get(reverse("portal:approvals")).content.decode()
    assert "Server neu" not in clients["colleague"].get(reverse("portal:approvals")).content.decode()

    answered = clients["owner"].post(url, {"answer": "approve", "next": "approvals"})

    assert answered["Location"].startswith(reverse("portal:approvals"))
    request.refresh_from_db()
    assert (request.state, request.answered_how, request.answered_user) == (
        *(State.APPROVED, How.PORTAL, cast.owner.user),
    )
    page = clients["owner"].get(reverse("portal:ticket", args=[ticket.number])).content.decode()
    assert "Freigegeben von Owner" in page


def test_an_agent_records_an_answer_with_its_evidence(cast: Cast, ticket: Ticket) -> None:
    request = ask(cast, ticket, contact=None)
    client = Client()
    client.login(username="agent", password=PASSWORD)
    url = reverse("desk:act", args=[ticket.number, "approval-record"])
    typed = {"request": request.pk, "answer": "approve", "name": "Frau Aigner", "evidence": "Telefon, 10:15"}

    assert client.post(url, {**typed, "evidence": ""}).status_code == 422
    assert client.post(url, typed).status_code == 302

    request.refresh_from_db()
    assert (request.state, request.answered_how, request.evidence) == (
        *(State.APPROVED, How.RECORDED, "Telefon, 10:15"),
    )
    assert not Notice.objects.filter(kind=Notice.Kind.APPROVAL_ANSWER).exists()  # they know
    given = Answer(is_approved=True, how=How.RECORDED, by=cast.agent, name="Frau Aigner")
    with pytest.raises(EvidenceNeeded):
        approving.answer(request=ask(cast, ticket), given=given)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalRequest.objects.filter(pk=request.pk).update(evidence="")


def test_others_than_the_tickets_people_cannot_answer_or_withdraw(cast: Cast, ticket: Ticket) -> None:
    request = ask(cast, ticket)
    refused = (
        Answer(is_approved=True, how=How.LINK, contact=cast.stranger),
        Answer(is_approved=True, how=How.LINK, contact=cast.colleague),
        Answer(is_approved=True, how=How.LINK),
        Answer(is_approved=True, how=How.PORTAL, contact=cast.owner, by=cast.stranger.user),
        Answer(is_approved=True, how=How.RECORDED, by=cast.other_agent, name="X", evidence="Y"),
        Answer(is_approved=True, how=How.RECORDED, by=cast.owner.user, name="X", evidence="Y"),
    )
    for given in refused:
        with pytest.raises(Denied):
            approving.answer(request=request, given=given)
    with pytest.raises(Denied):
        approving.withdraw(request=request, by=cast.other_agent)
    request.refresh_from_db()
    assert request.state == State.OPEN


def test_what_nobody_answers_in_time_runs_out_once_and_the_agent_hears_of_it(
    cast: Cast, ticket: Ticket
) -> None:
    late, early = ask(cast, ticket), ask(cast, ticket, expires_at=timezone.now() + timedelta(days=30))
    ApprovalRequest.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert [approving.expire(), approving.expire()] == [1, 0]

    assert ApprovalRequest.objects.get(pk=late.pk).state == State.EXPIRED
    assert ApprovalRequest.objects.get(pk=early.pk).state == State.OPEN
    deliver()
    assert [one.subject for one in mail.outbox if one.to == [cast.agent.email]]
    assert TicketEvent.objects.filter(kind="approval_expired").count() == 1


def test_a_ticket_that_does_not_wait_stays_as_it_is(cast: Cast, ticket: Ticket) -> None:
    request = ask(cast, ticket)
    progress(ticket=ticket, verb=Verb.SOLVE, by=cast.agent)

    say_yes(request, cast.owner)

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.SOLVED


# --- what is left -------------------------------------------------------------------------------------------


def allows(ticket: Ticket, amount: str, **fields: Any) -> Any:
    """What would allow this much remote support."""
    asked = {"service": make_service("remote"), "currency": "EUR", "at": timezone.now()}
    return approval_for(ticket=ticket, amount=Decimal(amount), **{**asked, **fields})


def test_an_approval_allows_its_service_up_to_its_ceiling(cast: Cast, ticket: Ticket) -> None:
    request = ask(cast, ticket)
    assert allows(ticket, "1.00") is None  # asked is not approved
    say_yes(request, cast.owner)

    assert allows(ticket, "240.00") == request
    assert allows(ticket, "240.01") is None
    assert allows(ticket, "1.00", service=make_service("phone")) is None
    assert allows(ticket, "1.00", currency="CHF") is None
    assert allows(make_ticket(cast.gold_customer), "1.00") is None


def test_what_another_customer_approved_allows_nothing(cast: Cast, ticket: Ticket) -> None:
    recorded = Answer(is_approved=True, how=How.RECORDED, by=cast.agent, name="Aigner", evidence="Telefon")
    say_yes(ask(cast, ticket), cast.owner)
    approving.answer(request=ask(cast, ticket, contact=None), given=recorded)

    change_customer(ticket=ticket, customer=cast.bronze_customer, by=cast.lead)

    ticket.refresh_from_db()
    assert allows(ticket, "1.00") is None
    assert allows(ticket, "1.00", customer_id=cast.gold_customer.pk) is not None
    approving.answer(request=ask(cast, ticket, contact=None), given=recorded)
    assert allows(ticket, "240.00") is not None


def test_a_standing_approval_needs_no_question_on_its_days(cast: Cast, ticket: Ticket) -> None:
    today = timezone.localdate()
    make_standing_approval(cast.bronze_customer)
    make_standing_approval(cast.gold_customer, ends_on=today - timedelta(days=1))
    make_standing_approval(cast.gold_customer, starts_on=today + timedelta(days=1))
    assert allows(ticket, "1.00") is None

    every = make_standing_approval(cast.gold_customer, "300.00")
    phone = make_standing_approval(cast.gold_customer, "400.00", service=make_service("phone"))

    assert allows(ticket, "300.00") == every
    assert allows(ticket, "300.01") is None
    assert allows(ticket, "1.00", service=make_service("phone")) == phone
    assert allows(ticket, "1.00", currency="CHF") is None
    assert allows(make_ticket(cast.bronze_customer), "500.00") is not None


def test_a_contact_without_an_address_is_not_written_to(cast: Cast) -> None:
    nobody = make_contact(cast.gold_customer, "Ohne Adresse")
    filed = make_ticket(cast.gold_customer, contact=nobody)

    request = ask(cast, filed, contact=nobody)

    assert request.state == State.OPEN
    assert not Delivery.objects.filter(kind=Delivery.Kind.APPROVAL).exists()
