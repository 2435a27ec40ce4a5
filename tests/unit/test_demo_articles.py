"""The articles of the demo story: what they name exists, and there is something of every kind."""

import re
from collections import Counter

from knowledge.rules.importing import target_of
from lib.markdown import addresses_in
from tickets.management.demo_story import STAFF
from tickets.management.demo_story.articles import CATEGORIES, Article
from tickets.management.demo_story.library import ARTICLES

EDITORS = {one.username for one in STAFF if one.edits_articles or one.role in {"lead", "admin"}}


def texts(article: Article) -> list[str]:
    return [text.body for text in (article.de, article.en) if text]


def test_every_link_and_category_is_there_and_links_lead_back() -> None:
    told: set[str] = set()
    for article in ARTICLES:
        assert article.key not in told
        assert article.category in {one.key for one in CATEGORIES}
        assert article.author in EDITORS
        linked = {address for body in texts(article) for address in addresses_in(body)}
        keys = {address.removeprefix("article:") for address in linked if address.startswith("article:")}
        assert keys | set(article.related) <= told, article.key
        assert not [address for address in linked if target_of(address, "a.md")]
        told.add(article.key)


def test_there_is_something_of_every_kind() -> None:
    published = [article for article in ARTICLES if article.state == "published"]
    assert len(published) >= 10
    assert {article.visible_to for article in published} == {"public", "signed_in", "contract", "internal"}
    assert Counter(article.state for article in ARTICLES if article.state != "published") == Counter(
        ["draft", "review", "archived"]
    )
    assert {voice.kind for article in ARTICLES for voice in article.voices} == {
        *("helpful", "not_helpful", "outdated")
    }
    assert sum(article.en is not None for article in published) >= 8


def test_titles_and_summaries_fit_and_texts_are_written() -> None:
    for article in ARTICLES:
        for text in filter(None, (article.de, article.en)):
            assert len(text.title) <= 70
            assert len(text.summary) <= 160
            assert not re.search(r"[“”](?=\w)|\bTODO\b", text.body) or text is article.en
            assert text.body.endswith("\n")
