"""The caller: how they show who they are, and what the API knows of them."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user, teams_of
from accounts.api.authentication import SCHEME, BearerAuthentication
from accounts.models import Team, User
from lib.api.serializers import StrictSerializer
from lib.api.views import ApiViewSet


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The same, in the OpenAPI document."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """HTTP bearer."""
        return dict(build_bearer_security_scheme_object(header_name="Authorization", token_prefix=SCHEME))


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team whose queue the caller works."""

    class Meta:
        model = Team
        fields = ["id", "slug", "name"]


class MeSerializer(StrictSerializer):
    """The caller."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="display_name")
    role = serializers.ChoiceField(User.Role.choices)
    is_on_duty = serializers.BooleanField()
    teams = serializers.SerializerMethodField()

    @extend_schema_field(TeamSerializer(many=True))
    def get_teams(self, user: User) -> Any:
        """The queues this person works."""
        return TeamSerializer(teams_of(user), many=True).data


# It stands where lists do, and is none.
_ONE = forced_singular_serializer(MeSerializer)  # type: ignore[no-untyped-call]


class MeViewSet(ApiViewSet[User]):
    """Who the token speaks for."""

    serializer_class = MeSerializer
    pagination_class = None

    @extend_schema(operation_id="me", responses=_ONE)
    def list(self, request: Request) -> Response:
        """Name, role and teams of the token's owner."""
        return Response(MeSerializer(acting_user(request)).data)
