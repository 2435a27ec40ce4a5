"""Held files in the API: that they are, why, and until when; neither their names nor their content."""

from typing import Any

from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import get_language
from rest_framework import serializers

from lib.api.serializers import StrictSerializer
from lib.log_likeness import CODES
from tickets.models import HeldFile, Message
from tickets.queries.held import closed_gate, held_lines


class HeldReasonShape(StrictSerializer):
    """What gave it away."""

    code = serializers.ChoiceField(sorted(CODES))
    text = serializers.CharField()


class HeldShape(StrictSerializer):
    """A file or pasted text that nobody may read until the gate `log_analysis` opens."""

    kind = serializers.ChoiceField(HeldFile.Kind.choices)
    reasons = HeldReasonShape(many=True)
    held_at = serializers.DateTimeField()
    delete_at = serializers.DateTimeField(allow_null=True)
    deleted_at = serializers.DateTimeField(allow_null=True)


class HeldMessageShape(StrictSerializer):
    """A file that was taken in and is held. `reason`: why it may not be read; `ways`: what would open it."""

    message = serializers.IntegerField()
    held = HeldShape(many=True)
    reason = serializers.CharField()
    ways = serializers.ListField(child=serializers.CharField())


def held_as_json(message: Message) -> list[dict[str, Any]]:
    """What of a message (with its held files) is held or was deleted unread."""
    return [
        {
            "kind": HeldFile.Kind.TEXT if one.is_text else HeldFile.Kind.FILE,
            "reasons": [{"code": code, "text": text} for code, text in one.why_by_code.items()],
            "held_at": localtime(one.held_at).isoformat(),
            "delete_at": localtime(one.delete_at).isoformat() if one.delete_at else None,
            "deleted_at": localtime(one.deleted_at).isoformat() if one.deleted_at else None,
        }
        for one in held_lines(message, get_language() or "de")
    ]


def held_message_as_json(message: Message) -> dict[str, Any]:
    """A message whose file is held."""
    gate = closed_gate(message.ticket, timezone.now(), get_language() or "de")
    return {
        "message": message.pk,
        "held": held_as_json(message),
        "reason": gate.lines[0].reason if gate else "",
        "ways": [way.text for way in gate.ways] if gate else [],
    }
