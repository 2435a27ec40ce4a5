"""What the admin pages of services, allowances and their ledger ask; the models say what is wrong."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models import Allowance, AllowanceEntry, Service
from contracts.queries.allowances import ledger_of
from contracts.queries.renewals import today_at
from contracts.rules.allowance import parse_shares, spendable


class ServiceForm(forms.ModelForm[Service]):
    """One service."""

    class Meta:
        model = Service
        fields = ("code", "name_de", "name_en", "is_active", "position")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["position"].required = False

    def clean_position(self) -> int:
        """An empty field is the first place."""
        return self.cleaned_data["position"] or 0


class AllowanceForm(forms.ModelForm[Allowance]):
    """What a level, or one agreement in its place, includes per period."""

    class Meta:
        model = Allowance
        fields = (
            *("level", "agreement", "unit", "amount", "period", "carries_over", "is_pro_rata"),
            *("overrun", "alert_at"),
        )

    def clean_alert_at(self) -> str:
        """In order, each once; what cannot be read is for the model to refuse."""
        text = str(self.cleaned_data["alert_at"])
        try:
            return ", ".join(map(str, parse_shares(text)))
        except ValueError:
            return text


class CorrectionForm(forms.ModelForm[AllowanceEntry]):
    """A line by hand: so many units more or fewer on a day, and why."""

    class Meta:
        model = AllowanceEntry
        fields = ("agreement", "day", "units", "note")
        labels = {"note": _("Reason")}
        help_texts = {
            "day": _("A day of the period that is corrected; usually today."),
            "units": _("Minutes or cases, as the allowance says: 60 gives, -60 takes away."),
            "note": _("The customer reads it on the contract's page."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "note" in self.fields:  # a line that is there is only shown
            self.fields["note"].required = True
            self.fields["day"].initial = today_at(timezone.now())

    def clean_units(self) -> int:
        """Something has to change."""
        if not self.cleaned_data["units"]:
            raise forms.ValidationError(_("Nothing would change."))
        return int(self.cleaned_data["units"])

    def clean(self) -> dict[str, Any]:
        """There must be a period, and what is taken away must be left."""
        cleaned: dict[str, Any] = super().clean() or {}
        agreement, day, units = (cleaned.get(name) for name in ("agreement", "day", "units"))
        if not (agreement and day and units):
            return cleaned
        ledger = ledger_of(agreement, today=today_at(timezone.now()), day=day)
        place = ledger.place(agreement.pk, day)
        if place is None:
            self.add_error("day", _("On this day the agreement includes no allowance."))
        elif -units > (room := spendable(ledger.settled, place)):
            self.add_error("units", _("Only %(left)s are left.") % {"left": room})
        return cleaned
