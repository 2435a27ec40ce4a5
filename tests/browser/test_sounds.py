"""The recording on a ticket's page: it plays, can be wound, and stays while news come."""

import pytest
from playwright.sync_api import expect

from tests.browser.api import Api
from tests.browser.axe import faults_of
from tests.browser.people import People, Person

WIND = """(audio, to) => new Promise(done => {
  audio.addEventListener("seeked", () => done(audio.currentTime), { once: true });
  audio.currentTime = to;
})"""
READY = "() => document.querySelector('figure.sound audio')?.readyState >= 1"


@pytest.fixture
def number(api: Api) -> str:
    """The ticket that the demo story's voicemail became."""
    return next(str(row["number"]) for row in api.queue() if row["subject"].startswith("Voicemail: "))


def listening(people: People, number: str) -> Person:
    lead = people.invite("lead", locale="de-DE", color_scheme="light")
    lead.open(f"/desk/tickets/{number}/")
    lead.wait_until_live()
    lead.page.wait_for_function(READY)
    return lead


def test_it_is_wound_and_plays_on_while_the_page_hears_news(people: People, api: Api, number: str) -> None:
    lead = listening(people, number)
    player = lead.page.get_by_label("Voicemail anhören, 0:14 Minuten")
    assert player.evaluate("audio => Math.round(audio.duration)") == 14
    assert player.evaluate(WIND, 10) == 10  # served in parts
    api.call("POST", f"/tickets/{number}/messages/", body="Seen.", internal=True)
    expect(lead.page.locator(".msg-note")).to_contain_text("Seen.")
    assert player.evaluate("audio => audio.currentTime") == 10
    player.focus()
    lead.page.keyboard.press("Space")
    lead.page.wait_for_function("() => document.querySelector('figure.sound audio').currentTime > 10")


def test_everybody_can_use_it(people: People, number: str) -> None:
    lead = listening(people, number)
    assert list(faults_of(lead, "a ticket with a recording")) == []
