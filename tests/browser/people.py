"""People in front of a browser, each with a profile of their own, watched for what no page may do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    StorageState,
    expect,
    sync_playwright,
)

from tests.chromium import chromium_path
from tickets.management.demo_story import DEMO_PASSWORD

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
PATIENCE_MILLISECONDS = 30_000
CRITICAL, HIGH, NORMAL, LOW = "1", "2", "3", "4"

expect.set_options(timeout=PATIENCE_MILLISECONDS)


@contextmanager
def started_chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """Somebody with a browser profile and one open page."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.faults: list[str] = []
        self.accepted: tuple[str, ...] = ()
        """Parts of faults that belong to what the test does, such as a refusal's status."""
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._note(f"script: {error.error}"))
        context.on("request", self._look_at_request)
        context.on("response", self._look_at_response)
        self.page = context.new_page()

    def open(self, path: str) -> Page:
        """Go to an address of the product."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def sign_in(self, username: str, password: str = DEMO_PASSWORD) -> None:
        """Sign in on the sign-on page."""
        self.open("/accounts/login/")
        self.page.locator("[name=login]").fill(username)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_url(lambda url: "/accounts/" not in url)

    def file_ticket(self, subject: str, severity: str, files: Any = ()) -> str:
        """File a ticket in the portal, up to the page that confirms it. Returns its number."""
        self.open("/portal/new/")
        self.page.locator("[name=subject]").fill(subject)
        self.page.locator("[name=body]").fill(f"{subject}. Seit heute früh.")
        self.page.locator(f"[name=severity][value='{severity}']").check()
        if files:
            self.page.locator("[name=attachments]").set_input_files(files)
        self.page.locator("main form .form-actions button[type=submit]").click()
        self.page.wait_for_url("**/filed/")
        return self.page.locator(".portal-title .num").inner_text()

    def wait_until_live(self) -> None:
        """The open page hears of changes."""
        expect(self.page.locator("html")).to_have_attribute("data-live", "live")

    def keep_mark(self) -> None:
        """Leave a mark in the page that only this load of it has."""
        self.page.evaluate("window.stillTheSamePage = true")

    def has_mark(self) -> bool:
        """Whether the page was neither reloaded nor left since."""
        return self.page.evaluate("window.stillTheSamePage === true") is True

    def _note(self, fault: str) -> None:
        if not any(part in fault for part in self.accepted):
            self.faults.append(f"{self.page.url}: {fault}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:  # broken content policies are told here, too
            self._note(f"console: {message.text}")

    def _look_at_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self._note(f"foreign: {request.url}")

    def _look_at_response(self, response: Response) -> None:
        if response.status >= 500:
            self._note(f"{response.status}: {response.url}")


class People:
    """Makes persons; who was signed in once by the sign-on page stays so for the run."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._sessions: dict[str, StorageState] = {}
        self._here: list[Person] = []

    def invite(self, username: str = "", **options: Any) -> Person:
        """A person in a new browser profile, signed in if a user is named. Options: of the profile."""
        settings = {"locale": "de-DE", "viewport": {"width": 1440, "height": 900}, **options}
        if username in self._sessions:
            settings["storage_state"] = self._sessions[username]
        person = Person(self._browser.new_context(**settings), self._address)
        self._here.append(person)
        if username and username not in self._sessions:
            person.sign_in(username)
            self._sessions[username] = person.context.storage_state()
        return person

    def leave(self) -> list[str]:
        """Everybody closes their browser. Returns what pages did that no page may do."""
        faults = [fault for person in self._here for fault in person.faults]
        for person in self._here:
            person.context.close()
        self._here.clear()
        return faults
