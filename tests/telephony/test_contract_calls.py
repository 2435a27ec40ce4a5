"""Calls on a service number: an agent at once, or busy at once (scenarios 1 to 4 and 14 to 17)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.actions import chores
from calls.models import AgentPhone, Call
from contracts.actions import agreements
from tests.factories.cast import make_contact
from tests.telephony.house import AT_ONCE, GOLD, REGISTERING, UNKNOWN, House, until

BUSY_AT_ONCE = ["incoming busy contract_busy", "hangup"]


def test_1_a_contract_call_is_put_through_to_a_free_agent(house: House) -> None:
    agent = house.agent()
    call = house.dial(talks=3).until("connected")
    assert house.claims() == ["agent1"]
    board = house.board()
    assert "Agent1 talks" in board
    assert "Aigner Bau · service number" in board
    heard = call.heard()
    assert (heard.status, 180 in heard.provisional, heard.is_complete) == (200, True, True)
    assert call.ended() == ("ended", "answered")
    assert call.log == ["incoming connect contract_free", "answered", "hangup"]
    row = call.row
    assert (row.line, row.line_why, row.phone) == ("contract", "", agent)
    assert list(house.agreement.service_numbers.all()) == [row.number]
    assert row.talked_seconds >= 1
    assert not row.via_fallback
    assert (house.claims(), house.chores()) == ([], ["timeline"])
    assert "Agent1 was free and was rung" in call.explained()


def test_2_with_everybody_busy_it_hears_so_at_once(house: House) -> None:
    house.agent()
    first = house.dial(talks=4).until("connected")
    second = house.dial()
    heard = second.heard()
    assert (heard.status, heard.ms < AT_ONCE) == (486, True)
    assert second.ended() == ("ended", "busy")
    assert second.log == BUSY_AT_ONCE
    assert second.row.waited_seconds == 0
    assert first.is_("connected"), "nobody disturbs who talks"
    assert house.chores() == ["callback"]
    assert "Busy because no agent was free: Agent1" in second.explained()
    chores.work_off()
    ticket = second.row.ticket
    assert ticket is not None
    assert (ticket.customer, ticket.level, ticket.channel) == (house.gold, house.agreement.level, "phone")
    assert ticket.band == 1, "the band of contracts"
    assert ticket.number in second.page()
    assert ticket.number in house.page("/desk/")


def test_3_with_nobody_on_duty_it_is_busy(house: House) -> None:
    phone = house.agent()
    phone.user.is_on_duty = False
    phone.user.save(update_fields=["is_on_duty"])
    call = house.dial()
    assert call.heard().status == 486
    assert call.ended() == ("ended", "busy")
    assert call.log == ["incoming busy contract_nobody", "hangup"]
    assert house.chores() == ["callback"]
    call.explained()


def test_4_an_agent_who_paused_is_not_rung(house: House) -> None:
    house.says(house.agent(), "paused:break")
    assert "Agent1 paused" in house.board()
    call = house.dial()
    heard = call.heard()
    assert (heard.status, 180 in heard.provisional) == (486, False)
    assert call.ended() == ("ended", "busy")
    house.agent("agent2")
    other = house.dial()
    assert other.heard().status == 200
    assert other.ended() == ("ended", "answered")
    assert other.agent == "agent2"
    call.explained()
    assert "Agent2" in other.explained()


def test_14_after_a_phone_that_nobody_takes_the_next_one_rings_and_then_it_is_busy(house: House) -> None:
    never, busy, then = (
        house.agent(answers="never"),
        house.agent("agent2", answers="busy"),
        house.agent("agent3"),
    )
    AgentPhone.objects.filter(pk=then.pk).update(freed_at=timezone.now() - timedelta(hours=1))
    call = house.dial()
    heard = call.heard()
    assert (heard.status, 180 in heard.provisional) == (200, True)
    assert call.ended() == ("ended", "answered")
    again = "dial_result connect contract_free"
    assert call.log == ["incoming connect contract_free", again, "answered", "hangup"]
    assert (call.row.phone, call.row.tried) == (then, [never.pk, busy.pk])
    paused = AgentPhone.objects.filter(presence="paused").order_by("pk")
    assert list(paused.values_list("dial_target", "presence_reason")) == [
        ("agent1", "no_answer"),
        ("agent2", "busy"),
    ]
    then.user.is_on_duty = False
    then.user.save(update_fields=["is_on_duty"])
    AgentPhone.objects.filter(pk=never.pk).update(presence="on")
    last = house.dial()
    assert last.heard().status == 486
    assert last.ended() == ("ended", "busy")
    assert last.log == ["incoming connect contract_free", "dial_result busy contract_nobody", "hangup"]
    assert house.claims() == []
    call.explained()
    last.explained()
    board = house.board()
    assert "did not answer" in board
    assert "phone busy" in board


def test_15_a_phone_that_is_not_registered_costs_no_time(house: House) -> None:
    phone = house.agent(REGISTERING, answers="gone")
    call = house.dial()
    heard = call.heard()
    assert (heard.status, 180 in heard.provisional, heard.ms < AT_ONCE) == (486, False, True)
    assert call.ended() == ("ended", "busy")
    assert call.log == ["incoming connect contract_free", "dial_result busy contract_nobody", "hangup"]
    phone.refresh_from_db()
    assert (phone.presence, phone.presence_reason) == ("paused", "unreachable")
    call.explained()
    assert "phone not reachable" in house.board()
    house.says(phone, "free")
    phone.refresh_from_db()
    assert phone.presence == "on"


def test_15_a_phone_that_died_is_known_before_it_is_dialled(house: House) -> None:
    house.agent(REGISTERING, answers="registers")
    until(lambda: house.pbx.is_reachable(REGISTERING), what="the registration")
    house.pbx.phone(REGISTERING, answers="gone")
    until(lambda: not house.pbx.is_reachable(REGISTERING), what="the end of the phone")
    call = house.dial()
    heard = call.heard()
    assert (heard.status, heard.ms < AT_ONCE) == (486, True)
    assert call.ended() == ("ended", "busy")
    assert call.log[1] == "dial_result busy contract_nobody"
    call.explained()


def test_16_a_call_after_the_agreements_end_waits_like_everybody(house: House) -> None:
    house.agent()
    before = house.dial()
    assert before.heard().status == 200
    before.ended()
    house.agreement.ends_on = timezone.localdate() - timedelta(days=1)
    agreements.save(agreement=house.agreement, by=None)
    AgentPhone.objects.update(presence="paused")
    after = house.dial()
    assert after.heard().status == 200
    assert after.ended() == ("ended", "abandoned")
    assert after.log[0] == "incoming wait public_waits"
    row = after.row
    assert (row.line, row.line_why, row.to_number) == ("public", "agreement_ended", GOLD)
    assert "the service agreement has ended" in after.explained()


def test_17_callers_are_known_however_their_number_is_written(house: House) -> None:
    contact = make_contact(house.gold, "Ida Aigner")
    contact.phones.create(number="+4930555777")
    written = {
        "+4930555777": ("+4930555777", "known"),
        "004930555777": ("+4930555777", "known"),
        "030555777": ("+4930555777", "known"),
        "555777": ("+4930555777", "known"),
        "anonymous": ("", "none"),
        "+13125550100": ("+13125550100", "none"),
    }
    for number in written:
        call = house.dial(caller=number)
        assert call.heard().status == 486, "the caller decides nothing"
        call.ended()
    rows = Call.objects.order_by("arrived_at")
    kept = {row.from_text: (row.from_number, row.match) for row in rows}
    assert kept == written
    assert {row.contact for row in rows if row.match == "known"} == {contact}
    page = house.page("/desk/calls/log/")
    assert page.count("Ida Aigner") >= 4
    assert "anonymous" in page.lower() or "withheld" in page.lower()


def test_a_number_that_is_not_ours_hears_so_and_is_not_answered(house: House) -> None:
    house.agent()
    call = house.dial(UNKNOWN)
    heard = call.heard()
    assert (heard.status, 183 in heard.provisional) == (404, True)
    assert call.ended() == ("ended", "announced")
    assert call.log == ["incoming announce unknown_number", "hangup"]
    assert house.claims() == []
    call.explained()


@pytest.mark.parametrize("number", ["555001", "030555001", "4930555001"])
def test_a_service_number_is_one_however_the_line_writes_it(house: House, number: str) -> None:
    house.agent()
    call = house.dial(number)
    assert call.heard().status == 200
    assert call.ended() == ("ended", "answered")
    assert call.row.to_number == GOLD
