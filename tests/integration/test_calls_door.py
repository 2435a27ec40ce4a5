"""The door for telephone systems: what they may send, with which secret, from where, and how late."""

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models.tokens import token_digest
from calls.models import AgentPhone, Call, PhoneSystem
from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import make_number, make_phone, make_system, open_always, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> PhoneSystem:
    open_always()
    return make_system()


INCOMING = {"event": "incoming", "call_id": "1", "seq": "1", "from": "0301234567", "to": "030555000"}


def test_the_door_takes_forms_json_and_zammads_fields(system: PhoneSystem) -> None:
    form = post("step", INCOMING)
    assert (form.status_code, form.json()["action"]) == (200, "wait")
    assert post("step", {**INCOMING, "call_id": "2", "seq": 1}, as_json=True).json()["position"] == 2
    assert post("event", {"event": "hangup", "call_id": "1", "cause": "16"}).json() == {"ok": True}
    assert Call.objects.get(external_id="1").outcome == "abandoned"
    assert post("event", {"event": "pbx_restarted"}).json() == {"ok": True, "ended": 1}

    zammad = {"from": "49301234567", "to": "4930999", "direction": "in", "callId": "z", "user": ["Alice"]}
    assert post("event", {**zammad, "event": "newCall"}).json() == {}
    assert post("event", {**zammad, "event": "hangup", "cause": "normalClearing"}).status_code == 200
    assert Call.objects.get(external_id="z").state == "ended"
    assert PhoneSystem.objects.get().seen_at is not None


def test_what_was_decided_without_us_is_told_later_and_marked(system: PhoneSystem) -> None:
    make_number(system, "+4930555001", make_agreement(make_customer(), make_level()))
    phone = make_phone(system)
    ended = int(time.time()) - 600
    fields = {
        "event": "hangup",
        "from": "0301234567",
        "to": "030555001",
        "fallback": "1",
        "late": "1",
        "ts": ended,
    }
    talked = {**fields, "call_id": "1", "talk": "60", "agent": phone.dial_target}
    assert [post("event", each).status_code for each in (talked, {**fields, "call_id": "2"})] == [200, 200]
    call, missed = Call.objects.get(external_id="1"), Call.objects.get(external_id="2")
    assert (call.outcome, call.talked_seconds, call.phone, call.via_fallback) == ("answered", 60, phone, True)
    assert (call.ended_at, call.line) == (datetime.fromtimestamp(ended, UTC), "contract")
    assert (missed.outcome, missed.via_fallback) == ("fallback", True)
    assert [chore.kind for chore in missed.chores.all()] == ["callback"]
    assert AgentPhone.objects.get().wrap_up_until is None, "its notes are long written"


@pytest.mark.parametrize(("said", "counts"), [(3_600, 0), (-40 * 86_400, -7 * 86_400), (-600, -600)])
def test_what_is_told_later_counts_within_a_week_and_never_ahead(
    system: PhoneSystem, said: int, counts: int
) -> None:
    """Its clock may be wrong, or its memory long."""
    told = {"event": "hangup", "call_id": "1", "to": "030555001", "late": "1", "ts": int(time.time()) + said}
    assert post("event", told).status_code == 200
    call = Call.objects.get(external_id="1")
    assert call.ended_at is not None
    assert abs((call.ended_at - timezone.now()).total_seconds() - counts) < 30
    assert call.arrived_at == call.ended_at


@pytest.mark.parametrize(
    ("result", "presence", "reason"),
    [
        ("NOANSWER", "paused", "no_answer"),
        ("BUSY", "paused", "busy"),
        ("CHANUNAVAIL", "paused", "unreachable"),
        ("CANCEL", "on", ""),
        ("ANSWER", "on", ""),
        ("", "on", ""),
    ],
)
def test_a_phone_that_is_told_of_only_with_the_end_is_paused_if_nobody_answered(
    system: PhoneSystem, result: str, presence: str, reason: str
) -> None:
    """Some providers say nothing while it rings. Who calls and gives up is no agent's fault."""
    phone = make_phone(system)
    post("step", INCOMING)
    assert AgentPhone.objects.get().claimed_call is not None
    post("event", {"event": "hangup", "call_id": "1", "result": result})
    phone.refresh_from_db()
    assert (phone.presence, phone.presence_reason, phone.claimed_call) == (presence, reason, None)
    assert Call.objects.get().outcome == "abandoned"


