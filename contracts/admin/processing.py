"""The register of data-processing agreements: to look things up, to hand out. Steps: at the desk."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.models import DataReturn, DpaEvent, DpaReviewItem, DpaSignature, ProcessingAgreement
from contracts.resources.processing import DpaRegister
from contracts.rules.dpa_wording import question, say_event
from lib.admin import LongListMixin, ReadOnlyAdmin, ReadOnlyInline
from lib.languages import page_language
from lib.sheets.pages import ExportPages


class SignatureInline(ReadOnlyInline):
    """Who signed what."""

    model = DpaSignature
    fields = ("party", "name", "role", "at", "method", "ip", "document_sha256")


class DataReturnInline(ReadOnlyInline):
    """What became of the data after its end."""

    model = DataReturn
    fields = (
        ("choice", "wish_on"),
        ("chosen_at", "chosen_by_name"),
        ("returned_on", "deleted_on"),
        "kept",
        ("noted_at", "settled_at"),
    )


class ReviewInline(ReadOnlyInline):
    """What the review asked and what was answered."""

    model = DpaReviewItem
    fields = ("party", "asked", "note", "is_done", "done_at", "done_by_name")
    readonly_fields = ("asked",)

    @admin.display(description=_("question"))
    def asked(self, item: DpaReviewItem) -> str:
        """In words."""
        return question(item.party, item.code, page_language())


class EventInline(ReadOnlyInline):
    """Every step."""

    model = DpaEvent
    fields = ("at", "step", "by_name")
    readonly_fields = ("step",)

    @admin.display(description=_("step"))
    def step(self, event: DpaEvent) -> str:
        """In words."""
        return say_event(event.code, event.params, page_language())


@admin.register(ProcessingAgreement)
class ProcessingAgreementAdmin(ExportPages, LongListMixin, ReadOnlyAdmin):
    """Read-only, with an export as Art. 30 (2) GDPR asks for, and a link to its page at the desk."""

    resource_class = DpaRegister
    list_display = ("called", "customer", "state", "document", "in_force_at", "ends_at", "ended_because")
    list_filter = ("state", "ended_because", "source", "document")
    list_select_related = ("customer", "document")
    search_fields = ("customer__name",)
    ordering = ("-id",)
    inlines = (SignatureInline, DataReturnInline, ReviewInline, EventInline)
    fields = (
        "at_the_desk",
        ("customer", "state"),
        ("source", "agreement"),
        ("document", "directory_version"),
        ("requested_at", "offered_at"),
        ("in_force_at", "ends_at"),
        ("ended_because", "end_reason"),
        ("review_due_at", "holds_until_at", "review_decided_at"),
    )
    readonly_fields = ("at_the_desk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcessingAgreement]:
        """With what the page shows."""
        rows: QuerySet[ProcessingAgreement] = super().get_queryset(request)
        return rows.select_related("customer", "document", "agreement")

    @admin.display(description=_("reference"), ordering="pk")
    def called(self, dpa: ProcessingAgreement) -> str:
        """Its name in a sentence."""
        return dpa.called

    @admin.display(description=_("At the desk"))
    def at_the_desk(self, dpa: ProcessingAgreement) -> SafeString:
        """The link to where its steps are taken."""
        return format_html(
            '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>',
            reverse("dpa:dpa", args=[dpa.pk]),
            gettext("Open the agreement"),
        )
