"""How well we can be reached: the contract line by hour, day, level and customer; the public queue's waits.

Three queries of sums, however many calls. Days and hours are the company's; calls count within the service
hours only, and once they have ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from calls.models import Call
from calls.queries.log import of_customer
from calls.rules.reach import Reached, Waited
from contracts.queries import company_zone
from contracts.rules.standing import day_start
from tickets.rules.periods import Period

MOST_CUSTOMERS = 50
_DAY = timedelta(days=1)
_LAST = date.max - _DAY

# The caller's standing is the line's where they call on their own; else the level is that of the number's
# agreement, as long as whoever had the number then still has it.
_CONTRACT_CALLS = """
    WITH contract_calls AS (
        SELECT c.outcome, c.via_fallback, c.arrived_at AT TIME ZONE %(zone)s AS local,
            coalesce(c.holder_id, c.customer_id) AS whose,
            CASE WHEN c.holder_id IS NULL OR c.holder_id = c.customer_id
                THEN coalesce(c.standing->>'level', l.name, '') ELSE coalesce(l.name, '') END AS level
        FROM calls_call c
        LEFT JOIN calls_servicenumber n ON n.id = c.number_id
        LEFT JOIN contracts_agreement a ON a.id = n.agreement_id AND a.customer_id = c.holder_id
        LEFT JOIN contracts_servicelevel l ON l.id = a.level_id
        WHERE c.arrived_at >= %(since)s AND c.arrived_at < %(until)s
            AND c.direction = 'in' AND c.state = 'ended' AND c.in_hours AND c.line = 'contract'
    ), asked AS (
        SELECT * FROM contract_calls
        WHERE (%(customer)s::bigint IS NULL OR whose = %(customer)s) AND (%(level)s = '' OR level = %(level)s)
    )
"""
_COUNTS = """
    count(*), count(*) FILTER (WHERE outcome = 'answered'), count(*) FILTER (WHERE outcome = 'busy'),
    count(*) FILTER (WHERE via_fallback)
"""
_GROUPS = f"""
    {_CONTRACT_CALLS}
    SELECT GROUPING(hour, day, level), hour, day, level, {_COUNTS}
    FROM (SELECT *, extract(hour FROM local)::int AS hour, local::date AS day FROM asked) dated
    GROUP BY GROUPING SETS ((), (hour), (day), (level)) ORDER BY 1, 2, 3, 4
"""  # noqa: S608 (made of constants)
_TOTAL, _BY_HOUR, _BY_DAY, _BY_LEVEL = 0b111, 0b011, 0b101, 0b110
"""What `GROUPING` says: a bit for each of hour, day and level that a row is not about."""
_CUSTOMERS = f"""
    {_CONTRACT_CALLS}
    SELECT whose, coalesce(k.name, ''), {_COUNTS}
    FROM asked LEFT JOIN customers_customer k ON k.id = whose
    GROUP BY whose, k.name ORDER BY 3 DESC, 5 DESC, 2 LIMIT {MOST_CUSTOMERS + 1}
"""  # noqa: S608 (made of constants)
_PUBLIC = """
    SELECT count(*), count(*) FILTER (WHERE outcome = 'answered'),
        count(*) FILTER (WHERE outcome = 'abandoned'),
        count(*) FILTER (WHERE outcome = 'voicemail'), count(*) FILTER (WHERE via_fallback),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_seconds)
            FILTER (WHERE outcome IN ('answered', 'abandoned')),
        percentile_cont(0.95) WITHIN GROUP (ORDER BY waited_seconds)
            FILTER (WHERE outcome IN ('answered', 'abandoned')),
        max(waited_seconds) FILTER (WHERE outcome IN ('answered', 'abandoned'))
    FROM calls_call
    WHERE arrived_at >= %(since)s AND arrived_at < %(until)s
        AND direction = 'in' AND state = 'ended' AND in_hours AND line = 'public'
