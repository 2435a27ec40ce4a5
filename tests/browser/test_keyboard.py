"""An agent who uses the keyboard only, and sees at every step where the focus is."""

from playwright.sync_api import expect

from tests.browser.api import Api
from tests.browser.people import People, Person
from tickets.management.demo_story import DEMO_PASSWORD

MOST_STEPS = 80

SHOWS_FOCUS = """() => {
  const focused = document.activeElement;
  const outlined = (node) => {
    const style = getComputedStyle(node);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const cell = focused.closest(".q-row > td");
  const inRow = cell && getComputedStyle(cell).boxShadow.includes("inset");
  return focused.matches(":focus-visible")
    && (inRow || [focused, focused.parentElement, focused.parentElement.parentElement].some(outlined));
}"""


def tab_to(person: Person, selector: str) -> None:
    """Press Tab until the element has the focus; every stop on the way must show it."""
    for _ in range(MOST_STEPS):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("document.activeElement === document.body"):
            continue  # past the end: the browser's own controls
        where = person.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert person.page.evaluate(SHOWS_FOCUS), f"nobody sees that this has the focus: {where}"
        if person.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


def sign_in(person: Person, username: str) -> None:
    """Sign in without a pointer."""
    person.open("/accounts/login/")
    tab_to(person, "[name=login]")
    person.page.keyboard.type(username)
    tab_to(person, "[name=password]")
    person.page.keyboard.type(DEMO_PASSWORD)
    person.page.keyboard.press("Enter")
    person.page.wait_for_url("**/desk/")
    person.wait_until_live()


def test_an_agent_takes_answers_and_solves_by_keyboard(people: People, api: Api) -> None:
    api.empty_hands()
    teams = {"workplace", "network"}
    best = [row["number"] for row in api.queue() if row["team"] in teams]
    agent = people.invite()
    sign_in(agent, "agent4")

    agent.page.keyboard.press("n")
    agent.page.wait_for_url(f"**/desk/tickets/{best[0]}/")
    agent.page.keyboard.press("r")
    expect(agent.page.locator("#composer [name=body]")).to_be_focused()
    agent.page.keyboard.type("Guten Tag, das ist behoben.")
    tab_to(agent, "#composer button[value=solve]")
    agent.page.keyboard.press("Enter")
    expect(agent.page.locator("#ticket-meta")).to_contain_text("gelöst")
    expect(agent.page.locator("#conversation")).to_contain_text("Guten Tag, das ist behoben.")
    assert api.ticket(best[0])["status"] == "solved"

    tab_to(agent, ".nav-link[href='/desk/']")
    agent.page.keyboard.press("Enter")
    agent.page.wait_for_url("**/desk/")
    expect(agent.page.locator(f"#t-{best[0]}")).to_have_count(0)


def test_a_declined_ticket_goes_back_and_a_refusal_keeps_the_reason(people: People, api: Api) -> None:
    api.empty_hands()
    agent = people.invite("agent4")
    agent.accepted = ("422",)
    agent.open("/desk/")
    agent.page.keyboard.press("n")
    agent.page.wait_for_url("**/desk/tickets/*/")
    number = agent.page.locator("#ticket-meta .num").inner_text()

    open_decline(agent)
    agent.page.keyboard.press("Enter")
    dialog = agent.page.locator("dialog#act")
    expect(dialog.locator(".field-error, .errorlist")).to_be_visible()
    dialog.locator("[name=reason]").focus()
    agent.page.keyboard.type("Kenne die Anlage nicht")
    api.put_back(number)
    agent.page.keyboard.press("Enter")
    expect(dialog.locator("[role=alert]")).to_be_visible()
    expect(dialog.locator("[name=reason]")).to_have_value("Kenne die Anlage nicht")
    agent.page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()

    agent.open("/desk/")
    agent.page.keyboard.press("n")
    agent.page.wait_for_url(f"**/desk/tickets/{number}/")
    open_decline(agent)
    agent.page.keyboard.type("Kenne die Anlage nicht")
    agent.page.keyboard.press("Enter")
    agent.page.wait_for_url("**/desk/")
    expect(agent.page.locator(f"#t-{number}")).to_be_visible()
    assert api.ticket(number)["assignee"] is None

    agent.page.keyboard.press("n")
    agent.page.wait_for_url("**/desk/tickets/*/")
    assert agent.page.locator("#ticket-meta .num").inner_text() != number
    api.empty_hands()


def open_decline(agent: Person) -> None:
    """From the ticket's page to the dialog, with the focus in its only field."""
    agent.wait_until_live()
    tab_to(agent, "#menu-more > summary")
    agent.page.keyboard.press("Enter")
    tab_to(agent, "a[href$='/decline/']")
    agent.page.keyboard.press("Enter")
    expect(agent.page.locator("dialog#act [name=reason]")).to_be_focused()


def focused_row(agent: Person) -> int:
    """Which row has the focus, from the top."""
    script = "links => links.indexOf(document.activeElement)"
    return int(agent.page.locator("[data-row-link]").evaluate_all(script))


