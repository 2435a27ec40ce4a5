"""A new installation is set up in the browser: each page judged by axe, with and without scripts."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import faults_of
from tests.browser.people import People, Person
from tests.installation import Installation, free_port

PASSWORD = secrets.token_urlsafe(12)
PHONE = {"width": 360, "height": 780}


@pytest.fixture(scope="module")
def new_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation as `DEMO=false make run` starts it."""
    folder: Path = tmp_path_factory.mktemp("new") / "data"
    running = Installation(folder, free_port(), DEMO="false")
    try:
        running.wait_until_ready()
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


@pytest.fixture
def newcomers(chromium: Browser, new_installation: Installation) -> Iterator[People]:
    """People in front of the new installation; in the end no page may have done what no page may do."""
    people = People(chromium, new_installation.address)
    yield people
    assert people.leave() == []


def fresh_code(installation: Installation) -> str:
    """The code that `manage.py setup_code` prints."""
    asked = installation.manage("setup_code")
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.split()[-1]


def begin(person: Person, installation: Installation) -> Page:
    """Enter a fresh code."""
    page = person.open("/")
    expect(page).to_have_url(f"{installation.address}/setup/")
    page.locator("[name=code]").fill(fresh_code(installation))
    go_on(page)
    return page


def go_on(page: Page) -> None:
    """Press the first button of the step."""
    page.locator("main form .btn").first.click()


def fill_in_admin(page: Page, username: str) -> None:
    """The first admin, old or new."""
    fields = {"first_name": "Jana", "last_name": "Petersen", "username": username}
    fields |= {"email": f"{username}@nordwind.example", "password": PASSWORD, "password_again": PASSWORD}
    for name, text in fields.items():
        page.locator(f"[name={name}]").fill(text)


@pytest.mark.parametrize(("language", "locale"), [("de", "de-DE"), ("en", "en-GB")])
def test_every_step_and_its_refusal_is_accessible(
    newcomers: People, new_installation: Installation, language: str, locale: str
) -> None:
    person = newcomers.invite(locale=locale, color_scheme="light", reduced_motion="reduce")
    person.accepted = ("422",)
    faults: list[str] = []

    def look(what: str) -> None:
        expect(person.page.locator("html")).to_have_attribute("lang", language)
        expect(person.page.locator("[role=alert]")).to_have_count(int("refused" in what))
        faults.extend(faults_of(person, f"{what} in {language}"))

    page = person.open("/setup/")
    look("code")
    page.locator("[name=code]").fill("wrong")
    go_on(page)
    look("code, refused")
    page = begin(person, new_installation)
    page.goto(f"{new_installation.address}/setup/company/")
    look("company")
    page.locator("[name=name]").fill("")
    page.locator(f"input[name=language][value={language}]").check()
    go_on(page)
    look("company, refused")
    page.locator("[name=name]").fill("Nordwind Systemhaus")
    go_on(page)
    page.wait_for_url("**/admin/")
    look("admin")
    page.locator("[name=email]").fill("nobody")
    go_on(page)
    look("admin, refused")
    fill_in_admin(page, f"jana-{language}")
    go_on(page)
    page.wait_for_url("**/team/")
    look("team")
    go_on(page)
    page.wait_for_url("**/levels/")
    for kind in ("one", "several"):
        page.locator(f"[name=kind][value={kind}]").check()
        look(f"levels, {kind}")
    page.locator("[name=rank_1]").fill("")
    page.locator("[name=name_1]").fill("Gold")
    go_on(page)
    look("levels, refused")
    page.locator("[name=rank_1]").fill("1")
    go_on(page)
    page.wait_for_url("**/mail/")
    look("mail")
    assert faults == []


def test_the_choice_of_tiers_shows_the_fields_that_count(
    newcomers: People, new_installation: Installation
) -> None:
    person = newcomers.invite(java_script_enabled=False)
    page = begin(person, new_installation)
    page.goto(f"{new_installation.address}/setup/levels/")
    page.locator("[name=kind][value=one]").check()
    expect(page.locator("[name=name]")).to_be_visible()
    expect(page.locator("[name=name_1]")).to_be_hidden()
    page.locator("[name=kind][value=several]").check()
    expect(page.locator("[name=name]")).to_be_hidden()
    expect(page.locator("[name=name_1]")).to_be_visible()


def test_the_outcome_of_the_trial_mail_arrives_without_a_reload(
    newcomers: People, new_installation: Installation
) -> None:
    person = newcomers.invite(locale="en-GB")
    page = begin(person, new_installation)
    page.goto(f"{new_installation.address}/setup/mail/")
    go_on(page)
    expect(page.locator("#outcome")).to_contain_text("trial mail")
    person.keep_mark()
    expect(page.locator("#outcome .banner-good")).to_contain_text("Without a mail server it reaches nobody.")
    assert person.has_mark()


def test_on_a_phone_without_scripts_it_is_finished_and_then_gone(
    newcomers: People, new_installation: Installation
) -> None:
    person = newcomers.invite(java_script_enabled=False, viewport=PHONE, locale="de-DE")
    person.accepted = ("404",)
    page = begin(person, new_installation)
    page.goto(f"{new_installation.address}/setup/company/")
    page.locator("[name=name]").fill("Südwind GmbH")
    page.locator("input[name=language][value=de]").check()
    go_on(page)
    fill_in_admin(page, "jana")
    go_on(page)
    page.get_by_label("Name des Teams").fill("Werkstatt")
    go_on(page)
    page.locator("[name=kind][value=one]").check()
    page.locator("[name=name]").fill("Wartung")
    go_on(page)
    page.get_by_role("link", name="Zurück").click()
    expect(page.locator("[name=name]")).to_have_value("Wartung")
    go_on(page)
    page.get_by_role("button", name=re.compile("robemail")).first.click()
    expect(page.locator("#outcome")).to_contain_text("Probemail")
    page.locator(".set-up-finish .btn").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Der Helpdesk von Südwind GmbH ist geöffnet")
    assert list(faults_of(newcomer_with_scripts(newcomers), "first steps")) == []

    page.get_by_role("link", name="Zum Servicedesk").click()
    expect(page).to_have_url(f"{new_installation.address}/desk/")
    page.goto(f"{new_installation.address}/setup/")
    expect(page.get_by_text("404")).to_be_visible()


def newcomer_with_scripts(newcomers: People) -> Person:
    """The new admin in a browser of today, on the first steps."""
    person = newcomers.invite(locale="de-DE", color_scheme="light", reduced_motion="reduce")
    person.sign_in("jana", PASSWORD)
    person.open("/first-steps/")
    return person
