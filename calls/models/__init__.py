"""What the room keeps: telephone systems, numbers, phones, calls and their steps."""

from calls.models.calls import Call, CallChore, CallStep, Voicemail
from calls.models.numbers import ServiceNumber
from calls.models.phones import AgentPhone
from calls.models.systems import CallPolicy, OnCall, PhoneSystem

__all__ = [
    "AgentPhone",
    "Call",
    "CallChore",
    "CallPolicy",
    "CallStep",
    "OnCall",
    "PhoneSystem",
    "ServiceNumber",
    "Voicemail",
]
