"""Every reader at every door through which something of an article could be seen.

A new door is a line of DOORS: what is asked, and which parts of an article a reader who may read it finds
there. Marks (tests/visibility.py) of what somebody may not read must not stand in any answer to them.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.test import Client, override_settings

from knowledge.access import get_text, visible_articles, visible_categories, visible_files, visible_texts
from knowledge.models import ArticleText
from tests.factories.cast import make_ticket
from tests.matrix.mutants import everything, replaced
from tests.url_map import all_doors
from tests.visibility import (
    ARCHIVED,
    CONTRACT,
    DRAFT,
    EVERYBODY,
    KINDS,
    MINUTE,
    READERS,
    Visit,
    World,
    build,
    mark,
    marks_in,
    shown,
    the_end,
)
from tickets.actions import replying

pytestmark = pytest.mark.django_db

CONTACTS = tuple(name for name in READERS if "contact" in name)
SIGNED_IN = tuple(name for name in READERS if name != "anonymous")
KB = "/portal/kb/"

Ask = Callable[[World, Visit, str], Any]


@dataclass(frozen=True)
class Door:
    """One way to see something of articles.

    `ask` gets the kind that is asked for where the door is `each` kind's own; an answer to somebody who may
    not read that kind has the status `refused`. `shows`: the parts that whoever may read them finds there.
    """

    name: str
    ask: Ask
    covers: str = ""
    shows: tuple[str, ...] = ()
    each: bool = False
    found: int = 200
    refused: int = 404
    is_teased: bool = False
    """Whether it tells that there is such an article where the firm wants that (403)."""
    who: tuple[str, ...] = tuple(READERS)
    is_public: bool = False
    """Whether everybody finds what strangers find, whoever they are."""
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What some readers find here beyond what they may read elsewhere."""

    def may(self, visit: Visit) -> tuple[str, ...]:
        """The kinds that this reader finds here."""
        return EVERYBODY if self.is_public else visit.may + self.also.get(visit.name, ())

    def status(self, visit: Visit, kind: str, *, is_teasing: bool) -> int:
        """What this reader is answered when they ask for a kind."""
        if kind in ("", *self.may(visit)):
            return self.found
        return 403 if is_teasing and self.is_teased and kind == CONTRACT else self.refused

    def faults(self, world: World, visit: Visit, *, is_teasing: bool) -> Iterator[str]:
        """What this reader is shown and should not be, or should be and is not."""
        may = self.may(visit)
        for kind in KINDS if self.each else ("",):
            response = self.ask(world, visit, kind)
            where = f"{visit.name} at {self.name}" + (f" of {kind}" if kind else "")
            expected = self.status(visit, kind, is_teasing=is_teasing)
            if response.status_code != expected:
                yield f"{where}: {response.status_code}, not {expected}"
            text = shown(response)
            yield from (f"{where} sees {seen}" for seen in sorted(marks_in(text) - set(may)))
            for one in [kind] if kind in may else [] if kind else may:
                missing = [part for part in self.shows if mark(one, part) not in text]
                if missing:
                    yield f"{where} does not see {', '.join(missing)} of {one}"


def page(address: Callable[[World, str], str], **query: str) -> Ask:
    """A page by the address that the world has for it."""
    return lambda world, visit, kind: visit.get(address(world, kind), **query)


def main(world: World, kind: str, language: str = "de", slug: str = "") -> str:
    text = world.of[kind].main
    return f"{KB}{language}/{text.article_id}-{slug or text.slug or mark(kind, 'title')}/"


def shelf(world: World, kind: str, slug: str = "") -> str:
    category = world.of[kind].shelf
    return f"{KB}de/c/{category.pk}-{slug or category.slug('de')}/"


def looking_for(cut: Callable[[str], str]) -> Ask:
    """A search for something like the title, so that the page does not repeat the title itself."""
    return lambda world, visit, kind: visit.get(KB, q=cut(mark(kind, "title")))


def anchor(name: str) -> Ask:
    """An article that everybody may read and from which others are near."""

    def ask(world: World, visit: Visit, _kind: str) -> Any:
        text = world.anchors[name]
        return visit.get(f"{KB}de/{text.article_id}-{text.slug}/")

    return ask


def ticket_with_links(world: World, visit: Visit, _kind: str) -> Any:
    """The reader's own ticket, in which an agent named the address of every article there is."""
    agent = world.visits["agent"].user
    assert visit.user is not None
    assert agent is not None
    contact = visit.user.contact
    links = "\n".join(f"https://help.example{KB}{of.main.article_id}/" for of in world.of.values())
    ticket = make_ticket(contact.customer, contact=contact, by=visit.user)
    replying.reply(ticket=ticket, body=f"Please read\n{links}", by=agent)
    response = visit.get(f"/portal/tickets/{ticket.number}/")
    assert f"{KB}{world.of[CONTRACT].main.article_id}/" in response.content.decode()
    return response


