"""What the admin page of escalations asks; the model says what is wrong."""

from django import forms

from contracts.models import Escalation


class EscalationForm(forms.ModelForm[Escalation]):
    """One rule of who is told."""

    class Meta:
        model = Escalation
        fields = ("level", "kind", "severity", "at_percent", "tells")
