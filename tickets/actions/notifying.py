"""Writing the mail that a change owes into the outbox, in the transaction of the change.

Only what happens now is told. Whoever hands an action a moment of their own (`at`) records what happened
elsewhere: an importer, the demo story.

That a ticket was taken is told by a sweep: a claim is one statement for which everybody waits, and what its
agent says within minutes makes that mail needless.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from customers.models import Contact
from lib.mail_ids import new_mail_id
from lib.waking import wake
from tickets.actions.rowwise import each
from tickets.models import ApprovalRequest, Assignment, Delivery, Message, Ticket
from tickets.queries.mutes import is_muted
from tickets.rules import notifying
from tickets.rules.lifecycle import Verb
from tickets.rules.notifying import Holding, Reader
from tickets.rules.ranking import severity_name

RECEIPTS_COUNTED = timedelta(hours=1)
MAX_REASON = 1_000


def tell_of_opening(ticket: Ticket, message: Message, *, at: datetime) -> None:
    """A receipt to the contact, if one is owed."""
    contact = ticket.contact
    if contact and notifying.owed_for_opening(
        _reader(ticket, contact),
        channel=ticket.channel,
        is_old=notifying.is_old_news(ticket.arrived_at, at),
        receipts_lately=_receipts_lately(contact, at),
    ):
        _lay(Delivery.Kind.RECEIPT, ticket, contact, at=at, message=message)


def tell_of_message(ticket: Ticket, message: Message, *, then: Verb | None = None) -> None:
    """The message to the contact, if it is for them; the step `then` is told in the same mail."""
    contact = ticket.contact
    if contact and notifying.owed_for_message(
        _reader(ticket, contact), is_internal=message.is_internal, is_from_customer=message.is_from_customer
    ):
        params = {"verb": then.value} if then in notifying.NEWS else {}
        _lay(Delivery.Kind.REPLY, ticket, contact, at=message.at, message=message, params=params)


def tell_of_step(
    ticket: Ticket, verb: Verb, *, by: User | None, at: datetime, until: datetime | None = None
) -> None:
    """The new status to the contact, unless they set it themselves."""
    contact = ticket.contact
    if contact and notifying.owed_for_step(_reader(ticket, contact, by), verb):
        params = {"verb": verb.value}
        if until is not None and verb == Verb.SCHEDULE:
            params["until_at"] = until.isoformat()
        _lay(Delivery.Kind.STATUS, ticket, contact, at=at, params=params)


def tell_of_severity(ticket: Ticket, *, before: int, why: str, by: User, at: datetime) -> None:
    """Another severity to the contact, with its reason."""
    contact = ticket.contact
    after = ticket.severity
    if contact and notifying.owed_for_severity(_reader(ticket, contact, by), before=before, after=after):
        params = {"old": severity_name(before), "new": severity_name(after), "why": why.strip()[:MAX_REASON]}
        _lay(Delivery.Kind.SEVERITY, ticket, contact, at=at, params=params)


def tell_of_approval(request: ApprovalRequest, *, at: datetime) -> None:
    """The price of the work to whoever is asked to approve it; its link is made when it is sent."""
    contact = request.contact
    if contact and notifying.owed_for_approval(_reader(request.ticket, contact)):
        params = {"approval": str(request.pk)}
        _lay(Delivery.Kind.APPROVAL, request.ticket, contact, at=at, params=params)


def tell_of_holders(*, at: datetime | None = None) -> int:
    """Tell contacts who has their ticket, where that is news by now. Returns how many mails are laid."""
    now = at or timezone.now()
    taken = (now - notifying.TAKEN_UNTIL, now - notifying.TAKEN_AFTER)
    held = Assignment.objects.filter(until__isnull=True, at__range=taken, ticket__contact__isnull=False)
    due = held.filter(ticket__status=Ticket.Status.OPEN).order_by("pk")
    ids = list(due.values_list("pk", flat=True))
    return each(ids, lambda pk: _tell_of_holder(pk, now), work="holders")


@transaction.atomic
def _tell_of_holder(assignment_id: int, at: datetime) -> bool:
    rows = Assignment.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "agent", "ticket__customer", "ticket__contact"
    )
    held = rows.filter(pk=assignment_id, until__isnull=True).first()
    if held is None or held.ticket.contact is None:
        return False
    ticket, contact = held.ticket, held.ticket.contact
    mails = Delivery.objects.filter(ticket=ticket, contact=contact)
    told = mails.filter(kind=Delivery.Kind.TAKEN).order_by("pk").last()
    holding = Holding(
        taken_at=held.at,
        recorded_at=held.recorded_at,
        told_at=told.created_at if told else None,
        is_heard_since=mails.filter(created_at__gte=held.at).exclude(kind=Delivery.Kind.RECEIPT).exists(),
    )
    if not notifying.owed_for_holding(_reader(ticket, contact), holding, at):
        return False
    _lay(Delivery.Kind.TAKEN, ticket, contact, at=at, params={"agent": held.agent.display_name})
    return True


def _receipts_lately(contact: Contact, at: datetime) -> int:
    receipts = Delivery.objects.filter(contact=contact, kind=Delivery.Kind.RECEIPT)
    return receipts.filter(created_at__gt=at - RECEIPTS_COUNTED).count()


def _reader(ticket: Ticket, contact: Contact, by: User | None = None) -> Reader:
    return Reader(
        has_address=bool(contact.email),
        is_active=contact.is_active and ticket.customer.is_active,
        did_it=by is not None and contact.user_id == by.pk,
        wish=contact.mail_steps,
        is_muted=is_muted(ticket, contact),
    )


def _lay(
    kind: Delivery.Kind,
    ticket: Ticket,
    contact: Contact,
    *,
    at: datetime,
    message: Message | None = None,
    params: dict[str, str] | None = None,
) -> None:
    Delivery.objects.create(
        kind=kind,
        ticket=ticket,
        contact=contact,
        message=message,
        params=params or {},
        mail_id=new_mail_id("ticket", ticket.pk),
        created_at=at,
        next_attempt_at=at,
    )
    wake("mail.deliver")
