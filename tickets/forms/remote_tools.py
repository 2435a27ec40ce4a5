"""A program for remote sessions."""

from django import forms
from django.utils.translation import gettext

from tickets.models import RemoteTool
from tickets.rules.remote_links import SCHEMES, is_sound_template


class RemoteToolForm(forms.ModelForm[RemoteTool]):
    """Its name and the link that starts it."""

    class Meta:
        model = RemoteTool
        fields = ("name", "link_template", "is_active")

    def clean_link_template(self) -> str:
        """Error: a link to anything but such a program, or a page by https."""
        template: str = self.cleaned_data["link_template"].strip()
        if template and not is_sound_template(template):
            said = gettext("A link begins with one of these: %(schemes)s. Only {id} may stand in it.")
            raise forms.ValidationError(said % {"schemes": ", ".join(f"{one}:" for one in sorted(SCHEMES))})
        return template
