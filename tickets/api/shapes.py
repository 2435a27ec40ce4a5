"""Tickets and messages as outsiders read them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from accounts.models import User
from contracts.models import Target
from lib.api.serializers import StrictSerializer
from lib.downloads import signed
from tickets.api.gates import GateShape, gates_as_json
from tickets.api.held import HeldShape, held_as_json
from tickets.models import Attachment, Clock, Message, Ticket
from tickets.queries.deadlines import STATES, Deadline, clocks_of, deadlines_as_json
from tickets.queries.estimates import Expected, expected
from tickets.queries.gates import gates_of_many
from tickets.queries.waits import Wait, Waits, wait_sentence, waits_of
from tickets.rules.wording import Audience

SEVERITIES = [severity.name.lower() for severity in Ticket.Severity]
# What a place depends on: all that the cheapest question loads.
POSITION_COLUMNS = (
    *("team", "status", "assignee", "level__name"),
    *("pinned_at", "band", "severity", "arrived_at"),
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="The ticket's version, for If-Match.",
)
DEGRADED = {"Vorrang-Degraded": "live-index"}


class PersonShape(StrictSerializer):
    """Somebody of the firm."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class EstimateShape(StrictSerializer):
    """When somebody will probably take a waiting ticket."""

    low_at = serializers.DateTimeField(help_text="Not before; now, where it may be at once.")
    high_at = serializers.DateTimeField(help_text="Not after; always ahead.")
    basis = serializers.CharField(help_text="What it is made of, in words.")


class PositionShape(StrictSerializer):
    """Where a ticket stands in its team's queue; all null unless it waits."""

    position = serializers.IntegerField(allow_null=True, help_text="1 is next; null unless it waits.")
    position_reason = serializers.CharField(allow_null=True, help_text="Why there, in one sentence.")
    ahead = serializers.DictField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text="How many tickets are ahead, by band; pinned ones as `pinned`.",
    )
    estimate = EstimateShape(
        allow_null=True, help_text="Null unless it waits and enough such tickets were served to compare."
    )


class DeadlineShape(StrictSerializer):
    """What is due by when, and how that came about."""

    kind = serializers.ChoiceField(Target.Kind.choices)
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null while it is paused.")
    state = serializers.ChoiceField(STATES)
    explanation = serializers.ListField(
        child=serializers.CharField(), help_text="The steps to the deadline, in order."
    )


class TicketShape(PositionShape):
    """A ticket as it is read."""

    number = serializers.CharField()
    subject = serializers.CharField()
    customer = serializers.IntegerField()
    contact = serializers.IntegerField(allow_null=True)
    team = serializers.CharField(help_text="The team's short name.")
    channel = serializers.ChoiceField(Ticket.Channel.choices)
    status = serializers.ChoiceField(Ticket.Status.choices)
    band = serializers.IntegerField()
    level = serializers.CharField(allow_null=True)
    severity = serializers.ChoiceField(SEVERITIES)
    reported_severity = serializers.ChoiceField(SEVERITIES)
    is_severity_confirmed = serializers.BooleanField()
    arrived_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    scheduled_until = serializers.DateTimeField(allow_null=True)
    solved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    pinned_until = serializers.DateTimeField(allow_null=True)
    assignee = PersonShape(allow_null=True)
    deadlines = DeadlineShape(many=True)
    gates = serializers.DictField(child=GateShape())
    version = serializers.IntegerField(help_text="The ETag, for If-Match.")


class OfferShape(TicketShape):
    """A ticket that was taken."""

    is_own = serializers.BooleanField(
        help_text="Whether it was in the agent's hands already and comes first."
    )


class AttachmentShape(StrictSerializer):
    """A file of a message."""

    id = serializers.CharField()
    message = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    content_type = serializers.CharField()
    sha256 = serializers.CharField()
    url = serializers.CharField(
        help_text="The address of the bytes, below this host. It holds for you, for a while."
    )


class MessageShape(StrictSerializer):
    """A message or an internal note."""

    id = serializers.IntegerField()
    author = serializers.CharField()
    is_from_customer = serializers.BooleanField()
    internal = serializers.BooleanField()
    channel = serializers.ChoiceField(Ticket.Channel.choices)
    at = serializers.DateTimeField()
    body = serializers.CharField()
    attachments = AttachmentShape(many=True)
    held = HeldShape(
        many=True, help_text="What looks like a log that may not be read: held, or deleted unread."
    )


