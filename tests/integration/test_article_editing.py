"""The editors' pages: writing, publishing, revisions, files, categories, and what readers have said."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEntry, User
from knowledge.actions import publishing, writing
from knowledge.actions.writing import Draft
from knowledge.models import Article, ArticleFile, ArticleText, Category, Feedback, Visibility
from knowledge.queries.widening import widened_by
from knowledge.rules.diffing import Line, compare
from tests.factories.articles import make_article, make_category, make_draft, make_editor, translate
from tests.factories.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def editor() -> User:
    return make_editor(
        "editor",
    )


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def signed_in(user: User) -> Client:
    User.objects.filter(pk=user.pk, language="").update(language="en")
    client = Client()
    client.force_login(user)
    return client


def address(text: ArticleText, part: str = "") -> str:
    return f"/desk/kb/{text.article_id}/{text.language}/{part}"


def typed(text: ArticleText | None = None, **fields: Any) -> dict[str, Any]:
    """What the page of a text sends."""
    working = text.working if text else None
    before = {"title": working.title, "body": working.body, "based_on": working.number} if working else {}
    return {"title": "T", "summary": "", "body": "B", "note": "", "do": "save", **before, **fields}


def test_the_editors_pages_are_for_editors(cast: Cast) -> None:
    text = make_article("Marker-zq")
    pages = ["/desk/kb/", "/desk/kb/inbox/", "/desk/kb/new/", "/desk/kb/categories/", address(text)]
    pages += [address(text, "revisions/"), address(text, "publish/"), f"/desk/kb/{text.article_id}/place/"]
    assert cast.owner.user is not None
    for page in pages:
        assert signed_in(make_editor()).get(page).status_code == 200, page
        assert signed_in(cast.lead).get(page).status_code == 200, page
        assert signed_in(cast.agent).get(page).status_code == 404, page
        assert signed_in(cast.owner.user).get(page).status_code == 404, page
        assert Client().get(page).status_code == 302, page
    assertContains(signed_in(cast.lead).get("/desk/sidebar/?here=articles"), 'href="/desk/kb/" aria-current')
    assertContains(signed_in(cast.agent).get("/desk/sidebar/"), 'href="/portal/kb/"')


def test_an_article_is_written_looked_at_and_published(editor: User) -> None:
    shelf = make_category("Printers")
    client = signed_in(editor)
    sent = typed(title="Drucker", body="**Einschalten**", category=shelf.pk, visibility=1, language="de")

    assertContains(client.post("/desk/kb/new/", {**sent, "do": "preview"}), "<strong>Einschalten</strong>")
    assert not Article.objects.exists()
    client.post("/desk/kb/new/", sent)

    text = ArticleText.objects.get()
    assert (text.state, text.live) == ("draft", None)
    answer = client.post(
        address(text), typed(text, body="Erst **aus**, dann an", note="clearer", do="publish")
    )
    assertRedirects(answer, address(text, "publish/"))
    assertContains(client.get(address(text, "publish/")), "Everybody")
    client.post(address(text, "publish/"))
    text.refresh_from_db()
    assert (text.state, text.plain) == ("published", "Erst aus, dann an")
    assert text.revisions.get(number=2).note == "clearer"


def test_a_text_that_did_not_change_is_no_new_revision(editor: User) -> None:
    text = make_draft("A", "one\ntwo")
    signed_in(editor).post(address(text), typed(text, body="one\r\ntwo"))
    assert text.revisions.count() == 1


def test_two_editors_at_once_lose_nothing(editor: User) -> None:
    text = make_draft("A", "first\nsame")
    mine = typed(text, body="mine\nsame")
    writing.write(article=text.article, language="de", draft=Draft("A", "theirs\nsame"), by=make_editor())

    page = signed_in(editor).post(address(text), mine)

    assert page.status_code == 422
    assertContains(page, "<del>theirs</del>", status_code=422)
    assertContains(page, "<ins>mine</ins>", status_code=422)
    assertContains(page, "mine\nsame</textarea>", status_code=422)
    assert text.revisions.count() == 2
    again = {**mine, "based_on": page.context["form"]["based_on"].value()}
    signed_in(editor).post(address(text), again)
    text.refresh_from_db()
    assert text.working is not None
    assert (text.working.number, text.working.body) == (3, "mine\nsame")
    assert text.revisions.get(number=2).body == "theirs\nsame"


def test_steps_are_asked_first_and_can_be_undone(editor: User) -> None:
    text = make_article("Target")
    make_article("Source", f"[there](article:{text.article_id})")
    client = signed_in(editor)

    assertContains(client.get(address(text, "archive/")), "Source")
    client.post(address(text, "archive/"))
    assert is_archived(text)
    client.post(address(text, "restore/"))
    assert not is_archived(text)
    client.post(address(text, "withdraw/"))
    text.refresh_from_db()
    assert (text.live, text.state) == (None, "draft")
    client.post(address(text), typed(text, do="review"))
    text.refresh_from_db()
    assert text.state == "review"
    assertContains(client.get("/desk/kb/?state=review"), "Target")
    assertContains(client.get(address(text, "withdraw/"), follow=True), "There is nothing to do")
    assert client.post(address(text, "nonsense/")).status_code == 404


def test_what_was_not_shown_before_is_not_published(editor: User) -> None:
    text = make_draft("A", "first")
    client = signed_in(editor)
    assertContains(client.get(address(text, "publish/")), '<input type="hidden" name="number" value="1">')
    writing.write(article=text.article, language="de", draft=Draft("A", "second"), by=None)

    shown = client.post(address(text, "publish/"), {"number": "1"}, follow=True)

    text.refresh_from_db()
    assertContains(shown, "somebody has changed the article")
    assert text.live is None
    client.post(address(text, "publish/"), {"number": "2"})
    text.refresh_from_db()
    assert text.plain == "second"


def is_archived(text: ArticleText) -> bool:
    return Article.objects.get(pk=text.article_id).archived_at is not None


def test_links_that_lead_nowhere_for_readers_are_named_before_publishing(editor: User) -> None:
    inside = make_article("Inside", visibility=Visibility.INTERNAL)
    draft, gone = make_draft("Unfinished"), make_article("Gone")
    publishing.archive(article=gone.article, by=None)
    addresses = [f"article:{one.article_id}" for one in (inside, draft, gone)]
    body = " ".join(f"[x]({one})" for one in [*addresses, "article:99999", "attachment:nokey", "../a.md"])
    text = make_draft("A", f"{body} [fine](https://x.example) [here](#h-a)")

    page = signed_in(editor).get(address(text, "publish/"))

    assertContains(page, "6 links lead nowhere")
    for said in (
        "Not everybody who reads",
        "still a draft",
        "is archived",
        "no such article",
        "no such file",
    ):
        assertContains(page, said)
    writing.place(article=text.article, category=text.article.category, visibility=4, by=None)
    assertNotContains(signed_in(editor).get(address(text, "publish/")), "Not everybody who reads")


def test_revisions_show_what_changed_and_can_be_taken_up_again(editor: User) -> None:
    text = make_article("A", "one\ntwo\nthree")
    writing.write(article=text.article, language="de", draft=Draft("A", "one\n2\nthree", note="n"), by=editor)
    client = signed_in(editor)

    page = client.get(address(text, "revisions/2/"))
    assertContains(page, "<del>two</del>")
    assertContains(page, "<ins>2</ins>")
    assertContains(page, '<span class="diff-word">gone</span>')
    assertContains(client.get(address(text, "revisions/")), "what readers see")
    client.post(address(text, "revisions/1/"))

    text.refresh_from_db()
    assert text.working is not None
    assert (text.working.number, text.working.body, text.state) == (3, "one\ntwo\nthree", "draft")
    assert client.get(address(text, "revisions/9/")).status_code == 404


def test_a_comparison_leaves_out_what_is_the_same() -> None:
    lines = [str(number) for number in range(20)]
    changed = [*lines[:10], "ten", *lines[11:]]

    found = compare("\n".join(lines), "\n".join(changed))

    assert found[0] == Line("gap", count=8)
    assert [line.kind for line in found] == ["gap", "same", "same", "gone", "new", "same", "same", "gap"]
    assert compare("a", "a") == []
    assert [line.kind for line in compare("x\n" * 3000, "y\n" * 3000)].count("new") == 3000


@pytest.mark.parametrize(
    ("name", "content", "told", "begins"),
    [
        ("a.png", PNG, "image/png", "![a.png]("),
        ("a.png", b"<svg onload='x()'></svg>", "image/svg+xml", "[a.png]("),
        ("a.html", b"<script>x()</script>", "text/plain", "[a.html]("),
        ("a.txt", b"\xff\xfe\x00binary", "application/octet-stream", "[a.txt]("),
        ("../../e]vil.pdf", b"%PDF-1.7", "application/pdf", "[e)vil.pdf]("),
    ],
)
def test_a_file_is_what_its_contents_say(
    editor: User, name: str, content: bytes, told: str, begins: str
) -> None:
    text = make_draft("A")
    file = SimpleUploadedFile(name, content, "image/png")

    said = signed_in(editor).post(f"/desk/kb/{text.article_id}/files/", {"files_to_add": [file]}).json()

    row = ArticleFile.objects.get()
    assert (row.content_type, row.is_live) == (told, False)
    assert said["marks"][0].startswith(begins)
    assert said["marks"][0].endswith(f"(attachment:{row.key})")


def test_files_have_a_limit_together_and_go_when_nothing_shows_them(editor: User, settings: Any) -> None:
    text = make_draft("A", "typed")
    client, upload = signed_in(editor), f"/desk/kb/{text.article_id}/files/"
    without_script = {
        **typed(text, body="not saved yet", do="files"),
        "files_to_add": [SimpleUploadedFile("a.png", PNG)],
    }

    page = client.post(address(text), without_script)
    row = ArticleFile.objects.get()
    assertContains(page, f"not saved yet\n\n![a.png](attachment:{row.key})")
    assert client.post(upload, {"files_to_add": [SimpleUploadedFile("a.png", PNG)]}).status_code == 200
    assert ArticleFile.objects.count() == 1
    settings.ARTICLE_FILES_MEGABYTES = 0
    refused = client.post(upload, {"files_to_add": [SimpleUploadedFile("b.png", PNG + b"1")]})
    assert (refused.status_code, "too large" in refused.json()["error"]) == (422, True)

    client.post(address(text), typed(text, body=f"![a](attachment:{row.key})"))
    remove = f"/desk/kb/{text.article_id}/files/{row.key}/delete/"
    assertContains(client.post(remove, follow=True), "still shows this file")
    text.refresh_from_db()
    client.post(address(text), typed(text, body="nothing"))
    other = make_draft("B")
    assert client.post(remove.replace(str(text.article_id), str(other.article_id), 1)).status_code == 404
    client.post(remove)
    assert not ArticleFile.objects.exists()


def test_opening_a_category_says_how_many_articles_it_opens_to_whom(editor: User) -> None:
    shelf = make_category("Inner", Visibility.INTERNAL)
    make_article("A", category=shelf)
    make_article("B", category=shelf, visibility=Visibility.SIGNED_IN)
    make_article("C", category=shelf, visibility=Visibility.INTERNAL)
    make_draft("D", category=shelf)
    client, page = signed_in(editor), f"/desk/kb/categories/{shelf.pk}/"
    sent = {"name_de": "Innen", "name_en": "Inner", "visibility": 1, "position": 1, "parent": ""}

    asked = client.post(page, sent)

    assertContains(asked, "1 published article becomes visible to: Everybody", status_code=422)
    assertContains(asked, "visible to: Whoever is signed in", status_code=422)
    shelf.refresh_from_db()
    assert shelf.visibility == Visibility.INTERNAL
    client.post(page, {**sent, "is_confirmed": "on"})
    shelf.refresh_from_db()
    assert (shelf.visibility, shelf.name_de) == (Visibility.PUBLIC, "Innen")
    shelf.visibility = Visibility.INTERNAL
    assert widened_by(shelf) == []
    assertContains(client.post(f"{page}delete/", follow=True), "Something still stands in this category")
    client.post("/desk/kb/categories/new/", {**sent, "name_de": "Leer"})
    empty = Category.objects.get(name_de="Leer")
    client.post(f"/desk/kb/categories/{empty.pk}/delete/")
    assert not Category.objects.filter(pk=empty.pk).exists()


def test_readers_words_wait_until_somebody_has_seen_to_them(editor: User) -> None:
    text = make_article("A")
    now = timezone.now()
    for kind, comment in (
        ("outdated", ""),
        ("not_helpful", "<b>wrong</b> port"),
        ("not_helpful", ""),
        ("helpful", ""),
    ):
        Feedback.objects.create(text=text, kind=kind, comment=comment, at=now)
    client = signed_in(editor)

    page = client.get("/desk/kb/inbox/")
    assert len(page.context["feedback"]) == 2
    assertContains(page, "&lt;b&gt;wrong&lt;/b&gt; port")
    assertContains(client.get("/desk/kb/"), "2 to look at")
    one = Feedback.objects.get(kind="outdated")
    client.post(f"/desk/kb/inbox/{one.pk}/")
    assert len(client.get("/desk/kb/inbox/").context["feedback"]) == 1
    assert AuditEntry.objects.filter(verb="feedback.handled").count() == 1


def test_articles_are_found_by_their_state_language_and_words(editor: User) -> None:
    shelf = make_category("Inner", parent=make_category("Outer"))
    both = make_article("Router neu starten", category=shelf)
    translate(both.article, "Restart the router")
    german = make_article("Drucker")
    archived = make_article("Altes")
    publishing.archive(article=archived.article, by=None)
    draft = make_draft("Entwurf", visibility=Visibility.INTERNAL)
    client = signed_in(editor)

    def found(query: str) -> set[int]:
        return {row.article.pk for row in client.get(f"/desk/kb/?{query}").context["rows"]}

    assert found("") == {both.article_id, german.article_id, draft.article_id}
    assert found("state=published") == {both.article_id, german.article_id}
    assert found("state=archived") == {archived.article_id}
    assert found("state=draft&visibility=4") == {draft.article_id}
    assert found("missing=en&state=published") == {german.article_id}
    assert found("q=restart router") == {both.article_id}
    assert found(f"q=%23{german.article_id}") == {german.article_id}
    assert shelf.parent is not None
    assert found(f"category={shelf.parent.pk}") == {both.article_id}
    assert found("state=x&visibility=9&missing=fr&category=x&before=-1") == found("")
    assertContains(client.get("/desk/kb/find/", {"q": "drucker"}), f"[Drucker](article:{german.article_id})")
    assertNotContains(client.get("/desk/kb/find/", {"q": "altes"}), "Altes")


def test_related_articles_are_chosen_by_words(editor: User) -> None:
    one, other = make_article("One"), make_article("Other")
    client, page = signed_in(editor), f"/desk/kb/{one.article_id}/related/"

    assertContains(client.get(f"{page}?q=other"), "Other")
    client.post(page, {"other": other.article_id})
    assertContains(client.get(address(other)), "One")
    client.post(page, {"other": other.article_id, "is_related": "0"})
    assert not one.article.related.exists()


def test_what_an_author_writes_runs_nowhere(editor: User) -> None:
    hostile = "<script>x()</script> <img src=x onerror=x()> [a](javascript:x()) ![b](https://e.example/p.png)"
    hostile += " <img src='/&#9;/e.example/p.png'> <img src=' //e.example/p.png'>"
    text = make_draft("<i>T</i>", hostile)
    client = signed_in(editor)

    shown = client.post("/desk/kb/preview/", {"body": hostile, "article": text.article_id}).content.decode()
    page = client.get(address(text)).content.decode()

    for one in (shown, page.partition('id="preview"')[2]):
        assert "<script>x" not in one
        assert "onerror" not in one
        assert 'href="javascript' not in one
        assert 'src="https://e.example' not in one
        assert "/e.example/p.png" not in one.replace("https://e.example", "")
    assert "&lt;i&gt;T&lt;/i&gt;" in page