def test_rows_are_walked_and_opened_by_keys(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    agent.open("/desk/?team=workplace")
    agent.wait_until_live()
    agent.page.keyboard.press("j")
    first = focused_row(agent)
    api.file("Isartal Logistik GmbH", "Waage sendet keine Werte", "high")
    expect(agent.page.locator(".pending button")).to_be_visible()
    expect(agent.page.locator("tr.is-current")).to_have_count(1)
    agent.page.keyboard.press("j")
    assert focused_row(agent) == first + 1
    agent.page.keyboard.press("k")
    assert focused_row(agent) == first
    subject = agent.page.locator("[data-row-link]:focus").inner_text()
    assert agent.page.evaluate(SHOWS_FOCUS)
    expect(agent.page.locator("#detail h2").first).to_have_text(subject)

    agent.page.keyboard.press("Enter")
    agent.page.wait_for_url("**/desk/tickets/*/")
    expect(agent.page.locator("h1")).to_have_text(subject)
    agent.page.keyboard.press("?")
    expect(agent.page.locator("#shortcuts")).to_be_visible()
    agent.page.keyboard.press("Escape")
    expect(agent.page.locator("#shortcuts")).not_to_be_visible()


def test_a_contact_files_follows_and_closes_by_keyboard(people: People, api: Api) -> None:
    customer = people.invite()
    customer.open("/accounts/login/")
    tab_to(customer, "[name=login]")
    customer.page.keyboard.type("falk")
    tab_to(customer, "[name=password]")
    customer.page.keyboard.type(DEMO_PASSWORD)
    customer.page.keyboard.press("Enter")
    customer.page.wait_for_url("**/portal/")
    tab_to(customer, "main a[href='/portal/new/']")
    customer.page.keyboard.press("Enter")
    customer.page.wait_for_url("**/portal/new/")

    tab_to(customer, "[name=subject]")
    customer.page.keyboard.type("Presse meldet Fehler 7")
    tab_to(customer, "[name=body]")
    customer.page.keyboard.type("Seit heute früh.")
    tab_to(customer, "[name=severity]")
    customer.page.keyboard.press("ArrowDown")
    expect(customer.page.locator("[name=severity]:checked")).to_have_value("2")
    tab_to(customer, "main form button[type=submit]")
    customer.page.keyboard.press("Enter")
    customer.page.wait_for_url("**/filed/")
    number = customer.page.locator(".portal-title .num").inner_text()
    assert api.ticket(number)["severity"] == "high"

    tab_to(customer, f"main a[href='/portal/tickets/{number}/']")
    customer.page.keyboard.press("Enter")
    customer.wait_until_live()
    tab_to(customer, "[name=body]")
    customer.page.keyboard.type("Jetzt auch Fehler 8.")
    tab_to(customer, "form.composer button[type=submit]")
    customer.page.keyboard.press("Enter")
    expect(customer.page.locator("#ticket-conversation")).to_contain_text("Jetzt auch Fehler 8.")
    customer.wait_until_live()  # the page came anew: a key that is pressed on the way moves nothing
    tab_to(customer, "form[action$='/close/'] button")
    customer.page.keyboard.press("Enter")
    expect(customer.page.locator("#ticket-position")).to_contain_text("Geschlossen seit")


def test_the_first_tab_offers_to_skip_to_the_content(people: People) -> None:
    for username, path in (("agent1", "/desk/"), ("falk", "/portal/")):
        person = people.invite(username)
        person.open(path)
        tab_to(person, ".skip-link")
        expect(person.page.locator(".skip-link")).to_be_in_viewport()
        person.page.keyboard.press("Enter")
        expect(person.page.locator("main")).to_be_focused()


def test_a_dialog_gives_the_focus_back_to_where_it_was_opened(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    agent.open(f"/desk/tickets/{api.queue('workplace')[0]['number']}/")
    agent.wait_until_live()
    tab_to(agent, "#menu-more > summary")
    agent.page.keyboard.press("Enter")
    tab_to(agent, "a[href$='/severity/']")
    agent.page.keyboard.press("Enter")
    expect(agent.page.locator("dialog#act")).to_be_visible()
    agent.page.keyboard.press("Escape")
    expect(agent.page.locator("#menu-more > summary")).to_be_focused()


def test_duty_is_left_and_taken_up_by_keyboard_and_asks_before_it_gives_back(
    people: People, api: Api
) -> None:
    api.empty_hands()
    agent = people.invite("agent4")
    agent.open("/desk/")
    agent.page.keyboard.press("n")
    agent.page.wait_for_url("**/desk/tickets/*/")
    number = agent.page.locator("#ticket-meta .num").inner_text()
    tab_to(agent, "[role=switch]")
    agent.page.keyboard.press("Enter")
    agent.page.wait_for_url("**/desk/duty/")
    expect(agent.page.locator("main")).to_contain_text(number)
    assert api.ticket(number)["assignee"] is not None
    tab_to(agent, "main form button[type=submit]")
    agent.page.keyboard.press("Enter")
    expect(agent.page.locator("[role=switch]")).to_have_attribute("aria-checked", "false")
    assert api.ticket(number)["assignee"] is None
    tab_to(agent, "[role=switch]")
    agent.page.keyboard.press("Enter")
    expect(agent.page.locator("[role=switch]")).to_have_attribute("aria-checked", "true")
