"""Providers ask in their own words, prove who they are, and the same rule answers them."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import ApiUse
from accounts.models.tokens import token_digest
from accounts.queries import company
from calls.models import AgentPhone, Call, CallStep, PhoneSystem
from tests.factories import vendors
from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import PUBLIC, SECRET, make_number, make_phone, make_system, open_always, post

pytestmark = pytest.mark.django_db

GOLD = vendors.TWILIO_CALL["To"]
CALL = vendors.TWILIO_CALL["CallSid"]
TOKEN = "the account's auth token"


def make_provider(kind: str, **fields: Any) -> PhoneSystem:
    """A provider's telephone system with a service number in force."""
    open_always()
    system = make_system(kind=kind, **fields)
    make_number(system, GOLD, make_agreement(make_customer("Aigner"), make_level("Gold"), reference="G-1"))
    return system


@pytest.fixture
def twilio() -> PhoneSystem:
    return make_provider("twiml", signing_key={"scheme": "twilio", "key": TOKEN})


def path_of(system: PhoneSystem) -> str:
    return f"/calls/v1/{system.kind}/{system.pk}"


def twilio_asks(url: str, token: str = TOKEN, **fields: str) -> Any:
    """What Twilio posts, signed as its documents say."""
    form = vendors.TWILIO_CALL | fields
    address = url if url.startswith("http") else settings.SITE_URL + url
    signed = address + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    headers = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
    path = address.removeprefix(settings.SITE_URL)
    return Client(enforce_csrf_checks=True).post(path, form, headers=headers)


def verbs(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"].startswith("application/xml")
    return list(fromstring(answer.content))


def test_twilio_rings_the_agent_then_the_next_then_is_busy(twilio: PhoneSystem) -> None:
    first = make_phone(twilio, dial_target="+4989555901")
    second = make_phone(twilio, dial_target="agent2@pbx.example")
    (dial,) = verbs(twilio_asks(path_of(twilio)))
    assert [(each.tag, each.text) for each in dial] == [("Number", "+4989555901")]

    missed = {"DialCallStatus": "no-answer", "CallStatus": "ringing"}
    (again,) = verbs(twilio_asks(dial.get("action"), **missed))
    assert [(each.tag, each.text) for each in again] == [("Sip", "sip:agent2@pbx.example")]
    (reject,) = verbs(twilio_asks(again.get("action"), **missed))
    assert (reject.tag, reject.get("reason")) == ("Reject", "busy")

    call = Call.objects.get(system=twilio, external_id=CALL)
    assert (call.line, call.state, call.outcome) == ("contract", "ended", "busy")
    assert [step.event for step in call.steps.order_by("seq")] == ["incoming", "dial_result", "dial_result"]
    assert [AgentPhone.objects.get(pk=phone.pk).presence for phone in (first, second)] == ["paused", "paused"]


def test_a_talk_over_twilio_is_counted_and_frees_the_phone(twilio: PhoneSystem) -> None:
    phone = make_phone(twilio, dial_target="+4989555901")
    (dial,) = verbs(twilio_asks(path_of(twilio)))
    taken = twilio_asks(dial[0].get("statusCallback"), CallSid="CAother", CallStatus="in-progress")
    assert taken.status_code == 200
    call = Call.objects.get(external_id=CALL)
    assert (call.state, call.phone) == ("connected", phone)
    over = {"DialCallStatus": "completed", "DialCallDuration": "95", "CallStatus": "in-progress"}
    assert [verb.tag for verb in verbs(twilio_asks(dial.get("action"), **over))] == ["Hangup"]
    call.refresh_from_db()
    assert (call.state, call.outcome, call.talked_seconds) == ("ended", "answered", 95)
    phone.refresh_from_db()
    assert phone.claimed_call is None


def test_a_public_caller_waits_in_our_queue_over_twilio_and_gives_up(twilio: PhoneSystem) -> None:
    say, pause, redirect = verbs(twilio_asks(path_of(twilio), To=PUBLIC))
    assert (say.text, pause.get("length")) == ("Sie sind als Nächstes an der Reihe.", "3")
    again = verbs(twilio_asks(redirect.text, To=PUBLIC))
    assert [verb.tag for verb in again] == ["Pause", "Redirect"]
    twilio_asks(path_of(twilio), To=PUBLIC, CallStatus="completed")
    call = Call.objects.get(external_id=CALL)
    assert (call.line, call.state, call.outcome) == ("public", "ended", "abandoned")


def test_of_a_call_that_twilio_never_asked_about_both_numbers_are_kept(twilio: PhoneSystem) -> None:
    assert twilio_asks(path_of(twilio), CallStatus="completed").status_code == 200
    call = Call.objects.get(external_id=CALL)
    assert (call.from_number, call.to_number) == (vendors.TWILIO_CALL["From"], GOLD)
    assert (call.line, call.via_fallback, call.direction) == ("contract", True, "in")


def test_a_firm_that_speaks_english_does_so_on_the_telephone(twilio: PhoneSystem) -> None:
    company.memory.keep(replace(company.firm(), language="en", is_set_up=True))
    try:
        say, _pause, _redirect = verbs(twilio_asks(path_of(twilio), To=PUBLIC))
    finally:
        company.memory.forget()
    assert (say.text, say.get("language")) == ("You are next in line.", "en-GB")


def test_the_same_question_gets_the_same_bytes(twilio: PhoneSystem) -> None:
    make_phone(twilio, dial_target="+4989555901")
    answers = {twilio_asks(path_of(twilio)).content for _ in range(3)}
    assert len(answers) == 1
    assert CallStep.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"token": "a guess"}, 403),
        ({"is_active": False}, 401),
        ({"kind": "sipgate"}, 401),
        ({"networks": "10.9.8.0/24"}, 403),
        ({"signing_key": {"scheme": "telnyx", "key": TOKEN}}, 403),
        ({"signing_key": {"scheme": "twilio", "key": ""}}, 403),
        ({"signing_key": "a key of the step protocol"}, 403),
    ],
)
def test_without_its_proof_a_provider_is_told_nothing(
    twilio: PhoneSystem, change: dict[str, Any], status: int
) -> None:
    token = change.pop("token", TOKEN)
    path = path_of(twilio)
    for name, value in change.items():
        setattr(twilio, name, value)
    twilio.save()
    answer = twilio_asks(path, token)
    assert (answer.status_code, Call.objects.count()) == (status, 0)
    assert b"<" not in answer.content


