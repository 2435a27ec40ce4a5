"""All work, for leads: by agent, customer and period, with sums; what nobody approved comes first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum

from accounts.models import User
from contracts.queries import company_zone
from contracts.rules.standing import day_start
from customers.models import Customer
from lib.languages import page_language
from lib.money import say_money
from lib.sheets.cells import safe_cell
from tickets.models import CoverageSlice, TimeEntry
from tickets.models.time_entries import TimeEntryQuerySet
from tickets.queries.time import Sums, WorkLine, in_hours, line_of, slices_of, with_decision

PAGE = 50
MOST_EXPORTED = 50_000
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TimeFilter:
    """Which work: the days inclusive, of one agent or customer, or only what stands out."""

    since: date
    until: date
    agent_id: int | None = None
    customer_id: int | None = None
    only: str = ""
    """flagged, chargeable, overridden or voided; empty: what stands."""

    def as_q(self) -> Q:
        """The entries that begin on these days in the company's zone."""
        zone = company_zone()
        found = Q(
            started_at__gte=day_start(self.since, zone), started_at__lt=day_start(self.until + _DAY, zone)
        )
        if self.agent_id is not None:
            found &= Q(agent=self.agent_id)
        if self.customer_id is not None:
            found &= Q(customer=self.customer_id)
        if self.only == "voided":
            return found & Q(voided_at__isnull=False)
        found &= Q(voided_at__isnull=True)
        if self.only == "flagged":
            return found & Q(is_flagged=True)
        if self.only == "overridden":
            return found & Q(decisions__is_current=True, decisions__is_override=True)
        if self.only == "chargeable":
            charged = Q(decisions__is_current=True, decisions__slices__is_covered=False)
            return found & Q(pk__in=TimeEntry.objects.filter(charged).values("pk"))
        return found


@dataclass(frozen=True)
class ReportLine:
    """One entry with its ticket and customer."""

    work: WorkLine
    number: str
    subject: str
    customer: str


@dataclass(frozen=True)
class TimeReport:
    """A page of entries with the sums of all that the filter leaves."""

    lines: list[ReportLine]
    sums: Sums
    page: int
    has_more: bool


def time_report(wanted: TimeFilter, *, page: int = 1) -> TimeReport:
    """Flagged entries first, then the newest; the number of queries does not depend on how many there are."""
    start = (page - 1) * PAGE
    found = list(_ordered(wanted)[start : start + PAGE + 1])
    return TimeReport([_line(entry) for entry in found[:PAGE]], _sums(wanted), page, len(found) > PAGE)


def people_with_work() -> list[User]:
    """The agents who have entered anything."""
    ids = TimeEntry.objects.order_by().values("agent").distinct()
    return sorted(User.objects.filter(pk__in=ids), key=lambda user: user.display_name)


def customers_with_entries() -> list[Customer]:
    """The customers for whom anything was entered."""
    ids = TimeEntry.objects.order_by().values("customer").distinct()
    return list(Customer.objects.filter(pk__in=ids).order_by("sort_name"))


COLUMNS = (
    *("ticket", "customer", "agent", "work_kind", "service", "from", "until", "minutes", "slice_from"),
    *("slice_until", "slice_minutes", "charged_minutes", "covered", "reason", "decided_by_hand", "units"),
    *("rate", "surcharge_percent", "amount", "currency", "flagged", "text", "remark"),
)


def export_rows(wanted: TimeFilter) -> Iterator[list[str]]:
    """One row per slice with plain values, after the names; no cell is taken for a formula."""
    yield list(COLUMNS)
    for entry in _ordered(wanted)[:MOST_EXPORTED]:
        for row in slices_of(entry):
            values = (
                entry.ticket.number,
                entry.customer.name,
                entry.agent.display_name,
                entry.work_kind,
                entry.service.code,
                entry.started_at.astimezone(company_zone()).isoformat(),
                entry.ended_at.astimezone(company_zone()).isoformat(),
                entry.minutes,
                row.starts_at.astimezone(company_zone()).isoformat(),
                row.ends_at.astimezone(company_zone()).isoformat(),
                row.real_minutes,
                row.charged_minutes,
                int(row.is_covered),
                row.reason_code,
                int(line_of(entry).is_override),
                row.units,
                "" if row.rate is None else row.rate,
                row.surcharge_percent if row.is_out_of_hours else 0,
                row.amount,
                row.currency,
                int(entry.is_flagged),
                entry.text,
                entry.remark,
            )
            yield [safe_cell(str(value)) for value in values]


def _ordered(wanted: TimeFilter) -> TimeEntryQuerySet:
    entries = TimeEntry.objects.filter(wanted.as_q()).select_related("ticket", "customer")
    return with_decision(entries).order_by("-is_flagged", "-started_at", "-pk")


def _sums(wanted: TimeFilter) -> Sums:
    """Reckoned by the database, however many entries there are."""
    entries = TimeEntry.objects.filter(wanted.as_q()).order_by()
    length = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    whole = entries.aggregate(count=Count("pk"), length=Sum(length))
    charged, amounts = {True: 0, False: 0}, []
    rows = CoverageSlice.objects.filter(decision__is_current=True, decision__entry__in=entries.values("pk"))
    for is_covered, currency, minutes, amount in (
        rows.order_by("currency")
        .values_list("is_covered", "currency")
        .annotate(minutes=Sum("charged_minutes"), sum=Sum("amount"))
    ):
        charged[is_covered] += minutes
        if not is_covered:
            amounts.append(say_money(amount, currency, page_language()))
    return Sums(
        count=whole["count"],
        real=in_hours((whole["length"] or timedelta()) // timedelta(minutes=1)),
        covered=in_hours(charged[True]),
        chargeable=in_hours(charged[False]),
        amount=" + ".join(amounts),
    )


def _line(entry: TimeEntry) -> ReportLine:
    return ReportLine(line_of(entry), entry.ticket.number, entry.ticket.subject, entry.customer.name)
