"""Which days a report is about, as it stands in an address."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.rules.periods import CUSTOM, MOST_DAYS, Period, between, chosen


class DaysForm(forms.Form):
    """Any days, the last one included."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """They run forwards, a year at most."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last:
            try:
                self.period = between(first, last)
            except ValueError:
                self.add_error(
                    "last", _("Not before the first day, and at most %(days)s days.") % {"days": MOST_DAYS}
                )
        return cleaned


def period_asked(query: Mapping[str, str], today: date) -> tuple[Period, DaysForm]:
    """The period of an address, and the form for other days; wrong ones are this month."""
    choice = query.get("period", "")
    if choice == CUSTOM:
        form = DaysForm(query)
        return (form.period if form.is_valid() else chosen("", today)), form
    period = chosen(choice, today)
    return period, DaysForm(initial={"first": period.first.isoformat(), "last": period.last.isoformat()})
