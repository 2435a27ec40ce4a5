"""What the admin pages ask about service hours."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import ServiceHours, SpecialDays


class ServiceHoursForm(forms.ModelForm[ServiceHours]):
    """One calendar, without its special days."""

    class Meta:
        model = ServiceHours
        fields = (
            *("name", "is_default", "weekly", "time_zone"),
            *("country", "region", "has_assumption_day"),
        )
        help_texts = {
            "weekly": _(
                "Such as Mon-Fri 08:00-12:00,13:00-17:00; Fri 22:00-06:00. What runs over midnight belongs to"
                " the day it begins on. 24/7 is around the clock."
            ),
            "country": _("Two letters, such as DE. Empty: no holidays."),
            "region": _("Such as BY for Bavaria. Empty: holidays of the whole country only."),
            "is_default": _("They count where no others are named. Mark other hours to change that."),
        }

    def clean_is_default(self) -> bool:
        """There is always one calendar of the company."""
        is_default = bool(self.cleaned_data["is_default"])
        others = ServiceHours.objects.filter(is_default=True).exclude(pk=self.instance.pk)
        if not is_default and not others.exists():
            said = _("One calendar is the company's. Make another one it, and this one is not any more.")
            raise forms.ValidationError(said)
        return is_default

    def _get_validation_exclusions(self) -> set[str]:
        """The action passes the mark on, so two that have it are no fault here."""
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]


class SpecialDaysForm(forms.ModelForm[SpecialDays]):
    """A day or several in a row that differ."""

    class Meta:
        model = SpecialDays
        fields = ("name", "starts_on", "ends_on", "intervals")
