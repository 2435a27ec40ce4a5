"""Who calls stands on the agent's pages before the phone rings, and on nobody else's."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from calls.models import AgentPhone, PhoneSystem
from lib.valkey import valkey
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always
from tickets.gateways import events

pytestmark = pytest.mark.django_db

GOLD = "+4930555001"
POP = "/desk/calls/pop/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def system(cast: Cast) -> PhoneSystem:
    open_always()
    found = make_system()
    make_number(found, GOLD, cast.gold_customer.agreements.get())
    return found


@pytest.fixture
def phone(cast: Cast, system: PhoneSystem) -> AgentPhone:
    return make_phone(system, cast.team)


def pop(client: Client, user: User, **headers: str) -> str:
    client.force_login(user)
    return client.get(POP, headers={"Accept-Language": "en", **headers}).content.decode()


def test_the_pop_names_caller_customer_standing_gates_and_tickets_while_it_rings(
    client: Client, cast: Cast, system: PhoneSystem, phone: AgentPhone
) -> None:
    ticket = make_ticket(cast.gold_customer, subject="Printer is on fire", team=cast.team)
    cast.owner.phones.create(number="+491701234567")
    line = Line(system, GOLD, caller="0170 1234567")
    line.rings()
    assert line.call.answered_at is None

    shown = pop(client, phone.user)
    for text in ("Owner", "+49 170 1234567", "Caller ID unverified", "+49 30 555001", "Aigner", "Gold"):
        assert text in shown
    for text in ("Printer is on fire", ticket.number, "Take over", "What may I do?", "New ticket"):
        assert text in shown
    assert f'data-live-say="Call from {cast.owner.name}"' in shown


def test_another_agents_call_is_not_shown_nor_told(
    client: Client, cast: Cast, system: PhoneSystem, phone: AgentPhone
) -> None:
    other = make_phone(system, cast.team, presence="off")
    line = Line(system, GOLD)
    line.rings()
    assert "call-pop-card" not in pop(client, other.user)
    assert client.get(f"/desk/calls/{line.call.pk}/").status_code == 404
    client.force_login(cast.agent)
    assert client.get(POP).status_code == 404
    client.force_login(User.objects.get(contact=cast.owner))
    assert client.get(POP).status_code == 404
    assert client.get(f"/desk/calls/{line.call.pk}/").status_code == 404


def test_tickets_that_the_agent_may_not_read_are_not_in_the_pop(
    client: Client, cast: Cast, system: PhoneSystem, phone: AgentPhone
) -> None:
    make_ticket(cast.gold_customer, subject="Secret of the network", team=cast.other_team)
    Line(system, GOLD).rings()
    shown = pop(client, phone.user)
    assert "Secret of the network" not in shown
    assert "No open ticket that you may read." in shown


def test_on_a_service_number_a_forged_caller_is_not_taken_for_its_customer(
    client: Client, cast: Cast, system: PhoneSystem, phone: AgentPhone
) -> None:
    contact = make_contact(cast.plain_customer, "Somebody Else")
    contact.phones.create(number="+491709999999")
    Line(system, GOLD, caller="+491709999999").rings()
    shown = pop(client, phone.user)
    assert "Aigner" in shown
    assert "The number belongs to Moser." in shown


def test_a_caller_whom_nobody_knows_gets_a_pop_too(
    client: Client, system: PhoneSystem, phone: AgentPhone
) -> None:
    Line(system, PUBLIC, caller="anonymous").rings()
    shown = pop(client, phone.user)
    for text in ("unknown number", "Number withheld", "nobody we know"):
        assert text in shown


def test_an_ended_call_stays_until_the_notes_are_due_and_not_after_its_ticket(
    client: Client, cast: Cast, system: PhoneSystem, phone: AgentPhone
) -> None:
    line = Line(system, GOLD, start=timezone.now() - timedelta(seconds=20))
    line.rings()
    line.tells("answered", seq=1, after=2)
    assert "in conversation" in pop(client, phone.user)
    line.tells("hangup", seq=2, after=10)
    assert "Over. What becomes of it?" in pop(client, phone.user)
    number = make_ticket(cast.gold_customer, team=cast.team).number
    client.post(f"/desk/calls/{line.call.pk}/attach/", {"ticket": number})
    assert "call-pop-card" not in pop(client, phone.user)


def test_a_call_does_not_pop_up_over_its_own_page(
    client: Client, system: PhoneSystem, phone: AgentPhone
) -> None:
    line = Line(system, GOLD)
    line.rings()
    own = f"http://testserver/desk/calls/{line.call.pk}/"
    assert "call-pop-card" not in pop(client, phone.user, **{"HX-Current-URL": own})
    assert "call-pop-card" in pop(client, phone.user, **{"HX-Current-URL": "http://testserver/desk/"})


@pytest.mark.django_db(transaction=True)
def test_connecting_rings_the_bell_of_this_agent_alone(system: PhoneSystem, phone: AgentPhone) -> None:
    other = make_phone(system, presence="off")
    with valkey() as client:
        bell = client.pubsub()  # type: ignore[no-untyped-call]
        bell.subscribe(events.CHANNEL)
        bell.get_message(timeout=1)
        assert Line(system, GOLD).rings()["agent"] == phone.dial_target
        heard: set[str] = set()
        while (message := bell.get_message(timeout=1)) is not None:
            heard |= set(json.loads(message["data"]))
        bell.close()
    assert events.phone_topic(phone.user_id) in heard
    assert events.phone_topic(other.user_id) not in heard
