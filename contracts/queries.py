"""Reading standings: what customers' agreements amount to at a moment."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings

from contracts.models import Agreement, StandingChange
from contracts.rules.hours import WeeklyHours, parse_hours
from contracts.rules.standing import AgreementFact, Standing, standing_at


def company_zone() -> ZoneInfo:
    """The time zone whose calendar days agreements are written in."""
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


@cache
def company_hours() -> WeeklyHours:
    """The hours in which the company works."""
    return parse_hours(settings.SERVICE_HOURS)


def agreement_facts(customer_ids: Iterable[int]) -> dict[int, list[AgreementFact]]:
    """The agreements of these customers as facts, by customer id."""
    facts: dict[int, list[AgreementFact]] = defaultdict(list)
    for agreement in Agreement.objects.filter(customer_id__in=list(customer_ids)).with_facts().order_by("id"):
        facts[agreement.customer_id].append(agreement.as_fact())
    return facts


def standings_of(customer_ids: Iterable[int], at: datetime) -> dict[int, Standing]:
    """The standing of each of these customers at a moment, in three queries."""
    ids = set(customer_ids)
    facts = agreement_facts(ids)
    zone = company_zone()
    return {customer_id: standing_at(facts[customer_id], at, zone) for customer_id in ids}


def standing_of(customer_id: int, at: datetime) -> Standing:
    """The standing of one customer at a moment."""
    return standings_of([customer_id], at)[customer_id]


def due_customer_ids(at: datetime) -> list[int]:
    """Customers whose standing has to be looked at again, in pk order (the order of locking)."""
    return list(
        StandingChange.objects.due(at)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
        .distinct()
    )


def is_due(customer_id: int, at: datetime) -> bool:
    """Whether this customer's standing has to be looked at again."""
    return StandingChange.objects.due(at).filter(customer_id=customer_id).exists()