def placetel_asks(system: PhoneSystem, **fields: str) -> Any:
    """What Placetel posts, signed with "shared"."""
    body = urlencode(vendors.PLACETEL_CALL | {"to": "030555001"} | fields)
    signature = hmac.new(b"shared", body.encode(), hashlib.sha256).hexdigest()
    return Client().post(
        path_of(system),
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-PLACETEL-SIGNATURE": signature},
    )


def test_placetel_asks_once_and_tells_the_rest() -> None:
    system = make_provider("placetel", signing_key={"scheme": "placetel", "key": "shared"})
    phone = make_phone(system, dial_target="7777abcdefg@fpbx.de")

    (forward,) = verbs(placetel_asks(system))
    assert (forward.tag, forward[0][0].text) == ("Forward", "7777abcdefg@fpbx.de")
    assert verbs(placetel_asks(system, event="CallAccepted", peer="7777abcdefg@fpbx.de")) == []
    assert verbs(placetel_asks(system, event="HungUp", type="accepted", duration="61")) == []
    call = Call.objects.get()
    assert (call.outcome, call.talked_seconds, call.phone) == ("answered", 61, phone)


def test_a_public_caller_goes_to_placetels_voicemail_and_the_call_ends_there() -> None:
    system = make_provider("placetel", signing_key={"scheme": "placetel", "key": "shared"})
    (forward,) = verbs(placetel_asks(system, to=PUBLIC))
    assert (forward.tag, forward.get("voicemail")) == ("Forward", "true")
    verbs(placetel_asks(system, to=PUBLIC, event="HungUp", type="voicemail", duration="0"))
    call = Call.objects.get()
    assert (call.line, call.state, call.outcome) == ("public", "ended", "voicemail")


def test_a_connector_for_zammad_is_asked_for_its_password_and_hears_reject() -> None:
    system = make_provider("events")
    sent = vendors.ZAMMAD_NEW_CALL | {"to": "49 30 555001"}

    def ask(secret: str | None) -> Any:
        basic = base64.b64encode(f"pbx:{secret}".encode()).decode()
        headers = {} if secret is None else {"Authorization": f"Basic {basic}"}
        return Client().post(path_of(system), sent, content_type="application/json", headers=headers)

    asked = ask(None)
    assert (asked.status_code, asked.headers["WWW-Authenticate"]) == (401, 'Basic realm="calls"')
    assert ask("a guess").status_code == 403
    assert Call.objects.count() == 0
    answer = ask(SECRET)
    assert (answer.status_code, answer.json()) == (200, {"action": "reject", "reason": "busy"})
    assert Call.objects.get().outcome == "busy"


def test_zammads_document_is_also_read_where_telephone_systems_tell() -> None:
    make_provider("events")
    sent = vendors.ZAMMAD_NEW_CALL | {"to": "49 30 555001"}
    answer = post("event", sent, as_json=True)
    assert (answer.status_code, answer.json()) == (200, {"action": "reject", "reason": "busy"})
    nested = post("event", sent | {"from": {"number": "+49301"}}, as_json=True)
    assert nested.status_code == 400


