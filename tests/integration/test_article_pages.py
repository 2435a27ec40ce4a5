"""Reading articles as people and search engines do: shelves, pages, languages, files, feedback, caching."""

import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from knowledge.actions import categories, feedback, files, publishing, relating, writing
from knowledge.actions.writing import Draft
from knowledge.models import ArticleFile, ArticleText, Feedback, Visibility
from tests.factories.articles import make_article, make_category, make_editor, translate
from tests.factories.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def stranger(language: str = "en") -> Client:
    """Somebody whose browser wishes for a language."""
    return Client(headers={"Accept-Language": language})


def signed_in(user: User | None) -> Client:
    """A browser with a session."""
    client = Client()
    assert user is not None
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    """The page, once it was found."""
    assert response.status_code == 200, response
    return str(response.content.decode())


def bytes_of(response: Any) -> bytes:
    """A file, read to its end."""
    return b"".join(response.streaming_content)


def path_of(text: ArticleText) -> str:
    return f"/portal/kb/{text.language}/{text.article_id}-{text.slug}/"


def with_file(text: ArticleText, name: str, content: bytes) -> ArticleFile:
    """A file that the article's live text shows."""
    kept = files.add(article=text.article, file=ContentFile(content, name), by=None)
    body = f"![picture](attachment:{kept.key})"
    writing.write(article=text.article, language=text.language, draft=Draft(text.title, body), by=None)
    publishing.publish(text=text, by=None)
    return kept


class TestShelves:
    def test_an_article_stands_in_the_readers_language_else_in_the_other_and_says_so(self) -> None:
        shelf = make_category("Printers")
        both = make_article("Toner wechseln", category=shelf)
        translate(both.article, "Changing the toner")
        make_article("Nur auf Deutsch", category=shelf)

        english = text_of(stranger("en").get("/portal/kb/"))
        german = text_of(stranger("de").get("/portal/kb/"))

        assert "Changing the toner" in english
        assert "Toner wechseln" not in english
        assert 'hreflang="de">Nur auf Deutsch</a> <span class="badge">in German' in english
        assert "Printers en" in english
        assert "Printers de" in german
        assert "Toner wechseln" in german
        assert "auf Deutsch" in german
        assert "badge" not in german
        assert "2 articles" in english

    def test_a_shelf_counts_what_stands_below_it_and_leads_there(self) -> None:
        outer, reader = make_category("Outer"), stranger()
        inner = make_category("Inner", parent=outer)
        make_article("Deep", category=inner, language="en")

        page = text_of(reader.get("/portal/kb/"))
        below = text_of(reader.get(f"/portal/kb/en/c/{inner.pk}-inner-en/"))

        assert "Outer en: 1 article" in page
        assert f"/portal/kb/en/c/{inner.pk}-inner-en/" in page
        assert f'<a href="/portal/kb/en/c/{outer.pk}-outer-en/">Outer en</a>' in below  # the way back
        assert "Deep" in below

    def test_a_long_shelf_comes_in_pages_by_title(self) -> None:
        shelf, reader = make_category("Long"), stranger("de")
        for number in range(30):
            make_article(f"Artikel {number:02d}", category=shelf)
        address = f"/portal/kb/de/c/{shelf.pk}-long-de/"

        first = text_of(reader.get(address))
        assert re.findall(r"Artikel \d\d", first) == [f"Artikel {number:02d}" for number in range(25)]
        following = re.search(r'href="(\S+after=\d+)"', first)
        assert following
        rest = text_of(reader.get(following[1]))
        assert re.findall(r"Artikel \d\d", rest) == [f"Artikel {number:02d}" for number in range(25, 30)]
        assert "after=" not in rest

    def test_where_a_page_begins_does_not_betray_a_hidden_title(self) -> None:
        shelf, reader = make_category("Mixed"), stranger("de")
        make_article("Anfang", category=shelf)
        hidden = make_article("Mitte", category=shelf, visibility=Visibility.INTERNAL)
        make_article("Zuletzt", category=shelf)
        address = f"/portal/kb/de/c/{shelf.pk}-mixed-de/"

        assert "Anfang" in text_of(reader.get(address, {"after": hidden.article_id}))
        for odd in ("x", "-1", "9" * 30, "²"):
            assert "Anfang" in text_of(reader.get(address, {"after": odd}))

    def test_an_empty_knowledge_base_says_so(self) -> None:
        assert "There are no articles here yet" in text_of(stranger().get("/portal/kb/"))


