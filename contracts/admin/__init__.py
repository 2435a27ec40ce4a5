"""The admin pages of what customers hold. (Agreements and levels move tickets: see `tickets`.)"""

from contracts.admin.allowances import AllowanceAdmin, AllowanceEntryAdmin
from contracts.admin.customers import CustomerAdmin
from contracts.admin.dpa_documents import DpaDocumentAdmin
from contracts.admin.escalations import EscalationAdmin
from contracts.admin.hours import ServiceHoursAdmin
from contracts.admin.prices import CustomerPriceAdmin, PriceItemAdmin, PriceListAdmin, StandingApprovalAdmin
from contracts.admin.processing import ProcessingAgreementAdmin
from contracts.admin.services import ServiceAdmin

__all__ = [
    "AllowanceAdmin",
    "AllowanceEntryAdmin",
    "CustomerAdmin",
    "CustomerPriceAdmin",
    "DpaDocumentAdmin",
    "EscalationAdmin",
    "PriceItemAdmin",
    "PriceListAdmin",
    "ProcessingAgreementAdmin",
    "ServiceAdmin",
    "ServiceHoursAdmin",
    "StandingApprovalAdmin",
]
