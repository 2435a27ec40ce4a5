"""The consents of a ticket: recorded and withdrawn by whoever works on it."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import acting_user
from contracts.queries import company_zone
from lib.api.problems import invalid
from lib.api.serializers import StrictSerializer, TextField
from lib.api.views import ApiViewSet
from tickets import access
from tickets.actions import consents
from tickets.actions.consents import EVIDENCE_LENGTH, NAME_LENGTH, NOTE_LENGTH, Given
from tickets.actions.seeing import note_seen
from tickets.api.inputs import ContactField
from tickets.api.refusals import RefusalsInWords
from tickets.models import Consent, Ticket
from tickets.queries.consents import CAPABILITIES

BY_AGENTS = [how for how in Consent.How.choices if how[0] != Consent.How.PORTAL]


class ConsentShape(StrictSerializer):
    """One person's consent for one ticket. It stands until `withdrawn_at`."""

    id = serializers.IntegerField()
    ticket = serializers.CharField()
    person = serializers.CharField()
    contact = serializers.IntegerField(allow_null=True)
    capabilities = serializers.ListField(child=serializers.ChoiceField([str(one) for one in CAPABILITIES]))
    how = serializers.ChoiceField(Consent.How.choices)
    given_at = serializers.DateTimeField()
    evidence = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawal_note = serializers.CharField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "a call",
            value={
                "name": "Ada Muster",
                "capabilities": ["remote_session"],
                "how": "phone",
                "given_at": "2026-11-20T09:30:00+01:00",
                "evidence": "Told Anna Berger on the phone",
            },
            request_only=True,
        )
    ]
)
class NewConsent(StrictSerializer):
    """What a `contact` of the customer permits, or anybody by `name`; whoever is new joins the list."""

    contact = ContactField(required=False, allow_null=True)
    name = TextField(max_length=NAME_LENGTH, required=False, allow_blank=True, default="")
    capabilities = serializers.ListField(
        child=serializers.ChoiceField([str(one) for one in CAPABILITIES]), allow_empty=False
    )
    how = serializers.ChoiceField(BY_AGENTS)
    given_at = serializers.DateTimeField()
    evidence = TextField(max_length=EVIDENCE_LENGTH)


class NewConsentWithdrawal(StrictSerializer):
    """How the withdrawal reached us."""

    note = TextField(max_length=NOTE_LENGTH)


class ConsentViewSet(RefusalsInWords, ApiViewSet[Consent]):
    """The consents of a ticket, the oldest first: contacts read their own."""

    queryset = Consent.objects.none()
    serializer_class = ConsentShape
    lookup_value_regex = "[0-9]{1,18}"
    orderings = {"id": ("id",), "-id": ("-id",)}

    def get_queryset(self) -> QuerySet[Consent]:
        """Those of a ticket that the caller may read."""
        user = acting_user(self.request)
        ticket = access.get_ticket(user, self.kwargs["number"])
        rows = access.visible_consents(user).filter(subject__ticket=ticket)
        return rows.select_related("subject__ticket")

    @extend_schema(responses=ConsentShape(many=True))
    def list(self, request: Request, number: str) -> Response:
        """A page of consents."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        if page:
            self._note_seen(number)
        return self.get_paginated_response([_as_json(one) for one in page])

    @extend_schema(responses=ConsentShape)
    def retrieve(self, request: Request, number: str, pk: str) -> Response:
        """One of them."""
        answer = self._shown(int(pk))
        self._note_seen(number)
        return answer

    @extend_schema(request=NewConsent, responses={201: ConsentShape})
    def create(self, request: Request, number: str) -> Response:
        """Record what somebody permits (agents)."""
        user = acting_user(request)
        ticket = access.get_ticket(user, number)
        access.require(allowed=access.may_work(user, ticket))
        sent = self._sent(NewConsent)
        if not sent.get("contact") and not sent["name"].strip():
            raise invalid("name", "required", _("Please say who is concerned."))
        made = _record(ticket, sent, user)
        return self._shown(made.pk, HTTPStatus.CREATED)

    @extend_schema(request=NewConsentWithdrawal, responses=ConsentShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, number: str, pk: str) -> Response:
        """Record that somebody takes their consent back (agents; contacts their own)."""
        consent = get_object_or_404(self.get_queryset(), pk=pk)
        note = self._sent(NewConsentWithdrawal)["note"]
        consents.withdraw_consent(consent=consent, note=note, by=acting_user(request))
        return self._shown(consent.pk)

    def _note_seen(self, number: str) -> None:
        user = acting_user(self.request)
        note_seen(ticket=access.get_ticket(user, number), by=user, door="api")

    def _sent(self, shape: type[StrictSerializer]) -> dict[str, Any]:
        serializer = shape(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def _shown(self, pk: int, status: int = HTTPStatus.OK) -> Response:
        return Response(_as_json(get_object_or_404(self.get_queryset(), pk=pk)), status=status)


def _record(ticket: Ticket, sent: dict[str, Any], user: Any) -> Consent:
    given = Given(**{name: sent[name] for name in ("capabilities", "how", "given_at", "evidence")})
    return consents.record_of_person(
        ticket=ticket, given=given, name=sent["name"], contact=sent.get("contact"), by=user
    )


def _as_json(consent: Consent) -> dict[str, Any]:
    return {
        "id": consent.pk,
        "ticket": consent.subject.ticket.number,
        "person": consent.subject.name,
        "contact": consent.subject.contact_id,
        "capabilities": consent.capabilities,
        "how": consent.how,
        "given_at": _moment(consent.given_at),
        "evidence": consent.evidence,
        "withdrawn_at": _moment(consent.withdrawn_at),
        "withdrawal_note": consent.withdrawal_note,
    }


def _moment(at: datetime | None) -> str | None:
    return localtime(at, company_zone()).isoformat() if at else None
