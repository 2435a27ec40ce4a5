"""Every page by axe-core, at a desk and on a narrow phone, light and dark.

In German so; in English only words are others, so axe looks once and whether they fit a phone is measured.
`make axe` looks at every page in every way.
"""

import os
from collections.abc import Iterable

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.browser import pages
from tests.browser.api import Api
from tests.browser.axe import faults_of
from tests.browser.people import NORMAL, People, Person
from tests.installation import Installation

LANGUAGES = pytest.mark.parametrize("language", ["de", "en"])
OF = {"de": ("agent1", "brandl"), "en": ("agent3", "northgate")}
"""Who reads the desk and the portal in each language."""
WITHOUT = {"de": "moser", "en": "harbour"}
"""Whose agreements do not count."""
REFUSALS = ("403", "404", "410", "422")


def is_short(language: str) -> bool:
    """Whether it is enough to look once."""
    return language == "en" and not os.environ.get("AXE_IN_EVERY_WAY")


def come_in(people: People, username: str, language: str) -> Person:
    """Somebody whose pages are in a language, whatever they chose themselves."""
    looks = {"color_scheme": "light", "reduced_motion": "reduce"}
    person = people.invite(username, locale={"de": "de-DE", "en": "en-GB"}[language], **looks)
    person.accepted = REFUSALS
    return person


def visit(person: Person, paths: Iterable[str], language: str) -> list[str]:
    """Go through the pages, and find what is wrong with them."""
    faults: list[str] = []
    for path in paths:
        person.open(path)
        expect(person.page.locator("html")).to_have_attribute("lang", language)
        faults.extend(faults_of(person, path, is_second_language=is_short(language)))
    return faults


def test_every_page_is_walked() -> None:
    """A new address is a line in tests/browser/pages.py."""
    names = pages.names_of_all()
    assert names - pages.names_of_walked() - set(pages.NO_PAGE) == set()
    assert set(pages.NO_PAGE) - names == set()


@LANGUAGES
def test_pages_for_everybody(people: People, installation: Installation, language: str) -> None:
    visitor = come_in(people, "", language)
    links = {**mailed_links(installation, language), **shelved(visitor, language)}
    paths = [path.format(language=language, **links) for path in pages.STRANGERS]
    assert visit(visitor, paths, language) == []
    assert visit(visitor, pages.GALLERY, language) == []


def shelved(visitor: Person, language: str) -> dict[str, str]:
    """A shelf and an article, as a stranger finds them in a language."""
    page = visitor.open(f"/portal/kb/?lang={language}")
    article = page.locator(f".kb-titles a[href^='/portal/kb/{language}/']").first.get_attribute("href")
    shelf = page.locator(".kb-shelf h2 a").first.get_attribute("href")
    assert article
    return {"article": article, "shelf": str(shelf), "article_id": article.split("/")[4].partition("-")[0]}


def mailed_links(installation: Installation, language: str) -> dict[str, str]:
    """The addresses that mails hold: for a new password, about a ticket, to sign up, to approve a price."""
    asked = installation.manage("shell", "--no-imports", "-c", LINKS.replace("LANGUAGE", language))
    assert asked.returncode == 0, asked.stderr
    names = ("mailed_link", "way_out", "sign_up_link", "approval_link")
    return dict(zip(names, asked.stdout.split()[-len(names) :], strict=True))


LINKS = """
from urllib.parse import urlsplit
from accounts.actions.notices import ask_to_sign_up
from customers.gateways.sign_up_links import sign_up_link
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from accounts.models import User
from tickets.models import ApprovalRequest, Ticket
from tickets.queries.approval_links import approval_url
from tickets.queries.mutes import unsubscribe_token
user = User.objects.get(username="moser")
key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
print(f"/accounts/password/reset/key/{key}/")
ticket = Ticket.objects.filter(contact__language="LANGUAGE").first()
print(f"/unsubscribe/{unsubscribe_token(ticket.pk, ticket.contact_id)}/")
asked = ask_to_sign_up(address="neu@brandl-maschinenbau.example", name="Nora Neu", language="LANGUAGE")
print(urlsplit(sign_up_link(asked)).path)
question = ApprovalRequest.objects.filter(state="open", contact__language="LANGUAGE").first()
print(urlsplit(approval_url(question, question.contact)).path)
"""


@LANGUAGES
def test_the_desk(people: People, installation: Installation, language: str) -> None:
    username = OF[language][0]
    filled = tickets_for(Api(installation, username))
    agent = come_in(people, username, language)
    assert visit(agent, [path.format(**filled) for path in pages.AGENTS], language) == []