def test_an_end_that_is_told_later_is_not_before_the_beginning(system: PhoneSystem) -> None:
    post("step", {"event": "incoming", "call_id": "1", "seq": "1", "from": "0301234567", "to": "030555000"})
    post("event", {"event": "hangup", "call_id": "1", "late": "1", "ts": int(time.time()) - 600})
    call = Call.objects.get(external_id="1")
    assert (call.state, call.ended_at) == ("ended", call.arrived_at)


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("step", {"event": "answered", "call_id": "1"}),
        ("step", {"event": "incoming"}),
        ("step", {}),
        ("event", {"event": "incoming", "call_id": "1"}),
        ("event", {"event": "hangup", "call_id": {"a": 1}}),
        ("event", []),
    ],
)
def test_what_is_no_call_is_refused_and_nothing_is_kept(path: str, fields: Any) -> None:
    assert post(path, fields, as_json=True).status_code == 400
    assert not Call.objects.exists()


def test_only_a_telephone_system_with_its_secret_gets_an_answer(system: PhoneSystem, settings: Any) -> None:
    settings.API_WRONG_TOKENS_PER_MINUTE = 2
    assert Client().post("/calls/v1/step", INCOMING).status_code == 401
    assert post("step", INCOMING, secret="").status_code == 401
    assert post("step", INCOMING, secret="wrong").status_code == 401
    assert post("step", INCOMING, secret="wrong").status_code == 429, "whoever guesses has to wait"
    assert post("step", INCOMING).status_code == 200, "and cannot shut out the telephone system"
    assert Client().get("/calls/v1/step").status_code == 405
    settings.API_WRONG_TOKENS_PER_MINUTE = 0
    PhoneSystem.objects.update(is_active=False)
    assert post("step", INCOMING).status_code == 401
    assert Call.objects.count() == 1


def test_the_former_secret_holds_for_a_while(system: PhoneSystem) -> None:
    in_an_hour = timezone.now() + timedelta(hours=1)
    PhoneSystem.objects.update(
        secret_sha256=token_digest("new"), former_secret_sha256=token_digest("old"), former_until=in_an_hour
    )
    assert [post("step", INCOMING, secret=each).status_code for each in ("new", "old")] == [200, 200]
    PhoneSystem.objects.update(former_until=timezone.now())
    assert [post("step", INCOMING, secret=each).status_code for each in ("new", "old")] == [200, 401]


def test_the_secret_is_worth_nothing_from_another_network_or_without_the_signature(
    system: PhoneSystem,
) -> None:
    PhoneSystem.objects.update(networks="10.0.0.0/24\n127.0.0.1")
    assert post("step", INCOMING).status_code == 200
    assert post("step", INCOMING, REMOTE_ADDR="10.0.0.9").status_code == 200
    assert post("step", INCOMING, REMOTE_ADDR="10.0.1.9").status_code == 403
    assert PhoneSystem.objects.get().refused_at is not None

    system.signing_key = "key"
    system.save(update_fields=["signing_key"])
    body = json.dumps(INCOMING)

    def signed(at: float, key: str = "key") -> int:
        stamp = str(int(at))
        digest = hmac.new(key.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        headers = {"X-Timestamp": stamp, "X-Signature": digest}
        return int(post("step", INCOMING, as_json=True, headers=headers).status_code)

    now = time.time()
    assert (signed(now), signed(now, "other"), signed(now - 400)) == (200, 403, 403)
    assert post("step", INCOMING).status_code == 403
