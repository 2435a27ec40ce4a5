"""Service numbers over the API: for leads all, for a contact what the portal shows them."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.access import acting_user
from calls.models import ServiceNumber
from calls.queries.numbers import life_of
from calls.queries.service_numbers import readable_numbers
from calls.rules.numbers_life import NumberState, state_on
from contracts.queries.renewals import today_at
from lib.api.filters import by, by_id
from lib.api.serializers import PhoneNumberField, StrictModelSerializer
from lib.api.views import ReadViewSet


class ServiceNumberShape(StrictModelSerializer[ServiceNumber]):
    """A number that can be dialled: the public one, or one given to a service agreement."""

    customer = serializers.IntegerField(source="agreement.customer_id", allow_null=True, default=None)
    state = serializers.SerializerMethodField(help_text="Only where one number is read; else null.")

    class Meta:
        model = ServiceNumber
        fields = [
            *("id", "number", "kind", "customer", "agreement", "valid_from", "valid_until"),
            *("quarantine_until", "state"),
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField([state.value for state in NumberState], allow_null=True))
    def get_state(self, number: ServiceNumber) -> str | None:
        """Where it is in its life today."""
        if not self.context.get("is_whole"):
            return None
        now = timezone.now()
        return state_on(life_of(number, now), today_at(now)).value


class ServiceNumberViewSet(ReadViewSet[ServiceNumber]):
    """Numbers. Leads read all; a contact the public ones and the own company's that are in force."""

    serializer_class = ServiceNumberShape
    queryset = ServiceNumber.objects.none()
    orderings = {"number": ("number",), "-number": ("-number",)}
    filters = {
        "number": by("number", PhoneNumberField()),
        "kind": by("kind", serializers.ChoiceField(ServiceNumber.Kind.choices)),
        "customer": by_id("agreement__customer"),
        "agreement": by_id("agreement"),
    }

    def get_queryset(self) -> QuerySet[ServiceNumber]:
        """What the caller may read."""
        numbers = readable_numbers(acting_user(self.request), timezone.now())
        return numbers.select_related("agreement__level").prefetch_related("agreement__suspensions")

    def get_serializer_context(self) -> dict[str, object]:
        """With the state where one is read."""
        return {**super().get_serializer_context(), "is_whole": self.action == "retrieve"}