@pytest.mark.parametrize(
    ("body", "kind"),
    [("", "application/x-www-form-urlencoded"), ("event=newCall", "application/x-www-form-urlencoded")]
    + [(text, "application/json") for text in ("", "[]", "{}", '{"event": ["newCall"]}', "[" * 5_000)],
)
def test_what_is_no_call_is_refused_and_leaves_nothing(body: str, kind: str) -> None:
    system = make_system(kind="events")
    basic = base64.b64encode(f"pbx:{SECRET}".encode()).decode()
    answer = Client().post(
        path_of(system), body, content_type=kind, headers={"Authorization": f"Basic {basic}"}
    )
    assert (answer.status_code, Call.objects.count()) == (400, 0)


def test_guesses_are_counted_and_stopped_and_the_right_one_is_let_in_while_somebody_guesses(
    twilio: PhoneSystem,
) -> None:
    assert twilio_asks(path_of(twilio), "a guess").status_code == 403
    counted = ApiUse.objects.get(who="calls:127.0.0.1")
    assert counted.requests == 1
    for minutes in range(3):  # whatever the clock says when the next request comes
        window = ApiUse.window_of(timezone.now() + timedelta(minutes=minutes))
        spent = {"requests": settings.API_WRONG_TOKENS_PER_MINUTE}
        ApiUse.objects.update_or_create(who=counted.who, window=window, defaults=spent)
    assert twilio_asks(path_of(twilio), "a guess").status_code == 429
    assert Call.objects.count() == 0
    assert twilio_asks(path_of(twilio)).status_code == 200
    assert Client().post(path_of(make_system(kind="events"))).status_code == 401, "it is asked all the same"


SIPGATES_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIPGATES_PUBLIC_KEY = SIPGATES_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def sipgate_asks(path: str, secret: str | None = SECRET, **fields: str) -> Any:
    """What sipgate posts, signed with its key, which is the same for all of its customers."""
    form = {"event": "newCall", "callId": "1", "from": "49301234567", "to": PUBLIC[1:], "direction": "in"}
    body = urlencode(form | fields)
    signed = base64.b64encode(SIPGATES_KEY.sign(body.encode(), PKCS1v15(), SHA256())).decode()
    basic = base64.b64encode(f"pbx:{secret}".encode()).decode()
    headers = {"X-Sipgate-Signature": signed} | ({"Authorization": f"Basic {basic}"} if secret else {})
    return Client().post(path, body, content_type="application/x-www-form-urlencoded", headers=headers)


def test_sipgate_signs_for_all_its_customers_and_so_is_asked_for_the_password_too() -> None:
    key = {"scheme": "sipgate", "key": SIPGATES_PUBLIC_KEY.decode()}
    system = make_provider("sipgate", signing_key=key)
    asked = sipgate_asks(path_of(system), secret=None)
    assert (asked.status_code, asked.headers["WWW-Authenticate"]) == (401, 'Basic realm="calls"')
    other = make_system(kind="sipgate", signing_key=key, secret_sha256=token_digest("another's"))
    assert sipgate_asks(path_of(system), secret="another's").status_code == 403
    assert sipgate_asks(path_of(other)).status_code == 403
    unsigned = Client().post(path_of(system), headers={"Authorization": "Basic cGJ4Og=="})
    assert (unsigned.status_code, Call.objects.count()) == (403, 0)

    answer = sipgate_asks(path_of(system))
    verbs(answer)
    place = settings.SITE_URL.partition("://")[2]
    next_address = fromstring(answer.content).get("onHangup")
    assert f"://pbx:{quote(SECRET)}@{place}" in next_address
    assert sipgate_asks(next_address.partition(place)[2], event="hangup", cause="cancel").status_code == 200
    assert Call.objects.get().state == "ended"


def test_a_signed_system_s_own_addresses_carry_no_password(twilio: PhoneSystem) -> None:
    make_phone(twilio, dial_target="+4989555901")
    assert b"pbx:" not in twilio_asks(path_of(twilio)).content


def test_numbers_of_json_are_read_and_what_is_nested_is_left_out() -> None:
    system = make_provider("events")
    sent = vendors.ZAMMAD_NEW_CALL | {"to": 4930555001, "callId": 17, "user": [None, 4], "more": {"a": [1]}}
    basic = base64.b64encode(f"pbx:{SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    answer = Client().post(path_of(system), sent, content_type="application/json", headers=headers)
    assert answer.json() == {"action": "reject", "reason": "busy"}
    call = Call.objects.get()
    assert (call.external_id, call.to_number) == ("17", "+4930555001")


def test_a_number_that_is_not_entered_rings_as_without_us() -> None:
    make_provider("events")
    sent = vendors.ZAMMAD_NEW_CALL | {"to": "49 30 555777"}
    assert post("event", sent, as_json=True).json() == {}
