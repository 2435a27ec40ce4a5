"""The price before the work: asking the customer, and their answer."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user
from contracts.models import PriceItem, Service
from contracts.queries import company_zone
from customers.access import contact_of
from lib.api.problems import invalid
from lib.api.serializers import StrictSerializer, TextField
from lib.api.views import ApiViewSet
from tickets import access
from tickets.actions import approving
from tickets.actions.approving import Answer
from tickets.api.inputs import LONGEST_REASON, ContactField
from tickets.api.refusals import RefusalsInWords
from tickets.models import ApprovalRequest
from tickets.queries.approval_cards import state_at
from tickets.queries.approvals import lefts

LONGEST_TEXT = 4_000
State, How = ApprovalRequest.State, ApprovalRequest.How


class ApprovalShape(StrictSerializer):
    """A request for approval. Amounts are net and written as text; `left` is null unless it was approved."""

    id = serializers.IntegerField()
    ticket = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    service = serializers.CharField()
    item = serializers.CharField(help_text="The code in the price list.")
    unit = serializers.ChoiceField(PriceItem.Unit.choices)
    rate = serializers.CharField(help_text="Per hour, or per unit of a flat item.")
    surcharge_percent = serializers.CharField(help_text="On top, for work outside the service hours.")
    ceiling = serializers.CharField()
    left = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    vat_percent = serializers.CharField()
    text = serializers.CharField()
    contact = serializers.IntegerField(allow_null=True)
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField()
    answered_how = serializers.CharField(help_text="portal, link, recorded; empty without an answer.")
    note = serializers.CharField()
    evidence = serializers.CharField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "two hours of remote support",
            value={"service": "remote", "ceiling": "240.00", "text": "Set the server up anew."},
            request_only=True,
        )
    ]
)
class NewApproval(StrictSerializer):
    """What the customer shall approve. The price is that of the list in force, or the customer's own."""

    service = serializers.SlugRelatedField(slug_field="code", queryset=Service.objects.filter(is_active=True))
    ceiling = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    text = TextField(max_length=LONGEST_TEXT)
    out_of_hours = serializers.BooleanField(default=False, help_text="With the surcharge.")
    contact = ContactField(
        required=False,
        allow_null=True,
        help_text="Who is asked: the ticket's contact, or null for nobody.",
    )
    expires_at = serializers.DateTimeField(required=False)
    wait = serializers.BooleanField(default=False, help_text="Set the ticket to waiting for the customer.")

    def validate_expires_at(self, expires_at: datetime) -> datetime:
        """Nobody answers in the past."""
        if expires_at <= timezone.now():
            raise serializers.ValidationError(_("This must lie in the future."), "not_in_future")
        return expires_at


class NewAnswer(StrictSerializer):
    """What was answered. Agents record an answer that reached them: who gave it, and the evidence."""

    approved = serializers.BooleanField()
    note = TextField(max_length=500, required=False, allow_blank=True, default="")
    name = TextField(max_length=200, required=False, allow_blank=True, default="")
    evidence = TextField(max_length=250, required=False, allow_blank=True, default="")


class NewWithdrawal(StrictSerializer):
    """Why the question is taken back."""

    reason = TextField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")


