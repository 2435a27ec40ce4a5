"""The life of an article: review, publishing, withdrawing, the archive; its revisions; what belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_stubs_ext import StrPromise

from accounts.access import acting_user, editors_only
from accounts.models import User
from knowledge.actions import files as file_actions
from knowledge.actions import publishing, relating, writing
from knowledge.actions.publishing import CannotPublish
from knowledge.actions.writing import Draft
from knowledge.forms.placing import PlaceForm
from knowledge.models import Article, ArticleFile, ArticleText, Revision, Visibility
from knowledge.queries import checking, editing
from knowledge.queries.panel import related_to
from knowledge.rules.diffing import compare
from knowledge.views.frame import as_id, render_editors
from knowledge.views.writing import loaded
from lib.languages import page_language

Do = Callable[[ArticleText, User], object]


@dataclass(frozen=True)
class Step:
    """One step: what it asks before, what the button says, what has happened afterwards."""

    title: StrPromise
    question: StrPromise
    button: StrPromise
    done: StrPromise
    do: Do
    is_danger: bool = False


STEPS = {
    "publish": Step(
        _("Publish"),
        _("Readers see this text from now on:"),
        _("Publish"),
        _("Published."),
        lambda text, by: publishing.publish(
            text=text, by=by, number=text.working.number if text.working else None
        ),
    ),
    "review": Step(
        _("Ask for review"),
        _("Colleagues find the draft under “In review”."),
        _("Ask for review"),
        _("Colleagues find it under “In review”."),
        lambda text, by: publishing.ask_for_review(text=text, by=by),
    ),
    "withdraw": Step(
        _("Withdraw"),
        _("Readers do not find this text any more. What was written stays as a draft."),
        _("Withdraw"),
        _("Withdrawn. It is a draft again."),
        lambda text, by: publishing.withdraw(text=text, by=by),
        is_danger=True,
    ),
    "archive": Step(
        _("Archive"),
        _("Readers do not find the article any more, in any language. Editors can take it back."),
        _("Archive"),
        _("Archived. “Take back” undoes it."),
        lambda text, by: publishing.archive(article=text.article, by=by),
        is_danger=True,
    ),
    "restore": Step(
        _("Take back"),
        _("The article is what it was before it was archived: what was published is found again."),
        _("Take back"),
        _("The article is back."),
        lambda text, by: publishing.restore(article=text.article, by=by),
    ),
}


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, language: str, slug: str) -> HttpResponse:
    """Say what a step will do, then do it."""
    article, text = loaded(pk, language)
    if slug not in STEPS or text is None:
        raise Http404
    chosen = STEPS[slug]
    if not _makes_sense(slug, article, text):
        messages.info(
            request, _now("There is nothing to do: the article is in that state already, or archived.")
        )
        return redirect("editors:article", pk, language)
    if request.method != "POST":
        return _ask(request, article, text, slug)
    try:
        _require_seen(request, text)
        chosen.do(text, acting_user(request))
    except CannotPublish:
        messages.error(request, _now("That is not possible any more: somebody has changed the article."))
    else:
        messages.success(request, str(chosen.done))
    return redirect("editors:article", pk, language)


def _require_seen(request: HttpRequest, text: ArticleText) -> None:
    """Error: CannotPublish where the page that asked showed another revision than there is now."""
    shown = request.POST.get("number", "")
    if shown and text.working and shown != str(text.working.number):
        raise CannotPublish


def _makes_sense(slug: str, article: Article, text: ArticleText) -> bool:
    """Whether there is anything to do; the action decides once more."""
    is_archived = article.archived_at is not None
    if slug in ("archive", "restore"):
        return is_archived == (slug == "restore")
    if slug == "withdraw":
        return text.live is not None and not is_archived
    if slug == "review":
        return text.state == ArticleText.State.DRAFT and not is_archived
    return not is_archived


def _ask(request: HttpRequest, article: Article, text: ArticleText, slug: str) -> HttpResponse:
    body, shown = text.working.body if text.working else "", text.live.body if text.live else ""
    is_publishing = slug == "publish"
    context = {
        "article": article,
        "text": text,
        "slug": slug,
        "step": STEPS[slug],
        "whom": Visibility(article.reach).label,
        "faults": checking.faults_of(body, reach=article.reach, article=article) if is_publishing else [],
        "lines": compare(shown, body) if is_publishing and text.live else [],
        "linking": [] if is_publishing else checking.linking_here(article),
        "others": [one for one in article.texts.select_related("live") if one.pk != text.pk and one.live],
    }
    return render_editors(request, "knowledge/step.html", context)


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the article stands and who may see it."""
    article = get_object_or_404(Article.objects.prefetch_related("texts__working"), pk=pk)
    initial = {"category": article.category_id, "visibility": article.visibility}
    form = PlaceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        placed = form.save(article, by=acting_user(request))
        said = _now("Saved. Visible to: %(whom)s.")
        messages.success(request, said % {"whom": Visibility(placed.reach).label})
        return redirect("editors:article_any", pk)
    title = checking.title_of(article, page_language())
    context = {"article": article, "title": title, "form": form}
    status = 422 if form.is_bound else 200
    return render_editors(request, "knowledge/place.html", context, status=status)


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def related(request: HttpRequest, pk: int) -> HttpResponse:
    """Which articles belong to this one: found by words, taken in and out one by one."""
    article = get_object_or_404(Article.objects.prefetch_related("texts__working"), pk=pk)
    if request.method == "POST":
        other = get_object_or_404(Article, pk=as_id(request.POST.get("other")))
        is_related = request.POST.get("is_related") != "0"
        relating.relate(article=article, other=other, is_related=is_related, by=acting_user(request))
        said = _now("The articles belong together now.") if is_related else _now("Taken out.")
        messages.success(request, said)
        return redirect("editors:related", pk)
    chosen = related_to(article, page_language())
    taken = {one.pk for one in chosen}
    words, language = request.GET.get("q", "").replace("\0", "")[:100], page_language()
    context = {
        "article": article,
        "title": checking.title_of(article, language),
        "related": chosen,
        "words": words,
        "found": [
            one for one in editing.find(words, language=language, but=pk) if one.article.pk not in taken
        ],
    }
    return render_editors(request, "knowledge/related.html", context)


