"""The link of a mail in a real browser, without scripts and signed in nowhere."""

from playwright.sync_api import expect

from tests.browser.people import People
from tests.browser.test_accessibility import mailed_links
from tests.installation import Installation


def test_whoever_was_written_to_ends_it_and_changes_their_mind(
    people: People, installation: Installation
) -> None:
    way_out = mailed_links(installation, "de")["way_out"]
    reader = people.invite(java_script_enabled=False, viewport={"width": 360, "height": 740})
    reader.open(way_out)
    page = reader.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_role("button", name="Keine E-Mails mehr", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Keine E-Mails mehr zum Ticket")

    page.get_by_role("button", name="Wieder E-Mails dazu erhalten").click()
    expect(page.get_by_role("button", name="Keine E-Mails mehr", exact=True)).to_be_visible()
