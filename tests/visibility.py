"""Readers of every circle and articles of every kind, each with marks that stand nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote

from django.core.files.base import ContentFile
from django.test import Client
from django.utils.html import escape

from accounts.actions.users import create_token
from accounts.models import Company, User
from contracts.models import Agreement
from contracts.queries import company_zone
from contracts.rules.standing import day_start
from customers.models import Customer
from knowledge.actions import files, publishing, relating, writing
from knowledge.actions.writing import Draft
from knowledge.models import ArticleFile, ArticleText, Category, Visibility
from tests.factories.articles import make_article, make_category, make_draft, make_editor
from tests.factories.cast import make_agreement, make_contact, make_customer, make_level, make_team, make_user

LAST_DAY = date(2026, 6, 30)
MINUTE = timedelta(minutes=1)
PUBLIC, SIGNED_IN, CONTRACT, INTERNAL = "public", "signedin", "contract", "internal"
DRAFT, ARCHIVED = "draft", "archived"
KINDS = (PUBLIC, SIGNED_IN, CONTRACT, INTERNAL, DRAFT, ARCHIVED)
CIRCLES = {
    PUBLIC: Visibility.PUBLIC,
    SIGNED_IN: Visibility.SIGNED_IN,
    CONTRACT: Visibility.CONTRACT,
    INTERNAL: Visibility.INTERNAL,
}
EVERYBODY, KNOWN, ENTITLED, OURS = KINDS[:1], KINDS[:2], KINDS[:3], KINDS[:4]
READERS: Mapping[str, tuple[str, ...]] = {
    "anonymous": EVERYBODY,
    "contact without a contract": KNOWN,
    "contact with a vendor agreement only": KNOWN,
    "contact with a contract": ENTITLED,
    "contact whose contract ended a minute ago": KNOWN,
    "another customer's contact": KNOWN,
    "agent": OURS,
    "editor": OURS,
}
"""Everybody, with the kinds of articles they may read."""
PARTS = ("title", "summary", "body", "shelf", "file", "content", "near", "inner", "deep")
"""What of a kind could be shown: the main article's parts, its shelf and file; an article on a shelf of many
kinds, a shelf below a shelf of many kinds and the article on it. Each is a mark of its own."""
COMMON = "zqcommonword"
"""Stands in every article."""


def mark(kind: str, part: str) -> str:
    """The word by which one part of the articles of one kind is known, wherever it turns up."""
    return f"zq{kind}{part}"


def the_end() -> datetime:
    """When the contract that ends is over."""
    return day_start(LAST_DAY + timedelta(days=1), company_zone())


@dataclass
class Of:
    """All of one kind."""

    main: ArticleText
    shelf: Category
    file: ArticleFile
    near: ArticleText
    inner: Category
    deep: ArticleText


@dataclass
class Visit:
    """A person at the doors: a browser, and a token where there is an account."""

    name: str
    user: User | None
    token: str = ""

    @property
    def may(self) -> tuple[str, ...]:
        """The kinds they may read."""
        return READERS[self.name]

    @cached_property
    def browser(self) -> Client:
        """Their browser, with their session."""
        client = Client(headers={"Accept-Language": "de"})
        if self.user is not None:
            client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def get(self, address: str, **query: Any) -> Any:
        """Ask for a page."""
        return self.browser.get(address, query)

    def call(self, address: str, **query: Any) -> Any:
        """Ask the API."""
        return Client(headers={"Authorization": f"Bearer {self.token}"}).get(f"/api/v1/{address}", query)


@dataclass
class World:
    """The shelves and who comes to them."""

    of: dict[str, Of] = field(default_factory=dict)
    outer: Category = field(default_factory=lambda: make_category("Zqouter"))
    mixed: Category = field(default_factory=lambda: make_category("Zqmixed"))
    anchors: dict[str, ArticleText] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)


def build() -> World:
    """Make everything through the actions. The clock stands a minute after the contract's end."""
    Company.objects.update_or_create(pk=1, defaults={"name": "Berger IT", "set_up_at": the_end()})
    world = World()
    _anchors(world)
    for kind in KINDS:
        world.of[kind] = _articles(world, kind)
    links = " ".join(f"[here](article:{of.main.article_id})" for of in world.of.values())
    _rewrite(world.anchors["linking"], f"{COMMON} {links}")
    for of in world.of.values():
        relating.relate(
            article=world.anchors["naming"].article, other=of.deep.article, is_related=True, by=None
        )
    _people(world)
    return world


