"""Categories: what articles are sorted into, and how far each may be seen."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import acting_user, editors_only
from knowledge.actions import categories as category_actions
from knowledge.actions.categories import CannotShelve
from knowledge.forms.placing import CategoryForm, refusal_in_words
from knowledge.models import Category
from knowledge.queries import editing
from knowledge.views.frame import render_editors
from lib.languages import page_language


@editors_only
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """All categories as a tree."""
    language = page_language()
    rows = [
        (one, one.category.name(language), one.category.description(language)) for one in editing.shelves()
    ]
    return render_editors(request, "knowledge/categories.html", {"rows": rows})


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_category(request: HttpRequest) -> HttpResponse:
    """A new category."""
    return _edit(request, Category(), is_new=True)


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, move, narrow or widen a category. What would open articles to more people is asked first."""
    return _edit(request, get_object_or_404(Category, pk=pk), is_new=False)


@editors_only
@require_POST
def delete_category(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an empty category away."""
    try:
        category_actions.delete(category=get_object_or_404(Category, pk=pk), by=acting_user(request))
    except CannotShelve as error:
        messages.error(request, refusal_in_words(error))
        return redirect("editors:category", pk)
    messages.success(request, _("The category is gone."))
    return redirect("editors:categories")


def _edit(request: HttpRequest, row: Category, *, is_new: bool) -> HttpResponse:
    form = CategoryForm(request.POST or None, instance=row)
    if request.method == "POST" and form.went_well(by=acting_user(request)):
        messages.success(request, _("The category is saved."))
        return redirect("editors:categories")
    is_empty = not is_new and not row.articles.exists() and not row.children.exists()
    context = {"form": form, "category": row, "is_new": is_new, "is_empty": is_empty}
    status = 422 if request.method == "POST" else 200
    return render_editors(request, "knowledge/category.html", context, status=status)
