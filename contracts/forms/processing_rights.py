"""What the desk enters into the registers: instructions, audit requests, breaches and what came of them."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.forms.directory import NOTE_LIMIT, day_input
from contracts.queries.processing_rights import (
    customers_ever_with_dpa,
    customers_never_with_dpa,
    customers_with_dpa,
)
from customers.models import Customer


class MatterForm(forms.Form):
    """What somebody at a customer told us by phone, letter or mail."""

    customer = forms.ModelChoiceField(label=_("Customer"), queryset=Customer.objects.none())
    given_by_name = forms.CharField(
        label=_("Who at the customer said so"), max_length=200, widget=forms.TextInput
    )
    text = forms.CharField(label=_("Text"), max_length=NOTE_LIMIT, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *arguments: Any, at: datetime, text_label: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field: Any = self.fields["customer"]
        field.queryset = customers_with_dpa(at)
        self.fields["text"].label = text_label


class InstructionOutcomeForm(forms.Form):
    """What was done about an instruction."""

    outcome = forms.CharField(
        label=_("What was done"),
        max_length=NOTE_LIMIT,
        help_text=_(
            "The customer reads it. Where an instruction breaks the law in our opinion, we have to say so"
            " at once (Art. 28 (3) GDPR)."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AuditOutcomeForm(forms.Form):
    """When an audit takes place, and what came of it."""

    held_on = forms.DateField(label=_("Takes place on"), required=False, widget=day_input())
    outcome = forms.CharField(
        label=_("Outcome"),
        required=False,
        max_length=NOTE_LIMIT,
        help_text=_("The customer reads it. Leave it empty until the audit is over."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class BreachForm(forms.Form):
    """A personal-data breach and whom it concerns; they are told at once."""

    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(
        label=_("What happened, which data, what we do, what you can do"),
        max_length=20_000,
        help_text=_(
            "Art. 33 (3) GDPR: kind of the breach, which people and how much data as far as known, probable"
            " consequences, measures taken, whom to ask."
        ),
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    known_at = forms.DateTimeField(
        label=_("Known since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    customers = forms.ModelMultipleChoiceField(
        label=_("Whom it concerns"),
        queryset=Customer.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Everybody with whom an agreement is or was in force."),
    )
    others = forms.ModelMultipleChoiceField(
        label=_("Customers without an agreement"),
        queryset=Customer.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Such as those who are served by consents only. Several: hold Ctrl or Command."),
    )

    def __init__(self, *arguments: Any, at: datetime, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field: Any = self.fields["customers"]
        field.queryset = customers_ever_with_dpa(at)
        others: Any = self.fields["others"]
        others.queryset = customers_never_with_dpa(at)

    def facts(self) -> dict[str, Any]:
        """What the action takes: all whom it concerns together."""
        given = dict(self.cleaned_data)
        others = given.pop("others")
        return {**given, "customers": [*given["customers"], *others]}


class MoreCustomersForm(forms.Form):
    """One more customer whom a breach concerns, and what it means for them."""

    customer = forms.ModelChoiceField(label=_("Customer"), queryset=Customer.objects.none())
    text = forms.CharField(
        label=_("What it means for this customer"),
        required=False,
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *arguments: Any, told: list[int], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field: Any = self.fields["customer"]
        field.queryset = Customer.objects.exclude(pk__in=told).order_by("sort_name", "pk")
