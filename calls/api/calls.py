"""Calls over the API: what a caller may read of them, and which ticket a call is about."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user
from calls.access import visible_calls
from calls.actions import desk
from calls.models import Call, CallStep
from calls.queries.log import rule_words
from lib.api.filters import Filter, by, by_id
from lib.api.problems import invalid
from lib.api.serializers import PhoneNumberField, StrictModelSerializer, StrictSerializer
from lib.api.views import ReadViewSet
from lib.languages import page_language
from tickets import access
from tickets.models import Ticket

_NUMBER_LIMIT = 20


class StandingShape(serializers.Serializer[Any]):
    """The known caller's standing when the call arrived; all null where nobody is known."""

    band = serializers.IntegerField(allow_null=True)
    level = serializers.CharField(allow_null=True)
    in_force = serializers.BooleanField(allow_null=True)
    agreement = serializers.IntegerField(allow_null=True)


class StepShape(serializers.ModelSerializer[CallStep]):
    """One question of the telephone system, or something it told, with our answer."""

    rule_text = serializers.SerializerMethodField(help_text="The rule that fired, in words.")
    took_ms = serializers.SerializerMethodField()

    class Meta:
        model = CallStep
        fields = ["seq", "event", "at", "request", "response", "rule", "rule_text", "took_ms"]

    def get_rule_text(self, step: CallStep) -> str:
        """In the language of the answer."""
        return rule_words(step.rule, step.response, page_language()) if step.rule else ""

    def get_took_ms(self, step: CallStep) -> float:
        """How long deciding took."""
        return step.took_micros / 1000


class CallShape(StrictModelSerializer[Call]):
    """A call. Numbers are E.164, "" for withheld ones; whom a caller's number points to is unverified."""

    service_number = serializers.PrimaryKeyRelatedField[Any](source="number", read_only=True, allow_null=True)
    standing = serializers.SerializerMethodField()
    agent = serializers.IntegerField(
        source="phone.user_id", allow_null=True, default=None, help_text="Who is rung, talks or talked last."
    )
    ticket = serializers.CharField(
        source="ticket.number",
        allow_null=True,
        default=None,
        help_text="Its number; null where there is none, or none that the caller may read.",
    )
    outcome = serializers.SerializerMethodField(help_text="null until it has ended.")
    steps = serializers.SerializerMethodField(help_text="For leads, where one call is read; else null.")

    class Meta:
        model = Call
        fields = [
            *(
                "id",
                "direction",
                "from_number",
                "to_number",
                "service_number",
                "line",
                "line_why",
                "in_hours",
            ),
            *(
                "customer",
                "contact",
                "match",
                "standing",
                "state",
                "outcome",
                "cause",
                "via_fallback",
                "agent",
            ),
            *("ticket", "arrived_at", "answered_at", "ended_at", "waited_seconds", "talked_seconds", "steps"),
        ]
        read_only_fields = [name for name in fields if name != "ticket"]

    @extend_schema_field(StandingShape)
    def get_standing(self, call: Call) -> dict[str, Any]:
        """As it was kept."""
        return {name: call.standing.get(name) for name in ("band", "level", "in_force", "agreement")}

    @extend_schema_field(serializers.ChoiceField(Call.Outcome.choices, allow_null=True))
    def get_outcome(self, call: Call) -> str | None:
        """What became of it."""
        return call.outcome or None

    @extend_schema_field(StepShape(many=True, allow_null=True))
    def get_steps(self, call: Call) -> Any:
        """In their order."""
        user = acting_user(self.context["request"])
        if not (self.context.get("is_whole") and user.is_lead):
            return None
        return StepShape(call.steps.order_by("at", "id"), many=True).data


class NewTicketOfCall(StrictSerializer):
    """Which ticket the call is about; null takes it off its ticket."""

    ticket = serializers.CharField(allow_null=True, max_length=_NUMBER_LIMIT, help_text="Its number.")


def _readable_tickets(request: Request) -> QuerySet[Ticket]:
    return access.visible_tickets(acting_user(request))


class CallViewSet(ReadViewSet[Call]):
    """Calls: leads read all, agents those on their own phone and of tickets they read, contacts none."""

    serializer_class = CallShape
    queryset = Call.objects.none()
    orderings = {"-arrived_at": ("-arrived_at", "-id"), "arrived_at": ("arrived_at", "id")}
    filters = {
        "customer": by_id("customer"),
        "agent": by_id("phone__user", "The user who was rung or talked last."),
        "service_number": by_id("number"),
        "ticket": Filter(
            serializers.CharField(max_length=_NUMBER_LIMIT),
            lambda number, request: Q(ticket__in=_readable_tickets(request).filter(number=number)),
            "Its number.",
        ),
        "number": Filter(
            PhoneNumberField(),
            lambda value, _request: Q(from_number=value) | Q(to_number=value),
            "The caller's number, or the dialled one.",
        ),
        "direction": by("direction", serializers.ChoiceField(Call.Direction.choices)),
        "line": by("line", serializers.ChoiceField(Call.Line.choices), "What it is decided as."),
        "state": by("state", serializers.ChoiceField(Call.State.choices)),
        "outcome": by("outcome", serializers.ChoiceField(Call.Outcome.choices)),
        "via_fallback": by(
            "via_fallback", serializers.BooleanField(), "Decided by the telephone system alone."
        ),
        "from": by("arrived_at__gte", serializers.DateTimeField(), "Arrived at or after."),
        "until": by("arrived_at__lt", serializers.DateTimeField(), "Arrived before."),
    }

    def get_queryset(self) -> QuerySet[Call]:
        """What the caller may read; a ticket that they may not read counts as none."""
        calls = visible_calls(acting_user(self.request)).select_related("phone")
        return calls.prefetch_related(Prefetch("ticket", _readable_tickets(self.request)))

    def get_serializer_context(self) -> dict[str, Any]:
        """With the steps where one is read."""
        return {**super().get_serializer_context(), "is_whole": self.action != "list"}

    @extend_schema(request=NewTicketOfCall, responses=CallShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say which ticket the call is about (whoever talked, and leads)."""
        call, user = self.get_object(), acting_user(request)
        sent = NewTicketOfCall(data=request.data)
        sent.is_valid(raise_exception=True)
        number = sent.validated_data["ticket"]
        try:
            if number is None:
                desk.detach(call=call, by=user)
            else:
                desk.attach(call=call, ticket=access.get_ticket(user, number), by=user)
        except Http404 as error:
            raise invalid("ticket", "does_not_exist", _("There is no such ticket.")) from error
        except access.Denied as refusal:
            raise PermissionDenied from refusal
        return Response(self.get_serializer(self.get_object()).data)
