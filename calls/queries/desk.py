"""Calls as the desk shows them: the state of one's phone, lists, and one call with its timeline."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from calls.access import visible_calls
from calls.models import AgentPhone, Call, CallStep
from calls.queries.reporters import reporter_of
from calls.rules.phone_states import PhoneFact, phone_now
from calls.rules.wording import cause_words, words
from customers.models import Customer
from lib.phones import readable
from lib.spans import exact_length
from tickets.access import visible_tickets
from tickets.models import Ticket, TimeEntry

PAGE = 50
COUNT_CAP = 100
ON_TICKET = 5
STEPS_LIMIT = 500
State, Outcome = Call.State, Call.Outcome


@dataclass(frozen=True)
class OwnPhone:
    """One's own phone. `state`: as calls/rules/phone_states.py has it, or "dials"; `reason`: of a pause."""

    phone: AgentPhone
    state: str
    call: Call | None = None
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def may_be_freed(self) -> bool:
        """Whether "I am free" changes anything."""
        return self.state not in {"free", "rings", "dials", "off_duty"}


def phone_of(user: User) -> AgentPhone | None:
    """A person's phone with the call that claims it: two queries, since every page of the desk asks."""
    phone = AgentPhone.objects.filter(user_id=user.pk, system__is_active=True).order_by("pk").first()
    if phone is not None and phone.claimed_call_id is not None:
        wanted = ("holder", "customer", "contact")
        phone.claimed_call = Call.objects.select_related(*wanted).filter(pk=phone.claimed_call_id).first()
    return phone


def own_phone(user: User, now: datetime, language: str) -> OwnPhone | None:
    """What one's own phone does at this moment; None without one."""
    phone = phone_of(user)
    if phone is None:
        return None
    call = live_call(phone, now)
    is_talking = call is not None and call.state == State.CONNECTED
    fact = PhoneFact(
        is_on_duty=user.is_on_duty,
        presence=phone.presence,
        is_reachable=phone.device != AgentPhone.Device.UNREACHABLE,
        presence_since=phone.presence_since,
        claimed_since=(call.answered_at or call.arrived_at) if call else None,
        is_talking=is_talking,
        freed_at=phone.freed_at,
        wrap_up_until=phone.wrap_up_until,
    )
    found = phone_now(fact, now, contract_hold=0)
    is_dialling = call is not None and not is_talking and call.direction == Call.Direction.OUT
    return OwnPhone(
        phone=phone,
        state="dials" if is_dialling else str(found.state),
        call=call,
        reason=words("pause", phone.presence_reason, language) if phone.presence_reason else "",
        since=found.since,
        until=found.until,
    )


def live_call(phone: AgentPhone, now: datetime) -> Call | None:
    """The call that claims a phone, while its claim holds and the call goes on."""
    call = phone.claimed_call
    if call is None or phone.claim_until is None or phone.claim_until < now:
        return None
    return None if call.state == State.ENDED else call


def customer_of(call: Call) -> Customer | None:
    """Whose call it is: on a service number its customer, else the one whose number the other end has."""
    return reporter_of(call).customer


def other_number(call: Call) -> str:
    """The number that is not ours, as people read it."""
    number = call.to_number if call.direction == Call.Direction.OUT else call.from_number
    return readable(number) if number else ""


def caller_name(call: Call) -> str:
    """Whoever is at the other end: the person, the organisation, the number, or that nobody knows."""
    if call.contact is not None:
        return call.contact.name
    if call.customer is not None:
        return call.customer.name
    return other_number(call) or _("unknown number")


def end_in_words(call: Call) -> str:
    """How it stands with a call: its end, or what happens just now."""
    if call.state != State.ENDED:
        return str(call.get_state_display())
    return str(call.get_outcome_display()) if call.outcome else str(_("ended"))


# What an answered call may still lack.
TO_ASSIGN = {"state": State.ENDED, "outcome": Outcome.ANSWERED, "ticket__isnull": True, "no_ticket_why": ""}


def to_assign(user: User) -> QuerySet[Call]:
    """Answered calls that have no ticket yet: one's own, and for leads everybody's."""
    calls = Call.objects.filter(**TO_ASSIGN)
    return calls if user.is_lead else calls.filter(phone__user=user)


def count_to_assign(user: User) -> int:
    """How many of them, up to a cap."""
    return to_assign(user).order_by()[:COUNT_CAP].count()


@dataclass(frozen=True)
class CallRow:
    """A line of a list of calls."""

    pk: int
    is_outgoing: bool
    who: str
    number: str
    customer: str
    line: str
    line_label: str
    outcome: str
    outcome_label: str
    is_missed: bool
    agent: str
    ticket: str
    voicemail_ticket: str
    has_ticket: bool
    no_ticket_why: str
    arrived_at: datetime
    waited: str
    talked: str


MISSED = {Outcome.BUSY, Outcome.ABANDONED, Outcome.LOST}


_OF_A_ROW = (
    "holder",
    "customer",
    "contact",
    "phone__user",
    "ticket",
    "voicemail__ticket",
)


