"""Service levels and agreements."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.timezone import localtime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.access import acting_user
from contracts.access import may_keep_contracts, may_read_remarks, visible_agreements, visible_levels
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, Allowance, ServiceHours, ServiceLevel, Suspension, Target
from contracts.queries import company_zone
from contracts.queries.allowances import AllowanceState, Ledger, ledgers
from contracts.queries.renewals import today_at
from customers.models import Customer
from lib.api.filters import by, by_id
from lib.api.serializers import StrictModelSerializer, assign
from lib.api.views import KeptViewSet

_SEVERITIES = {1: "critical", 2: "high", 3: "normal", 4: "low"}


class TargetSerializer(serializers.ModelSerializer[Target]):
    """What a level promises for one severity: `kind` is response, next_answer or resolution."""

    severity = serializers.SerializerMethodField()
    kind = serializers.CharField()
    around_the_clock = serializers.BooleanField(source="is_real_time")

    class Meta:
        model = Target
        fields = ["severity", "kind", "minutes", "around_the_clock"]

    def get_severity(self, target: Target) -> str:
        """As tickets have it."""
        return _SEVERITIES[target.severity]


class HoursSerializer(serializers.ModelSerializer[ServiceHours]):
    """Service hours: `weekly` reads "Mon-Fri 08:00-17:00; Fri 22:00-06:00" (over midnight)."""

    time_zone = serializers.CharField(source="zone.key")

    class Meta:
        model = ServiceHours
        fields = ["id", "name", "weekly", "time_zone"]


class AllowanceSerializer(serializers.ModelSerializer[Allowance]):
    """What is included per period: minutes or cases per month, quarter, year or term of the agreement.

    `overrun` is what happens beyond it: refuse, ask or bill.
    """

    class Meta:
        model = Allowance
        fields = ["unit", "amount", "period", "carries_over", "is_pro_rata", "overrun"]


class ServiceLevelSerializer(StrictModelSerializer[ServiceLevel]):
    """A contract tier. Its targets and what it includes are kept in the administration."""

    targets = TargetSerializer(many=True, read_only=True)
    hours = HoursSerializer(read_only=True, allow_null=True, help_text="null: the hours of the company")
    services = serializers.SerializerMethodField(help_text="The codes of the included services.")
    allowance = serializers.SerializerMethodField(help_text="null: nothing is limited")

    class Meta:
        model = ServiceLevel
        fields = ["id", "name", "rank", "description", "targets", "hours", "services", "allowance"]

    def get_services(self, level: ServiceLevel) -> list[str]:
        """In the order in which they are kept."""
        return [service.code for service in level.services.all()]

    @extend_schema_field(AllowanceSerializer(allow_null=True))
    def get_allowance(self, level: ServiceLevel) -> dict[str, Any] | None:
        """Agreements may have one of their own in its place."""
        allowance = getattr(level, "allowance", None)
        return None if allowance is None else dict(AllowanceSerializer(allowance).data)

    def create(self, validated_data: dict[str, Any]) -> ServiceLevel:
        """A new level, through the action."""
        return self._save(ServiceLevel(), validated_data)

    def update(self, instance: ServiceLevel, validated_data: dict[str, Any]) -> ServiceLevel:
        """A changed level, through the action; the tickets of everybody who holds it move."""
        return self._save(instance, validated_data)

    def _save(self, level: ServiceLevel, values: dict[str, Any]) -> ServiceLevel:
        assign(level, values, ["name", "rank", "description"])
        return agreement_actions.save_level(level=level, by=self.context["request"].user)


class ServiceLevelViewSet(KeptViewSet[ServiceLevel]):
    """Service levels. Agents read all, admins keep them; a contact reads those of their own agreements."""

    serializer_class = ServiceLevelSerializer
    queryset = ServiceLevel.objects.none()
    orderings = {
        "rank": ("rank", "name"),
        "-rank": ("-rank", "-name"),
        "name": ("name",),
        "-name": ("-name",),
    }
    filters = {
        "name": by("name", serializers.CharField()),
        "rank": by("rank", serializers.IntegerField(min_value=1, max_value=99)),
    }

    def get_queryset(self) -> QuerySet[ServiceLevel]:
        """What the caller may see."""
        levels = visible_levels(acting_user(self.request))
        return levels.select_related("hours", "allowance").prefetch_related("targets", "services")

    def may_write(self) -> bool:
        """Admins."""
        return may_keep_contracts(acting_user(self.request))


class SuspensionSerializer(StrictModelSerializer[Suspension]):
    """A dated period in which an agreement does not count; `ends_on` is its last day."""

    class Meta:
        model = Suspension
        fields = ["starts_on", "ends_on", "reason"]

    def to_representation(self, instance: Suspension) -> dict[str, Any]:
        """The reason is the firm's remark and not for the customer."""
        shown = super().to_representation(instance)
        if not may_read_remarks(self.context["request"].user):
            shown["reason"] = ""
        return shown


