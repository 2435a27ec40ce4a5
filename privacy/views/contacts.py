"""One person: what was asked for, their export, a legal hold, and their erasure with preview."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import acting_user, admins_only
from accounts.actions import auditing
from lib.languages import page_language
from privacy.actions import holds
from privacy.actions import jobs as job_actions
from privacy.forms import ErasureForm, HoldForm
from privacy.models import PrivacyJob
from privacy.queries import pages
from privacy.queries.preview import preview_of
from privacy.rules.wording import words
from privacy.views.frame import contact_or_404, render_privacy


@admins_only
@require_safe
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be done with a person's data, and what was."""
    return _shown(request, pk, HoldForm())


@admins_only
@require_POST
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the person's data put together."""
    try:
        job = job_actions.ask_export(contact=contact_or_404(pk), by=acting_user(request))
    except job_actions.Refused as refusal:
        messages.error(request, words(f"refused.{refusal.why}", page_language()))
        return redirect("privacy:contact", pk)
    return redirect("privacy:job", job.pk)


@admins_only
@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Set or end a legal hold."""
    person, user = contact_or_404(pk), acting_user(request)
    if request.POST.get("verb") == "release":
        holds.release(contact=person, by=user)
        messages.success(request, _("The legal hold has ended."))
        return redirect("privacy:contact", pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _shown(request, pk, form, status=422)
    holds.hold(contact=person, reason=form.cleaned_data["reason"], by=user)
    messages.success(request, _("The data of this person are kept from now on."))
    return redirect("privacy:contact", pk)


@admins_only
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what would go and what would stay; erase once the name was typed."""
    person, language = contact_or_404(pk), page_language()
    is_sent = request.method == "POST"
    form = ErasureForm(request.POST if is_sent else None, contact=person)
    if is_sent and form.is_valid():
        try:
            job = job_actions.ask_erasure(
                contact=person, parts=form.cleaned_data["parts"], by=acting_user(request)
            )
        except job_actions.Refused as refusal:
            form.add_error(None, words(f"refused.{refusal.why}", language))
        else:
            return redirect("privacy:job", job.pk)
    preview = preview_of(person, frozenset(request.POST.getlist("parts")))
    context = {"contact": person, "form": form, "preview": preview, **pages.preview_lines(preview, language)}
    return render_privacy(request, "privacy/erase.html", context, status=422 if form.errors else 200)


def _shown(request: HttpRequest, pk: int, form: HoldForm, *, status: int = 200) -> HttpResponse:
    person = contact_or_404(pk)
    auditing.record_view(by=acting_user(request), what=person, verb="contact.seen")
    jobs = PrivacyJob.objects.filter(subject_id=pk).exclude(kind=PrivacyJob.Kind.RETENTION)
    context = {
        "contact": person,
        "form": form,
        "hold": pages.hold_of(person),
        "lines": pages.job_lines(jobs, page_language()),
    }
    return render_privacy(request, "privacy/contact.html", context, status=status)
