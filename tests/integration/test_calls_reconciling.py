"""Comparing with the telephone system's channels: what it no longer has is over, and nothing else is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation

from calls.actions import reconciling
from calls.gateways import ari
from calls.models import AgentPhone, Call, CallChore, PhoneSystem
from tests.factories.asterisk_links import Ari, ami_on_loopback, ari_on_loopback
from tests.factories.phones import PUBLIC, Line, make_phone, make_system, open_always

pytestmark = pytest.mark.django_db
Link = tuple[Ari, PhoneSystem]


@pytest.fixture
def link() -> Iterator[Link]:
    open_always()
    with ari_on_loopback() as given:
        yield given


def talking(system: PhoneSystem, *, seconds_ago: float) -> tuple[Line, AgentPhone]:
    """A call that was answered so long ago, and the phone it is on."""
    phone = make_phone(system)
    line = Line(system, PUBLIC, start=timezone.now() - timedelta(seconds=seconds_ago))
    assert line.rings()["agent"] == phone.dial_target
    line.tells("answered")
    return line, phone


def silent_call(system: PhoneSystem) -> Call:
    """One that was heard of a minute ago."""
    then = timezone.now() - timedelta(minutes=1)
    return Call.objects.create(system=system, external_id="x", arrived_at=then, seen_at=then)


def is_held(phone: AgentPhone) -> bool:
    phone.refresh_from_db()
    return phone.claimed_call_id is not None


def test_a_lost_hangup_frees_the_phone_and_ends_the_call(link: Link) -> None:
    there, system = link
    (gone, its_phone), (goes_on, other_phone) = (talking(system, seconds_ago=60) for _ in range(2))
    there.channels = [goes_on.id, "PJSIP-of-somebody-else"]
    assert reconciling.reconcile() == 1
    assert (gone.call.state, gone.call.cause, gone.call.outcome) == ("ended", "lost_hangup", "answered")
    assert gone.call.talked_seconds == pytest.approx(60, abs=3)
    assert (goes_on.call.state, is_held(other_phone), is_held(its_phone)) == ("connected", True, False)
    assert CallChore.objects.filter(call=gone.call, kind="timeline").exists()
    system.refresh_from_db()
    assert system.reconciled_at is not None
    assert reconciling.reconcile() == 0


def test_a_call_that_was_heard_of_just_now_may_not_be_listed_yet(link: Link) -> None:
    _there, system = link
    line, phone = talking(system, seconds_ago=5)
    assert reconciling.reconcile() == 0
    assert (line.call.state, is_held(phone)) == ("connected", True)
    # The next comparison but one is within a minute of the end.
    assert reconciling.reconcile(at=timezone.now() + timedelta(seconds=30)) == 1
    assert not is_held(phone)


def test_what_rings_waits_or_speaks_to_the_voicemail_is_over_too(link: Link) -> None:
    there, system = link
    lines = [Line(system, PUBLIC, start=timezone.now() - timedelta(seconds=40)) for _ in range(3)]
    for line in lines:
        line.rings()
    Call.objects.filter(external_id=lines[1].id).update(state="recording")
    there.channels = [lines[0].id]
    assert reconciling.reconcile() == 2
    assert [line.call.state for line in lines] == ["waiting", "ended", "ended"]
    assert [line.call.outcome for line in lines[1:]] == ["lost", "lost"]
    assert CallChore.objects.filter(call=lines[1].call, kind="voicemail").exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_it_is_asked_and_what_is_told_meanwhile_counts(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    _there, system = link
    line, phone = talking(system, seconds_ago=60)

    def asked(_system: PhoneSystem) -> list[ari.Channel]:
        assert not connection.in_atomic_block
        Call.objects.filter(pk=line.call.pk).update(seen_at=timezone.now())
        return []

    monkeypatch.setattr(ari, "channels", asked)
    assert reconciling.reconcile() == 0
    assert (line.call.state, is_held(phone)) == ("connected", True)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda to: to.over.wait(20), "timeout"),
        (lambda to: to.answer(401, b""), "refused"),
        (lambda to: to.answer(404, b""), "garbage"),
        (lambda to: to.answer(500, b""), "failed"),
        (lambda to: to.answer(200, b"<html>"), "garbage"),
        (lambda to: to.answer(200, b"[]", Content_Length="999999999"), "garbage"),
    ],
)
def test_what_cannot_be_asked_frees_nobody_and_tells_admins_why(
    link: Link, monkeypatch: pytest.MonkeyPatch, answer: Any, why: str
) -> None:
    there, system = link
    line, phone = talking(system, seconds_ago=600)
    AgentPhone.objects.filter(pk=phone.pk).update(device="unreachable")
    monkeypatch.setattr(ari, "SECONDS", 0.3)
    there.instead = answer
    assert reconciling.reconcile() == 0
    system.refresh_from_db()
    assert (system.reconcile_error, system.reconciled_at) == (why, None)
    assert (line.call.state, is_held(phone), phone.device) == ("connected", True, "unknown")
    there.instead = None
    assert reconciling.reconcile() == 1
    system.refresh_from_db()
    assert system.reconcile_error == ""


def test_one_that_hangs_keeps_nobody_from_asking_the_others(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, system = link
    monkeypatch.setattr(ari, "SECONDS", 0.3)
    there.instead = lambda to: to.over.wait(20)
    with ari_on_loopback() as (_well, other):
        silent_call(other)
        assert reconciling.reconcile() == 1
    assert system.pk < other.pk


def test_only_channels_of_an_active_asterisk_are_compared() -> None:
    open_always()
    for fields in ({"ari_url": ""}, {"is_active": False}, {"kind": "twiml"}, {"kind": "events"}):
        with ari_on_loopback(**fields) as (there, system):
            call = silent_call(system)
            assert reconciling.reconcile() == 0
            assert there.asked == []
            call.refresh_from_db()
            assert call.state == "new"


def test_a_dead_phone_is_not_rung_and_one_of_which_nothing_is_known_is(link: Link) -> None:
    there, system = link
    phones = [make_phone(system) for _ in range(3)]
    outside = make_phone(system, dial_target="+491701234567")
    AgentPhone.objects.filter(pk=phones[2].pk).update(device="unreachable")
    there.phones = {
        phones[0].dial_target: "offline",
        phones[1].dial_target: "unknown",
        "trunk": "offline",
    }
    reconciling.reconcile()
    devices = dict(AgentPhone.objects.values_list("pk", "device"))
    assert [devices[phone.pk] for phone in (*phones, outside)] == [
        "unreachable",
        "unknown",
        "unknown",
        "unknown",
    ]
    rung = {Line(system, PUBLIC).rings()["agent"] for _ in range(3)}
    assert rung == {phones[1].dial_target, phones[2].dial_target, outside.dial_target}
    there.phones[phones[0].dial_target] = "online"
    reconciling.reconcile()
    assert Line(system, PUBLIC).rings()["agent"] == phones[0].dial_target


def test_a_phone_is_of_an_unknown_state_again_when_its_system_cannot_be_asked_any_more() -> None:
    phone = make_phone(make_system(), device="unreachable")
    reconciling.reconcile()
    phone.refresh_from_db()
    assert phone.device == "unknown"


def test_a_restart_is_noticed_by_its_start_even_when_nobody_told(link: Link) -> None:
    there, system = link
    reconciling.reconcile()
    first, _phone = talking(system, seconds_ago=60)
    there.started = "2026-11-02T08:00:00.000+0000"
    assert reconciling.reconcile() == 1
    assert first.call.cause == "pbx_restarted"
    system.refresh_from_db()
    assert system.restarted_at is not None
    assert system.restarted_at.isoformat() == "2026-11-02T08:00:00+00:00"
    second, _phone = talking(system, seconds_ago=60)
    assert reconciling.reconcile() == 1
    assert second.call.cause == "lost_hangup"


def test_trying_the_connection_says_what_works_and_what_does_not() -> None:
    with ari_on_loopback() as (there, system), ami_on_loopback() as (_database, other):
        with translation.override("en"):
            assert [(way.what, way.ok, way.words) for way in reconciling.try_connection(system)] == [
                ("Channels over ARI", True, "answers"),
                ("Phones over ARI", True, "answers"),
                ("Service numbers over AMI", False, "not entered"),
            ]
            there.instead = lambda to: to.answer(401, b"")
            assert "refuses user or password" in reconciling.try_connection(system)[0].words
        with translation.override("de"):
            assert reconciling.try_connection(other)[2] == ("Service-Rufnummern über AMI", True, "antwortet")