@extend_schema_field(OpenApiTypes.INT)
class LevelField(serializers.PrimaryKeyRelatedField[ServiceLevel]):
    """A service level by its id; its name is understood, too."""

    def to_internal_value(self, data: Any) -> ServiceLevel:
        """The level. Error: for one that does not exist."""
        if isinstance(data, str) and not data.isdigit():
            level = ServiceLevel.objects.filter(name=data.replace("\x00", "")).first()
            if level is None:
                self.fail("does_not_exist", pk_value=data)
            return level
        by_id: ServiceLevel = super().to_internal_value(data)
        return by_id


class AllowanceStateSerializer(serializers.Serializer[AllowanceState]):
    """What is left of an allowance in the period that runs, in minutes or cases; days are inclusive."""

    unit = serializers.CharField()
    granted = serializers.IntegerField()
    carried = serializers.IntegerField()
    used = serializers.IntegerField()
    left = serializers.IntegerField()
    period_starts_on = serializers.DateField()
    period_ends_on = serializers.DateField(allow_null=True)
    overrun = serializers.CharField()


class AgreementSerializer(StrictModelSerializer[Agreement]):
    """Any contract a customer holds. Dates are calendar days of the company; last days are inclusive."""

    customer = serializers.PrimaryKeyRelatedField(queryset=Customer.objects.all())
    level = LevelField(queryset=ServiceLevel.objects.all(), allow_null=True, required=False)
    suspensions = SuspensionSerializer(many=True, required=False)
    suspended = serializers.SerializerMethodField(help_text="Whether it is suspended today.")
    allowance = serializers.SerializerMethodField(help_text="What is left today; null where none runs.")
    _ledgers: dict[int, Ledger] | None = None

    class Meta:
        model = Agreement
        fields = [
            "id", "customer", "kind", "level", "reference", "starts_on", "ends_on", "terminated_on",
            "suspensions", "suspended", "renewal_months", "notice_days", "notice_given_on", "renewed_from",
            "allowance",
        ]  # fmt: skip
        read_only_fields = ["renewed_from"]

    def get_suspended(self, agreement: Agreement) -> bool:
        """Today in the company's zone."""
        return agreement.is_suspended_on(localtime(timezone.now(), company_zone()).date())

    @extend_schema_field(AllowanceStateSerializer(allow_null=True))
    def get_allowance(self, agreement: Agreement) -> dict[str, Any] | None:
        """Of a whole page at once."""
        day = today_at(timezone.now())
        if self._ledgers is None or agreement.pk not in self._ledgers:
            page = self.parent.instance if isinstance(self.parent, serializers.ListSerializer) else None
            self._ledgers = ledgers([row.pk for row in page or [agreement]], today=day)
        state = self._ledgers[agreement.pk].state(agreement.pk, day)
        return None if state is None else dict(AllowanceStateSerializer(state).data)

    def create(self, validated_data: dict[str, Any]) -> Agreement:
        """A new agreement, through the action."""
        return self._save(Agreement(), validated_data)

    def update(self, instance: Agreement, validated_data: dict[str, Any]) -> Agreement:
        """A changed agreement, through the action; the customer's waiting tickets move."""
        return self._save(instance, validated_data)

    def _save(self, agreement: Agreement, values: dict[str, Any]) -> Agreement:
        assign(agreement, values, set(values) - {"suspensions"})
        return agreement_actions.save(
            agreement=agreement, by=self.context["request"].user, suspensions=values.get("suspensions")
        )


class AgreementViewSet(KeptViewSet[Agreement]):
    """Agreements of all kinds. Agents read all, admins keep them; a contact reads their own customer's."""

    serializer_class = AgreementSerializer
    queryset = Agreement.objects.none()
    orderings = {
        "id": ("id",),
        "-id": ("-id",),
        "starts_on": ("starts_on", "id"),
        "-starts_on": ("-starts_on", "-id"),
    }
    filters = {
        "customer": by_id("customer"),
        "kind": by("kind", serializers.ChoiceField(Agreement.Kind.choices)),
        "level": by_id("level"),
        "reference": by("reference", serializers.CharField()),
    }

    def get_queryset(self) -> QuerySet[Agreement]:
        """What the caller may see."""
        return visible_agreements(acting_user(self.request)).prefetch_related("suspensions")

    def may_write(self) -> bool:
        """Admins."""
        return may_keep_contracts(acting_user(self.request))
