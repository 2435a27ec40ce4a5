"""The customer's portal: the place that moves while one watches, and everything without scripts."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.api import Api
from tests.browser.people import CRITICAL, LOW, NORMAL, People, Person

LOG = {"name": "fehler.log", "mimeType": "text/plain", "buffer": b"11:02 Verbindung verloren\n"}
PLACE = ".position-place"


def place_of(person: Person) -> int:
    """The figure on the open page."""
    return int(person.page.locator(PLACE).inner_text())


def watch_ticket(person: Person, number: str) -> int:
    """Open a ticket, leave a mark that a reload would lose, and return the place it shows."""
    person.open(f"/portal/tickets/{number}/")
    person.wait_until_live()
    person.keep_mark()
    return place_of(person)


def test_the_place_moves_while_the_customer_watches(people: People, api: Api) -> None:
    watcher = people.invite("aigner")
    number = watcher.file_ticket("Etikettendrucker zieht schief ein", NORMAL)
    place = watch_ticket(watcher, number)
    assert place == api.ticket(number)["position"]

    better = people.invite("brandl").file_ticket("Steuerung der Säge antwortet nicht", CRITICAL)
    expect(watcher.page.locator(PLACE)).to_have_text(str(place + 1))
    assert watcher.has_mark()
    said = f"Ihr Platz in der Warteschlange ist jetzt {place + 1}."
    expect(watcher.page.locator("#live-status")).to_have_text(said)

    agent = people.invite("agent1")
    agent.open(f"/desk/tickets/{better}/take/")
    agent.page.locator("[name=reason]").fill("Produktion steht")
    agent.page.locator("main form button[type=submit]").click()
    expect(watcher.page.locator(PLACE)).to_have_text(str(place))
    assert watcher.has_mark()
    assert place == api.ticket(number)["position"]
    api.put_back(better)


def test_the_customer_sees_who_works_on_it_and_the_answer_without_a_reload(people: People, api: Api) -> None:
    watcher = people.invite("lindner")
    number = watcher.file_ticket("Hebebühne meldet sich nicht am Rechner", NORMAL)
    watch_ticket(watcher, number)

    agent = people.invite("agent1")
    agent.open(f"/desk/tickets/{number}/take/")
    agent.page.locator("[name=reason]").fill("Kunde am Telefon")
    agent.page.locator("main form button[type=submit]").click()
    expect(watcher.page.locator("#ticket-position")).to_contain_text("Anna Berger")
    expect(watcher.page.locator(PLACE)).to_have_count(0)

    conversation = watcher.page.locator("#ticket-conversation")
    write(agent, "Bitte ziehen Sie das Kabel einmal ab.")
    expect(conversation).to_contain_text("Bitte ziehen Sie das Kabel einmal ab.")
    agent.page.locator("#composer").get_by_text("Interne Notiz").click()
    write(agent, "Kunde klingt verärgert.")
    write(agent, "Oder starten Sie ihn neu.")
    expect(conversation).to_contain_text("Oder starten Sie ihn neu.")
    expect(conversation).not_to_contain_text("verärgert")
    assert watcher.has_mark()
    api.put_back(number)


def write(agent: Person, text: str) -> None:
    """Write into the ticket, as the kind of message that is chosen, and see it there."""
    agent.page.locator("#composer [name=body]").fill(text)
    agent.page.locator("#composer button[value='']:visible").click()
    expect(agent.page.locator("#conversation")).to_contain_text(text)


def test_the_portal_works_without_scripts(people: People, api: Api) -> None:
    customer = people.invite(java_script_enabled=False, viewport={"width": 360, "height": 780})
    customer.accepted = ("422",)
    page = customer.page
    customer.sign_in("seeblick")
    refused_without_severity(customer)
    number = customer.file_ticket("WLAN im Frühstücksraum", LOW, [LOG])
    expect(page.locator(PLACE)).to_have_text(str(api.ticket(number)["position"]))

    page.get_by_role("link", name="Zum Ticket").click()
    expect(page.locator(PLACE)).to_have_text(str(api.ticket(number)["position"]))
    with page.expect_download() as download:
        page.locator(".attachment").click()
    assert download.value.suggested_filename == LOG["name"]
    assert Path(download.value.path()).read_bytes() == LOG["buffer"]

    page.locator("[name=body]").fill("Jetzt auch in der Bar.")
    page.get_by_role("button", name="Senden").click()
    expect(page.locator("#messages, #toasts").first).to_be_attached()
    expect(page.locator("#ticket-conversation")).to_contain_text("Jetzt auch in der Bar.")

    page.get_by_role("button", name="Ticket schließen").click()
    expect(page.locator("#ticket-position")).to_contain_text("Geschlossen seit")
    assert api.ticket(number)["status"] == "closed"
    page.get_by_role("button", name="Wieder öffnen").click()
    expect(page.locator(PLACE)).to_have_text(str(api.ticket(number)["position"]))
    assert api.ticket(number)["status"] == "open"


def refused_without_severity(customer: Person) -> None:
    """A form that is refused keeps what was typed."""
    page = customer.open("/portal/new/")
    page.locator("[name=subject]").fill("WLAN im Frühstücksraum")
    page.locator("[name=body]").fill("Die Gäste klagen.")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[role=alert]")).to_contain_text("Es ist nichts verloren gegangen")
    field = page.locator("[role=alert] a").get_attribute("href")
    expect(page.locator(f"fieldset {field}")).to_be_visible()
    expect(page.locator("[name=subject]")).to_have_value("WLAN im Frühstücksraum")
    expect(page.locator("[name=body]")).to_have_value("Die Gäste klagen.")
