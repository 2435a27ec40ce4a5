"""What pages show because of the firm: its look, what it announces, addresses for search engines."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts.queries import announcements as announced
from accounts.queries import company
from accounts.rules.paths import LANGUAGE_CHOICE
from lib.languages import page_language
from lib.phones import readable

register = template.Library()


@dataclass(frozen=True)
class Look:
    """The firm's brand in one language; what is empty is not shown. `dial` is for a `tel:` link."""

    logo_digest: str
    logo_width: int
    styles_digest: str
    title: str
    text: str
    footer: str
    imprint_url: str
    privacy_url: str
    phone: str
    dial: str
    support_address: str
    postal_address: str


@register.simple_tag
def brand() -> Look:
    """How the firm looks and where it is reached, in the language that is active."""
    kept, language = company.brand(), page_language()
    return Look(
        logo_digest=kept.logo_digest[:12],
        logo_width=kept.logo_width,
        styles_digest=kept.styles_digest,
        title=kept.welcome_titles.get(language, ""),
        text=kept.welcome_texts.get(language, ""),
        footer=kept.footers.get(language, ""),
        imprint_url=kept.imprint_url,
        privacy_url=kept.privacy_url,
        phone=readable(kept.phone),
        dial=kept.phone,
        support_address=kept.support_address,
        postal_address=kept.postal_address,
    )


@register.simple_tag(takes_context=True)
def announcements(context: template.Context) -> list[announced.Said]:
    """What the reader of this page should know just now."""
    user: Any = getattr(context.get("request"), "user", None)
    is_signed_in = bool(user is not None and user.is_authenticated)
    return announced.announcements(
        is_signed_in=is_signed_in, language=translation.get_language() or settings.LANGUAGE_CODE
    )


ARTICLES = "/portal/kb/"
PUBLIC_LINKS = ((ARTICLES, gettext_lazy("Articles")), ("/service/", gettext_lazy("Our service")))


@register.simple_tag(takes_context=True)
def public_links(context: template.Context) -> list[dict[str, object]]:
    """Where everybody may go: label, address, whether it is this page."""
    path = getattr(context.get("request"), "path", "")
    return [
        {"label": label, "url": url, "is_current": path.startswith(url)}
        for url, label in PUBLIC_LINKS
        if is_answered(url)
    ]


@lru_cache(maxsize=8)
def is_answered(path: str) -> bool:
    """Whether there is a page at this address."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


@register.simple_tag
def articles_url() -> str:
    """Where articles are read and searched."""
    return ARTICLES if is_answered(ARTICLES) else ""


@register.simple_tag(takes_context=True)
def here(context: template.Context) -> str:
    """The address of this page as it is in whatever language the reader has: without a language in it."""
    request = context.get("request")
    if request is None:
        return "/"
    query = request.GET.copy()
    query.pop(LANGUAGE_CHOICE, None)
    return f"{request.path}?{query.urlencode()}" if query else str(request.path)


@register.simple_tag(takes_context=True)
def public_address(context: template.Context, language: str = "") -> str:
    """The whole address of this page for search engines: as it was asked for, or in a language."""
    request = context["request"]
    chosen = language or request.GET.get(LANGUAGE_CHOICE, "")
    known = chosen in dict(settings.LANGUAGES)
    return f"{settings.SITE_URL}{request.path}" + (f"?{LANGUAGE_CHOICE}={chosen}" if known else "")
