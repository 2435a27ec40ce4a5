"""Saying whether one may be rung."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.verbatim import VerbatimField

PAUSES = ("break", "meeting", "work")
"""The codes of common reasons; their words stand in calls/rules/wording.py."""


class PresenceForm(forms.Form):
    """Free, paused with a reason, or not at the phone. `paused:break` brings its reason along."""

    presence = forms.ChoiceField(
        choices=[
            ("free", _("I am free")),
            *((f"paused:{code}", code) for code in PAUSES),
            ("paused", _("Pause")),
            ("off", _("Not at the phone")),
        ]
    )
    reason = VerbatimField(label=_("Why paused"), required=False, max_length=80)
    is_confirmed = forms.BooleanField(required=False)

    @property
    def chosen(self) -> tuple[str, str]:
        """(free, paused or off; the reason of a pause)."""
        presence, _colon, code = self.cleaned_data["presence"].partition(":")
        return presence, code or self.cleaned_data["reason"]
