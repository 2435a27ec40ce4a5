"""The programs for remote sessions."""

from collections.abc import Mapping

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest

from accounts.access import acting_user
from lib.admin import ActionAdmin, Row
from tickets.actions.remote_tools import save_tool
from tickets.forms.remote_tools import RemoteToolForm
from tickets.models import RemoteTool


@admin.register(RemoteTool)
class RemoteToolAdmin(ActionAdmin):
    """Programs are created and switched off; sessions keep the one that they were held with."""

    form = RemoteToolForm
    fields = ("name", "link_template", "is_active")
    list_display = ("name", "link_template", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name",)

    def write(
        self, *, form: BaseModelForm[RemoteTool], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Create or change it."""
        save_tool(tool=form.instance, by=acting_user(request))
