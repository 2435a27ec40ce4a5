"""One's own phone over the API, for keys on a telephone or a status in another program."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user
from calls.actions import presence as actions
from calls.models import AgentPhone
from lib.api.serializers import StrictSerializer
from lib.api.views import ApiViewSet

NO_PHONE = OpenApiResponse(description="The caller has no phone.")


class PresenceShape(StrictSerializer):
    """Whether one may be rung. `reason`: why paused, a code or words of one's own."""

    presence = serializers.ChoiceField(AgentPhone.Presence.choices)
    reason = serializers.CharField(
        source="presence_reason", max_length=actions.LONGEST_REASON, allow_blank=True, required=False
    )
    since = serializers.DateTimeField(source="presence_since", read_only=True, allow_null=True)
    device = serializers.ChoiceField(AgentPhone.Device.choices, read_only=True)
    dial_target = serializers.CharField(read_only=True)
    is_on_call = serializers.SerializerMethodField(help_text="Whether it rings or somebody talks.")

    def get_is_on_call(self, phone: AgentPhone) -> bool:
        """Whether a call claims it."""
        return phone.claimed_call_id is not None


class PresenceViewSet(ApiViewSet[AgentPhone]):
    """Presence at one's own phone. 404 for whoever has none."""

    serializer_class = PresenceShape
    queryset = AgentPhone.objects.none()
    pagination_class = None
    http_method_names = ["get", "patch", "head"]

    @extend_schema(operation_id="me_presence", responses={200: PresenceShape, 404: NO_PHONE})
    def read(self, request: Request) -> Response:
        """Whether one may be rung, and why not."""
        return Response(PresenceShape(self._phone()).data)

    @extend_schema(
        operation_id="me_presence_set", request=PresenceShape, responses={200: PresenceShape, 404: NO_PHONE}
    )
    def set(self, request: Request) -> Response:
        """Be free for calls (on), paused, or not at the phone (off). A call that goes on stays."""
        now = self._phone()
        sent = PresenceShape(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        given: dict[str, Any] = sent.validated_data
        phone = actions.set_presence(
            presence=given.get("presence", now.presence),
            reason=given.get("presence_reason", ""),
            by=acting_user(request),
        )
        return Response(PresenceShape(phone).data)

    def _phone(self) -> AgentPhone:
        user = acting_user(self.request)
        phone = AgentPhone.objects.filter(user=user).first() if user.is_agent else None
        if phone is None:
            raise Http404
        return phone
