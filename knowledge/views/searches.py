"""What readers look for, and which words mean the same here."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import acting_user, editors_only
from contracts.queries import company_zone
from knowledge.actions import synonyms as synonym_actions
from knowledge.forms.synonyms import SynonymsForm
from knowledge.models import SynonymSet
from knowledge.queries.reports import DAYS, search_report
from knowledge.views.frame import render_editors
from lib.languages import page_language


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def searches(request: HttpRequest) -> HttpResponse:
    """The report, and below it the synonyms with a line to add one."""
    form = SynonymsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            synonym_actions.save(synonyms=form.instance, by=acting_user(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved. Searches know it within ten seconds."))
            return redirect("editors:searches")
    today = timezone.now().astimezone(company_zone()).date()
    context = {
        "report": search_report(today, page_language()),
        "days": DAYS,
        "synonyms": SynonymSet.objects.all(),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render_editors(request, "knowledge/searches.html", context, status=status)


@editors_only
@require_POST
def forget_synonyms(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a set of synonyms away."""
    found = get_object_or_404(SynonymSet, pk=pk)
    synonym_actions.delete(synonyms=found, by=acting_user(request))
    messages.success(request, _("Taken away: %(words)s") % {"words": found.words})
    return redirect("editors:searches")
