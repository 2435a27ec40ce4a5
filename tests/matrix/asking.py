"""What is asked without an address of the URL map: event streams, and actions called past every door.

Actions decide for themselves, since what a page has loaded may be somebody else's by the time they act.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.http import Http404
from django.utils import timezone

from accounts.models import User
from contracts.actions import directory, directory_notices, processing_rights
from customers.access import NotTheirs
from customers.actions import colleagues, invitations
from customers.models import Contact
from mail.queries.letters import NotOwed
from mail.queries.ticket_letters import ticket_letter
from privacy.actions import holds, jobs
from tests.factories.prices import make_service
from tests.matrix.consents import given
from tests.matrix.table import Row
from tests.matrix.world import Thing, World
from tickets.access import Denied
from tickets.actions import (
    assigning,
    calls,
    checklist,
    consents,
    moving,
    opening,
    progressing,
    rating,
    replying,
    time_booking,
    timers,
)
from tickets.actions.calls import Call
from tickets.actions.time_booking import Work
from tickets.models import Delivery, Ticket
from tickets.rules.lifecycle import Verb
from tickets.views import events

Asked = Callable[[Row, Thing, Any, World], str]


def _stream(row: Row, thing: Thing, visitor: Any, _world: World) -> str:
    """Open a stream; `deed` is the topic, or the thing's ticket."""
    topic = row.deed or f"ticket:{thing.parts['number']}"
    try:
        # The stream's thread looks after its connection; here that is the one which holds the whole world.
        with patch.object(events, "close_old_connections"):
            events.subscription_for(visitor.session_key, [topic])
    except events.NotSignedIn:
        return "401"
    except Http404:
        return "404"
    return "yes"


def _action(act: Callable[[Ticket, User, World], object]) -> Asked:
    """An action on a ticket by this person; nobody in particular is the product itself and may."""

    def ask(_row: Row, thing: Thing, visitor: Any, world: World) -> str:
        if visitor.user is None:
            return "–"
        try:
            act(Ticket.objects.get(pk=thing.row.pk), User.objects.get(pk=visitor.user.pk), world)
        except Denied:
            return "denied"
        return "yes"

    return ask


def _with_row(act: Callable[[Any, User], object]) -> Asked:
    """An action on the row of a thing by this person."""

    def ask(_row: Row, thing: Thing, visitor: Any, _world: World) -> str:
        if visitor.user is None:
            return "–"
        try:
            act(type(thing.row).objects.get(pk=thing.row.pk), User.objects.get(pk=visitor.user.pk))
        except (Denied, NotTheirs):
            return "denied"
        return "yes"

    return ask


def _enter(ticket: Ticket, by: User, _world: World) -> object:
    until = timezone.now() - timedelta(hours=9)
    service = make_service("remote")
    work = Work(work_kind="advice", service=service, started_at=until - timedelta(minutes=5), ended_at=until)
    return time_booking.enter(ticket=ticket, work=work, by=by)


def _customer_reply(ticket: Ticket, by: User, world: World) -> object:
    assert ticket.contact is not None
    return replying.customer_reply(ticket=ticket, body="more", contact=ticket.contact, by=by)


def _pin(ticket: Ticket, by: User, world: World) -> object:
    until = timezone.now() + timedelta(days=1)
    return rating.pin(ticket=ticket, by=by, reason="why", expires_at=until)


def _backdate(ticket: Ticket, by: User, world: World) -> object:
    return opening.open_ticket(
        customer=ticket.customer, subject="s", body="b", by=by, arrived_at=timezone.now() - timedelta(days=9)
    )


def _with_contact(act: Callable[[Contact, User], object]) -> Asked:
    """An action on a contact's access by this person."""

    def ask(_row: Row, thing: Thing, visitor: Any, _world: World) -> str:
        if visitor.user is None:
            return "–"
        contact = Contact.objects.get(pk=thing.row.pk) if thing.row else Contact()
        try:
            act(contact, User.objects.get(pk=visitor.user.pk))
        except NotTheirs:
            return "denied"
        return "yes"

    return ask


def _letter(_row: Row, thing: Thing, visitor: Any, world: World) -> str:
    """Whether a mail about this ticket is written to this contact: asked when it is sent."""
    contact = world.contacts.get(visitor.name)
    if contact is None:
        return "–"
    mail = Delivery.objects.get(pk=thing.row.pk)
    mail.contact = Contact.objects.get(pk=contact.pk)
    try:
        ticket_letter(mail)
    except NotOwed:
        return "denied"
    return "ok"


