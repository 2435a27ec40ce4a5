"""Which work a lead wants to see."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.queries.time_report import TimeFilter, customers_with_entries, people_with_work

LONGEST_PERIOD = 366


class TimeFilterForm(forms.Form):
    """The filters of the overview; what cannot be read counts as not given. This month to begin with."""

    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    agent = forms.ChoiceField(label=_("Agent"), required=False)
    customer = forms.ChoiceField(label=_("Customer"), required=False)
    only = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("everything that counts")),
            ("flagged", _("chargeable without approval")),
            ("chargeable", _("chargeable")),
            ("overridden", _("decided by hand")),
            ("voided", _("taken back")),
        ],
    )

    def __init__(self, given: Any) -> None:
        today = timezone.localdate()
        first = {"since": today.replace(day=1).isoformat(), "until": today.isoformat()}
        super().__init__({**first, **{name: value for name, value in given.items() if value}})
        agents = [(str(user.pk), user.display_name) for user in people_with_work()]
        customers = [(str(customer.pk), customer.name) for customer in customers_with_entries()]
        self.fields["agent"].choices = [("", _("all")), *agents]  # type: ignore[attr-defined]
        self.fields["customer"].choices = [("", _("all")), *customers]  # type: ignore[attr-defined]

    def wanted(self) -> TimeFilter:
        """The filter; no longer than a year."""
        self.is_valid()
        typed = self.cleaned_data
        today = timezone.localdate()
        until = typed.get("until") or today
        since = min(typed.get("since") or today.replace(day=1), until)
        return TimeFilter(
            since=max(since, _years_before(until)),
            until=until,
            agent_id=_id(typed.get("agent")),
            customer_id=_id(typed.get("customer")),
            only=typed.get("only") or "",
        )


def _years_before(day: date) -> date:
    return max(day, date(1900, 1, 1) + timedelta(days=LONGEST_PERIOD)) - timedelta(days=LONGEST_PERIOD)


def _id(typed: str | None) -> int | None:
    return int(typed) if typed else None