def inserted_by_an_agent(world: World, visit: Visit, kind: str) -> Any:
    """The reader's own ticket, after an agent tried to answer with the article."""
    agent, text = world.visits["agent"], world.of[kind].main
    assert visit.user is not None
    assert agent.user is not None
    contact = visit.user.contact
    ticket = make_ticket(contact.customer, contact=contact, by=visit.user)
    address = f"/desk/tickets/{ticket.number}/articles/{text.article_id}/"
    answer = agent.browser.post(address, {"kind": "link", "language": "de"})
    assert (answer.status_code == 200) is (kind in visit.may), f"{kind} for {visit.name}"
    if answer.status_code == 200:
        written = re.findall(r"<textarea[^>]*>(.*?)</textarea>", answer.content.decode(), re.DOTALL)
        body = next(unescape(words) for words in written if "zq" in words.lower())
        replying.reply(ticket=ticket, body=body, by=agent.user)
    return visit.get(f"/portal/tickets/{ticket.number}/")


DOORS = [
    # Shelves
    Door("list", page(lambda w, k: KB), "portal:articles", ("title", "shelf", "inner", "deep")),
    Door("category", page(shelf), "portal:category", ("shelf", "title", "summary"), each=True),
    Door("category under another name", page(lambda w, k: shelf(w, k, "x")), each=True, found=301,
         shows=("shelf",)),
    Door("category's short address", page(lambda w, k: f"{KB}c/{w.of[k].shelf.pk}/"), "portal:category_short",
         ("shelf",), each=True, found=302),
    Door("category of many kinds", page(lambda w, k: f"{KB}de/c/{w.mixed.pk}-{w.mixed.slug('de')}/"),
         shows=("near",)),
    Door("category of many shelves", page(lambda w, k: f"{KB}de/c/{w.outer.pk}-{w.outer.slug('de')}/"),
         shows=("inner",)),
    # Articles
    Door("article", page(main), "portal:article", ("title", "body", "shelf"), each=True, is_teased=True),
    Door("article under another name", page(lambda w, k: main(w, k, slug="x")), each=True, found=301,
         shows=("title",), is_teased=True),
    Door("article in a language it has not", page(lambda w, k: main(w, k, "en")), each=True, found=404,
         is_teased=True),
    Door("short address", page(lambda w, k: f"{KB}{w.of[k].main.article_id}/"), "portal:article_short",
         ("title",), each=True, found=302, is_teased=True),
    Door("feedback", page(lambda w, k: f"{KB}de/{w.of[k].main.article_id}/feedback/"), "portal:feedback",
         ("title",), each=True, is_teased=True),
    Door("file", page(lambda w, k: f"{KB}files/{w.of[k].file.key}/"), "portal:article_file",
         ("file", "content"), each=True, also={"editor": (DRAFT, ARCHIVED)}),  # whose editor shows them
    Door("articles that are linked", anchor("linking"), shows=("title",)),
    Door("articles that were named as related", anchor("naming"), shows=("deep",)),
    Door("articles on the same shelf", anchor("standing"), shows=("near",)),
    # Searching
    Door("search", looking_for(lambda word: word[:-1]), shows=("title", "summary"), each=True, refused=200),
    Door("search while typing", page(lambda w, k: KB, q="zqcommonwor", typing="1", fragment="results"),
         shows=("title", "near", "deep")),
    Door("search with a typing error", looking_for(lambda word: word[:-4] + word[-3:]), shows=("title",),
         each=True, refused=200),
    Door("suggestions", lambda w, visit, k: visit.get("/portal/new/articles/", subject=mark(k, "title")[:-1]),
         "portal:new_articles", ("title",), each=True, refused=200, who=CONTACTS),
    Door("suggestions for anything", page(lambda w, k: "/portal/new/articles/", subject="zqcommonword"),
         who=CONTACTS),
    Door("form for a ticket", page(lambda w, k: "/portal/new/"), who=CONTACTS),
    Door("opening a result", page(lambda w, k: f"{KB}found/mark/{w.of[k].main.article_id}/"), "portal:found",
         each=True, found=302, refused=302),  # to the short address
    # For machines
    Door("feed", page(lambda w, k: f"{KB}feed.xml", lang="de"), "portal:article_feed",
         ("title", "summary", "near", "deep"), is_public=True),
    Door("site map", page(lambda w, k: "/sitemap.xml"), "portal:sitemap",
         ("title", "shelf", "near", "inner", "deep"), is_public=True),
    Door("API, list", lambda w, visit, k: visit.call("articles/", page_size=200), "api:article-list",
         ("title", "summary", "shelf", "near", "deep"), who=SIGNED_IN),
    Door("API, list of a category", lambda w, visit, k: visit.call("articles/", category=w.of[k].shelf.pk),
         shows=("title",), each=True, refused=200, who=SIGNED_IN),
    Door("API, list of a language", lambda w, visit, k: visit.call("articles/", language="de", page_size=200),
         shows=("title",), who=SIGNED_IN),
    Door("API, article", lambda w, visit, k: visit.call(f"articles/{w.of[k].main.article_id}/"),
         "api:article-detail", ("title", "body"), each=True, who=SIGNED_IN),
    Door("API without a token", lambda w, visit, k: Client().get("/api/v1/articles/"), found=401),
    # Elsewhere
    Door("link in a ticket", ticket_with_links, who=CONTACTS),
    Door("article that an agent put into an answer", inserted_by_an_agent, shows=("title",), each=True,
         refused=200, who=CONTACTS),
    Door("landing page", lambda w, visit, k: Client().get("/")),
    Door("service page", page(lambda w, k: "/service/")),
]  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """All of it, one minute after the contract ended; taken back at the end."""
    logging.disable(logging.CRITICAL)
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]
    with (
        time_machine.travel(the_end() + MINUTE, tick=False),
        override_settings(API_REQUESTS_PER_MINUTE=0),
        django_db_blocker.unblock(),
        atomic,
    ):
        yield build()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def faults(world: World, *names: str, is_teasing: bool = False) -> list[str]:
    """What is wrong at every door for these readers."""
    return [
        fault
        for name in names
        for door in DOORS
        if name in door.who
        for fault in door.faults(world, world.visits[name], is_teasing=is_teasing)
    ]


