"""How articles point at each other and at their files: by id and key, so that renaming breaks nothing.

An author writes `[text](article:12)` and `![picture](attachment:KEY)`. A link to an article leads to its
short address; that one sends on to the full address whoever may read it, and says to everybody else that
there is nothing, so that a link never gives away a title.
"""

import re

ARTICLES = "/portal/kb/"
_ARTICLE = re.compile(r"article:(\d{1,15})(#[\w-]+)?")
_FILE = re.compile(r"attachment:([A-Za-z0-9_-]{1,43})")
_LINKED = re.compile(rf'href="{ARTICLES}(\d{{1,15}})/')


def article_path(article_id: int, language: str, slug: str) -> str:
    """The full address of an article in one language."""
    return f"{ARTICLES}{language}/{article_id}-{slug}/"


def category_path(category_id: int, language: str, slug: str) -> str:
    """The address of a category in one language."""
    return f"{ARTICLES}{language}/c/{category_id}-{slug}/"


def short_path(article_id: int) -> str:
    """The address of an article that survives renaming and leads to the reader's language."""
    return f"{ARTICLES}{article_id}/"


def linked_articles(html: str) -> list[int]:
    """The ids of the articles that a rendered text links to, each once, as they come."""
    return list(dict.fromkeys(int(found) for found in _LINKED.findall(html)))


def resolve(address: str) -> str:
    """What a link or image of the source leads to on the page; every other address stays as it is."""
    if article := _ARTICLE.fullmatch(address):
        return f"{ARTICLES}{article[1]}/{article[2] or ''}"
    key = file_key(address)
    return f"{ARTICLES}files/{key}/" if key else address


def file_key(address: str) -> str:
    """The key of the file that an address of the source names, or nothing."""
    found = _FILE.fullmatch(address)
    return found[1] if found else ""


def article_id(address: str) -> int | None:
    """The id of the article that an address of the source names."""
    found = _ARTICLE.fullmatch(address)
    return int(found[1]) if found else None
