"""Articles of every circle for the table: each with its address, its shelf's, its file's, and its marks."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile

from knowledge.actions import files, publishing, writing
from knowledge.actions.writing import Draft
from knowledge.models import Visibility
from tests.factories.articles import make_article, make_category, make_draft

CIRCLES = {
    "public": ("public articles", Visibility.PUBLIC),
    "customers'": ("articles for whoever is signed in", Visibility.SIGNED_IN),
    "contract": ("articles for customers with a service agreement", Visibility.CONTRACT),
    "internal": ("articles for ourselves", Visibility.INTERNAL),
}


Named = tuple[str, Mapping[str, Any], str, Any]
"""A thing of the world: its name, what fills its address in, the text by which one knows it, the row."""


def articles_to_read(keep: Callable[[str, str], str]) -> Iterator[Named]:
    """One published article of each circle on a shelf of its own. `keep` notes a text that only some read."""
    for name, (secret, circle) in CIRCLES.items():
        word = name.strip("'")
        title = keep(secret, f"Title{word}-zq")
        shelf = make_category(keep(secret, f"Shelf{word}-zq"))
        text = make_article(title, category=shelf, visibility=circle)
        content = ContentFile(keep(secret, f"content of {word}file-zq").encode(), f"{word}.txt")
        file = files.add(article=text.article, file=content, by=None)
        body = f"[file](attachment:{file.key}) {keep(secret, f'Body{word}-zq')}"
        writing.write(article=text.article, language="de", draft=Draft(title, body), by=None)
        text = publishing.publish(text=text, by=None)
        parts = {"pk": text.article_id, "language": "de", "slug": text.slug}
        yield f"{name} article", parts, title, text
        yield f"file of the {name} article", {"key": file.key}, f"content of {word}file-zq", file
        of_shelf = {"pk": shelf.pk, "language": "de", "slug": shelf.slug("de")}
        yield f"shelf of the {name} article", of_shelf, title, shelf
    content = ContentFile(keep("drafts of articles", "content of draftfile-zq").encode(), "d.txt")
    file = files.add(article=make_draft(category=shelf).article, file=content, by=None)
    yield "file of an unpublished article", {"key": file.key}, "content of draftfile-zq", file
