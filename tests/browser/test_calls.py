"""A call reaches an agent in the browser: who it is before anybody picks up, and what becomes of it."""

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import People
from tests.installation import Installation

SECRET = "a secret for the browser"
NUMBER = "+4930900700"
CUSTOMER = "Nachtwache GmbH"
SET_UP = f"""
from datetime import date
from uuid import uuid4
from django.utils import timezone
from accounts.models import User
from accounts.models.tokens import token_digest
from calls.models import AgentPhone, PhoneSystem, ServiceNumber
from contracts.actions import agreements
from contracts.models import Agreement, ServiceHours, ServiceLevel
from customers.actions import customers
from customers.models import Customer
from tickets.actions.opening import open_ticket

hours = ServiceHours.objects.create(name="Always", weekly="24/7", country="", region="", version=uuid4())
rank = ServiceLevel.objects.latest("rank").rank
level = agreements.save_level(level=ServiceLevel(name="Always", rank=rank, hours=hours), by=None)
customer = customers.save(customer=Customer(name="{CUSTOMER}"), by=None)
service = Agreement(customer=customer, level=level, kind="service", starts_on=date(2020, 1, 1))
service = agreements.save(agreement=service, by=None)
user = User.objects.get(username="agent2")
about = dict(subject="Alarm geht nicht aus", body="Seit heute", team=user.teams.first())
open_ticket(customer=customer, by=None, **about)

secret, now = token_digest("{SECRET}"), timezone.now()
system = PhoneSystem.objects.create(name="Browser", secret_sha256=secret)
ServiceNumber.objects.create(number="{NUMBER}", agreement=service, system=system, created_at=now)
User.objects.filter(pk=user.pk).update(is_on_duty=True)
fields = dict(system=system, dial_target="browser", presence="on", wrap_up_until=None)
AgentPhone.objects.update_or_create(user=user, defaults=fields)
"""
"""A customer who may call at any hour, with an open ticket, and the agent's phone."""


class Pbx:
    """One call, told by its telephone system."""

    def __init__(self, address: str) -> None:
        self.address, self.seq = address, 0
        self.call_id = f"browser-{time.time_ns()}"

    def tells(self, path: str, event: str, **fields: str) -> str:
        """The answer of the step protocol, as text."""
        self.seq += 1
        sent: dict[str, Any] = {"event": event, "call_id": self.call_id, "seq": self.seq, **fields}
        body = "&".join(f"{name}={str(value).replace('+', '%2B')}" for name, value in sent.items())
        asked = Request(
            f"{self.address}/calls/v1/{path}",
            data=body.encode(),
            headers={"Authorization": f"Bearer {SECRET}"},
        )
        with urlopen(asked, timeout=20) as answer:
            return str(answer.read().decode())


@pytest.fixture(scope="module")
def phone(installation: Installation) -> Iterator[str]:
    """The agent's phone at a telephone system of this test's own."""
    done = installation.manage("shell", "--no-imports", "-c", SET_UP)
    assert done.returncode == 0, done.stderr
    yield "browser"
    over = (
        "from calls.models import AgentPhone; AgentPhone.objects.update(claimed_call=None, claim_until=None)"
    )
    installation.manage("shell", "--no-imports", "-c", over)


@pytest.fixture
def desk(people: People, phone: str) -> Page:
    agent = people.invite()
    agent.sign_in("agent2")
    page = agent.open("/desk/")
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    return page


def test_who_calls_stands_on_the_page_before_anybody_picks_up(
    desk: Page, installation: Installation, phone: str
) -> None:
    focused = desk.evaluate("document.activeElement.tagName + document.activeElement.id")
    pbx = Pbx(installation.address)
    answer = pbx.tells("step", "incoming", **{"from": "anonymous", "to": NUMBER})
    began = time.monotonic()
    assert f'"agent": "{phone}"' in answer
    card = desk.locator(".call-pop-card")
    card.wait_for(timeout=5_000)
    took = time.monotonic() - began
    assert took < 3, f"the pop took {took:.2f} s"  # sooner than anybody picks up, on a busy machine, too
    expect(card).to_contain_text(CUSTOMER)
    expect(desk.locator("#live-status")).not_to_be_empty()
    assert desk.evaluate("document.activeElement.tagName + document.activeElement.id") == focused

    desk.keyboard.press("Escape")
    expect(card.locator(".call-pop-body")).to_be_hidden()
    desk.goto(f"{installation.address}/desk/work/")
    expect(card.locator(".call-pop-body")).to_be_hidden()
    card.locator("summary").click()
    expect(card.locator(".call-pop-body")).to_be_visible()

    pbx.tells("event", "answered", agent=phone)
    expect(desk.locator("#own-phone time")).to_have_text(re.compile(r"\d:\d\d"))
    first = card.locator(".call-tickets .btn-primary").first
    number = str(card.locator(".call-tickets .num").first.text_content())
    assert first.is_visible()
    first.click()
    desk.wait_for_url("**/desk/tickets/*/")
    expect(desk.locator("#ticket-meta")).to_contain_text(re.compile("bei Ihnen|with you"))
    taken = desk.url.rstrip("/").rsplit("/", 1)[-1]
    assert number

    time.sleep(1.2)
    pbx.tells("event", "hangup", agent=phone, cause="16")
    expect(desk.locator("#own-phone")).to_contain_text(re.compile("Notizen bis|notes until"))
    link = desk.locator("#ticket-calls a").first
    link.click()
    desk.wait_for_url(re.compile(r"/desk/calls/\d+/"))
    desk.locator("#id_body").fill("Gemeinsam neu gestartet")
    desk.locator("form[action$='/note/'] [type=submit]").click()
    desk.wait_for_load_state()
    expect(desk.locator("#toasts, .flash-area").first).to_be_attached()
    desk.locator(f"a[href*='/desk/tickets/{taken}/time/?']").click()
    expect(desk.locator("[name=minutes]")).to_have_value("1")
    desk.locator("[name=work_kind]").select_option("advice")
    desk.locator("[name=text]").fill("Am Telefon beraten")
    desk.locator("main form .btn-primary").click()
    desk.wait_for_url(f"**/desk/tickets/{taken}/#time-*")
    expect(desk.locator("#time")).to_contain_text("Am Telefon beraten")
    expect(desk.locator("#conversation")).to_contain_text("Gemeinsam neu gestartet")


def test_one_pauses_and_is_free_again_in_the_sidebar(desk: Page) -> None:
    own = desk.locator("#own-phone")
    own.locator("summary").click()
    own.locator("[value='paused:break']").click()
    expect(own).to_contain_text(re.compile("pausiert|paused"))
    own.locator("form > .btn").click()
    expect(own).to_contain_text(re.compile("frei|free"))