def row_of(call: Call, readable_tickets: Collection[int]) -> CallRow:
    """One call as a line, its relations being loaded; tickets that are not readable stay unnamed."""
    customer, who = customer_of(call), caller_name(call)
    voicemail = getattr(call, "voicemail", None)
    number = other_number(call)
    return CallRow(
        pk=call.pk,
        is_outgoing=call.direction == Call.Direction.OUT,
        who=who,
        number="" if number == who else number,
        customer=customer.name if customer and customer.name != who else "",
        line=call.line,
        line_label=str(call.get_line_display()),
        outcome=call.outcome or call.state,
        outcome_label=end_in_words(call),
        is_missed=call.outcome in MISSED,
        agent=call.phone.user.display_name if call.phone else "",
        ticket=_number_of(call.ticket, readable_tickets),
        voicemail_ticket=_number_of(voicemail.ticket if voicemail else None, readable_tickets),
        has_ticket=call.ticket_id is not None,
        no_ticket_why=call.no_ticket_why,
        arrived_at=call.arrived_at,
        waited=exact_length(call.waited_seconds),
        talked=exact_length(call.talked_seconds) if call.talked_seconds else "",
    )


def _number_of(ticket: Ticket | None, readable_tickets: Collection[int]) -> str:
    return ticket.number if ticket is not None and ticket.pk in readable_tickets else ""


def rows_of(calls: Sequence[Call], user: User) -> list[CallRow]:
    """Calls as lines for one reader; one query more, for which of their tickets they read."""
    found = [pk for call in calls for pk in (call.ticket_id, _voicemail_ticket(call)) if pk is not None]
    readable_tickets = set(visible_tickets(user).filter(pk__in=found).values_list("pk", flat=True))
    return [row_of(call, readable_tickets) for call in calls]


def _voicemail_ticket(call: Call) -> int | None:
    voicemail = getattr(call, "voicemail", None)
    return voicemail.ticket_id if voicemail else None


def calls_of_ticket(ticket: Ticket) -> list[CallRow]:
    """The latest calls of a ticket."""
    calls = Call.objects.filter(ticket=ticket).select_related(*_OF_A_ROW).order_by("-arrived_at", "-id")
    return [row_of(call, {ticket.pk}) for call in calls[:ON_TICKET]]


LISTS = ("mine", "assign", "all")


def calls_for(user: User, which: str, outcome: str = "") -> QuerySet[Call]:
    """The calls of a list, latest first. `outcome`: only those that ended like that; "open": not over."""
    if which == "assign":
        calls = to_assign(user)
    elif which == "all":
        calls = visible_calls(user)
    else:
        calls = Call.objects.filter(phone__user=user)
    if outcome == "open":
        calls = calls.exclude(state=State.ENDED)
    elif outcome in Outcome.values:
        calls = calls.filter(outcome=outcome)
    return calls.select_related(*_OF_A_ROW).order_by("-arrived_at", "-id").distinct()


def page_of(calls: QuerySet[Call], user: User, before: int | None) -> tuple[list[CallRow], int | None]:
    """A page of a list that goes on after the call `before`; and the id to go on from, None at the end."""
    if before is not None:
        last = Call.objects.filter(pk=before).values_list("arrived_at", flat=True).first()
        if last is not None:
            calls = calls.filter(arrived_at__lte=last).exclude(arrived_at=last, pk__gte=before)
    found = list(calls[: PAGE + 1])
    return rows_of(found[:PAGE], user), found[PAGE - 1].pk if len(found) > PAGE else None


@dataclass(frozen=True)
class Happening:
    """One line of a call's timeline; `count`: how often it was said in a row."""

    at: datetime
    what: str
    why: str
    count: int = 1


def timeline(call: Call, language: str) -> list[Happening]:
    """What happened to a call, in words; what repeats itself is said once."""
    lines: list[Happening] = []
    steps = (
        CallStep.objects.filter(call=call).order_by("at", "id").values_list("at", "event", "rule", "response")
    )
    for at, event, rule, response in steps[:STEPS_LIMIT]:
        what = words("event", event, language)
        why = words("rule", rule, language, **_place(response)) if rule else ""
        if lines and (lines[-1].what, lines[-1].why) == (what, why):
            lines[-1] = Happening(lines[-1].at, what, why, lines[-1].count + 1)
        else:
            lines.append(Happening(at, what, why))
    if call.ended_at is not None:
        why = cause_words(call.cause, language) if call.cause else ""
        lines.append(Happening(call.ended_at, end_in_words(call).capitalize(), why))
    return lines


def _place(response: object) -> dict[str, int]:
    place = response.get("position") if isinstance(response, dict) else None
    return {"position": place} if isinstance(place, int) and place else {}


def minutes_entered(call: Call, user: User) -> int:
    """How many minutes this person has entered on the call's ticket for the time of the conversation."""
    if call.ticket_id is None or call.answered_at is None or call.ended_at is None:
        return 0
    entries: Sequence[TimeEntry] = list(
        TimeEntry.objects.filter(
            ticket=call.ticket_id, agent=user, started_at__lt=call.ended_at, ended_at__gt=call.answered_at
        ).standing()
    )
    return sum(entry.minutes for entry in entries)
