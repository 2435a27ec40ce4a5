"""The admin page of the text of data-processing agreements."""

from collections.abc import Mapping, Sequence

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from contracts.actions import dpa_documents
from contracts.forms.dpa_documents import DpaDocumentForm
from contracts.models import DpaDocument
from lib.admin import ActionAdmin, Button, Row

_HOW = _(
    "Markdown. {{customer}}, {{firm}} and {{firm_contact}} are filled in for each offer; the parties, the"
    " directory of sub-processors and what the customer stated in the review are added by themselves. Have a"
    " lawyer read the text and check that the measures are really yours before you publish it."
)


@admin.register(DpaDocument)
class DpaDocumentAdmin(ActionAdmin):
    """Versions of the text. Drafts are written here; a published one is only read."""

    is_deletable = True
    form = DpaDocumentForm
    list_display = ("version", "state", "published_at", "sha256")
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("version", "state", "published_at", "sha256"), "description": _HOW}),
        (_("German (authoritative)"), {"fields": ("body_de", "measures_de")}),
        (_("English (translation)"), {"fields": ("body_en", "measures_en")}),
    )
    readonly_fields = ("state", "published_at", "sha256")

    @admin.display(description=_("state"))
    def state(self, document: DpaDocument) -> str:
        """Draft or published."""
        return gettext("draft") if document.published_at is None else gettext("published")

    def has_change_permission(self, request: HttpRequest, obj: DpaDocument | None = None) -> bool:
        """While it is a draft."""
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: DpaDocument | None = None) -> bool:
        """Only drafts are deleted."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def buttons(self, row: DpaDocument | None) -> Sequence[Button]:
        """Publish a draft."""
        if row is None or not _is_draft(row):
            return ()
        return (Button("publish", _("Save and publish"), "publish"),)

    def write(
        self, *, form: BaseModelForm[DpaDocument], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the draft."""
        dpa_documents.save_document(document=form.instance, by=acting_user(request))

    def publish(self, request: HttpRequest, document: DpaDocument) -> None:
        """Let the draft be offered from now on, or say why not."""
        try:
            dpa_documents.publish_document(document=document, by=acting_user(request))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, gettext("The version is published and stays as it is."))

    def remove(self, *, row: DpaDocument, request: HttpRequest) -> None:
        """Delete the draft."""
        dpa_documents.delete_document(document=row, by=acting_user(request))


def _is_draft(document: DpaDocument | None) -> bool:
    """Whether it can be written; one that is being added can."""
    return document is None or document.published_at is None
