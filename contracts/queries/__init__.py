"""Reading what customers hold and what it gives."""

from contracts.queries.calendars import calendar_of, calendars, company_calendar
from contracts.queries.prices import coming_list, list_in_force, price_facts, standing_approvals
from contracts.queries.standings import (
    Draft,
    WhatIf,
    agreement_facts,
    company_zone,
    due_customer_ids,
    if_deleted,
    if_levels_saved,
    if_saved,
    in_words,
    last_due,
    standing_of,
    standings_of,
)

__all__ = [
    "Draft",
    "WhatIf",
    "agreement_facts",
    "calendar_of",
    "calendars",
    "coming_list",
    "company_calendar",
    "company_zone",
    "due_customer_ids",
    "if_deleted",
    "if_levels_saved",
    "if_saved",
    "in_words",
    "last_due",
    "list_in_force",
    "price_facts",
    "standing_approvals",
    "standing_of",
    "standings_of",
]
