"""Reading articles without scripts, on a phone and on a desk: found, opened, read, judged."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import People


@pytest.mark.parametrize("width", [360, 1440])
def test_a_stranger_finds_reads_and_judges_an_article_without_scripts(people: People, width: int) -> None:
    reader = people.invite(
        java_script_enabled=False, viewport={"width": width, "height": 780}, locale="de-DE"
    )
    page = reader.open("/portal/kb/")
    expect(page.get_by_role("heading", name="Erste Hilfe")).to_be_visible()
    expect(page.get_by_text("VPN von zu Hause einrichten")).to_have_count(0)  # for contracts only

    page.get_by_role("searchbox").fill("wlann büro")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name="Kein WLAN im Büro").click()
    expect(page.locator("h1")).to_have_text("Kein WLAN im Büro")
    page.get_by_role("link", name="Mehrere Geräte sind betroffen").click()
    assert "#h-mehrere" in page.url
    expect(page.locator(".article h2").nth(1)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("link", name="Nein").click()
    page.get_by_role("textbox").fill("Bei uns half erst ein neues Kabel.")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Danke")
