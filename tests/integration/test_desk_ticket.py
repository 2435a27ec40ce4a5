"""The ticket page: reading, writing, and everything that can be done with a ticket."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from lib.downloads import signed
from tests.factories.cast import Cast, make_agreement, make_cast, make_ticket, make_user
from tickets.actions import assigning, indexing, replying
from tickets.models import Attachment, Decline, Message, Ticket

pytestmark = pytest.mark.django_db

Severity, Status = Ticket.Severity, Ticket.Status


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    indexing.rebuild()
    return cast


@pytest.fixture(autouse=True)
def _own_files(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def signed_in(user: User) -> Client:
    User.objects.filter(pk=user.pk, language="").update(language="en")
    client = Client()
    client.force_login(user)
    return client


def address(ticket: Ticket, part: str = "") -> str:
    return f"/desk/tickets/{ticket.number}/{part}"


def taken(cast: Cast, **fields: object) -> Ticket:
    """A ticket in the agent's hands."""
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, **fields)
    assigning.pick(ticket=ticket, by=cast.agent)
    indexing.apply_changes()
    return ticket


def test_the_page_answers_who_this_is_and_why_it_stands_there(cast: Cast) -> None:
    make_agreement(cast.gold_customer, reference="U-7")
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, body="The server is down")
    other = make_ticket(cast.gold_customer, subject="Another matter")
    indexing.apply_changes()

    page = signed_in(cast.agent).get(address(ticket))

    for text in (
        "The server is down",
        "Aigner",
        "Owner",
        "owner@customer.example",
        "contract Gold",
        "G-1",
        "U-7",
        other.subject,
    ):
        assertContains(page, text)


