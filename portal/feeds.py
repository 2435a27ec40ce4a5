"""What machines read about the public articles: the feed and the site map."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.queries.company import company_name
from accounts.rules.paths import LANGUAGE_CHOICE
from knowledge.access import ANYBODY, visible_articles, visible_categories, visible_texts
from knowledge.rules.addresses import article_path, short_path
from lib.languages import page_language
from lib.public_pages import kept_by_strangers
from portal.queries import library

FEED_SIZE = 30
PER_FILE = 10_000
"""Articles in one file of the site map; search engines take up to 50,000 addresses."""
LONGEST_PAGE = 6
FRONT_PAGES = ("portal:home", "portal:service", "portal:articles")
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LINK = "{http://www.w3.org/1999/xhtml}link"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@public
@kept_by_strangers
@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """The public articles that were published last, in one language (`lang`), as Atom."""
    language = _language(request)
    address = f"{settings.SITE_URL}{reverse('portal:article_feed')}?lang={language}"
    texts = list(library.newest_texts(ANYBODY, language, FEED_SIZE))
    with override(language):
        title = _("Articles of %(company)s") % {"company": company_name()}
    atom = Atom1Feed(
        title=_plain(title),
        link=f"{settings.SITE_URL}{reverse('portal:articles')}?lang={language}",
        description=None,
        language=language,
        feed_url=address,
        feed_guid=address,
    )
    for text in texts:
        atom.add_item(
            title=_plain(text.title),
            link=settings.SITE_URL + article_path(text.article_id, text.language, text.slug),
            description=_plain(text.summary),
            unique_id=f"{settings.SITE_URL}{short_path(text.article_id)}?{text.language}",
            updateddate=text.published_at or timezone.now(),
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@public
@kept_by_strangers
@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Every public page with its other language; beyond `PER_FILE` articles a list of such files (`page`)."""
    asked = request.GET.get("page", "")
    if asked:
        return _xml(_url_set(_number(asked)))
    count = visible_articles(ANYBODY).count()
    if count <= PER_FILE:
        return _xml(_url_set(1))
    index = Element("sitemapindex", xmlns=_SITEMAP)
    for number in range(1, -(-count // PER_FILE) + 1):
        address = f"{settings.SITE_URL}{reverse('portal:sitemap')}?page={number}"
        SubElement(SubElement(index, "sitemap"), "loc").text = address
    return _xml(index)


def _url_set(number: int) -> Element:
    urls = Element("urlset", xmlns=_SITEMAP)
    found = _articles(number)
    if number > 1 and not found:
        raise Http404
    for versions in [*(_front_pages() if number == 1 else ()), *found]:
        for path, changed in versions.values():
            url = SubElement(urls, "url")
            SubElement(url, "loc").text = settings.SITE_URL + path
            if changed:
                SubElement(url, "lastmod").text = changed
            if len(versions) > 1:
                for language, (other, _changed) in versions.items():
                    SubElement(url, _LINK, rel="alternate", hreflang=language, href=settings.SITE_URL + other)
    return urls


Versions = dict[str, tuple[str, str]]
"""Path and day of the last change of a page, by language."""


def _front_pages() -> Iterator[Versions]:
    languages = list(dict(settings.LANGUAGES))
    for name in FRONT_PAGES:
        yield {language: (f"{reverse(name)}?lang={language}", "") for language in languages}
    for category in visible_categories(ANYBODY):
        yield {language: (library.url_of(category, language), "") for language in languages}


def _articles(number: int) -> list[Versions]:
    ids = visible_articles(ANYBODY).order_by("pk").values("pk")[(number - 1) * PER_FILE : number * PER_FILE]
    texts = visible_texts(ANYBODY).filter(article_id__in=ids).order_by("article_id", "language")
    found: dict[int, Versions] = {}
    for article_id, language, slug, at in texts.values_list("article_id", "language", "slug", "published_at"):
        path = article_path(article_id, language, slug)
        found.setdefault(article_id, {})[language] = (path, at.date().isoformat() if at else "")
    return list(found.values())


def _xml(root: Element) -> HttpResponse:
    return HttpResponse(
        tostring(root, encoding="utf-8", xml_declaration=True), content_type="application/xml"
    )


def _number(asked: str) -> int:
    """A page of the site map. Error: 404 for what is no such number."""
    if not (asked.isascii() and asked.isdigit() and len(asked) < LONGEST_PAGE and int(asked)):
        raise Http404
    return int(asked)


def _language(request: HttpRequest) -> str:
    """The one in the address, whoever asks; else the reader's."""
    asked = request.GET.get(LANGUAGE_CHOICE, "")
    return asked if asked in dict(settings.LANGUAGES) else page_language()


def _plain(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NO_XML.sub("", text)
