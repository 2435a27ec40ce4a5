"""Signing up with an address at a customer's mail domain. Nothing here tells whose customer anybody is."""

from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public
from accounts.gateways.password_links import password_path
from customers.actions import signing_up
from customers.forms import SignUpForm
from customers.queries.signing_up import LeadsNowhere, pending
from lib.domains import as_address
from lib.htmx import render_page
from lib.languages import page_language

ATTEMPT = "sign_up"
"""As the settings limit it: by visitor and by address, whether we know it or not."""


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """Ask for name and address, and answer the same to everybody."""
    if request.user.is_authenticated:
        return redirect("/")
    if not settings.SIGN_UP_BY_DOMAIN:
        return render_page(request, "customers/sign_up_closed.html")
    is_sent = request.method == "POST"
    form = SignUpForm(request.POST if is_sent else None, initial={"language": page_language()})
    if not is_sent or not form.is_valid():
        return _asked(request, form, 422 if is_sent else 200)
    address = as_address(form.cleaned_data["email"])
    if not ratelimit.consume(request, action=ATTEMPT, key=address):
        form.add_error(None, _("Too many attempts. Please try again later."))
        return _asked(request, form, 429)
    signing_up.ask(address=address, name=form.cleaned_data["name"], language=form.cleaned_data["language"])
    return redirect("account_signup_sent")


@public
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens now, said alike to everybody."""
    return render_page(request, "customers/sign_up_sent.html")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link of the mail: one button, after which the person chooses a password.

    Opening it does nothing, since programs that look for viruses open every link.
    """
    try:
        if request.method == "POST":
            return redirect(password_path(signing_up.confirm(token=token)))
        return render_page(request, "customers/sign_up_confirm.html", {"pending": pending(token)})
    except LeadsNowhere:
        return render_page(request, "customers/sign_up_gone.html", status=410)


def _asked(request: HttpRequest, form: Any, status: int) -> HttpResponse:
    return render_page(request, "customers/sign_up.html", {"form": form}, status=status)
