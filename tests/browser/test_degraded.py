"""Valkey hangs: pages say so, stay right from PostgreSQL, and are live again when it is back."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.browser.people import NORMAL, People
from tests.installation import Installation, wait_for


@contextmanager
def hanging_valkey(installation: Installation) -> Iterator[None]:
    """Valkey answers nobody, and its port still takes connections."""
    server = installation.child("valkey-server")
    server.suspend()
    try:
        yield
    finally:
        server.resume()


def test_pages_degrade_and_recover(people: People, installation: Installation) -> None:
    agent, customer = people.invite("agent1"), people.invite("northgate")
    agent.open("/desk/?team=workplace")
    agent.wait_until_live()
    agent.page.mouse.move(600, 5)
    agent.keep_mark()
    said = agent.page.locator("[data-live-banner] > [data-when=degraded]")
    expect(said).to_be_hidden()

    with hanging_valkey(installation):
        expect(agent.page.locator("html")).to_have_attribute("data-live", "degraded")
        expect(said).to_be_visible()
        number = customer.file_ticket("Badge printer offline", NORMAL)
        expect(customer.page.locator("#filed-position")).to_contain_text("live updates are interrupted")
        place = customer.page.locator(".position-place").inner_text()
        expect(agent.page.locator(f"#t-{number} .q-pos")).to_have_text(place)

    agent.wait_until_live()
    expect(said).to_be_hidden()
    customer.wait_until_live()
    expect(customer.page.locator("#filed-position")).not_to_contain_text("interrupted")
    assert agent.has_mark()

    wait_for(lambda: '"degraded": []' in installation.answer("/readyz")[1], 30)
    wait_for(lambda: installation.manage("verify_queue").returncode == 0, 30)
    late = customer.file_ticket("Badge printer offline again", NORMAL)
    expect(agent.page.locator(f"#t-{late}")).to_be_visible()
    assert agent.has_mark()
