"""One case from the question to the bill: out of hours, approved by a mailed link, worked, billed.

It has a house and a mail server of its own, since it closes the company for a day and a month's books.
"""

import io
import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from tests.browser.people import HIGH, People, Person
from tests.installation import Installation, free_port, wait_for
from tests.smtp import MailServer

CLOSE_TODAY = """
from datetime import timedelta
from django.utils import timezone
from contracts.actions.hours import save_hours
from contracts.models import ServiceHours
from accounts.models import User
today = timezone.localdate()
hours = ServiceHours.objects.get(is_default=True)
around = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=1)}  # past midnight, too
closed = {**around, "name": "Betriebsausflug", "intervals": ""}
save_hours(hours=hours, by=User.objects.get(username="admin"), special_days=[closed])
"""
CLOSE_THE_MONTH = """
import json
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from billing.actions.closing import close_period
from billing.rules.periods import Month
from customers.models import Customer
today = timezone.localdate()
month = Month.of(today)
after = timezone.now() + (month.ends_on + timedelta(days=1) - today)
customer = Customer.objects.get(contacts__user__username="brandl")
found = close_period(customer=customer, month=month, by=User.objects.get(username="lead"), at=after)
print(json.dumps([statement.number for statement in found]))
"""
WORK = "Ersatzdrucker eingerichtet und Warteschlange geleert"


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    """Where the house's mail arrives."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, post: MailServer) -> Iterator[Installation]:
    """A house whose company is closed today."""
    running = Installation(
        tmp_path_factory.mktemp("contract") / "data", free_port(), EMAIL_URL=f"smtp://127.0.0.1:{post.port}"
    )
    try:
        running.wait_until_ready()
        told(running, CLOSE_TODAY)
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


def told(house: Installation, code: str) -> str:
    """Have the house do something, and what it says."""
    done = house.manage("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def link_in_mail(post: MailServer, words: str, address: str) -> str:
    """The path of the first link like this in a mail about that."""

    def found() -> list[str]:
        bodies = (
            part.get_content()
            for mail in post.mails
            if words in str(mail["Subject"])
            for part in mail.walk()
            if part.get_content_type() == "text/plain"
        )
        return [match for body in bodies for match in re.findall(rf"https?://[^/\s]+({address}\S*)", body)]

    wait_for(lambda: bool(found()), 60)
    return found()[0]


def ask_for_approval(agent: Person, number: str) -> None:
    """Send the customer the price before the work."""
    page = agent.open(f"/desk/tickets/{number}/approval/")
    page.locator("[name=service]").select_option("remote")
    page.locator("[name=is_out_of_hours]").check()
    page.locator("[name=ceiling]").fill("300")
    page.locator("[name=text]").fill("Ersatzdrucker heute noch aus der Ferne einrichten")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#conversation")).to_be_visible()


def enter_work(agent: Person, number: str) -> None:
    """Enter what was done: thirty minutes until now."""
    page = agent.open(f"/desk/tickets/{number}/time/")
    page.locator("[name=work_kind]").select_option("remote")
    page.locator("[name=minutes]").fill("30")
    page.locator("[name=text]").fill(WORK)
    page.locator("main form button[type=submit]:not([name=preview])").last.click()
    expect(page.locator("#time")).to_contain_text(WORK)


def test_a_request_outside_the_hours_becomes_a_line_of_a_statement(
    house: Installation, post: MailServer, chromium: Browser
) -> None:
    people = People(chromium, house.address)
    customer = people.invite("brandl", viewport={"width": 360, "height": 740})
    customer.open("/portal/new/")
    expect(customer.page.locator("main")).to_contain_text("Außerhalb der Geschäftszeiten kostenpflichtig")
    number = customer.file_ticket("Der Drucker der Leitstelle druckt nicht", HIGH)

    agent = people.invite("agent1")
    ask_for_approval(agent, number)

    reader = people.invite(java_script_enabled=False, viewport={"width": 360, "height": 740})
    reader.open(link_in_mail(post, number, "/approval/"))
    expect(reader.page.locator("main")).to_contain_text("300,00 €")
    reader.page.get_by_role("button", name=re.compile("^Freigeben")).click()
    expect(reader.page.locator("h1")).to_contain_text("freigegeben")

    agent.open(f"/desk/tickets/{number}/")
    expect(agent.page.locator("main")).to_contain_text("über den Link in der E-Mail")
    enter_work(agent, number)
    expect(agent.page.locator("#time")).to_contain_text("außerhalb der Geschäftszeiten")

    (statement,) = json.loads(told(house, CLOSE_THE_MONTH).splitlines()[-1])
    customer.open(f"/portal/statements/{statement}/")
    expect(customer.page.locator("main")).to_contain_text(WORK)
    expect(customer.page.locator("main")).to_contain_text("Außerhalb der vereinbarten Geschäftszeiten")
    assert customer.page.evaluate("document.documentElement.scrollWidth") <= 360

    said = text_of_pdf(customer, f"/portal/statements/{statement}.pdf")
    total = customer.page.locator("main").inner_text()
    assert number in said
    assert statement in said
    assert WORK in said
    (gross,) = re.findall(r"Gesamtbetrag ([\d.]+,\d\d)", said)
    assert gross in total
    assert people.leave() == []


def text_of_pdf(person: Person, path: str) -> str:
    """The words of a paper, undivided, as somebody downloads it who is signed in."""
    answer = person.context.request.get(f"{person.address}{path}")
    assert answer.ok
    pages = PdfReader(io.BytesIO(answer.body())).pages
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    return re.sub(r"(?<=\w)- (?=[a-zäöüß])", "", words)
