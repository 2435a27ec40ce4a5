"""How time entries look to callers, and what they send about them."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from accounts.models import User
from contracts.models import Service
from lib.api.serializers import StrictSerializer, TextField, refused
from tickets.actions.time_booking import Work
from tickets.api.shapes import PersonShape
from tickets.forms.time import LONGEST_TEXT
from tickets.models import CoverageSlice, TimeEntry, WorkKind
from tickets.models.time_entries import MOST_KILOMETRES
from tickets.queries.services import service_of_kind
from tickets.queries.time import held, slices_of
from tickets.rules.coverage import CODES
from tickets.rules.coverage_wording import coverage_words

LONGEST_REASON = 250


class SliceShape(StrictSerializer):
    """A stretch with one answer. Amounts are net and written as text."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    covered = serializers.BooleanField()
    reason = serializers.ChoiceField([(code, code) for code in CODES])
    explanation = serializers.CharField(help_text="The reason in words.")
    minutes = serializers.IntegerField()
    charged_minutes = serializers.IntegerField(help_text="What counts after rounding.")
    units = serializers.IntegerField(help_text="Taken from the allowance: minutes, or a case.")
    rate = serializers.CharField(allow_null=True, help_text="Per hour, or per unit of a flat item.")
    surcharge_percent = serializers.CharField(help_text="On top outside the service hours; 0 inside.")
    amount = serializers.CharField()
    currency = serializers.CharField()


class TimeEntryShape(StrictSerializer):
    """Work on a ticket. What is for the firm only is null for contacts."""

    id = serializers.IntegerField()
    ticket = serializers.CharField()
    customer = serializers.IntegerField()
    agent = PersonShape()
    work_kind = serializers.ChoiceField(WorkKind.choices)
    service = serializers.CharField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    charged_minutes = serializers.IntegerField()
    kilometres = serializers.IntegerField()
    text = serializers.CharField()
    amount = serializers.CharField(help_text="Of all slices, net.")
    currency = serializers.CharField()
    is_voided = serializers.BooleanField()
    is_decided_by_hand = serializers.BooleanField()
    slices = SliceShape(many=True)
    remark = serializers.CharField(allow_null=True)
    is_flagged = serializers.BooleanField(allow_null=True, help_text="Chargeable without an approval.")
    decision_reason = serializers.CharField(allow_null=True)
    void_reason = serializers.CharField(allow_null=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "forty minutes",
            value={
                "work_kind": "remote",
                "started_at": "2026-11-20T16:40:00+01:00",
                "ended_at": "2026-11-20T17:20:00+01:00",
                "text": "Toner changed",
            },
            request_only=True,
        )
    ]
)
class NewTimeEntry(StrictSerializer):
    """Work of the caller. Without a service it is the one that goes with the kind of work."""

    work_kind = serializers.ChoiceField(WorkKind.choices)
    service = serializers.SlugRelatedField(
        slug_field="code", queryset=Service.objects.filter(is_active=True), required=False
    )
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    kilometres = serializers.IntegerField(min_value=0, max_value=MOST_KILOMETRES, default=0)
    text = TextField(max_length=LONGEST_TEXT, allow_blank=True, default="")
    remark = TextField(max_length=LONGEST_TEXT, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the service."""
        attrs.setdefault("service", service_of_kind(attrs["work_kind"]))
        if attrs["service"] is None:
            raise refused("service", "required", _("Please choose a service."))
        return attrs

    def as_work(self) -> Work:
        """For the action."""
        return Work(**self.validated_data)


class NewDecision(StrictSerializer):
    """Who pays, decided by hand; `rule` decides by the agreement again."""

    outcome = serializers.ChoiceField([(one, one) for one in ("covered", "chargeable", "rule")])
    reason = TextField(max_length=LONGEST_REASON)


class NewVoid(StrictSerializer):
    """Why an entry is taken back."""

    reason = TextField(max_length=LONGEST_REASON)


def entries_as_json(entries: Iterable[TimeEntry], reader: User) -> list[dict[str, Any]]:
    """Entries (of `with_decision`, with their ticket) for a reader."""
    return [entry_as_json(entry, reader) for entry in entries]


def entry_as_json(entry: TimeEntry, reader: User) -> dict[str, Any]:
    """One entry for a reader."""
    rows, decision = slices_of(entry), held(entry)
    is_ours = reader.is_agent
    return {
        "id": entry.pk,
        "ticket": entry.ticket.number,
        "customer": entry.customer_id,
        "agent": {"id": entry.agent_id, "name": entry.agent.display_name},
        "work_kind": entry.work_kind,
        "service": entry.service.code,
        "started_at": _moment(entry.started_at),
        "ended_at": _moment(entry.ended_at),
        "minutes": entry.minutes,
        "charged_minutes": sum(row.charged_minutes for row in rows),
        "kilometres": entry.kilometres,
        "text": entry.text,
        "amount": str(sum((row.amount for row in rows), Decimal("0.00"))),
        "currency": rows[-1].currency if rows else "EUR",
        "is_voided": entry.voided_at is not None,
        "is_decided_by_hand": bool(decision and decision.is_override),
        "slices": [_slice(row) for row in rows],
        "remark": entry.remark if is_ours else None,
        "is_flagged": entry.is_flagged if is_ours else None,
        "decision_reason": decision.reason if is_ours and decision else None,
        "void_reason": entry.void_reason if is_ours else None,
    }


def _slice(row: CoverageSlice) -> dict[str, Any]:
    return {
        "starts_at": _moment(row.starts_at),
        "ends_at": _moment(row.ends_at),
        "covered": row.is_covered,
        "reason": row.reason_code,
        "explanation": coverage_words(row.reason_code, row.reason_params, get_language() or "de"),
        "minutes": row.real_minutes,
        "charged_minutes": row.charged_minutes,
        "units": row.units,
        "rate": None if row.rate is None else str(row.rate),
        "surcharge_percent": str(row.surcharge_percent) if row.is_out_of_hours else "0.00",
        "amount": str(row.amount),
        "currency": row.currency,
    }


def _moment(moment: datetime) -> str:
    return localtime(moment).isoformat()
