"""Where telephone systems ask ("what next for this call?") and tell (answered, hangup, ...)."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.actions import stepping, telling
from calls.models import PhoneSystem
from calls.rules import zammad_cti
from calls.rules.deciding import Event
from calls.rules.peers import (
    HIGHEST_SEQ,
    LONGEST_RECORDING,
    LONGEST_SECONDS,
    NotACall,
    PeerEvent,
    Site,
    Told,
    call_id,
    one_line,
    value,
    whole,
)
from calls.views.frame import BadRequest, Fields, fields_of, telephone_systems_only

RESTARTED = "pbx_restarted"
LONGEST_STAMP = 10
OLDEST = timedelta(days=7)
"""What is told later still than this counts as of then: its clock is wrong, or nobody wants to know.

A start that long ago is one of a machine without a clock, and counts as of now.
"""
_OF_ZAMMAD = frozenset({"newCall", "answer"})


@csrf_exempt
@require_POST
@telephone_systems_only
def step(request: HttpRequest, system: PhoneSystem) -> HttpResponseBase:
    """Answer a question, as JSON. 400 for one that we do not know."""
    try:
        asked = event_of(fields_of(request))
    except (BadRequest, NotACall) as error:
        return _misread(error)
    if not asked.is_question:
        return _misread("event")
    return JsonResponse(stepping.step(system=system, asked=asked))


@csrf_exempt
@require_POST
@telephone_systems_only
def event(request: HttpRequest, system: PhoneSystem) -> HttpResponseBase:
    """Take in an event, in our fields or in those of Zammad's generic CTI. 400 for an unknown one."""
    try:
        fields = fields_of(request)
        if _is_zammads(fields):
            return _as_zammad(system, fields)
        if fields.get("event") == RESTARTED:
            return JsonResponse({"ok": True, "ended": telling.restarted(system=system, at=_start(fields))})
        told = event_of(fields)
    except (BadRequest, NotACall) as error:
        return _misread(error)
    if told.event not in set(Told):
        return _misread("event")
    is_alone = fields.get("fallback", "") not in {"", "0"}
    return JsonResponse(telling.tell(system=system, told=told, via_fallback=is_alone, at=_moment(fields)))


def _moment(fields: Fields) -> datetime:
    """When it happened: of what could not be told at once ("late"), as the telephone system says ("ts")."""
    now = timezone.now()
    said = _said(fields)
    if said is None or fields.get("late", "") in {"", "0"}:
        return now
    return max(now - OLDEST, min(now, said))


def _start(fields: Fields) -> datetime:
    """When the telephone system started, by its own clock if that can be right: told late it was then."""
    now, said = timezone.now(), _said(fields)
    return now if said is None or said < now - OLDEST else min(now, said)


def _said(fields: Fields) -> datetime | None:
    """The telephone system's own clock ("ts", seconds since 1970); None where that is no time."""
    seconds = fields.get("ts", "")
    if not (seconds.isdecimal() and len(seconds) <= LONGEST_STAMP):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


def event_of(fields: Fields) -> PeerEvent:
    """The fields of the step protocol, each in its range. Error: NotACall for no call."""
    return PeerEvent(
        event=value(fields, "event"),
        call_id=call_id(fields, "call_id"),
        seq=whole(fields.get("seq", ""), low=0, high=HIGHEST_SEQ),
        caller=value(fields, "from"),
        dialled=value(fields, "to"),
        result=value(fields, "result"),
        agent=value(fields, "agent"),
        direction="out" if value(fields, "direction") == "out" else "in",
        cause=value(fields, "cause"),
        talk_seconds=whole(fields.get("talk", ""), low=0, high=LONGEST_SECONDS),
        recording=one_line(fields.get("recording", ""), LONGEST_RECORDING),
    )


def _is_zammads(fields: Fields) -> bool:
    return fields.get("event") in _OF_ZAMMAD or "callId" in fields


def _as_zammad(system: PhoneSystem, fields: Fields) -> HttpResponse:
    """As the connector knows it: told, or rejected where we would say busy."""
    asked = zammad_cti.read({}, fields)
    if asked.event == Event.INCOMING:
        neutral = stepping.step(system=system, asked=asked)
        reply = zammad_cti.answer(neutral, asked, Site(address=""))
    else:
        telling.tell(system=system, told=asked)
        reply = zammad_cti.told(asked)
    return HttpResponse(reply.body, content_type=reply.content_type)


def _misread(why: object) -> JsonResponse:
    return JsonResponse({"error": str(why)}, status=HTTPStatus.BAD_REQUEST)
