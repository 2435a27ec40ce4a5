"""The admin page of who is told when a deadline is at risk or missed."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from contracts.actions import targets
from contracts.forms.escalations import EscalationForm
from contracts.models import Escalation
from lib.admin import ActionAdmin, Row


@admin.register(Escalation)
class EscalationAdmin(ActionAdmin):
    """Rules of who is told. A changed rule counts for what comes due from now on."""

    is_deletable = True
    form = EscalationForm
    list_display = ("__str__", "of_level", "of_kind", "severity", "tells")
    list_filter = ("level", "tells")
    list_select_related = ("level",)
    fieldsets = (
        (_("Which targets"), {"fields": ("level", "kind", "severity")}),
        (_("Who is told when"), {"fields": (("at_percent", "tells"),)}),
    )

    @admin.display(description=_("service level"), ordering="level__rank")
    def of_level(self, row: Escalation) -> str:
        """The level it is for."""
        return row.level.name if row.level else gettext("every level")

    @admin.display(description=_("kind"), ordering="kind")
    def of_kind(self, row: Escalation) -> str:
        """The kind of target it is for."""
        return row.get_kind_display() if row.kind else gettext("every kind")

    def write(
        self, *, form: BaseModelForm[Escalation], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the rule."""
        targets.save_escalation(escalation=form.instance, by=acting_user(request))

    def remove(self, *, row: Any, request: HttpRequest) -> None:
        """Delete the rule."""
        targets.delete_escalation(escalation=row, by=acting_user(request))
