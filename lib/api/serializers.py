"""Serializers that refuse what they do not know, and fields that several rooms need."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

Row = TypeVar("Row", bound=Model)

_PUNCTUATION_IN_NUMBERS = re.compile(r"[\s()/.\-]")
_E164 = re.compile(r"\+[1-9][0-9]{4,14}")


class _Strict:
    """Refuses fields that do not exist, and those that exist but cannot be written."""

    def to_internal_value(self, data: Any) -> Any:
        """As DRF does, after the names have been checked."""
        if isinstance(data, Mapping):
            self._refuse_unknown(data)
        return super().to_internal_value(data)  # type: ignore[misc]

    def _refuse_unknown(self, sent: Mapping[str, Any]) -> None:
        fields: Mapping[str, serializers.Field[Any, Any, Any, Any]] = self.fields  # type: ignore[attr-defined]
        errors = {}
        for name in sent:
            if name not in fields:
                errors[name] = [serializers.ErrorDetail(_("There is no such field."), "unknown_field")]
            elif fields[name].read_only:
                errors[name] = [serializers.ErrorDetail(_("This field cannot be written."), "read_only")]
        if errors:
            raise serializers.ValidationError(errors)


class StrictSerializer(_Strict, serializers.Serializer[Any]):
    """A plain serializer that refuses unknown fields."""


class StrictModelSerializer(_Strict, serializers.ModelSerializer[Row]):
    """A model serializer that refuses unknown fields. Writing is for the subclass, through an action."""


class TextField(serializers.CharField):
    """Text that is stored as it came. Where it may not be blank, white space alone is refused."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        """The text itself. Error: blank."""
        text: str = super().to_internal_value(data)
        if not self.allow_blank and not text.strip():
            self.fail("blank")
        return text


@extend_schema_field({"type": "string", "pattern": r"^\+[1-9][0-9]{4,14}$", "example": "+4989123456"})
class PhoneNumberField(serializers.CharField):
    """A phone number in E.164; blanks, dashes, brackets and a leading 00 are understood."""

    default_error_messages = {
        "not_e164": gettext_lazy("Write the number with its country code, for example +49 89 123456.")
    }

    def to_internal_value(self, data: Any) -> str:
        """The number as it is stored."""
        number = _PUNCTUATION_IN_NUMBERS.sub("", super().to_internal_value(data))
        number = f"+{number[2:]}" if number.startswith("00") else number
        if not _E164.fullmatch(number):
            self.fail("not_e164")
        return number


class WordsField(serializers.ListField):
    """Rows that hang on another row and are one word each, as a list of those words."""

    def __init__(self, *, word: str, **options: Any) -> None:
        super().__init__(**options)
        self._word = word

    def to_representation(self, rows: Any) -> list[str]:
        """From a related manager (prefetched for lists)."""
        return [getattr(row, self._word) for row in rows.all()]


def refused(field: str, code: str, detail: str) -> serializers.ValidationError:
    """One field that contradicts another."""
    return serializers.ValidationError({field: [serializers.ErrorDetail(detail, code)]})


def assign(row: Model, values: Mapping[str, Any], names: Iterable[str]) -> None:
    """Set those of the named attributes that were sent."""
    for name in names:
        if name in values:
            setattr(row, name, values[name])
