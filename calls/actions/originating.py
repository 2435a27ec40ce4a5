"""Click-to-call: the telephone system rings the agent's own phone, then the number.

The call's row and the claim of the phone are there before the telephone system is asked, under the id that
its channel is given; so whatever it tells about the call finds them, and nobody else rings this phone.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions import auditing
from accounts.models import User
from calls.actions import announcing, claiming, ending
from calls.actions.stepping import keep
from calls.gateways import ari
from calls.models import AgentPhone, Call, PhoneSystem, ServiceNumber
from calls.queries import callers
from calls.queries.outgoing import NotDialled, number_to_dial
from calls.rules.peers import PeerEvent, Told
from calls.rules.telephony import is_phone_of_the_system
from contracts.queries.renewals import today_at
from tickets.access import require, visible_tickets
from tickets.models import Ticket

CONTEXT = "vorrang-originate"
"""Of docs/telephony/asterisk/extensions_vorrang.conf: dials the extension when the agent has answered."""
RING_SECONDS = 30
"""The agent's own phone rings this long; the other one for a minute (the dialplan's)."""
RINGS_AT_MOST = timedelta(seconds=RING_SECONDS + 60)
A_MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 6
NOT_BEGUN = "not_begun"

log = structlog.get_logger(__name__)


class CannotCall(Exception):
    """`why`: a code of calls.rules.wording ("outgoing.…")."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Wish:
    """Who calls whom from where; `number`, `shown`: E.164."""

    phone: AgentPhone
    number: str
    shown: str
    by: User
    ticket: Ticket | None


def can_originate(phone: AgentPhone) -> bool:
    """Whether this phone's system dials for us (whether it is free is seen when it is tried)."""
    return not _why_not_from(phone)


def originate(
    *, phone: AgentPhone, number: str, by: User, ticket: Ticket | None = None, at: datetime | None = None
) -> Call:
    """Ring one's own phone, then the number (as people write it). Call it outside of a transaction.

    Returns the call, which rings. Errors: CannotCall; Denied for a ticket that this person may not see.
    """
    at = at or timezone.now()
    dialled = _checked(phone, number, by)
    require(allowed=ticket is None or visible_tickets(by).filter(pk=ticket.pk).exists())
    wish = _Wish(phone, dialled, _number_shown(phone.system, at), by, ticket)
    call = _begin(wish, at)
    try:
        _ring(wish, call)
    except (ari.Unreachable, ari.NotThere) as error:
        log.warning("call_not_begun", call=call.pk, why=str(error))
        _give_up(phone.system, call, at)
        raise CannotCall("pbx_failed") from error
    return call


def _checked(phone: AgentPhone, number: str, by: User) -> str:
    """The number in E.164 form. Error: CannotCall."""
    if phone.user_id != by.pk or not (by.is_active and by.is_agent):
        raise CannotCall("not_yours")
    if why := _why_not_from(phone):
        raise CannotCall(why)
    system = phone.system
    try:
        dialled = number_to_dial(number, region=system.region, area_code=system.area_code)
    except NotDialled as error:
        raise CannotCall(error.why) from error
    if ServiceNumber.objects.filter(number=dialled).exists():
        raise CannotCall("own_number")
    return dialled


def _why_not_from(phone: AgentPhone) -> str:
    system = phone.system
    if not (system.is_active and system.kind == PhoneSystem.Kind.ASTERISK and ari.is_known(system)):
        return "no_link"
    if not is_phone_of_the_system(phone.dial_target):
        return "phone_elsewhere"
    return "phone_unreachable" if phone.device == AgentPhone.Device.UNREACHABLE else ""


def _number_shown(system: PhoneSystem, at: datetime) -> str:
    """The public number, which whoever is called sees; "" where there is none: the trunk's own."""
    day = today_at(at)
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    not_over = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    numbers = ServiceNumber.objects.filter(begun, not_over, system=system, kind=ServiceNumber.Kind.PUBLIC)
    return numbers.values_list("number", flat=True).order_by("pk").first() or ""


@transaction.atomic
def _begin(wish: _Wish, at: datetime) -> Call:
    """The call's row, with the phone claimed for it. Error: CannotCall for a phone that is taken."""
    # Locked first, so that two clicks are counted one after the other.
    phone = AgentPhone.objects.select_for_update(of=("self",)).get(pk=wish.phone.pk)
    _check_rate(phone, at)
    call = _row(wish, at)
    until = at + RINGS_AT_MOST + claiming.RING_GRACE
    if not claiming.claim_own(phone_id=phone.pk, call=call, until=until, at=at):
        raise CannotCall("phone_taken")
    keep(call=call, asked=_told(wish, call), answer={"ok": True}, at=at)
    details = {"ticket": wish.ticket.number} if wish.ticket else {}
    auditing.record(by=wish.by, verb="call.originated", what=call, at=at, details=details)
    announcing.changed(phone.pk)
    return call


def _row(wish: _Wish, at: datetime) -> Call:
    known = callers.known_by(wish.number)
    return Call.objects.create(
        system=wish.phone.system,
        external_id=f"vorrang-{uuid4().hex}",
        direction=Call.Direction.OUT,
        from_text=wish.shown,
        from_number=wish.shown,
        to_number=wish.number,
        match=known.match,
        customer=known.customer,
        contact=known.contact,
        standing=callers.standing_snapshot(known.customer, at),
        state=Call.State.RINGING,
        phone=wish.phone,
        ticket=wish.ticket,
        arrived_at=at,
        seen_at=at,
    )


def _told(wish: _Wish, call: Call) -> PeerEvent:
    """As a telephone system would tell of it."""
    return PeerEvent(
        event=Told.OUTGOING,
        call_id=call.external_id,
        caller=wish.shown,
        dialled=wish.number,
        agent=wish.phone.dial_target,
        direction=Call.Direction.OUT,
    )


def _check_rate(phone: AgentPhone, at: datetime) -> None:
    calls = Call.objects.filter(phone=phone, direction=Call.Direction.OUT, arrived_at__gt=at - A_MINUTE)
    if calls.count() >= MOST_A_MINUTE:
        raise CannotCall("too_many")


def _ring(wish: _Wish, call: Call) -> None:
    """Errors: ari.Unreachable, ari.NotThere."""
    target = wish.phone.dial_target
    ari.originate(
        wish.phone.system,
        channel_id=call.external_id,
        endpoint=f"PJSIP/{target}",
        context=CONTEXT,
        extension=call.to_number,
        caller=call.to_number,
        ring_seconds=RING_SECONDS,
        variables={"AGENT": target, "SHOWN": wish.shown},
    )


def _give_up(system: PhoneSystem, call: Call, at: datetime) -> None:
    """End what could not be begun. Whoever did not answer in time may have begun it all the same."""
    with suppress(ari.Unreachable, ari.NotThere):
        ari.hang_up(system, call.external_id)
    ending.end_lost(call_id=call.pk, cause=NOT_BEGUN, at=at)
