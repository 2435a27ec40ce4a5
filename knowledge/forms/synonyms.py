"""A set of synonyms, as editors write it."""

from django import forms

from knowledge.models import SynonymSet


class SynonymsForm(forms.ModelForm[SynonymSet]):
    """Words that mean the same, separated by commas."""

    class Meta:
        model = SynonymSet
        fields = ("words",)
