"""What an agent sees of a call while it rings, before anybody has picked it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from calls.models import AgentPhone, Call
from calls.queries.desk import TO_ASSIGN, caller_name, customer_of, live_call, other_number
from customers.models import Customer
from lib.phones import readable
from tickets import access
from tickets.models import Ticket
from tickets.queries.case import StandingWords, standing_in_words
from tickets.queries.desk import load_levels, say
from tickets.queries.gate_cards import GateCard, gates_for_agents

TICKETS_LIMIT = 6
NOTES = timedelta(minutes=2)
"""For so long at least a call stays in sight after its end, if nobody has said what becomes of it."""


@dataclass(frozen=True)
class Caller:
    """Whoever is at the other end, and what is known of them.

    `tickets`: open ones, each with its state in words. `is_other`: the caller's number is another customer's
    than the dialled one. `ticket`: the call's, if this reader may read it.
    """

    name: str
    number: str
    dialled: str
    customer: Customer | None
    standing: StandingWords | None
    step: int
    gates: GateCard | None
    tickets: Sequence[tuple[Ticket, str]]
    more_tickets: bool
    is_other: bool
    ticket: Ticket | None


def popped_call(phone: AgentPhone, now: datetime) -> Call | None:
    """The call that pops up: the one that rings or is talked on, else the last one while it is unfinished."""
    live = live_call(phone, now)
    if live is not None:
        return live
    until = phone.wrap_up_until
    if until is None or until < now:
        return None
    wanted = ("holder", "customer", "contact", "ticket")
    recent = Call.objects.filter(phone=phone, ended_at__gte=now - NOTES, **TO_ASSIGN)
    return recent.select_related(*wanted).order_by("-ended_at").first()


def caller_of(
    call: Call, user: User, *, language: str, now: datetime, chosen: Customer | None = None
) -> Caller:
    """Everything about a caller that helps to greet them; tickets as far as this person reads them.

    `chosen`: the customer whom the agent says it was, whatever the numbers tell.
    """
    known = customer_of(call)
    customer = chosen or known
    is_somebody_else = customer is not None and customer.pk not in {known and known.pk, call.customer_id}
    tickets = _open_tickets(user, customer) if customer else []
    standing = standing_in_words(customer, language=language, now=now) if customer else None
    return Caller(
        name=(other_number(call) or _("unknown number")) if is_somebody_else else caller_name(call),
        number=other_number(call),
        dialled=readable(call.to_number) if call.to_number else "",
        customer=customer,
        standing=standing,
        step=load_levels().step(standing.level_id) if standing else 0,
        gates=gates_for_agents(customer.pk, now, language=language) if customer else None,
        tickets=[(one, say(f"status.{one.status}", language)) for one in tickets[:TICKETS_LIMIT]],
        more_tickets=len(tickets) > TICKETS_LIMIT,
        ticket=call.ticket if call.ticket and _reads(user, call.ticket) else None,
        is_other=bool(customer and call.customer_id and call.customer_id != customer.pk),
    )


def _reads(user: User, ticket: Ticket) -> bool:
    return access.visible_tickets(user).filter(pk=ticket.pk).exists()


def _open_tickets(user: User, customer: Customer) -> list[Ticket]:
    """Unfinished tickets of a customer that this person reads, in the order of the queue."""
    tickets = access.visible_tickets(user).unsettled().filter(customer=customer)
    ranked = tickets.exclude(status=Ticket.Status.SOLVED).select_related("assignee").in_rank_order()
    return list(ranked[: TICKETS_LIMIT + 1])
