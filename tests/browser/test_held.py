"""Logs in the browser: what is said before they are sent, with scripts and without; nothing is lost."""

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.people import NORMAL, People, Person

LOG = "".join(
    f"2026-11-23 05:56:{n:02},123 INFO [main] com.example.Shop - order {n} stored\n" for n in range(30)
)
FILE: FilePayload = {"name": "kasse.log", "mimeType": "text/plain", "buffer": LOG.encode()}
PICTURE: FilePayload = {
    "name": "catalogue.png",
    "mimeType": "image/png",
    "buffer": b"\x89PNG\r\n\x1a\n" + bytes(40),
}


@pytest.fixture
def customer(people: People) -> Person:
    """Somebody whose organisation has no agreement at all."""
    return people.invite("aigner")


def test_the_warning_comes_and_goes_with_what_would_be_held(customer: Person) -> None:
    page = customer.open("/portal/new/")
    said = page.locator("[data-held-said]")
    expect(page.locator("[data-held-hint]")).to_be_visible()
    expect(said).to_be_hidden()

    page.locator("input[type=file]").set_input_files([FILE, PICTURE])
    expect(said).to_be_visible()
    expect(said).to_contain_text("kasse.log")
    expect(said).not_to_contain_text("catalogue.png")
    page.locator("input[type=file]").set_input_files([PICTURE])
    expect(said).to_be_hidden()

    page.locator("#id_body").fill("Was heißt das?\n" + LOG[:200])
    page.locator("#id_body").fill(f"Was heißt das?\n{LOG}")
    expect(said).to_be_visible()
    page.locator("#id_body").fill("Es geht nicht.")
    expect(said).to_be_hidden()


def test_a_log_that_is_sent_is_held_and_the_page_says_what_to_do(customer: Person) -> None:
    number = customer.file_ticket("Die Kasse hängt", NORMAL, [FILE])
    expect(customer.page.locator(".banner-warn.banner-boxed")).to_be_visible()
    page = customer.open(f"/portal/tickets/{number}/")

    held = page.locator(".held")
    expect(held).to_be_visible()
    expect(held).not_to_contain_text("kasse.log")
    expect(held.locator("a[href='/portal/contract/']")).to_be_visible()
    expect(page.locator("a.attachment")).to_have_count(0)


def test_without_scripts_the_hint_stands_there_and_nothing_is_lost(people: People) -> None:
    person = people.invite("aigner", java_script_enabled=False)
    page = person.open("/portal/new/")
    expect(page.locator("[data-held-hint] .field-help")).to_be_visible()
    number = person.file_ticket("Die Kasse hängt wieder", NORMAL, [FILE, PICTURE])
    page = person.open(f"/portal/tickets/{number}/")

    expect(page.locator(".held")).to_be_visible()
    expect(page.locator("a.attachment")).to_have_count(1)


def test_nobody_is_warned_where_logs_may_be_read(people: People) -> None:
    person = people.invite("hofmann")
    page = person.open("/portal/new/")
    page.locator("input[type=file]").set_input_files([FILE])

    expect(page.locator("[data-held-hint]")).to_have_count(0)
