"""How gates look to callers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from accounts.models import User
from contracts.queries.gates import gate_reason
from contracts.rules.gates import Capability, Gate
from lib.api.serializers import StrictSerializer


class GateShape(StrictSerializer):
    """Whether something may be done on this ticket."""

    allowed = serializers.BooleanField()
    reason = serializers.CharField(help_text="Why, in words.")


def gates_as_json(gates: Mapping[Capability, Gate], reader: User, now: datetime) -> dict[str, dict[str, Any]]:
    """The gates of one ticket for a reader, by the capability's name."""
    language = get_language() or "de"
    return {
        str(capability): {
            "allowed": gate.is_open,
            "reason": gate_reason(gate, now, language, "agent" if reader.is_agent else "customer"),
        }
        for capability, gate in gates.items()
    }
