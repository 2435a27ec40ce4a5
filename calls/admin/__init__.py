"""The admin pages of telephony: systems, numbers, phones and rules; calls are looked at here, no more."""

from calls.admin.calls import CallAdmin, CallChoreAdmin, VoicemailAdmin
from calls.admin.numbers import ServiceNumberAdmin
from calls.admin.phones import AgentPhoneAdmin, OnCallAdmin
from calls.admin.policy import CallPolicyAdmin
from calls.admin.systems import PhoneSystemAdmin

__all__ = [
    "AgentPhoneAdmin",
    "CallAdmin",
    "CallChoreAdmin",
    "CallPolicyAdmin",
    "OnCallAdmin",
    "PhoneSystemAdmin",
    "ServiceNumberAdmin",
    "VoicemailAdmin",
]
