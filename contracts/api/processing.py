"""Data-processing agreements: agents read all, a contact their own customer's; both can ask for one."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user
from contracts.access import visible_dpas
from contracts.actions import processing
from contracts.actions.processing_refusals import NotYours
from contracts.models import DpaReviewItem, DpaSignature, ProcessingAgreement
from contracts.queries.dpa_offers import offered_sha256
from contracts.queries.processing import pending_dpa
from customers.access import contact_of, visible_customers
from customers.models import Customer
from lib.api.filters import by, by_id
from lib.api.serializers import StrictModelSerializer, StrictSerializer, refused
from lib.api.views import ReadViewSet

Source = ProcessingAgreement.Source


class DpaSignatureSerializer(serializers.ModelSerializer[DpaSignature]):
    """One party's signature. `document_sha256` stands for the whole text that was signed."""

    class Meta:
        model = DpaSignature
        fields = ["party", "method", "name", "role", "at", "document_sha256"]


class DpaReviewSerializer(serializers.ModelSerializer[DpaReviewItem]):
    """A question of the review, by its code. The other party's note is not shown to a contact."""

    class Meta:
        model = DpaReviewItem
        fields = ["party", "code", "is_done", "note"]

    def to_representation(self, instance: DpaReviewItem) -> dict[str, Any]:
        """The firm's notes are for its agents."""
        shown = super().to_representation(instance)
        if instance.party == DpaSignature.Party.FIRM and not self.context["request"].user.is_agent:
            shown["note"] = ""
        return shown


class ProcessingAgreementSerializer(StrictModelSerializer[ProcessingAgreement]):
    """A data-processing agreement. It opens gates over [in_force_at, ends_at); `in_force`: at this moment."""

    reference = serializers.CharField(source="called")
    ended_because = serializers.ChoiceField(choices=ProcessingAgreement.Cause.choices, allow_blank=True)
    in_force = serializers.SerializerMethodField(help_text="At the moment of the answer.")
    document_version = serializers.SerializerMethodField(help_text="null while nothing is offered")
    document_sha256 = serializers.SerializerMethodField(
        help_text="Of the text that is offered or signed, with its annexes; null while nothing is offered"
    )
    signatures = DpaSignatureSerializer(many=True, read_only=True)
    review = DpaReviewSerializer(source="review_items", many=True, read_only=True)

    class Meta:
        model = ProcessingAgreement
        fields = [
            "id", "reference", "customer", "state", "in_force", "source", "agreement", "document_version",
            "document_sha256", "directory_version", "requested_at", "offered_at", "in_force_at", "ends_at",
            "ended_because", "review_due_at", "holds_until_at", "signatures", "review",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_in_force(self, dpa: ProcessingAgreement) -> bool:
        """As the gates see it, whatever `state` has noted by then."""
        now: datetime = self.context.get("now") or timezone.now()
        return dpa.as_fact().holds(now)

    @extend_schema_field({"type": ["string", "null"]})
    def get_document_version(self, dpa: ProcessingAgreement) -> str | None:
        """As the administration calls it."""
        return dpa.document.version if dpa.document else None

    @extend_schema_field({"type": ["string", "null"]})
    def get_document_sha256(self, dpa: ProcessingAgreement) -> str | None:
        """What stands for the text."""
        return offered_sha256(dpa) or None


@extend_schema_serializer(
    examples=[OpenApiExample("for a customer", value={"customer": 17}, request_only=True)]
)
class NewProcessingAgreement(StrictSerializer):
    """Whose agreement it is to be; a contact may leave it out."""

    customer = serializers.PrimaryKeyRelatedField(queryset=Customer.objects.none(), required=False)

    def get_fields(self) -> dict[str, Any]:
        """With the customers that the caller may see."""
        fields = super().get_fields()
        request = self.context.get("request")
        if request is not None and request.user.is_authenticated:
            fields["customer"].queryset = visible_customers(request.user)  # type: ignore[attr-defined]
        return fields


class ProcessingAgreementViewSet(ReadViewSet[ProcessingAgreement]):
    """Data-processing agreements. Agents read all, a contact their own customer's; company admins ask."""

    serializer_class = ProcessingAgreementSerializer
    queryset = ProcessingAgreement.objects.none()
    orderings = {"-id": ("-id",), "id": ("id",)}
    filters = {
        "customer": by_id("customer"),
        "state": by("state", serializers.ChoiceField(ProcessingAgreement.State.choices)),
    }

    def get_queryset(self) -> QuerySet[ProcessingAgreement]:
        """What the caller may read."""
        rows = visible_dpas(acting_user(self.request)).select_related("customer", "document")
        return rows.prefetch_related("signatures", "review_items")

    def get_serializer_context(self) -> dict[str, Any]:
        """With one moment for all rows of an answer."""
        return {**super().get_serializer_context(), "now": timezone.now()}

    @extend_schema(
        request=NewProcessingAgreement,
        responses={200: ProcessingAgreementSerializer, 201: ProcessingAgreementSerializer},
    )
    def create(self, request: Request) -> Response:
        """Ask for one (company admins, agents): 201, or 200 with the one that is on its way already."""
        customer = self._customer()
        waiting = pending_dpa(customer.pk)
        user = acting_user(request)
        try:
            dpa = processing.request(
                customer=customer, source=Source.AGENT if user.is_agent else Source.PORTAL, by=user
            )
        except NotYours as refusal:
            raise PermissionDenied from refusal
        is_new = waiting is None or waiting.pk != dpa.pk
        shown = self.get_serializer(self.get_queryset().get(pk=dpa.pk)).data
        headers = {"Location": f"{self.request.path}{dpa.pk}/"}
        return Response(shown, HTTPStatus.CREATED if is_new else HTTPStatus.OK, headers=headers)

    def _customer(self) -> Customer:
        """Whose it is to be. Error: 400 without one, or for one that the caller does not see."""
        sent = NewProcessingAgreement(data=self.request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        named: Customer | None = sent.validated_data.get("customer")
        me = contact_of(acting_user(self.request))
        customer = named or (me.customer if me else None)
        if customer is None:
            raise refused("customer", "required", _("This field is required."))
        return customer
