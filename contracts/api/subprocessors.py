"""The sub-processor directory, for agents and for customers to whom it is open."""

from http import HTTPStatus

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.access import acting_user
from contracts.models import DirectoryVersion, SubprocessorEntry
from contracts.queries import directory as reading
from contracts.queries.gates import gate_reason
from customers.access import contact_of
from lib.api.filters import by
from lib.api.problems import Problem
from lib.api.serializers import StrictModelSerializer
from lib.api.views import ReadViewSet
from lib.languages import page_language


class SubprocessorSerializer(serializers.ModelSerializer[SubprocessorEntry]):
    """One sub-processor; `id` stays the same from version to version. Days are inclusive."""

    id = serializers.IntegerField(source="subprocessor_id")

    class Meta:
        model = SubprocessorEntry
        fields = ["id", "name", "service", "data_categories", "place", "safeguards", "since_on", "until_on"]


class DirectoryVersionSerializer(StrictModelSerializer[DirectoryVersion]):
    """One announced version: what the directory says from `effective_on` on."""

    state = serializers.SerializerMethodField(help_text="current, coming, older or dropped")
    subprocessors = SubprocessorSerializer(source="entries", many=True, read_only=True)
    _states: dict[int, str] | None = None

    class Meta:
        model = DirectoryVersion
        fields = [
            "number", "state", "effective_on", "announced_at", "objections_until_on", "note", "subprocessors",
        ]  # fmt: skip
        read_only_fields = fields

    def get_state(self, version: DirectoryVersion) -> str:
        """Of all versions at once."""
        if self._states is None:
            self._states = reading.states(timezone.now())
        return self._states[version.number]


CLOSED = OpenApiResponse(
    description="The directory is closed for you: code `gate_closed`, and the detail says why."
)
_ONE, _MANY = DirectoryVersionSerializer, DirectoryVersionSerializer(many=True)


@extend_schema_view(
    list=extend_schema(responses={200: _MANY, 403: CLOSED}),
    retrieve=extend_schema(responses={200: _ONE, 403: CLOSED}),
)
class SubprocessorViewSet(ReadViewSet[DirectoryVersion]):
    """The directory of sub-processors, version by version; the one with the state `current` holds today.

    Agents read it, and contacts of customers with a service agreement and a data-processing agreement in
    force. Everybody else is refused with the reason.
    """

    serializer_class = DirectoryVersionSerializer
    queryset = DirectoryVersion.objects.none()
    lookup_field = "number"
    lookup_url_kwarg = "version"
    lookup_value_regex = "[0-9]{1,9}"
    orderings = {"-number": ("-number",), "number": ("number",)}
    filters = {"effective_on": by("effective_on", serializers.DateField(), "The day of a version.")}

    def get_queryset(self) -> QuerySet[DirectoryVersion]:
        """What was announced. Error: 403 with the code `gate_closed` for whom the directory is closed."""
        self._require_open()
        return reading.announced().prefetch_related("entries")

    def get_object(self) -> DirectoryVersion:
        """By its number. Error: 404."""
        return get_object_or_404(self.get_queryset(), number=self.kwargs["version"])

    def _require_open(self) -> None:
        user, now = acting_user(self.request), timezone.now()
        if user.is_agent:
            return
        contact = contact_of(user)
        gate = reading.directory_gate(contact.customer_id, now) if contact else None
        if gate is None:
            raise PermissionDenied
        if not gate.is_open:
            why = gate_reason(gate, now, page_language(), "customer")
            raise Problem(HTTPStatus.FORBIDDEN, "gate_closed", why)
