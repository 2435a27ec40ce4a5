"""The customers' monitoring systems, and the secrets by which they send."""

from collections.abc import Mapping, Sequence

from django.contrib import admin, messages
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from lib.admin import ActionAdmin, Button, Row
from tickets.actions import alert_sources
from tickets.models import AlertSource


@admin.register(AlertSource)
class AlertSourceAdmin(ActionAdmin):
    """Sources are created, switched off and given new secrets; the secret itself is shown once."""

    fields = ("customer", "name", "shape", "is_active", "created_at", "seen_at", "refused_at")
    readonly_fields = ("created_at", "seen_at", "refused_at")
    list_display = ("name", "customer", "shape", "is_active", "seen_at", "refused_at")
    list_filter = ("shape", "is_active")
    list_select_related = ("customer",)
    search_fields = ("name", "customer__name")
    autocomplete_fields = ("customer",)
    ordering = ("name", "id")

    def write(
        self, *, form: BaseModelForm[AlertSource], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Create it and show its secret, or change it."""
        source, by = form.instance, acting_user(request)
        if source.pk:
            alert_sources.change(source=source, by=by)
        else:
            self._show(request, alert_sources.create(source=source, by=by))

    def buttons(self, row: AlertSource | None) -> Sequence[Button]:
        """A new secret, for one that is there."""
        return () if row is None else (Button("rotate", _("Save and give it a new secret"), "key"),)

    def rotate(self, request: HttpRequest, row: AlertSource) -> None:
        """The old secret holds no longer."""
        self._show(request, alert_sources.rotate(source=row, by=acting_user(request)))

    def _show(self, request: HttpRequest, secret: str) -> None:
        shown_once = gettext("The secret is shown only this once: {secret}").format(secret=secret)
        messages.warning(request, shown_once)
