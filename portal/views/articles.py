"""Reading articles: the shelves, an article, its files. Everybody comes in; what is there depends on them.

Who may not read an article learns nothing of it, not even its title by a redirect. Pages speak the reader's
language; for strangers that is the one in the address, so that search engines find both.
"""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.models import User
from customers.access import contact_of
from knowledge.access import Reader, reader_of, teased_texts, visible_files
from knowledge.models import ArticleText, Visibility
from knowledge.queries.reading import Reading, read
from knowledge.rules.addresses import article_path
from knowledge.rules.visibility import Reach
from lib.downloads import attachment_response, picture_response
from lib.languages import page_language
from lib.markdown import for_page
from lib.public_pages import OWN, SHARED, is_strangers, kept_by_strangers, with_etag
from portal.queries import library
from portal.rules.articles import headings_of
from portal.views import searching
from portal.views.pages import portal_page

LONGEST_ID = 18


@public
@kept_by_strangers
@require_safe
def articles(request: HttpRequest) -> HttpResponseBase:
    """Every shelf that holds something for this reader, with a few articles each; or what a search found."""
    reader = entering(request)
    language = page_language()
    if request.GET.get("q", "").strip():
        return searching.results(request, reader, language)
    shelves = library.shelves_of(reader, language)
    context = {
        "shelves": shelves,
        "teased": library.teased_count(reader),
        "language": language,
    }
    return portal_page(request, "portal/kb/list.html", context)


@public
@kept_by_strangers
@require_safe
def category(request: HttpRequest, language: str, pk: int, slug: str) -> HttpResponseBase:
    """One shelf: those that stand on it, and its articles by title."""
    reader = entering(request, language)
    page = library.shelf_page(reader, pk, language, _after(request))
    if slug != page.category.slug(language):
        return _moved(request, page.shelf.url)
    context = {
        "page": page,
        "crumbs": _crumbs(page.crumbs),
        "language": language,
        "next": reverse("portal:category_short", args=[pk]),
        "versions": {one: library.url_of(page.category, one) for one in dict(settings.LANGUAGES)},
        "site_url": settings.SITE_URL,
        "next_url": f"{page.shelf.url}?after={page.next_after}" if page.next_after else "",
        "is_public": page.category.reach == Reach.PUBLIC,
    }
    return _indexed(portal_page(request, "portal/kb/category.html", context), context["is_public"])


@public
@require_safe
def category_short(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The shelf in the reader's language."""
    reader = entering(request)
    language = page_language()
    return redirect(library.shelf_page(reader, pk, language, None).shelf.url)


@public
@kept_by_strangers
@require_safe
def article(request: HttpRequest, language: str, pk: int, slug: str) -> HttpResponseBase:
    """One article. Under a name it no longer has it leads to the right one, for whoever may read it."""
    reader = entering(request, language)
    text = read(reader, pk, language)
    if text is None:
        return not_for(request, reader, pk)
    if slug != text.slug:
        return _moved(request, article_path(pk, language, text.slug))
    is_public = text.reach == Reach.PUBLIC
    return _indexed(portal_page(request, "portal/kb/article.html", _shown(reader, text)), is_public)


@public
@require_safe
def short(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The address that survives renaming: on to the article in the reader's language, else in the other."""
    reader = entering(request)
    text = library.preferred_texts(reader, page_language()).filter(article_id=pk).first()
    if text is None:
        return not_for(request, reader, pk)
    return redirect(article_path(pk, text.language, text.slug))


@public
@require_safe
def file(request: HttpRequest, key: str) -> HttpResponseBase:
    """A picture, shown; any other file, saved. Strangers' browsers and proxies may keep public ones."""
    reader = reader_of(request.user)
    found = visible_files(reader).filter(key=key).first()
    if found is None:
        raise Http404
    try:
        content = found.file.open()
    except FileNotFoundError as error:  # a backup without files, say
        raise Http404 from error
    kind = {"name": found.name, "content_type": found.content_type}
    response = picture_response(content, **kind) or attachment_response(content, **kind)
    if reader.is_signed_in:
        response["Cache-Control"] = "private, no-store"
        return response
    response["Cache-Control"] = SHARED if is_strangers(request) else OWN
    patch_vary_headers(response, ("Cookie",))
    answer = with_etag(request, response, found.sha256)  # type: ignore[arg-type]  # it is told the digest
    if answer is not response:
        content.close()
    return answer


def entering(request: HttpRequest, language: str = "") -> Reader:
    """Who reads. Strangers' pages speak the address's language, contacts' what the firm knows of them."""
    user = request.user
    if not isinstance(user, User):
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
    elif not user.is_agent and (contact := contact_of(user)) is not None:
        request.contact = contact  # type: ignore[attr-defined]  # for the navigation
        if not user.language:
            translation.activate(contact.language)
    return reader_of(user)


def not_for(request: HttpRequest, reader: Reader, article_id: int) -> HttpResponseBase:
    """What somebody gets who may not read an article: nothing, or the teaser where the firm wants it.

    Error: 404, for articles that exist and those that do not.
    """
    if not teased_texts(reader).filter(article_id=article_id).exists():
        raise Http404
    response = portal_page(request, "portal/kb/teaser.html", {}, status=403)
    return _indexed(response, is_public=False)


def _shown(reader: Reader, text: Reading) -> dict[str, Any]:
    around = library.around(reader, text)
    return {
        "text": text,
        "body": mark_safe(for_page(text.html, _("Table"))),  # noqa: S308 (rendered and cleaned by lib/markdown.py)
        "headings": [asdict(heading) for heading in headings_of(text.html)],
        "crumbs": _crumbs([*library.crumbs_of(text.shelves, text.language), (text.title, "")]),
        "versions": around.versions,
        "other_versions": [
            {"language": language, "name": name, "url": around.versions[language]}
            for language, name in ArticleText.Language.choices
            if language in around.versions and language != text.language
        ],
        "related": around.related,
        "next": reverse("portal:article_short", args=[text.article_id]),
        "site_url": settings.SITE_URL,
        "description": text.summary or text.beginning,
        "language": text.language,
        "is_public": text.reach == Reach.PUBLIC,
        # For us alone: whom an article may be recommended to.
        "circle": Visibility(text.reach).label if reader.reach == Reach.INTERNAL else "",
    }


def _crumbs(path: Any) -> list[dict[str, str]]:
    found = [{"label": _("Articles"), "url": reverse("portal:articles")}]
    return found + [{"label": label, "url": url} for label, url in path]


def _moved(request: HttpRequest, url: str) -> HttpResponseBase:
    """On to the name it has now. Nobody keeps that for long: it may be renamed back."""
    response = HttpResponsePermanentRedirect(url)
    if not request.user.is_authenticated:
        response["Cache-Control"] = OWN
    return response


def _indexed(response: HttpResponse, is_public: bool) -> HttpResponse:  # noqa: FBT001 (said at each call)
    """Keep what is not for everybody out of search engines."""
    if not is_public:
        response["X-Robots-Tag"] = "noindex"
    return response


def _after(request: HttpRequest) -> int | None:
    asked = request.GET.get("after", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_ID else None
