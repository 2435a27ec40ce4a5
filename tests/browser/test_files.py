"""Files that want to be pages: the browser saves them, and where it is made to show them nothing runs."""

import pytest
from playwright.sync_api import Download, Route, expect

from tests.browser.people import NORMAL, People, Person

SCRIPT = "<script>document.title = 'fired'; parent.fired = top.fired = true;</script>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title = &quot;fired&quot;">{SCRIPT}</svg>'
HTML = f"<!doctype html><title>quiet</title>{SCRIPT}<img src=x onerror=\"document.title='fired'\">"
FILES = {
    "drawing.svg": ("image/svg+xml", SVG),
    "page.html": ("text/html", HTML),
    "picture.png": ("image/svg+xml", SVG),
    "page.xhtml": ("application/xhtml+xml", f'<html xmlns="http://www.w3.org/1999/xhtml">{SCRIPT}</html>'),
    "feed.xml": (
        "text/xml",
        '<x:html xmlns:x="http://www.w3.org/1999/xhtml"><x:script>fired=1</x:script></x:html>',
    ),
    ".htaccess": ("text/html", HTML),
    "page.h\u200btml": ("text/html", HTML),
    "gnp.lmth\u202elmth.png": ("text/html", HTML),
    "n" * 300 + ".html": ("text/html", HTML),
    "quo'te; filename=x.html": ("text/html", HTML),
}


@pytest.fixture
def sender(people: People) -> Person:
    """A customer who has filed a ticket with all of them, on its page."""
    person = people.invite("hofmann", accept_downloads=True)
    files = [
        {"name": name, "mimeType": kind, "buffer": content.encode()}
        for name, (kind, content) in FILES.items()
    ]
    number = person.file_ticket("Dateien, die Seiten sein wollen", NORMAL, files)
    person.open(f"/portal/tickets/{number}/")
    expect(person.page.locator("a.attachment")).to_have_count(len(FILES))
    return person


def number_of(person: Person) -> str:
    return person.page.url.rstrip("/").rpartition("/")[2]


def saved(person: Person, index: int) -> Download:
    with person.page.expect_download() as coming:
        person.page.locator("a.attachment").nth(index).click()
    return coming.value


def test_a_click_saves_them_and_opens_nothing(sender: Person, people: People) -> None:
    lead = people.invite("lead", accept_downloads=True)
    lead.open(f"/desk/tickets/{number_of(sender)}/")
    for person in (sender, lead):
        here = person.page.url
        for index, (_kind, content) in enumerate(FILES.values()):
            download = saved(person, index)
            assert download.path().read_bytes() == content.encode()
            name = download.suggested_filename
            assert len(name) <= 255
            assert not set(name) & {"/", "\\", "\0", "\u202e", "\u200b", '"'}
            assert not name.startswith(".")
        assert person.page.url == here
        assert len(person.context.pages) == 1
        assert person.page.evaluate("window.fired") is None


def test_going_there_saves_them_too(sender: Person) -> None:
    links = sender.page.locator("a.attachment").evaluate_all("all => all.map((one) => one.href)")
    for address in links:
        page = sender.context.new_page()
        with page.expect_download(), pytest.raises(Exception, match=r"Download is starting|ERR_ABORTED"):
            page.goto(address)
        assert page.title() != "fired"
        page.close()


def test_embedded_in_a_page_of_ours_they_run_nothing(sender: Person) -> None:
    sender.accepted = ("console:", "Refused", "MIME")  # the policies say what they refuse
    fired = sender.page.evaluate(
        """async () => {
          for (const link of document.querySelectorAll("a.attachment")) {
            for (const [tag, attribute] of
                 [["iframe", "src"], ["object", "data"], ["embed", "src"],
                  ["script", "src"], ["img", "src"]]) {
              const element = document.createElement(tag);
              element[attribute] = link.href;
              document.body.append(element);
            }
          }
          await new Promise((resolve) => setTimeout(resolve, 1500));
          return [window.fired, document.title];
        }"""
    )
    assert fired[0] is None
    assert fired[1] != "fired"


def test_shown_as_a_page_all_the_same_they_are_in_a_sandbox(sender: Person) -> None:
    """As if a proxy had lost two of the three headers that keep them from being a page."""
    sender.accepted = ("console:",)

    def strip(route: Route) -> None:
        answer = route.fetch()
        lost = {"content-disposition", "x-content-type-options"}
        headers = {name: value for name, value in answer.headers.items() if name not in lost}
        route.fulfill(response=answer, headers={**headers, "content-type": "text/html"})

    links = sender.page.locator("a.attachment").evaluate_all("all => all.map((one) => one.href)")
    for address in links:
        page = sender.context.new_page()
        page.route(address, strip)
        page.goto(address)
        page.wait_for_timeout(100)
        assert page.title() != "fired"
        page.close()
