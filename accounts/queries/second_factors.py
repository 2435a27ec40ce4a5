"""What somebody has beside the password: an authenticator app, passkeys, recovery codes."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext, ngettext

from accounts.models import User

_PROVING = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes only stand in for one of these."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key that lies on a device and is opened there, by a finger, a face or a PIN."""

    pk: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What there is. `app_since` and `codes_left` are None where there is none."""

    app_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int | None

    @property
    def has_any(self) -> bool:
        """Whether a password alone does not let this person in."""
        return self.app_since is not None or bool(self.passkeys)


def factors_of(user: User) -> Factors:
    """All of a person's, by one query; nothing is decrypted."""
    rows = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk"))
    apps = [row.created_at for row in rows if row.type == Authenticator.Type.TOTP]
    codes = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return Factors(
        app_since=apps[0] if apps else None,
        passkeys=tuple(
            Passkey(row.pk, row.data["name"], row.created_at, row.last_used_at)
            for row in rows
            if row.type == Authenticator.Type.WEBAUTHN
        ),
        codes_left=_left(codes[0]) if codes else None,
    )


def has_second_factor(user: User) -> bool:
    """Whether a password alone does not let this person in."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=_PROVING).exists())


def passkey_of(user: User, pk: int) -> Authenticator | None:
    """One of the person's own passkeys."""
    passkeys = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
    found: Authenticator | None = passkeys.filter(pk=pk).first()
    return found


def unused_codes(user: User) -> list[str] | None:
    """The recovery codes that were not used yet; None where there are none at all. Error: Unreadable."""
    row = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return list(row.wrap().get_unused_codes()) if row else None


def factor_words(factors: Factors) -> str:
    """In words, for the admin: "authenticator app, 2 passkeys"."""
    parts = [gettext("authenticator app")] if factors.app_since else []
    if factors.passkeys:
        count = len(factors.passkeys)
        parts.append(ngettext("{count} passkey", "{count} passkeys", count).format(count=count))
    return ", ".join(parts) or gettext("none")


def _left(codes: Authenticator) -> int:
    return int(app_settings.RECOVERY_CODE_COUNT) - int(codes.data["used_mask"]).bit_count()
