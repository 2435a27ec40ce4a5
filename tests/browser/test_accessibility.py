"""Every page by axe-core, in both languages, both themes, at a desk and on a narrow phone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.api import Api
from tests.browser.people import NORMAL, People, Person

WIDTHS = (1440, 360)
# A rule of WCAG 2.2 AA that axe leaves off by itself. Off, too, where a menu covers half of what lies below.
TARGET_SIZE = "target-size"

SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

GERMAN_AND_LIGHT = {"locale": "de-DE", "color_scheme": "light", "reduced_motion": "reduce"}
ENGLISH_AND_DARK = {"locale": "en-GB", "color_scheme": "dark", "reduced_motion": "reduce"}

FOR_EVERYBODY = ["/", "/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"]
GALLERY = ["/gallery/", "/gallery/states/", "/gallery/portal_new/"]
DESK = [
    *("/desk/", "/desk/?severity=low&q=nichts", "/desk/work/", "/desk/waiting/", "/desk/tickets/"),
    *("/desk/new/", "/desk/new/?q=gibt+es+nicht", "/accounts/password/change/"),
]
PORTAL = ["/portal/", "/portal/?state=all", "/portal/new/"]


def faults_of(person: Person, where: str, *, is_covered: bool = False) -> Iterator[str]:
    """What is wrong with the open page at each width."""
    options = {"resultTypes": ["violations"], "rules": {TARGET_SIZE: {"enabled": not is_covered}}}
    person.page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 900})
        result = person.page.evaluate("(options) => axe.run(options)", options)
        yield from (f"{where} at {width}: {in_words(one)}" for one in result["violations"])
        if person.page.evaluate(SCROLLS_SIDEWAYS):
            yield f"{where} at {width}: scrolls sideways"


def in_words(violation: dict[str, Any]) -> str:
    """A rule and the places that break it."""
    places = [f"{node['target'][0]} {node['html'][:160]}" for node in violation["nodes"][:4]]
    return f"{violation['id']} ({violation['impact']}): {json.dumps(places, ensure_ascii=False)}"


def visit(person: Person, paths: list[str], language: str) -> list[str]:
    """Go through the pages."""
    faults: list[str] = []
    for path in paths:
        person.open(path)
        expect(person.page.locator("html")).to_have_attribute("lang", language)
        faults.extend(faults_of(person, path))
    return faults


LOOKS = pytest.mark.parametrize(
    ("look", "language"), [(GERMAN_AND_LIGHT, "de"), (ENGLISH_AND_DARK, "en")], ids=["de-light", "en-dark"]
)


@LOOKS
def test_pages_for_everybody(people: People, look: dict[str, Any], language: str) -> None:
    visitor = people.invite(**look)
    assert visit(visitor, FOR_EVERYBODY + GALLERY, language) == []


@LOOKS
def test_the_desk(people: People, api: Api, look: dict[str, Any], language: str) -> None:
    agent = people.invite({"de": "lead", "en": "agent3"}[language], **look)
    waiting = api.queue("workplace")[1]
    number, customer = waiting["number"], waiting["customer"]
    of_ticket = ["", "severity/", "schedule/", "take/"]
    paths = [*DESK, f"/desk/peek/?number={number}", f"/desk/new/?customer={customer}"]
    paths += [f"/desk/tickets/{number}/{part}" for part in of_ticket]
    paths += ["/desk/starving/", f"/desk/tickets/{number}/pin/"] if language == "de" else []
    assert visit(agent, paths, language) == []


@LOOKS
def test_what_opens_over_the_desk(people: People, api: Api, look: dict[str, Any], language: str) -> None:
    agent = people.invite({"de": "lead", "en": "agent3"}[language], **look)
    number = api.queue("workplace")[1]["number"]
    agent.open("/desk/")
    expect(agent.page.locator("#detail #peek")).to_be_visible()
    faults = list(faults_of(agent, "queue with the panel"))
    agent.page.locator("summary.chip").last.click()
    faults += faults_of(agent, "queue with an open filter", is_covered=True)
    agent.open(f"/desk/tickets/{number}/")
    agent.page.keyboard.press("?")
    faults += faults_of(agent, "ticket with the sheet of keys")
    agent.page.keyboard.press("Escape")
    agent.page.locator("#menu-more > summary").click()
    faults += faults_of(agent, "ticket with an open menu", is_covered=True)
    agent.page.locator("a[href$='/severity/']").click()
    expect(agent.page.locator("dialog#act")).to_be_visible()
    faults += faults_of(agent, "ticket with a dialog")
    assert faults == []


@LOOKS
def test_the_portal(people: People, look: dict[str, Any], language: str) -> None:
    customer = people.invite({"de": "brandl", "en": "northgate"}[language], **look)
    customer.accepted = ("422",)
    number = customer.file_ticket("Maus klemmt", NORMAL)
    paths = [*PORTAL, f"/portal/tickets/{number}/", f"/portal/tickets/{number}/filed/"]
    faults = visit(customer, paths, language)
    customer.open("/portal/new/").locator("main form button[type=submit]").click()
    expect(customer.page.locator("[role=alert]")).to_be_visible()
    faults += faults_of(customer, "refused form")
    customer.open("/portal/")
    customer.page.set_viewport_size({"width": 360, "height": 780})
    customer.page.locator(".portal-menu-button").click()
    faults += faults_of(customer, "portal with the menu open")
    assert faults == []
