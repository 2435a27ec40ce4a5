"""`make screenshots`: the pictures in docs/images, taken of the demo story as it is loaded.

Those in docs/images/tour belong to docs/tour.de.md and docs/tour.en.md: the same stations in both languages.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.people import HIGH, People, Person, started_chromium
from tests.installation import ROOT, Installation, free_port

IMAGES = ROOT / "docs" / "images"
TOUR = IMAGES / "tour"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 780}
LOCALES = {"de": "de-DE", "en": "en-GB"}

Way = Callable[[Person, str], object]
"""Leads somebody from their first page to what is shown, in a language."""

OWN_TICKET = {"de": ("agent1", "Terminalserver"), "en": ("agent3", "BitLocker")}
CONTACT = {"de": "hofmann", "en": "northgate"}
FOLLOWED = {"de": "Outlook verliert", "en": "Freezer monitoring"}
FILED = {
    "de": (
        "Scanner am Empfang nimmt keine Karten",
        "Seit heute früh, an beiden Plätzen. Das Licht blinkt.",
    ),
    "en": ("Label printer skips every other label", "Since this morning, in hall 2. The lamp is green."),
}
WITHOUT_CONTRACT = "aigner"
SAVED = "Brandl Maschinenbau"


@dataclass(frozen=True)
class Station:
    """One picture of the tour: who sees it, on what, and how they come to it."""

    name: str
    who: dict[str, str]
    way: Way
    size: dict[str, int]
    themes: dict[str, str]
    is_whole: bool = False


def main() -> None:
    """Start an installation of its own, take the pictures, and leave nothing else behind."""
    TOUR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder) / "data", free_port())
        try:
            installation.wait_until_ready()
            with started_chromium() as browser:
                people = People(browser, installation.address)
                take_queue(people)
                for language in LOCALES:
                    for station in STATIONS:
                        take(people, station, language)
        finally:
            installation.stop()


def take_queue(people: People) -> None:
    """The queue as the lead sees it, for the README."""
    lead = people.invite("lead", color_scheme="light")
    queue(lead, "de")
    lead.page.screenshot(animations="disabled", path=IMAGES / "queue.png")
    people.leave()


def take(people: People, station: Station, language: str) -> None:
    """One picture in one language."""
    person = people.invite(
        station.who[language],
        locale=LOCALES[language],
        viewport=station.size,
        color_scheme=station.themes.get(language, "light"),
        reduced_motion="reduce",
    )
    if station.who[language] in {"lead", "admin"}:  # one person for both tours
        speak(person, language)
    station.way(person, language)
    path = TOUR / f"{language}-{station.name}.png"
    person.page.screenshot(animations="disabled", path=path, full_page=station.is_whole)
    people.leave()


def speak(person: Person, language: str) -> None:
    """Choose the language, as people do."""
    person.open("/accounts/password/change/")
    person.page.locator(f"form[action='/language/'] [value='{language}']").click()
    expect(person.page.locator("html")).to_have_attribute("lang", language)


def queue(person: Person, _: str) -> None:
    """The ranked list and the panel of its first row."""
    person.open("/desk/")
    person.wait_until_live()
    expect(person.page.locator("#detail #peek")).to_be_visible()


def reason(person: Person, language: str) -> None:
    """Why a row stands where it stands, under the pointer."""
    queue(person, language)
    person.page.locator("#queue-rows [data-live-position]").nth(6).hover()
    expect(person.page.get_by_role("tooltip")).to_be_visible()


def ticket(person: Person, language: str) -> None:
    """A ticket in the agent's hands."""
    found(person, OWN_TICKET[language][1])
    person.wait_until_live()


def dialog(person: Person, language: str) -> None:
    """Taking one past better ones asks for the reason."""
    queue(person, language)
    person.page.locator("[data-row-link]").nth(8).focus()
    opener = person.page.locator("#peek a[href$='/take/']")
    opener.click()
    person.page.locator("dialog#act [name=reason]").fill(
        {"de": "Der Kunde ist gerade am Telefon.", "en": "The customer is on the phone."}[language]
    )


def portal_ticket(person: Person, language: str) -> None:
    """A ticket with its place, followed by the customer."""
    person.open("/portal/")
    person.page.get_by_role("link", name=FOLLOWED[language]).first.click()
    person.wait_until_live()


def portal_new(person: Person, language: str) -> None:
    """A ticket that is being filed."""
    person.open("/portal/new/")
    subject, body = FILED[language]
    person.page.locator("[name=subject]").fill(subject)
    person.page.locator("[name=body]").fill(body)
    person.page.locator(f"[name=severity][value='{HIGH}']").check()


def portal_filed(person: Person, language: str) -> None:
    """What is said right after filing."""
    portal_new(person, language)
    person.page.locator("main form button[type=submit]").click()
    person.page.wait_for_url("**/filed/")
    person.wait_until_live()


def admin_customer(person: Person, _: str) -> None:
    """A customer with its standing."""
    person.open("/admin/customers/customer/")
    person.page.get_by_role("link", name=SAVED).first.click()
    still(person.page)


def found(person: Person, text: str) -> None:
    """Open a ticket by its subject."""
    person.open(f"/desk/tickets/?q={text}")
    person.page.locator("[data-row-link]").first.click()
    person.page.wait_for_url("**/desk/tickets/*/")


def at(path: str, shown: str = "main, #main") -> Way:
    """Straight to a page, until something is there."""

    def go(person: Person, _: str) -> None:
        person.open(path)
        expect(person.page.locator(shown).first).to_be_visible()
        still(person.page)

    return go


def still(page: Page) -> None:
    """Wait until nothing is on its way any more."""
    page.wait_for_load_state("networkidle")


def both(name: str) -> dict[str, str]:
    """The same person in both languages."""
    return {"de": name, "en": name}


DARK_IN_ENGLISH = {"en": "dark"}
LIGHT: dict[str, str] = {}
AGENT = {language: name for language, (name, _) in OWN_TICKET.items()}
STATIONS: list[Station] = [
    Station("01-front-door", both(""), at("/"), DESK, LIGHT),
    Station("02-portal-new", CONTACT, portal_new, PHONE, LIGHT, is_whole=True),
    Station("03-portal-filed", CONTACT, portal_filed, PHONE, DARK_IN_ENGLISH, is_whole=True),
    Station("04-portal-list", CONTACT, at("/portal/"), DESK, DARK_IN_ENGLISH),
    Station("05-portal-ticket", CONTACT, portal_ticket, PHONE, LIGHT, is_whole=True),
    Station("06-without-contract", both(WITHOUT_CONTRACT), at("/portal/"), DESK, LIGHT),
    Station("07-queue", AGENT, queue, DESK, LIGHT),
    Station("08-reason", AGENT, reason, DESK, DARK_IN_ENGLISH),
    Station("09-past-better-ones", AGENT, dialog, DESK, LIGHT),
    Station("10-ticket", AGENT, ticket, DESK, DARK_IN_ENGLISH),
    Station("11-queue-phone", AGENT, queue, PHONE, {"de": "dark"}),
    Station("12-longest-without", both("lead"), at("/desk/starving/"), DESK, LIGHT),
    Station("13-admin-customer", both("admin"), admin_customer, DESK, LIGHT),
    Station("14-admin-agreements", both("admin"), at("/admin/contracts/agreement/"), DESK, DARK_IN_ENGLISH),
    Station("16-our-service", both(""), at("/service/"), PHONE, DARK_IN_ENGLISH),
    Station("15-api", both(""), at("/api/v1/docs/", ".opblock"), DESK, LIGHT),
]


if __name__ == "__main__":
    main()
