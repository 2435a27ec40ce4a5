"""Tickets that calls become: opened through the tickets' own door, ranked by their customer's standing."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.utils.timezone import localtime

from accounts.queries.company import firm
from calls.models import Call, CallPolicy
from calls.queries.reporters import Reporter
from calls.rules.ticket_wording import words
from contracts.queries import company_zone
from customers.actions import customers
from customers.models import Customer
from lib.phones import readable
from tickets.actions.opening import open_ticket
from tickets.models import Ticket


def open_for(
    *,
    reporter: Reporter,
    subject: str,
    sentences: Sequence[str],
    caller: str,
    called_at: datetime,
    files: Sequence[ContentFile[bytes]] = (),
) -> Ticket:
    """A ticket of now, with the place of when they called. `subject`: a code of calls.rules.ticket_wording.

    `caller`: in E.164, or "" where it was not sent. The caller holds Lock.CALL_CHORES.
    """
    language = reporter.language
    return open_ticket(
        customer=reporter.customer or nobody_known(),
        contact=reporter.contact,
        subject=words(subject, language, who=_who(reporter, caller)),
        body="\n".join([*sentences, caller_sentence(caller, language)]),
        by=None,
        channel=Ticket.Channel.PHONE,
        files=files,
        arrived_at=called_at,
    )


def _who(reporter: Reporter, caller: str) -> str:
    if reporter.name:
        return reporter.name
    return readable(caller) if caller else words("who.withheld", reporter.language)


def caller_sentence(caller: str, language: str) -> str:
    """How to call back, and that the number proves nothing."""
    if not caller:
        return words("caller.withheld", language)
    return words("caller.number", language, caller=readable(caller))


def call_sentence(code: str, language: str, *, dialled: str, called_at: datetime, **params: str) -> str:
    """When they called, and where: `dialled` in E.164, or "" where that is not known."""
    moment = localtime(called_at, company_zone())
    number = readable(dialled) if dialled else ""
    return words(code, language, dialled=number, called_at=moment, **params)


def give(*, call: Call, ticket: Ticket) -> None:
    """Say which ticket a call became, unless somebody has just said which it is about.

    Its row is locked last: whoever files a ticket by hand locks the customer's first, too.
    """
    Call.objects.filter(pk=call.pk, ticket__isnull=True).update(ticket=ticket)
    call.ticket = ticket


def nobody_known() -> Customer:
    """The customer under whom tickets of unknown callers are filed, until somebody says whose they are.

    Made when it is needed first; admins may rename it or name another one in the rules of the phone.
    """
    policy = CallPolicy.objects.filter(pk=1).select_related("unknown_callers").first()
    if policy is not None and policy.unknown_callers is not None:
        return policy.unknown_callers
    name = words("who.nobody", firm().language)
    found = Customer.objects.filter(name=name).first()
    customer = found or customers.save(customer=Customer(name=name), by=None)
    CallPolicy.objects.update_or_create(pk=1, defaults={"unknown_callers": customer})
    return customer
