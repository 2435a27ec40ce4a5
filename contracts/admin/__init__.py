"""The admin pages of what customers hold. (Agreements and levels move tickets: see `tickets`.)"""

from contracts.admin.customers import CustomerAdmin
from contracts.admin.escalations import EscalationAdmin

__all__ = ["CustomerAdmin", "EscalationAdmin"]
