"""What becomes of a call at the desk: a ticket, notes, time, or the reason why it needs none."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from calls.actions import chores
from calls.models import AgentPhone, Call, PhoneSystem
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.phones import PUBLIC, Line, make_number, make_phone, make_system, open_always
from tickets.models import CallNote, Message, Ticket, TimeEntry

pytestmark = pytest.mark.django_db

GOLD = "+4930555001"
CALLS = "/desk/calls/"


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


@pytest.fixture
def desk(client: Client, phone: AgentPhone) -> Client:
    client.force_login(phone.user)
    return client


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, team=cast.team, contact=cast.owner)


@pytest.fixture
def call(system: PhoneSystem, phone: AgentPhone) -> Call:
    """Seven and a half minutes of conversation, just over."""
    return talked(system)


def talked(system: PhoneSystem, to: str = GOLD, caller: str = "+49301234567") -> Call:
    AgentPhone.objects.update(wrap_up_until=None)
    line = Line(system, to, start=timezone.now() - timedelta(minutes=9), caller=caller)
    line.rings()
    line.tells("answered", seq=1, after=10)
    line.tells("hangup", seq=2, after=460, cause="16")
    return line.call


def page(client: Client, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    return answer.content.decode()


def do(client: Client, call: Call, deed: str, **fields: object) -> int:
    return client.post(f"{CALLS}{call.pk}/{deed}/", fields, headers={"Accept-Language": "en"}).status_code


def the(call: Call) -> Call:
    return Call.objects.get(pk=call.pk)


def test_taking_over_puts_the_ticket_into_ones_hands_with_the_call_on_it(
    desk: Client, call: Call, ticket: Ticket, cast: Cast, phone: AgentPhone
) -> None:
    make_ticket(cast.gold_customer, team=cast.team, severity=1)  # better placed: passing it needs a reason
    assert do(desk, call, "take-over", ticket=ticket.number) == 302
    ticket.refresh_from_db()
    assert ticket.assignee == phone.user
    assert the(call).ticket == ticket
    assert ticket.assignments.get().reason

    chores.work_off()
    shown = page(desk, f"/desk/tickets/{ticket.number}/")
    assert 'id="ticket-calls"' in shown
    assert shown.count("7:30") >= 1


def test_off_duty_nothing_is_taken_and_the_call_stays_without_a_ticket(
    desk: Client, call: Call, ticket: Ticket, phone: AgentPhone
) -> None:
    User.objects.filter(pk=phone.user_id).update(is_on_duty=False)
    assert do(desk, call, "take-over", ticket=ticket.number) == 302
    assert the(call).ticket is None
    assert "Nobody can take tickets while off duty." in page(desk, f"{CALLS}{call.pk}/")


def test_a_ticket_that_one_may_not_read_is_as_unknown_as_one_that_does_not_exist(
    desk: Client, call: Call, cast: Cast
) -> None:
    foreign = make_ticket(cast.bronze_customer, team=cast.other_team)
    for number in (foreign.number, "2026-999999", "\0"):
        for deed in ("attach", "take-over"):
            assert do(desk, call, deed, ticket=number) == 302
            assert "There is no such ticket, or it is not one of yours." in page(desk, f"{CALLS}{call.pk}/")
    assert the(call).ticket is None


def test_attaching_detaching_and_moving_are_kept_in_the_trail(
    desk: Client, call: Call, ticket: Ticket, cast: Cast
) -> None:
    do(desk, call, "attach", ticket=f"#{ticket.number}")
    assert the(call).ticket == ticket
    other = make_ticket(cast.gold_customer, team=cast.team)
    do(desk, call, "attach", ticket=other.number)
    do(desk, call, "detach")
    assert the(call).ticket is None
    assert AuditEntry.objects.filter(verb="call.moved").count() == 2


def test_a_new_ticket_is_the_callers_and_carries_the_call(desk: Client, call: Call, cast: Cast) -> None:
    form = page(desk, f"{CALLS}{call.pk}/ticket/")
    assert "Aigner" in form
    sent = {"subject": "Fax is silent", "body": "Since noon", "severity": "2", "team": cast.team.pk}
    assert do(desk, call, "ticket", **sent) == 302
    made = Ticket.objects.get(subject="Fax is silent")
    assert (made.customer, made.channel, made.level) == (cast.gold_customer, "phone", cast.gold)
    assert the(call).ticket == made


def test_for_an_unknown_caller_the_customer_is_chosen_first(
    desk: Client, system: PhoneSystem, phone: AgentPhone, cast: Cast
) -> None:
    call = talked(system, PUBLIC, caller="anonymous")
    assert "Who called?" in page(desk, f"{CALLS}{call.pk}/ticket/")
    found = page(desk, f"{CALLS}{call.pk}/ticket/?q=mos")
    assert f"?customer={cast.plain_customer.pk}" in found
    sent = {"subject": "Screen is dark", "body": "All day", "severity": "3", "team": cast.team.pk}
    path = f"{CALLS}{call.pk}/ticket/?customer={cast.plain_customer.pk}"
    assert desk.post(path, sent).status_code == 302
    assert the(call).customer == cast.plain_customer


def test_beside_the_form_stands_the_customer_who_was_chosen_not_whose_number_it_is(
    desk: Client, system: PhoneSystem, phone: AgentPhone, call: Call, cast: Cast
) -> None:
    known = page(desk, f"{CALLS}{call.pk}/ticket/")
    assert "What may I do?" in known

    cast.owner.phones.create(number="+491701234567")
    unknown = talked(system, PUBLIC, caller="anonymous")
    owners = talked(system, PUBLIC, caller="+491701234567")
    Call.objects.update(phone=phone)
    assert cast.owner.name in aside_of(page(desk, f"{CALLS}{owners.pk}/ticket/"))
    for one in (call, unknown, owners):
        chosen = aside_of(page(desk, f"{CALLS}{one.pk}/ticket/?customer={cast.bronze_customer.pk}"))
        assert f"<dt>Customer</dt><dd>{cast.bronze_customer.name} " in chosen
        assert cast.owner.name not in chosen
        assert "What may I do?" in chosen
        assert "Bronze" in chosen
        assert ("The number belongs to Aigner." in chosen) == (one == owners)


def aside_of(shown: str) -> str:
    """What stands beside the form."""
    return shown.rpartition('<div class="detail-body">')[2]


def test_notes_stand_on_the_ticket_with_the_calls_times(
    desk: Client, call: Call, ticket: Ticket, phone: AgentPhone
) -> None:
    assert do(desk, call, "note", body="Too early", work_kind="advice") == 422
    do(desk, call, "attach", ticket=ticket.number)
    assert do(desk, call, "note", body="", work_kind="advice") == 422
    assert do(desk, call, "note", body="Rebooted together", work_kind="advice") == 302
    noted = CallNote.objects.get()
    assert (noted.minutes, noted.is_outgoing, noted.called_at) == (8, False, the(call).answered_at)
    message = Message.objects.get(pk=noted.message_id)
    assert (message.is_internal, message.author, message.body) == (True, phone.user, "Rebooted together")


def test_notes_of_work_that_is_not_allowed_are_refused_with_what_was_typed(
    desk: Client, call: Call, ticket: Ticket
) -> None:
    do(desk, call, "attach", ticket=ticket.number)
    sent = {"body": "Looked into the machine", "work_kind": "remote"}
    answer = desk.post(f"{CALLS}{call.pk}/note/", sent, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Looked into the machine" in text
    assert "is not allowed" in text
    assert not CallNote.objects.exists()


def test_the_talk_time_is_proposed_as_work_and_entered_once(
    desk: Client, call: Call, ticket: Ticket, phone: AgentPhone
) -> None:
    do(desk, call, "attach", ticket=ticket.number)
    shown = page(desk, f"{CALLS}{call.pk}/")
    assert "Enter 8 minutes" in shown
    found = re.search(r'href="(/desk/tickets/[^"]+/time/\?[^"]+)"', shown)
    assert found is not None
    form = page(desk, found[1].replace("&amp;", "&"))
    assert 'name="minutes" value="8"' in form
    begun = re.search(r'name="started_at" value="([^"]+)"', form)
    assert begun is not None
    path = f"/desk/tickets/{ticket.number}/time/"
    desk.post(path, {"work_kind": "advice", "minutes": 8, "started_at": begun[1], "text": "Advice"})
    entry = TimeEntry.objects.get()
    assert (entry.minutes, entry.agent) == (8, phone.user)
    answered_at = the(call).answered_at
    assert answered_at is not None
    assert abs(entry.started_at - answered_at) < timedelta(minutes=1)
    assert "8 minutes are entered for this call." in page(desk, f"{CALLS}{call.pk}/")


@pytest.mark.parametrize(
    "led", ["from=2026-13-45T00:00Z", "from=0001-01-01T00:00%2B14:00", "from=x", "from=2026-01-01T00:00", ""]
)
def test_a_beginning_that_makes_no_sense_is_not_proposed(desk: Client, ticket: Ticket, led: str) -> None:
    form = page(desk, f"/desk/tickets/{ticket.number}/time/?minutes=8&{led}")
    assert 'name="minutes" value="8"' not in form


def test_the_list_to_assign_is_emptied_by_a_ticket_or_a_reason(
    desk: Client, system: PhoneSystem, call: Call, ticket: Ticket
) -> None:
    other = talked(system, caller="+49301112222")
    assert 'id="nav-count-calls"><span class="sr-only">To assign: </span>2<' in page(desk, "/desk/")
    do(desk, call, "attach", ticket=ticket.number)
    assert do(desk, other, "set-aside", why=" ") == 422
    assert do(desk, other, "set-aside", why="Wrong number") == 302
    assert the(other).no_ticket_why == "Wrong number"
    assert AuditEntry.objects.filter(verb="call.set_aside").count() == 1
    shown = page(desk, f"{CALLS}?show=assign")
    assert "Nothing to assign" in shown
    assert 'id="nav-count-calls"></span>' in shown


def test_a_call_that_nobody_answered_is_not_to_be_assigned(
    desk: Client, system: PhoneSystem, phone: AgentPhone
) -> None:
    line = Line(system, GOLD)
    line.rings()
    line.asks("dial_result", result="NOANSWER")
    assert line.call.state == "ended"
    assert "Nothing to assign" in page(desk, f"{CALLS}?show=assign")


def test_lists_hold_what_one_may_read_in_pages(
    client: Client, cast: Cast, system: PhoneSystem, phone: AgentPhone, call: Call
) -> None:
    colleague = make_phone(system, cast.other_team, presence="off")
    for which in ("", "?show=assign", "?show=all", "?show=nonsense", "?before=x&outcome=busy"):
        client.force_login(colleague.user)
        assert f'id="call-{call.pk}"' not in page(client, CALLS + which)
    client.force_login(phone.user)
    assert f'id="call-{call.pk}"' in page(client, CALLS)
    assert f'id="call-{call.pk}"' in page(client, f"{CALLS}?outcome=answered")
    assert f'id="call-{call.pk}"' not in page(client, f"{CALLS}?outcome=busy")
    assert f'id="call-{call.pk}"' not in page(client, f"{CALLS}?before={call.pk}")
    client.force_login(cast.lead)
    assert f'id="call-{call.pk}"' in page(client, f"{CALLS}?show=assign")
    assert f'id="call-{call.pk}"' in page(client, f"{CALLS}?show=all")


def test_only_whoever_talked_and_leads_say_what_becomes_of_a_call(
    client: Client, cast: Cast, call: Call, ticket: Ticket, phone: AgentPhone
) -> None:
    client.force_login(cast.agent)
    assert do(client, call, "attach", ticket=ticket.number) == 404
    client.force_login(phone.user)
    do(client, call, "attach", ticket=ticket.number)
    client.force_login(cast.agent)  # reads the ticket, and so its call
    shown = page(client, f"{CALLS}{call.pk}/")
    assert "/note/" not in shown
    for deed in ("attach", "take-over", "detach", "set-aside", "note", "ticket"):
        assert (
            do(client, call, deed, ticket=ticket.number, why="Mine", body="Mine", work_kind="advice") == 403
        )
    client.force_login(User.objects.get(contact=cast.owner))
    assert do(client, call, "detach") == 404
    assert the(call).ticket == ticket
    client.force_login(cast.lead)
    assert do(client, call, "detach") == 302
    assert the(call).ticket is None


def test_the_page_tells_what_happened_in_words(desk: Client, call: Call) -> None:
    shown = page(desk, f"{CALLS}{call.pk}/")
    for text in ("Call arrives", "Service number: put through to somebody who was free.", "Answered", "7:30"):
        assert text in shown


def test_only_with_a_telephone_system_that_dials_there_is_a_button_to_call(
    desk: Client, system: PhoneSystem, phone: AgentPhone, ticket: Ticket, cast: Cast
) -> None:
    cast.owner.phones.create(number="+491701234567")
    shown = page(desk, f"/desk/tickets/{ticket.number}/")
    assert 'href="tel:+491701234567"' in shown
    assert "/desk/calls/dial/" not in shown
    sent = {"number": "+491701234567", "ticket": ticket.number}
    assert desk.post(f"{CALLS}dial/", sent).status_code == 302
    assert not Call.objects.filter(direction="out").exists()

    system.ari_url, system.ari_user = "http://127.0.0.1:9/ari", "vorrang"
    system.ari_password = {"password": "secret"}
    system.save()
    assert "/desk/calls/dial/" in page(desk, f"/desk/tickets/{ticket.number}/")
    client = Client()
    client.force_login(cast.agent)
    assert client.post(f"{CALLS}dial/", sent).status_code == 404


def test_a_ticket_that_the_agent_may_not_read_is_not_named_on_their_call(
    desk: Client, call: Call, cast: Cast
) -> None:
    secret = make_ticket(cast.gold_customer, subject="Secret of the network", team=cast.other_team)
    Call.objects.filter(pk=call.pk).update(ticket=secret)
    for path in (f"{CALLS}{call.pk}/", CALLS):
        shown = page(desk, path)
        assert "Secret of the network" not in shown
        assert secret.number not in shown
    assert "A ticket that you may not read." in page(desk, f"{CALLS}{call.pk}/")
    assert do(desk, call, "note", body="Blind", work_kind="advice") == 422
    assert not CallNote.objects.exists()
