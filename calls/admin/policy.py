"""The rules of the phone: the one row."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from calls.actions import policies
from calls.admin.frame import SaysWhyNot
from calls.forms.policy import PolicyForm
from calls.models import CallPolicy
from lib.admin import Row


@admin.register(CallPolicy)
class CallPolicyAdmin(SaysWhyNot):
    """As long as nobody has saved it, calls are decided by what the empty form says."""

    form = PolicyForm
    autocomplete_fields = ("unknown_callers",)
    fieldsets = (
        (
            _("Ringing and waiting"),
            {
                "fields": (("ring_seconds", "poll_seconds"), ("offer_after", "offer_again")),
                "description": _("In seconds."),
            },
        ),
        (
            _("Who comes first"),
            {
                "fields": (("contract_hold", "reserve"), "contract_gains_on_public"),
                "description": _(
                    "A service number is put through or busy at once. These say what is kept free for it."
                ),
            },
        ),
        (_("After the call"), {"fields": (("wrap_up", "hard_limit"),), "description": _("In seconds.")}),
        (_("Tickets of calls"), {"fields": ("callback_tickets", "unknown_callers")}),
        (_("What is kept"), {"fields": (("keep_days", "keep_step_days"), "quarantine_days")}),
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Once."""
        return not CallPolicy.objects.exists() and bool(super().has_add_permission(request))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is nothing to choose from: straight to the one."""
        if CallPolicy.objects.exists():
            return redirect("admin:calls_callpolicy_change", 1)
        return redirect("admin:calls_callpolicy_add")

    def write(
        self, *, form: BaseModelForm[CallPolicy], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Keep it."""
        policies.save_policy(policy=form.instance, by=acting_user(request))
