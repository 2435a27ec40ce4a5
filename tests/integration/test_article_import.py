"""Importing folders: what becomes an article, what is named and left out, and importing once more."""

import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from knowledge.actions import publishing, writing
from knowledge.actions.writing import Draft
from knowledge.models import Article, ArticleFile, ArticleText, Revision
from lib.foreign_html import TooTangled, to_markdown
from tests.factories.articles import make_category, make_editor

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    made = tmp_path / "handbook"
    made.mkdir()
    make_category("Manual")
    return made


def put(folder: Path, path: str, content: str | bytes) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def run(folder: Path, *more: str) -> str:
    out = StringIO()
    call_command("import_articles", str(folder), "--category", "manual DE", *more, stdout=out)
    return out.getvalue()


def text_of(source: str, language: str = "de") -> ArticleText:
    return ArticleText.objects.select_related("working", "article").get(
        article__source=f"handbook/{source}", language=language
    )


def body_of(source: str, language: str = "de") -> str:
    text = text_of(source, language)
    assert text.working is not None
    return text.working.body


def test_a_folder_becomes_articles_that_nobody_but_editors_sees(folder: Path) -> None:
    make_category("Network")
    put(folder, "vpn.md", "# VPN einrichten\n\nSiehe [Router](net/router.html#a) und ![Bild](img/a.png).\n")
    put(
        folder,
        "vpn.en.md",
        "---\ntitle: 'Set up VPN'\nsummary: In two steps\ncolour: red\n---\nSee [x](vpn.md).",
    )
    put(
        folder, "net/router.html", "<title>x</title><h1>Router</h1><p>Zurück: <a href='../vpn.md'>VPN</a></p>"
    )
    put(folder, "shared.md", "---\ncategory: Network en\nvisibility: public\n---\nOhne Titel `[x](vpn.md)`")
    put(folder, "img/a.png", PNG)
    put(folder, "img/unused.png", PNG)

    said = run(folder)

    assert "Done: 4 new" in said
    assert "unknown key: colour" in said
    vpn, router = text_of("vpn"), text_of("net/router")
    key = ArticleFile.objects.get(article=vpn.article).key
    assert body_of("vpn") == f"Siehe [Router](article:{router.article_id}) und ![Bild](attachment:{key}).\n"
    assert body_of("net/router") == f"Zurück: [VPN](article:{vpn.article_id})\n"
    english = text_of("vpn", "en")
    assert english.working is not None
    assert (english.working.title, english.working.summary) == ("Set up VPN", "In two steps")
    assert (vpn.state, vpn.live, vpn.article.visibility) == ("draft", None, 4)
    shared = text_of("shared")
    assert shared.working is not None
    assert (shared.working.title, shared.article.visibility, shared.article.category.name_en) == (
        *("shared", 1),
        "Network en",
    )


def test_importing_again_takes_over_changes_and_leaves_alone_what_was_edited_here(folder: Path) -> None:
    put(folder, "a.md", "# A\n\n![p](p.png)")
    put(folder, "b.md", "# B\n\nb")
    put(folder, "p.png", PNG)
    run(folder, "--publish")
    before = (Revision.objects.count(), ArticleFile.objects.count())
    assert "Done: 2 as it was" in run(folder, "--publish")
    assert (Revision.objects.count(), ArticleFile.objects.count()) == before == (2, 1)

    put(folder, "a.md", "# A\n\nnew")
    put(folder, "b.md", "# B\n\nnew")
    edited = text_of("b")
    writing.write(article=edited.article, language="de", draft=Draft("B", "ours"), by=make_editor())
    said = run(folder)

    assert "1 changed, 1 left alone" in said
    assert (body_of("a"), body_of("b")) == ("new\n", "ours")
    assert text_of("a").title == "A"
    assert text_of("a").plain == ""
    assert Article.objects.count() == 2
    run(folder, "--overwrite")
    assert body_of("b") == "new\n"
    assert edited.revisions.filter(body="ours").exists()


def test_a_dry_run_says_what_would_happen_and_stores_nothing(folder: Path, settings: Any) -> None:
    put(folder, "a.md", "# A\n\n![p](p.png)")
    put(folder, "p.png", PNG)

    assert "Nothing was stored (dry run): 1 new" in run(folder, "--dry-run", "--publish")

    assert not Article.objects.exists()
    assert not Path(settings.MEDIA_ROOT).exists()


