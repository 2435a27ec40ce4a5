"""The sub-processor directory on the desk: what holds, the draft, announcing it, who said what to it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import acting_user, leads_only
from accounts.actions import auditing
from contracts.actions import directory as acts
from contracts.actions import directory_notices
from contracts.forms.directory import AnnounceForm, DecideForm, DropForm, EntryForm
from contracts.models import ChangeNotice, DirectoryVersion, SubprocessorEntry
from contracts.queries import directory as reading
from contracts.queries.proof import proof_of_version
from contracts.views.rights_frame import render_rights
from lib.languages import page_language
from lib.papers import paper_response
from lib.sheets.writing import CSV_TYPE, write_csv

page = require_http_methods(["GET", "HEAD", "POST"])


@leads_only
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """What holds today, what comes, what is open, and all versions there were."""
    found = reading.timeline(timezone.now())
    tallies = reading.tallies(found.coming)
    context = {
        "timeline": found,
        "entries": reading.entries_of(found.current),
        "coming": [(one, found.changes_of(one), tallies[one.pk]) for one in found.coming],
        "draft": reading.draft(),
        "objections": reading.open_objections(),
    }
    return render_rights(request, "contracts/directory/directory.html", context)


@leads_only
@page
def draft(request: HttpRequest) -> HttpResponse:
    """The draft of the next version; sending begins one."""
    if request.method == "POST":
        acts.begin_draft(by=acting_user(request))
        return redirect("rights:draft")
    found = reading.draft()
    if found is None:
        return redirect("rights:directory")
    return _draft_page(request, found, AnnounceForm(initial=_suggested(found)))


@leads_only
@require_POST
def announce(request: HttpRequest) -> HttpResponse:
    """Announce the draft to everybody with an agreement."""
    found = _draft_or_404()
    form = AnnounceForm(request.POST)
    if form.is_valid():
        try:
            acts.announce(version=found, by=acting_user(request), **form.cleaned_data)
        except acts.DirectoryRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Version %(number)s is announced.") % {"number": found.number})
            return redirect("rights:version", found.number)
    return _draft_page(request, found, form, status=422)


@leads_only
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw the draft away."""
    try:
        acts.discard_draft(version=_draft_or_404(), by=acting_user(request))
    except acts.DirectoryRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The draft is discarded."))
    return redirect("rights:directory")


@leads_only
@page
def entry(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One sub-processor of the draft, new or changed."""
    row = SubprocessorEntry(version=_draft_or_404()) if pk is None else _entry_or_404(pk)
    form = EntryForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            acts.save_entry(entry=form.instance, by=acting_user(request))
        except acts.DirectoryRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("rights:draft")
    context = {"form": form, "entry": row, "is_new": pk is None}
    status = 422 if request.method == "POST" else 200
    return render_rights(request, "contracts/directory/entry.html", context, status=status)


@leads_only
@require_POST
def remove_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a sub-processor out of the draft."""
    try:
        acts.remove_entry(entry=_entry_or_404(pk), by=acting_user(request))
    except acts.DirectoryRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("rights:draft")


@leads_only
@require_safe
def one_version(request: HttpRequest, version: int) -> HttpResponse:
    """One announced version: what it changed, what each customer said; `against`: another to compare with."""
    found = _version_or_404(version)
    others = [one for one in reading.announced() if one.number != version]
    against = _chosen(request, others)
    context = {
        "version": found,
        "state": reading.states(timezone.now())[version],
        "changes": reading.changes(against, found) if against else reading.changes_of(found),
        "against": against,
        "others": others,
        "entries": reading.entries_of(found),
        "tally": reading.tally(found),
        "notices": [(one, reading.state_words(one)) for one in reading.notices_of(found)],
    }
    return render_rights(request, "contracts/directory/version.html", context)


@leads_only
@require_safe
def proof(request: HttpRequest, version: int) -> HttpResponse:
    """Who was told, when, and what they said, as a table for a file."""
    found = _version_or_404(version)
    auditing.record_view(by=acting_user(request), verb="directory.proof_taken", what=found)
    separator = ";" if page_language() == "de" else ","
    content = "".join(write_csv(*proof_of_version(found), separator=separator)).encode()
    return paper_response(content, name=f"subprocessors-{version}.csv", content_type=CSV_TYPE)


@leads_only
@page
def drop(request: HttpRequest, version: int) -> HttpResponse:
    """Drop an announced change before it takes effect."""
    found = _version_or_404(version)
    form = DropForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.drop(version=found, by=acting_user(request), **form.cleaned_data)
        except acts.DirectoryRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("The change is dropped; whoever was told of it hears so."))
            return redirect("rights:version", version)
    context = {"version": found, "form": form, "tally": reading.tally(found)}
    status = 422 if request.method == "POST" else 200
    return render_rights(request, "contracts/directory/drop.html", context, status=status)


@leads_only
@page
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection, and how it is decided."""
    rows = ChangeNotice.objects.filter(objected_at__isnull=False).select_related("version", "customer")
    notice = get_object_or_404(rows.select_related("processing_agreement", "decided_by"), pk=pk)
    form = DecideForm(request.POST or None, initial={"outcome": notice.outcome, "note": notice.outcome_note})
    if request.method == "POST" and form.is_valid():
        try:
            directory_notices.decide(notice=notice, by=acting_user(request), **form.cleaned_data)
        except directory_notices.CannotObject as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The outcome is noted; the customer is told."))
            return redirect("rights:version", notice.version.number)
    context = {"notice": notice, "form": form, "changes": reading.changes_of(notice.version)}
    status = 422 if request.method == "POST" else 200
    return render_rights(request, "contracts/directory/objection.html", context, status=status)


def _draft_page(
    request: HttpRequest, found: DirectoryVersion, form: AnnounceForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "draft": found,
        "entries": found.entries.all(),
        "base": reading.latest(),
        "changes": reading.changes_of(found),
        "customers": reading.customers_to_tell(found, timezone.now()),
        "form": form,
    }
    return render_rights(request, "contracts/directory/draft.html", context, status=status)


def _suggested(found: DirectoryVersion) -> dict[str, Any]:
    """The earliest days that would be taken today."""
    effective_on = max(found.effective_on, reading.earliest_day(timezone.now()))
    return {"effective_on": effective_on, "objections_until_on": effective_on, "note": found.note}


def _state(found: DirectoryVersion) -> str:
    """`dropped`, `coming`, `current` or `older`."""
    return reading.states(timezone.now())[found.number]


def _chosen(request: HttpRequest, others: list[DirectoryVersion]) -> DirectoryVersion | None:
    wanted = request.GET.get("against", "")
    return next((one for one in others if str(one.number) == wanted), None)


def _draft_or_404() -> DirectoryVersion:
    found = reading.draft()
    if found is None:
        raise Http404
    return found


def _entry_or_404(pk: int) -> SubprocessorEntry:
    rows = SubprocessorEntry.objects.select_related("version", "subprocessor")
    return get_object_or_404(rows, pk=pk, version__announced_at__isnull=True)


def _version_or_404(number: int) -> DirectoryVersion:
    return get_object_or_404(reading.announced(), number=number)
