"""Forms with files: a refused form comes back with every text, but no browser gives a file twice."""

from typing import Any

from django import forms


class FormWithFiles(forms.Form):
    """A form that can say which files have to be chosen again.

    `keeps_files`: the page sent it by script and still holds the files.
    """

    keeps_files = False

    @property
    def lost_files(self) -> list[str]:
        """The names of the files that came with a refused form."""
        if not self.is_bound or not self.errors or self.keeps_files:
            return []
        sent: Any = self.files
        return [file.name for name in sent for file in sent.getlist(name)]