class TestAnArticle:
    def test_it_has_one_address_in_each_language_and_an_old_name_leads_there(self) -> None:
        text = make_article("Neues Gerät einrichten")
        reader = stranger("en")

        assert path_of(text).endswith("-neues-gerat-einrichten/")
        moved = reader.get(f"/portal/kb/de/{text.article_id}-alter-name/")
        assert (moved.status_code, moved.headers["Location"]) == (301, path_of(text))
        assert "no-cache" in moved.headers["Cache-Control"]  # or a rename back would go round in circles
        short = reader.get(f"/portal/kb/{text.article_id}/")
        assert (short.status_code, short.headers["Location"]) == (302, path_of(text))
        english = translate(text.article, "Setting up a device")
        assert reader.get(f"/portal/kb/{text.article_id}/").headers["Location"] == path_of(english)
        assert reader.get(f"/portal/kb/en/{text.article_id}-x/").headers["Location"] == path_of(english)
        for nothing in ("/portal/kb/fr/1-x/", "/portal/kb/999999999999999999999/", "/portal/kb/de/0-x/"):
            assert reader.get(nothing).status_code == 404

    def test_a_strangers_page_speaks_the_language_of_its_address(self) -> None:
        text = make_article("Titel")
        page = text_of(stranger("en").get(path_of(text)))

        assert '<html lang="de"' in page
        assert "Hat Ihnen" in page

    def test_it_shows_contents_versions_and_what_belongs_to_it(self, cast: Cast) -> None:
        shelf = make_category("Netz")
        other, named = make_article("Verlinkt"), make_article("Von Hand")
        neighbour = make_article("Nachbar", category=shelf)
        linking = f"Siehe [dort](article:{other.article_id}).\n\n"
        body = f"{linking}## Eins & Co\n\n## Zwei\n\n### Drei\n\n| a |\n|-|\n| b |"
        text = make_article("Mitte", body, category=shelf, summary="Worum es geht")
        english = translate(text.article, "Middle")
        relating.relate(article=text.article, other=named.article, is_related=True, by=None)

        page = text_of(stranger("de").get(path_of(text)))

        assert '<a href="#h-eins-co">Eins &amp; Co</a>' in page
        assert 'class="kb-toc-3"' in page
        assert '<div class="article-box" role="region" aria-label="Tabelle 1" tabindex="0"><table>' in page
        assert f'href="{path_of(english)}" lang="en" hreflang="en">English</a>' in page
        related = page.split('id="related"')[1]
        places = [related.index(one.title) for one in (named, other, neighbour)]
        assert places == sorted(places)
        assert "Zuletzt aktualisiert" in page
        few = text_of(stranger("de").get(path_of(neighbour)))
        assert "kb-toc" not in few

    def test_search_engines_learn_of_public_ones_only(self, cast: Cast, settings: Settings) -> None:
        settings.SITE_URL = "https://help.example"
        text = make_article("Titel", summary="Worum es geht")
        translate(text.article, "Title")
        hidden = make_article("Geheim", visibility=Visibility.CONTRACT)

        public = stranger("de").get(path_of(text))
        page = text_of(public)
        private = signed_in(cast.owner.user).get(path_of(hidden))

        assert '<meta name="description" content="Worum es geht">' in page
        assert f'<link rel="canonical" href="https://help.example{path_of(text)}">' in page
        assert page.count('rel="alternate" hreflang=') == 2
        assert "noindex" not in page
        assert "X-Robots-Tag" not in public.headers
        assert private.headers["X-Robots-Tag"] == "noindex"
        assert "noindex" in text_of(private)

    def test_customers_and_agents_read_it_in_their_frame(self, cast: Cast) -> None:
        text = make_article("Titel", visibility=Visibility.CONTRACT)

        customers = text_of(signed_in(cast.owner.user).get(path_of(text)))
        agents = text_of(signed_in(cast.agent).get(path_of(text)))

        assert 'href="/portal/new/"' in customers
        assert 'href="/desk/"' not in customers
        assert 'title="sichtbar für">Kunden mit Servicevertrag<' in agents
        assert "sichtbar für" not in customers
        assert 'href="/desk/"' in agents
        assert 'href="/portal/new/"' not in agents


