"""No network, or a server that stumbles: the page says so, keeps what is there, and recovers by itself."""

from playwright.sync_api import Route, expect

from tests.browser.api import Api
from tests.browser.people import People

STUMBLED = ("500", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED")


def stumble(route: Route) -> None:
    """Answer as a server in trouble would."""
    route.fulfill(status=500, body="in trouble")


def hang(_: Route) -> None:
    """Never answer."""


def test_without_a_network_the_page_says_so_keeps_the_draft_and_comes_back(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    agent.accepted = STUMBLED
    number = api.queue("workplace")[0]["number"]
    agent.open(f"/desk/tickets/{number}/")
    agent.wait_until_live()
    agent.keep_mark()
    agent.page.locator("#composer [name=body]").fill("Halb geschrieben")

    agent.context.set_offline(True)
    expect(agent.page.locator("html")).to_have_attribute("data-live", "offline")
    expect(agent.page.locator("[data-live-banner] > [data-when=offline]")).to_be_visible()
    expect(agent.page.locator(".live > [data-when=offline]")).to_be_visible()
    agent.context.set_offline(False)

    agent.wait_until_live()
    expect(agent.page.locator("[data-live-banner] > [data-when=offline]")).to_be_hidden()
    expect(agent.page.locator("#composer [name=body]")).to_have_value("Halb geschrieben")
    assert agent.has_mark()


def test_a_refetch_that_fails_is_told_and_asked_for_again(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    agent.accepted = STUMBLED
    agent.open("/desk/?team=workplace")
    agent.wait_until_live()
    agent.page.mouse.move(600, 5)
    agent.keep_mark()

    agent.page.route("**/desk/?*fragment=live*", stumble)
    number = api.file("Isartal Logistik GmbH", "Tor meldet Störung", "normal")
    expect(agent.page.locator("[data-live-banner] > [data-when=degraded]")).to_be_visible()
    expect(agent.page.locator(f"#t-{number}")).to_have_count(0)
    agent.page.unroute("**/desk/?*fragment=live*")

    expect(agent.page.locator(f"#t-{number}")).to_be_visible()
    agent.wait_until_live()
    assert agent.has_mark()


def test_a_refetch_that_hangs_is_given_up_and_asked_for_again(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    agent.accepted = ("htmx:timeout", "htmx:afterRequest", "ERR_")
    agent.open("/desk/?team=workplace")
    agent.wait_until_live()
    agent.page.mouse.move(600, 5)
    agent.page.route("**/desk/?*fragment=live*", hang, times=1)

    number = api.file("Isartal Logistik GmbH", "Tor bleibt stehen", "normal")

    expect(agent.page.locator(f"#t-{number}")).to_be_visible()


def test_a_panel_that_does_not_come_can_be_asked_for_again(people: People) -> None:
    agent = people.invite("agent1")
    agent.accepted = STUMBLED
    agent.context.route("**/desk/peek/*", stumble)
    agent.open("/desk/")
    failed = agent.page.locator("#detail [data-failed]")
    expect(failed).to_be_visible()
    agent.context.unroute("**/desk/peek/*")
    failed.get_by_role("button").click()
    expect(agent.page.locator("#detail #peek")).to_be_visible()


def test_a_dialog_keeps_what_was_typed_when_the_server_stumbles(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    agent.accepted = STUMBLED
    number = api.queue("workplace")[0]["number"]
    agent.open(f"/desk/tickets/{number}/")
    agent.wait_until_live()
    agent.page.locator("#menu-more > summary").click()
    agent.page.locator("a[href$='/severity/']").click()
    dialog = agent.page.locator("dialog#act")
    dialog.locator("[name=reason]").fill("Zwei Plätze")
    agent.page.route("**/severity/*", stumble)
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator("[role=alert]")).to_contain_text("Es ist nichts verloren gegangen")
    expect(dialog.locator("[name=reason]")).to_have_value("Zwei Plätze")
    expect(dialog.locator("button[type=submit]")).to_be_enabled()
