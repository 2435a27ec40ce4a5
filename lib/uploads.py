"""What comes in: how large a request may be, and files in a form field, within limits said in words."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MEGABYTE = 1024 * 1024
OTHER_MEGABYTES = 5
"""What a request may hold that brings no files to a ticket: longer texts and the admin's imports."""
TOO_LARGE = 413
CREATED = 201
UPLOAD_HEADER = "X-Upload"
MAX_FILE_NAME = 200
_NO_LABEL = re.compile(r'[/\\:*?"<>|]')

GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Mark a view whose requests may be as large as the files that may come with a message."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


class RequestLimit:
    """Middleware: refuse a request that is too large before anything reads it.

    Strangers cannot send files. (The API asks for the token before it reads, and has limits of its own:
    lib/api/parsing.py.)
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Judged below, when it is known which view answers and who asks."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any, **__: Any
    ) -> HttpResponse | None:
        """413 where the announced size is beyond the view's limit. What is not announced is not read."""
        is_api = hasattr(view, "cls")  # as Django REST framework marks its views
        if is_api or _size_of(request) <= _limit_of(request, view):
            return None
        return render(request, "413.html", {"limits": limits_in_words()}, status=TOO_LARGE)


def is_watched(request: HttpRequest) -> bool:
    """Whether a page's script sends the form and shows how far it is (static/js/uploads.js)."""
    return UPLOAD_HEADER in request.headers


def go_on(request: HttpRequest, url: str) -> HttpResponseBase:
    """To the page that follows an accepted form. A script goes there itself: else it would read the page
    instead of the person, with the messages that are shown once."""
    if is_watched(request):
        return HttpResponse(status=CREATED, headers={"Location": url})
    return redirect(url)


def _size_of(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0  # noqa: PLR2004


def _limit_of(request: HttpRequest, view: Callable[..., Any]) -> int:
    if getattr(view, "takes_files", False) and request.user.is_authenticated:
        files = settings.ATTACHMENT_MAX_FILES * settings.ATTACHMENT_MAX_MEGABYTES
        return int((files + OTHER_MEGABYTES) * MEGABYTE)
    return OTHER_MEGABYTES * MEGABYTE


def clean_file_name(name: str | None) -> str:
    """The sender's name for a file as a harmless label: no path, no control or direction characters.

    Whoever judges a name judges this one.
    """
    normal = unicodedata.normalize("NFKC", name or "")
    visible = "".join("_" if unicodedata.category(one)[0] == "C" else one for one in normal)
    label = _NO_LABEL.sub("_", visible).strip(" .")
    if len(label) <= MAX_FILE_NAME:
        return label or "file"
    suffix = PurePosixPath(label).suffix[:20]
    return label[: MAX_FILE_NAME - len(suffix)] + suffix


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
        files = [_named(file) for file in _as_list(value) if file]
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


def _named(file: UploadedFile[bytes]) -> UploadedFile[bytes]:
    file.name = clean_file_name(file.name)
    return file


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