class TestFiles:
    def test_pictures_are_shown_and_everything_else_is_saved(self) -> None:
        shown = with_file(make_article("A"), "bild.png", PNG)
        saved = with_file(make_article("B"), "bild.svg", SVG)
        reader = stranger()

        picture = reader.get(f"/portal/kb/files/{shown.key}/")
        drawing = reader.get(f"/portal/kb/files/{saved.key}/")

        assert bytes_of(picture) == PNG
        assert bytes_of(drawing) == SVG
        assert picture.headers["Content-Type"] == "image/png"
        assert picture.headers["Content-Disposition"].startswith("inline")
        assert drawing.headers["Content-Disposition"].startswith("attachment")
        for answer in (picture, drawing):
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert drawing.headers["Content-Type"] != "image/svg+xml"

    def test_strangers_may_keep_them_and_nobody_else(self, cast: Cast) -> None:
        file = with_file(make_article("A"), "bild.png", PNG)
        address, reader = f"/portal/kb/files/{file.key}/", stranger()
        first, customers = reader.get(address), signed_in(cast.owner.user).get(address)
        for answer in (first, customers):
            assert bytes_of(answer) == PNG

        assert first.headers["Cache-Control"].startswith("public")
        assert reader.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert "no-store" in customers.headers["Cache-Control"]

    def test_a_file_that_the_disk_lost_is_not_there(self) -> None:
        file = with_file(make_article("A"), "bild.png", PNG)
        file.file.storage.delete(str(file.file.name))

        assert stranger().get(f"/portal/kb/files/{file.key}/").status_code == 404


class TestFeedback:
    def test_a_stranger_says_one_thing_and_may_change_it(self) -> None:
        text = make_article("Titel")
        reader, address = stranger("de"), f"/portal/kb/de/{text.article_id}/feedback/"
        form = text_of(reader.get(address, {"kind": "not_helpful"}))
        assert re.search(r'value="not_helpful"[^>]*checked', form)
        assert "csrfmiddlewaretoken" in form

        answer = reader.post(address, {"kind": "not_helpful", "comment": "Zu kurz"})
        assert answer.headers["Location"] == f"{path_of(text)}#feedback"
        page = reader.get(path_of(text))
        assert "Danke" in text_of(page)
        reader.post(address, {"kind": "outdated", "comment": "Fenster 7"})
        stranger().post(address, {"kind": "helpful"})

        said = [(word.kind, word.comment, word.by) for word in Feedback.objects.order_by("id")]
        assert said == [("outdated", "Fenster 7", None), ("helpful", "", None)]

    def test_a_customers_word_is_theirs_and_new_again_when_it_changes(self, cast: Cast) -> None:
        text, reader = make_article("Titel"), signed_in(cast.owner.user)
        address = f"/portal/kb/de/{text.article_id}/feedback/"
        reader.post(address, {"kind": "helpful"})
        Feedback.objects.update(handled_at=text.changed_at)

        reader.post(address, {"kind": "outdated"})

        said = Feedback.objects.get()
        assert (said.kind, said.by, said.handled_at) == ("outdated", cast.owner.user, None)

    def test_nonsense_and_floods_are_refused(self, settings: Settings) -> None:
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "article_feedback": "2/h/ip"}
        text, reader = make_article("Titel"), stranger()
        address = f"/portal/kb/de/{text.article_id}/feedback/"

        assert reader.post(address, {"kind": "spam"}).status_code == 422
        assert reader.post(address, {"kind": "helpful", "comment": "x" * 2001}).status_code == 422
        answers = [stranger().post(address, {"kind": "helpful"}).status_code for _ in range(3)]
        assert answers == [302, 302, 429]
        assert Feedback.objects.count() == 2

    def test_it_needs_the_token_against_forged_forms(self) -> None:
        text = make_article("Titel")
        strict = Client(enforce_csrf_checks=True)

        assert (
            strict.post(f"/portal/kb/de/{text.article_id}/feedback/", {"kind": "helpful"}).status_code == 403
        )
        assert not Feedback.objects.exists()

    def test_nobody_speaks_of_what_they_may_not_read(self, cast: Cast) -> None:
        hidden = make_article("Geheim", visibility=Visibility.INTERNAL)
        address = f"/portal/kb/de/{hidden.article_id}/feedback/"

        for reader in (stranger(), signed_in(cast.owner.user)):
            assert reader.get(address).status_code == 404
            assert reader.post(address, {"kind": "helpful"}).status_code == 404
        assert not Feedback.objects.exists()
        feedback.give(text=hidden, kind="helpful", comment="", by=cast.agent)
        assert Feedback.objects.get().by == cast.agent