def test_bad_files_are_named_and_left_out_and_the_others_come_in(folder: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.md", "# secret-zq\n\nsecret-zq")
    put(tmp_path, "outside/inner.md", "# secret-zq\n\nsecret-zq")
    (folder / "link.md").symlink_to(secret)
    (folder / "linked").symlink_to(tmp_path / "outside")
    (folder / "a.png").symlink_to(secret)
    os.mkfifo(folder / "pipe.md")
    put(
        folder,
        "good.md",
        "[up](../secret.md) [abs](/etc/passwd) ![x](a.png) [gone](b/c.md) ![w](..%2fsecret.md)",
    )
    put(folder, "latin.md", "# Größe".encode("latin-1"))
    put(folder, "null.md", "# A\0")
    put(folder, "huge.md", "a" * 1_000_001)
    put(folder, "long.md", "a" * 200_001)
    put(folder, "empty.md", "")
    put(folder, "head.md", "---\ntitle: x\n---\n")
    put(folder, "lang.md", "---\nlanguage: fr\n---\nx")
    put(folder, "see.md", "---\nvisibility: everyone\n---\nx")
    put(folder, "cat.md", "---\ncategory: Nowhere\n---\nx")
    put(folder, "title.md", f"# {'t' * 151}\n\nx")
    put(folder, "good.html", "<p>twice</p>")
    put(folder, "deep.html", "<div>" * 101)
    put(folder, "\x1b[31m.md", "escape")
    put(folder, ".hidden.md", "hidden")

    said = run(folder)

    for name, why in {
        **dict.fromkeys(("link.md", "linked", "a.png"), "symbolic links are not followed"),
        "pipe.md": "no file",
        "latin.md": "not UTF-8",
        "null.md": "not UTF-8",
        "huge.md": "too large",
        "long.md": "too large",
        "empty.md": "empty",
        "head.md": "empty",
        "lang.md": "neither de nor en",
        "see.md": "visibility is none",
        "cat.md": "category it names",
        "title.md": "title is",
        "good.md": "another file is the same article",
        "deep.html": "too many or too deep tags",
    }.items():
        assert any(name in line and why in line for line in said.splitlines()), (name, said)
    assert "\x1b" not in said
    assert set(Article.objects.values_list("source", flat=True)) == {"handbook/good", "handbook/\x1b[31m"}
    assert not Revision.objects.filter(body__contains="secret-zq").exists()
    assert not ArticleFile.objects.exists()


def test_a_page_never_becomes_visible_to_more_people_than_it_says(folder: Path) -> None:
    put(folder, "vpn.de.md", "---\ntitle: VPN\nvisibility: public\n---\nFür alle.")
    put(folder, "vpn.en.md", "---\ntitle: VPN\nvisibility: internal\n---\nThe master password is koala.")

    said = run(folder, "--publish")

    assert "vpn.en.md: its article is visible to more people than the file allows" in said
    assert [text.language for text in ArticleText.objects.filter(article=text_of("vpn").article)] == ["de"]

    put(folder, "vpn.de.md", "---\ntitle: VPN\nvisibility: contract\n---\nNur für wenige.")
    assert "vpn.de.md: its article is visible" in run(folder, "--publish")
    assert "Für alle." in text_of("vpn").html


def test_an_archived_article_is_brought_up_to_date_and_stays_archived(folder: Path) -> None:
    put(folder, "old.md", "# Alt\n\nEins.")
    run(folder, "--publish")
    publishing.archive(article=text_of("old").article, by=None)
    put(folder, "old.md", "# Alt\n\nZwei.")

    assert "not published, the article is archived" in run(folder, "--publish")
    assert (body_of("old"), text_of("old").plain) == ("Zwei.\n", "Eins.")


def test_links_out_of_the_folder_stay_as_they_are_and_are_named(folder: Path) -> None:
    put(
        folder,
        "a.md",
        "[up](../secret.md) [abs](/etc/passwd) ![gone](b/c.png)\n\n```\n[code](b.md)\n```\n\n[r]: b.md",
    )
    put(folder, "b.md", "b")

    said = run(folder)

    assert "link leads out of the folder: ../secret.md" in said
    assert "link leads nowhere: b/c.png" in said
    other = text_of("b").article_id
    assert body_of("a") == (
        "[up](../secret.md) [abs](/etc/passwd) ![gone](b/c.png)\n\n```\n[code](b.md)\n```\n\n"
        f"[r]: article:{other}\n"
    )


def test_a_page_of_another_program_loses_what_could_run(folder: Path) -> None:
    html = (
        "<html><head><title>A &amp; B</title><script>x()</script><style>p{}</style></head><body>"
        "<nav>menu</nav><p onclick='x()'>Text <b>fett</b> <a href='javascript:x()'>a</a></p>"
        "<iframe src='https://e.example'></iframe><table><tr><th>k</th></tr><tr><td>v</td></tr></table></body></html>"
    )

    page = to_markdown(html)

    assert page.title == "A & B"
    assert "Text **fett**" in page.body
    assert "| v |" in page.body
    for gone in ("x()", "menu", "iframe", "javascript", "p{}"):
        assert gone not in page.body
    assert to_markdown("<ul>" + "<li>item" * 300 + "</ul>").body.count("- item") == 300
    with pytest.raises(TooTangled):
        to_markdown("<p>" * 30_000)


def test_what_is_wrong_with_the_call_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "to").symlink_to(folder)
    for wrong in (tmp_path / "nothing", tmp_path / "to"):
        with pytest.raises(CommandError, match="no folder"):
            run(wrong)
    with pytest.raises(CommandError, match="no category"):
        call_command("import_articles", str(folder), "--category", "Nowhere")
    put(folder, "a.md", "x")
    out = StringIO()
    call_command("import_articles", str(folder), stdout=out)
    assert "it names no category" in out.getvalue()
