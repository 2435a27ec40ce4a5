"""Writing articles: a new one, the text in each language with its preview, and files for it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import acting_user, editors_only
from knowledge.actions import publishing
from knowledge.forms.writing import MAX_BODY, FilesForm, NewArticleForm, TextForm
from knowledge.models import Article, ArticleText
from knowledge.queries import checking, editing
from knowledge.queries.panel import panel_of
from knowledge.rules.addresses import resolve
from knowledge.rules.diffing import compare
from knowledge.rules.visibility import Reach
from knowledge.views.frame import as_id, render_editors
from lib.file_types import SHOWN
from lib.languages import page_language
from lib.markdown import to_html
from lib.uploads import takes_files

UNPROCESSABLE = 422


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin an article."""
    is_saved = request.POST.get("do") == "save"
    if request.method == "POST" and is_saved:
        form = NewArticleForm(request.POST)
        if form.is_valid():
            text = form.created(by=acting_user(request))
            messages.success(request, _("The draft is saved. Nobody but editors sees it yet."))
            return redirect("editors:article", text.article_id, text.language)
    else:
        form = NewArticleForm(initial=_typed(request.POST))
    body = _typed(request.POST).get("body", "")
    context = {"form": form, "preview": _preview(body, None), "has_shelves": bool(editing.shelves())}
    return render_editors(
        request, "knowledge/new.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@editors_only
@require_safe
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """An article without a language: on to the one there is, the reader's own first."""
    languages = list(ArticleText.objects.filter(article_id=pk).values_list("language", flat=True))
    if not languages:
        get_object_or_404(Article, pk=pk)
    own = page_language()
    return redirect("editors:article", pk, own if own in languages or not languages else languages[0])


@takes_files
@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The text in one language: `do` says what becomes of what was typed."""
    shown, row = loaded(pk, language)
    key = f"{pk}:{language}"
    if request.method != "POST":
        form = TextForm(initial=_initial(row), draft_key=key)
        return _page(request, shown, row, language, form)
    do = request.POST.get("do", "save")
    if do in ("preview", "files"):
        return _shown_again(request, shown, row, language, do)
    form = TextForm(request.POST, draft_key=key)
    if form.is_valid() and form.saved(shown, row, language, by=acting_user(request)):
        return _go_on(request, loaded(pk, language)[1], do)
    return _page(request, shown, row, language, form, status=UNPROCESSABLE)


@editors_only
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What a text would look like: a part of the page, for scripts."""
    shown = Article.objects.filter(pk=as_id(request.POST.get("article"))).first()
    context = {"preview": _preview(request.POST.get("body", ""), shown)}
    return render_editors(request, "knowledge/_preview.html", context)


@takes_files
@editors_only
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep pasted, dropped or chosen files, for scripts: what is to be written into the text for each."""
    shown = get_object_or_404(Article, pk=pk)
    form = FilesForm(request.POST, request.FILES, article=shown)
    if not form.went_well(acting_user(request)):
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"error": said}, status=UNPROCESSABLE)
    return JsonResponse({"marks": [mark_of(file.name, file.key, file.content_type) for file in form.added]})


@editors_only
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Articles to link to, by words of their titles: a part of the dialog."""
    words = request.GET.get("q", "").replace("\0", "")[:100]
    context = {"found": editing.find(words, language=page_language()), "words": words}
    return render_editors(request, "knowledge/_found.html", context)


def loaded(pk: int, language: str) -> tuple[Article, ArticleText | None]:
    """An article and its text in a language, where there is one. Error: 404 for neither."""
    if language not in editing.LANGUAGES:
        raise Http404
    article_row = get_object_or_404(Article.objects.select_related("category"), pk=pk)
    texts = article_row.texts.select_related("working", "live")
    row = texts.filter(language=language).first()
    if row is not None:
        row.article = article_row
    return article_row, row


def mark_of(name: str, key: str, content_type: str) -> str:
    """How the text shows a picture, or offers another file."""
    label = name.replace("[", "(").replace("]", ")")
    return f"{'!' if content_type in SHOWN else ''}[{label}](attachment:{key})"


def _shown_again(
    request: HttpRequest, shown: Article, row: ArticleText | None, language: str, do: str
) -> HttpResponse:
    """The page with what was typed, after a preview or new files; nothing of it is saved."""
    typed = _typed(request.POST)
    files = FilesForm(request.POST, request.FILES, article=shown) if do == "files" else None
    is_fine = files is None or files.went_well(acting_user(request))
    if files and files.added:
        marks = "\n\n".join(mark_of(one.name, one.key, one.content_type) for one in files.added)
        typed["body"] = f"{typed.get('body', '').rstrip()}\n\n{marks}\n"
        messages.info(request, _("The files are kept. They were added at the end of the text."))
    form = TextForm(initial=typed, draft_key=f"{shown.pk}:{language}")
    status = 200 if is_fine else UNPROCESSABLE
    return _page(request, shown, row, language, form, files=None if is_fine else files, status=status)


def _go_on(request: HttpRequest, row: ArticleText | None, do: str) -> HttpResponse:
    """After saving: on to what the button said."""
    if row is None:
        raise Http404
    if do == "publish":
        return redirect("editors:step", row.article_id, row.language, "publish")
    if do == "review" and row.state == ArticleText.State.DRAFT:
        publishing.ask_for_review(text=row, by=acting_user(request))
        messages.success(request, _("Saved. Colleagues find it under “In review”."))
    else:
        messages.success(request, _("Saved. Readers do not see it before it is published."))
    return redirect("editors:article", row.article_id, row.language)


def _page(
    request: HttpRequest,
    shown: Article,
    row: ArticleText | None,
    language: str,
    form: TextForm,
    *,
    files: FilesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    conflict = form.conflict
    if conflict is not None:  # saving once more is saving over theirs, knowingly: theirs stays a revision
        form = TextForm(
            initial={**_typed(request.POST), "based_on": conflict.number}, draft_key=f"{shown.pk}:{language}"
        )
    body = str(form["body"].value() or "")
    context = {
        "heading": checking.title_of(shown, language),
        "article": shown,
        "text": row,
        "text_language": language,
        "form": form,
        "files_form": files or FilesForm(article=shown),
        "conflict": conflict,
        "conflict_lines": compare(conflict.body, body.replace("\r\n", "\n")) if conflict else [],
        "preview": _preview(body, shown),
        "panel": panel_of(shown, row, language, page_language()),
        "upload_url": reverse("editors:upload", args=[shown.pk]),
    }
    return render_editors(request, "knowledge/text.html", context, status=status)


def _preview(body: str, shown: Article | None) -> dict[str, Any]:
    """The text as readers would see it, and which of its links lead nowhere for them."""
    body = body[:MAX_BODY]
    reach = shown.reach if shown else Reach.PUBLIC
    return {
        "html": to_html(body, resolve=resolve),
        "faults": checking.faults_of(body, reach=reach, article=shown),
    }


def _initial(row: ArticleText | None) -> dict[str, Any]:
    if row is None or row.working is None:
        return {"based_on": 0}
    working = row.working
    return {
        "title": working.title,
        "summary": working.summary,
        "body": working.body,
        "based_on": working.number,
    }


def _typed(sent: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as the beginning of a form that is shown again without being judged."""
    names = ("title", "summary", "body", "note", "based_on", "category", "visibility", "language")
    return {name: str(sent[name]) for name in names if name in sent}