ASKED: dict[str, Asked] = {
    "ticket_letters.ticket_letter()": _letter,
    "/events/": _stream,
    "progressing.progress()": _action(
        lambda ticket, by, world: progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=by)
    ),
    "replying.customer_reply()": _action(_customer_reply),
    "replying.reply()": _action(lambda ticket, by, world: replying.reply(ticket=ticket, body="x", by=by)),
    "replying.note()": _action(lambda ticket, by, world: replying.note(ticket=ticket, body="x", by=by)),
    "rating.set_severity()": _action(
        lambda ticket, by, world: rating.set_severity(
            ticket=ticket, severity=Ticket.Severity.CRITICAL, by=by, reason="why"
        )
    ),
    "rating.pin()": _action(_pin),
    "assigning.release()": _action(lambda ticket, by, world: assigning.release(ticket=ticket, by=by)),
    "moving.rename()": _action(lambda ticket, by, world: moving.rename(ticket=ticket, subject="New", by=by)),
    "moving.move_to_team()": _action(
        lambda ticket, by, world: moving.move_to_team(ticket=ticket, team=world.teams["other"], by=by)
    ),
    "moving.change_customer()": _action(
        lambda ticket, by, world: moving.change_customer(ticket=ticket, customer=world.customers["B"], by=by)
    ),
    "opening.open_ticket()": _action(_backdate),
    "time_booking.enter()": _action(_enter),
    "time_booking.override()": _with_row(
        lambda entry, by: time_booking.override(entry=entry, outcome="covered", reason="why", by=by)
    ),
    "time_booking.void()": _with_row(lambda entry, by: time_booking.void(entry=entry, reason="why", by=by)),
    "jobs.ask_export()": _with_row(lambda contact, by: jobs.ask_export(contact=contact, by=by)),
    "jobs.ask_own_export()": _with_row(lambda contact, by: jobs.ask_own_export(contact=contact, by=by)),
    "jobs.ask_erasure()": _with_row(
        lambda contact, by: jobs.ask_erasure(contact=contact, parts=["bodies"], by=by)
    ),
    "holds.hold()": _with_row(lambda contact, by: holds.hold(contact=contact, reason="why", by=by)),
    "directory.discard_draft()": _with_row(lambda draft, by: directory.discard_draft(version=draft, by=by)),
    "directory_notices.acknowledge()": _with_row(
        lambda told, by: directory_notices.acknowledge(notice=told, by=by)
    ),
    "processing_rights.settle_instruction()": _with_row(
        lambda given, by: processing_rights.settle_instruction(instruction=given, outcome="x", by=by)
    ),
    "timers.start()": _action(lambda ticket, by, world: timers.start(ticket=ticket, by=by)),
    "timers.discard()": _with_row(lambda timer, by: timers.discard(timer=timer, by=by)),
    "checklist.add()": _action(
        lambda ticket, by, world: checklist.add(ticket=ticket, text="x", work_kind="advice", by=by)
    ),
    "checklist.tick()": _with_row(lambda step, by: checklist.tick(item=step, is_done=True, by=by)),
    "checklist.move()": _with_row(lambda step, by: checklist.move(item=step, is_up=True, by=by)),
    "checklist.remove()": _with_row(lambda step, by: checklist.remove(item=step, by=by)),
    "consents.name_subject()": _action(
        lambda ticket, by, world: consents.name_subject(ticket=ticket, name="x", by=by)
    ),
    "consents.confirm_list()": _action(lambda ticket, by, world: consents.confirm_list(ticket=ticket, by=by)),
    "consents.reopen_list()": _action(lambda ticket, by, world: consents.reopen_list(ticket=ticket, by=by)),
    "consents.remove_subject()": _with_row(lambda person, by: consents.remove_subject(subject=person, by=by)),
    "consents.record_consent()": _with_row(
        lambda person, by: consents.record_consent(subject=person, given=given("mail"), by=by)
    ),
    "consents.record_consent() in the portal": _with_row(
        lambda person, by: consents.record_consent(
            subject=person, given=given("portal", "remote_session", how="portal"), by=by
        )
    ),
    "consents.withdraw_consent()": _with_row(
        lambda consent, by: consents.withdraw_consent(consent=consent, note="x", by=by)
    ),
    "calls.note_call()": _action(
        lambda ticket, by, world: calls.note_call(
            ticket=ticket, call=Call(called_at=timezone.now() - timedelta(minutes=1), body="x"), by=by
        )
    ),
    "colleagues.set_rights()": _with_contact(
        lambda contact, by: colleagues.set_rights(
            contact=contact, sees_company_tickets=True, is_company_admin=True, by=by
        )
    ),
    "colleagues.withdraw()": _with_contact(lambda contact, by: colleagues.withdraw(contact=contact, by=by)),
    "colleagues.invite_again()": _with_contact(
        lambda contact, by: colleagues.invite_again(contact=contact, by=by)
    ),
    "colleagues.invite()": _with_contact(
        lambda contact, by: colleagues.invite(
            name="N", email="n@a-zq.example", language="de", sees_company_tickets=False, by=by
        )
    ),
    "invitations.invite_contact()": _with_contact(
        lambda contact, by: invitations.invite_contact(contact=contact, by=by)
    ),
}
"""By the name that stands in the table."""
