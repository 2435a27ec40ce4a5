"""Articles over the API: what the caller may read, in every language they may read it in."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.timezone import localtime
from rest_framework import serializers
from rest_framework.request import Request

from accounts.access import acting_user
from knowledge.access import reader_of, visible_articles, visible_texts
from knowledge.models import Article, ArticleText
from knowledge.rules.addresses import article_path
from knowledge.rules.visibility import Reach
from lib.api.filters import Filter, by_id
from lib.api.serializers import StrictSerializer
from lib.api.views import ReadViewSet

_READ = "readable_texts"


class CategoryShape(StrictSerializer):
    """Where an article stands."""

    id = serializers.IntegerField()
    name_de = serializers.CharField()
    name_en = serializers.CharField()


class TextShape(StrictSerializer):
    """An article in one language."""

    language = serializers.ChoiceField(ArticleText.Language.choices)
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    url = serializers.CharField(help_text="Where people read it.")
    published_at = serializers.DateTimeField()
    html = serializers.CharField(required=False, help_text="The whole text; only where one article is read.")


class ArticleShape(StrictSerializer):
    """An article as it is read."""

    id = serializers.IntegerField()
    category = CategoryShape()
    visibility = serializers.ChoiceField([reach.name.lower() for reach in Reach])
    texts = TextShape(many=True)

    def to_representation(self, instance: Article) -> dict[str, Any]:
        """The article with its texts; the whole of them where `is_whole` is asked for."""
        category, is_whole = instance.category, bool(self.context.get("is_whole"))
        return {
            "id": instance.pk,
            "category": {"id": category.pk, "name_de": category.name_de, "name_en": category.name_en},
            "visibility": Reach(instance.reach).name.lower(),
            "texts": [_text_as_json(text, is_whole) for text in getattr(instance, _READ)],
        }


def _in_language(language: str, request: Request) -> Q:
    texts = visible_texts(reader_of(acting_user(request)))
    return Q(Exists(texts.filter(article=OuterRef("pk"), language=language)))


class ArticleViewSet(ReadViewSet[Article]):
    """Published articles that the caller may read: those that the portal shows them."""

    serializer_class = ArticleShape
    queryset = Article.objects.none()
    orderings = {"-id": ("-id",), "id": ("id",)}
    filters = {
        "language": Filter(
            serializers.ChoiceField(ArticleText.Language.choices), _in_language, "There is a text in it."
        ),
        "category": by_id("category", "Directly in it."),
    }

    def get_queryset(self) -> QuerySet[Article]:
        """What the caller may read at this moment."""
        reader = reader_of(acting_user(self.request))
        texts = visible_texts(reader).order_by("language").defer("heading", "search", "plain")
        return (
            visible_articles(reader)
            .select_related("category")
            .prefetch_related(Prefetch("texts", texts, to_attr=_READ))
        )

    def get_serializer_context(self) -> dict[str, Any]:
        """With whole texts where one article is read."""
        return {**super().get_serializer_context(), "is_whole": self.action == "retrieve"}


def _text_as_json(text: ArticleText, is_whole: bool) -> dict[str, Any]:  # noqa: FBT001 (of a list or not)
    shown: dict[str, Any] = {
        "language": text.language,
        "title": text.title,
        "summary": text.summary,
        "url": settings.SITE_URL + article_path(text.article_id, text.language, text.slug),
        "published_at": localtime(text.published_at).isoformat() if text.published_at else None,
    }
    return {**shown, "html": text.html} if is_whole else shown
