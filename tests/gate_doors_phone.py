"""More doors for tests/gate_doors.py: what is written down on the page of a call."""

from datetime import timedelta

from django.utils import timezone

from calls.models import AgentPhone, Call
from contracts.rules.gates import Capability
from tests.factories.phones import make_system
from tests.gate_doors import LOG, MARKER, WORDS, WORKS, Case, GateDoor, Knock, done
from tickets.models import CallNote, HeldFile, WorkKind

ON_THE_PHONE = (WorkKind.REMOTE, WorkKind.LOG_ANALYSIS, WorkKind.INSTALLATION)
"""The kinds of work that are done while somebody is on the phone, and that a gate may forbid."""


def _call(case: Case) -> Call:
    """The agent has talked to the contact for a quarter of an hour, about the ticket."""
    now, system = timezone.now(), make_system()
    phone = AgentPhone.objects.create(user=case.cast.agent, system=system, dial_target="agent1")
    return Call.objects.create(
        system=system,
        external_id="1",
        line="contract",
        customer=case.customer,
        contact=case.contact,
        match="known",
        state="ended",
        outcome="answered",
        phone=phone,
        ticket=case.ticket,
        arrived_at=now - timedelta(minutes=15),
        answered_at=now - timedelta(minutes=15),
        ended_at=now,
        seen_at=now,
        talked_seconds=900,
    )


def _note(kind: WorkKind) -> Knock:
    def knock(case: Case) -> bool:
        path = f"/desk/calls/{_call(case).pk}/note/"
        response = case.agent_page.post(path, {"work_kind": kind, "body": "Talked"})
        is_noted = CallNote.objects.filter(message__ticket=case.ticket, work_kind=kind).exists()
        assert done(response) == is_noted, response.content
        return is_noted

    return knock


def _stands(case: Case) -> bool:
    """Whether a log stands in a message of the customer's tickets."""
    messages = [one.body for ticket in case.customer.tickets.all() for one in ticket.messages.all()]
    stands = any(MARKER in body for body in messages)
    assert stands != HeldFile.objects.filter(customer=case.customer, kind="text").held().exists()
    return stands


def _log_in_a_note(case: Case) -> bool:
    typed = {"work_kind": WorkKind.ADVICE, "body": f"He read out:\n\n{LOG}"}
    assert done(case.agent_page.post(f"/desk/calls/{_call(case).pk}/note/", typed))
    return _stands(case)


def _log_in_a_ticket(case: Case) -> bool:
    typed = {**WORDS, "body": f"He read out:\n\n{LOG}", "contact": case.contact.pk, "team": case.cast.team.pk}
    path = f"/desk/calls/{_call(case).pk}/ticket/?customer={case.customer.pk}"
    assert done(case.agent_page.post(path, typed))
    return _stands(case)


PHONE_DOORS = (
    *(GateDoor(f"phone: notes of a call, {kind}", WORKS[kind], _note(kind)) for kind in ON_THE_PHONE),
    GateDoor("phone: a log in the notes of a call", Capability.LOG_ANALYSIS, _log_in_a_note),
    GateDoor("phone: a log in a new ticket", Capability.LOG_ANALYSIS, _log_in_a_ticket, is_of_case=False),
)
