"""Customers with what their agreements amount to now."""

from typing import Any

from django.core.validators import DomainNameValidator
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user
from contracts.queries import standing_of, standings_of
from contracts.rules.standing import Standing
from contracts.rules.wording import TABLE
from customers.access import may_keep_customers, visible_customers
from customers.actions import customers as customer_actions
from customers.models import Customer, CustomerDomain
from lib.api.filters import Filter, by
from lib.api.serializers import PhoneNumberField, StrictModelSerializer, StrictSerializer, WordsField, assign
from lib.api.views import KeptViewSet
from lib.domains import as_domain, in_ascii
from lib.reasons import Reason, say


class ReasonSerializer(StrictSerializer):
    """Why: a code with parameters for programs, a sentence for people."""

    code = serializers.CharField()
    params = serializers.DictField()
    text = serializers.CharField()


class SeenSerializer(ReasonSerializer):
    """An agreement that was looked at and does not decide."""

    agreement = serializers.IntegerField()


class StandingSerializer(StrictSerializer):
    """What a customer's agreements amount to now."""

    band = serializers.IntegerField(
        help_text="1 is served first; 100 is everybody without a service agreement."
    )
    level = serializers.CharField(allow_null=True, help_text="The service level's name.")
    in_force = serializers.BooleanField(help_text="Whether a service agreement is in force.")
    agreement = serializers.IntegerField(allow_null=True, help_text="The agreement that decides.")
    reasons = ReasonSerializer(many=True)
    seen_but_not_counting = SeenSerializer(many=True)


class CustomerSerializer(StrictModelSerializer[Customer]):
    """An organisation we serve."""

    domains = WordsField(
        word="domain",
        child=serializers.CharField(max_length=253, validators=[DomainNameValidator()]),
        required=False,
    )
    phone_numbers = WordsField(source="phones", word="number", child=PhoneNumberField(), required=False)
    standing = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = ["id", "name", "domains", "phone_numbers", "standing"]

    @extend_schema_field(StandingSerializer)
    def get_standing(self, customer: Customer) -> dict[str, Any]:
        """From the page's standings, read in one go, or this customer's alone."""
        standings: dict[int, Standing] = self.context.get("standings", {})
        return standing_as_json(standings.get(customer.pk) or standing_of(customer.pk, timezone.now()))

    def validate_domains(self, domains: list[str]) -> list[str]:
        """A mail domain says whose mail it is, so it belongs to one customer."""
        domains = list(dict.fromkeys(as_domain(domain) for domain in domains))
        taken = CustomerDomain.objects.filter(domain__in=domains)
        taken = taken.exclude(customer=self.instance.pk if self.instance else None)
        if first := taken.first():
            text = _("The domain %(domain)s belongs to another customer.") % {"domain": first.domain}
            raise serializers.ValidationError(text, "unique")
        return domains

    def create(self, validated_data: dict[str, Any]) -> Customer:
        """A new customer, through the action."""
        return self._save(Customer(), validated_data)

    def update(self, instance: Customer, validated_data: dict[str, Any]) -> Customer:
        """A changed customer, through the action."""
        return self._save(instance, validated_data)

    def _save(self, customer: Customer, values: dict[str, Any]) -> Customer:
        assign(customer, values, ["name"])
        return customer_actions.save(
            customer=customer,
            by=self.context["request"].user,
            domains=values.get("domains"),
            phone_numbers=values.get("phones"),
        )


class CustomerViewSet(KeptViewSet[Customer]):
    """Customers with their standing. Agents read all, admins keep them; a contact reads their own."""

    serializer_class = CustomerSerializer
    queryset = Customer.objects.none()
    orderings = {"name": ("sort_name", "id"), "-name": ("-sort_name", "-id")}
    filters = {
        "domain": Filter(
            serializers.CharField(max_length=253),
            lambda domain, _request: Q(domains__domain=in_ascii(domain)),
        ),
        "phone_number": by("phones__number", PhoneNumberField()),
        "search": by("name__icontains", serializers.CharField(max_length=100), "Part of the name."),
    }

    def get_queryset(self) -> QuerySet[Customer]:
        """What the caller may see."""
        return visible_customers(acting_user(self.request)).prefetch_related("domains", "phones")

    def may_write(self) -> bool:
        """Admins."""
        return may_keep_customers(acting_user(self.request))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of customers; the number of queries does not depend on its size."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        standings = standings_of([customer.pk for customer in page], timezone.now())
        context = {**self.get_serializer_context(), "standings": standings}
        return self.get_paginated_response(CustomerSerializer(page, many=True, context=context).data)


def standing_as_json(standing: Standing) -> dict[str, Any]:
    """A standing as outsiders read it, in the language that is active."""
    return {
        "band": standing.band,
        "level": standing.level.name if standing.level else None,
        "in_force": standing.in_force,
        "agreement": standing.agreement_id,
        "reasons": [_reason_as_json(reason) for reason in standing.reasons],
        "seen_but_not_counting": [
            {"agreement": seen.agreement_id, **_reason_as_json(seen.reason)} for seen in standing.not_counting
        ],
    }


def _reason_as_json(reason: Reason) -> dict[str, Any]:
    return {**reason.as_json(), "text": say(reason, get_language() or "de", TABLE)}
