"""From a held log to its analysis and back, in both languages: a DPA is asked for, signed, and ends.

It has a house of its own, since it ends agreements that others rely on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import HIGH, People, Person
from tests.installation import Installation, free_port, wait_for

WITHOUT_DPA = """
from accounts.models import User
from contracts.actions import processing
from contracts.models import ProcessingAgreement
lead = User.objects.get(username="lead")
for username in ("brandl", "northgate"):
    of = ProcessingAgreement.objects.filter(customer__contacts__user__username=username)
    for one in of.filter(state="in_force"):
        processing.terminate(dpa=one, reason="Neue Fassung", by=lead)
    for one in of.filter(state__in=["requested", "under_review", "offered"]):
        processing.withdraw(dpa=one, by=lead)
"""
LOG = "".join(
    f"2026-11-20 16:40:{second:02}.123 ERROR [worker-{second}] db.pool: connection to 10.0.0.{second} lost\n"
    for second in range(60)
)


@dataclass(frozen=True)
class Words:
    """Who reads what on the way: the closed gate, what opens it, that it is open, why it closed."""

    locale: str
    customer: str
    agent: str
    company: str
    capability: str
    advice_only: str
    dpa: str
    in_force: str
    terminated: str


WORDS = {
    "de": Words(
        locale="de-DE",
        customer="brandl",
        agent="agent1",
        company="Brandl",
        capability="Logfile-Analyse",
        advice_only="Nur Beratung",
        dpa="AV-Vertrag",
        in_force="in Kraft",
        terminated="gekündigt",
    ),
    "en": Words(
        locale="en-GB",
        customer="northgate",
        agent="agent3",
        company="Northgate",
        capability="Log analysis",
        advice_only="Advice only",
        dpa="DPA",
        in_force="in force",
        terminated="terminated",
    ),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A house in which two customers have lost their DPA."""
    running = Installation(tmp_path_factory.mktemp("dpa") / "data", free_port())
    try:
        running.wait_until_ready()
        done = running.manage("shell", "--no-imports", "-c", WITHOUT_DPA)
        assert done.returncode == 0, done.stderr
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


def press(page: Page) -> None:
    """Send the form of a step."""
    page.locator("main form .form-actions button[type=submit]").last.click()


def act(lead: Person, dpa: str, slug: str, **typed: str) -> None:
    """Take one step of the DPA at the desk."""
    page = lead.open(f"{dpa}{slug}/")
    for name, value in typed.items():
        page.locator(f"main [name={name}]").fill(value)
    press(page)
    page.wait_for_url(f"**{dpa}")


def settle_all(lead: Person, dpa: str) -> None:
    """Answer the firm's questions of the review."""
    unsettled = lead.open(dpa).locator("main li:has(p.gate:not(.gate-open))")
    assert unsettled.count(), "the review asks us something"
    while count := unsettled.count():
        unsettled.first.locator("button[name=is_done]").first.click()
        expect(unsettled).to_have_count(count - 1)


def answer_review(customer: Person) -> None:
    """Answer the customer's questions."""
    page = customer.open("/portal/dpa/")
    for note in page.locator("#review-form textarea").all():
        note.fill("Namen und Adressen von Mitarbeitern / names and addresses of staff")
    for box in page.locator("#review-form [type=checkbox]").all():
        box.check()
    with page.expect_navigation():
        page.locator("#review-form button[type=submit]").click()
    expect(page.locator("#review-form [type=checkbox]:not(:checked)")).to_have_count(0)
    expect(page.locator("#review-form .field-error")).to_have_count(0)


def gate_of_logs(agent: Person, number: str, capability: str) -> str:
    """How the gate of log analysis is drawn on the ticket: open or closed."""
    row = agent.open(f"/desk/tickets/{number}/").locator(".gate").filter(has_text=capability)
    found = re.search(r"gate-(open|closed)", str(row.first.get_attribute("class")))
    assert found
    return found[1]


@pytest.mark.parametrize("language", WORDS)
def test_a_held_log_is_released_while_the_dpa_lasts(
    house: Installation, chromium: Browser, language: str
) -> None:
    people, words = People(chromium, house.address), WORDS[language]
    customer = people.invite(words.customer, locale=words.locale, viewport={"width": 360, "height": 740})
    agent, lead = people.invite(words.agent, locale=words.locale), people.invite("lead")

    log = {"name": "server.log", "mimeType": "text/plain", "buffer": LOG.encode()}
    number = customer.file_ticket("Server 10.0.0.7", HIGH, [log])
    customer.page.locator(f"main p a[href*='/portal/tickets/{number}/']").first.click()
    expect(customer.page.locator("main")).to_contain_text(words.dpa)
    expect(customer.page.locator("main a[href*='/files/']")).to_have_count(0)
    agent.open(f"/desk/tickets/{number}/")
    expect(agent.page.locator("body")).to_contain_text(words.advice_only)
    expect(agent.page.locator("main a[href*='/files/']")).to_have_count(0)
    expect(agent.page.locator("body")).not_to_contain_text("server.log")
    assert gate_of_logs(agent, number, words.capability) == "closed"

    customer.open("/portal/dpa/").locator("form[action$='/dpa/ask/'] button").click()
    lead.open("/desk/dpa/?show=open")
    lead.page.locator(".agreement-row a").filter(has_text=words.company).click()
    dpa = lead.page.url.removeprefix(house.address)
    act(lead, dpa, "begin-review")
    answer_review(customer)
    settle_all(lead, dpa)
    act(lead, dpa, "offer")

    page = customer.open("/portal/dpa/")
    page.locator("a[href^='/portal/dpa/']").filter(has=page.locator("svg")).first.click()
    page.locator("#sign ~ form [name=name]").fill("Rachel Brandl")
    page.locator("#sign ~ form [name=role]").fill("CEO")
    page.locator("#sign ~ form [name=is_entitled]").check()
    page.locator("#sign ~ form button[type=submit]").click()
    expect(page.locator("#sign")).to_have_count(0)
    assert gate_of_logs(agent, number, words.capability) == "closed", "one signature is not enough"
    act(lead, dpa, "sign", name="Lea Lead", role="Datenschutz")
    expect(lead.page.locator("main")).to_contain_text("in Kraft")

    customer.open("/portal/dpa/")
    expect(customer.page.locator("main")).to_contain_text(words.in_force)
    assert customer.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert gate_of_logs(agent, number, words.capability) == "open"

    def is_released() -> bool:
        return customer.open(f"/portal/tickets/{number}/").locator("main a[href*='/files/']").count() == 1

    wait_for(is_released, 60)
    agent.open(f"/desk/tickets/{number}/")
    expect(agent.page.locator("main a[href*='/files/']")).to_contain_text("server.log")

    act(lead, dpa, "terminate", reason="Zum Ende des Projekts")
    agent.open(f"/desk/tickets/{number}/")
    assert gate_of_logs(agent, number, words.capability) == "closed"
    expect(agent.page.locator("body")).to_contain_text(words.advice_only)
    expect(agent.page.locator("body")).to_contain_text(words.terminated)
    assert people.leave() == []
