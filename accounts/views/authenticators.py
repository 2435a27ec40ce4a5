"""One's own authenticator app, passkeys and recovery codes. Each change asks first who is there."""

import base64
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import View, acting_user, signed_in
from accounts.actions import second_factors as actions
from accounts.forms import AppForm, PasskeyForm, PasskeyNameForm
from accounts.models import User
from accounts.queries.second_factors import factors_of, passkey_of, unused_codes

page = require_http_methods(["GET", "HEAD", "POST"])


def confirmed(view: View) -> View:
    """Ask first who is there, unless somebody has just shown it; afterwards the page is opened anew.

    (allauth would keep what was sent and do it afterwards, also long afterwards.)
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_reauthentication_required(request, app="allauth.mfa"):
            ways = get_account_adapter().get_reauthentication_methods(request.user)
            return redirect(f"{ways[0]['url']}?{urlencode({'next': request.path})}")
        return view(request, *args, **kwargs)

    return asked


@signed_in
@confirmed
@never_cache
@page
def add_app(request: HttpRequest) -> HttpResponse:
    """Show the secret as a QR code and in letters; the app's first code proves that it was taken over."""
    user = acting_user(request)
    if factors_of(user).app_since:
        return redirect("account_app_remove")
    form = AppForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        has_new_codes = actions.add_app(user=user, secret=form.secret, by=user)
        clear_totp_secret(request)
        messages.success(request, gettext("Your authenticator app is set up."))
        return redirect("account_codes" if has_new_codes else "account_home")
    drawing = get_adapter().build_totp_svg(get_adapter().build_totp_url(user, form.secret))
    context = {"form": form, "secret": _in_groups(form.secret), "drawing": _as_address(drawing)}
    return render(request, "mfa/app_add.html", context)


@signed_in
@confirmed
@page
def remove_app(request: HttpRequest) -> HttpResponse:
    """Ask, then ask for no code of the app any more."""
    user = acting_user(request)
    factors = factors_of(user)
    if factors.app_since is None:
        return redirect("account_home")
    if request.method == "POST":
        actions.remove_app(user=user, by=user)
        messages.success(request, gettext("Your authenticator app is no longer asked for."))
        return redirect("account_home")
    return render(request, "mfa/app_remove.html", {"is_last": not factors.passkeys})


@signed_in
@confirmed
@never_cache
@page
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Have the browser make a passkey (static/js/passkeys.js)."""
    user = acting_user(request)
    form = PasskeyForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        has_new_codes = actions.add_passkey(user=user, name=name, credential=credential, by=user)
        messages.success(request, gettext("Your passkey is set up."))
        return redirect("account_codes" if has_new_codes else "account_home")
    options = begin_registration(user, passwordless=True)
    return render(request, "mfa/passkey_add.html", {"form": form, "options": options})


@signed_in
@confirmed
@page
def rename_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for one of one's own passkeys."""
    user, passkey = acting_user(request), _own(acting_user(request), pk)
    form = PasskeyNameForm(request.POST or None, initial={"name": str(passkey)})
    if request.method == "POST" and form.is_valid():
        actions.rename_passkey(passkey=passkey, name=form.cleaned_data["name"], by=user)
        return redirect("account_home")
    return render(request, "mfa/passkey_rename.html", {"form": form})


@signed_in
@confirmed
@page
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then refuse one of one's own passkeys from now on."""
    user, passkey = acting_user(request), _own(acting_user(request), pk)
    if request.method == "POST":
        actions.remove_passkey(passkey=passkey, by=user)
        messages.success(request, gettext("The passkey was removed."))
        return redirect("account_home")
    factors = factors_of(user)
    is_last = len(factors.passkeys) == 1 and not factors.app_since
    return render(request, "mfa/passkey_remove.html", {"name": str(passkey), "is_last": is_last})


@signed_in
@confirmed
@never_cache
@page
def codes(request: HttpRequest) -> HttpResponse:
    """The codes that are left, to be printed or kept; a press makes new ones."""
    user = acting_user(request)
    if not factors_of(user).has_any:
        return redirect("account_home")
    if request.method == "POST":
        actions.renew_codes(user=user, by=user)
        messages.success(request, gettext("These are your new recovery codes; those before are void."))
        return redirect("account_codes")
    return render(
        request, "mfa/codes.html", {"codes": [_in_groups(code) for code in unused_codes(user) or ()]}
    )


@signed_in
@confirmed
@never_cache
@require_safe
def codes_file(request: HttpRequest) -> HttpResponse:
    """The same as a text file."""
    left = unused_codes(acting_user(request))
    if not left:
        raise Http404
    answer = HttpResponse("".join(f"{_in_groups(code)}\n" for code in left), content_type="text/plain")
    answer.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return answer


def _own(user: User, pk: int) -> Authenticator:
    """One of the person's own passkeys. Error: 404."""
    passkey = passkey_of(user, pk)
    if passkey is None:
        raise Http404
    return passkey


def _in_groups(text: str) -> str:
    """In groups of four, as people read letters and digits off."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _as_address(drawing: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
