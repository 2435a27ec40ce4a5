"""What leads enter: sub-processors of the draft, its announcement, how an objection was decided."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import ChangeNotice, SubprocessorEntry

NOTE_LIMIT = 5_000


def day_input() -> forms.DateInput:
    """A day as browsers ask for it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class EntryForm(forms.ModelForm[SubprocessorEntry]):
    """One sub-processor of the draft."""

    class Meta:
        model = SubprocessorEntry
        fields = ["name", "service", "data_categories", "place", "safeguards", "since_on", "until_on"]
        widgets = {"since_on": day_input(), "until_on": day_input()}
        help_texts = {
            "name": _("Name and legal form, as in its contract."),
            "service": _("What it does for us, in a few words."),
            "data_categories": _("For example: names, e-mail addresses, contents of tickets."),
            "place": _("Country, and place where it matters."),
            "safeguards": _("Outside of the EU: for example standard contractual clauses."),
        }


class AnnounceForm(forms.Form):
    """When the draft takes effect, until when customers can object, and what changes in words."""

    effective_on = forms.DateField(label=_("In effect from"), widget=day_input())
    objections_until_on = forms.DateField(label=_("Objections until"), widget=day_input())
    note = forms.CharField(
        label=_("What changes, in words"),
        required=False,
        max_length=NOTE_LIMIT,
        help_text=_("Customers read it in the mail and in the portal, below the list of changes."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DropForm(forms.Form):
    """Why a change is dropped."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=NOTE_LIMIT,
        help_text=_("Whoever was told of the change reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecideForm(forms.Form):
    """What became of an objection."""

    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("How it was decided"),
        max_length=NOTE_LIMIT,
        help_text=_("The customer reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field: Any = self.fields["outcome"]
        field.choices = [(value, label) for value, label in ChangeNotice.Outcome.choices if value]
