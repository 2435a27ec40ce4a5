"""One agreement for its page: what it includes, what was used of it, and how it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from accounts.models import User
from contracts.models import Agreement, ServiceLevel
from contracts.queries import company_zone, in_words
from contracts.queries.allowances import AllowanceState, allowance_left
from contracts.queries.calendars import PAGES, calendar_of
from contracts.queries.renewals import NextWords, chain_of, next_in_words
from contracts.rules.hours_words import hours_in_words
from contracts.rules.standing import day_start, standing_at
from contracts.rules.targets import long_minutes
from lib.money import say_money
from tickets.access import visible_tickets
from tickets.models import Clock, Ticket
from tickets.queries.billable import billable_slices
from tickets.queries.case import open_tickets_of
from tickets.queries.rehearsal import Line, Rehearsal, rehearse_end, rehearse_today
from tickets.rules.ranking import severity_name
from tickets.rules.wording import TABLE

MISSED_SHOWN = 5
_DAY = timedelta(days=1)
_KINDS = ("response", "next_answer", "resolution")
_SEVERITIES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Included:
    """What the level gives. `targets`: one row per severity, with a length or nothing for each kind."""

    services: Sequence[str]
    left_out: Sequence[str]
    hours: Sequence[tuple[str, str]]
    targets: Sequence[tuple[int, str, Sequence[str]]]


@dataclass(frozen=True)
class Usage:
    """What was used of the allowance in its current period; `percent` is at most 100, for the bar."""

    state: AllowanceState
    percent: int


@dataclass(frozen=True)
class Recap:
    """Everything on the page but the agreement's own columns."""

    is_in_force: bool
    standing: Sequence[str]
    included: Included | None
    usage: Usage | None
    charged: str
    coming: NextWords | None
    at_end: Rehearsal | None
    if_today: Rehearsal | None
    chain: Sequence[Agreement]
    open_tickets: Sequence[Ticket]
    missed: Sequence[Clock]

    @property
    def also_today(self) -> Sequence[Line] | None:
        """What an end today changes beyond the end to come; None where both have to be compared."""
        if self.at_end is None or self.if_today is None:
            return None
        then = {line.reason for line in self.at_end.lines}
        more = [line for line in self.if_today.lines if line.reason not in then]
        return more if len(more) + len(then) == len(self.if_today.lines) else None

    @property
    def is_compared(self) -> bool:
        """Whether the end today stands in a part of its own."""
        return self.if_today is not None and self.also_today is None


def load_agreement(pk: int) -> Agreement | None:
    """An agreement with all that its page shows of it."""
    rows = Agreement.objects.with_facts().select_related("customer", "renewed_from")
    return rows.filter(pk=pk).first()


def recap(agreement: Agreement, *, user: User, language: str, now: datetime) -> Recap:
    """The page of one agreement; the number of queries does not grow with what there is."""
    standing = standing_at([agreement.as_fact()], now, company_zone())
    why = standing.reasons if standing.in_force else [seen.reason for seen in standing.not_counting]
    return Recap(
        is_in_force=standing.in_force,
        standing=[in_words(reason, now, language) for reason in why],
        included=_included(agreement.level_id, language),
        usage=_usage(agreement, now),
        charged=_charged(agreement, language, now),
        coming=next_in_words(agreement, now, language),
        at_end=rehearse_end(agreement, user=user, at=now, language=language),
        if_today=rehearse_today(agreement, user=user, at=now, language=language),
        chain=chain_of(agreement),
        open_tickets=open_tickets_of(user, agreement.customer),
        missed=_missed(agreement, user, now),
    )


def _included(level_id: int | None, language: str) -> Included | None:
    if level_id is None:
        return None
    level = ServiceLevel.objects.prefetch_related("services", "targets").get(pk=level_id)
    promised = {
        (target.severity, target.kind): long_minutes(target.minutes, language, in_days=target.is_real_time)
        for target in level.targets.all()
    }
    held = {service.pk for service in level.services.all()}
    services = level.services.model.objects.filter(is_active=True)
    return Included(
        services=[one.name_in(language) for one in services if one.pk in held],
        left_out=[one.name_in(language) for one in services if one.pk not in held],
        hours=hours_in_words(calendar_of(level.hours_id, max_age=PAGES).weekly, language),
        targets=[
            (
                step,
                TABLE[f"severity.{severity_name(step)}"][language],
                [promised.get((step, kind), "") for kind in _KINDS],
            )
            for step in _SEVERITIES
            if any((step, kind) in promised for kind in _KINDS)
        ],
    )


def _usage(agreement: Agreement, now: datetime) -> Usage | None:
    state = allowance_left(agreement, now)
    if state is None:
        return None
    percent = 100 * state.used // state.total if state.total > 0 else 100
    return Usage(state, max(0, min(percent, 100)))


def _charged(agreement: Agreement, language: str, now: datetime) -> str:
    """What this customer's work costs beside the agreement since the month began; nothing where it is 0."""
    first = localtime(now, company_zone()).date().replace(day=1)
    slices = billable_slices(agreement.customer_id, day_start(first, company_zone()), now)
    charged = [one for one in slices if one.amount]
    if not charged:
        return ""
    return say_money(sum(one.amount for one in charged), charged[0].currency, language)


def _missed(agreement: Agreement, user: User, now: datetime) -> list[Clock]:
    """The targets that were missed while the agreement ran, of tickets this person reads, latest first."""
    rows = Clock.objects.filter(
        ticket__in=visible_tickets(user).filter(customer=agreement.customer_id),
        breached_at__gte=day_start(agreement.starts_on, company_zone()),
        breached_at__lte=now,
    )
    last = agreement.last_day
    if last is not None and not agreement.renews_in_silence:
        rows = rows.filter(breached_at__lt=day_start(last, company_zone()) + _DAY)
    return list(rows.select_related("ticket").order_by("-breached_at", "-pk")[:MISSED_SHOWN])
