"""What somebody adds to their password, or takes away: an authenticator app, passkeys, recovery codes.

Every change is a line in the audit trail and a mail to the person whose it is. The rows are allauth's.
"""

from datetime import datetime
from typing import Any

from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction

from accounts.actions import auditing, notices
from accounts.models import User


class AppExists(Exception):
    """There is an authenticator app already: the one before has to go first."""


class NothingToProtect(Exception):
    """Recovery codes stand in for an app or a passkey, and there is neither."""


@transaction.atomic
def add_app(*, user: User, secret: str, by: User | None, at: datetime | None = None) -> bool:
    """Ask for a code of this app (its secret in base32) from now on.

    Returns whether recovery codes were made along with it. Error: AppExists.
    """
    _hold(user)
    if _of(user, Authenticator.Type.TOTP).exists():
        raise AppExists
    TOTP.activate(user, secret)
    _tell(user, verb="second_factor.app_added", by=by, at=at)
    return _make_codes(user)


@transaction.atomic
def remove_app(*, user: User, by: User | None, at: datetime | None = None) -> None:
    """Ask for no code of an app any more."""
    _hold(user)
    deleted, _ = _of(user, Authenticator.Type.TOTP).delete()
    if deleted:
        delete_dangling_recovery_codes(user)
        _tell(user, verb="second_factor.app_removed", by=by, at=at)


@transaction.atomic
def add_passkey(
    *, user: User, name: str, credential: dict[str, Any], by: User | None, at: datetime | None = None
) -> bool:
    """Let a passkey sign in; `credential` is the browser's answer, which the form has checked.

    Returns whether recovery codes were made along with it.
    """
    _hold(user)
    WebAuthn.add(user, name, credential)
    _tell(user, verb="second_factor.passkey_added", by=by, at=at, name=name)
    return _make_codes(user)


@transaction.atomic
def rename_passkey(
    *, passkey: Authenticator, name: str, by: User | None, at: datetime | None = None
) -> Authenticator:
    """Call a passkey what its owner knows it by."""
    passkey.wrap().name = name
    passkey.save(update_fields=["data"])
    details = {"name": name}
    auditing.record(by=by, verb="second_factor.passkey_renamed", what=passkey.user, at=at, details=details)
    return passkey


@transaction.atomic
def remove_passkey(*, passkey: Authenticator, by: User | None, at: datetime | None = None) -> None:
    """Refuse a passkey from now on."""
    user: User = passkey.user
    _hold(user)
    name = str(passkey)
    passkey.delete()
    delete_dangling_recovery_codes(user)
    _tell(user, verb="second_factor.passkey_removed", by=by, at=at, name=name)


@transaction.atomic
def renew_codes(*, user: User, by: User | None, at: datetime | None = None) -> None:
    """Make new recovery codes; those before are void. Error: NothingToProtect."""
    _hold(user)
    if not Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES):
        raise NothingToProtect
    _of(user, Authenticator.Type.RECOVERY_CODES).delete()
    _make_codes(user)
    _tell(user, verb="second_factor.codes_renewed", by=by, at=at)


@transaction.atomic
def remove_all(*, user: User, by: User | None, at: datetime | None = None) -> int:
    """Take everything away from somebody who has lost it. Returns how many there were."""
    _hold(user)
    deleted: int = Authenticator.objects.filter(user_id=user.pk).delete()[0]
    if deleted:
        _tell(user, verb="second_factor.all_removed", by=by, at=at)
    return deleted


def _hold(user: User) -> None:
    """Two changes of one person take turns."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _of(user: User, kind: str) -> Any:
    return Authenticator.objects.filter(user_id=user.pk, type=kind)


def _make_codes(user: User) -> bool:
    if _of(user, Authenticator.Type.RECOVERY_CODES).exists():
        return False
    RecoveryCodes.activate(user)
    return True


def _tell(user: User, *, verb: str, by: User | None, at: datetime | None, **details: str) -> None:
    auditing.record(by=by, verb=verb, what=user, at=at, details=details)
    notices.tell_change(user=user, change=verb.partition(".")[2], at=at)
