"""The pages that set a new installation up. They are gone for good once that is done."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import admins_only, public
from accounts.actions import notices
from accounts.actions import setting_up as account_steps
from accounts.models import User
from accounts.queries import setting_up, trials
from accounts.queries.company import is_set_up
from contracts.actions import setting_up as contract_steps
from contracts.forms.setting_up import (
    CodeForm,
    CompanyForm,
    FirstAdminForm,
    FirstTeamForm,
    LevelsForm,
    company_suggested,
    levels_shown,
    team_suggested,
)
from contracts.views.set_up_steps import (
    ADMIN_KEY,
    SESSION_KEY,
    State,
    by_whom,
    first_counts,
    has_code,
    sent,
    show,
    state_now,
    with_code,
)
from lib.undelivered import in_words

ATTEMPT = "set_up_code"
"""As the settings limit it; wrong codes are counted, right ones are not."""
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
page = require_http_methods(["GET", "HEAD", "POST"])


@public
@never_cache
@page
def start(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or go on where the set-up stopped. 404 once it is done."""
    if is_set_up():
        raise Http404
    if has_code(request):
        return redirect(f"setup:{state_now().next_step}")
    form = CodeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action=ATTEMPT, dry_run=True):
            return _asked_again(request, form, _("Too many wrong codes. Try again in five minutes."), 429)
        digest = setting_up.digest_of(form.cleaned_data["code"], timezone.now())
        if digest is not None:
            request.session.cycle_key()
            request.session[SESSION_KEY] = digest
            return redirect("setup:start")
        ratelimit.consume(request, action=ATTEMPT)
        return _asked_again(request, form, _("This code is wrong, or it has expired."), 422)
    return render(request, "setup/start.html", {"form": form}, status=422 if form.errors else 200)


def _asked_again(request: HttpRequest, form: CodeForm, why: str, status: int) -> HttpResponse:
    form.add_error("code", why)
    return render(request, "setup/start.html", {"form": form}, status=status)


@with_code
@never_cache
@page
def company(request: HttpRequest, state: State) -> HttpResponse:
    """The firm's name, and the language from here on."""
    initial = {} if state.company else company_suggested(translation.get_language()[:2])
    form = CompanyForm(sent(request), instance=state.company, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return show(request, "company", state, form=form)
    language = form.cleaned_data["language"]
    account_steps.name_company(name=form.cleaned_data["name"], language=language, by=by_whom(request))
    answer = redirect("setup:admin")
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
    return answer


@with_code
@never_cache
@page
def admin(request: HttpRequest, state: State) -> HttpResponse:
    """The first admin, who is signed in at the end."""
    made = state.admin
    is_sent = request.method == "POST"
    if is_sent and made and request.POST.get("of") != str(made.pk):
        return _admin_made_meanwhile(request, made)
    form = FirstAdminForm(sent(request), instance=made)
    if not is_sent or not form.is_valid():
        return show(request, "admin", state, form=form, made=made)
    password = form.cleaned_data["password"] or None
    try:
        user = account_steps.make_admin(user=form.instance, password=password, by=by_whom(request))
    except account_steps.AdminExists:
        return redirect("setup:admin")
    request.session[ADMIN_KEY] = user.pk
    return redirect("setup:team")


def _admin_made_meanwhile(request: HttpRequest, made: User) -> HttpResponse:
    """Somebody else was faster, or the same person sent the form twice."""
    is_same = request.POST.get("username") == made.username
    if is_same and made.check_password(request.POST.get("password", "")):
        return redirect("setup:team")
    messages.warning(request, _("Somebody else has made the first admin meanwhile. Yours was not made."))
    return redirect("setup:admin")


@with_code
@never_cache
@page
def team(request: HttpRequest, state: State) -> HttpResponse:
    """The first team."""
    initial = {} if state.team else team_suggested()
    form = FirstTeamForm(sent(request), instance=state.team, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return show(request, "team", state, form=form)
    account_steps.make_team(name=form.cleaned_data["name"], by=by_whom(request))
    return redirect("setup:levels")


@with_code
@never_cache
@page
def levels(request: HttpRequest, state: State) -> HttpResponse:
    """One rank or several tiers."""
    form = LevelsForm(sent(request), initial=levels_shown(state.levels))
    if request.method != "POST" or not form.is_valid():
        return show(request, "levels", state, form=form)
    contract_steps.choose_levels(tiers=form.tiers(), by=by_whom(request))
    return redirect("setup:mail")


@with_code
@never_cache
@page
def mail(request: HttpRequest, state: State) -> HttpResponse:
    """Send a trial mail and show what becomes of it."""
    if state.admin is None:
        return redirect("setup:start")
    address = state.admin.email
    if request.method == "POST":
        notices.send_trial(address=address, language=state.admin.language, by=by_whom(request))
        return redirect("setup:mail")
    trial = trials.last_trial(address)
    said = in_words(trial.error, translation.get_language() or "en") if trial else ""
    context = {"address": address, "way": trials.mail_way(), "trial": trial, "said": said}
    return show(request, "mail", state, **context)


@with_code
@never_cache
@require_POST
def finish(request: HttpRequest, state: State) -> HttpResponse:
    """The last step: from here on the installation is in use, and these pages are gone."""
    user = by_whom(request)
    contract_steps.finish(by=user)
    request.session.pop(SESSION_KEY, None)
    if user is not None and user == state.admin:
        login(request, user, backend=MODEL_BACKEND)
    return redirect("setup:first_steps")


@admins_only
@require_safe
def first_steps(request: HttpRequest) -> HttpResponse:
    """What to do first in an installation that has just been set up, and what of it is done."""
    counts = first_counts()
    return render(request, "setup/first_steps.html", {"counts": counts})
