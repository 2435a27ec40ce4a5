"""Articles for tests, written and published through the actions."""

from itertools import count
from typing import Any

from accounts.models import User
from knowledge.actions import categories, publishing, writing
from knowledge.actions.writing import Draft
from knowledge.models import Article, ArticleText, Category, Visibility
from tests.factories.cast import make_user

_serial = count(1)


def make_editor(username: str = "", **fields: Any) -> User:
    """An agent who is marked as an editor."""
    user = make_user(username or f"editor{next(_serial)}", User.Role.AGENT, **fields)
    User.objects.filter(pk=user.pk).update(edits_articles=True)
    user.refresh_from_db()
    return user


def make_category(
    name: str = "", visibility: int = Visibility.PUBLIC, parent: Category | None = None
) -> Category:
    """A shelf; its German and English names differ by their last letters."""
    name = name or f"Category {next(_serial)}"
    category = Category(name_de=f"{name} de", name_en=f"{name} en", visibility=visibility, parent=parent)
    return categories.save(category=category, by=None)


def make_draft(
    title: str = "", body: str = "", *, category: Category | None = None, language: str = "de", **fields: Any
) -> ArticleText:
    """An article that nobody but editors sees yet. `visibility` may be given."""
    title = title or f"Article {next(_serial)}"
    visibility = fields.pop("visibility", Visibility.PUBLIC)
    draft = Draft(title=title, body=body or f"Body of {title}", **fields)
    shelf = category or make_category()
    return writing.create(category=shelf, language=language, draft=draft, by=None, visibility=visibility)


def make_article(title: str = "", body: str = "", **fields: Any) -> ArticleText:
    """A published article."""
    return publishing.publish(text=make_draft(title, body, **fields), by=None)


def translate(article: Article, title: str, body: str = "", language: str = "en") -> ArticleText:
    """The article in its other language, published."""
    draft = Draft(title=title, body=body or f"Body of {title}")
    text = writing.write(article=article, language=language, draft=draft, by=None)
    return publishing.publish(text=text, by=None)
