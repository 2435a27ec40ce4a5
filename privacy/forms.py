"""What is asked before somebody is erased, kept, or changed; and how long things are kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Contact
from privacy.queries.retention import Rule
from privacy.rules.erasing import Part
from privacy.rules.wording import words

LONGEST_REASON = 500
LONGEST_WISH = 4_000
MOST_DAYS = 36_500


class ErasureForm(forms.Form):
    """What goes with the person, and the person's name, typed, so that nobody is erased by a slip."""

    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What goes with the person"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (Part.BODIES.value, gettext_lazy("what they wrote: texts, subjects, comments")),
            (Part.FILES.value, gettext_lazy("the files they sent")),
            (Part.PROOF.value, gettext_lazy("that it was they who signed a data-processing agreement")),
        ],
    )
    name = forms.CharField(label=gettext_lazy("Type the person's name to confirm"), max_length=250)

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact = contact

    def clean_name(self) -> str:
        """The name as it stands above the form."""
        typed = str(self.cleaned_data["name"]).strip()
        if typed != self.contact.name.strip():
            raise forms.ValidationError(_("This is not the name as it stands above."))
        return typed


class HoldForm(forms.Form):
    """Why somebody's data must be kept."""

    reason = forms.CharField(
        label=gettext_lazy("Why the data must be kept"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example the number of a lawsuit. Only admins read it."),
    )


class WishForm(forms.Form):
    """What a person wants done with their data."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you want?"),
        widget=forms.RadioSelect,
        choices=[
            ("rectification", gettext_lazy("Something about me is wrong or missing")),
            ("erasure", gettext_lazy("Erase my data")),
            ("objection", gettext_lazy("I object to a use of my data, or want it restricted")),
        ],
    )
    text = forms.CharField(
        label=gettext_lazy("What exactly?"),
        max_length=LONGEST_WISH,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class RuleForm(forms.Form):
    """How long one kind of data is kept."""

    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=MOST_DAYS)
    is_active = forms.BooleanField(label=gettext_lazy("apply"), required=False)

    def __init__(self, sent: Any, *, rule: Rule, language: str) -> None:
        shown = {"days": rule.days, "is_active": rule.is_active}
        super().__init__(sent, initial=shown, prefix=rule.kind.code)
        self.rule = rule
        self.title = words(f"retention.{rule.kind.code}", language)
        shown_as = {"aria-label": f"{self.title}: {_('Days')}", "class": "input"}
        self.fields["days"].widget.attrs |= shown_as
        self.fields["is_active"].widget.attrs["aria-label"] = f"{self.title}: {_('apply')}"

    def clean_days(self) -> int:
        """No shorter than the kind can bear."""
        days, least = int(self.cleaned_data["days"]), self.rule.kind.least_days
        if days < least:
            raise forms.ValidationError(_("At least %(least)d.") % {"least": least})
        return days