def _anchors(world: World) -> None:
    make_article("Anchor of the outer shelf", category=world.outer)
    for name in ("linking", "naming", "standing"):
        world.anchors[name] = make_article(f"Anchor {name}", COMMON, category=world.mixed)


def _articles(world: World, kind: str) -> Of:
    shelf = make_category(mark(kind, "shelf"))
    inner = make_category(mark(kind, "inner"), parent=world.outer)
    main = _write(kind, shelf, "title", summary=f"{COMMON} {mark(kind, 'summary')}")
    name = f"{mark(kind, 'file')}.txt"
    content = ContentFile(mark(kind, "content").encode(), name)
    file = files.add(article=main.article, file=content, by=None)
    _rewrite(main, f"{COMMON} {mark(kind, 'body')} [more](attachment:{file.key})", kind)
    near, deep = _write(kind, world.mixed, "near"), _write(kind, inner, "deep")
    if kind == ARCHIVED:
        for text in (main, near, deep):
            publishing.archive(article=text.article, by=None)
    return Of(main, shelf, file, near, inner, deep)


def _write(kind: str, shelf: Category, part: str, **fields: Any) -> ArticleText:
    make = make_draft if kind == DRAFT else make_article
    circle = CIRCLES.get(kind, Visibility.PUBLIC)
    title = f"Zq{kind}{part}"
    return make(title, f"{COMMON} text", category=shelf, visibility=circle, **fields)


def _rewrite(text: ArticleText, body: str, kind: str = PUBLIC) -> None:
    working = text.working
    assert working is not None
    draft = Draft(working.title, body, summary=working.summary)
    writing.write(article=text.article, language=text.language, draft=draft, by=None)
    if kind != DRAFT:
        publishing.publish(text=text, by=None)
    text.refresh_from_db()


def _people(world: World) -> None:
    gold, team = make_level("Gold"), make_team("Workplace", is_default=True)
    with_contract, ended = make_customer("With"), make_customer("Ended")
    vendor_only, without = make_customer("Vendor"), make_customer("Without")
    make_agreement(with_contract, gold)
    make_agreement(ended, gold, ends_on=LAST_DAY)
    make_agreement(vendor_only, None, kind=Agreement.Kind.SOFTWARE_ASSURANCE)
    contacts = {
        "contact without a contract": without,
        "contact with a vendor agreement only": vendor_only,
        "contact with a contract": with_contract,
        "contact whose contract ended a minute ago": ended,
        "another customer's contact": make_customer("Other"),
    }
    world.visits["anonymous"] = Visit("anonymous", None)
    for number, (name, customer) in enumerate(contacts.items()):
        world.visits[name] = _visit(name, _portal_user(f"reader{number}", customer))
    world.visits["agent"] = _visit("agent", make_user("agent", User.Role.AGENT, team))
    world.visits["editor"] = _visit("editor", make_editor("editor"))
    assert world.visits.keys() == READERS.keys()
    for visit in world.visits.values():
        assert visit.browser  # signed in now: what one test does is taken back before the next


def _portal_user(username: str, customer: Customer) -> User:
    user = make_user(username, User.Role.CONTACT)
    make_contact(customer, username.title(), user=user, email=f"{username}@customer.example")
    return user


def _visit(name: str, user: User) -> Visit:
    return Visit(name, user, create_token(user=user, by=None))


def shown(response: Any, *echoes: str) -> str:
    """Everything an answer says, in lower case, headers and all, without what was only asked."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    text = f"{headers}\n{body.decode(errors='replace')}"
    for echo in (response.request["PATH_INFO"], *echoes):
        for spelling in (echo, escape(echo), quote(echo)):
            if response.status_code >= 400 or echo in echoes:
                text = text.replace(spelling, "ECHO")
    return text.lower()


def marks_in(text: str) -> set[str]:
    """The kinds whose marks stand in a text."""
    return {kind for kind in KINDS if any(mark(kind, part) in text for part in PARTS)}