class TestCaching:
    def test_a_strangers_page_is_the_same_for_all_and_asked_about_again(self) -> None:
        text = make_article("Titel")
        for address in ("/portal/kb/?lang=de", path_of(text), "/portal/kb/feed.xml?lang=de", "/sitemap.xml"):
            first, second = stranger("de").get(address), stranger("de").get(address)
            assert first.content == second.content
            assert first.headers["Cache-Control"].startswith("public"), address
            assert not first.cookies
            assert "csrfmiddlewaretoken" not in first.content.decode()
            assert {"Cookie", "Accept-Language"} <= set(re.split(r", *", first.headers["Vary"]))
            known = stranger("de").get(address, headers={"If-None-Match": first.headers["ETag"]})
            assert (known.status_code, known.content) == (304, b"")
        before = stranger("de").get("/portal/kb/?lang=de").headers["ETag"]
        publishing.withdraw(text=text, by=None)
        asked_again = stranger("de").get("/portal/kb/?lang=de", headers={"If-None-Match": before})
        assert "Titel" not in text_of(asked_again)

    def test_whoever_has_a_session_gets_a_page_of_their_own(self, cast: Cast) -> None:
        text = make_article("Titel")
        page = signed_in(cast.owner.user).get(path_of(text))
        assert page.headers["Cache-Control"] == "private, no-store"

        visitor = stranger()
        visitor.post(f"/portal/kb/de/{text.article_id}/feedback/", {"kind": "helpful"})
        assert "public" not in visitor.get(path_of(text)).headers["Cache-Control"]


class TestFeedAndSitemap:
    def test_the_feed_holds_the_newest_public_ones_of_one_language(self, settings: Settings) -> None:
        settings.SITE_URL = "https://help.example"
        text = make_article("Mit & ohne \x0b Zeichen", summary="<b>Kurz</b>")
        english = translate(text.article, "In English")

        german = stranger().get("/portal/kb/feed.xml", {"lang": "de"})
        other = text_of(stranger().get("/portal/kb/feed.xml", {"lang": "en"}))

        assert german.headers["Content-Type"].startswith("application/atom+xml")
        agents = signed_in(make_editor()).get("/portal/kb/feed.xml", {"lang": "en"})
        assert text_of(agents) == other
        page = text_of(german)
        assert "Mit &amp; ohne  Zeichen" in page
        assert "&lt;b&gt;Kurz" in page
        assert "In English" not in page
        assert f'href="https://help.example{path_of(text)}"' in page
        assert "In English" in other
        assert path_of(english) in other

    def test_the_site_map_pairs_languages_and_grows_in_files(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.SITE_URL = "https://help.example"
        text = make_article("Eins", category=(shelf := make_category("Regal")))
        english = translate(text.article, "One")
        more = make_article("Zwei", category=shelf)
        reader = stranger()

        page = text_of(reader.get("/sitemap.xml"))
        assert page.count(f"<loc>https://help.example{path_of(english)}</loc>") == 1
        assert f'hreflang="en" href="https://help.example{path_of(english)}"' in page
        assert "<loc>https://help.example/service/?lang=de</loc>" in page
        assert f"c/{shelf.pk}-regal-de" in page

        monkeypatch.setattr("portal.feeds.PER_FILE", 1)
        index = text_of(reader.get("/sitemap.xml"))
        assert "sitemap.xml?page=2</loc>" in index
        assert "page=3" not in index
        assert path_of(text) not in index
        assert path_of(more) in text_of(reader.get("/sitemap.xml", {"page": "2"}))
        for nothing in ("3", "0", "x", "9" * 20):
            assert reader.get("/sitemap.xml", {"page": nothing}).status_code == 404


def test_a_shelf_that_is_renamed_keeps_its_visitors() -> None:
    shelf = make_category("Alt")
    make_article("A", category=shelf)
    shelf.name_de = "Neu"
    categories.save(category=shelf, by=make_editor())

    moved = stranger("de").get(f"/portal/kb/de/c/{shelf.pk}-alt-de/")

    assert (moved.status_code, moved.headers["Location"]) == (301, f"/portal/kb/de/c/{shelf.pk}-neu/")
    assert stranger("de").get(f"/portal/kb/c/{shelf.pk}/").headers["Location"].endswith("-neu/")
    assert stranger("en").get(f"/portal/kb/c/{shelf.pk}/").headers["Location"].endswith("-alt-en/")