@LANGUAGES
def test_the_lead(people: People, api: Api, language: str) -> None:
    lead = come_in(people, "lead", language)
    choose_language(lead, language)
    worked = api.call("GET", "/time-entries/")["results"][0]
    filled = {
        "waiting": api.queue("workplace")[1]["number"],
        "worked": worked["ticket"],
        "entry": str(worked["id"]),
        **billed_by(lead),
        "agreement": str(api.call("GET", "/agreements/")["results"][0]["id"]),
        **dpas_on_their_way(lead),
        **directory_of(lead),
        "call": call_of(lead),
    }
    assert visit(lead, [path.format(**filled) for path in pages.LEADS], language) == []
    choose_language(lead, "de")


def billed_by(lead: Person) -> dict[str, str]:
    """A statement of last month, a customer with open charges now, and one of these charges."""

    def first(kind: str) -> str:
        address = lead.page.locator(f"main a[href*='/billing/{kind}/']").first.get_attribute("href")
        return str(address).split(f"/{kind}/")[1].split("/")[0]

    lead.open("/desk/billing/")
    statement = first("statements")
    lead.open(f"/desk/billing/?month={localdate():%Y-%m}")
    billed = first("customers")
    lead.open(f"/desk/billing/customers/{billed}/")
    return {"statement": statement, "billed": billed, "charge": charge_of(lead)}


def dpas_on_their_way(lead: Person) -> dict[str, str]:
    """A data-processing agreement that is offered, and one under review."""
    lead.open("/desk/dpa/?show=open")

    def first(badge: str) -> str:
        row = lead.page.locator(f"li:has(.{badge}) a[href^='/desk/dpa/']").first
        return str(row.get_attribute("href")).split("/")[3]

    return {"offered": first("status-open"), "reviewed": first("status-scheduled")}


def directory_of(lead: Person) -> dict[str, str]:
    """The announced version of the sub-processor directory, a draft, and a line of each register."""
    lead.open("/desk/subprocessors/")
    objection = first_of(lead, "/desk/subprocessors/objections/")
    version = first_of(lead, "/desk/subprocessors/")
    if lead.page.locator("a[href='/desk/subprocessors/draft/']").count() == 0:
        lead.page.locator("form[action='/desk/subprocessors/draft/'] button").click()
    lead.open("/desk/subprocessors/draft/")
    entry = first_of(lead, "/desk/subprocessors/draft/entries/")
    lead.open("/desk/dpa-rights/")
    instruction = first_of(lead, "/desk/dpa-rights/instructions/")
    lead.open("/desk/dpa-rights/?show=breaches")
    found = {"version": version, "entry_of_draft": entry, "objection": objection, "instruction": instruction}
    return {**found, "breach": first_of(lead, "/desk/dpa-rights/breaches/")}


def first_of(person: Person, below: str) -> str:
    """The number in the first link on the page to something below this address."""
    for link in person.page.locator(f"main a[href^='{below}']").all():
        number = str(link.get_attribute("href")).removeprefix(below).strip("/")
        if number.isdecimal():
            return number
    raise AssertionError(f"The page leads to nothing below {below}")


def call_of(lead: Person) -> str:
    """The latest call of the decision log."""
    lead.open("/desk/calls/log/")
    return first_of(lead, "/desk/calls/log/")


def charge_of(lead: Person) -> str:
    """The first charge on the page."""
    return str(lead.page.locator("[id^='charge-']").first.get_attribute("id")).removeprefix("charge-")


def choose_language(person: Person, language: str) -> None:
    """By the switch that every page has."""
    person.open("/accounts/password/change/")
    person.page.locator(f"form[action='/language/'] [value='{language}']").click()
    expect(person.page.locator("html")).to_have_attribute("lang", language)


def tickets_for(agent: Api) -> dict[str, str]:
    """A ticket in each state that this agent sees, one of them in their hands; and a customer."""
    mine = agent.call("POST", "/queue/next/")["number"]
    taken = agent.call("GET", "/tickets/?status=open&page_size=200")["results"]
    theirs = next(row for row in taken if row["assignee"] and row["number"] != mine)

    def any_of(status: str) -> str:
        return str(agent.call("GET", f"/tickets/?status={status}")["results"][0]["number"])

    return {
        "worked": agent.call("GET", "/time-entries/")["results"][0]["ticket"],
        "mine": mine,
        "theirs": theirs["number"],
        "waiting": agent.queue()[1]["number"],
        "parked": any_of("waiting_customer"),
        "solved": any_of("solved"),
        "closed": any_of("closed"),
        "customer": str(agent.call("GET", "/customers/")["results"][0]["id"]),
        "agreement": str(agent.call("GET", "/agreements/")["results"][0]["id"]),
    }


