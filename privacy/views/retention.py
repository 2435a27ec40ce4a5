"""How long what is kept: the rules, a dry run, and the log of what went."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import acting_user, admins_only
from lib.languages import page_language
from privacy.actions import jobs as job_actions
from privacy.actions import retaining
from privacy.forms import RuleForm
from privacy.models import PrivacyJob
from privacy.queries import pages
from privacy.queries.retention import rules_now
from privacy.views.frame import render_privacy


@admins_only
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Every kind with its days; saved together."""
    language, sent = page_language(), request.POST if request.method == "POST" else None
    forms = [RuleForm(sent, rule=rule, language=language) for rule in rules_now()]
    if sent is not None and all(form.is_valid() for form in forms):
        for form in filter(RuleForm.has_changed, forms):
            retaining.set_rule(kind=form.rule.kind.code, by=acting_user(request), **form.cleaned_data)
        messages.success(request, _("The rules are saved."))
        return redirect("privacy:retention")
    runs = PrivacyJob.objects.filter(kind=PrivacyJob.Kind.RETENTION)
    context = {"forms": forms, "lines": pages.job_lines(runs, language)[:10]}
    has_errors = any(form.errors for form in forms)
    return render_privacy(request, "privacy/retention.html", context, status=422 if has_errors else 200)


@admins_only
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Apply the rules now, or count what they would delete."""
    job = job_actions.ask_retention(is_dry_run=request.POST.get("how") != "apply", by=acting_user(request))
    return redirect("privacy:job", job.pk)
