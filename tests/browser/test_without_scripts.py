"""The desk without scripts: slower, and nothing essential is missing. For the portal: test_portal.py."""

from playwright.sync_api import expect

from tests.browser.api import Api
from tests.browser.people import People


def test_an_agent_takes_answers_declines_and_filters_without_scripts(people: People, api: Api) -> None:
    api.empty_hands()
    agent = people.invite(java_script_enabled=False)
    agent.accepted = ("422",)
    page = agent.page
    agent.sign_in("agent4")
    page.get_by_role("button", name="Nächstes übernehmen").click()
    number = page.locator("#ticket-meta .num").inner_text()
    assert api.ticket(number)["assignee"] is not None

    page.locator("label:has(#as-note)").click()
    page.locator("#composer [name=body]").fill("Kennt die Anlage.")
    page.locator("#composer button:visible").first.click()
    expect(page.locator(".msg-note").last).to_contain_text("Kennt die Anlage.")

    page.locator("#menu-more > summary").click()
    page.locator("a[href$='/decline/']").click()
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main .field-error")).to_be_visible()
    page.locator("[name=reason]").fill("Kenne ich nicht")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(f"#t-{number}")).to_be_visible()
    assert api.ticket(number)["assignee"] is None

    page.locator("summary.chip").nth(1).click()
    page.get_by_role("link", name="hoch", exact=True).click()
    page.wait_for_url("**/desk/?severity=high")
    expect(page.locator("#queue-rows .sev-2").first).to_be_visible()
    expect(page.locator("#queue-rows .sev-3")).to_have_count(0)
