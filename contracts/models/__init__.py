"""What customers hold, and what it gives: levels, agreements, hours, targets, allowances, prices."""

from contracts.models.agreements import Agreement, AgreementQuerySet, Suspension, require_order
from contracts.models.allowances import Allowance, AllowanceAlert, AllowanceEntry
from contracts.models.data_returns import DataReturn
from contracts.models.hours import ServiceHours, SpecialDays, TermsChange
from contracts.models.levels import Escalation, ServiceLevel, Target
from contracts.models.prices import CustomerPrice, PriceItem, PriceList, StandingApproval
from contracts.models.processing import (
    DpaDocument,
    DpaEvent,
    DpaReviewItem,
    DpaSignature,
    GateChange,
    ProcessingAgreement,
)
from contracts.models.processing_rights import AuditRequest, Breach, BreachNotice, Instruction
from contracts.models.renewals import EndReminder
from contracts.models.services import OUT_OF_HOURS, Service
from contracts.models.standing_changes import StandingChange
from contracts.models.subprocessors import ChangeNotice, DirectoryVersion, Subprocessor, SubprocessorEntry
from contracts.models.told_contacts import ToldContact

__all__ = [
    "OUT_OF_HOURS",
    "Agreement",
    "AgreementQuerySet",
    "Allowance",
    "AllowanceAlert",
    "AllowanceEntry",
    "AuditRequest",
    "Breach",
    "BreachNotice",
    "ChangeNotice",
    "CustomerPrice",
    "DataReturn",
    "DirectoryVersion",
    "DpaDocument",
    "DpaEvent",
    "DpaReviewItem",
    "DpaSignature",
    "EndReminder",
    "Escalation",
    "GateChange",
    "Instruction",
    "PriceItem",
    "PriceList",
    "ProcessingAgreement",
    "Service",
    "ServiceHours",
    "ServiceLevel",
    "SpecialDays",
    "StandingApproval",
    "StandingChange",
    "Subprocessor",
    "SubprocessorEntry",
    "Suspension",
    "Target",
    "TermsChange",
    "ToldContact",
    "require_order",
]
