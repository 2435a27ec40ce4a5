"""An agent measures time: it goes on over reloads and signing in anew, and ends as a decided entry."""

from playwright.sync_api import expect

from tests.browser.api import Api
from tests.browser.people import People


def test_a_timer_survives_a_reload_and_becomes_an_entry(people: People, api: Api) -> None:
    number = next(row["number"] for row in api.queue("workplace"))
    agent = people.invite()
    agent.sign_in("agent4")
    page = agent.open(f"/desk/tickets/{number}/")
    expect(page.locator("#time-title")).to_be_visible()
    page.keyboard.press("t")
    running = page.locator(".sidebar .timer")
    expect(running).to_contain_text(number)

    page.reload()
    expect(running).to_contain_text(number)
    agent.open("/desk/work/")
    expect(running).to_contain_text(number)
    again = people.invite()
    again.sign_in("agent4")
    again.open("/desk/")
    expect(again.page.locator(".sidebar .timer")).to_contain_text(number)

    page = agent.open(f"/desk/tickets/{number}/")
    page.keyboard.press("t")
    page.wait_for_url(f"**/desk/tickets/{number}/time/?timer=*")
    expect(page.locator("[name=minutes]")).to_have_value("1")
    page.locator("[name=work_kind]").select_option("advice")
    page.locator("[name=minutes]").fill("")
    page.locator("[name=started_at]").fill("2026-01-12T09:00")
    page.locator("[name=ended_at]").fill("2026-01-12T09:25")
    page.locator("[name=text]").fill("Gemeinsam angesehen")
    expect(page.locator("#time-preview .work-slice").first).to_contain_text("25 min")
    page.locator("main form .btn-primary").click()
    page.wait_for_url(f"**/desk/tickets/{number}/#time-*")
    expect(page.locator("#time")).to_contain_text("Gemeinsam angesehen")
    expect(page.locator(".sidebar .timer")).to_have_count(0)
    expect(page.locator(".timer-draft")).to_have_count(0)


def test_the_dialog_says_who_would_pay_and_keeps_a_refusal(people: People, api: Api) -> None:
    number = next(row["number"] for row in api.queue("workplace"))
    agent = people.invite()
    agent.accepted = ("422",)
    agent.sign_in("agent4")
    page = agent.open(f"/desk/tickets/{number}/")
    page.locator("#time .toolbar a").click()
    dialog = page.locator("dialog#act")
    expect(dialog).to_be_visible()
    dialog.locator("[name=text]").fill("Angesehen")
    dialog.locator("[name=minutes]").fill("2000")
    dialog.locator(".dialog-actions [type=submit]").click()
    expect(dialog.locator(".field-error").first).to_be_visible()
    expect(dialog.locator("[name=text]")).to_have_value("Angesehen")
    dialog.locator("[name=minutes]").fill("15")
    expect(dialog.locator("#time-preview .work-slice").first).to_be_visible()
    dialog.locator(".dialog-actions [type=submit]").click()
    expect(page.locator("#time .work-entry").last).to_contain_text("Angesehen")
