"""Statements over the API: for leads and admins all, for a company admin their own company's."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.access import acting_user
from billing.access import may_bill, visible_statements
from billing.models import Statement
from billing.queries.content import content_of
from lib.api.filters import Filter, by, by_id
from lib.api.serializers import StrictModelSerializer
from lib.api.views import ReadViewSet


class StatementSerializer(StrictModelSerializer[Statement]):
    """A closed statement. Amounts are text with two places; lines come where one statement is read."""

    period_starts_on = serializers.DateField()
    vat_shares = serializers.JSONField(help_text="One for each rate: percent, net, vat.")
    files = serializers.SerializerMethodField(help_text="Addresses of the files, for a browser session.")
    lines = serializers.SerializerMethodField(help_text="Only where one statement is read.")

    class Meta:
        model = Statement
        fields = [
            "number", "customer", "period_starts_on", "period_ends_on", "currency", "net", "vat", "gross",
            "vat_shares", "consumption", "closed_at", "due_on", "handed_over_at", "files", "lines",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_files(self, statement: Statement) -> dict[str, str]:
        """PDF and CSV as the caller's own pages offer them."""
        request: Request = self.context["request"]
        view = "billing:statement_file" if may_bill(acting_user(request)) else "portal:statement_file"
        return {
            kind: request.build_absolute_uri(reverse(view, args=[statement.number, kind]))
            for kind in ("pdf", "csv")
        }

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_lines(self, statement: Statement) -> list[dict[str, Any]] | None:
        """Every line with its reason; null in lists."""
        if not self.context.get("is_whole"):
            return None
        lines: list[dict[str, Any]] = content_of(statement)["lines"]
        return lines


class StatementViewSet(ReadViewSet[Statement]):
    """Closed statements. Leads and admins read all, a company admin those of their own company."""

    serializer_class = StatementSerializer
    queryset = Statement.objects.none()
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9-]{1,20}"
    orderings = {
        "-number": ("-period_starts_on", "-id"),
        "number": ("period_starts_on", "id"),
    }
    filters = {
        "customer": by_id("customer"),
        "period_starts_on": by("period_starts_on", serializers.DateField(), "First day of the month."),
        "handed_over": Filter(
            serializers.BooleanField(),
            lambda value, _request: Q(handed_over_at__isnull=not value),
            "Whether bookkeeping has it.",
        ),
    }

    def get_queryset(self) -> QuerySet[Statement]:
        """What the caller may read."""
        return visible_statements(acting_user(self.request))

    def get_object(self) -> Statement:
        """By its number. Error: 404."""
        return get_object_or_404(self.get_queryset(), number=self.kwargs["number"])

    def get_serializer_context(self) -> dict[str, Any]:
        """With the lines where one is read."""
        return {**super().get_serializer_context(), "is_whole": self.action == "retrieve"}
