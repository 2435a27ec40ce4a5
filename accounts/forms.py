"""What the admin pages ask about teams, and how they say no."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team


class TeamForm(forms.ModelForm[Team]):
    """One team. Making it the one that takes new tickets takes that from the one before."""

    class Meta:
        model = Team
        fields = ("name", "slug", "is_default")

    def clean_is_default(self) -> bool:
        """New tickets need a team to arrive at."""
        is_default = bool(self.cleaned_data["is_default"])
        others = Team.objects.filter(is_default=True).exclude(pk=self.instance.pk)
        if not is_default and not others.exists():
            raise forms.ValidationError(_("New tickets need a team. Let another team take them instead."))
        return is_default

    def _get_validation_exclusions(self) -> set[str]:
        """Not "one default team", which the form would judge too early: the action moves that mark."""
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]
