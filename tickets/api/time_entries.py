"""Work on tickets: entering, listing, deciding anew, taking back."""

from http import HTTPStatus
from typing import Any, TypeVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user
from lib.api.filters import Filter, by, by_id, unknown_filter
from lib.api.problems import Problem, invalid
from lib.api.serializers import StrictSerializer
from lib.api.views import ApiViewSet
from tickets import access
from tickets.actions import time_booking
from tickets.actions.time_refusals import TimeRefused
from tickets.api import time_shapes as shapes
from tickets.api.refusals import RefusalsInWords
from tickets.forms.time_refusals import time_refusal
from tickets.models import TimeEntry, WorkKind
from tickets.models.time_entries import TimeEntryQuerySet
from tickets.queries.time import with_decision
from tickets.rules.coverage_facts import Override

Shape = TypeVar("Shape", bound=StrictSerializer)

PERIOD: dict[str, Filter] = {
    "agent": by_id("agent"),
    "work_kind": by("work_kind", serializers.ChoiceField(WorkKind.choices)),
    "from": by("started_at__gte", serializers.DateTimeField(), "Begun at or after."),
    "until": by("started_at__lt", serializers.DateTimeField(), "Begun before."),
}


class _Entries(RefusalsInWords, ApiViewSet[TimeEntry]):
    queryset = TimeEntry.objects.none()
    serializer_class = shapes.TimeEntryShape
    orderings = {
        "-started_at": ("-started_at", "-id"),
        "started_at": ("started_at", "id"),
    }

    def get_queryset(self) -> TimeEntryQuerySet:
        """What the caller may read."""
        entries = access.visible_entries(acting_user(self.request)).select_related("ticket")
        return with_decision(entries)

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal as a problem: of a field where it is about one, else of the state of things."""
        return super().handle_exception(_as_problem(exc) if isinstance(exc, TimeRefused) else exc)

    def _page(self, request: Request, entries: TimeEntryQuerySet) -> Response:
        page = self.paginate_queryset(self.filter_queryset(entries)) or []
        return self.get_paginated_response(shapes.entries_as_json(page, acting_user(request)))

    def _sent(self, shape: type[Shape]) -> Shape:
        serializer = shape(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer

    def _shown(self, pk: int, status: int = HTTPStatus.OK) -> Response:
        user = acting_user(self.request)
        entry = with_decision(access.visible_entries(user).select_related("ticket")).get(pk=pk)
        return Response(shapes.entry_as_json(entry, user), status=status)


class TimeEntryViewSet(_Entries):
    """The work that the caller may read: agents that of their tickets, contacts what they pay for."""

    filters = {
        **PERIOD,
        "customer": by_id("customer"),
        "is_flagged": by(
            "is_flagged", serializers.BooleanField(), "Chargeable without approval (agents only)."
        ),
    }

    @extend_schema(responses=shapes.TimeEntryShape(many=True))
    def list(self, request: Request) -> Response:
        """A page of entries; the number of queries does not depend on its size."""
        if "is_flagged" in request.query_params and not acting_user(request).is_agent:
            raise unknown_filter("is_flagged")
        return self._page(request, self.get_queryset())

    @extend_schema(responses=shapes.TimeEntryShape)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One entry."""
        return Response(shapes.entry_as_json(self.get_object(), acting_user(request)))

    @extend_schema(request=shapes.NewDecision, responses=shapes.TimeEntryShape)
    @action(detail=True, methods=["post"])
    def override(self, request: Request, pk: str) -> Response:
        """Decide by hand who pays (leads)."""
        user, entry = acting_user(request), self.get_object()
        access.require(allowed=access.may_lead(user))
        sent = self._sent(shapes.NewDecision).validated_data
        outcome: Override = "" if sent["outcome"] == "rule" else sent["outcome"]
        time_booking.override(entry=entry, outcome=outcome, reason=sent["reason"], by=user)
        return self._shown(entry.pk)

    @extend_schema(request=shapes.NewVoid, responses=shapes.TimeEntryShape)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str) -> Response:
        """Take an entry back: one's own, or (leads) anybody's."""
        user, entry = acting_user(request), self.get_object()
        access.require(allowed=access.may_void(user, entry))
        sent = self._sent(shapes.NewVoid).validated_data
        time_booking.void(entry=entry, reason=sent["reason"], by=user)
        return self._shown(entry.pk)


class TicketTimeViewSet(_Entries):
    """The work on one ticket."""

    filters = PERIOD

    @extend_schema(responses=shapes.TimeEntryShape(many=True))
    def list(self, request: Request, number: str) -> Response:
        """A page of the ticket's entries."""
        ticket = access.get_ticket(acting_user(request), number)
        return self._page(request, self.get_queryset().filter(ticket=ticket))

    @extend_schema(request=shapes.NewTimeEntry, responses={201: shapes.TimeEntryShape})
    def create(self, request: Request, number: str) -> Response:
        """Enter one's own work; the answer says who pays and why."""
        user = acting_user(request)
        ticket = access.get_ticket(user, number)
        access.require(allowed=access.may_work(user, ticket))
        work = self._sent(shapes.NewTimeEntry).as_work()
        entry = time_booking.enter(ticket=ticket, work=work, by=user)
        response = self._shown(entry.pk, HTTPStatus.CREATED)
        response["Location"] = reverse("api:time-entry-detail", args=[entry.pk])
        return response


def _as_problem(error: TimeRefused) -> Problem:
    text: Any = time_refusal(error)
    if error.field:
        return invalid(error.field, error.code, text)
    return Problem(HTTPStatus.CONFLICT, error.code, text)
