"""Signing in by a link that is sent by mail."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.ratelimit import consume, consume_or_429, respond_429
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public
from accounts.actions import notices
from accounts.forms import AskForLinkForm
from accounts.gateways import sign_in_links

LONGEST_PATH = 500


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for an address and do the same for every one: whose it is, only the sending looks up."""
    form = AskForLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = str(form.cleaned_data["email"])
        limited: HttpResponse | None = consume_or_429(request, action="ask_for_link", key=address.lower())
        if limited is not None:
            return limited
        language = (translation.get_language() or "")[:2]
        notices.ask_for_link(address=address, language=language, then=_then(request))
        return redirect("account_link_sent")
    return render(request, "account/link_ask.html", {"form": form, "next": _then(request)})


@public
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The same for everybody who asked."""
    return render(request, "account/link_sent.html")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button, whose press signs in: programs that open links in mail use nothing up.

    Whoever has a second factor still has to show it.
    """
    if not consume(request, action="use_link"):
        limited: HttpResponse = respond_429(request)
        return limited
    user = sign_in_links.user_of(token)
    if user is None or (request.method == "POST" and not sign_in_links.spend(token)):
        return render(request, "account/link_stale.html", {"next": _then(request)})
    if request.method != "POST":
        return render(request, "account/link_use.html", {"who": user, "next": _then(request)})
    if request.user.is_authenticated:
        logout(request)  # else somebody's second factor would be asked for while another is signed in
    record_authentication(request, user, method="link")
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=_then(request) or None))
    return answer


def _then(request: HttpRequest) -> str:
    """The page of ours that somebody wanted to see; empty for any other address."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, None) and wanted.startswith("/")
    return wanted if is_ours and len(wanted) <= LONGEST_PATH else ""
