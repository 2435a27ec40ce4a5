"""Filing a ticket in the portal: what the customer writes, where it lands, and what is refused."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from knowledge.models import Visibility
from tests.factories.articles import make_article
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket, make_user
from tickets.actions import progressing
from tickets.models import Attachment, Ticket
from tickets.queries.line import queue_now
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

NEW = "/portal/new/"
WORDS = {"subject": "Printer prints nothing", "body": "Since Monday.\r\nAll three.", "severity": "2"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def owner(client: Client, cast: Cast) -> Client:
    """The browser of the gold customer's owner."""
    return signed_in(client, cast.owner.user)


def signed_in(client: Client, user: User | None) -> Client:
    assert user is not None
    client.force_login(user)
    return client


def test_a_filed_ticket_stands_in_the_queue(owner: Client, cast: Cast) -> None:
    make_ticket(cast.bronze_customer, severity=Ticket.Severity.CRITICAL)

    answer = owner.post(NEW, WORDS)

    ticket = Ticket.objects.get(subject="Printer prints nothing")
    assert answer.headers["Location"] == f"/portal/tickets/{ticket.number}/filed/"
    assert (ticket.customer, ticket.contact, ticket.channel) == (cast.gold_customer, cast.owner, "portal")
    assert ticket.reported_severity == Ticket.Severity.HIGH
    assert ticket.messages.get().body == "Since Monday.\r\nAll three."
    assert next(queue_now(cast.team)).number == ticket.number


def test_the_confirmation_says_place_reason_and_who_is_ahead(client: Client, cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    make_ticket(cast.gold_customer)
    make_ticket(cast.bronze_customer)
    person = make_contact(
        cast.plain_customer, "Plain", user=make_user("plain", User.Role.CONTACT), language="en"
    )
    signed_in(client, person.user)

    page = client.post(NEW, WORDS, follow=True).content.decode()

    assert Ticket.objects.get(customer=cast.plain_customer).number in page
    assert "Your place in the queue is now 4." in page
    assert "Without a service agreement, severity high" in page
    assert "Ahead of you: 3 tickets with a service agreement." in page
    assert "2 tickets with service level Gold" in page
    assert "1 ticket with service level Bronze" in page
    assert "Aigner" not in page
    assert "Brandl" not in page


def test_the_first_in_line_is_told_so(owner: Client, cast: Cast) -> None:
    page = owner.post(NEW, WORDS, follow=True).content.decode()

    assert "Ihres ist das nächste, das jemand übernimmt." in page
    assert "Vor Ihnen ist niemand." in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Nichts geht mehr, alle sind betroffen"),
        ("en", "Nothing works any more, everybody is affected"),
    ],
)
def test_the_form_speaks_the_contacts_language(client: Client, cast: Cast, language: str, words: str) -> None:
    person = make_contact(cast.gold_customer, user=make_user("x", User.Role.CONTACT), language=language)

    page = signed_in(client, person.user).get(NEW).content.decode()

    assert words in page
    assert f'<html lang="{language}"' in page


def test_files_come_with_the_ticket(owner: Client) -> None:
    files = [SimpleUploadedFile("Übersicht.txt", b"one"), SimpleUploadedFile("b.png", b"two")]

    owner.post(NEW, {**WORDS, "attachments": files})

    assert sorted(Attachment.objects.values_list("name", "size")) == [("b.png", 3), ("Übersicht.txt", 3)]


def test_a_file_that_is_too_large_is_refused_and_what_was_typed_is_kept(
    owner: Client, settings: Settings
) -> None:
    settings.ATTACHMENT_MAX_MEGABYTES = 1
    large = SimpleUploadedFile("film.mp4", b"x" * (1024 * 1024 + 1))

    answer = owner.post(NEW, {**WORDS, "attachments": [large]})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "„film.mp4“ ist zu groß: 1,0\xa0MB. Eine Datei darf bis zu 1,0\xa0MB haben." in page
    assert 'value="Printer prints nothing"' in page
    assert "Since Monday.\r\nAll three." in page
    assert 'value="2" required id="id_severity_1" checked' in page or 'value="2" checked' in page
    assert not Ticket.objects.exists()


def test_more_files_than_allowed_are_refused(owner: Client, settings: Settings) -> None:
    settings.ATTACHMENT_MAX_FILES = 2
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(3)]

    page = owner.post(NEW, {**WORDS, "attachments": files}).content.decode()

    assert "Das sind 3 Dateien. Zu einer Nachricht gehören höchstens 2." in page
    assert not Ticket.objects.exists()


def test_a_refused_form_names_the_files_to_choose_again(owner: Client) -> None:
    photo = SimpleUploadedFile("photo.txt", b"text")
    page = owner.post("/portal/new/", {"subject": "Lost", "body": "text", "attachments": [photo]})

    assert page.status_code == 422
    assert "wählen Sie noch einmal: photo.txt" in page.text
    without = owner.post("/portal/new/", {"subject": "Lost", "body": "text"})
    assert "wählen Sie noch einmal:" not in without.text


