"""The phones of agents, and who is on call."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.access import acting_user
from calls.actions import phones, policies
from calls.admin.frame import SaysWhyNot, badge
from calls.forms.numbers import OnCallForm, PhoneForm
from calls.models import AgentPhone, OnCall
from calls.rules.wording import words
from lib.admin import Row

PRESENCES = {"on": "success", "paused": "warning", "off": "default"}
DEVICES = {"reachable": "success", "unreachable": "danger", "unknown": "default"}


@admin.register(AgentPhone)
class AgentPhoneAdmin(SaysWhyNot):
    """Whose phone is dialled how. Whether it may be rung its agent says, at the desk."""

    is_deletable = True
    form = PhoneForm
    list_display = ("user", "system", "dial_target", "presence_now", "reason", "device_now", "freed_at")
    list_display_links = ("user", "dial_target")
    list_filter = ("system", "presence", "device")
    list_select_related = ("user", "system")
    search_fields = ("user__username", "user__first_name", "user__last_name", "dial_target")
    ordering = ("user__username",)
    fieldsets = (
        (
            None,
            {
                "fields": ("user", ("system", "dial_target")),
                "description": _("Agents say at the desk whether they may be rung."),
            },
        ),
    )
    state = (_("Now"), {"fields": (("presence_now", "reason"), ("device_now", "freed_at"))})

    def get_fieldsets(self, request: HttpRequest, obj: AgentPhone | None = None) -> Any:
        """A new one has no state yet."""
        return (*self.fieldsets, self.state) if obj else self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: AgentPhone | None = None) -> tuple[str, ...]:
        """Whose it is stays."""
        shown = ("presence_now", "reason", "device_now", "freed_at")
        return ("user", *shown) if obj else shown

    @badge(_("presence"), PRESENCES, ordering="presence")
    def presence_now(self, phone: AgentPhone) -> tuple[str, str]:
        """What the agent says."""
        return phone.presence, phone.get_presence_display()

    @badge(_("device"), DEVICES, ordering="device")
    def device_now(self, phone: AgentPhone) -> tuple[str, str]:
        """What the telephone system says."""
        return phone.device, phone.get_device_display()

    @admin.display(description=_("reason"))
    def reason(self, phone: AgentPhone) -> str:
        """Why it is paused: what the agent wrote, or our own code in words."""
        return words("pause", phone.presence_reason, get_language() or "en") or "–"

    def write(
        self, *, form: BaseModelForm[AgentPhone], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Add or change it."""
        phone, by = form.instance, acting_user(request)
        phones.change(phone=phone, by=by) if phone.pk else phones.add(phone=phone, by=by)

    def remove(self, *, row: AgentPhone, request: HttpRequest) -> None:
        """Take it away, unless it has a call."""
        phones.remove(phone=row, by=acting_user(request))


@admin.register(OnCall)
class OnCallAdmin(SaysWhyNot):
    """Where calls on service numbers go outside of the service hours, by service level."""

    is_deletable = True
    form = OnCallForm
    list_display = ("level", "dial_target", "ring_seconds")
    list_select_related = ("level",)
    autocomplete_fields = ("level",)
    search_fields = ("level__name", "dial_target")
    fieldsets = (
        (
            None,
            {
                "fields": ("level", ("dial_target", "ring_seconds")),
                "description": _(
                    "Outside of the service hours of the level, calls on its service numbers ring here. "
                    "Levels without a phone on call offer the voicemail."
                ),
            },
        ),
    )

    def write(
        self, *, form: BaseModelForm[OnCall], rows: Mapping[type[Model], list[Row]], request: HttpRequest
    ) -> None:
        """Save it."""
        policies.save_on_call(on_call=form.instance, by=acting_user(request))

    def remove(self, *, row: OnCall, request: HttpRequest) -> None:
        """Nobody is on call for the level any more."""
        policies.remove_on_call(on_call=row, by=acting_user(request))
