"""The admin pages that import and export a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminFileFieldWidget

from lib.admin import Question
from lib.sheets import uploads
from lib.sheets.reading import MOST_BYTES, MOST_ROWS, Unreadable, read_sheet
from lib.sheets.resources import CHANGED, NEW, UNCHANGED, WRONG, ActionResource, Outcome
from lib.sheets.writing import CSV_TYPE, XLSX_TYPE, Cell, write_csv, write_xlsx
from lib.uploads import takes_files

MOST_EXPORTED = 50_000
LINES_SHOWN = 200


class UploadForm(forms.Form):
    """One file with a table."""

    file = forms.FileField(
        label=_("File"), widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,.xlsx"})
    )

    def clean_file(self) -> Any:
        """Not larger than can be read."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            limit = MOST_BYTES // 1024 // 1024
            raise forms.ValidationError(
                gettext("The file is too large: at most {count} MB.").format(count=limit)
            )
        return file


@dataclass(frozen=True)
class _Look:
    """What a file would do: its lines, what to show beside them, and which file it is."""

    outcome: Outcome
    question: Question | None
    file_digest: str

    @property
    def agreed(self) -> str:
        """What whoever says yes says yes to."""
        lines = [(line.number, line.fate, line.changes) for line in self.outcome.lines]
        beside = self.question.digest if self.question else ""
        return sha256(repr((self.file_digest, lines, beside)).encode()).hexdigest()


