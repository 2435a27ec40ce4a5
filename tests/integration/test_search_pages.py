"""Searching as readers do it, and what editors learn from it."""

import re

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from knowledge.actions import searches
from knowledge.gateways.search_marks import mark_for
from knowledge.models import SearchTerm, SynonymSet, Visibility
from knowledge.queries.synonyms import memory
from tests.factories.articles import make_article, make_editor
from tests.factories.cast import make_cast, make_user

pytestmark = pytest.mark.django_db
SEARCH = "/portal/kb/"


@pytest.fixture(autouse=True)
def _no_synonyms_of_other_tests() -> None:
    memory.forget()


def browser(user: User | None = None, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    if user:
        client.force_login(user)
    return client


def test_a_stranger_searches_opens_and_is_counted_once_without_a_session() -> None:
    text = make_article("Printer jams", "Open the tray.", language="en")
    stranger = browser()

    answer = stranger.get(SEARCH, {"q": "printers"})
    said = answer.content.decode()
    link = re.search(r'class="result-title" href="([^"]+)"', said)
    assert link is not None
    assert "<mark>Printer</mark> jams" in said
    assert answer["Cache-Control"] == "private, no-store"
    assert f'<link rel="canonical" href="{settings.SITE_URL}/portal/kb/">' in said  # not a page of its own

    opened = stranger.get(link[1], follow=True)
    assert opened.redirect_chain[-1][0] == f"/portal/kb/en/{text.article_id}-printer-jams/"
    term = SearchTerm.objects.get()
    assert (term.query, term.searches, term.clicks) == ("printers", 1, 1)
    assert not stranger.cookies.get("sessionid")


def test_what_is_found_while_typing_is_a_part_and_counted_only_when_opened() -> None:
    make_article("Printer jams", language="en")
    typing = browser().get(SEARCH, {"q": "prin", "typing": "1"}, headers={"HX-Target": "results"})
    said = typing.content.decode()

    assert "<html" not in said
    assert 'id="results"' in said
    assert not SearchTerm.objects.exists()
    link = re.search(r'class="result-title" href="([^"]+)"', said)
    assert link is not None
    browser().get(link[1])
    assert SearchTerm.objects.get().clicks == 1


def test_nothing_found_says_so_and_keeps_what_was_typed() -> None:
    said = browser().get(SEARCH, {"q": '<b>"submarine'}).content.decode()

    assert "Nothing about “&lt;b&gt;&quot;submarine”" in said
    assert 'value="&lt;b&gt;&quot;submarine"' in said
    assert SearchTerm.objects.get().without_result == 1
    for odd in ("\0", "%", "'", "\ud83d", "a" * 5000):
        assert browser().get(SEARCH, {"q": odd.encode("utf-8", "replace")}).status_code == 200


def test_each_reader_finds_what_is_for_them() -> None:
    cast = make_cast()
    for visibility in Visibility:
        make_article(f"Printer {visibility.name}", visibility=visibility, language="en")

    def found(user: User | None) -> set[str]:
        said = browser(user).get(SEARCH, {"q": "printer"}).content.decode()
        return set(re.findall(r"</mark> ([A-Z_]+)</a>", said))

    assert found(None) == {"PUBLIC"}
    assert found(cast.stranger.user) == {"PUBLIC", "SIGNED_IN", "CONTRACT"}
    assert found(make_user(role="contact")) == {"PUBLIC"}
    assert found(cast.agent) == {"PUBLIC", "SIGNED_IN", "CONTRACT", "INTERNAL"}


def test_editors_learn_what_is_missing_and_add_synonyms(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_cast()
    article = make_article("Drucker einrichten").article
    editor = browser(make_editor())
    for _ in range(3):
        searches.note_search(text="Kopierer", language="de", found=0)
    searches.note_search(text="Drucker", language="de", found=1)
    searches.note_click(mark=mark_for(text="Drucker", language="de", is_counted=True), article_id=article.pk)

    with django_assert_max_num_queries(20):
        said = editor.get("/desk/kb/searches/").content.decode()
    assert re.search(r"kopierer</th><td>Deutsch</td><td class=\"num\">3</td>", said)
    assert "Drucker einrichten</a>" in said
    assert "4 in the last 30 days, 25 of a hundred led to an article" in said

    assert editor.post("/desk/kb/searches/", {"words": "Kopierer"}).status_code == 422
    assert editor.post("/desk/kb/searches/", {"words": "Kopierer, Drucker"}).status_code == 302
    assert editor.post("/desk/kb/searches/", {"words": "Kopierer, Drucker"}).status_code == 422
    memory.forget()
    assert "Drucker" in browser(language="de").get(SEARCH, {"q": "kopierer"}).content.decode()
    row = SynonymSet.objects.get()
    assert editor.post(f"/desk/kb/searches/synonyms/{row.pk}/").status_code == 302
    assert not SynonymSet.objects.exists()


def test_an_agent_who_is_no_editor_sees_no_searches() -> None:
    cast = make_cast()

    assert browser(cast.agent).get("/desk/kb/searches/").status_code == 404
    assert browser(cast.owner.user).post("/desk/kb/searches/", {"words": "a, b"}).status_code == 404
    assert not SynonymSet.objects.exists()
