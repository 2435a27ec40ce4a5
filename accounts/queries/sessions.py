"""Where somebody is signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.models import User
from accounts.rules.devices import Device, device_of


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One browser that is signed in."""

    pk: int
    device: Device
    address: str
    since: datetime
    seen_at: datetime
    is_current: bool


def sessions_of(user: User, *, session_key: str, at: datetime) -> list[OwnSession]:
    """The person's sessions, this one first and the others by when they were last used."""
    alive = Session.objects.filter(expire_date__gt=at).values("session_key")
    rows = UserSession.objects.filter(user_id=user.pk, session_key__in=alive).order_by("-last_seen_at", "-pk")
    found = [
        OwnSession(
            pk=row.pk,
            device=device_of(row.user_agent),
            address=row.ip,
            since=row.created_at,
            seen_at=row.last_seen_at,
            is_current=row.session_key == session_key,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_current)