@LANGUAGES
def test_what_opens_over_the_desk(people: People, api: Api, language: str) -> None:
    agent = come_in(people, OF[language][0], language)
    number = api.queue("workplace")[1]["number"]
    agent.open("/desk/")
    expect(agent.page.locator("#detail #peek")).to_be_visible()
    faults = list(faults_of(agent, "queue with the panel"))
    agent.page.locator("summary.chip").last.click()
    faults += faults_of(agent, "queue with an open filter", is_covered=True)
    agent.open(f"/desk/tickets/{number}/")
    agent.page.keyboard.press("?")
    faults += faults_of(agent, "ticket with the sheet of keys")
    agent.page.keyboard.press("Escape")
    agent.page.locator("#menu-more > summary").click()
    faults += faults_of(agent, "ticket with an open menu", is_covered=True)
    agent.page.locator("a[href$='/severity/']").click()
    expect(agent.page.locator("dialog#act")).to_be_visible()
    faults += faults_of(agent, "ticket with a dialog")
    assert faults == []


def told_to(customer: Person) -> dict[str, str]:
    """The change of the sub-processors that is to come, and a breach that they were told of."""
    customer.open("/portal/dpa/rights/")
    notice = first_of(customer, "/portal/dpa/rights/breaches/")
    customer.open("/portal/subprocessors/")
    return {"version": first_of(customer, "/portal/subprocessors/changes/"), "breach_notice": notice}


@LANGUAGES
def test_the_portal(people: People, language: str) -> None:
    customer = come_in(people, OF[language][1], language)
    closed = customer.file_ticket("Maus klemmt", NORMAL)
    customer.open(f"/portal/tickets/{closed}/").locator("form[action$='/close/'] button").click()
    expect(customer.page.locator("form[action$='/reopen/']")).to_be_visible()
    own = customer.file_ticket("Maus klemmt wieder", NORMAL)
    others = customer.open("/portal/colleagues/").locator(".ticket-item").filter(has_not_text="(")
    colleague = str(others.first.get_attribute("id"))[2:]
    listed = customer.open("/portal/statements/").locator("main .ticket-item a").first.get_attribute("href")
    agreements = customer.open("/portal/dpa/").locator("main section a[href^='/portal/dpa/']")
    filled = {
        "dpa": str(agreements.first.get_attribute("href")).split("/")[-2],
        "own": own,
        "own_closed": closed,
        "colleague": colleague,
        "statement": str(listed).split("/")[-2],
        **told_to(customer),
    }
    paths = [path.format(**filled) for path in pages.CONTACTS]
    faults = visit(customer, paths, language)
    customer.open("/portal/new/").locator("main form button[type=submit]").click()
    expect(customer.page.locator("[role=alert]")).to_be_visible()
    faults += faults_of(customer, "refused form")
    # At once, since whoever types slowly asks several times, and a later answer comes while axe looks.
    customer.page.locator("[name=subject]").fill("Maus klemmt wieder")
    expect(customer.page.locator("#hints")).to_contain_text(own)
    faults += faults_of(customer, "form with hints")
    customer.open(f"/portal/tickets/{closed}/").locator("#rate [name=verdict]").first.check()
    customer.page.locator("#rate button[type=submit]").click()
    customer.page.locator("#rating-change > summary").click()
    faults += faults_of(customer, "ticket that was rated")
    faults += visit(come_in(people, WITHOUT[language], language), ["/portal/contract/"], language)
    customer.open("/portal/")
    customer.page.set_viewport_size({"width": 360, "height": 780})
    customer.page.locator(".portal-menu-button").click()
    faults += faults_of(customer, "portal with the menu open")
    assert faults == []


@LANGUAGES
def test_the_administration(people: People, language: str) -> None:
    admin = come_in(people, "admin", language)
    choose_language(admin, language)
    admin.open("/admin/accounts/user/?role__exact=contact")
    login = str(admin.page.locator("#result_list a[href*='/change/']").first.get_attribute("href")).split(
        "/"
    )[4]
    own = [path.format(login=login) for path in pages.ADMINS]
    faults = visit(admin, [*own, *pages.admin_addresses("import")], language)
    for address in pages.admin_addresses("changelist"):
        faults += visit(admin, [address, f"{address}add/"], language)
        admin.open(address)
        found = admin.page.locator(f"#result_list a[href^='{address}'][href*='/change/']")
        if found.count():
            one = str(found.first.get_attribute("href")).partition("?")[0]
            of_one = [one]
            if not is_short(language):  # but for their titles all have the same words
                of_one += [one.replace("/change/", "/delete/"), one.replace("/change/", "/history/")]
            if "servicehours" in address:
                of_one.append(one.replace("/change/", "/year/2027/"))
            faults += visit(admin, of_one, language)
    choose_language(admin, "de")
    assert faults == []


def test_the_page_of_the_api(people: People) -> None:
    """Its words are the code's, in one language."""
    visitor = come_in(people, "", "en")
    visitor.open(pages.API_DOCS)
    expect(visitor.page.locator(".opblock").first).to_be_visible()
    assert list(faults_of(visitor, pages.API_DOCS, but=pages.NOT_OURS)) == []
