"""What fails on either side: nobody stays on the phone for ever, and who decided is told (18, 19, 21, 22)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from calls.actions import reconciling
from calls.models import CallPolicy, PhoneSystem
from helpdesk.celery import SWEEPS
from tests.telephony.house import AGENTS, GOLD, House, until

AWAY = "calls_policy_that_is_away"


@contextmanager
def refused(house: House) -> Iterator[None]:
    """Nobody listens."""
    house.web.kill()
    try:
        yield
    finally:
        house.web.start()


@contextmanager
def hanging(house: House) -> Iterator[None]:
    """Somebody listens, and says nothing."""
    with house.web.frozen():
        yield


@contextmanager
def failing(house: House) -> Iterator[None]:
    """Every step is an error 500."""
    table = CallPolicy._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {AWAY}")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {AWAY} RENAME TO {table}")


@contextmanager
def wrong_secret(house: House) -> Iterator[None]:
    """The secret was exchanged here, and not there."""
    rows = PhoneSystem.objects.filter(pk=house.system.pk)
    rows.update(secret_sha256="0" * 64)
    try:
        yield
    finally:
        rows.update(secret_sha256=house.system.secret_sha256)


@pytest.mark.parametrize("trouble", [refused, hanging, failing, wrong_secret])
def test_18_a_pbx_that_is_not_answered_decides_alone_and_says_so(house: House, trouble: object) -> None:
    house.agent()
    for name in AGENTS[1:]:  # the PBX rings all whom it knows; the first who answers has the call
        house.pbx.phone(name, answers="never" if name == "agent2" else "gone")
    with trouble(house):  # type: ignore[operator]
        call = house.dial(talks=2)
        assert call.heard().status == 200
        until(lambda: not house.pbx.channels(), what="the end of the call")
        is_known = call.is_known()
    house.pbx.tell_kept()
    assert call.ended() == ("ended", "answered")
    row = call.row
    assert (row.via_fallback, row.line, row.to_number) == (True, "contract", GOLD)
    assert (call.agent, 1 <= row.talked_seconds <= 20) == ("agent1", True)
    assert (is_known, house.claims()) == (False, [])
    if trouble is not hanging:  # what hung is answered later, to nobody
        assert call.log == ["hangup"], "it was not we who decided"
    call.explained()
    alone = house.board().partition("Decided by the telephone system alone")[2]
    assert "Aigner Bau" in alone


def test_19_a_lost_hangup_holds_an_agent_for_a_minute_at_most(house: House) -> None:
    house.agent()
    call = house.dial(plays="stay").until("connected")
    with wrong_secret(house):
        call.end()
        assert call.heard().status == 200
        until(lambda: not house.pbx.channels(), what="the end of the call")
        house.pbx.forget_kept()
    house.pbx.tell_kept()
    assert (call.row.state, house.claims()) == ("connected", ["agent1"]), "nobody told us"
    talking = house.dial()
    assert talking.heard().status == 486
    assert SWEEPS["calls.reconcile"] + reconciling.GRACE.total_seconds() <= 60
    reconciling.reconcile(at=timezone.now() + reconciling.GRACE)
    assert (call.row.state, call.row.outcome, call.row.cause) == ("ended", "answered", "lost_hangup")
    assert house.claims() == []
    call.explained()
    assert house.dial().heard().status == 200


def test_19_comparing_ends_no_call_that_is_still_there(house: House) -> None:
    house.agent()
    call = house.dial(plays="stay").until("connected")
    reconciling.reconcile(at=timezone.now() + reconciling.GRACE + timedelta(minutes=5))
    assert (call.row.state, house.claims()) == ("connected", ["agent1"])
    call.end()
    assert call.ended() == ("ended", "answered")


def test_21_a_caller_who_vanishes_frees_the_agent(house: House) -> None:
    house.agent()
    call = house.dial(plays="vanish", talks=0.5, trunk="brief").until("connected")
    call.heard()
    assert call.ended() == ("ended", "answered")
    assert call.log == ["incoming connect contract_free", "answered", "hangup"]
    assert house.claims() == []
    call.explained()
    assert house.dial().heard().status == 200


def test_22_a_pbx_that_starts_anew_has_no_calls(house: House) -> None:
    house.agent()
    lost = house.dial(plays="vanish").until("connected")
    house.pbx.lose_power()
    lost.until("ended", 30)
    assert (lost.row.outcome, lost.row.cause, house.claims()) == ("answered", "pbx_restarted", [])
    house.system.refresh_from_db()
    assert house.system.restarted_at is not None
    assert "The telephone system was restarted." in lost.explained()
    call = house.dial()
    assert call.heard().status == 200
    assert call.ended() == ("ended", "answered")
