"""Deadlines on open pages: they change without a reload, and say why when they are unfolded."""

import re

from playwright.sync_api import expect

from tests.browser.api import Api
from tests.browser.people import CRITICAL, People


def test_a_rows_deadline_follows_a_changed_severity_without_a_reload(people: People, api: Api) -> None:
    number = api.file("Brandl Maschinenbau", "Lager steht still", "critical")
    agent = people.invite("agent1")
    agent.open("/desk/?q=" + number)
    agent.wait_until_live()
    agent.keep_mark()
    due = agent.page.locator(f"#t-{number} .due")
    expect(due.locator("time")).to_have_text(re.compile(r"in (29|28|27) min"))
    expect(due).to_have_attribute("title", re.compile("Erste Antwort: im Plan, fällig .*"))

    api.call("PATCH", f"/tickets/{number}/", severity="high", reason="runs again in part")

    expect(due.locator("time")).to_have_text(re.compile(r"in 5[6-9] min"))
    assert agent.has_mark()


def test_agent_and_customer_unfold_why_a_deadline_is_what_it_is(people: People, api: Api) -> None:
    contact = people.invite("northgate", locale="en-GB")
    number = contact.file_ticket("Nobody can sign in", CRITICAL)
    contact.open(f"/portal/tickets/{number}/")
    english = contact.page.locator("#ticket-targets .target").first
    expect(english).to_contain_text(re.compile("on track|at risk"))
    step = english.locator("ol > li").first
    expect(step).to_be_hidden()
    english.locator("summary").click()
    expect(step).to_have_text(
        "Service level Gold, severity critical: first response within 30 minutes around the clock"
    )

    agent = people.invite("agent1")
    agent.open(f"/desk/tickets/{number}/")
    agent.wait_until_live()
    german = agent.page.locator("#ticket-panel .target").first
    german.get_by_text("Warum diese Frist").click()
    expect(german.locator("ol > li").first).to_contain_text(
        "Schweregrad kritisch: erste Antwort innerhalb von 30"
    )

    api.call("PATCH", f"/tickets/{number}/", severity="high", reason="one of them can")

    expect(german.locator("ol > li").first).to_contain_text(
        "Schweregrad hoch: erste Antwort innerhalb von 1 Stunde"
    )
    expect(german.locator("ol > li").first).to_be_visible()
    expect(step).to_contain_text("severity high")
