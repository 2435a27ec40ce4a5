"""Where telephone providers ask, each in its own words; the adapters are calls/rules/<kind>.py."""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from http import HTTPStatus
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.actions import api_use
from accounts.queries.company import firm
from calls.access import may_come_from, system_with
from calls.actions import stepping, telling
from calls.models import PhoneSystem
from calls.rules import placetel, signatures, sipgate, twiml, zammad_cti
from calls.rules.peers import Form, NotACall, PeerEvent, Reply, Site, Told
from calls.views.frame import MOST_BYTES, is_guessing, refusal, scalar_text
from lib.client_addresses import address_of

_log = logging.getLogger(__name__)

Kind = PhoneSystem.Kind
_SCALARS = (str, int, float)
View = Callable[[HttpRequest, PhoneSystem], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Adapter:
    """A vendor's words; see calls/rules/peers.py."""

    read: Callable[[Form, Form], PeerEvent]
    answer: Callable[[Mapping[str, object], PeerEvent, Site], Reply]
    told: Callable[[PeerEvent], Reply]


ADAPTERS: Mapping[str, Adapter] = {
    Kind.TWIML: Adapter(twiml.read, twiml.answer, twiml.told),
    Kind.SIPGATE: Adapter(sipgate.read, sipgate.answer, sipgate.told),
    Kind.PLACETEL: Adapter(placetel.read, placetel.answer, placetel.told),
    Kind.EVENTS: Adapter(zammad_cti.read, zammad_cti.answer, zammad_cti.told),
}


def providers_only(view: View) -> Callable[[HttpRequest, str, int], HttpResponseBase]:
    """Let in the provider of this telephone system: signed, or with its secret, and from its networks.

    Whoever guesses is slowed down by their address, and the right proof let in all the same: a provider asks
    for all its customers from the same addresses, and one of them could silence the others otherwise.
    """

    @wraps(view)
    def guarded(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
        if len(request.body) > MOST_BYTES:
            return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        system = PhoneSystem.objects.filter(pk=pk, kind=kind, is_active=True).first()
        if system is None or kind not in ADAPTERS or not _is_theirs(request, system):
            return _refused(request, system)
        telling.heard_of(system=system, at=timezone.now())
        return view(request, system)

    guarded.guard = "telephone_system"  # type: ignore[attr-defined]
    return guarded


def _is_theirs(request: HttpRequest, system: PhoneSystem) -> bool:
    """Signed, where a key and its scheme are kept; with the address's password, where it is asked for."""
    if not may_come_from(system, address_of(request)):
        return False
    key = system.signing_key
    is_asked = signatures.asks_for_password(key)
    if is_asked and system_with(_password(request), timezone.now()) != system:
        return False
    return not key or _is_signed(request, key)


def _is_signed(request: HttpRequest, kept: object) -> bool:
    if not isinstance(kept, dict):
        return False
    received = signatures.Received(
        url=f"{settings.SITE_URL}{request.get_full_path()}",
        body=request.body,
        form=dict(request.POST.lists()),
        headers={name.lower(): text for name, text in request.headers.items()},
    )
    scheme, key = str(kept.get("scheme", "")), str(kept.get("key", ""))
    return signatures.is_signed(received, scheme=scheme, key=key, now=timezone.now())


def _password(request: HttpRequest) -> str:
    """The password of HTTP Basic; "" where there is none."""
    scheme, _blank, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(sent.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _refused(request: HttpRequest, system: PhoneSystem | None) -> HttpResponse:
    """401 asks for the password that is in the provider's address; it sends it only when asked.

    So that question is put to everybody, whoever else guesses at the same address.
    """
    with_password = system is None or signatures.asks_for_password(system.signing_key)
    if with_password and "Authorization" not in request.headers:
        answer = refusal(HTTPStatus.UNAUTHORIZED)
        answer.headers["WWW-Authenticate"] = 'Basic realm="calls"'
        return answer
    who = f"calls:{address_of(request) or 'unknown'}"
    if is_guessing(who):
        return refusal(HTTPStatus.TOO_MANY_REQUESTS)
    api_use.count(by=None, who=[who], at=timezone.now())
    if system is not None:
        telling.was_refused(system=system)
    return refusal(HTTPStatus.FORBIDDEN)


@csrf_exempt
@require_POST
@providers_only
def provider(request: HttpRequest, system: PhoneSystem) -> HttpResponseBase:
    """Answer a provider's question, or take in what it tells. 400 for what its documents do not know."""
    adapter = ADAPTERS[system.kind]
    try:
        event = adapter.read(request.GET.dict(), _form(request))
    except NotACall as error:
        return JsonResponse({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)
    if event.is_question:
        site = Site(
            address=_own_address(request, system),
            language=firm().language,
            sounds=system.sounds,
            queue=system.queue,
        )
        reply = adapter.answer(stepping.step(system=system, asked=event), event, site)
    else:
        telling.tell(system=system, told=event)
        if event.is_over:
            telling.tell(system=system, told=replace(event, event=Told.HANGUP))
        reply = adapter.told(event)
    if reply.shortfalls:
        _log.info(
            "Telephone system %s cannot do all that was decided: %s", system.pk, ", ".join(reply.shortfalls)
        )
    return HttpResponse(reply.body, content_type=reply.content_type)


def _own_address(request: HttpRequest, system: PhoneSystem) -> str:
    """Where this provider asks, with the password by which it was let in: of itself it adds none."""
    scheme, _blank, place = f"{settings.SITE_URL}{request.path}".partition("://")
    password = quote(_password(request), safe="") if signatures.asks_for_password(system.signing_key) else ""
    return f"{scheme}://pbx:{password}@{place}" if password else f"{scheme}://{place}"


def _form(request: HttpRequest) -> Form:
    """The fields of a form, or of a JSON object of scalars and lists of them. Error: NotACall."""
    if request.content_type != "application/json":
        return dict(request.POST.lists())
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise NotACall("not_json") from error
    if not isinstance(sent, dict):
        raise NotACall("not_an_object")
    return {name: _texts(each) for name, each in sent.items()}


def _texts(each: object) -> str | list[str]:
    """Numbers count as they are written; what is nested deeper is not ours and left out."""
    if isinstance(each, list):
        return [scalar_text(one) for one in each if isinstance(one, _SCALARS)]
    return scalar_text(each) if isinstance(each, _SCALARS) else ""
