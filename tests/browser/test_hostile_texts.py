"""Hostile texts on every page that shows what people wrote: to be read, and nothing else."""

import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.hostile_story import CHUNK
from tests.browser.people import People, Person
from tests.corpora import require_corpora
from tests.factories.cast import PASSWORD
from tests.installation import ROOT, Installation, free_port, wait_for
from tests.smtp import MailServer

TRAPS = """
window.fired = [];
for (const name of ["alert", "confirm", "prompt", "open", "print"]) {
  window[name] = (...words) => { window.fired.push(name + ": " + words.join(" ")); return null; };
}
"""
FOREIGN_ELEMENTS = (
    "iframe, object, embed, applet, base, marquee, math, frameset, audio, video, meta[http-equiv]"
)
# Elements and attributes that only a text which became markup can have brought.
BROKEN_OUT = f"""() => [
  ...window.fired,
  ...[...document.querySelectorAll("{FOREIGN_ELEMENTS}")].map((one) => one.outerHTML.slice(0, 120)),
  ...[...document.querySelectorAll("script:not([src]):not([type='application/json'])")]
      .map((one) => one.outerHTML.slice(0, 120)),
  ...[...document.querySelectorAll("*")].filter((one) => [...one.attributes].some((attribute) =>
      /^on[a-z]+$/.test(attribute.name) || /^\\s*(javascript|vbscript|data):/i.test(attribute.value)
      && ["href", "src", "action", "formaction", "xlink:href"].includes(attribute.name)))
      .map((one) => one.outerHTML.slice(0, 120)),
]"""
TEXTS_OF = (
    "(elements) => elements.map((one) => one.children.length ? 'MARKUP ' + one.innerHTML : one.textContent)"
)


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    """Where the mail of the installation arrives."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, post: MailServer) -> Iterator[Installation]:
    """An installation full of them."""
    require_corpora()
    data_dir = tmp_path_factory.mktemp("hostile") / "data"
    environment = {**os.environ, "DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
    filled = subprocess.run(
        [sys.executable, "-m", "tests.browser.hostile_story"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert filled.returncode == 0, filled.stderr
    running = Installation(data_dir, free_port(), EMAIL_URL=f"smtp://127.0.0.1:{post.port}")
    try:
        running.wait_until_ready()
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


@pytest.fixture(scope="module")
def crowd(hostile: Installation, chromium: Browser) -> People:
    return People(chromium, hostile.address)


@pytest.fixture
def visitors(crowd: People) -> Iterator[People]:
    """Nobody's page may ask elsewhere, complain or fail."""
    yield crowd
    assert crowd.leave() == []


def trapped(visitors: People, name: str) -> Person:
    person = visitors.invite()
    person.context.add_init_script(TRAPS)
    person.sign_in(name, PASSWORD)
    return person


def as_shown(text: str) -> str:
    """Browsers know one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def leaf_through(person: Person, path: str, links: str) -> Iterator[str]:
    """The texts of the links on a list's pages, each page watched."""
    person.open(path)
    for _ in range(60):
        yield from texts_on(person, links)
        more = person.page.locator("a[rel=next]")
        if more.count() == 0:
            return
        person.page.goto(f"{person.address}{more.first.get_attribute('href')}")
    raise AssertionError("the list never ends")


def texts_on(person: Person, selector: str) -> list[str]:
    assert person.page.evaluate(BROKEN_OUT) == [], person.page.url
    texts: list[str] = person.page.eval_on_selector_all(selector, TEXTS_OF)
    return texts


def carriers(person: Person, path: str, links: str) -> list[str]:
    """The addresses of the tickets whose messages are hostile."""
    person.open(path)
    found = person.page.locator(links, has_text="carrier")
    return [str(link.get_attribute("href")) for link in found.all()]


