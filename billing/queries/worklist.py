"""What is to be billed: customers with open charges, the month's statements, and how a closing goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.utils.timezone import localtime

from billing.models import BillingParty, Charge, CloseJob, CloseRun, Seller, Statement
from billing.rules.periods import Month
from contracts.queries import company_zone
from lib.money import say_money

HELD = Q(is_flagged=True, released_at__isnull=True)
STATEMENTS_SHOWN = 200


@dataclass(frozen=True)
class Open:
    """A customer with open charges: what the next statement takes, and what nobody approved."""

    customer_id: int
    name: str
    lines: int
    net: str
    held: int
    held_net: str
    has_address: bool


@dataclass(frozen=True)
class Progress:
    """How the closing of a month goes; `failed` are customers with the code of what is wrong."""

    is_finished: bool
    total: int
    done: int
    closed: int
    failed: Sequence[CloseJob]
    asked_at: datetime

    @property
    def percent(self) -> int:
        """The share that is done."""
        return 100 * self.done // self.total if self.total else 100


def month_of(text: str, now: datetime) -> Month:
    """The month that an address names, else the last one that is over."""
    last = Month.of(localtime(now, company_zone()).date()).previous
    try:
        return Month.parse(text)
    except ValueError:
        return last


def is_over(month: Month, now: datetime) -> bool:
    """Whether it may be closed."""
    return localtime(now, company_zone()).date() > month.ends_on


def has_seller() -> bool:
    """Whether our firm is filled in as far as statements need it."""
    seller = Seller.objects.filter(pk=1).first()
    return seller is not None and seller.is_complete


def open_customers(until: date, language: str) -> list[Open]:
    """Everybody with charges until that day, by name; one row per currency."""
    rows = (
        Charge.objects.open()
        .up_to(until)
        .values("customer", "currency", name=F("customer__name"), sort=F("customer__sort_name"))
        .annotate(
            lines=Count("pk", filter=~HELD),
            sure=Sum("net", filter=~HELD),
            held=Count("pk", filter=HELD),
            held_net=Sum("net", filter=HELD),
        )
        .order_by("sort", "customer", "currency")
    )
    found = list(rows)
    parties = BillingParty.objects.filter(customer__in={row["customer"] for row in found})
    complete = {party.customer_id for party in parties if party.is_complete}
    return [
        Open(
            customer_id=row["customer"],
            name=row["name"],
            lines=row["lines"],
            net=say_money(row["sure"] or Decimal(0), row["currency"], language),
            held=row["held"],
            held_net=say_money(row["held_net"] or Decimal(0), row["currency"], language),
            has_address=row["customer"] in complete,
        )
        for row in found
    ]


def statements_of(month: Month) -> list[Statement]:
    """All closed ones of a month, in the order of their numbers."""
    return list(Statement.objects.of_month(month.starts_on).select_related("customer").order_by("number"))


def progress_of(month: Month) -> Progress | None:
    """The latest closing of this month; None where nobody asked for one."""
    run = CloseRun.objects.filter(period_starts_on=month.starts_on).order_by("-pk").first()
    if run is None:
        return None
    counts = dict(run.jobs.order_by().values_list("state").annotate(Count("pk")))
    waiting = counts.get(CloseJob.State.WAITING, 0)
    total = sum(counts.values())
    return Progress(
        is_finished=run.finished_at is not None,
        total=total,
        done=total - waiting,
        closed=counts.get(CloseJob.State.CLOSED, 0),
        failed=list(run.jobs.filter(state=CloseJob.State.FAILED).select_related("customer")),
        asked_at=run.asked_at,
    )


def open_charges(customer_id: int) -> list[Charge]:
    """All open charges of a customer, those that nobody approved first."""
    rows = Charge.objects.open().filter(customer=customer_id).select_related("ticket", "corrects")
    return sorted(rows, key=lambda charge: (not charge.is_held, charge.service_day, charge.pk))


def statements_with(customer_id: int) -> list[Statement]:
    """A customer's statements, the latest first."""
    return list(Statement.objects.filter(customer=customer_id).order_by("-pk")[:60])
