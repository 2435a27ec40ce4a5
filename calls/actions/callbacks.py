"""Call-back tickets: whoever found a service number busy is called back, in the band of its agreement."""

from datetime import timedelta

from django.db.models import QuerySet

from calls.actions import filing, notes_on_tickets
from calls.models import Call, CallChore, Voicemail
from calls.queries.reporters import Reporter, reporter_of
from tickets.models import Ticket

AGAIN = timedelta(hours=12)
"""Who calls again while the call-back waits is noted on it. After so long it is another matter."""
MOST_OPEN = 10
"""So many call-backs of one number may wait: whoever dials it from ever new numbers floods no queue."""


def file(*, call: Call, code: str = "") -> Ticket | None:
    """Open the call-back ticket of a call, or note the call on the one that waits.

    `code`: what is said of it, a code of calls.rules.ticket_wording. None where its voicemail becomes the
    ticket. Again it does nothing. The caller holds Lock.CALL_CHORES.
    """
    if call.ticket is not None:
        return call.ticket
    if not code and Voicemail.objects.filter(call=call).exists():
        return None
    reporter = reporter_of(call)
    ticket = _waiting(call, reporter)
    if ticket is not None:
        notes_on_tickets.called_again(call=call, ticket=ticket)
    else:
        ticket = _open(call, reporter, code)
    filing.give(call=call, ticket=ticket)
    return ticket


def _open(call: Call, reporter: Reporter, code: str) -> Ticket:
    said = code or ("call.busy" if call.outcome == Call.Outcome.BUSY else "call.missed")
    sentence = filing.call_sentence(
        said, reporter.language, dialled=call.to_number, called_at=call.arrived_at
    )
    return filing.open_for(
        reporter=reporter,
        subject="subject.callback",
        sentences=[sentence],
        caller=call.from_number,
        called_at=call.arrived_at,
    )


def note_talk(*, call: Call) -> None:
    """Note on the call-back that waits for a caller that they were put through since."""
    if call.direction == Call.Direction.IN and call.line == Call.Line.CONTRACT and call.from_number:
        before = _near(call, reporter_of(call)).filter(arrived_at__lte=call.arrived_at)
        theirs = before.filter(from_number=call.from_number).first()
        notes_on_tickets.talked(call=call, ticket=theirs.ticket if theirs else None)


def _waiting(call: Call, reporter: Reporter) -> Ticket | None:
    """The call-back that waits for the same caller on the same number; where too many wait, the newest."""
    rows = list(_near(call, reporter))
    theirs = next((row for row in rows if row.from_number == call.from_number), None)
    if theirs is None and len({row.ticket_id for row in rows}) >= MOST_OPEN:
        theirs = rows[0]
    return theirs.ticket if theirs else None


def _near(call: Call, reporter: Reporter) -> QuerySet[Call]:
    """The calls on the same number whose call-back waits, the newest first.

    A later one may have been filed first: several workers do it in any order.
    """
    near = Call.objects.filter(
        chores__kind=CallChore.Kind.CALLBACK,
        to_number=call.to_number,
        ticket__customer=reporter.customer,
        ticket__isnull=False,
        ticket__status=Ticket.Status.OPEN,
        arrived_at__gt=call.arrived_at - AGAIN,
        arrived_at__lt=call.arrived_at + AGAIN,
    )
    return near.exclude(pk=call.pk).select_related("ticket").order_by("-arrived_at", "-pk")