@pytest.mark.parametrize("missing", ["subject", "body", "severity"])
def test_what_is_missing_is_asked_for(owner: Client, missing: str) -> None:
    answer = owner.post(NEW, {name: value for name, value in WORDS.items() if name != missing})

    assert answer.status_code == 422
    assert f"id_{missing}_error" in answer.content.decode()
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("severity", ["0", "5", "critical", ""])
def test_a_severity_that_does_not_exist_is_refused(owner: Client, severity: str) -> None:
    assert owner.post(NEW, {**WORDS, "severity": severity}).status_code == 422
    assert not Ticket.objects.exists()


def test_agents_do_not_file_here_and_strangers_sign_in_first(client: Client, cast: Cast) -> None:
    assert client.post(NEW, WORDS).headers["Location"].startswith("/accounts/login/")
    assert signed_in(client, cast.agent).post(NEW, WORDS).status_code == 404
    assert not Ticket.objects.exists()


def test_the_confirmation_is_for_those_who_may_read_the_ticket(client: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)

    assert (
        signed_in(client, cast.stranger.user).get(f"/portal/tickets/{ticket.number}/filed/").status_code
        == 404
    )
    assert (
        signed_in(client, cast.owner.user).get(f"/portal/tickets/{ticket.number}/filed/").status_code == 200
    )


# Before it is sent


def hints_for(browser: Client, subject: str) -> str:
    return browser.get(f"{NEW}articles/", {"subject": subject}).content.decode()


def test_an_own_open_ticket_about_the_same_is_shown_while_typing(owner: Client, cast: Cast) -> None:
    mine = make_ticket(cast.gold_customer, contact=cast.owner, subject="Printer in the hall prints nothing")
    theirs = make_ticket(cast.gold_customer, contact=cast.colleague, subject="Printer prints nothing at all")
    done = make_ticket(cast.gold_customer, contact=cast.owner, subject="Printer prints nothing")
    progressing.progress(ticket=done, verb=Verb.CLOSE, by=cast.owner.user)

    hints = hints_for(owner, "Printer prints nothing")

    assert f"/portal/tickets/{mine.number}/" in hints
    assert theirs.number not in hints
    assert done.number not in hints
    assert "Sie haben dazu schon ein offenes Ticket" in hints
    assert "Printer" not in hints_for(owner, "Mouse is broken")
    assert owner.post(NEW, WORDS).status_code == 302  # it never stands in the way


def test_articles_about_it_are_shown_to_whoever_may_read_them(client: Client, cast: Cast) -> None:
    make_article("Printer prints nothing: what to check", visibility=Visibility.PUBLIC)
    make_article("Printer fleet: our own settings", visibility=Visibility.CONTRACT)
    make_article("Printer secrets of the house", visibility=Visibility.INTERNAL)
    plain = make_contact(cast.plain_customer, "Plain", user=make_user("plain", User.Role.CONTACT))
    for name, contact in (("contract", cast.owner), ("plain", plain)):
        browser = signed_in(client, contact.user)
        ticket = make_ticket(contact.customer, contact=contact, subject="Printer")
        pages = (hints_for(browser, "Printer"), browser.get(f"/portal/tickets/{ticket.number}/").text)
        for page in pages:
            assert "what to check" in page
            assert ("our own settings" in page) == (name == "contract")
            assert "secrets" not in page
            assert ("nur mit Vertrag" in page) == (name == "contract")
    link = re.search(r'href="(/portal/kb/found/[^"]+)"', pages[0])
    assert link
    assert client.get(link[1], follow=True).status_code == 200
    live = client.get(f"/portal/tickets/{ticket.number}/?fragment=live").text
    assert "what to check" not in live


def test_without_scripts_a_button_looks_and_keeps_what_was_typed(owner: Client, cast: Cast) -> None:
    mine = make_ticket(cast.gold_customer, contact=cast.owner, subject="Printer prints nothing since Monday")

    file = SimpleUploadedFile("photo.txt", b"text")
    answer = owner.post(NEW, {**WORDS, "attachments": [file], "look": "1"})

    page = answer.content.decode()
    assert "photo.txt" in page, "which has to be chosen again"
    assert answer.status_code == 200
    assert mine.number in page
    assert "Since Monday.\nAll three." in page.replace("\r", "")
    assert Ticket.objects.count() == 1
    assert answer.context["form"]["severity"].value() == "2"


def test_a_form_sent_by_script_is_told_where_to_go_and_keeps_its_files(owner: Client, cast: Cast) -> None:
    file = SimpleUploadedFile("photo.txt", b"text")
    refused = owner.post(NEW, {"subject": "x", "body": "", "attachments": [file]}, headers={"X-Upload": "1"})
    assert refused.status_code == 422
    assert "Bitte wählen Sie erneut aus" not in refused.content.decode()

    file.seek(0)
    answer = owner.post(NEW, {**WORDS, "attachments": [file]}, headers={"X-Upload": "1"})

    ticket = Ticket.objects.get()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/portal/tickets/{ticket.number}/filed/"
    assert Attachment.objects.get().name == "photo.txt"
