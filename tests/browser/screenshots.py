"""`make screenshots`: the pictures in docs/images, taken of the demo story as it is loaded."""

import tempfile
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.people import People, started_chromium
from tests.installation import ROOT, Installation, free_port

IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Start an installation of its own, take the pictures, and leave nothing else behind."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder) / "data", free_port())
        try:
            installation.wait_until_ready()
            with started_chromium() as browser:
                take(People(browser, installation.address))
        finally:
            installation.stop()


def take(people: People) -> None:
    """The queue as the lead sees it."""
    lead = people.invite("lead", color_scheme="light")
    lead.open("/desk/")
    lead.wait_until_live()
    expect(lead.page.locator("#detail #peek")).to_be_visible()
    lead.page.screenshot(animations="disabled", path=IMAGES / "queue.png")
    people.leave()


if __name__ == "__main__":
    main()
