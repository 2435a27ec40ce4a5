"""Phone numbers: as people write them, and as they are kept."""

import re
from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

_SEPARATORS = re.compile(r"[\s()/.\-\u2010-\u2013]")
_E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)
LONGEST_AS_WRITTEN = 40


def as_e164(text: str) -> str:
    """The number in E.164 form. Error: ValueError for one without a country code, or no number at all."""
    number = _SEPARATORS.sub("", text.replace("(0)", ""))
    if number.startswith("00"):
        number = "+" + number[2:]
    if not _E164.fullmatch(number):
        raise ValueError(text)
    return number


def readable(number: str) -> str:
    """A kept number in groups, with its country code: "+49 89 99998141". What is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def read_number(text: str) -> str:
    """As `as_e164`; the ValueError says what to write instead."""
    try:
        return as_e164(text)
    except ValueError as error:
        raise ValueError(gettext("Write the number with its country code, such as +49 89 12345.")) from error


class PhoneNumberField(forms.CharField):
    """Takes a number as people write it and gives it in E.164 form."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("phone number"), "max_length": LONGEST_AS_WRITTEN, **options})

    def prepare_value(self, value: Any) -> Any:
        """A kept number as people read it; what was typed as it is."""
        return readable(value) if isinstance(value, str) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether it is another number, however it is written."""
        if not data:
            return bool(initial)
        try:
            return bool(as_e164(str(data)) != initial)
        except ValueError:
            return True

    def clean(self, value: Any) -> str:
        """The number. Error: ValidationError for one without a country code."""
        text = str(super().clean(value))
        try:
            return read_number(text) if text else text
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
