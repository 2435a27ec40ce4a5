"""Which calls the figures of the phone are about, as it stands in an address."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import ServiceLevel
from customers.models import Customer
from tickets.rules.periods import CUSTOM, MOST_DAYS, Period, between

CHOICES = ("7", "30", "90")
USUAL = "30"


class SpanForm(forms.Form):
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


class WhoseForm(forms.Form):
    """One level's calls, or one customer's; what is not there narrows nothing."""

    level = forms.ModelChoiceField(ServiceLevel.objects.order_by("rank", "name"), required=False)
    customer = forms.ModelChoiceField(Customer.objects.all(), required=False)


def span_asked(query: Mapping[str, str], today: date) -> tuple[Period, SpanForm]:
    """The days of an address, and the form for others; wrong ones are the last thirty."""
    choice = query.get("period", "")
    if choice == CUSTOM:
        form = SpanForm(query)
        return (form.period if form.is_valid() else _last(USUAL, today)), form
    period = _last(choice if choice in CHOICES else USUAL, today)
    return period, SpanForm(initial={"first": period.first.isoformat(), "last": period.last.isoformat()})


def whose_asked(query: Mapping[str, str]) -> tuple[ServiceLevel | None, Customer | None]:
    """The level and the customer of an address; None for each that is not there."""
    form = WhoseForm(query)
    form.is_valid()
    return form.cleaned_data.get("level"), form.cleaned_data.get("customer")


def _last(days: str, today: date) -> Period:
    return Period(days, today - timedelta(days=int(days) - 1), today)
