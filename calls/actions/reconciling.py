"""Comparing our open calls with the channels that a telephone system has: a hangup may have been lost.

A row is never locked while the other machine is asked. What it cannot be asked, nobody is freed for.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from calls.actions import announcing, ending
from calls.gateways import ami, ari
from calls.models import AgentPhone, Call, PhoneSystem
from calls.rules.wording import words

GRACE = timedelta(seconds=10)
"""A call that we heard of so lately may not be listed yet; longer than a request to begin one may take."""
LOST_HANGUP = "lost_hangup"
RESTARTED = "pbx_restarted"
NO_ANSWER = "19"
"""As the telephone network says it (ITU-T Q.850)."""
ANSWERS = "answers"
Device = AgentPhone.Device
DEVICES = {"online": Device.REACHABLE, "offline": Device.UNREACHABLE}

log = structlog.get_logger(__name__)


class Tried(NamedTuple):
    """One way to a telephone system that was tried; `what` and `words` in the reader's language."""

    what: str
    ok: bool
    words: str


def reconcile(*, at: datetime | None = None) -> int:
    """Compare with every telephone system that can be asked. Returns how many lost calls that ends.

    Phones of the others are in an unknown state: one that was taken for dead may be back.
    """
    asked = [system for system in PhoneSystem.objects.filter(is_active=True) if can_be_asked(system)]
    _forget_devices(AgentPhone.objects.exclude(system__in=asked))
    return sum(reconcile_with(system=system, at=at) for system in asked)


def can_be_asked(system: PhoneSystem) -> bool:
    """Whether its channels can be compared: calls of other kinds have ids that are no channels."""
    return system.kind == PhoneSystem.Kind.ASTERISK and ari.is_known(system)


def reconcile_with(*, system: PhoneSystem, at: datetime | None = None) -> int:
    """Compare with one telephone system. Returns how many lost calls that ends.

    A failure is kept for admins ("last failure to compare"), and frees nobody.
    """
    began, ended = at or timezone.now(), 0
    rows = PhoneSystem.objects.filter(pk=system.pk)
    try:
        listed = {channel.id for channel in ari.channels(system)}
        cause = RESTARTED if _has_restarted(system) else LOST_HANGUP
        ended = _end_missing(system, listed, cause, began)
        _note_devices(system, ari.phones(system))
    except ari.Unreachable as error:
        log.warning("phone_system_not_compared", system=system.pk, why=error.why)
        _forget_devices(AgentPhone.objects.filter(system=system))
        rows.update(reconcile_error=error.why)
    else:
        rows.update(reconciled_at=began, reconcile_error="")
    return ended


def _has_restarted(system: PhoneSystem) -> bool:
    """Whether it was started since we last heard that it was; then its calls of before are over.

    Its clock may be wrong, so that only names the cause: what is over is told by the channels.
    """
    with suppress(ari.Unreachable):
        started = ari.started_at(system)
        rows = PhoneSystem.objects.filter(pk=system.pk)
        is_news = Q(restarted_at__isnull=True) | Q(restarted_at__lt=started)
        return rows.filter(is_news).update(restarted_at=started) == 1 and system.restarted_at is not None
    return False


def _end_missing(system: PhoneSystem, listed: set[str], cause: str, began: datetime) -> int:
    """End the open calls that had no channel when the comparison began."""
    rows = Call.objects.filter(system=system, seen_at__lt=began - GRACE).exclude(state=Call.State.ENDED)
    missing = [call for call in rows.order_by("pk") if call.external_id not in listed]
    return sum(_end(call.pk, _cause(call, cause), began) for call in missing)


def _cause(call: Call, cause: str) -> str:
    """Whoever clicked and did not take their own phone: of that nothing is told."""
    is_unanswered = call.direction == Call.Direction.OUT and call.state == Call.State.RINGING
    return NO_ANSWER if is_unanswered and cause == LOST_HANGUP else cause


@transaction.atomic
def _end(call_id: int, cause: str, began: datetime) -> bool:
    """End a call, unless something was told of it in the meantime. Returns: whether it was open."""
    rows = Call.objects.select_for_update(of=("self",)).filter(pk=call_id, seen_at__lt=began - GRACE)
    if rows.first() is None:
        return False
    return ending.end_lost(call_id=call_id, cause=cause, at=began)


def _note_devices(system: PhoneSystem, endpoints: list[ari.Endpoint]) -> None:
    """Which phones can be reached. One that is not listed, or of which is nothing known, may ring."""
    states = {endpoint.name: DEVICES.get(endpoint.state, Device.UNKNOWN) for endpoint in endpoints}
    for phone in AgentPhone.objects.filter(system=system).only("dial_target", "device").order_by("pk"):
        _note_device(phone, states.get(phone.dial_target, Device.UNKNOWN))


def _forget_devices(phones: QuerySet[AgentPhone]) -> None:
    for phone in phones.only("device").exclude(device=Device.UNKNOWN).order_by("pk"):
        _note_device(phone, Device.UNKNOWN)


def _note_device(phone: AgentPhone, device: str) -> None:
    if phone.device != device:
        AgentPhone.objects.filter(pk=phone.pk).update(device=device)
        announcing.changed(phone.pk)


def try_connection(system: PhoneSystem) -> list[Tried]:
    """Ask a telephone system over each way that an admin entered, and say what comes of it."""
    ways: list[tuple[str, bool, Callable[[PhoneSystem], object]]] = [
        ("ari", ari.is_known(system), ari.channels),
        ("phones", ari.is_known(system), ari.phones),
        ("ami", ami.is_known(system), _read_numbers),
    ]
    return [_tried(what, system, ask if is_known else None) for what, is_known, ask in ways]


def _read_numbers(system: PhoneSystem) -> None:
    with ami.session(system) as database:
        database.read(ami.CONTRACT_NUMBERS)


def _tried(what: str, system: PhoneSystem, ask: Callable[[PhoneSystem], object] | None) -> Tried:
    found = _found(system, ask) if ask else "not_entered"
    language = get_language() or "en"
    return Tried(words("link", what, language), found == ANSWERS, words("link", found, language))


def _found(system: PhoneSystem, ask: Callable[[PhoneSystem], object]) -> str:
    try:
        ask(system)
    except ari.Unreachable as error:
        return error.why
    return ANSWERS
