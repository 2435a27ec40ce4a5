"""Work on tickets in words: the entries of a ticket with who pays and why, sums, timers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from accounts.models import User
from contracts.rules.pricing import Rate
from lib.languages import page_language
from lib.money import say_money
from lib.spans import short_length
from tickets import access
from tickets.models import CoverageDecision, CoverageSlice, Ticket, TimeEntry, Timer
from tickets.models.time_entries import TimeEntryQuerySet
from tickets.queries.approval_cards import rate_words, surcharge_words
from tickets.rules.coverage import Slice
from tickets.rules.coverage_wording import coverage_words


@dataclass(frozen=True)
class SliceWords:
    """One answer in words. `rate` and `amount` are empty where nothing is charged."""

    is_covered: bool
    starts_at: datetime
    ends_at: datetime
    real: str
    charged: str
    charged_minutes: int
    why: str
    rate: str
    amount: str


@dataclass(frozen=True)
class WorkLine:
    """One time entry, ready to be shown. `verdict`: covered, chargeable or split. Amounts are net.

    `remark`, `override_reason`, `void_reason` and `is_flagged` are for the firm only.
    """

    pk: int
    agent: str
    agent_id: int
    kind: str
    service: str
    started_at: datetime
    ended_at: datetime
    real: str
    charged: str
    is_rounded: bool
    verdict: str
    slices: Sequence[SliceWords]
    amount: str
    kilometres: int
    text: str
    remark: str
    is_flagged: bool
    is_override: bool
    override_reason: str
    decided_by: str
    is_voided: bool
    void_reason: str
    voided_by: str


@dataclass(frozen=True)
class Sums:
    """What entries come to, in words; `amount` is empty where nothing is charged."""

    count: int
    real: str
    covered: str
    chargeable: str
    amount: str


@dataclass(frozen=True)
class Worksheet:
    """The work on a ticket with its sums; what was taken back does not count."""

    lines: Sequence[WorkLine]
    sums: Sums


@dataclass(frozen=True)
class TimerLine:
    """A timer: running, or stopped after `minutes` and not entered yet."""

    pk: int
    number: str
    subject: str
    started_at: datetime
    stopped_at: datetime | None
    spent: str
    minutes: int


def with_decision(entries: TimeEntryQuerySet) -> TimeEntryQuerySet:
    """Load entries with all that a line needs, in three queries."""
    slices = CoverageSlice.objects.select_related("price_item").order_by("starts_at", "pk")
    current = CoverageDecision.objects.filter(is_current=True).select_related("by")
    return entries.select_related("agent", "service", "voided_by").prefetch_related(
        Prefetch("decisions", current.prefetch_related(Prefetch("slices", slices)), to_attr="held")
    )


def worksheet(user: User, ticket: Ticket) -> Worksheet:
    """The work on a ticket as this person may read it, the oldest first; remarks are for pages of agents."""
    entries = access.visible_entries(user).filter(ticket=ticket)
    found = list(with_decision(entries).order_by("started_at", "pk"))
    return Worksheet([line_of(entry) for entry in found], sums_of(found))


def line_of(entry: TimeEntry) -> WorkLine:
    """An entry (of `with_decision`) in words."""
    language, decision = page_language(), held(entry)
    rows = slices_of(entry)
    charged = sum(row.charged_minutes for row in rows)
    answers = {row.is_covered for row in rows}
    verdict = "split" if len(answers) > 1 else "covered" if True in answers else "chargeable"
    return WorkLine(
        pk=entry.pk,
        agent=entry.agent.display_name,
        agent_id=entry.agent_id,
        kind=entry.get_work_kind_display(),
        service=entry.service.name_in(language),
        started_at=entry.started_at,
        ended_at=entry.ended_at,
        real=in_hours(entry.minutes),
        charged=in_hours(charged),
        is_rounded=charged != entry.minutes,
        verdict=verdict,
        slices=[row_words(row) for row in rows],
        amount=money(rows) if False in answers else "",
        kilometres=entry.kilometres,
        text=entry.text,
        remark=entry.remark,
        is_flagged=entry.is_flagged,
        is_override=bool(decision and decision.is_override),
        override_reason=decision.reason if decision else "",
        decided_by=decision.by.display_name if decision and decision.by else "",
        is_voided=entry.voided_at is not None,
        void_reason=entry.void_reason,
        voided_by=entry.voided_by.display_name if entry.voided_by else "",
    )


def held(entry: TimeEntry) -> CoverageDecision | None:
    """The decision that holds, of an entry of `with_decision`."""
    found: list[CoverageDecision] = getattr(entry, "held", [])
    return found[0] if found else None


def slices_of(entry: TimeEntry) -> list[CoverageSlice]:
    """The slices that hold, of an entry of `with_decision`."""
    decision = held(entry)
    return list(decision.slices.all()) if decision else []


def sums_of(entries: Iterable[TimeEntry]) -> Sums:
    """What the standing ones of these entries (of `with_decision`) come to."""
    standing = [entry for entry in entries if entry.voided_at is None]
    rows = [row for entry in standing for row in slices_of(entry)]
    chargeable = [row for row in rows if not row.is_covered]
    return Sums(
        count=len(standing),
        real=in_hours(sum(entry.minutes for entry in standing)),
        covered=in_hours(sum(row.charged_minutes for row in rows if row.is_covered)),
        chargeable=in_hours(sum(row.charged_minutes for row in chargeable)),
        amount=money(chargeable) if chargeable else "",
    )


def money(rows: Iterable[CoverageSlice | Slice]) -> str:
    """The sum of what these cost; each currency by itself."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        if not row.is_covered:
            currency = _currency(row)
            sums[currency] = sums.get(currency, Decimal("0.00")) + row.amount
    language = page_language()
    return " + ".join(say_money(amount, currency, language) for currency, amount in sums.items())


