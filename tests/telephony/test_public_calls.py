"""Calls on the public number: a queue in its order, agents kept for contracts (scenarios 7 to 9, 11, 13)."""

from calls.models import CallStep
from lib.phones import readable
from tests.factories.phones import PUBLIC
from tests.telephony.house import GOLD, Dialled, House, until


def seen_as(call: Dialled) -> str:
    """A caller whom nobody knows, on the board."""
    return readable(call.number)


def test_7_public_callers_wait_with_music_hear_their_place_and_are_served_in_order(house: House) -> None:
    agent = house.agent(presence="paused")
    first = house.dial(PUBLIC, plays="stay").until("waiting")
    second = house.dial(PUBLIC, plays="stay").until("waiting")
    third = house.dial(PUBLIC, talks=2).until("waiting")
    board = house.board()
    assert "waiting on the public number 3" in board
    assert board.index(seen_as(first)) < board.index(seen_as(second)) < board.index(seen_as(third))
    assert third.heard().status == 200
    assert third.ended() == ("ended", "abandoned")
    house.says(agent, "free")
    first.until("connected")
    until(lambda: second.places == [2, 1], what="the second in the first place")
    first.end()
    second.until("connected").end()
    assert (first.heard().status, second.heard().status) == (200, 200)
    assert (first.ended()[1], second.ended()[1]) == ("answered", "answered")
    assert first.over_at <= second.taken_at, "one agent talks to one caller at a time"
    assert (first.places, second.places, third.places) == ([1], [2, 1], [3])
    head = "wait_tick connect public_head"
    assert first.log[0] == "incoming wait public_waits"
    assert first.log[-3:] == [head, "answered", "hangup"]
    assert second.log[0] == "incoming wait public_behind"
    assert [line for line in second.log if "public_head" in line] == [head]
    assert house.pbx.played(first.row.external_id)[:2] == ["queue-youarenext", "music"]
    played = [sound for sound in house.pbx.played(second.row.external_id) if not sound.startswith("digits")]
    assert played[:4] == ["queue-thereare", "music", "queue-youarenext", "music"]
    assert (house.claims(), "callback" in house.chores()) == ([], False)
    for call in (first, second, third):
        call.explained()


def test_8_a_contract_call_inside_the_hold_window_beats_a_waiting_public_call(house: House) -> None:
    house.rules(contract_hold=6)
    house.agent()
    talking = house.dial(GOLD, plays="stay").until("connected")
    public = house.dial(PUBLIC, plays="stay").until("waiting")
    ticks = CallStep.objects.filter(call=public.row, event="wait_tick")
    until(ticks.exists, what="the end of the announcement")
    talking.end()
    talking.ended()
    seen = ticks.count()
    until(lambda: ticks.count() > seen, what="a tick while the agent is held")
    contract = house.dial(GOLD)
    assert contract.heard().status == 200
    assert contract.ended() == ("ended", "answered")
    assert contract.log[0] == "incoming connect contract_free"
    assert public.row.answered_at is None, "it is still waiting"
    public.until("connected").end()
    assert public.heard().status == 200
    assert public.ended() == ("ended", "answered")
    assert public.row.arrived_at < contract.row.arrived_at < public.taken_at
    held = public.taken_at - contract.over_at
    assert held.total_seconds() >= 6, "the hold begins anew with each call"
    contract.explained()
    assert "Agent1" in public.explained()


def test_9_a_contract_and_a_public_call_in_the_same_instant_share_one_agent_by_turns(house: House) -> None:
    house.agent()
    for order in ((GOLD, PUBLIC), (PUBLIC, GOLD), (GOLD, PUBLIC)):
        calls = {number: house.dial(number, talks=1.5) for number in order}
        heard = {number: call.heard().status for number, call in calls.items()}
        outcomes = {number: call.ended()[1] for number, call in calls.items()}
        answers = tuple(calls[number].log[0].split()[1] for number in (GOLD, PUBLIC))
        assert answers in {("connect", "wait"), ("busy", "connect")}
        assert heard == {GOLD: 200 if answers[0] == "connect" else 486, PUBLIC: 200}
        assert outcomes[GOLD] == ("answered" if answers[0] == "connect" else "busy")
        assert house.claims() == []
        for call in calls.values():
            call.explained()


def test_11_without_a_key_the_caller_keeps_the_place(house: House) -> None:
    house.rules(offer_after=1)
    agent = house.agent(presence="paused")
    first = house.dial(PUBLIC, plays="stay").until("offered")
    house.rules(offer_after=600)
    second = house.dial(PUBLIC, plays="stay").until("waiting")
    first.until("waiting")
    assert "voicemail_offer wait public_waits" in first.log
    house.says(agent, "free")
    first.until("connected")
    assert second.row.answered_at is None
    assert (first.places, second.places[0]) == ([1], 2)
    first.end()
    second.until("connected").end()
    assert (first.heard().status, second.heard().status) == (200, 200)
    assert (first.ended()[1], second.ended()[1], house.claims()) == ("answered", "answered", [])
    assert "vm-press" in house.pbx.played(first.row.external_id)
    assert "wait_tick offer_voicemail offer_due" in first.log
    assert "voicemail" not in house.chores()
    first.explained()


def test_13_a_caller_who_gives_up_while_it_rings_frees_the_phone_at_once(house: House) -> None:
    house.rules(ring_seconds=20)
    phone = house.agent(answers="never")
    call = house.dial(plays="give_up", talks=1).until("ringing")
    assert house.claims() == ["agent1"]
    heard = call.heard()
    assert (heard.status, 180 in heard.provisional, heard.is_complete) == (487, True, True)
    assert call.ended() == ("ended", "abandoned")
    assert call.log == ["incoming connect contract_free", "hangup"]
    phone.refresh_from_db()
    assert (house.claims(), phone.presence) == ([], "on")
    assert house.chores() == ["callback"]
    call.explained()


def test_13_a_caller_who_gives_up_waiting_makes_room_for_the_next(house: House) -> None:
    house.agent(presence="paused")
    first = house.dial(PUBLIC, talks=2).until("waiting")
    second = house.dial(PUBLIC, talks=6).until("waiting")
    assert first.heard().status == 200
    assert first.ended() == ("ended", "abandoned")
    assert second.heard().status == 200
    assert second.ended() == ("ended", "abandoned")
    assert second.places == [2, 1]
    assert second.row.answered_at is None
    assert house.chores() == [], "a public caller is not called back"
    first.explained()
    assert "gave up 2" in house.page("/desk/calls/reachability/")
