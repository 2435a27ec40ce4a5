"""What the admin pages of numbers and phones ask."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from calls.models import AgentPhone, OnCall, ServiceNumber
from calls.queries.numbers import normal, why_not_to
from calls.queries.said import in_words
from calls.rules.entries import faulty_sound_name, faulty_target
from lib.phones import LONGEST_AS_WRITTEN, as_e164
from lib.reasons import reason


class NumberForm(forms.ModelForm[ServiceNumber]):
    """A number, and whom it is given to. `wakes`: its rest is being ended early (calls/admin/numbers.py)."""

    number = forms.CharField(
        label=_("phone number"),
        max_length=LONGEST_AS_WRITTEN,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("With its country code, or as it is dialled where the telephone system stands."),
    )
    reason = forms.CharField(
        label=_("Why its rest ends early"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("For the audit trail. Whoever still dials the number reaches its next customer then."),
    )

    class Meta:
        model = ServiceNumber
        fields = (
            *("number", "kind", "system", "agreement"),
            *("valid_from", "valid_until", "announcement", "note"),
        )
        labels = {"announcement": _("Recorded announcement")}

    def clean_announcement(self) -> str:
        """Error: ValidationError for what the dialplan would not play."""
        name: str = self.cleaned_data["announcement"].strip()
        if faults := faulty_sound_name(name):
            raise forms.ValidationError(in_words(*faults))
        return name

    def clean(self) -> dict[str, Any]:
        """The number as it is kept; why it is not given; the order of the days; the reason to wake it."""
        cleaned = super().clean() or {}
        if cleaned.get("number"):
            self._read_number(cleaned)
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", in_words(reason("refused.days_order")))
        self._check_giving(cleaned)
        if "wake" in self.data and not cleaned.get("reason", "").strip():
            self.add_error("reason", in_words(reason("refused.no_reason")))
        return cleaned

    def _read_number(self, cleaned: dict[str, Any]) -> None:
        number, why = normal(cleaned["number"], cleaned.get("system"))
        if why is not None:
            self.add_error("number", in_words(why))
            return
        cleaned["number"] = number
        if ServiceNumber.objects.filter(number=number).exclude(pk=self.instance.pk).exists():
            self.add_error("number", in_words(reason("refused.number_taken")))

    def _check_giving(self, cleaned: dict[str, Any]) -> None:
        agreement = cleaned.get("agreement")
        if agreement is None:
            return
        kept = ServiceNumber.objects.filter(pk=self.instance.pk).first()
        number = kept or ServiceNumber(kind=cleaned.get("kind", ServiceNumber.Kind.CONTRACT))
        why = why_not_to(number, agreement, timezone.now())
        if why is not None:
            self.add_error("agreement", in_words(why))


class _TargetForm(forms.ModelForm[Any]):
    """Something that is dialled."""

    def clean_dial_target(self) -> str:
        """A number is kept in E.164, everything else as it is."""
        target = str(self.cleaned_data["dial_target"]).strip()
        try:
            return as_e164(target)
        except ValueError:
            return target

    def complain_about(self, target: str | None, kind: str) -> None:
        """Say what is wrong with it at its field."""
        if target and (faults := faulty_target(target, kind=kind)):
            self.add_error("dial_target", in_words(*faults))


class PhoneForm(_TargetForm):
    """Whose phone, at which telephone system, and what is dialled for it."""

    class Meta:
        model = AgentPhone
        fields = ("user", "system", "dial_target")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        user: Any = self.fields.get("user")
        if user:  # not asked of a phone that is somebody's
            user.queryset = User.objects.agents().filter(is_active=True, agent_phone=None)

    def clean(self) -> dict[str, Any]:
        """What this kind of telephone system can dial."""
        cleaned = super().clean() or {}
        system = cleaned.get("system")
        if system:
            self.complain_about(cleaned.get("dial_target"), system.kind)
        return cleaned


class OnCallForm(_TargetForm):
    """Where calls of a service level ring outside of the hours."""

    class Meta:
        model = OnCall
        fields = ("level", "dial_target", "ring_seconds")

    def clean(self) -> dict[str, Any]:
        """What some telephone system can dial."""
        cleaned = super().clean() or {}
        self.complain_about(cleaned.get("dial_target"), "")
        return cleaned
