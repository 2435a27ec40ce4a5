"""The open queue page: two agents at once, tickets that arrive, a pointer that must not be disturbed."""

import re
import time

from playwright.sync_api import expect

from tests.browser.api import Api
from tests.browser.people import CRITICAL, HIGH, People, Person
from tests.installation import Installation
from tickets.queries.desk import PAGE

TEAM = "/desk/?team=workplace"

COLLECT_MARKED_ROWS = """() => {
  window.marked = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) if (target.matches("tr.is-changed")) window.marked.push(target.id);
  }).observe(document.getElementById("queue-rows"), { attributeFilter: ["class"], subtree: true });
}"""

CLICK_AT = """([selector, at]) => {
  const button = document.querySelector(selector);
  setTimeout(() => button.click(), at - Date.now());
}"""
TAKE_NEXT = 'form[action="/desk/next/"] button'
ROW_OF_TICKET = re.compile(r"t-(.+)")


def rows_of(person: Person) -> list[str]:
    """The ids of the rows, from the top."""
    ids: list[str] = person.page.locator("#queue-rows > tr").evaluate_all("rows => rows.map(row => row.id)")
    return ids


def numbers_of(person: Person) -> list[str]:
    """The tickets, from the top."""
    found = [ROW_OF_TICKET.fullmatch(row) for row in rows_of(person)]
    return [match[1] for match in found if match]


def watch_queue(person: Person, path: str = TEAM) -> None:
    """Open the queue and leave marks that a reload would lose."""
    person.open(path)
    person.wait_until_live()
    person.page.mouse.move(600, 5)
    person.keep_mark()
    person.page.evaluate(COLLECT_MARKED_ROWS)


def test_two_agents_who_take_next_at_once_get_two_different_tickets(
    people: People, api: Api, installation: Installation
) -> None:
    api.empty_hands()
    best = [row["number"] for row in api.queue()[:2]]
    agents = [people.invite("lead"), people.invite("agent1")]
    for agent in agents:
        agent.open("/desk/")
        agent.wait_until_live()

    moment = (time.time() + 1) * 1000
    for agent in agents:
        agent.page.evaluate(CLICK_AT, [TAKE_NEXT, moment])
    for agent in agents:
        agent.page.wait_for_url("**/desk/tickets/*/")

    taken = [agent.page.locator("#ticket-meta .num").inner_text() for agent in agents]
    assert sorted(taken) == sorted(best)
    for agent, number in zip(agents, taken, strict=True):
        expect(agent.page.locator("h1")).to_have_text(api.ticket(number)["subject"])
        expect(agent.page.locator("#ticket-meta")).to_contain_text("bei Ihnen")
        agent.open("/desk/work/")
        expect(agent.page.locator(f"#t-{number}")).to_be_visible()
        agent.open("/desk/")
        assert not set(best) & set(numbers_of(agent))
    assert installation.manage("verify_queue").returncode == 0
    api.empty_hands()