def test_foreign_tickets_are_not_found(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    assert cast.owner.user is not None
    for user in (cast.other_agent, cast.owner.user):
        for part in ("", "take/", "solve/", "files/x/"):
            assert signed_in(user).get(address(ticket, part)).status_code == 404
        assert (
            signed_in(user).post(address(ticket, "reply/"), {"body": "x", "is_internal": "0"}).status_code
            == 404
        )
    assert not ticket.messages.filter(body="x").exists()


def test_a_reply_reaches_the_customer_and_sets_the_ticket_waiting(cast: Cast) -> None:
    ticket = taken(cast)
    client = signed_in(cast.agent)

    answer = client.post(
        address(ticket, "reply/"), {"body": "Please try again", "is_internal": "0", "then": "wait_customer"}
    )

    message = Message.objects.get(body="Please try again")
    assertRedirects(answer, f"{address(ticket)}#m-{message.pk}", fetch_redirect_response=False)
    assert not message.is_internal
    ticket.refresh_from_db()
    assert ticket.status == Status.WAITING_CUSTOMER


def test_a_note_stays_internal_and_solves_nothing(cast: Cast) -> None:
    ticket = taken(cast)

    signed_in(cast.agent).post(
        address(ticket, "reply/"), {"body": "Careful", "is_internal": "1", "then": "solve"}
    )

    assert Message.objects.get(body="Careful").is_internal
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assertContains(signed_in(cast.agent).get(address(ticket)), "Internal note")


def test_a_refused_reply_keeps_what_was_typed(cast: Cast) -> None:
    ticket = taken(cast)
    client = signed_in(cast.agent)

    assertContains(
        client.post(address(ticket, "reply/"), {"body": "  ", "is_internal": "0"}),
        "Please write something",
        status_code=422,
    )
    signed_in(cast.agent).post(address(ticket, "solve/"), {})
    late = client.post(
        address(ticket, "reply/"), {"body": "Done already", "is_internal": "0", "then": "solve"}
    )
    assertContains(late, "Done already", status_code=422)
    assertContains(late, "is not possible", status_code=422)
    assert not Message.objects.filter(body="Done already").exists()


def test_files_come_back_as_downloads(cast: Cast) -> None:
    ticket = taken(cast)
    page = SimpleUploadedFile("report.html", b"<script>alert(1)</script>")
    signed_in(cast.agent).post(
        address(ticket, "reply/"), {"body": "See file", "is_internal": "0", "attachments": page}
    )
    attachment = Attachment.objects.get()

    page_text = signed_in(cast.agent).get(address(ticket)).content.decode()
    link = re.search(
        rf'href="({re.escape(address(ticket, f"files/{attachment.key}/"))}\?s=[^"]+)"', page_text
    )
    assert link
    download = signed_in(cast.agent).get(link[1])

    assert b"".join(download.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
    assert download["Content-Disposition"] == 'attachment; filename="report.html"'
    assert download["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in download["Content-Security-Policy"]
    elsewhere = make_ticket(cast.gold_customer)
    wrong = signed(address(elsewhere, f"files/{attachment.key}/"), key=attachment.key, user_id=cast.agent.pk)
    assert signed_in(cast.agent).get(wrong).status_code == 404


def test_taking_one_past_better_ones_asks_for_the_reason_and_keeps_it(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    worse = make_ticket(cast.plain_customer)
    client = signed_in(cast.agent)

    assertContains(client.post(address(worse, "take/"), {}), "Please say why", status_code=422)
    worse.refresh_from_db()
    assert worse.is_waiting
    client.post(address(worse, "take/"), {"reason": "same caller"})

    worse.refresh_from_db()
    assert worse.assignee == cast.agent
    assertContains(client.get(address(worse)), "same caller")


def test_taking_what_somebody_else_took_is_refused(cast: Cast) -> None:
    ticket = taken(cast)
    colleague = make_user("late", User.Role.AGENT, cast.team)

    assertContains(
        signed_in(colleague).post(address(ticket, "take/"), {}), "Somebody was faster", status_code=422
    )


def test_declining_needs_a_reason(cast: Cast) -> None:
    ticket = taken(cast)
    client = signed_in(cast.agent)

    assert client.post(address(ticket, "decline/"), {"reason": " "}).status_code == 422
    assert not Decline.objects.exists()
    assertRedirects(client.post(address(ticket, "decline/"), {"reason": "no time"}), "/desk/")

    assert Decline.objects.get().reason == "no time"
    ticket.refresh_from_db()
    assert ticket.is_waiting


def test_changing_the_severity_needs_a_reason_confirming_does_not(cast: Cast) -> None:
    ticket = taken(cast)
    client = signed_in(cast.agent)

    client.post(address(ticket, "severity/"), {"severity": "3"})
    ticket.refresh_from_db()
    assert ticket.confirmed_severity == Severity.NORMAL
    assertContains(
        client.post(address(ticket, "severity/"), {"severity": "1"}), "Please say why", status_code=422
    )
    client.post(address(ticket, "severity/"), {"severity": "1", "reason": "all are down"})

    ticket.refresh_from_db()
    assert ticket.severity == Severity.CRITICAL


def test_the_lifecycle(cast: Cast) -> None:
    ticket = taken(cast)
    client = signed_in(cast.agent)
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    steps = [
        ("wait-customer", {}, Status.WAITING_CUSTOMER, "The ticket waits for the customer."),
        (
            "wait-third-party",
            {"reason": "the carrier"},
            Status.WAITING_THIRD_PARTY,
            "waits for a third",
        ),
        ("schedule", {"until": tomorrow}, Status.SCHEDULED, "The ticket is scheduled."),
        ("resume", {}, Status.OPEN, "The ticket is open again."),
        ("solve", {}, Status.SOLVED, "The ticket is solved."),
        ("close", {}, Status.CLOSED, "The ticket is closed."),
        ("reopen", {}, Status.OPEN, "The ticket is open again."),
    ]
    for slug, typed, status, said in steps:
        assertContains(client.get(address(ticket)), f"/{slug}/")
        assertContains(client.post(address(ticket, f"{slug}/"), typed, follow=True), said)
        ticket.refresh_from_db()
        assert ticket.status == status

    page = client.get(address(ticket))
    assertNotContains(page, f"{address(ticket)}reopen/")
    assertContains(client.post(address(ticket, "reopen/"), {"reason": "typed"}), "typed", status_code=422)
    past = {"until": "2020-01-01T09:00"}
    assertContains(client.post(address(ticket, "schedule/"), past), "moment in the future", status_code=422)


def test_assigning_releasing_and_moving(cast: Cast) -> None:
    ticket = taken(cast)
    colleague = make_user("colleague2", User.Role.AGENT, cast.team)
    client = signed_in(cast.agent)

    client.post(address(ticket, "assign/"), {"to": colleague.pk})
    ticket.refresh_from_db()
    assert ticket.assignee == colleague
    assert client.post(address(ticket, "assign/"), {"to": cast.other_agent.pk}).status_code == 422
    client.post(address(ticket, "release/"), {})
    ticket.refresh_from_db()
    assert ticket.is_waiting
    assertRedirects(client.post(address(ticket, "team/"), {"team": cast.other_team.pk}), "/desk/")
    ticket.refresh_from_db()
    assert ticket.team == cast.other_team


def test_only_leads_pin_and_change_the_customer(cast: Cast) -> None:
    ticket = make_ticket(cast.plain_customer)
    later = (timezone.localtime() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    pin = {"reason": "police", "expires_at": later}

    for slug, typed in (("pin", pin), ("customer", {"customer": "Aigner"})):
        assertNotContains(signed_in(cast.agent).get(address(ticket)), f"{address(ticket)}{slug}/")
        assert signed_in(cast.agent).post(address(ticket, f"{slug}/"), typed).status_code == 422
        assert signed_in(cast.lead).post(address(ticket, f"{slug}/"), typed).status_code == 302

    ticket.refresh_from_db()
    assert ticket.pinned_at is not None
    assert (ticket.customer, ticket.band) == (cast.gold_customer, 1)
    signed_in(cast.lead).post(address(ticket, "unpin/"))
    ticket.refresh_from_db()
    assert ticket.pinned_at is None


def test_with_htmx_a_form_comes_as_a_dialog_and_leads_on(cast: Cast) -> None:
    ticket = taken(cast)
    client = signed_in(cast.agent)
    htmx = {"HX-Request": "true", "HX-Target": "dialog-slot"}

    dialog = client.get(address(ticket, "decline/?fragment=dialog"), headers=htmx)
    assertContains(dialog, "<dialog")
    assertNotContains(dialog, "<html")
    refused = client.post(address(ticket, "decline/?fragment=dialog"), {"reason": ""}, headers=htmx)
    assertContains(refused, "<dialog", status_code=422)
    done = client.post(address(ticket, "decline/?fragment=dialog"), {"reason": "no time"}, headers=htmx)
    assert done["HX-Redirect"] == "/desk/"


def test_the_live_fragment_holds_the_changing_parts(cast: Cast) -> None:
    ticket = taken(cast)
    replying.reply(ticket=ticket, body="Hello there", by=cast.agent)

    page = signed_in(cast.agent).get(address(ticket, "?fragment=live"))

    for part in ("ticket-meta", "conversation", "ticket-verbs", "ticket-panel", "nav-count-work"):
        assertContains(page, f'id="{part}"')
    assertNotContains(page, "composer")


def test_filing_for_a_caller(cast: Cast) -> None:
    client = signed_in(cast.agent)
    assertContains(client.get("/desk/new/", {"q": "owner@customer"}), "Aigner")
    assertNotContains(client.get("/desk/new/", {"q": "owner@customer"}), "Moser")
    here = f"/desk/new/?customer={cast.gold_customer.pk}"
    assertContains(client.get(here), "G-1")
    typed = {
        "contact": cast.owner.pk,
        "subject": "Phone is dead",
        "body": "Since this morning",
        "severity": "2",
        "team": cast.team.pk,
        "channel": "phone",
    }

    assertContains(client.post(here, {**typed, "subject": ""}), "Since this morning", status_code=422)
    assert client.post(here, {**typed, "contact": cast.stranger.pk}).status_code == 422
    client.post(here, typed)

    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.contact, ticket.severity) == (
        cast.gold_customer,
        cast.owner,
        Severity.HIGH,
    )
    assert (ticket.channel, ticket.is_waiting) == ("phone", True)


def test_the_language_is_the_users(cast: Cast) -> None:
    client = signed_in(cast.agent)
    assertContains(client.get("/desk/"), 'lang="en"')

    client.post("/language/", {"language": "de", "next": "/desk/"})

    assertContains(client.get("/desk/"), 'lang="de"')
    assertContains(signed_in(cast.agent).get("/desk/"), 'lang="de"')
    assertContains(Client(headers={"accept-language": "en"}).get("/accounts/login/"), 'lang="en"')
