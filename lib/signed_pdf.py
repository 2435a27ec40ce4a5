"""A form field for a signed paper: one PDF, told from its content, within the limit for files."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from lib.file_types import HEAD, type_of
from lib.uploads import MEGABYTE, clean_file_name

PDF = "application/pdf"


def _limit() -> int:
    return int(settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE)


def _limit_in_words() -> str:
    return str(_("A PDF file of up to %(limit)s.") % {"limit": filesizeformat(_limit())})


class SignedPdfField(forms.FileField):
    """Cleans to a file that begins as a PDF does; its name and what the browser says of it prove nothing."""

    widget = forms.FileInput(attrs={"accept": f"{PDF},.pdf"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"help_text": lazy(_limit_in_words, str)(), **options})

    def clean(self, value: Any, initial: Any = None) -> UploadedFile[bytes] | None:
        """The file; None where none has to come. Errors: too large, or no PDF."""
        file: UploadedFile[bytes] | None = super().clean(value, initial)
        if not file:
            return None
        file.name = clean_file_name(file.name)
        if (file.size or 0) > _limit():
            params = {
                "name": file.name,
                "size": filesizeformat(file.size or 0),
                "limit": filesizeformat(_limit()),
            }
            text = _("“%(name)s” is too large: %(size)s. A file may have up to %(limit)s.")
            raise forms.ValidationError(text, code="too_large", params=params)
        head = file.read(HEAD)
        file.seek(0)
        if type_of(head) != PDF:
            text = _("“%(name)s” is not a PDF file. Please scan or save the signed document as PDF.")
            raise forms.ValidationError(text, code="no_pdf", params={"name": file.name})
        return file
