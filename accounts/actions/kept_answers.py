"""Answers to requests that may come twice: kept by the transaction that did what was asked.

So there is either both, the effect and its answer, or neither, wherever a process dies. Whether a request
with the same key is still at work is told by a lock, which its transaction holds and nobody else can leave
behind.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.models import KeptAnswer, User
from lib.crypto import Sealed
from lib.locking import try_lock_name

KEPT_FOR = timedelta(hours=24)


def begin(*, by: User, key: str) -> bool:
    """Claim a key until this transaction ends. Returns False while another request is at work with it."""
    return try_lock_name(f"answer:{by.pk}:{key}")


def find(*, by: User, key: str, at: datetime) -> KeptAnswer | None:
    """What was answered to this key, if that is not too long ago. Call it after `begin`."""
    return KeptAnswer.objects.filter(user=by, key=key, created_at__gt=at - KEPT_FOR).first()


def is_for(*, by: User, kept: KeptAnswer) -> bool:
    """Whether the caller works for the same teams, in the same role, as when they got the answer.

    Else it may tell what they are not to read any more. Error: lib.crypto.Unreadable.
    """
    return bool(kept.answer.get("rights") == _rights(by))


def keep(
    *, by: User, key: str, fingerprint: str, status: int, answer: Mapping[str, Any], at: datetime
) -> None:
    """Keep an answer, encrypted, in the transaction of what it tells of."""
    row: dict[str, Any] = {
        "fingerprint": fingerprint,
        "status": status,
        "answer": {**answer, "rights": _rights(by)},
        "created_at": at,
    }
    KeptAnswer.objects.update_or_create(user=by, key=key, defaults=row)


def silence(*, naming: str) -> int:
    """Empty the answers that hold this text (of something that nobody is to read any more).

    Their keys stay: a repeated request is told that it was done, and is not done again. Returns how many.
    """
    silenced = 0
    for kept in KeptAnswer.objects.order_by("pk").iterator():
        if not isinstance(kept.answer, Sealed) and naming in str(kept.answer.get("body", "")):
            silenced += KeptAnswer.objects.filter(pk=kept.pk).update(answer={"rights": None})
    return silenced


def forget(*, at: datetime) -> int:
    """Delete what nobody may ask for any more. Returns how many."""
    deleted, _ = KeptAnswer.objects.filter(created_at__lte=at - KEPT_FOR).delete()
    return deleted


def _rights(user: User) -> list[object]:
    """What somebody may read hangs on these, as JSON."""
    return [user.role, *user.teams.order_by("pk").values_list("pk", flat=True)]
