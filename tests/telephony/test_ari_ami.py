"""Our own ways to a telephone system, on a real Asterisk: ARI and AMI as the shipped files open them."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from calls.actions import originating, pushing, reconciling, telling
from calls.gateways import ami, ari
from calls.models import AgentPhone, Call, PhoneSystem
from calls.views.pbx import event_of
from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import PUBLIC, make_number, make_phone, make_system
from tests.telephony import sipp
from tests.telephony.asterisk import AMI_PASSWORD, ARI_PASSWORD, Asterisk, free_port
from tests.telephony.step_stub import Helpdesk, helpdesk

pytestmark = [pytest.mark.needs_asterisk, pytest.mark.django_db]
CUSTOMER = "+49891234567"
# Of the PBX's own: the way out. The customer's phone is one of its own, too; after two seconds they hang up.
WAY_OUT = "\n[vorrang-outbound]\nexten => 49891234567,1,Dial(PJSIP/customer,20,S(2))\n"


@pytest.fixture(scope="module")
def desk() -> Iterator[Helpdesk]:
    with helpdesk() as listening:
        yield listening


@pytest.fixture(scope="module")
def pbx(desk: Helpdesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
    folder = tmp_path_factory.mktemp("asterisk")
    phones = {"agent1": free_port(), "customer": free_port()}
    with Asterisk(folder, desk.url, agents=phones) as running:
        with (folder / "etc" / "extensions.conf").open("a") as dialplan:
            dialplan.write(WAY_OUT)
        running.cli("dialplan reload")
        yield running


@pytest.fixture
def system(pbx: Asterisk) -> PhoneSystem:
    return make_system(
        ari_url=f"http://127.0.0.1:{pbx.http_port}",
        ari_user="vorrang",
        ari_password=ARI_PASSWORD,
        ami_host="127.0.0.1",
        ami_port=pbx.ami_port,
        ami_user="vorrang",
        ami_password=AMI_PASSWORD,
    )


def until(is_so: Callable[[], Any], seconds: float = 15.0) -> None:
    """Waits until it is so; a failure says that it never was."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.1)


def told_of(desk: Helpdesk, call: Call) -> list[dict[str, str]]:
    return [said for said in desk.events if said["call_id"] == call.external_id]


def test_every_way_is_open_with_these_files_and_shut_with_another_password(system: PhoneSystem) -> None:
    assert [way.ok for way in reconciling.try_connection(system)] == [True, True, True]
    system.ari_password = system.ami_password = "another"
    assert [way.ok for way in reconciling.try_connection(system)] == [False, False, False]


def test_a_call_is_there_as_long_as_its_channel_and_its_loss_is_noticed(
    desk: Helpdesk, pbx: Asterisk, system: PhoneSystem, tmp_path: Path
) -> None:
    desk.answers = lambda _: {"action": "wait", "wait_seconds": 1}
    desk.steps.clear()
    phone = make_phone(system, dial_target="agent1", device="unreachable")
    dead = make_phone(system, dial_target="trunk")
    caller = sipp.caller(tmp_path, pbx.sip_port, PUBLIC.lstrip("+"), "talk", talk=1000)
    until(lambda: desk.steps)
    then = timezone.now() - timedelta(minutes=1)
    call = Call.objects.create(
        system=system, external_id=desk.steps[0]["call_id"], arrived_at=then, seen_at=then, phone=phone
    )
    AgentPhone.objects.filter(pk=phone.pk).update(claimed_call=call, claim_until=then + timedelta(hours=1))
    assert reconciling.reconcile() == 0
    system.refresh_from_db()
    assert (system.reconcile_error, system.restarted_at is None) == ("", False)
    assert set(AgentPhone.objects.values_list("dial_target", "device")) == {
        ("agent1", "reachable"),
        ("trunk", "unreachable"),
    }
    assert dead.device == "unknown"
    assert caller.result(60).status == 200
    until(lambda: not pbx.channels())
    assert reconciling.reconcile() == 1
    phone.refresh_from_db()
    call.refresh_from_db()
    assert (call.cause, phone.claimed_call) == ("lost_hangup", None)


def test_a_recording_comes_byte_for_byte_and_goes(pbx: Asterisk, system: PhoneSystem) -> None:
    sound = b"RIFF" + bytes(range(256)) * 2000
    kept = pbx.recording("test-1763900000.12")
    kept.write_bytes(sound)
    assert ari.recording(system, kept.stem) == sound
    ari.delete_recording(system, kept.stem)
    assert not kept.exists()
    with pytest.raises(ari.NotThere):
        ari.recording(system, kept.stem)


def test_numbers_in_force_are_in_the_database_of_asterisk_and_only_they(
    pbx: Asterisk, system: PhoneSystem
) -> None:
    pbx.cli("database put contract 4930555009 1")
    number = make_number(system, "+4930555001", make_agreement(make_customer("Aigner"), make_level("Gold")))
    assert pushing.push() == 1
    with ami.session(system) as database:
        assert database.read("contract")["4930555001"] == "1"
        assert "4930555009" not in database.read("contract")
    assert "/contract/4930555001" in pbx.cli("database show contract")
    number.delete()
    assert pushing.push() == 1
    assert "4930555001" not in pbx.cli("database show contract")


def test_click_to_call_rings_the_agent_then_the_customer_who_sees_the_public_number(
    desk: Helpdesk, pbx: Asterisk, system: PhoneSystem, tmp_path: Path
) -> None:
    phone = make_phone(system, dial_target="agent1")
    with (
        sipp.phone(tmp_path, pbx.agents["agent1"], "phone", rings=50) as agent,
        sipp.phone(tmp_path, pbx.agents["customer"], "phone", rings=50) as customer,
    ):
        time.sleep(0.3)
        call = originating.originate(phone=phone, number="089 1234567", by=phone.user)
        until(lambda: call.external_id in pbx.channels())
        until(lambda: len(told_of(desk, call)) == 2, 30)
        until(lambda: not pbx.channels())
    assert f"<sip:{CUSTOMER}@" in agent.messages.read_text()
    assert f"<sip:{PUBLIC}@" in customer.messages.read_text()
    assert [said["event"] for said in told_of(desk, call)] == ["answered", "hangup"]
    for said in told_of(desk, call):
        telling.tell(system=system, told=event_of(said))
    call = Call.objects.get()
    phone.refresh_from_db()
    assert (call.outcome, call.talked_seconds, phone.claimed_call) == ("answered", 2, None)


def test_a_phone_that_is_not_there_leaves_nothing_taken(pbx: Asterisk, system: PhoneSystem) -> None:
    phone = make_phone(system, dial_target="nobody")
    with pytest.raises(originating.CannotCall):
        originating.originate(phone=phone, number=CUSTOMER, by=phone.user)
    phone.refresh_from_db()
    assert phone.claimed_call is None
