"""Creating, changing and deactivating users."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import auditing, notices, sessions
from accounts.models import ApiToken, Team, User
from accounts.models.tokens import new_token, token_digest
from lib.waking import wake

# Fields whose change can put an agent's tickets back into the queue.
_DUTY_FIELDS = frozenset({"is_active", "is_on_duty", "role"})


@transaction.atomic
def save(
    *,
    user: User,
    by: User | None,
    teams: Iterable[Team] | None = None,
    password: str | None = None,
    at: datetime | None = None,
) -> User:
    """Create or change a user; every door that writes users comes through here.

    A user who stops working tickets (deactivated, off duty, no longer an agent) is noticed by the
    tickets room, which returns what they held to the queue. Who is deactivated or gets another password is
    signed out everywhere; who changes their own keeps their session (Django gives it a new key).
    """
    before = _snapshot(user)
    had_password = user.has_usable_password() if before else False
    user.email = (user.email or "").strip().lower()
    user.is_staff = user.is_admin
    user.is_superuser = user.is_admin
    if password is not None:
        user.set_password(password) if password else user.set_unusable_password()
    user.save()
    if teams is not None:
        user.teams.set(teams)
    changed = _changed_fields(before, user)
    auditing.record(
        by=by,
        verb="user.changed" if before else "user.created",
        what=user,
        at=at,
        details={"fields": changed},
    )
    if _DUTY_FIELDS.intersection(changed) and before:
        wake("tickets.return_tickets")
    if before and (password is not None or ("is_active" in changed and not user.is_active)):
        sessions.end_all(user=user)
    if had_password and password and by is not None:
        notices.tell_change(user=user, change="password_changed", at=at)
    return user


def deactivate(*, user: User, by: User | None, at: datetime | None = None) -> User:
    """Close a user's access; their tickets return to the queue."""
    return _change(user, {"is_active": False}, by=by, at=at)


def set_duty(*, user: User, is_on_duty: bool, by: User | None, at: datetime | None = None) -> User:
    """Go on or off duty. Off duty, the tickets that wait for us return to the queue."""
    return _change(user, {"is_on_duty": is_on_duty}, by=by, at=at)


def set_language(*, user: User, language: str, by: User | None, at: datetime | None = None) -> User:
    """Choose the language of one's pages and mail."""
    return _change(user, {"language": language}, by=by, at=at)


def set_password(*, user: User, password: str, by: User | None, at: datetime | None = None) -> User:
    """Replace a password; every other session of the user ends."""
    return _change(user, {}, by=by, at=at, password=password)


@transaction.atomic
def create_token(*, user: User, by: User | None, name: str = "", at: datetime | None = None) -> str:
    """Create an API token and return it in clear: it is shown once and stored as a digest."""
    token = new_token()
    row = ApiToken.objects.create(
        user=user, name=name, digest=token_digest(token), created_at=at or timezone.now()
    )
    auditing.record(by=by, verb="token.created", what=row, at=at, details={"user": user.pk})
    return token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User | None, at: datetime | None = None) -> None:
    """Delete an API token: whoever holds it is refused from now on."""
    auditing.record(by=by, verb="token.revoked", what=token, at=at, details={"user": token.user_id})
    token.delete()


@transaction.atomic
def _change(
    user: User,
    fields: dict[str, Any],
    *,
    by: User | None,
    at: datetime | None,
    password: str | None = None,
) -> User:
    """Change these fields of the row as it is now.

    `user` was read when the request began. Writing all of it would take back what somebody else has changed
    since, and let a person in again who was shut out meanwhile.
    """
    current = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    for name, value in fields.items():
        setattr(current, name, value)
    save(user=current, by=by, password=password, at=at)
    for name in (*fields, "password"):
        setattr(user, name, getattr(current, name))
    return user


def _snapshot(user: User) -> dict[str, Any] | None:
    row = User.objects.filter(pk=user.pk).values().first() if user.pk else None
    return dict(row) if row else None


def _changed_fields(before: dict[str, Any] | None, user: User) -> list[str]:
    if before is None:
        return []
    hidden = {"password", "last_login"}
    return sorted(
        name for name, value in before.items() if name not in hidden and getattr(user, name) != value
    )
