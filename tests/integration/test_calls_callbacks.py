"""Whoever finds a service number busy is called back, in the band of its agreement."""

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.actions import chores
from calls.models import AgentPhone, Call, CallChore, CallPolicy
from customers.models import ContactPhone
from tests.factories.cast import Cast, make_agreement, make_cast, make_ticket
from tests.factories.phones import Line, make_number, make_phone, make_system, open_always, set_policy
from tickets.models import Message, Ticket, TicketEvent
from tickets.queries.case import CallItem, conversation

pytestmark = pytest.mark.django_db

NUMBER = "+4930555001"
MINE, THEIRS = "+49301234567", "+4930999888"


@pytest.fixture
def cast() -> Cast:
    open_always()
    made = make_cast()
    ContactPhone.objects.create(contact=made.owner, number=MINE)
    ContactPhone.objects.create(contact=made.stranger, number=THEIRS)
    return made


@pytest.fixture
def line(cast: Cast) -> Line:
    """A service number of the gold customer, at which nobody is."""
    system = make_system()
    agreement = cast.gold_customer.agreements.first() or make_agreement(cast.gold_customer, cast.gold)
    make_number(system, NUMBER, agreement)
    return Line(system, NUMBER, MINE, start=timezone.now() - timedelta(minutes=5))


def busy(line: Line, caller: str = MINE, after: int = 0) -> Line:
    """One more call that finds the number busy."""
    called = Line(line.system, NUMBER, caller, start=line.start + timedelta(seconds=after))
    assert called.rings()["action"] == "busy"
    return called


def test_a_busy_caller_becomes_one_ticket_in_the_contract_band(cast: Cast, line: Line) -> None:
    public = make_ticket(cast.plain_customer, at=line.start - timedelta(hours=1))
    busy(line)
    assert Ticket.objects.count() == 1  # nothing of it happens inside the request
    assert chores.work_off() == 1
    assert chores.work_off() == 0
    ticket = Ticket.objects.exclude(pk=public.pk).get()
    assert (ticket.customer, ticket.contact) == (cast.gold_customer, cast.owner)
    assert ticket.channel == Ticket.Channel.PHONE
    assert ticket.level == cast.gold
    assert ticket.arrived_at == line.start
    assert list(Ticket.objects.waiting().in_rank_order()) == [ticket, public]
    assert Call.objects.get().ticket == ticket
    assert not CallChore.objects.filter(done_at__isnull=True).exists()


def test_the_ticket_says_whom_to_call_and_that_the_number_proves_nothing(cast: Cast, line: Line) -> None:
    busy(line)
    chores.work_off()
    ticket, message = Ticket.objects.get(), Message.objects.get()
    assert ticket.subject == f"Rückruf: {cast.owner.name}"
    assert "Besetztzeichen" in message.body
    assert "Rückrufnummer: +49 30 1234567 (ungeprüft" in message.body
    assert "+49 30 555001" in message.body


def test_a_contact_who_reads_english_is_written_in_english(cast: Cast, line: Line) -> None:
    cast.owner.language = "en"
    cast.owner.save()
    busy(line)
    chores.work_off()
    assert Ticket.objects.get().subject.startswith("Call back: ")
    assert "caller ID unverified" in Message.objects.get().body


@pytest.mark.parametrize("caller", [THEIRS, "+4915112345678", "anonymous"])
def test_the_dialled_number_decides_whose_ticket_it_is(cast: Cast, line: Line, caller: str) -> None:
    busy(line, caller)
    chores.work_off()
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.contact) == (cast.gold_customer, None)
    assert cast.stranger.name not in ticket.subject + Message.objects.get().body
    if caller == "anonymous":
        assert "nicht übermittelt" in Message.objects.get().body


def test_who_calls_again_is_noted_on_the_ticket_that_waits(cast: Cast, line: Line) -> None:
    for after in (0, 40, 80):
        busy(line, after=after)
    assert chores.work_off() == 3
    ticket = Ticket.objects.get()
    assert set(Call.objects.values_list("ticket", flat=True)) == {ticket.pk}
    entries = conversation(cast.lead, ticket, language="en", now=timezone.now())
    said = [one.text for one in entries if isinstance(one, CallItem)]
    assert len(said) == 2
    assert said[0].startswith(f"Another call from {cast.owner.name}, +49 30 1234567, ")
    assert said[0].endswith(": busy")


def test_who_was_put_through_since_is_noted_on_the_ticket_that_waits(cast: Cast, line: Line) -> None:
    busy(line)
    make_phone(line.system, cast.team)
    for caller, after in ((MINE, 60), (THEIRS, 120)):
        called = Line(line.system, NUMBER, caller, start=line.start + timedelta(seconds=after))
        assert called.rings()["action"] == "connect"
        called.tells("answered", after=2)
        called.tells("hangup", after=30)
        AgentPhone.objects.update(wrap_up_until=None)
    assert chores.work_off() == 3
    ticket = Ticket.objects.get()
    talked = TicketEvent.objects.get(ticket=ticket, kind="phone_call")
    assert talked.params["talked"] == "0:28"
    assert Call.objects.filter(ticket=None).count() == 2  # which case they spoke of is the agent's to say


def test_another_caller_or_another_matter_is_another_ticket(cast: Cast, line: Line) -> None:
    busy(line)
    busy(line, THEIRS, 10)
    chores.work_off()
    assert Ticket.objects.count() == 2
    Ticket.objects.update(status=Ticket.Status.SOLVED)
    busy(line, after=60)
    chores.work_off()
    assert Ticket.objects.count() == 3


def test_numbers_that_are_made_up_do_not_flood_the_band(cast: Cast, line: Line) -> None:
    for count in range(14):
        busy(line, f"+49151123456{count:02}", count)
    chores.work_off()
    assert Ticket.objects.count() == 10
    assert TicketEvent.objects.filter(kind="called_again").count() == 4


def test_a_firm_may_do_without_call_backs(cast: Cast, line: Line) -> None:
    set_policy(callback_tickets=False)
    busy(line)
    assert chores.work_off() == 0
    assert not Ticket.objects.exists()


def test_a_number_of_nobody_that_is_known_any_more_files_under_unknown_callers(
    cast: Cast, line: Line
) -> None:
    called = busy(line, "+4915112345678").call
    Call.objects.filter(pk=called.pk).update(number=None, holder=None)
    chores.work_off()
    ticket = Ticket.objects.get()
    assert ticket.customer == CallPolicy.objects.get().unknown_callers
    assert ticket.customer.name == "Unbekannte Anrufer"
    assert not ticket.has_contract
