"""The admin page of the services we render."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest

from accounts.access import acting_user
from contracts.actions import including
from contracts.forms.allowances import ServiceForm
from contracts.models import Service
from contracts.queries.services import is_used
from lib.admin import ActionAdmin, Row


@admin.register(Service)
class ServiceAdmin(ActionAdmin):
    """Services. One that is not rendered any more is no longer active; its code stays."""

    form = ServiceForm
    list_display = ("name_de", "name_en", "code", "is_active", "position")
    search_fields = ("code", "name_de", "name_en")
    fieldsets = ((None, {"fields": (("name_de", "name_en"), "code", ("is_active", "position"))}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The code is fixed once something names it."""
        return ("code",) if obj is not None and is_used(obj) else ()

    def write(
        self, *, form: BaseModelForm[Service], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save the service."""
        including.save_service(service=form.instance, by=acting_user(request))