class ExportPages:
    """A model admin whose list can be exported as it is filtered."""

    resource_class: ClassVar[type[ActionResource]]
    can_import: ClassVar[bool] = False
    change_list_template = "admin/sheets/list.html"

    def _name(self, page: str) -> str:
        opts = self.model._meta  # type: ignore[attr-defined]
        return f"{opts.app_label}_{opts.model_name}_{page}"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """With those of the files."""
        guard = self.admin_site.admin_view  # type: ignore[attr-defined]
        ours = [path("export.<str:kind>", guard(require_safe(self.export_view)), name=self._name("export"))]
        return [*ours, *super().get_urls()]  # type: ignore[misc]

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The rows of the list, as it is filtered, as a file."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise Http404
        try:
            queryset = self.get_changelist_instance(request).queryset  # type: ignore[attr-defined]
        except IncorrectLookupParameters:
            return redirect(f"admin:{self._name('changelist')}")
        if queryset[MOST_EXPORTED : MOST_EXPORTED + 1].exists():
            said = gettext("That is too much for one file: at most {count} lines. Use the filters.")
            messages.error(request, said.format(count=MOST_EXPORTED))
            return redirect(f"admin:{self._name('changelist')}")
        resource = self.resource_class(by=request.user)
        return self._file(kind, resource.headings(), resource.rows_of(queryset))

    def _file(self, kind: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponseBase:
        """A download. Error: 404 for a kind of file that there is not."""
        name = f"{self.model._meta.model_name}-{timezone.localdate().isoformat()}.{kind}"  # type: ignore[attr-defined]
        answer: HttpResponseBase
        if kind == "csv":
            separator = ";" if (get_language() or "en").startswith("de") else ","
            answer = StreamingHttpResponse(
                write_csv(headings, rows, separator=separator), content_type=CSV_TYPE
            )
        elif kind == "xlsx":
            answer = HttpResponse(write_xlsx(headings, rows), content_type=XLSX_TYPE)
        else:
            raise Http404
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class ImportPages(ExportPages):
    """A model admin that imports a file: first it says what would happen, then it happens, all or nothing."""

    can_import = True

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """With those of the import."""
        guard = self.admin_site.admin_view  # type: ignore[attr-defined]
        ours = [
            path("import/", takes_files(guard(self.import_view)), name=self._name("import")),
            path(
                "import/template.<str:kind>",
                guard(require_safe(self.template_view)),
                name=self._name("template"),
            ),
        ]
        return [*ours, *super().get_urls()]

    def question_before_importing(self, outcome: Outcome) -> Question | None:
        """What to show beside the lines; None where there is nothing more to say."""
        return None

    def template_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """An empty table with one line as an example."""
        resource = self.resource_class(by=request.user)
        return self._file(kind, resource.headings(), [[each.example for each in resource.columns()]])

    def import_view(self, request: HttpRequest) -> HttpResponseBase:
        """Take a file and say what it would do; do it; or forget it."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):  # type: ignore[attr-defined]
            raise Http404
        if "_discard" in request.POST:
            uploads.discard(request.session, self._purpose())
        elif "_upload" in request.POST:
            return self._import(request)
        elif request.method == "POST":
            return self._preview(request)
        return self._page(request, form=UploadForm())

    def _purpose(self) -> str:
        return str(self.model._meta.label_lower)  # type: ignore[attr-defined]

    def _preview(self, request: HttpRequest) -> HttpResponseBase:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form=form)
        file = form.cleaned_data["file"]
        kept = uploads.keep(request.session, self._purpose(), name=file.name, content=file.read())
        return self._show(request, kept, form=form)

    def _import(self, request: HttpRequest) -> HttpResponseBase:
        """Do what was shown. Another file in the meantime, or changed rows, are shown first."""
        kept = uploads.kept(request.session, self._purpose())
        if kept is None:
            messages.error(request, _("The file is no longer here. Upload it once more."))
            return redirect(f"admin:{self._name('import')}")
        if request.POST["_upload"] != self._look(request, kept).agreed:
            return self._show(request, kept, form=UploadForm())
        outcome = self.resource_class(by=request.user).run(read_sheet(kept.content), dry=False)
        if outcome.is_wrong:
            return self._show(request, kept, form=UploadForm())
        uploads.discard(request.session, self._purpose())
        messages.success(
            request,
            gettext("Imported: {new} new, {changed} changed, {unchanged} unchanged.").format(
                new=len(outcome.of(NEW)),
                changed=len(outcome.of(CHANGED)),
                unchanged=len(outcome.of(UNCHANGED)),
            ),
        )
        return redirect(f"admin:{self._name('changelist')}")

    def _show(self, request: HttpRequest, kept: uploads.KeptUpload, *, form: UploadForm) -> HttpResponseBase:
        """What the file would do."""
        try:
            look = self._look(request, kept)
        except Unreadable as error:
            uploads.discard(request.session, self._purpose())
            form.add_error("file", error.message) if form.is_bound else messages.error(request, error.message)
            return self._page(request, form=form)
        groups = [
            (fate, heading, lines, len(lines) - LINES_SHOWN)
            for fate, heading in (
                (WRONG, _("Wrong")),
                (NEW, _("New")),
                (CHANGED, _("Changed")),
                (UNCHANGED, _("Unchanged")),
            )
            if (lines := look.outcome.of(fate))
        ]
        return self._page(
            request,
            form=UploadForm(),
            kept=kept,
            outcome=look.outcome,
            agreed=look.agreed,
            groups=groups,
            lines_shown=f":{LINES_SHOWN}",
            question=look.question,
        )

    def _look(self, request: HttpRequest, kept: uploads.KeptUpload) -> _Look:
        """What the file would do now. Error: Unreadable."""
        outcome = self.resource_class(by=request.user).run(read_sheet(kept.content), dry=True)
        question = None if outcome.is_wrong else self.question_before_importing(outcome)
        return _Look(outcome, question, kept.digest)

    def _page(self, request: HttpRequest, **context: Any) -> HttpResponseBase:
        resource = self.resource_class(by=request.user)
        opts = self.model._meta  # type: ignore[attr-defined]
        language = get_language() or "en"
        return TemplateResponse(
            request,
            "admin/sheets/import.html",
            {
                **self.admin_site.each_context(request),  # type: ignore[attr-defined]
                "title": gettext("Import {names}").format(names=opts.verbose_name_plural),
                "opts": opts,
                "columns": [
                    (each.heading(language), each.is_required, each.is_shown_only, each.example)
                    for each in resource.columns()
                ],
                "megabytes": MOST_BYTES // 1024 // 1024,
                "most_rows": MOST_ROWS,
                "templates": [
                    (kind.upper(), reverse(f"admin:{self._name('template')}", args=[kind]))
                    for kind in ("xlsx", "csv")
                ],
                **context,
            },
        )
