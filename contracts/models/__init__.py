"""What customers hold, and what it gives: levels, agreements, hours, targets, allowances, prices."""

from contracts.models.agreements import Agreement, AgreementQuerySet, Suspension, require_order
from contracts.models.allowances import Allowance, AllowanceAlert, AllowanceEntry
from contracts.models.hours import ServiceHours, SpecialDays, TermsChange
from contracts.models.levels import Escalation, ServiceLevel, Target
from contracts.models.prices import CustomerPrice, PriceItem, PriceList, StandingApproval
from contracts.models.renewals import EndReminder
from contracts.models.services import OUT_OF_HOURS, Service
from contracts.models.standing_changes import StandingChange

__all__ = [
    "OUT_OF_HOURS",
    "Agreement",
    "AgreementQuerySet",
    "Allowance",
    "AllowanceAlert",
    "AllowanceEntry",
    "CustomerPrice",
    "EndReminder",
    "Escalation",
    "PriceItem",
    "PriceList",
    "Service",
    "ServiceHours",
    "ServiceLevel",
    "SpecialDays",
    "StandingApproval",
    "StandingChange",
    "Suspension",
    "Target",
    "TermsChange",
    "require_order",
]
