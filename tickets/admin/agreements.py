"""The admin pages of agreements and service levels: they say first which tickets a change moves."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, ServiceLevel, Suspension, Target
from contracts.queries import (
    Draft,
    WhatIf,
    company_zone,
    if_deleted,
    if_levels_saved,
    if_saved,
    in_words,
)
from contracts.queries.renewals import next_in_words
from contracts.resources import AgreementResource, ServiceLevelResource, as_suspensions
from contracts.rules.standing import standing_at
from contracts.rules.targets import short_minutes
from lib.admin import ActionAdmin, Question, Row, RowsInline
from lib.languages import page_language
from lib.sheets.pages import ImportPages
from lib.sheets.resources import CHANGED, NEW, Outcome
from tickets.forms.agreements import AgreementForm, ServiceLevelForm, SuspensionForm
from tickets.queries.due import unfinished_on
from tickets.queries.moving import Preview, customers_waiting_on, preview

TERMS = frozenset({"hours", "grace_minutes", "pauses_for_third_party", "targets"})
"""What of a level deadlines follow from."""


def question_about(what_if: WhatIf) -> Question | None:
    """The tickets that a change would move; None where it moves none."""
    moving = preview(what_if, timezone.now())
    if not moving.moves_anything:
        return None
    return Question("tickets/admin/moves.html", moving.digest, {"moving": moving})


def question_about_level(moving: Preview | None, deadlines: int) -> Question | None:
    """The tickets and deadlines that move with a level; None where none do.

    The number of deadlines changes with every ticket, so that it is no part of what was agreed to.
    """
    is_moving = moving is not None and moving.moves_anything
    if not is_moving and not deadlines:
        return None
    digest = f"{moving.digest if moving and is_moving else ''}{'+deadlines' if deadlines else ''}"
    return Question("tickets/admin/level_change.html", digest, {"moving": moving, "deadlines": deadlines})


class SuspensionInline(RowsInline):
    """Periods in which the agreement does not count."""

    model = Suspension
    form = SuspensionForm


@admin.register(Agreement)
class AgreementAdmin(ImportPages, ActionAdmin):
    """Agreements of all kinds. One that is over is ended; deleting is for what was entered by mistake."""

    is_deletable = True
    kept_because = agreement_actions.IN_USE
    form = AgreementForm
    resource_class = AgreementResource
    list_display = ("__str__", "customer", "kind", "level", "starts_on", "ends_on", "counts_now")
    list_filter = ("kind", "level", "starts_on", "ends_on")
    list_select_related = ("customer", "level", "renewal")
    search_fields = ("reference", "customer__name")
    autocomplete_fields = ("customer", "level")
    readonly_fields = ("counts_now", "next_now", "desk_page")
    fieldsets = (
        (None, {"fields": ("customer", ("kind", "level"), "reference")}),
        (_("In force"), {"fields": (("starts_on", "ends_on"), "terminated_on", "counts_now")}),
        (
            _("How it goes on"),
            {"fields": (("renewal_months", "notice_days"), "notice_given_on", "next_now", "desk_page")},
        ),
    )
    inlines = (SuspensionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        """Agreements with the suspensions that say whether they count."""
        rows: QuerySet[Agreement] = super().get_queryset(request)
        return rows.prefetch_related("suspensions")

    @admin.display(description=_("Counts now"))
    def counts_now(self, agreement: Agreement) -> str:
        """Whether this agreement, seen alone, gives precedence now, and why it does not."""
        if agreement._state.adding:
            return "–"
        now = timezone.now()
        standing = standing_at([agreement.as_fact()], now, company_zone())
        why = standing.reasons if standing.in_force else [seen.reason for seen in standing.not_counting]
        language = translation.get_language() or "en"
        return " ".join(in_words(reason, now, language) for reason in why)

    @admin.display(description=_("Next change"))
    def next_now(self, agreement: Agreement) -> str:
        """What happens next, and until when notice may be given."""
        if agreement._state.adding:
            return "–"
        said = next_in_words(agreement, timezone.now(), page_language())
        return " ".join(said.sentences) if said else gettext("It is over.")

    @admin.display(description=_("Recap"))
    def desk_page(self, agreement: Agreement) -> str:
        """The way to what it includes, what was used of it, and what its end would change."""
        if agreement._state.adding:
            return "–"
        url = reverse("desk:agreement", args=[agreement.pk])
        return format_html('<a class="underline" href="{}">{}</a>', url, gettext("Open the agreement’s page"))

    def question_before_writing(
        self, *, form: BaseModelForm[Agreement], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> Question | None:
        """The tickets that move with their customer's standing."""
        periods = [Suspension(**period).as_fact() for period in rows[Suspension]]
        return question_about(if_saved([Draft(form.instance, periods)]))

    def question_before_importing(self, outcome: Outcome) -> Question | None:
        """The tickets that all lines together move."""
        drafts = [
            Draft(
                each.instance,
                [row.as_fact() for row in as_suspensions(getattr(each.instance, "periods", ()))],
            )
            for each in (*outcome.of(NEW), *outcome.of(CHANGED))
        ]
        return question_about(if_saved(drafts))

    def question_before_removing(self, *, rows: Sequence[Agreement], request: HttpRequest) -> Question | None:
        """The tickets that move when these agreements are gone."""
        return question_about(if_deleted(rows))

    def write(
        self, *, form: BaseModelForm[Agreement], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the agreement with its suspensions; the customer's tickets move by themselves."""
        agreement_actions.save(
            agreement=form.instance,
            by=acting_user(request),
            suspensions=cast("list[agreement_actions.Period]", rows[Suspension]),
        )

    def remove(self, *, row: Agreement, request: HttpRequest) -> None:
        """Delete the agreement."""
        agreement_actions.delete(agreement=row, by=acting_user(request))


@admin.register(ServiceLevel)
class ServiceLevelAdmin(ImportPages, ActionAdmin):
    """Service levels. A changed rank moves every ticket it ranks; a level is never deleted."""

    form = ServiceLevelForm
    resource_class = ServiceLevelResource
    list_display = ("name", "rank", "hours", "promised", "agreement_count")
    list_select_related = ("hours",)
    search_fields = ("name", "description")
    ordering = ("rank", "name")
    fieldsets = (
        (None, {"fields": (("name", "rank"), "description")}),
        (
            _("Deadlines"),
            {
                "fields": ("targets", "hours", ("grace_minutes", "warn_at"), "pauses_for_third_party"),
                "description": _("Only customers with a service agreement are promised anything."),
            },
        ),
        (
            _("What it includes"),
            {"fields": ("services", ("rounding_minutes", "minimum_minutes"), "allowance_page")},
        ),
    )
    readonly_fields = ("allowance_page",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceLevel]:
        """Levels with the number of agreements on them."""
        rows: QuerySet[ServiceLevel] = super().get_queryset(request)
        return rows.annotate(agreements_on_it=Count("agreements", distinct=True)).prefetch_related("targets")

    @admin.display(description=_("allowance"))
    def allowance_page(self, level: ServiceLevel) -> str:
        """What it includes per period, and the way to change that."""
        if level._state.adding:
            return "–"
        allowance = getattr(level, "allowance", None)
        url = (
            reverse("admin:contracts_allowance_change", args=[allowance.pk])
            if allowance
            else f"{reverse('admin:contracts_allowance_add')}?level={level.pk}"
        )
        said = str(allowance) if allowance else gettext("Include minutes or cases")
        return format_html('<a class="underline" href="{}">{}</a>', url, said)

    @admin.display(description=_("quickest response"))
    def promised(self, level: ServiceLevel) -> str:
        """The shortest first response that is promised."""
        first = [one.minutes for one in level.targets.all() if one.kind == Target.Kind.RESPONSE]
        return short_minutes(min(first)) if first else "–"

    @admin.display(description=_("agreements"), ordering="agreements_on_it")
    def agreement_count(self, level: Any) -> int:
        """How many agreements name this level."""
        return int(level.agreements_on_it)

    def question_before_writing(
        self,
        *,
        form: BaseModelForm[ServiceLevel],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> Question | None:
        """The tickets of everybody on the level."""
        level, is_new = form.instance, form.instance._state.adding
        moving = None
        if "rank" in form.changed_data and not is_new:
            moving = preview(if_levels_saved([level], customers_waiting_on([level])), timezone.now())
        deadlines = 0 if is_new or TERMS.isdisjoint(form.changed_data) else unfinished_on(level)
        return question_about_level(moving, deadlines)

    def question_before_importing(self, outcome: Outcome) -> Question | None:
        """The tickets that all lines together move."""
        levels = [each.instance for each in outcome.of(CHANGED)]
        return question_about(if_levels_saved(levels, customers_waiting_on(levels)))

    def write(
        self,
        *,
        form: BaseModelForm[ServiceLevel],
        rows: Mapping[type[Model], list[Row]],
        request: HttpRequest,
    ) -> None:
        """Save the level with its targets."""
        agreement_actions.save_level(
            level=form.instance,
            by=acting_user(request),
            promises=form.cleaned_data["targets"],
            services=form.cleaned_data["services"],
        )
