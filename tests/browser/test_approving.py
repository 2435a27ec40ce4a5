"""Approving a price by the link of a mail: in a real browser, without scripts and signed in nowhere."""

import re

from playwright.sync_api import expect

from tests.browser.people import People
from tests.installation import Installation

ASK = """
from decimal import Decimal
from urllib.parse import urlsplit
from accounts.models import User
from contracts.models import Service
from tickets.actions.approving import ask
from tickets.models import Ticket
from tickets.queries.approval_links import approval_url
tickets = Ticket.objects.select_related("contact").filter(contact__language="de", contact__email__gt="")
ticket = tickets.first()
asked = ask(
    ticket=ticket, service=Service.objects.get(code="remote"), ceiling=Decimal(224), is_out_of_hours=True,
    text="Server am Abend neu aufsetzen", by=User.objects.get(username="lead"), contact=ticket.contact,
)
print(ticket.number, urlsplit(approval_url(asked, ticket.contact)).path)
"""


def test_a_customer_approves_by_the_link_and_only_once(people: People, installation: Installation) -> None:
    asked = installation.manage("shell", "--no-imports", "-c", ASK)
    assert asked.returncode == 0, asked.stderr
    number, link = asked.stdout.split()[-2:]
    reader = people.invite(java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="de-DE")
    page = reader.open(link)
    for _ in range(2):  # whoever checks mail for dangers opens it, too
        page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fernwartung")
    for said in ("Server am Abend neu aufsetzen", "112,00 €", "50 %", "224,00 €", "266,56 €"):
        expect(page.locator("main")).to_contain_text(said)
    for name in ("Freigeben", "Nicht freigeben"):
        box = page.get_by_role("button", name=re.compile(f"^{name}")).bounding_box()
        assert box is not None
        assert box["height"] >= 44

    page.get_by_label("Bemerkung").fill("Bitte nach 18 Uhr.")
    page.get_by_role("button", name=re.compile("^Freigeben")).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("freigegeben")
    expect(page.locator("main")).to_contain_text("Bitte nach 18 Uhr.")
    page.reload()
    expect(page.get_by_role("button", name=re.compile("freigeben", re.IGNORECASE))).to_have_count(0)
    another = people.invite(java_script_enabled=False, locale="de-DE")
    expect(another.open(link).locator("main")).to_contain_text("Diese Antwort steht")

    lead = people.invite("lead", locale="de-DE")
    panel = lead.open(f"/desk/tickets/{number}/").locator("#ticket-panel")
    expect(panel).to_contain_text("Freigegeben von")
    expect(panel).to_contain_text("Bitte nach 18 Uhr.")
