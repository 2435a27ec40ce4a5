"""The telephone systems that may ask: how they prove who they are, and where we reach them.

Secrets are shown once and known by their hash; keys and passwords lie encrypted and are never shown. The
audit trail says that they were changed, and no more.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from accounts.models.tokens import token_digest
from calls.actions.refusing import refuse_if
from calls.models import PhoneSystem
from calls.rules.entries import SCHEMES_OF, faulty_address, faulty_key, faulty_networks, is_host, is_login
from lib.crypto import Sealed
from lib.reasons import Reason, reason

LONGEST_OVERLAP = timedelta(days=30)
PLAIN = (
    *("name", "is_active", "networks", "region", "area_code", "sounds", "queue"),
    *("ari_url", "ari_user", "ami_host", "ami_port", "ami_user"),
)
SECRET = ("signing_key", "ari_password", "ami_password")


@transaction.atomic
def create(*, system: PhoneSystem, by: User | None, at: datetime | None = None) -> str:
    """Add a telephone system. Returns its secret, which is nowhere else. Error: Refused."""
    refuse_if(*_faults(system))
    secret = secrets.token_urlsafe(32)
    system.secret_sha256 = token_digest(secret)
    system.save(force_insert=True)
    auditing.record(by=by, verb="phone_system.created", what=system, at=at, details={"kind": system.kind})
    return secret


@transaction.atomic
def change(*, system: PhoneSystem, by: User | None, at: datetime | None = None) -> PhoneSystem:
    """Change anything but its secret and its kind. Inactive: it is answered nothing. Error: Refused."""
    refuse_if(*_faults(system))
    kept = PhoneSystem.objects.select_for_update().get(pk=system.pk)
    system.save(update_fields=[*PLAIN, *SECRET])
    plain = {name: [getattr(kept, name), getattr(system, name)] for name in PLAIN}
    details: dict[str, Any] = {name: values for name, values in plain.items() if values[0] != values[1]}
    details |= {
        name: "changed" for name in SECRET if _bare(getattr(kept, name)) != _bare(getattr(system, name))
    }
    if details:
        auditing.record(by=by, verb="phone_system.changed", what=system, at=at, details=details)
    return system


@transaction.atomic
def rotate(
    *, system: PhoneSystem, by: User | None, overlap: timedelta = timedelta(), at: datetime | None = None
) -> str:
    """Give it another secret; the former one holds for the overlap. Returns the new one, nowhere else."""
    at, secret = at or timezone.now(), secrets.token_urlsafe(32)
    until = at + min(max(overlap, timedelta()), LONGEST_OVERLAP)
    kept = PhoneSystem.objects.select_for_update().get(pk=system.pk)
    system.former_secret_sha256 = kept.secret_sha256 if until > at else ""
    system.former_until = until if system.former_secret_sha256 else None
    system.secret_sha256 = token_digest(secret)
    _save_secrets(system)
    details = {"former_until": system.former_until and system.former_until.isoformat()}
    auditing.record(by=by, verb="phone_system.rotated", what=system, at=at, details=details)
    return secret


@transaction.atomic
def end_former(*, system: PhoneSystem, by: User | None, at: datetime | None = None) -> None:
    """The former secret holds no longer, whatever was agreed."""
    kept = PhoneSystem.objects.select_for_update().get(pk=system.pk)
    if not kept.former_secret_sha256:
        return
    system.secret_sha256, system.former_secret_sha256, system.former_until = kept.secret_sha256, "", None
    _save_secrets(system)
    auditing.record(by=by, verb="phone_system.former_ended", what=system, at=at)


def _faults(system: PhoneSystem) -> list[Reason]:
    """What is wrong with what was typed, whoever typed it where."""
    found = faulty_networks(system.networks)
    if system.ari_url:
        found += faulty_address(system.ari_url)
    if system.ami_host and not is_host(system.ami_host):
        found.append(reason("entry.host"))
    if not all(is_login(text) for text in (system.ari_user, system.ami_user)):
        found.append(reason("entry.login"))
    return found + _faulty_signing(system)


def _faulty_signing(system: PhoneSystem) -> list[Reason]:
    kept = system.signing_key
    if not kept or isinstance(kept, Sealed):
        return []
    scheme, key = str(kept.get("scheme", "")), str(kept.get("key", ""))
    if scheme not in SCHEMES_OF.get(system.kind, ()):
        return [reason("entry.scheme")]
    return faulty_key(scheme, key)


def _save_secrets(system: PhoneSystem) -> None:
    system.save(update_fields=["secret_sha256", "former_secret_sha256", "former_until"])


def _bare(value: Any) -> Any:
    """A value that can be compared, readable or not."""
    return value.text if isinstance(value, Sealed) else value
