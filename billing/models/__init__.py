"""The tables of billing."""

from billing.models.charges import Charge
from billing.models.parties import BillingParty, Seller
from billing.models.runs import CloseJob, CloseRun
from billing.models.statements import Statement, StatementCounter

__all__ = ["BillingParty", "Charge", "CloseJob", "CloseRun", "Seller", "Statement", "StatementCounter"]
