"""The queue in its order, and taking the next ticket."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user, teams_of
from accounts.models import Team, User
from lib.api.filters import by
from lib.api.idempotency import key_of
from lib.api.pagination import Cursor, CursorPages
from lib.api.problems import invalid
from tickets import access
from tickets.actions import assigning
from tickets.actions.assigning import Offer
from tickets.api import inputs, shapes
from tickets.api.inputs import TeamField
from tickets.api.refusals import TicketsViewSet
from tickets.api.shapes import ETAG
from tickets.models import Ticket

UNSEEN = OpenApiResponse(description="There is no such ticket to decline, or you do not see it.")
FOR_AGENTS = OpenApiResponse(description="The queue is for agents.")


class QueuePages(CursorPages):
    """Pages of several teams' queues as one: each is read by its own index, however long."""

    def __init__(self, teams: Sequence[Team] = ()) -> None:
        self._teams = teams

    def fetch(self, queryset: Any, cursor: Cursor, limit: int) -> list[Any]:
        """Up to `limit` tickets in the order of rank, whatever their team."""
        waiting = Ticket.objects.waiting()
        parts = [cursor.rows(waiting.filter(team=team), limit) for team in self._teams]
        if not parts:
            return []
        rows = parts[0].union(*parts[1:], all=True).order_by(*cursor.walk()) if len(parts) > 1 else parts[0]
        tickets = list(rows[:limit])
        prefetch_related_objects(tickets, "level", "team")
        return tickets


class QueueViewSet(TicketsViewSet):
    """The tickets that wait for us and are in nobody's hands. For agents, of their teams."""

    queryset = Ticket.objects.none()
    serializer_class = shapes.TicketShape
    pagination_class = QueuePages
    orderings = {"rank": ("rank_key",)}
    filters = {"team": by("team", TeamField(), "Short name, name or id.")}

    @extend_schema(operation_id="queue_list", responses={200: shapes.TicketShape(many=True), 403: FOR_AGENTS})
    def list(self, request: Request) -> Response:
        """A page of the queue, best first."""
        user = acting_user(request)
        access.require(allowed=user.is_agent)
        self.filter_queryset(self.get_queryset())  # refuses what it does not know
        pages = QueuePages(self._teams(request.query_params.get("team")))
        rows, headers = shapes.tickets_as_json(pages.paginate_queryset([], request, self), user)
        response = pages.get_paginated_response(rows)
        for name, value in headers.items():
            response[name] = value
        return response

    @extend_schema(
        request=inputs.NextRequest,
        parameters=[ETAG],
        responses={200: shapes.OfferShape, 204: OpenApiResponse(description="Nothing waits."), 404: UNSEEN},
    )
    @action(detail=False, methods=["post"])
    def next(self, request: Request) -> Response:
        """Take the next ticket; or one's own that comes first. `decline` gives one back before."""
        user = acting_user(request)
        access.require(allowed=user.is_agent)
        serializer = inputs.NextRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        team_ids = [team.pk for team in self._teams(values.get("team"))] if "team" in values else None
        offer = self._take(user, values, team_ids)
        if offer is None:
            return Response(status=HTTPStatus.NO_CONTENT)
        shown, headers = shapes.ticket_as_json(offer.ticket, user)
        return Response({**shown, "is_own": offer.is_own}, headers=headers)

    def _take(self, user: User, values: dict[str, Any], team_ids: Sequence[int] | None) -> Offer | None:
        """In one transaction with the ticket given back, and with the kept answer of a request with a key."""
        if "decline" not in values and key_of(self.request) is None:
            return assigning.take_next(by=user, team_ids=team_ids)
        return assigning.take_next_within(
            by=user,
            declined=access.get_ticket(user, values["decline"]) if "decline" in values else None,
            reason=values.get("reason", ""),
            team_ids=team_ids,
        )

    def _teams(self, chosen: Any) -> Sequence[Team]:
        """The caller's teams, or the chosen one of them. Error: 400 for a team that is not theirs."""
        teams = teams_of(acting_user(self.request))
        if chosen is None:
            return teams
        wanted = chosen if isinstance(chosen, Team) else TeamField().to_internal_value(chosen)
        if wanted not in teams:
            raise invalid("team", "unknown", _("There is no such team."))
        return [wanted]