@pytest.mark.parametrize(
    ("name", "path", "links"),
    [
        ("lead", "/desk/tickets/", ".q-subject a"),
        ("owner", "/portal/?state=all", ".ticket-item > a"),
    ],
)
def test_subjects_on_lists(visitors: People, name: str, path: str, links: str) -> None:
    person = trapped(visitors, name)

    shown = set(leaf_through(person, path, links))

    texts = [as_shown(text)[:250] for text in require_corpora() if text.strip()]
    assert [text for text in texts if text not in shown] == []
    assert len(shown) > 700


@pytest.mark.parametrize(
    ("name", "path", "links", "times"),
    [
        ("lead", "/desk/tickets/?q=carrier", ".q-subject a", 2),
        ("owner", "/portal/?state=all", ".ticket-item > a", 1),
    ],
)
def test_messages_and_file_names(visitors: People, name: str, path: str, links: str, times: int) -> None:
    person = trapped(visitors, name)
    shown: list[str] = []
    addresses = carriers(person, path, links)
    for address in addresses:
        person.open(address)
        shown += texts_on(person, ".msg-body")[1:]
        assert len(texts_on(person, ".attachment > span:first-of-type")) > CHUNK * 0.5

    texts = [as_shown(text) for text in require_corpora() if text.strip()]
    assert len(addresses) == -(-len(texts) // CHUNK)
    assert sorted(shown) == sorted(texts * times)


@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("/admin/customers/customer/", 600),
        ("/admin/customers/contact/", 600),
        ("/admin/contracts/agreement/", 10),
        ("/admin/contracts/servicelevel/", 10),
        ("/admin/accounts/auditentry/", 50),
    ],
)
def test_the_admin(visitors: People, path: str, least: int) -> None:
    person = trapped(visitors, "admin")
    seen = 0
    for page in range(40):
        person.open(f"{path}?p={page}")
        assert person.page.evaluate("window.fired") == []
        rows = person.page.locator("#result_list tbody tr").count()
        seen += rows
        if rows < 50 or seen >= least:
            break
    assert seen >= least
    links = person.page.locator("#result_list tbody th a").all()[:12]
    for address in [link.get_attribute("href") for link in links]:
        person.open(str(address))
        assert person.page.evaluate("window.fired") == []


def test_mails(visitors: People, post: MailServer) -> None:
    texts = [text for text in require_corpora() if text.strip()]
    tickets = -(-len(texts) // CHUNK)
    # A receipt and a reply for each text, and a receipt for each ticket that carries the replies.
    wait_for(lambda: len(post.raw) >= 2 * len(texts) + tickets, 240)
    replies = [mail for mail in post.mails if "Auto-Submitted" not in mail]
    reader = visitors.invite()
    reader.context.add_init_script(TRAPS)
    reader.page.goto("about:blank")
    shown = []
    for reply in replies:
        page = reply.get_body(("html",))
        assert page is not None
        reader.page.set_content(page.get_content())
        bodies = texts_on(reader, ".words")
        assert set(reader.page.evaluate(TAGS)) <= MAIL_TAGS
        assert "\n" not in str(reply["Subject"])
        shown.append(bodies[0])

    assert sorted(map(bare, shown)) == sorted(map(bare, texts))


TAGS = "[...document.querySelectorAll('*')].map((one) => one.tagName)"
MAIL_TAGS = {"HTML", "HEAD", "META", "TITLE", "STYLE", "BODY", "DIV", "P", "A", "BR"}


def bare(text: str) -> str:
    """Without what a mail does not carry: control and direction characters, and white space at the ends."""
    return "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cf", "Zl", "Zp"}).strip()


def test_the_traps_close(people: People) -> None:
    person = people.invite()
    person.accepted = ("Failed to load resource", "console:")
    person.context.add_init_script(TRAPS)
    person.open("/healthz")
    person.page.evaluate("document.body.innerHTML = '<img src=/x onerror=1><iframe></iframe>'")
    person.page.evaluate("alert('caught')")

    caught = person.page.evaluate(BROKEN_OUT)

    assert [one for one in caught if "caught" in one or "<i" in one] == caught
    assert len(caught) == 3
