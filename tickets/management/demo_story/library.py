"""Putting the story's articles on their shelves: written, published and judged through the actions."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from accounts.models import User
from knowledge.actions import (
    categories,
    feedback,
    inbox,
    publishing,
    relating,
    searches,
    synonyms,
    writing,
)
from knowledge.actions.writing import Draft
from knowledge.gateways.search_marks import mark_for
from knowledge.models import Article, ArticleText, Category, SynonymSet, Visibility
from tickets.management.demo_story import articles as told
from tickets.management.demo_story.articles_public import ARTICLES_PUBLIC
from tickets.management.demo_story.articles_within import ARTICLES_WITHIN

ARTICLES = ARTICLES_PUBLIC + ARTICLES_WITHIN
TO_PUBLISH = timedelta(hours=3)
TO_TRANSLATE = timedelta(hours=5)
_KEY = re.compile(r"article:([a-z][a-z-]*)")
_CIRCLES = {
    "public": Visibility.PUBLIC,
    "signed_in": Visibility.SIGNED_IN,
    "contract": Visibility.CONTRACT,
    "internal": Visibility.INTERNAL,
}


def fill_shelves(users: Mapping[str, User], at: datetime) -> int:
    """Write all articles of the story as of this moment. Returns how many there are."""
    began_at = at - timedelta(days=max(one.days_ago for one in ARTICLES) + 1)
    shelves = {one.key: _shelf(one, place, began_at) for place, one in enumerate(told.CATEGORIES, 1)}
    ids: dict[str, int] = {}
    for one in ARTICLES:
        article = _write(one, shelves[one.category], ids, users[one.author], at)
        ids[one.key] = article.pk
        for key in one.related:
            other = Article.objects.get(pk=ids[key])
            relating.relate(article=article, other=other, is_related=True, by=users[one.author], at=at)
        for voice in one.voices:
            _say(article, voice, users, at)
    _look_for(ids, at)
    return len(ARTICLES)


def _look_for(ids: Mapping[str, int], at: datetime) -> None:
    """What readers have looked for, found or not, and which words the firm takes for the same."""
    for words in told.SYNONYMS:
        synonyms.save(synonyms=SynonymSet(words=words), by=None, at=at)
    for one in told.SEARCHES:
        moment = at - timedelta(days=one.days_ago)
        for _ in range(one.times):
            searches.note_search(text=one.words, language=one.language, found=one.found, at=moment)
        for _ in range(one.opened if one.opens else 0):
            mark = mark_for(text=one.words, language=one.language, is_counted=True)
            searches.note_click(mark=mark, article_id=ids[one.opens], at=moment)


def _shelf(one: told.Category, place: int, at: datetime) -> Category:
    category = Category(
        name_de=one.name[0],
        name_en=one.name[1],
        description_de=one.description[0],
        description_en=one.description[1],
        position=place * 10,
        visibility=_CIRCLES[one.visible_to],
    )
    return categories.save(category=category, by=None, at=at)


def _write(one: told.Article, shelf: Category, ids: Mapping[str, int], by: User, at: datetime) -> Article:
    """Write it in its languages and bring it as far as the story says."""
    written_at = at - timedelta(days=one.days_ago)
    begun = _draft(one.de, ids)
    if one.earlier:
        begun = Draft(title=begun.title, summary=begun.summary, body=inspect.cleandoc(one.earlier) + "\n")
    circle, moment = _CIRCLES[one.visible_to], written_at - timedelta(days=bool(one.earlier))
    row = writing.create(category=shelf, language="de", draft=begun, visibility=circle, by=by, at=moment)
    if one.earlier:
        again = replace(_draft(one.de, ids), note="Schritt für Schritt, mit Beispieltext")
        row = writing.write(article=row.article, language="de", draft=again, by=by, at=written_at)
    _bring_to(one.state, row, by, written_at)
    if one.en:
        row = writing.write(
            article=row.article, language="en", draft=_draft(one.en, ids), by=by, at=written_at + TO_TRANSLATE
        )
        _bring_to(one.state, row, by, written_at + TO_TRANSLATE)
    return row.article


def _draft(text: told.Text, ids: Mapping[str, int]) -> Draft:
    body = _KEY.sub(lambda found: f"article:{ids[found[1]]}", text.body)
    return Draft(title=text.title, summary=text.summary, body=body)


def _bring_to(state: told.State, row: ArticleText, by: User, at: datetime) -> None:
    if state == "review":
        publishing.ask_for_review(text=row, by=by, at=at)
    elif state in ("published", "archived"):
        publishing.publish(text=row, by=by, at=at + TO_PUBLISH)
    if state == "archived":
        publishing.archive(article=row.article, by=by, at=at + timedelta(days=3))


def _say(article: Article, voice: told.Voice, users: Mapping[str, User], at: datetime) -> None:
    said = feedback.give(
        text=article.texts.get(language="de"),
        kind=voice.kind,
        comment=voice.comment,
        by=users.get(voice.by),
        visitor="" if voice.by else f"demo-{voice.kind}-{voice.days_ago}",
        at=at - timedelta(days=voice.days_ago),
    )
    if voice.is_handled:
        inbox.handle(feedback=said, is_handled=True, by=None, at=at)