class ApprovalViewSet(RefusalsInWords, ApiViewSet[ApprovalRequest]):
    """What the customer of a ticket was asked to approve, the newest first."""

    queryset = ApprovalRequest.objects.none()
    serializer_class = ApprovalShape
    lookup_value_regex = "[0-9]{1,18}"
    orderings = {"-id": ("-id",), "id": ("id",)}

    def get_queryset(self) -> QuerySet[ApprovalRequest]:
        """Those of a ticket that the caller may read."""
        user = acting_user(self.request)
        rows = access.visible_approvals(user).filter(ticket=access.get_ticket(user, self.kwargs["number"]))
        return rows.select_related("ticket", "service", "price_item", "contact", "asked_by")

    @extend_schema(responses=ApprovalShape(many=True))
    def list(self, request: Request, number: str) -> Response:
        """A page of requests."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(_as_json(page))

    @extend_schema(request=NewApproval, responses={201: ApprovalShape})
    def create(self, request: Request, number: str) -> Response:
        """Ask the customer (agents)."""
        user = acting_user(request)
        ticket = access.get_ticket(user, number)
        access.require(allowed=access.may_work(user, ticket))
        sent = self._sent(NewApproval)
        made = approving.ask(
            ticket=ticket,
            service=sent["service"],
            ceiling=sent["ceiling"],
            text=sent["text"],
            contact=sent.get("contact", ticket.contact),
            is_out_of_hours=sent["out_of_hours"],
            expires_at=sent.get("expires_at"),
            waits=sent["wait"],
            by=user,
        )
        return self._shown(made.pk, HTTPStatus.CREATED)

    @extend_schema(request=NewAnswer, responses=ApprovalShape)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, number: str, pk: str) -> Response:
        """Approve or decline (contacts), or record what the customer answered (agents)."""
        user, asked = acting_user(request), self._asked(pk)
        sent = self._sent(NewAnswer)
        how = How.RECORDED if user.is_agent else How.PORTAL
        if how == How.PORTAL and (sent["name"] or sent["evidence"]):
            raise invalid("name", "not_for_contacts", _("Who answers themselves needs no evidence."))
        given = Answer(
            is_approved=sent["approved"],
            how=how,
            contact=None if user.is_agent else contact_of(user),
            by=user,
            **{name: sent[name] for name in ("note", "name", "evidence")},
        )
        approving.answer(request=asked, given=given)
        return self._shown(asked.pk)

    @extend_schema(request=NewWithdrawal, responses=ApprovalShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, number: str, pk: str) -> Response:
        """Take the question back (agents)."""
        user, asked = acting_user(request), self._asked(pk)
        access.require(allowed=access.may_work(user, asked.ticket))
        approving.withdraw(request=asked, by=user, why=self._sent(NewWithdrawal)["reason"])
        return self._shown(asked.pk)

    def _asked(self, pk: str) -> ApprovalRequest:
        """The request of the address. Error: 404, also for another ticket's."""
        return get_object_or_404(self.get_queryset(), pk=pk)

    def _sent(self, shape: type[StrictSerializer]) -> dict[str, Any]:
        serializer = shape(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def _shown(self, pk: int, status: int = HTTPStatus.OK) -> Response:
        (shown,) = _as_json([self.get_queryset().get(pk=pk)])
        return Response(shown, status=status)


def _as_json(rows: list[ApprovalRequest]) -> list[dict[str, Any]]:
    rests = lefts(row for row in rows if row.state == State.APPROVED)
    now = timezone.now()
    return [_one_as_json(row, rests.get(row.pk), now) for row in rows]


def _one_as_json(row: ApprovalRequest, left: Decimal | None, now: datetime) -> dict[str, Any]:
    return {
        "id": row.pk,
        "ticket": row.ticket.number,
        "state": state_at(row, now),
        "service": row.service.code,
        "item": row.price_item.code,
        "unit": row.price_item.unit,
        "rate": str(row.rate),
        "surcharge_percent": str(row.surcharge_percent),
        "ceiling": str(row.ceiling),
        "left": None if left is None else str(left),
        "currency": row.currency,
        "vat_percent": str(row.vat_percent),
        "text": row.text,
        "contact": row.contact_id,
        "asked_by": row.asked_by.display_name if row.asked_by else "",
        "asked_at": _moment(row.asked_at),
        "expires_at": _moment(row.expires_at),
        "answered_at": _moment(row.answered_at),
        "answered_by": row.answered_by_name,
        "answered_how": row.answered_how,
        "note": row.answer_note,
        "evidence": row.evidence,
    }


def _moment(at: datetime | None) -> str | None:
    return localtime(at, company_zone()).isoformat() if at else None
