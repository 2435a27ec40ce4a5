"""Phone numbers: as people write them, and as they are kept."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote

import phonenumbers
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

_SEPARATORS = re.compile(r"[\s()/.\-\u2010-\u2013]")
_E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)
LONGEST_AS_WRITTEN = 40

_LONGEST_CALLER = 200
_LONGEST_EXTENSION = 5
_LONGEST_LOCAL = 8
"""Longer ones without a prefix are taken for international ones whose "+" got lost on the way."""
_NAMED = re.compile(r'(?P<name>"(?:[^"\\]|\\.)*"\s*|[^"<>]*)<(?P<address>[^<>]*)>[^<>]*')
_SCHEME = re.compile(r"(?P<scheme>sips?|tel|callto):(?://)?", re.IGNORECASE)
_DIALLED = re.compile(r"\+?[0-9]+", re.ASCII)
_CONTEXT = re.compile(r";phone-context=(\+[0-9.()\-]+)", re.ASCII | re.IGNORECASE)
_WITHHELD = frozenset({"anonymous", "anonym", "private", "restricted", "withheld", "blocked", "unterdrückt"})
_NOT_KNOWN = frozenset({"", "unknown", "unavailable", "unbekannt"})
_SPELT_ON_KEYS = frozenset({"+266696687", "+7378742883", "+2562533", "+8656696", "+86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on the keys of a phone, as TwiML has them."""
_EMERGENCY = frozenset({"110", "112"})


class CallerKind(StrEnum):
    """What the text that a telephone system sends for a caller (or for what was dialled) stands for."""

    NUMBER = "number"
    EXTENSION = "extension"
    ANONYMOUS = "anonymous"
    EMERGENCY = "emergency"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Caller:
    """`e164` is filled for a number, and for nothing else."""

    kind: CallerKind
    e164: str = ""


def as_e164(text: str) -> str:
    """The number in E.164 form. Error: ValueError for one without a country code, or no number at all."""
    number = _with_plus(text.replace("(0)", ""))
    if not _E164.fullmatch(number):
        raise ValueError(text)
    # "(0)" is dialled at home only, but for countries whose numbers keep their zero, such as Italy
    return _possible(_with_plus(text), must_be_valid=True) or _possible(number) or number


def _with_plus(text: str) -> str:
    number = _SEPARATORS.sub("", text)
    return "+" + number[2:] if number.startswith("00") else number


def readable(number: str) -> str:
    """A kept number in groups, with its country code: "+49 89 99998141". What is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def read_caller(text: str, *, region: str, area_code: str) -> Caller:
    """Whom a telephone system names: `"Name" <sip:0301234@host;params>`, a tel: address or bare digits.

    `region`: two letters, where local numbers are ("" for none); `area_code`: of local numbers, without the
    leading zero ("" for none: then they are unreadable). Never raises: what cannot be read is "unreadable".
    """
    name, address = _name_and_address(text[: _LONGEST_CALLER + 1])
    user, host = _user_and_host(address)
    words = {_word(user), _word(name), _word(host)}
    if words & _WITHHELD or _word(user) in _NOT_KNOWN or user in _SPELT_ON_KEYS:
        return Caller(CallerKind.ANONYMOUS)
    dialled = _SEPARATORS.sub("", user)
    if len(text) > _LONGEST_CALLER or not _DIALLED.fullmatch(dialled):
        return Caller(CallerKind.UNREADABLE)
    return _digits_read(dialled, region.upper(), area_code)


def _name_and_address(text: str) -> tuple[str, str]:
    """Without what nobody sees (direction marks of a pasted number), and with digits as we write them."""
    seen = "".join(_plain(char) for char in text if unicodedata.category(char) != "Cf").strip()
    named = _NAMED.fullmatch(seen)
    return (named["name"], named["address"].strip()) if named else ("", seen)


def _plain(char: str) -> str:
    return "+" if char == "\uff0b" else str(unicodedata.decimal(char, char))


def _user_and_host(address: str) -> tuple[str, str]:
    """What stands before the "@", without scheme, parameters and password; a host alone is nobody."""
    scheme = _SCHEME.match(address)
    bare = address[scheme.end() :] if scheme else address
    user, _at, host = bare.rpartition("@") if "@" in bare else (bare, "", "")
    context = _CONTEXT.search(user)
    user = unquote(re.split("[;?]", user, maxsplit=1)[0])
    if scheme and scheme["scheme"].lower().startswith("sip"):
        user = user.split(":", 1)[0]
        if not host and _is_host(user):
            return "host", user
    if context and not user.startswith("+"):
        user = context[1] + user
    return user.strip(), re.split("[:;?>]", host, maxsplit=1)[0]


def _is_host(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _word(text: str) -> str:
    return text.strip('" ').casefold().removesuffix(".invalid")


def _digits_read(dialled: str, region: str, area_code: str) -> Caller:
    """`dialled`: digits, with or without a "+" in front."""
    code = str(phonenumbers.country_code_for_region(region))
    if dialled.removeprefix("+").removeprefix("00").removeprefix(code) in _EMERGENCY:
        return Caller(CallerKind.EMERGENCY)
    if dialled.startswith(("+", "00")):
        number = _possible("+" + dialled.removeprefix("+").removeprefix("00"))
    elif len(dialled) <= _LONGEST_EXTENSION:
        return Caller(CallerKind.EXTENSION)
    else:
        number = _bare(dialled, region, area_code)
    return Caller(CallerKind.NUMBER, number) if number else Caller(CallerKind.UNREADABLE)


def _bare(digits: str, region: str, area_code: str) -> str:
    """Digits without "+" or "00": national ones, international ones that lost their "+", local ones."""
    trunk = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True)
    has_trunk, is_national = trunk == "0", digits.startswith("0")
    if is_national and has_trunk:
        return _possible(digits, region)
    if not has_trunk and (number := _possible(digits, region, must_be_valid=True)):
        return number
    is_long = not is_national and len(digits) > _LONGEST_LOCAL
    if is_long and (number := _possible("+" + digits, must_be_valid=True)):
        return number
    return "" if is_national else _local(digits, region, area_code)


def _local(digits: str, region: str, area_code: str) -> str:
    code = phonenumbers.country_code_for_region(region)
    number = _possible(f"+{code}{area_code}{digits}") if code and area_code else ""
    return "" if number and _is_service(digits, region) else number


def _is_service(digits: str, region: str) -> bool:
    """Whether these are nobody's: a short number of the country, such as 116117."""
    return bool(phonenumbers.is_valid_short_number_for_region(phonenumbers.parse(digits, region), region))


def _possible(number: str, region: str | None = None, *, must_be_valid: bool = False) -> str:
    """In E.164 form; "" for what cannot be one (or, on demand, for what nobody has)."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return ""
    whole = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not whole or (must_be_valid and not phonenumbers.is_valid_number(parsed)):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


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
