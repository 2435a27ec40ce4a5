"""Articles in the admin: to look things up. They are written at the desk."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.models import Article, Category
from knowledge.queries.checking import title_of
from lib.admin import LongListMixin, ReadOnlyAdmin
from lib.languages import page_language


@admin.register(Category)
class CategoryAdmin(ReadOnlyAdmin):
    """Read-only; categories are changed at the desk, which asks before it opens articles."""

    list_display = ("name_de", "name_en", "parent", "visibility", "position")
    list_filter = ("visibility",)
    list_select_related = ("parent",)
    search_fields = ("name_de", "name_en")
    fields = (
        "parent",
        ("name_de", "name_en"),
        ("description_de", "description_en"),
        "visibility",
        "position",
    )


@admin.register(Article)
class ArticleAdmin(LongListMixin, ReadOnlyAdmin):
    """Read-only, with a link to where the article is written."""

    list_display = ("__str__", "titled", "category", "visibility", "archived_at")
    list_filter = ("visibility", "category")
    list_select_related = ("category",)
    search_fields = ("texts__working__title",)
    ordering = ("-id",)
    fields = ("at_the_desk", "titled", "category", "visibility", "created_at", "archived_at", "source")
    readonly_fields = ("at_the_desk", "titled")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """Articles with what their titles need."""
        rows: QuerySet[Article] = super().get_queryset(request)
        return rows.select_related("category").prefetch_related("texts__working")

    @admin.display(description=_("title"))
    def titled(self, article: Article) -> str:
        """The title in the reader's language."""
        return title_of(article, page_language())

    @admin.display(description=_("At the desk"))
    def at_the_desk(self, article: Article) -> SafeString:
        """The link to where it is written."""
        return format_html(
            '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>',
            reverse("editors:article_any", args=[article.pk]),
            gettext("Open the article"),
        )
