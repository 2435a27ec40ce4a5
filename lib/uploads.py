"""Several files in one form field, within limits that are said in words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MEGABYTE = 1024 * 1024


class FilesInput(forms.FileInput):
    """A file control that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files that may come with a message; cleans to a list, empty where none came.

    Limits: ATTACHMENT_MAX_FILES, and ATTACHMENT_MAX_MEGABYTES for each. Every file that breaks one is named.
    """

    widget = FilesInput

    def __init__(self, **options: Any) -> None:
        options = {"label": _("Files"), "required": False, "help_text": limits_in_words(), **options}
        super().__init__(**options)

    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """The files, or one error for each limit that was broken."""
        files = [file for file in _as_list(value) if file]
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        errors = [*_too_many(files), *(error for file in files for error in _unfit(file))]
        if errors:
            raise forms.ValidationError([*errors, forms.ValidationError(_("Please choose the files again."))])
        return files


def _limits_in_words() -> str:
    limit = settings.ATTACHMENT_MAX_FILES
    text = ngettext("Up to %(count)d file of %(size)s.", "Up to %(count)d files of %(size)s each.", limit)
    return text % {"count": limit, "size": filesizeformat(_size_limit())}


limits_in_words = lazy(_limits_in_words, str)
"""Call it once per field: the words are made when the page is rendered, in its language."""


def _as_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _size_limit() -> int:
    return int(settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE)


def _too_many(files: Sequence[UploadedFile[bytes]]) -> list[forms.ValidationError]:
    limit = settings.ATTACHMENT_MAX_FILES
    if len(files) <= limit:
        return []
    text = _("These are %(count)d files. At most %(limit)d can come with one message.")
    return [forms.ValidationError(text, code="too_many", params={"count": len(files), "limit": limit})]


def _unfit(file: UploadedFile[bytes]) -> list[forms.ValidationError]:
    size, limit = file.size or 0, _size_limit()
    if size > limit:
        text = _("“%(name)s” is too large: %(size)s. A file may have up to %(limit)s.")
        params = {"name": file.name, "size": filesizeformat(size), "limit": filesizeformat(limit)}
        return [forms.ValidationError(text, code="too_large", params=params)]
    if size == 0:
        return [forms.ValidationError(_("“%(name)s” is empty."), code="empty", params={"name": file.name})]
    return []
