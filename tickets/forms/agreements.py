"""What the admin pages ask about agreements and service levels; the models say what is wrong."""

from django import forms

from contracts.models import Agreement, ServiceLevel, Suspension


class AgreementForm(forms.ModelForm[Agreement]):
    """One agreement; its suspensions are rows beside it."""

    class Meta:
        model = Agreement
        fields = ("customer", "kind", "level", "reference", "starts_on", "ends_on", "terminated_on")


class SuspensionForm(forms.ModelForm[Suspension]):
    """One period in which an agreement does not count."""

    class Meta:
        model = Suspension
        fields = ("starts_on", "ends_on", "reason")


class ServiceLevelForm(forms.ModelForm[ServiceLevel]):
    """One service level."""

    class Meta:
        model = ServiceLevel
        fields = ("name", "rank", "description")