def test_a_contract_customers_ticket_appears_above_others_without_a_reload(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    watch_queue(agent)
    with_contract = people.invite("brandl").file_ticket("Fertigung steht komplett", CRITICAL)
    without_contract = people.invite("aigner").file_ticket("Kasse druckt keine Belege", CRITICAL)
    expect(agent.page.locator(f"#t-{with_contract}")).to_be_visible()
    expect(agent.page.locator(f"#t-{without_contract}")).to_be_visible()

    rows = rows_of(agent)
    line = rows.index("group-without")
    assert rows.index(f"t-{with_contract}") < line < rows.index(f"t-{without_contract}")
    waiting = [row["number"] for row in api.queue("workplace")]
    assert numbers_of(agent) == waiting[:PAGE]
    below = agent.page.locator(f"#t-{with_contract} ~ .q-row")
    assert below.count() > 15
    expect(agent.page.locator(f"#t-{with_contract}")).to_contain_text("Brandl Maschinenbau")

    assert {f"t-{with_contract}", f"t-{without_contract}"} <= set(agent.page.evaluate("window.marked"))
    position = agent.page.locator(f"#t-{with_contract} .q-pos")
    expect(position).to_have_text(str(api.ticket(with_contract)["position"]))
    expect(agent.page.locator("#page-sub")).to_contain_text(f"{len(waiting)} warten")
    assert agent.has_mark()


def test_a_row_under_the_pointer_stays_while_a_better_ticket_arrives(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    watch_queue(agent)
    row = agent.page.locator("#queue-rows .q-row").nth(6)
    row_id = row.get_attribute("id")
    pointed_at = agent.page.locator(f"#{row_id}")
    pointed_at.hover()
    before = pointed_at.bounding_box()
    rows_before = rows_of(agent)

    number = api.file("Isartal Logistik GmbH", "Versandetiketten bleiben aus", "critical")
    button = agent.page.locator(".pending button")
    # At least this one; what a test before has done may be announced only now.
    expect(button).to_have_text(re.compile(r"^\d Änderung(en)? – zeigen$"))
    assert rows_of(agent) == rows_before
    assert pointed_at.bounding_box() == before

    agent.page.mouse.move(600, 5)
    expect(agent.page.locator(f"#t-{number}")).to_be_visible()
    expect(button).to_have_count(0)
    assert numbers_of(agent) == [row["number"] for row in api.queue("workplace")][:PAGE]
    assert rows_of(agent).index(f"t-{number}") < rows_of(agent).index(str(row_id))
    assert agent.has_mark()


def test_held_changes_can_be_asked_for(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    watch_queue(agent)
    agent.page.locator("#queue-rows .q-row").nth(2).hover()
    number = api.file("Kanzlei Reiter & Partner", "Aktenablage nicht erreichbar", "high")
    button = agent.page.locator(".pending button")
    expect(button).to_be_visible()
    agent.page.keyboard.press(".")
    expect(agent.page.locator(f"#t-{number}")).to_be_visible()
    expect(button).to_have_count(0)


def test_a_ticket_that_somebody_takes_leaves_the_open_page(people: People, api: Api) -> None:
    number = api.file("Stadtwerke Erding", "Leitstand ohne Anmeldung", "high")
    agent, lead = people.invite("agent1"), people.invite("lead")
    watch_queue(agent)
    expect(agent.page.locator(f"#t-{number}")).to_be_visible()

    lead.open(f"/desk/tickets/{number}/take/")
    lead.page.locator("[name=reason]").fill("Bereits am Telefon")
    lead.page.locator("main form button[type=submit]").click()
    expect(lead.page.locator("#ticket-meta")).to_contain_text("bei Ihnen")

    expect(agent.page.locator(f"#t-{number}")).to_have_count(0)
    assert agent.has_mark()
    api.put_back(number)


def test_severity_words_of_a_portal_ticket_reach_the_desk(people: People) -> None:
    agent = people.invite("agent1")
    watch_queue(agent)
    number = people.invite("lindner").file_ticket("Ein Arbeitsplatz in der Werkstatt steht", HIGH)
    expect(agent.page.locator(f"#t-{number} .sev")).to_have_text("hoch")
    assert agent.page.locator(f"#t-{number}").get_attribute("data-sev") == "2"


def test_the_reason_for_a_place_shows_where_the_pointer_rests_on_it(people: People, api: Api) -> None:
    agent = people.invite("agent1")
    agent.open(TEAM)
    second = numbers_of(agent)[1]
    reason = agent.page.get_by_role("tooltip")
    agent.page.locator(f"#t-{second} [data-live-position]").hover()
    expect(reason).to_contain_text("Warum hier? Platz 2: Vertrag")
    agent.page.keyboard.press("Escape")
    expect(reason).to_be_hidden()
    agent.page.mouse.move(600, 5)
    agent.page.locator(f"#t-{second} [data-live-position]").hover()
    expect(reason).to_be_visible()
    agent.page.mouse.move(900, 5)
    expect(reason).to_be_hidden()
