"""Filing, reading and changing tickets."""

from http import HTTPStatus
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user
from lib.api.filters import Filter, by, by_id
from tickets import access
from tickets.actions import opening, progressing, rating, revising
from tickets.actions.seeing import note_seen
from tickets.api import inputs, shapes
from tickets.api.inputs import SeverityField, TeamField
from tickets.api.refusals import TicketsViewSet
from tickets.api.shapes import ETAG
from tickets.models import Ticket
from tickets.models.tickets import TicketQuerySet
from tickets.rules import lifecycle

NUMBER = "[0-9-]{1,20}"

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag read before: any other version is not touched (412). Without it whatever is there"
    " is changed; it is never demanded (428).",
)


def _assigned_to(value: str, request: Request) -> Q:
    if value == "me":
        return Q(assignee=acting_user(request))
    return Q(assignee__isnull=True) if value == "none" else Q(assignee=int(value))


class TicketViewSet(TicketsViewSet):
    """Tickets, addressed by number, as the caller may see them."""

    queryset = Ticket.objects.none()
    serializer_class = shapes.TicketShape
    lookup_field = "number"
    lookup_value_regex = NUMBER
    orderings = {
        "-number": ("-id",),
        "number": ("id",),
        "arrived_at": ("arrived_at", "id"),
        "-arrived_at": ("-arrived_at", "-id"),
    }
    filters = {
        "customer": by_id("customer"),
        "contact": by_id("contact"),
        "team": by("team", TeamField(), "Short name, name or id."),
        "status": by("status", serializers.ChoiceField(Ticket.Status.choices)),
        "severity": by("severity", SeverityField()),
        "channel": by("channel", serializers.ChoiceField(Ticket.Channel.choices)),
        "assignee": Filter(
            serializers.RegexField("^(me|none|[0-9]{1,18})$"), _assigned_to, "An agent's id, `me` or `none`."
        ),
        "changed_since": by("changed_at__gte", serializers.DateTimeField()),
        "arrived_since": by("arrived_at__gte", serializers.DateTimeField()),
    }

    def get_queryset(self) -> TicketQuerySet:
        """What the caller may see."""
        return access.visible_tickets(acting_user(self.request)).select_related("level", "team", "assignee")

    def get_object(self) -> Ticket:
        """The ticket of the address. Error: 404 for unknown and for foreign alike."""
        return access.get_ticket(acting_user(self.request), self.kwargs["number"])

    @extend_schema(responses=shapes.TicketShape(many=True))
    def list(self, request: Request) -> Response:
        """A page of tickets; the number of queries does not depend on its size."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        rows, headers = shapes.tickets_as_json(page, acting_user(request))
        response = self.get_paginated_response(rows)
        for name, value in headers.items():
            response[name] = value
        return response

    @extend_schema(responses=shapes.TicketShape, parameters=[ETAG])
    def retrieve(self, request: Request, number: str) -> Response:
        """One ticket with its ETag."""
        ticket = self.get_object()
        note_seen(ticket=ticket, by=acting_user(request), door="api")
        return self._shown(ticket)

    @extend_schema(request=inputs.NewTicket, responses={201: shapes.TicketShape}, parameters=[ETAG])
    def create(self, request: Request) -> Response:
        """File a ticket; it stands in its queue at once."""
        user = acting_user(request)
        values = self._validated(inputs.NewTicket)
        values.setdefault("channel", Ticket.Channel.API)
        ticket = opening.open_ticket(by=user, **values)
        response = self._shown(ticket, HTTPStatus.CREATED)
        response["Location"] = reverse("api:ticket-detail", args=[ticket.number])
        return response

    @extend_schema(request=inputs.ChangedTicket, responses=shapes.TicketShape, parameters=[IF_MATCH, ETAG])
    def partial_update(self, request: Request, number: str) -> Response:
        """Change severity, subject, customer, team or agent: all that is sent, or nothing."""
        user, ticket = acting_user(request), self.get_object()
        access.require(allowed=access.may_work(user, ticket))
        serializer = inputs.ChangedTicket(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        changed = revising.revise(
            ticket=ticket, revision=serializer.as_revision(), by=user, versions=versions_of(request)
        )
        return self._shown(changed)

    @extend_schema(request=inputs.NewTransition, responses=shapes.TicketShape, parameters=[IF_MATCH, ETAG])
    @action(detail=True, methods=["post"])
    def transitions(self, request: Request, number: str) -> Response:
        """Take a ticket to another state, as far as the caller's side may."""
        user, ticket = acting_user(request), self.get_object()
        values = self._validated(inputs.NewTransition)
        with revising.unchanged(ticket, versions_of(request)) as current:
            actor = progressing.actor_on(current, user)
            verb = lifecycle.verb_for_target(current.status, values["to"], actor)
            moved = progressing.progress(
                ticket=current, verb=verb, by=user, why=values.get("reason", ""), until=values.get("until")
            )
        return self._shown(moved)

    @extend_schema(responses=shapes.PositionShape)
    @action(detail=True)
    def position(self, request: Request, number: str) -> Response:
        """Only where the ticket stands and why."""
        user = acting_user(request)
        tickets = access.visible_tickets(user).select_related("level").only(*shapes.POSITION_COLUMNS)
        ticket = get_object_or_404(tickets, number=number)
        shown, headers = shapes.position_as_json(ticket, user)
        return Response(shown, headers=headers)

    @extend_schema(request=inputs.NewPin, responses=shapes.TicketShape, parameters=[ETAG])
    @action(detail=True, methods=["post"])
    def pin(self, request: Request, number: str) -> Response:
        """Put a ticket before all that are not pinned (leads)."""
        user, ticket = acting_user(request), self.get_object()
        access.require(allowed=access.may_lead(user))
        values = self._validated(inputs.NewPin)
        return self._shown(
            rating.pin(
                ticket=ticket, by=user, reason=values.get("reason", ""), expires_at=values["expires_at"]
            )
        )

    @extend_schema(request=None, responses={200: shapes.TicketShape}, parameters=[ETAG])
    @pin.mapping.delete
    def unpin(self, request: Request, number: str) -> Response:
        """Take the pin away (leads)."""
        return self._shown(rating.unpin(ticket=self.get_object(), by=acting_user(request)))

    def _validated(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        serializer = shape(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _shown(self, ticket: Ticket, status: int = HTTPStatus.OK) -> Response:
        shown, headers = shapes.ticket_as_json(ticket, acting_user(self.request))
        return Response(shown, status=status, headers=headers)


def versions_of(request: Request) -> frozenset[int] | None:
    """The versions that If-Match names; None where it is missing or `*`. Weak tags never match."""
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    tags = [tag.strip() for tag in header.split(",")]
    named = [tag[1:-1] for tag in tags if len(tag) > 2 and tag[0] == tag[-1] == '"']  # noqa: PLR2004
    return frozenset(int(name) for name in named if name.isascii() and name.isdigit() and len(name) < 10)  # noqa: PLR2004
