"""Message-IDs that only this installation can have made: an answer finds its ticket, a forgery does not.

`<scope.number.nonce.signature@domain>`: whose mail it is (`ticket`, 1042), a random part that makes it one of
its kind, and an HMAC over all three. The database is not needed to tell whether one is genuine. They are
short enough to stay on one line of a header.
"""

import base64
import re
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_SHAPE = re.compile(r"<?(([a-z]+)\.(\d{1,18})\.[a-z2-7]{12})\.([a-z2-7]{16})@[^<>@\s]+>?")
_SALT = "lib.mail_ids"


@dataclass(frozen=True, slots=True)
class MailSubject:
    """What a mail of ours was about."""

    scope: str
    number: int


def new_mail_id(scope: str, number: int = 0) -> str:
    """A Message-ID with its angle brackets; `scope` is lower-case letters, `number` a row of that scope."""
    signed = f"{scope}.{number}.{_letters(secrets.token_bytes(8), 12)}"
    return f"<{signed}.{_signature(signed, settings.SECRET_KEY)}@{settings.MAIL_DOMAIN}>"


def subject_of(mail_id: str) -> MailSubject | None:
    """What the mail with this Message-ID was about; None where we have not made it.

    The domain does not count: it may have changed since. Former keys (SECRET_KEY_FALLBACKS) do.
    """
    match = _SHAPE.fullmatch(mail_id.strip())
    if match is None:
        return None
    signed, scope, number, signature = match.groups()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(constant_time_compare(signature, _signature(signed, key)) for key in keys):
        return None
    return MailSubject(scope, int(number))


def _signature(signed: str, key: str | bytes) -> str:
    return _letters(salted_hmac(_SALT, signed, secret=key, algorithm="sha256").digest(), 16)


def _letters(some: bytes, count: int) -> str:
    """So many letters and digits, five bits each, which survive whatever changes upper and lower case."""
    return base64.b32encode(some).decode().lower()[:count]