def test_everybody_finds_at_every_door_what_is_for_them_and_nothing_else(world: World) -> None:
    assert faults(world, *READERS) == []


@pytest.mark.parametrize(
    "decides",
    [visible_articles, visible_categories, visible_files, visible_texts, get_text],
    ids=lambda one: one.__name__,
)
def test_a_door_that_shows_too_much_is_noticed(world: World, decides: Any) -> None:
    mutation = everything if "visible" in decides.__name__ else any_text

    with replaced(decides, mutation):
        assert faults(world, "anonymous")


def any_text(_original: Any) -> Any:
    """A text whatever became of it and whoever asks."""
    return lambda _reader, article_id, language: get_object_or_404(
        ArticleText, article_id=article_id, language=language
    )


def test_every_door_to_articles_is_tried() -> None:
    tried = {door.covers for door in DOORS}
    rooms = ("portal.views.articles", "portal.views.searching", "portal.views.feedback", "portal.feeds")
    ways = [
        door
        for door in all_doors()
        if door.route.startswith(("portal/kb", "api/v1/articles"))
        or door.view.__module__.startswith((*rooms, "knowledge."))
    ]

    assert len(ways) > 10
    missing = {door.name for door in ways if door.guard != "editors_only"} - tried
    assert missing == set(), "Say in DOORS what readers find there."


def test_counts_count_what_the_reader_may_read(world: World) -> None:
    for visit in world.visits.values():
        text = shown(visit.get(KB, lang="de"))
        found = {name: int(count) for name, count in re.findall(r'"(zq\w+) de: alle (\d+) artikel"', text)}
        assert found["zqouter"] == 1 + len(visit.may), visit.name
        assert found["zqmixed"] == 3 + len(visit.may), visit.name


def test_a_minute_before_its_end_the_contract_still_opens_everything(world: World) -> None:
    name = "contact whose contract ended a minute ago"
    visit = world.visits[name]
    assert visit.get(main(world, CONTRACT)).status_code == 404

    with time_machine.travel(the_end() - MINUTE, tick=False):
        response = visit.get(main(world, CONTRACT))

    assert mark(CONTRACT, "body") in shown(response)


@override_settings(ARTICLE_TEASER=True)
def test_the_teaser_tells_that_there_is_something_and_never_what(world: World) -> None:
    # Categories and files of contract articles stay unknown, and so does whatever is only ours.
    assert faults(world, "anonymous", "contact whose contract ended a minute ago", is_teasing=True) == []

    for name, may in READERS.items():
        text = shown(world.visits[name].get(KB))
        assert ("3 weitere artikel" in text) is (CONTRACT not in may), name


class SharedCache:
    """What a proxy in front may do: keep what it is told it may keep, and give it to whoever asks alike."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, dict[str, str], Any]] = []
        self.hits = 0

    def get(self, visit: Visit, address: str) -> Any:
        """The answer that was kept for somebody who asked with the same headers, or a new one."""
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in visit.browser.cookies.items())
        asked = {"cookie": cookies, "accept-language": "de"}
        for path, varied, response in self._kept:
            if path == address and all(asked.get(name, "") == value for name, value in varied.items()):
                self.hits += 1
                return response
        response = visit.get(address)
        if "public" in response.headers.get("Cache-Control", ""):
            names = re.split(r",\s*", response.headers.get("Vary", "").lower())
            self._kept.append((address, {name: asked.get(name, "") for name in names}, response))
        return response


@pytest.mark.parametrize("order", [1, -1], ids=["entitled first", "strangers first"])
def test_no_cache_hands_on_what_the_next_reader_may_not_read(world: World, order: int) -> None:
    cache = SharedCache()
    addresses = {main(world, kind): kind for kind in KINDS}
    readers = [world.visits[name] for name in ("contact with a contract", "anonymous", "anonymous")][::order]

    for visit in readers:
        for address, kind in {KB: "", **addresses}.items():
            response = cache.get(visit, address)
            assert (response.status_code == 200) is (kind in ("", *visit.may)), f"{visit.name} at {address}"
            assert marks_in(shown(response)) <= set(visit.may), f"{visit.name} at {address}"
    assert cache.hits >= 2, "the second stranger should have been answered from the cache"
