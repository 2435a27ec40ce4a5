"""Passkeys, an app's codes and links by mail, as people meet them."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.axe import faults_of
from tests.browser.people import People, Person
from tests.installation import Installation
from tickets.management.demo_story import DEMO_PASSWORD

LANGUAGES = pytest.mark.parametrize("language", ["de-DE", "en-GB"])
NEWCOMER = """
from accounts.actions import users
from accounts.models import User
name = {name!r}
user = User(username=name, email=name + "@firm.example", role="agent", first_name="Nora")
users.save(user=user, by=None, password={password!r})
"""
LINK = """
from accounts.gateways.sign_in_links import sign_in_link
from accounts.models import User
print(sign_in_link(User.objects.get(username={name!r})).partition("/accounts")[2])
"""


def told(installation: Installation, program: str) -> str:
    """What a program says that runs in the installation."""
    ran = installation.manage("shell", "--no-imports", "-c", program)
    assert ran.returncode == 0, ran.stderr
    return str(ran.stdout).strip()


@pytest.fixture
def newcomer(installation: Installation, request: pytest.FixtureRequest) -> str:
    """An agent whom no other test knows. Returns the user name."""
    name = re.sub(r"\W", "", request.node.name.removeprefix("test_"))[-30:].lower()
    told(installation, NEWCOMER.format(name=name, password=DEMO_PASSWORD))
    return name


@pytest.fixture
def visitor(people: People, installation: Installation, request: pytest.FixtureRequest) -> Person:
    """Somebody at `localhost`: browsers make passkeys for names, not for numbers."""
    spoken = getattr(request.node, "callspec", None)
    person = people.invite(locale=spoken.params["language"] if spoken else "de-DE", reduced_motion="reduce")
    person.address = installation.address.replace("127.0.0.1", "localhost")
    return person


def with_authenticator(person: Person) -> None:
    """A device that keeps passkeys, whose owner always agrees."""
    session = person.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    ways = {"protocol": "ctap2", "transport": "internal"}
    able = ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation")
    options = {**ways, **dict.fromkeys(able, True)}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def enter_password(person: Person, username: str) -> Page:
    page = person.open("/accounts/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(DEMO_PASSWORD)
    page.locator("main button[type=submit]").first.click()
    return page


def sign_out(person: Person) -> Page:
    page = person.open("/accounts/")
    page.locator("main form[data-sign-out] button").click()
    page.wait_for_url("**/accounts/login/")
    return page


def code_of(secret: str) -> str:
    """What the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@LANGUAGES
def test_a_passkey_is_made_and_signs_in(visitor: Person, newcomer: str, language: str) -> None:
    with_authenticator(visitor)
    page = enter_password(visitor, newcomer)
    page.wait_for_url("**/desk/**")
    visitor.open("/accounts/passkeys/add/")
    faults = list(faults_of(visitor, "add a passkey"))
    page.locator("[name=name]").fill("Testgerät")
    page.locator("[data-passkey-start]").click()
    page.wait_for_url("**/accounts/codes/")
    expect(page.locator(".codes li")).to_have_count(10)
    faults += faults_of(visitor, "recovery codes")
    visitor.open("/accounts/")
    expect(page.locator("section:has(#passkeys) li")).to_contain_text("Testgerät")
    faults += faults_of(visitor, "my account with a passkey")

    sign_out(visitor).locator("[data-passkey-start]").click()
    page.wait_for_url("**/desk/**")
    sign_out(visitor)
    enter_password(visitor, newcomer).wait_for_url("**/accounts/code/")
    faults += faults_of(visitor, "second step with a passkey")
    page.locator("[data-passkey-start]").click()
    page.wait_for_url("**/desk/**")

    visitor.open("/accounts/confirm/passkey/?next=/accounts/")
    faults += faults_of(visitor, "confirm with a passkey")
    page.locator("[data-passkey-start]").click()
    page.wait_for_url("**/accounts/")
    for name in ("", "remove/"):
        path = str(
            page.locator(f"a[href^='/accounts/passkeys/'][href$='/{name}']").last.get_attribute("href")
        )
        visitor.open(path)
        faults += faults_of(visitor, f"passkey: {name or 'rename'}")
        visitor.open("/accounts/")
    page.locator("a[href$='/remove/'][href*='passkeys']").click()
    page.locator("main .btn-danger-solid").click()
    page.wait_for_url("**/accounts/")
    sign_out(visitor).locator("[data-passkey-start]").click()
    expect(page.locator("[data-passkey-failed], .flash-error").first).to_be_visible()
    assert page.url.endswith("/accounts/login/")
    assert faults == []


@LANGUAGES
def test_an_app_is_set_up_and_its_codes_sign_in(visitor: Person, newcomer: str, language: str) -> None:
    page = enter_password(visitor, newcomer)
    page.wait_for_url("**/desk/**")
    visitor.open("/accounts/app/")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/accounts/codes/")
    spare = page.locator(".codes li").first.inner_text()
    visitor.open("/accounts/app/remove/")
    faults = list(faults_of(visitor, "remove the app"))
    visitor.open("/accounts/confirm/code/?next=/accounts/")
    faults += faults_of(visitor, "confirm with a code")
    sign_out(visitor)

    enter_password(visitor, newcomer).wait_for_url("**/accounts/code/")
    page.locator("[name=code]").fill("000000")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("[role=alert]").first).to_be_visible()
    faults += faults_of(visitor, "refused code")
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/desk/**")
    sign_out(visitor)
    enter_password(visitor, newcomer).wait_for_url("**/accounts/code/")
    page.locator("[name=code]").fill(spare)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/desk/**")
    assert faults == []


def test_a_link_signs_in_without_scripts_and_once(
    people: People, installation: Installation, newcomer: str
) -> None:
    path = "/accounts" + told(installation, LINK.format(name=newcomer))
    phone = people.invite(java_script_enabled=False, viewport={"width": 360, "height": 780})
    page = phone.open(path)
    expect(page.get_by_role("heading", name="Anmelden als Nora")).to_be_visible()
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/desk/**")
    again = people.invite()
    expect(again.open(path).get_by_role("heading", name="Dieser Link gilt nicht mehr")).to_be_visible()
    fresh = people.invite()
    fresh.open("/accounts" + told(installation, LINK.format(name=newcomer)))
    assert list(faults_of(fresh, "a link")) == []


def test_a_session_that_was_ended_elsewhere_is_out_at_its_next_page(people: People, newcomer: str) -> None:
    desk, phone = people.invite(), people.invite()
    for person in (desk, phone):
        enter_password(person, newcomer).wait_for_url("**/desk/**")
    page = desk.open("/accounts/")
    page.locator("button[name=session]").click()
    expect(page.locator("button[name=session]")).to_have_count(0)
    expect(phone.open("/desk/").locator("[name=password]")).to_be_visible()