def row_words(row: CoverageSlice) -> SliceWords:
    """A stored slice in words."""
    unit = row.price_item.unit if row.price_item else ""
    rate = _rate(row.rate, row.currency, unit, row.surcharge_percent if row.is_out_of_hours else Decimal(0))
    return _words(row, row.reason_code, row.reason_params, rate)


def slice_words(one: Slice) -> SliceWords:
    """A slice that the rule found, in words."""
    rate = one.rate or None
    said = ""
    if rate is not None and not one.is_covered:
        surcharge = rate.surcharge_percent if one.is_out_of_hours else Decimal(0)
        said = _rate(rate.amount, rate.currency, rate.unit, surcharge)
    return _words(one, one.code, dict(one.params), said)


def in_hours(minutes: int) -> str:
    """How long: 35 min, 1 h 05, 12 h 30."""
    if minutes < 600:  # noqa: PLR2004 (short_length leaves the minutes out from ten hours on)
        return short_length(minutes * 60, page_language())
    return f"{minutes // 60} h {minutes % 60:02}"


def timers_of(user: User) -> list[TimerLine]:
    """An agent's timers: the running one first, then what was stopped and not entered."""
    rows = Timer.objects.filter(agent=user).select_related("ticket")
    lines = [_timer_line(row) for row in rows]
    return sorted(lines, key=lambda line: (line.stopped_at is not None, line.started_at))


def _timer_line(row: Timer) -> TimerLine:
    minutes = int((row.stopped_at - row.started_at).total_seconds()) // 60 if row.stopped_at else 0
    return TimerLine(
        pk=row.pk,
        number=row.ticket.number,
        subject=row.ticket.subject,
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        spent=in_hours(max(minutes, 1)),
        minutes=max(minutes, 1),
    )


def _words(row: CoverageSlice | Slice, code: str, params: dict[str, Any], rate: str) -> SliceWords:
    language = page_language()
    return SliceWords(
        is_covered=row.is_covered,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        real=in_hours(row.real_minutes),
        charged=in_hours(row.charged_minutes),
        charged_minutes=row.charged_minutes,
        why=coverage_words(code, params, language),
        rate="" if row.is_covered else rate,
        amount="" if row.is_covered else say_money(row.amount, _currency(row), language),
    )


def _rate(amount: Decimal | None, currency: str, unit: str, surcharge: Decimal) -> str:
    if amount is None or not unit:
        return ""
    parts = [rate_words(amount, currency, unit), surcharge_words(surcharge)]
    return ", ".join(part for part in parts if part)


def _currency(row: CoverageSlice | Slice) -> str:
    if isinstance(row, CoverageSlice):
        return row.currency
    rate: Rate | None = row.rate
    return rate.currency if rate else "EUR"
