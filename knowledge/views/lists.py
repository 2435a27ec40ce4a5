"""The editors' list of articles, and what readers have said."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import acting_user, editors_only
from knowledge.actions import inbox as inbox_actions
from knowledge.models import ArticleText, Feedback, Visibility
from knowledge.queries import editing
from knowledge.queries.editing import Shelf, Wanted
from knowledge.views.frame import as_id, render_editors
from lib.languages import page_language

TEXT_LIMIT = 100


@editors_only
@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """All articles, filtered by what stands in the address."""
    shelves = editing.shelves()
    wanted = _wanted(request, shelves)
    page = editing.article_page(wanted, page_language())
    context = {
        "rows": page.rows,
        "shelves": [(one, one.category.name(page_language())) for one in shelves],
        "chosen": _chosen(request),
        "is_filtered": any(_chosen(request).values()),
        "state_chips": _state_chips(request),
        "visibilities": Visibility.choices,
        "languages": ArticleText.Language.choices,
        "more_url": _more_url(request, page.before),
        "inbox_count": editing.inbox_count(),
    }
    return render_editors(request, "knowledge/articles.html", context)


@editors_only
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What readers say is wrong or out of date, until somebody has seen to it."""
    found, before = editing.inbox(as_id(request.GET.get("before")))
    context = {"feedback": found, "more_url": _more_url(request, before)}
    return render_editors(request, "knowledge/inbox.html", context)


@editors_only
@require_POST
def handle(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a reader's word away as handled, or take it back."""
    feedback = get_object_or_404(Feedback, pk=pk)
    is_handled = request.POST.get("is_handled") != "0"
    inbox_actions.handle(feedback=feedback, is_handled=is_handled, by=acting_user(request))
    messages.success(request, _("Put away as handled.") if is_handled else _("Back in the inbox."))
    return redirect("editors:inbox")


def _wanted(request: HttpRequest, shelves: list[Shelf]) -> Wanted:
    chosen = _chosen(request)
    category = as_id(request.GET.get("category"))
    return Wanted(
        state=chosen["state"],
        reach=int(chosen["visibility"] or 0),
        categories=editing.with_those_below(category, shelves) if category else (),
        missing=chosen["missing"],
        words=chosen["q"],
        before=as_id(request.GET.get("before")),
    )


def _chosen(request: HttpRequest) -> dict[str, str]:
    """The filters of the address; what is none of ours filters nothing."""
    offered = {
        "state": editing.STATES,
        "visibility": [str(value) for value in Visibility.values],
        "missing": editing.LANGUAGES,
    }
    known = {name: request.GET.get(name, "") for name in offered}
    chosen = {name: value if value in offered[name] else "" for name, value in known.items()}
    chosen["category"] = str(as_id(request.GET.get("category")) or "")
    chosen["q"] = request.GET.get("q", "").strip().replace("\0", "")[:TEXT_LIMIT]
    return chosen


def _state_chips(request: HttpRequest) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        "draft": _("Drafts"),
        "review": _("In review"),
        "published": _("Published"),
        "archived": _("Archived"),
    }
    current = _chosen(request)["state"]
    chips = []
    for state, label in labels.items():
        query = request.GET.copy()
        for name in ("state", "before", "fragment"):
            query.pop(name, None)
        if state:
            query["state"] = state
        url = f"{reverse('editors:articles')}?{query.urlencode()}".rstrip("?")
        chips.append({"label": label, "url": url, "is_current": state == current})
    return chips


def _more_url(request: HttpRequest, before: int) -> str:
    """The address of the next page."""
    if not before:
        return ""
    query = request.GET.copy()
    query["before"] = str(before)
    return f"{request.path}?{query.urlencode()}"