@editors_only
@require_POST
def remove_file(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Throw away a file that no text shows."""
    file = get_object_or_404(ArticleFile.objects.select_related("article"), article_id=pk, key=key)
    try:
        file_actions.remove(file=file, by=acting_user(request))
    except file_actions.IsShown:
        messages.error(request, _now("A text still shows this file. Take it out of the text first."))
    else:
        messages.success(request, _now("The file is deleted."))
    return redirect("editors:article_any", pk)


@editors_only
@require_safe
def revisions(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Every revision of a text, the newest first."""
    article, text = loaded(pk, language)
    if text is None:
        raise Http404
    rows = text.revisions.defer("body").order_by("-number")
    context = {"article": article, "text": text, "revisions": rows}
    return render_editors(request, "knowledge/revisions.html", context)


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def revision(request: HttpRequest, pk: int, language: str, version: int) -> HttpResponse:
    """One revision: what it changed, what has changed since; POST takes it up again as a new draft."""
    article, text = loaded(pk, language)
    if text is None:
        raise Http404
    shown = get_object_or_404(Revision, text=text, number=version)
    if request.method == "POST":
        return _take_up(request, article, text, shown)
    against = request.GET.get("against", "before")
    base = text.working if against == "working" else _before(shown)
    older, newer = (shown, base) if against == "working" else (base, shown)
    context: dict[str, Any] = {
        "article": article,
        "text": text,
        "revision": shown,
        "against": against,
        "is_working": text.working_id == shown.pk,
        "older": older,
        "lines": compare(_whole(older), _whole(newer)),
    }
    return render_editors(request, "knowledge/revision.html", context)


def _take_up(request: HttpRequest, article: Article, text: ArticleText, shown: Revision) -> HttpResponse:
    note = _now("Revision %(number)d again") % {"number": shown.number}
    draft = Draft(title=shown.title, summary=shown.summary, body=shown.body, note=note)
    writing.write(article=article, language=text.language, draft=draft, by=acting_user(request))
    messages.success(request, _now("Taken up again as a new draft. Readers see it once it is published."))
    return redirect("editors:article", article.pk, text.language)


def _before(shown: Revision) -> Revision | None:
    return Revision.objects.filter(text=shown.text, number__lt=shown.number).order_by("-number").first()


def _whole(revision: Revision | None) -> str:
    """Title, summary and text as one, to be compared."""
    if revision is None:
        return ""
    return "\n".join(filter(None, [revision.title, revision.summary, "", revision.body]))