"""


@dataclass(frozen=True)
class Narrowed:
    """Which calls are asked for: of a period, and perhaps of one customer or of one level (by its name)."""

    period: Period
    customer_id: int | None = None
    level: str = ""


@dataclass(frozen=True)
class OfCustomer:
    """One customer's calls; without a customer: of numbers that nobody has any more."""

    customer_id: int | None
    name: str
    reached: Reached


@dataclass(frozen=True)
class Reachability:
    """All of a period's figures. `hours`: those of the day with calls, and what lies between them."""

    overall: Reached
    hours: Sequence[tuple[int, Reached]]
    days: Sequence[tuple[date, Reached]]
    levels: Sequence[tuple[str, Reached]]
    customers: Sequence[OfCustomer]
    has_more_customers: bool
    public: Waited


def reachability(asked: Narrowed) -> Reachability:
    """The figures of a period."""
    params = _params(asked)
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, params)
        groups = cursor.fetchall()
        cursor.execute(_CUSTOMERS, params)
        customers = [OfCustomer(pk, name, Reached(*counts)) for pk, name, *counts in cursor.fetchall()]
        cursor.execute(_PUBLIC, params)
        public = Waited(*cursor.fetchone())
    by = _by_kind(groups)
    return Reachability(
        overall=by[_TOTAL].get(None, Reached()),
        hours=_filled_hours(by[_BY_HOUR]),
        days=_filled_days(by[_BY_DAY], asked.period),
        levels=sorted(by[_BY_LEVEL].items()),
        customers=customers[:MOST_CUSTOMERS],
        has_more_customers=len(customers) > MOST_CUSTOMERS,
        public=public,
    )


def calls_of(asked: Narrowed) -> QuerySet[Call]:
    """Every incoming call of the period, for the export, in the order of their arrival."""
    since, until = _bounds(asked.period)
    names = ("number", "holder", "customer", "phone__user", "ticket")
    calls = Call.objects.filter(arrived_at__gte=since, arrived_at__lt=until, direction=Call.Direction.IN)
    if asked.customer_id is not None:
        calls = calls.filter(of_customer(asked.customer_id))
    if asked.level:
        of_number = Q(number__agreement__level__name=asked.level, number__agreement__customer=F("holder"))
        calls = calls.filter(Q(standing__level=asked.level) | of_number)
    return calls.select_related(*names).order_by("arrived_at", "pk")


def _bounds(period: Period) -> tuple[datetime, datetime]:
    """A period's days as moments: [first midnight, midnight after the last)."""
    zone = company_zone()
    return day_start(period.first, zone), day_start(min(period.last, _LAST) + _DAY, zone)


def _params(asked: Narrowed) -> dict[str, Any]:
    since, until = _bounds(asked.period)
    return {
        "since": since,
        "until": until,
        "zone": str(company_zone()),
        "customer": asked.customer_id,
        "level": asked.level,
    }


def _by_kind(rows: Sequence[Sequence[Any]]) -> dict[int, dict[Any, Reached]]:
    """The rows of `_GROUPS` by what they are about, then by its value (None for the total)."""
    found: dict[int, dict[Any, Reached]] = {kind: {} for kind in (_TOTAL, _BY_HOUR, _BY_DAY, _BY_LEVEL)}
    for kind, hour, day, level, *counts in rows:
        key = {_BY_HOUR: hour, _BY_DAY: day, _BY_LEVEL: level}.get(kind)
        found[kind][key] = Reached(*counts)
    return found


def _filled_hours(found: dict[Any, Reached]) -> list[tuple[int, Reached]]:
    """From the first hour of the day with calls to the last."""
    if not found:
        return []
    return [(hour, found.get(hour, Reached())) for hour in range(min(found), max(found) + 1)]


def _filled_days(found: dict[Any, Reached], period: Period) -> list[tuple[date, Reached]]:
    """Every day of the period."""
    days = (period.first + _DAY * number for number in range((period.last - period.first).days + 1))
    return [(day, found.get(day, Reached())) for day in days]
