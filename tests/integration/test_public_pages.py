"""Public pages: kept by proxies for strangers only, compressed for them, and told to search engines."""

import gzip

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from pytest_django import Settings

from lib.public_pages import kept_by_strangers
from tests.factories.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

PAGES = ("/", "/service/")
SHARED = "public, max-age=0, s-maxage=60"


@pytest.fixture
def cast() -> Cast:
    """The usual people."""
    return make_cast()


@pytest.mark.parametrize("path", [*PAGES, "/service.pdf"])
def test_a_strangers_page_may_be_shared_and_is_asked_for_each_time(path: str) -> None:
    first = Client().get(path, headers={"Accept-Language": "de"})
    assert first.headers["Cache-Control"] == SHARED
    assert {"Cookie", "Accept-Language"} <= set(first.headers["Vary"].split(", "))
    assert not first.cookies
    again = Client().get(path, headers={"Accept-Language": "de", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = Client().get(path, headers={"Accept-Language": "en", "If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/service.pdf"])
def test_nobody_else_s_page_may_be_shared(path: str, cast: Cast) -> None:
    signed_in, left = Client(), Client()
    signed_in.force_login(cast.agent)
    left.cookies[settings.SESSION_COOKIE_NAME] = "of-a-session-that-ended"
    for client in (signed_in, left):
        answer = client.get(path, follow=False)
        assert "public" not in answer.headers["Cache-Control"]
        assert "private" in answer.headers["Cache-Control"]
        assert "ETag" not in answer.headers


def test_the_sign_in_holds_a_token_and_is_kept_by_nobody() -> None:
    answer = Client().get("/accounts/login/")
    assert answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_page_with_a_token_is_kept_by_nobody_whoever_has_its_cookie_already() -> None:
    def with_form(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f'<input name="csrfmiddlewaretoken" value="{get_token(request)}">')

    for cookie in ("", "c" * 32):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        if cookie:
            request.META["CSRF_COOKIE"] = cookie
        answer = kept_by_strangers(with_form)(request)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "ETag" not in answer.headers


def test_who_signs_in_does_not_find_the_strangers_page_at_the_same_address(cast: Cast) -> None:
    client = Client()
    etag = client.get("/").headers["ETag"]
    client.force_login(cast.agent)
    assert client.get("/", headers={"If-None-Match": etag}).headers["Location"] == "/desk/"


def test_pages_are_compressed_for_strangers_and_not_for_who_has_a_session(cast: Cast) -> None:
    compressed = Client().get("/service/", headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(compressed.content)
    assert "Content-Encoding" not in Client().get("/service/").headers
    client = Client(headers={"Accept-Encoding": "gzip"})
    client.force_login(cast.agent)
    for path in ("/service/", "/desk/"):
        assert "Content-Encoding" not in client.get(path).headers
    assert "Content-Encoding" not in Client().get("/service.pdf", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("path", PAGES)
def test_search_engines_are_told_what_a_page_is_and_where_its_languages_are(path: str) -> None:
    site = settings.SITE_URL
    page = Client().get(path, headers={"Accept-Language": "en"}).text
    assert '<meta name="description" content="' in page
    assert f'<link rel="canonical" href="{site}{path}">' in page
    for language in ("de", "en"):
        assert f'<link rel="alternate" hreflang="{language}" href="{site}{path}?lang={language}">' in page
        told = Client().get(f"{path}?lang={language}", headers={"Accept-Language": "en"}).text
        assert f'<html lang="{language}"' in told
        assert f'<link rel="canonical" href="{site}{path}?lang={language}">' in told
    assert '<html lang="en"' in Client().get(f"{path}?lang=fr", headers={"Accept-Language": "en"}).text


def test_the_language_of_an_address_is_not_that_of_who_signed_in(cast: Cast) -> None:
    cast.agent.language = "de"
    cast.agent.save()
    client = Client()
    client.force_login(cast.agent)
    assert '<html lang="de"' in client.get("/service/?lang=en").text


def test_robots_find_the_public_pages_and_nothing_else(settings: Settings) -> None:
    settings.SITE_URL = "https://helpdesk.example.com"
    answer = Client().get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Sitemap: https://helpdesk.example.com/sitemap.xml" in answer.text
    lines = answer.text.splitlines()
    assert {"Disallow: /portal/", "Allow: /portal/kb/", "Disallow: /desk/", "Disallow: /admin/"} <= set(lines)
    assert "Disallow: /" not in lines


def test_a_stranger_chooses_a_language_without_a_token_and_who_is_signed_in_needs_one(cast: Cast) -> None:
    stranger = Client(enforce_csrf_checks=True)
    assert "csrfmiddlewaretoken" not in stranger.get("/?lang=de").text
    assert stranger.post("/language/", {"language": "en", "next": "/service/"}).status_code == 302
    assert '<html lang="en"' in stranger.get("/service/", headers={"Accept-Language": "de"}).text

    cast.agent.language = "de"
    cast.agent.save()
    agent = Client(enforce_csrf_checks=True)
    agent.force_login(cast.agent)
    assert agent.post("/language/", {"language": "en"}).status_code == 403
    cast.agent.refresh_from_db()
    assert cast.agent.language == "de"
    agent.get("/service/")
    token = agent.cookies[settings.CSRF_COOKIE_NAME].value
    assert agent.post("/language/", {"language": "en", "csrfmiddlewaretoken": token}).status_code == 302
    cast.agent.refresh_from_db()
    assert cast.agent.language == "en"


def test_a_choice_leads_back_to_the_page_and_not_to_its_language() -> None:
    page = Client().get("/service/?lang=de&x=1").text
    assert 'name="next" value="/service/?x=1"' in page
