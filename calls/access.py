"""Which telephone system asks, as far as its secret, address and signature tell; and who sees which call."""

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.models.tokens import token_digest
from calls.models import Call, PhoneSystem
from lib.compiled_sql import Rows
from tickets.access import visible_tickets

FRESH = timedelta(minutes=5)
"""A signed request may be so old, or so much of the future."""


_HAVING_SECRET = Rows(
    lambda blank: PhoneSystem.objects.filter(
        Q(secret_sha256=blank.word("digest"))
        | Q(former_secret_sha256=blank.word("digest"), former_until__gt=blank.moment("at")),
        is_active=True,
    ).only("kind", "signing_key", "networks", "region", "area_code", "seen_at")[:1]
)


def system_with(secret: str, at: datetime) -> PhoneSystem | None:
    """The active telephone system that has this secret, or had it and may still use it.

    It is found by the secret's SHA-256, so how long that takes tells nothing of another one's.
    """
    if not secret:
        return None
    system: PhoneSystem | None = _HAVING_SECRET.first(digest=token_digest(secret), at=at)
    return system


def may_come_from(system: PhoneSystem, address: str) -> bool:
    """Whether a telephone system may ask from this address. Without networks: from anywhere."""
    networks = system.networks.split()
    if not networks:
        return True
    try:
        place = ip_address(address)
        return any(place in ip_network(each, strict=False) for each in networks)
    except ValueError:
        return False


def is_signed(system: PhoneSystem, *, body: bytes, timestamp: str, signature: str, at: datetime) -> bool:
    """Whether the request is signed as it must be: HMAC-SHA256 in hex over "timestamp.body".

    Without a key nothing has to be signed. `timestamp`: seconds since 1970.
    """
    if not system.signing_key:
        return True
    kept = system.signing_key
    key = str(kept.get("key", "")) if isinstance(kept, dict) else str(kept)
    if not timestamp.isdecimal() or len(timestamp) > 12:  # noqa: PLR2004 (seconds have ten digits)
        return False
    if abs(at.timestamp() - int(timestamp)) > FRESH.total_seconds():
        return False
    signed = timestamp.encode() + b"." + body
    expected = hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode(errors="replace"), expected.encode())


def visible_calls(user: User) -> QuerySet[Call]:
    """The calls a person may read: leads all; agents those on their own phone and of tickets they read."""
    if not (user.is_active and user.is_agent):
        return Call.objects.none()
    if user.is_lead:
        return Call.objects.all()
    return Call.objects.filter(Q(phone__user=user) | Q(ticket__in=visible_tickets(user)))


def get_call(user: User, pk: int) -> Call:
    """Load a call with what pages need. Error: 404 for unknown and for foreign alike."""
    wanted = ("system", "number", "holder", "customer", "contact", "ticket", "phone__user")
    call = visible_calls(user).select_related(*wanted).filter(pk=pk).first()
    if call is None:
        raise Http404
    return call


def may_handle(user: User, call: Call) -> bool:
    """Whether this person says what becomes of a call: whoever talked, and leads."""
    if not (user.is_active and user.is_agent):
        return False
    return user.is_lead or (call.phone is not None and call.phone.user_id == user.pk)
