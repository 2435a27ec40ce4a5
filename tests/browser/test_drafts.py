"""What somebody typed is theirs until they sent it, discarded it or signed out."""

from time import sleep

from playwright.sync_api import Route, expect

from tests.browser.api import Api
from tests.browser.people import HIGH, LOW, People, Person
from tests.installation import wait_for

KEPT = "JSON.stringify(localStorage)"
# What the message itself sets off on the page that is still there.
REFRESH_ONCE_SENT = """document.addEventListener("submit", () => setTimeout(() =>
  document.body.dispatchEvent(new CustomEvent("htmx:load", {bubbles: true}))))"""


def type_and_close(person: Person, selector: str, text: str) -> None:
    """Type, close the tab as soon as the browser has kept it, and open another one."""
    person.page.locator(selector).fill(text)
    wait_for(lambda: text in person.page.evaluate(KEPT), 30)
    person.page.close()
    person.page = person.context.new_page()


def wait_until_gone(person: Person, text: str) -> None:
    """The page's text stands before its scripts, which drop what was sent, have run."""
    wait_for(lambda: text not in person.page.evaluate(KEPT), 30)


def slowly(route: Route) -> None:
    """Leave the page time to do something else before it goes."""
    sleep(0.5)
    route.continue_()


def test_a_ticket_that_was_begun_survives_a_closed_tab_until_it_is_sent(people: People) -> None:
    customer = people.invite("lindner")
    customer.open("/portal/new/")
    customer.page.locator("[name=subject]").fill("Menü fehlt")
    customer.page.locator(f"[name=severity][value='{HIGH}']").check()
    type_and_close(customer, "[name=body]", "Seit dem Update fehlt das Menü")

    customer.open("/portal/new/")
    expect(customer.page.locator("[name=subject]")).to_have_value("Menü fehlt")
    expect(customer.page.locator("[name=body]")).to_have_value("Seit dem Update fehlt das Menü")
    expect(customer.page.locator(f"[name=severity][value='{HIGH}']")).to_be_checked()
    assert customer.file_ticket("Menü fehlt", LOW)
    customer.open("/portal/new/")
    expect(customer.page.locator("[name=subject]")).to_have_value("")
    expect(customer.page.locator("[name=body]")).to_have_value("")


def test_what_is_typed_before_the_scripts_have_come_is_kept_as_well(people: People) -> None:
    customer = people.invite("lindner")
    under_way: list[Route] = []
    customer.page.route("**/*forms*.js*", lambda route: under_way.append(route))  # noqa: PLW0108 (a method of C)
    customer.page.goto(f"{customer.address}/portal/new/", wait_until="commit")
    customer.page.locator("[name=subject]").fill("Schneller als das Netz")
    assert customer.page.locator("[name=subject][data-draft-ready]").count() == 0
    for route in under_way:
        route.continue_()
    wait_for(lambda: "Schneller als das Netz" in customer.page.evaluate(KEPT), 30)


def test_a_note_comes_back_as_a_note_and_only_on_its_ticket(people: People, api: Api) -> None:
    first, second = (row["number"] for row in api.queue("workplace")[:2])
    agent = people.invite("agent1")
    agent.open(f"/desk/tickets/{first}/")
    agent.page.locator("#composer").get_by_text("Interne Notiz").click()
    type_and_close(agent, "#composer [name=body]", "Klingt nach dem alten Treiber")

    agent.open(f"/desk/tickets/{second}/")
    expect(agent.page.locator("#composer [name=body]")).to_have_value("")
    agent.open(f"/desk/tickets/{first}/")
    expect(agent.page.locator("#composer [name=body]")).to_have_value("Klingt nach dem alten Treiber")
    expect(agent.page.locator("#as-note")).to_be_checked()
    agent.page.locator("#composer button[value='']:visible").click()
    expect(agent.page.locator("#conversation .msg-note").last).to_contain_text(
        "Klingt nach dem alten Treiber"
    )
    expect(agent.page.locator("#composer [name=body]")).to_have_value("")
    wait_until_gone(agent, "Treiber")


def test_what_was_sent_stays_gone_when_the_page_was_refreshed_while_it_was_sent(
    people: People, api: Api
) -> None:
    number = api.queue("workplace")[2]["number"]
    agent = people.invite("agent1")
    agent.open(f"/desk/tickets/{number}/")
    agent.page.locator("#composer").get_by_text("Interne Notiz").click()
    agent.page.locator("#composer [name=body]").fill("Steckt im Treiber")

    agent.page.evaluate(REFRESH_ONCE_SENT)
    agent.page.route("**/reply/", slowly)
    agent.page.locator("#composer button[value='']:visible").click()

    expect(agent.page.locator("#conversation .msg-note").last).to_contain_text("Steckt im Treiber")
    expect(agent.page.locator("#composer [name=body]")).to_have_value("")
    wait_until_gone(agent, "Steckt")


def test_signing_out_takes_ones_drafts_along_and_nobody_elses(people: People) -> None:
    customer = people.invite()  # a session of its own, since it ends here
    customer.sign_in("aigner")
    customer.open("/portal/new/")
    customer.page.evaluate("localStorage.setItem('vorrang.draft.0.new-ticket', 'of somebody else')")
    type_and_close(customer, "[name=body]", "Noch nicht fertig")

    customer.open("/portal/")
    customer.page.get_by_role("button", name="Abmelden").click()
    customer.page.wait_for_url(lambda url: "/portal/" not in url)
    kept = customer.page.evaluate(KEPT)
    assert "Noch nicht fertig" not in kept
    assert "of somebody else" in kept
