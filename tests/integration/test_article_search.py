"""Finding articles: what was meant, and only what the reader may read."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from knowledge.access import ANYBODY, Reader, reader_of
from knowledge.actions import publishing, searches, synonyms
from knowledge.gateways.search_marks import mark_for
from knowledge.models import SearchClick, SearchTerm, SynonymSet, Visibility
from knowledge.queries.search import search, suggest
from knowledge.queries.synonyms import memory
from knowledge.rules.visibility import Reach
from tests.factories.articles import make_article, make_draft, translate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_synonyms_of_other_tests() -> None:
    memory.forget()


def titles(text: str, language: str = "de", reader: Reader = ANYBODY) -> list[str]:
    return [found.title for found in search(reader, text, language).found]


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("Netzlaufwerke verbinden", True),  # stemmed: the article says "Netzlaufwerk"
        ("netzlauf", True),  # the beginning of a word
        ("verbind netzlauf", True),  # beginnings in any order
        ("Netzlaufwrek", True),  # a typing error
        ("Netzlafwerk verbunden", True),
        ("Laufwerksbuchstabe", True),  # stands in the body only
        ("werk", False),  # the end of a word is no beginning
        ("Hubschrauber", False),
        ("!!! & | ((", False),
        ("", False),
        ("\0", False),
    ],
)
def test_an_article_is_found_by_what_was_meant(typed: str, is_found: bool) -> None:
    make_article("Netzlaufwerk verbinden", "Wählen Sie einen Laufwerksbuchstaben.")
    make_article("Drucker einrichten", "Zuerst einschalten.")

    assert titles(typed) == (["Netzlaufwerk verbinden"] if is_found else [])


def test_what_was_looked_for_instead_is_said() -> None:
    make_article("Netzlaufwerk verbinden")

    found = search(ANYBODY, "netzlafwerk", "de")

    assert (found.corrected, len(found.found)) == ("netzlaufwerk", 1)
    assert search(ANYBODY, "netzlaufwerk", "de").corrected == ""


def test_a_word_of_a_hidden_article_is_nobodys_correction() -> None:
    make_article("Geheimprojekt Falke", visibility=Visibility.INTERNAL)
    make_draft("Falkenhorst")

    for typed in ("Geheimprojekt", "Geheimprojelt", "Falkenhorts", "Falk"):
        found = search(ANYBODY, typed, "de")
        assert (found.found, found.corrected) == ((), ""), typed
    assert search(Reader(Reach.INTERNAL), "Geheimprojelt", "de").corrected == "geheimprojekt"


def test_a_hidden_word_changes_nothing_about_what_others_are_told() -> None:
    make_article("Netzlaufwerk verbinden")

    def told() -> tuple[str, ...]:
        return tuple(search(ANYBODY, typed, "de").corrected for typed in ("netzlafwerk", "netzlaufwrk nicht"))

    before = told()
    make_article("Netzlafwerk", "Netzlaufwrk", visibility=Visibility.INTERNAL)
    publishing.archive(article=make_article("Netzlafwerk Netzlaufwrk").article, by=None)

    assert told() == before == ("netzlaufwerk", "netzlaufwerk nicht")
    assert search(Reader(Reach.INTERNAL), "netzlafwerk", "de").corrected == ""


def test_a_title_counts_more_than_a_body_and_all_words_more_than_some() -> None:
    make_article("Sonstiges", "Hier steht auch etwas über VPN.")
    make_article("VPN einrichten", "So geht es.")

    assert titles("VPN") == ["VPN einrichten", "Sonstiges"]
    loose = search(ANYBODY, "VPN Raumschiff", "de")
    assert loose.is_loose
    assert loose.found[0].title == "VPN einrichten"


def test_of_two_languages_the_readers_own_is_shown() -> None:
    text = make_article("Router neu starten", "Am Router.")
    translate(text.article, "Restart the router", "At the router.")
    make_article("Router only in German", "Nur Deutsch.")

    assert titles("router", "en") == ["Restart the router", "Router only in German"]
    assert sorted(titles("router", "de")) == ["Router neu starten", "Router only in German"]
    assert titles("restarting", "de") == ["Restart the router"]


def test_synonyms_of_the_installation_find_what_is_called_otherwise(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    make_article("Drucker einrichten")
    assert titles("Plotter") == []

    with django_capture_on_commit_callbacks(execute=True):
        kept = synonyms.save(synonyms=SynonymSet(words="Plotter, Drucker"), by=None)
    assert titles("Plotter") == ["Drucker einrichten"]
    assert titles("Plottern einrichten") == ["Drucker einrichten"]

    with django_capture_on_commit_callbacks(execute=True):
        synonyms.delete(synonyms=kept, by=None)
    assert titles("Plotter") == []
    for nothing in ("", "Drucker", "Drucker, drucker", "zwei Worte, drei solche Worte"):
        with pytest.raises(ValidationError):
            synonyms.save(synonyms=SynonymSet(words=nothing), by=None)


def test_a_withdrawn_or_archived_article_is_not_found_any_more() -> None:
    text, other = make_article("Drucker einrichten"), make_article("Drucker reinigen")
    publishing.withdraw(text=text, by=None)
    publishing.archive(article=other.article, by=None)

    assert titles("Drucker") == []


def test_the_subject_of_a_ticket_suggests_what_may_answer_it() -> None:
    make_article("Outlook verliert die Verbindung", "Prüfen Sie das Netz.")
    make_article("Intern: Outlook", visibility=Visibility.INTERNAL)

    found = suggest(
        reader_of(AnonymousUser()), "Seit dem Update verliert Outlook ständig die Verbindung", "de"
    )

    assert [one.title for one in found] == ["Outlook verliert die Verbindung"]
    assert suggest(ANYBODY, "Out", "de") == ()


def test_a_search_never_takes_more_than_five_questions(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(30):
        make_article(f"Drucker {number}")
    search(ANYBODY, "warm", "de")

    with django_assert_max_num_queries(5):
        search(ANYBODY, "Drukcer Hubschrauber", "de")
    with django_assert_max_num_queries(1):
        assert len(search(ANYBODY, "Drucker", "de").found) == 25


def test_searches_are_counted_by_day_and_forgotten() -> None:
    text = make_article("Drucker")
    searches.note_search(text="Drucker ", language="de", found=1)
    searches.note_search(text="drucker", language="de", found=1)
    searches.note_search(text="Beamer", language="de", found=0)
    searches.note_search(text="  ", language="de", found=0)

    mark = mark_for(text="Drucker", language="de", is_counted=True)
    typing = mark_for(text="druck", language="de", is_counted=False)
    for shown in (mark, mark, typing, "", "x:y", mark + "x"):
        searches.note_click(mark=shown, article_id=text.article_id)
    searches.note_click(mark=mark, article_id=0)

    rows = SearchTerm.objects.order_by("query").values_list("query", "searches", "without_result", "clicks")
    assert list(rows) == [("beamer", 1, 1, 0), ("druck", 1, 0, 1), ("drucker", 2, 0, 2)]
    assert SearchClick.objects.get(term__query="drucker").count == 2
    assert searches.forget(at=timezone.now() + timedelta(days=89)) == 0
    assert searches.forget(at=timezone.now() + timedelta(days=92)) > 0
    assert not SearchTerm.objects.exists()


def test_whoever_floods_the_search_fills_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST_TERMS_A_DAY", 2)
    for number in range(5):
        searches.note_search(text=f"term {number}", language="de", found=0)

    assert SearchTerm.objects.count() == 2
