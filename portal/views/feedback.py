"""A reader's word on an article: a form of its own, so that the article's page stays the same for all."""

import secrets

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import public
from accounts.models import User
from knowledge.access import get_text
from knowledge.actions import feedback as feedback_actions
from knowledge.models import ArticleText
from knowledge.rules.addresses import article_path
from portal.forms import FeedbackForm
from portal.views.articles import entering, not_for
from portal.views.pages import portal_page

ATTEMPT = "article_feedback"
"""As the settings limit it."""
VISITOR = "reader"
"""Where the session of a stranger keeps the word by which we know them again."""


@public
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, language: str, pk: int) -> HttpResponseBase:
    """The form, and what it sends. Strangers get a session with their first word, not before."""
    reader = entering(request, language)
    try:
        text = get_text(reader, pk, language)
    except Http404:
        return not_for(request, reader, pk)
    is_sent = request.method == "POST"
    form = FeedbackForm(request.POST if is_sent else None, initial={"kind": request.GET.get("kind")})
    if not is_sent or not form.is_valid():
        return _form_page(request, text, form, 422 if form.errors else 200)
    if not ratelimit.consume(request, action=ATTEMPT):
        form.add_error(None, _("That was very much at once. Please try again in an hour."))
        return _form_page(request, text, form, 429)
    _give(request, text, form)
    messages.success(request, _("Thank you. Whoever looks after this article will read it."))
    return redirect(f"{article_path(pk, language, text.slug)}#feedback")


def _give(request: HttpRequest, text: ArticleText, form: FeedbackForm) -> None:
    user = request.user if isinstance(request.user, User) else None
    visitor = ""
    if user is None:
        visitor = request.session.setdefault(VISITOR, secrets.token_urlsafe(24))
    feedback_actions.give(
        text=text,
        kind=form.cleaned_data["kind"],
        comment=form.cleaned_data["comment"],
        by=user,
        visitor=visitor,
    )


def _form_page(request: HttpRequest, text: ArticleText, form: FeedbackForm, status: int) -> HttpResponseBase:
    context = {
        "text": text,
        "form": form,
        "article_url": article_path(text.article_id, text.language, text.slug),
    }
    response = portal_page(request, "portal/kb/feedback.html", context, fragment="form", status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
