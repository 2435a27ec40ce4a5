"""The customer's portal: the place that moves while one watches, and everything without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.api import Api
from tests.browser.people import CRITICAL, LOW, NORMAL, People, Person

LOG: FilePayload = {"name": "fehler.log", "mimeType": "text/plain", "buffer": b"11:02 Verbindung verloren\n"}
BIG: FilePayload = {"name": "protokoll.txt", "mimeType": "text/plain", "buffer": b"Regen\n" * 200_000}
UNLIMITED = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
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


@pytest.mark.parametrize("width", [360, 1440])
def test_the_portal_works_without_scripts(people: People, api: Api, width: int) -> None:
    customer = people.invite(java_script_enabled=False, viewport={"width": width, "height": 780})
    customer.accepted = ("422",)
    page = customer.page
    customer.sign_in("seeblick")
    refused_without_severity(customer)
    number = customer.file_ticket(f"WLAN im Frühstücksraum {width}", LOW, [LOG])
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
    rate(customer)
    find_it_among_the_finished(customer, number)
    page.get_by_role("button", name="Wieder öffnen").click()
    expect(page.locator(PLACE)).to_have_text(str(api.ticket(number)["position"]))
    assert api.ticket(number)["status"] == "open"
    looked_up_before_it_is_sent(customer, number)


def rate(customer: Person) -> None:
    """Say how it was, think again, and see the last word."""
    page = customer.page
    page.get_by_label("Schlecht").check()
    page.get_by_label("Was sollten wir wissen?").fill("Hat gedauert.")
    page.get_by_role("button", name="Bewertung speichern").click()
    expect(page.locator("#rating")).to_contain_text("Hat gedauert.")
    page.get_by_text("Bewertung ändern").click()
    page.get_by_label("Könnte besser sein").check()
    page.get_by_role("button", name="Bewertung speichern").click()
    expect(page.locator("#rating > p").first).to_have_text("Könnte besser sein")


def find_it_among_the_finished(customer: Person, number: str) -> None:
    """By the filters of the list and its search, which stand in the address."""
    page = customer.open("/portal/")
    expect(page.locator(f"#t-{number}")).to_have_count(0)
    page.get_by_role("link", name="Erledigt").click()
    page.get_by_role("searchbox").fill(number)
    page.get_by_role("button", name="Filtern").click()
    expect(page.locator(".ticket-item")).to_have_count(1)
    assert f"q={number}" in page.url
    page.locator(f"#t-{number} a").click()


def looked_up_before_it_is_sent(customer: Person, number: str) -> None:
    """The button beside the subject shows the open ticket about the same, and nothing typed is lost."""
    page = customer.open("/portal/new/")
    page.locator("[name=subject]").fill("Im Frühstücksraum geht das WLAN nicht")
    page.locator("[name=body]").fill("Schon wieder.")
    page.locator(f"[name=severity][value='{LOW}']").check()
    page.get_by_role("button", name="Erst nach Artikeln suchen").click()
    expect(page.locator("#hints")).to_contain_text(number)
    expect(page.locator("[name=body]")).to_have_value("Schon wieder.")
    expect(page.locator(f"[name=severity][value='{LOW}']")).to_be_checked()


@pytest.mark.parametrize("width", [360, 1440])
def test_hints_come_while_typing_and_files_show_how_far_they_are(people: People, width: int) -> None:
    customer = people.invite("lindner", viewport={"width": width, "height": 780})
    customer.accepted = ("422",)
    first = customer.file_ticket(f"Schranke am Hof {width} klemmt bei Regen", NORMAL)
    page = customer.open("/portal/new/")
    page.locator("[name=subject]").press_sequentially(f"Schranke am Hof {width} klemmt")
    expect(page.locator("#hints")).to_contain_text(first)
    expect(page.locator("#hints-said")).to_contain_text("vielleicht dasselbe")

    page.locator("[name=attachments]").set_input_files([BIG])
    button = page.get_by_role("button", name="Ticket absenden")
    button.click()  # refused: nothing is said yet, and the file stays chosen
    expect(page.locator("[role=alert]").first).to_contain_text("Es ist nichts verloren gegangen")
    assert page.evaluate("document.querySelector('[name=attachments]').files.length") == 1

    page.locator("[name=body]").fill("Seit dem Gewitter.")
    page.locator(f"[name=severity][value='{NORMAL}']").check()
    network = customer.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", {**UNLIMITED, "uploadThroughput": 200_000})
    button.click()
    expect(page.locator("[data-upload-progress]")).to_be_visible()
    page.get_by_role("button", name="Abbrechen").click()
    expect(page.locator("[data-upload-progress]")).to_be_hidden()
    expect(button).to_be_enabled()
    network.send("Network.emulateNetworkConditions", UNLIMITED)
    button.click()
    page.wait_for_url("**/filed/")
    page.get_by_role("link", name="Zum Ticket").click()
    expect(page.locator(".attachment")).to_contain_text(BIG["name"])
    page.locator("[name=attachments]").set_input_files([LOG])
    page.get_by_role("button", name="Senden").click()
    expect(page.locator(".attachment")).to_have_count(2)
    expect(page.locator("[data-flash=success]")).to_be_visible()


def test_who_has_no_contract_sees_what_one_would_change_and_asks_once(people: People, api: Api) -> None:
    customer = people.invite("falk", viewport={"width": 360, "height": 780})
    page = customer.open("/portal/contract/")
    expect(page.locator("main")).to_contain_text("Warum zählt ein Updatevertrag nicht?")
    expect(page.locator("#what-if")).to_contain_text("Jetzt, ohne Servicevertrag")
    expect(page.locator("#what-if")).to_contain_text("Mit Gold")
    page.get_by_label("Was ist Ihnen wichtig?").fill("Zwölf Arbeitsplätze")
    page.get_by_role("button", name="Anfrage senden").click()
    expect(page.locator("#offer ~ p")).to_contain_text("liegt uns vor")
    expect(page.get_by_role("button", name="Anfrage senden")).to_have_count(0)
    page.get_by_role("link", name="Zur Anfrage").click()
    number = page.locator(".portal-title .num").inner_text()
    assert api.ticket(number)["severity"] == "low"


def refused_without_severity(customer: Person) -> None:
    """A form that is refused keeps what was typed."""
    page = customer.open("/portal/new/")
    page.locator("[name=subject]").fill("WLAN im Frühstücksraum")
    page.locator("[name=body]").fill("Die Gäste klagen.")
    page.locator("main form .form-actions button[type=submit]").click()
    expect(page.locator("[role=alert]")).to_contain_text("Es ist nichts verloren gegangen")
    field = page.locator("[role=alert] a").get_attribute("href")
    expect(page.locator(f"fieldset {field}")).to_be_visible()
    expect(page.locator("[name=subject]")).to_have_value("WLAN im Frühstücksraum")
    expect(page.locator("[name=body]")).to_have_value("Die Gäste klagen.")