def tickets_as_json(tickets: Sequence[Ticket], reader: User) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Tickets (with level, team and assignee) for a reader, and the headers that go with them."""
    waits = waits_of(tickets)
    now = timezone.now()
    estimates = _estimates(tickets, waits, now)
    deadlines = clocks_of(one.pk for one in tickets)
    gates = gates_of_many(tickets, now)
    shapes = [
        {
            **_ticket_as_json(one, waits, estimates, reader, now),
            "gates": gates_as_json(gates[one.pk], reader, now),
            "deadlines": deadlines_as_json(
                _told(deadlines.get(one.pk, ()), one, reader), get_language() or "de"
            ),
        }
        for one in tickets
    ]
    return shapes, headers_for(waits)


def _told(deadlines: Sequence[Deadline], ticket: Ticket, reader: User) -> Sequence[Deadline]:
    """Contacts are told of none that no service agreement promises any more, as in the portal."""
    if reader.is_agent:
        return deadlines
    return [one for one in deadlines if ticket.level_id and one.clock.state != Clock.State.WITHDRAWN]


def ticket_as_json(ticket: Ticket, reader: User) -> tuple[dict[str, Any], dict[str, str]]:
    """One ticket for a reader, and the headers that go with it, its ETag among them."""
    (shape,), headers = tickets_as_json([ticket], reader)
    return shape, {**headers, "ETag": f'"{ticket.version}"'}


def position_as_json(ticket: Ticket, reader: User) -> tuple[dict[str, Any], dict[str, str]]:
    """Only where a ticket stands."""
    waits, now = waits_of([ticket]), timezone.now()
    estimate = _estimates([ticket], waits, now).get(ticket.pk)
    return _position(ticket, waits.by_ticket.get(ticket.pk), estimate, reader, now), headers_for(waits)


def headers_for(waits: Waits) -> dict[str, str]:
    """Say so while PostgreSQL counts in place of the live index."""
    return DEGRADED if waits.is_degraded else {}


def messages_as_json(messages: Iterable[Message], number: str, reader: User) -> list[dict[str, Any]]:
    """Messages (with attachments) of one ticket, for a reader."""
    return [
        {
            "id": message.pk,
            "author": message.author_name,
            "is_from_customer": message.is_from_customer,
            "internal": message.is_internal,
            "channel": message.channel,
            "at": _moment(message.at),
            "body": message.body,
            "attachments": [attachment_as_json(file, number, reader) for file in message.attachments.all()],
            "held": held_as_json(message),
        }
        for message in messages
    ]


def attachment_as_json(attachment: Attachment, number: str, reader: User) -> dict[str, Any]:
    """A file of a ticket's message; its address holds for this reader, for a while."""
    url = reverse("api:attachment-detail", args=[number, attachment.key])
    return {
        "id": attachment.key,
        "message": attachment.message_id,
        "name": attachment.name,
        "size": attachment.size,
        "content_type": attachment.content_type,
        "sha256": attachment.sha256,
        "url": signed(url, key=attachment.key, user_id=reader.pk),
    }


def _ticket_as_json(
    ticket: Ticket, waits: Waits, estimates: Mapping[int, Expected], reader: User, now: datetime
) -> dict[str, Any]:
    estimate = estimates.get(ticket.pk)
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "customer": ticket.customer_id,
        "contact": ticket.contact_id,
        "team": ticket.team.slug,
        "channel": ticket.channel,
        "status": ticket.status,
        "band": ticket.band,
        "level": ticket.level.name if ticket.level else None,
        "severity": ticket.severity_name,
        "reported_severity": Ticket.Severity(ticket.reported_severity).name.lower(),
        "is_severity_confirmed": ticket.confirmed_severity is not None,
        **_position(ticket, waits.by_ticket.get(ticket.pk), estimate, reader, now),
        **_moments(ticket),
        "assignee": _person(ticket.assignee),
        "version": ticket.version,
    }


def _position(
    ticket: Ticket, wait: Wait | None, estimate: Expected | None, reader: User, now: datetime
) -> dict[str, Any]:
    if wait is None:
        return {"position": None, "position_reason": None, "ahead": None, "estimate": None}
    audience: Audience = "agent" if reader.is_agent else "customer"
    reason = wait_sentence(ticket, wait, language=get_language() or "de", audience=audience, now=now)
    return {
        "position": wait.position,
        "position_reason": reason,
        "ahead": dict(wait.ahead),
        "estimate": _estimate_as_json(estimate),
    }


def _estimates(tickets: Iterable[Ticket], waits: Waits, now: datetime) -> Mapping[int, Expected]:
    return expected(tickets, waits.by_ticket, now=now, language=get_language() or "de")


def _estimate_as_json(estimate: Expected | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    low_at, high_at = _moment(estimate.moments.low_at), _moment(estimate.moments.high_at)
    return {"low_at": low_at, "high_at": high_at, "basis": estimate.words.basis}


def _moments(ticket: Ticket) -> dict[str, str | None]:
    return {
        "arrived_at": _moment(ticket.arrived_at),
        "created_at": _moment(ticket.created_at),
        "changed_at": _moment(ticket.changed_at),
        "scheduled_until": _moment(ticket.scheduled_until),
        "solved_at": _moment(ticket.solved_at),
        "closed_at": _moment(ticket.closed_at),
        "pinned_until": _moment(ticket.pin_expires_at),
    }


def _person(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.display_name} if user else None


def _moment(moment: datetime | None) -> str | None:
    return localtime(moment).isoformat() if moment else None
