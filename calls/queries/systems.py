"""Telephone systems as an admin looks at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from calls.models import AgentPhone, Call, PhoneSystem, ServiceNumber
from calls.rules.system_state import SystemFacts, SystemState, state, troubles
from calls.rules.wording import TABLE, words
from contracts.queries import company_calendar, company_zone
from contracts.queries.calendars import PAGES
from contracts.queries.renewals import today_at
from lib.reasons import say

LATELY = timedelta(days=7)


@dataclass(frozen=True)
class SystemNow:
    """A telephone system at a moment, in words. `troubles`: sentences, the gravest first."""

    state: SystemState
    words: str
    troubles: Sequence[str]
    compare_error: str
    push_error: str


def with_counts(at: datetime) -> QuerySet[PhoneSystem]:
    """All telephone systems with what hangs on them: `alone`, `phones_here`, `numbers_here`."""
    alone = Call.objects.filter(via_fallback=True, arrived_at__gte=at - LATELY)
    return PhoneSystem.objects.annotate(
        alone=_count(alone),
        phones_here=_count(AgentPhone.objects.filter(user__is_active=True)),
        numbers_here=_count(ServiceNumber.objects.all()),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many of these hang on the telephone system, counted by itself: joined, they would multiply."""
    counted = rows.filter(system=OuterRef("pk")).order_by().values("system").annotate(many=Count("pk"))
    return Coalesce(Subquery(counted.values("many"), output_field=IntegerField()), 0)


def system_now(system: Any, at: datetime, language: str) -> SystemNow:
    """What is to be said of a row of `with_counts`."""
    facts = _facts(system, at)
    zone, today = company_zone(), today_at(at)
    said = [say(one, language, TABLE, today=today, zone=zone) for one in troubles(facts, at)]
    found = state(facts, at)
    errors = (system.reconcile_error, system.numbers_error)
    compare, push = (words("link", error, language) if error else "" for error in errors)
    return SystemNow(found, words("system", found, language), said, compare, push)


def _facts(system: Any, at: datetime) -> SystemFacts:
    is_asterisk = system.kind == PhoneSystem.Kind.ASTERISK
    return SystemFacts(
        is_active=system.is_active,
        seen_at=system.seen_at,
        silent_open=_open_since(system.seen_at, at),
        refused_at=system.refused_at,
        compares=is_asterisk and bool(system.ari_url and system.ari_user),
        compared_at=system.reconciled_at,
        compare_error=system.reconcile_error,
        pushes=is_asterisk and bool(system.ami_host and system.ami_user),
        pushed_at=system.numbers_pushed_at,
        push_error=system.numbers_error,
        alone=system.alone,
        phones=system.phones_here,
        numbers=system.numbers_here,
    )


def _open_since(seen_at: datetime | None, at: datetime) -> timedelta:
    """For how long the company was open since then."""
    if seen_at is None:
        return timedelta()
    return timedelta(seconds=company_calendar(max_age=PAGES).seconds(seen_at, at))


def open_calls(system: PhoneSystem) -> int:
    """How many of its calls are not over."""
    return Call.objects.filter(system=system).exclude(state=Call.State.ENDED).count()


def has_former(system: PhoneSystem, at: datetime) -> bool:
    """Whether the former secret still holds."""
    return bool(system.former_secret_sha256 and system.former_until and system.former_until > at)
