"""Letting the story's people write down what is to be done on a ticket, and a call about it."""

from datetime import datetime, timedelta

from tickets.actions import calls, checklist
from tickets.actions.calls import Call
from tickets.management.demo_story.replay import Cast
from tickets.models import Ticket

NOTED_ON = "brandl"
STEPS = (
    ("Messzeiten mit dem Ansprechpartner vereinbaren", "advice", True),
    ("Anmeldung per Fernwartung nachstellen", "remote", False),
    ("Profilverwaltung aktualisieren", "installation", False),
)
SAID = "Betrifft heute nur noch drei Kollegen, immer vor acht Uhr. Zurückrufen nach 14 Uhr."


def note(cast: Cast, at: datetime) -> None:
    """A checklist and a call on the customer's latest ticket that somebody has in hand, if there is one."""
    found = Ticket.objects.in_hands().filter(customer=cast.customers[NOTED_ON]).select_related("assignee")
    ticket = found.order_by("-pk").first()
    if ticket is None or ticket.assignee is None:
        return
    for text, kind, is_done in STEPS:
        step = checklist.add(ticket=ticket, text=text, work_kind=kind, by=ticket.assignee, at=at)
        if is_done:
            checklist.tick(item=step, is_done=True, by=ticket.assignee, at=at)
    call = Call(called_at=at - timedelta(minutes=40), body=SAID, minutes=6, contact=ticket.contact)
    calls.note_call(ticket=ticket, call=call, by=ticket.assignee, at=at)
