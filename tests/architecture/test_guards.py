"""Every address is denied unless its view is public or guarded, and the guards hold when somebody knocks.

Four addresses are answered before the URL map is asked: `healthz` and `readyz` (see
tests/integration/test_health.py), `metrics` (test_metrics.py) and `/events/` (test_events.py).
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, resolve
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from accounts.access import agents_only
from accounts.models import User
from tests.factories.cast import make_contact, make_customer, make_user
from tests.url_map import GUARDS, Door, all_doors, doors

PUBLIC = {
    "home": "sends people to their desk or portal, welcomes strangers",
    "service": "the policy, which anybody may know",
    "service_pdf": "the same to print",
    "robots": "what search engines may look at",
    "brand_styles": "the firm's colours",
    "brand_logo": "the firm's logo",
    "articles": "what is public is for everybody, and what is not depends on who asks (knowledge/access.py)",
    "category": "as above",
    "category_short": "as above, in the reader's language",
    "article": "as above",
    "article_short": "as above, in the reader's language",
    "article_file": "files of the articles that this reader may read",
    "article_feed": "the public articles only",
    "sitemap": "the public pages only",
    "hours_feed": "for calendar programs, which cannot sign in; the address is signed and can be withdrawn",
    "found": "counts that a search led somewhere, and leads on to the article",
    "feedback": "a word on an article that this reader may read",
    "statement_link": "whoever was sent the bill; the link is signed, and holds while the address does",
    "set_language": "a choice that needs no account",
    "account_ask_link": "asks for a link that signs in; the same for every address",
    "account_link_sent": "the answer to that",
    "account_use_link": "signs whoever was sent the link in; the link is signed and works once",
    "account_signup": "strangers ask for an access; the answer is the same for everybody",
    "account_signup_sent": "what happens now, said alike to everybody",
    "account_signup_confirm": "whoever has the signed link proves that an address is theirs",
    "unsubscribe": "whoever was written to ends it, with or without a login; the link is signed",
    "approval_link": "a customer answers what work may cost, with or without a login; the link is signed, and"
    " answers once",
    "setup:start": "asks for the set-up code; gone once the installation is set up",
    "admin:login": "sends to the sign-in",
    "gallery": "the components with invented texts, while developing only",
    "api:schema": "the document that describes the API",
    "api:docs": "the page that shows it",
    "api:": "says that there is nothing at this address",
}
"""Everything that anybody may call, with its reason. A new public view is a line here."""

FOREIGN = "allauth."
"""Views of a package that guard themselves; the walk of strangers below knocks there, too."""
SELF_GUARDED = "admin"
"""The namespace whose site asks `has_permission` before each view; the walks below knock there, too."""
WAYS_IN_AND_OUT = {
    "account_login",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_set_password",
    "admin:logout",
}
"""Pages of those that strangers need or that send them away politely."""


def faults_of(door: Door) -> Iterator[str]:
    """Why this view may not stand in the URL map."""
    if door.guard == "public":
        if door.name.removeprefix("portal:") not in PUBLIC:
            yield f"{door.name} is public, but not on the list"
        return
    is_foreign = door.view.__module__.startswith(FOREIGN) or SELF_GUARDED in door.namespaces
    if door.guard not in GUARDS and not is_foreign:
        yield f"{door.name or door.route} has no guard"
    if door.guard == "token" or isinstance(getattr(door.view, "cls", None), type):
        yield from _faults_of_api(door)


def _faults_of_api(door: Door) -> Iterator[str]:
    view: type[APIView] = door.view.cls  # type: ignore[attr-defined]
    if not view.authentication_classes:
        yield f"{door.name} knows nobody"
    if not view.permission_classes or AllowAny in view.permission_classes:
        yield f"{door.name} permits anybody"


ALL = all_doors()


def test_every_view_is_guarded_or_declared_public() -> None:
    assert len(ALL) > 50
    assert [fault for door in ALL for fault in faults_of(door)] == []


def test_the_list_of_public_views_is_up_to_date() -> None:
    assert {door.name.removeprefix("portal:") for door in ALL if door.guard == "public"} == set(PUBLIC)


def bare(_: HttpRequest) -> HttpResponse:
    """A view that somebody forgot to guard."""
    return HttpResponse("secret")


def misspelt(_: HttpRequest) -> HttpResponse:
    """A view with a mark that no guard has."""
    return HttpResponse("secret")


misspelt.guard = "agent_only"  # type: ignore[attr-defined]


class OpenApi(APIView):
    """A resource that anybody may read."""

    authentication_classes = []
    permission_classes = [AllowAny]


def marked(view: Callable[..., Any], guard: str) -> Callable[..., Any]:
    """The view with a mark."""
    view.guard = guard  # type: ignore[attr-defined]
    return view


@pytest.mark.parametrize(
    ("view", "faults"),
    [
        (bare, ["inner:x has no guard"]),
        (misspelt, ["inner:x has no guard"]),
        (OpenApi.as_view(), ["inner:x has no guard", "inner:x knows nobody", "inner:x permits anybody"]),
        (marked(OpenApi.as_view(), "token"), ["inner:x knows nobody", "inner:x permits anybody"]),
        (marked(OpenApi.as_view(), "public"), ["inner:x is public, but not on the list"]),
        (agents_only(lambda request: HttpResponse()), []),
    ],
)
def test_a_view_without_a_guard_is_noticed(view: Callable[..., Any], faults: list[str]) -> None:
    inner = ([path("x/", view, name="x")], "inner")
    found = [fault for door in doors([path("injected/", include(inner))]) for fault in faults_of(door)]
    assert found == faults


KNOCKED = [
    door
    for door in ALL
    if door.guard != "public" and door.name not in WAYS_IN_AND_OUT and "(?P<url>.*)" not in door.route
]


def knock(client: Client, door: Door) -> Iterator[str]:
    """Read and write at an address: what was answered that should not have been."""
    for send in (client.get, client.post):
        answer = send(door.address)
        is_sent_to_sign_in = answer.status_code == 302 and "/login/" in answer.headers["Location"]
        if answer.status_code not in {401, 403, 404, 405} and not is_sent_to_sign_in:
            yield f"{send.__name__} {door.address} ({door.name}) answers {answer.status_code}"


def signed_in(role: str) -> Client:
    """A person of this role; a contact is one at a customer."""
    user = make_user("", role)
    if role == User.Role.CONTACT:
        make_contact(make_customer(), user=user)
    client = Client()
    client.force_login(user)
    return client


def test_the_addresses_lead_where_they_say() -> None:
    for door in KNOCKED:
        assert getattr(resolve(door.address).func, "guard", "") == door.guard, door


@pytest.mark.django_db
def test_strangers_are_sent_to_the_sign_in_or_told_nothing() -> None:
    assert [answer for door in KNOCKED for answer in knock(Client(), door)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", [User.Role.CONTACT, User.Role.AGENT, User.Role.LEAD, User.Role.ADMIN])
def test_who_a_guard_does_not_let_in_finds_nothing(role: User.Role) -> None:
    closed = [door for door in KNOCKED if door.guard in GUARDS and role not in GUARDS[door.guard]]
    if role != User.Role.ADMIN:
        closed += [door for door in KNOCKED if SELF_GUARDED in door.namespaces and door not in closed]
    client = signed_in(role)
    assert len(closed) > 5
    assert [answer for door in closed for answer in knock(client, door)] == []
