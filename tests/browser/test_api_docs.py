"""The API's page, under the content policy: every operation is there, and can be tried out with a token."""

from playwright.sync_api import Page, expect

from tests.browser.people import People
from tests.installation import Installation

PATH = "/api/v1/docs/"


def _authorize(page: Page, token: str) -> None:
    page.locator("button.authorize").click()
    page.locator(".auth-container input").fill(token)
    page.locator(".auth-container button[type=submit]").click()
    page.locator(".auth-container button.btn-done").click()


def test_all_operations_are_shown_and_one_is_tried_out(people: People, installation: Installation) -> None:
    created = installation.manage("api_token", "agent1")
    assert created.returncode == 0, created.stderr
    page = people.invite().open(PATH)

    expect(page.locator(".information-container .title")).to_contain_text("Vorrang")
    expect(page.locator(".opblock")).not_to_have_count(0)
    for address in ("/api/v1/queue/next/", "/api/v1/tickets/{number}/transitions/"):
        expect(page.locator(f".opblock-summary-path[data-path='{address}']").first).to_be_visible()

    _authorize(page, created.stdout.split()[-1])
    operation = page.locator("#operations-me-me")
    operation.locator(".opblock-summary-control").click()
    operation.locator(".try-out__btn").click()
    operation.locator(".execute").click()

    answer = operation.locator(".live-responses-table")
    expect(answer.locator("tbody .response-col_status").first).to_contain_text("200")
    expect(answer.locator(".highlight-code").first).to_contain_text('"role": "agent"')
