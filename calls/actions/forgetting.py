"""Letting go of what calls hold of people: of one person at once, and of everybody after some time.

A caller's number is emptied, not replaced: what stands there has to be a number. What was said goes with the
sound, for a voice cannot be made nobody's.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from calls.actions import voicemail
from calls.models import Call, CallChore, CallStep, Voicemail
from calls.queries.people import calls_with
from calls.queries.policy import policy_row

OUR_END = {Call.Direction.IN: "to", Call.Direction.OUT: "from"}
"""Which end of a call is ours."""
THEIRS = frozenset({"from", "to", "recording"})
BATCH = 500


@dataclass(frozen=True)
class Whose:
    """Whom to forget. `numbers`: theirs, in E.164. `needle`: what of theirs may stand in what was sent, as
    a regular expression of PostgreSQL, or "". `replaced`: any JSON value without them.
    """

    contact_id: int
    numbers: frozenset[str]
    needle: str
    replaced: Callable[[Any], Any]


def forget_person(*, whose: Whose, at: datetime | None = None) -> dict[str, int]:
    """Empty the caller's number in a person's calls and their steps, and delete what they said.

    Each call by itself, so that nobody waits; may run again. Returns how many changed: calls, voicemails.
    """
    at = at or timezone.now()
    rows = calls_with(contact_id=whose.contact_id, numbers=whose.numbers, needle=whose.needle)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    calls = sum(_forget_call(pk, whose) for pk in ids)
    mailed = Q(call__isnull=True, attachment__message__contact=whose.contact_id)
    heard = Voicemail.objects.filter(Q(call__in=ids) | mailed).select_related("attachment", "call__system")
    voicemails = sum(_never_fetch(found, at) for found in heard)
    return {"calls": calls, "voicemails": voicemails}


@transaction.atomic
def _forget_call(call_id: int, whose: Whose) -> int:
    """One call. Its row is locked first, as whoever writes steps does."""
    call = Call.objects.select_for_update(of=("self",)).get(pk=call_id)
    before = {name: getattr(call, name) for name in ("from_text", "from_number", "to_number")}
    after = {
        name: whose.replaced(value) if name.startswith(OUR_END[Call.Direction(call.direction)]) else ""
        for name, value in before.items()
    }
    Call.objects.filter(pk=call_id).update(**after)
    return int(_forget_steps(call, whose) > 0 or after != before)


def _forget_steps(call: Call, whose: Whose) -> int:
    ours = OUR_END[Call.Direction(call.direction)]
    changed = 0
    for pk, sent in CallStep.objects.filter(call=call).values_list("pk", "request"):
        kept = {name: value for name, value in sent.items() if name == ours or name not in THEIRS}
        kept = whose.replaced(kept)
        if kept != sent:
            changed += CallStep.objects.filter(pk=pk).update(request=kept)
    return changed


def _never_fetch(found: Voicemail, at: datetime) -> int:
    """Without its sound, here and on the telephone system; and what was not fetched yet never is."""
    if found.state == Voicemail.State.DELETED:
        return 0
    delete_sound(voicemail=found)
    waiting = CallChore.objects.filter(call=found.call_id, kind=CallChore.Kind.VOICEMAIL)
    waiting.filter(done_at__isnull=True).update(done_at=at, leased_until=None)
    if found.call is not None:
        voicemail.discard(call=found.call, at=at)
    # Of a provider's, the address goes: they are asked by people (docs/telephony/providers.md).
    Voicemail.objects.filter(pk=found.pk, recording__startswith="https://").update(recording="")
    return 1


@transaction.atomic
def delete_sound(*, voicemail: Voicemail) -> None:
    """Delete a recording, its waveform and its hash; the ticket and the length stay.

    The file first: a crash in between leaves a row that is found again.
    """
    sound = voicemail.attachment
    if sound is not None:
        sound.file.delete(save=False)
        sound.delete()
    Voicemail.objects.filter(pk=voicemail.pk).update(
        attachment=None, sha256="", state=Voicemail.State.DELETED
    )


def forget(*, kept: Collection[int] = (), at: datetime | None = None) -> int:
    """Delete what is kept no longer: decisions first, calls with all of theirs later. Returns how many calls.

    `kept`: contacts whose data must be kept for now. Tickets, and recordings that became one, stay (for how
    long, says a rule of retention); a recording that waits for its ticket keeps its call.
    """
    at, policy = at or timezone.now(), policy_row()
    _say_what_is_gone()
    held = Call.objects.filter(contact__in=kept)
    CallStep.objects.filter(at__lt=at - timedelta(days=policy.keep_step_days)).exclude(call__in=held).delete()
    old = Call.objects.filter(state=Call.State.ENDED, ended_at__lt=at - timedelta(days=policy.keep_days))
    undone = CallChore.objects.filter(done_at__isnull=True, failed_at__isnull=True).values("call")
    old, gone = old.exclude(pk__in=undone).exclude(pk__in=held), 0
    orphans = Voicemail.objects.filter(call__isnull=True, ticket__isnull=True)
    orphans.filter(created_at__lt=at - timedelta(days=policy.keep_days)).delete()
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        gone += _delete(ids)
    return gone


def _say_what_is_gone() -> None:
    """Files go with the rules of retention for files; a voicemail whose sound went says so."""
    gone = Voicemail.objects.filter(state=Voicemail.State.STORED, attachment__isnull=True)
    gone.update(state=Voicemail.State.DELETED, sha256="")


def _delete(ids: list[int]) -> int:
    """Calls, and what nobody has a ticket for of their voicemails."""
    Voicemail.objects.filter(call__in=ids, ticket__isnull=True).delete()
    _, counted = Call.objects.filter(pk__in=ids).delete()
    return counted.get(Call._meta.label, 0)
