"""Who reads which article, and who writes. The only place that decides either; every door asks here.

Contract articles are a matter of the moment: whether a customer's service agreement is in force is worked
out anew for each request, never remembered.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from contracts.queries import standing_of
from customers.access import contact_of
from knowledge.models import Article, ArticleFile, ArticleText
from knowledge.models.articles import SHOWN, ArticleTextQuerySet
from knowledge.models.categories import Category, CategoryQuerySet
from knowledge.rules.visibility import Reach, ReaderFact, highest_reach


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the narrowest circle they are in at this moment, and whether they write articles."""

    reach: Reach
    is_editor: bool = False
    user_id: int | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether this is somebody we know."""
        return self.user_id is not None


ANYBODY = Reader(Reach.PUBLIC)


def reader_of(user: User | AnonymousUser, at: datetime | None = None) -> Reader:
    """What this person may read now. A login without an active contact reads what everybody may."""
    if not isinstance(user, User) or not user.is_active:
        return ANYBODY
    if user.is_agent:
        fact = ReaderFact(is_signed_in=True, is_agent=True, has_contract=False)
        return Reader(highest_reach(fact), is_editor=may_edit(user), user_id=user.pk)
    contact = contact_of(user)
    return ANYBODY if contact is None else _contact_reader(user.pk, contact.customer_id, at)


def reader_at(customer_id: int, at: datetime | None = None) -> Reader:
    """What a customer's contacts may read: to ask before an article is sent to them."""
    return _contact_reader(0, customer_id, at)


def _contact_reader(user_id: int, customer_id: int, at: datetime | None) -> Reader:
    standing = standing_of(customer_id, at or timezone.now())
    fact = ReaderFact(is_signed_in=True, is_agent=False, has_contract=standing.in_force)
    return Reader(highest_reach(fact), user_id=user_id)


READABLE = "text.live_id IS NOT NULL AND article.archived_at IS NULL AND article.reach <="
"""The same for questions that are written in SQL; a parameter with the reader's reach follows."""


def visible_texts(reader: Reader) -> ArticleTextQuerySet:
    """The published texts this reader may read."""
    return ArticleText.objects.within(reader.reach)


def visible_articles(reader: Reader) -> QuerySet[Article]:
    """The articles of which this reader may read a text."""
    return Article.objects.filter(SHOWN, reach__lte=reader.reach)


def visible_categories(reader: Reader) -> CategoryQuerySet:
    """Categories in which, or below which, something stands for this reader; no others are known to them."""
    there = visible_articles(reader)
    holding = Q()
    for path in ("category", "category__parent", "category__parent__parent"):
        holding |= Q(Exists(there.filter(**{path: OuterRef("pk")})))
    return Category.objects.within(reader.reach).filter(holding)


def teased_texts(reader: Reader) -> ArticleTextQuerySet:
    """Texts for customers with a service agreement, of which this reader may know that they exist.

    Never what they say, nor their titles. None where ARTICLE_TEASER is off or the reader may read them.
    """
    texts = ArticleText.objects.published()
    if not settings.ARTICLE_TEASER or reader.reach >= Reach.CONTRACT:
        return texts.none()
    return texts.filter(article__reach=Reach.CONTRACT)


def visible_files(reader: Reader) -> QuerySet[ArticleFile]:
    """Files that a published text shows and this reader may have; editors have all."""
    files = ArticleFile.objects.filter(article__reach__lte=reader.reach)
    if reader.is_editor:
        return files
    return files.filter(is_live=True, article__archived_at__isnull=True)


def get_text(reader: Reader, article_id: int, language: str) -> ArticleText:
    """Load a text for reading. Error: 404 for unknown, unpublished, archived and forbidden alike."""
    text = (
        visible_texts(reader)
        .select_related("article__category__parent__parent")
        .defer("heading", "search")
        .filter(article_id=article_id, language=language)
        .first()
    )
    if text is None:
        raise Http404
    return text


def may_edit(user: User) -> bool:
    """Whether this person writes and publishes articles: leads, and agents who are marked as editors."""
    return user.is_active and user.is_editor
