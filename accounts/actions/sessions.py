"""Sessions: when they were used, and their end."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actions import auditing
from accounts.models import User

_AGENT_LENGTH = UserSession._meta.get_field("user_agent").max_length


def forget(*, at: datetime) -> int:
    """Delete the sessions that have expired, and what was noted of those that are gone. Returns how many."""
    deleted, _ = Session.objects.filter(expire_date__lte=at).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive)).delete()
    return deleted


def note_seen(*, by: User, session_key: str, address: str, agent: str, at: datetime) -> None:
    """Note that somebody is here, and with which browser (its User-Agent header)."""
    seen = {"user_id": by.pk, "ip": address, "user_agent": agent[:_AGENT_LENGTH], "last_seen_at": at}
    UserSession.objects.update_or_create(session_key=session_key, defaults=seen)


@transaction.atomic
def end(*, user: User, session: int, by: User | None, at: datetime | None = None) -> int:
    """Sign one browser of this user out (the primary key of its row). Returns 0 where there is none."""
    ended = _end(UserSession.objects.filter(user_id=user.pk, pk=session))
    if ended:
        auditing.record(by=by, verb="session.ended", what=user, at=at, details={"sessions": ended})
    return ended


@transaction.atomic
def end_others(*, user: User, session_key: str, by: User | None, at: datetime | None = None) -> int:
    """Sign out all browsers of this user but the one with this session. Returns how many."""
    ended = _end(UserSession.objects.filter(user_id=user.pk).exclude(session_key=session_key))
    if ended:
        auditing.record(by=by, verb="session.ended", what=user, at=at, details={"sessions": ended})
    return ended


def end_all(*, user: User) -> int:
    """Sign a user out everywhere, as part of what closes their access. Returns how many."""
    return _end(UserSession.objects.filter(user_id=user.pk))


def _end(rows: "QuerySet[UserSession]") -> int:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)
