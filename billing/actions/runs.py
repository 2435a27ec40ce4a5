"""Closing a month for everybody, in the background: one customer after the other, whatever becomes of one."""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.actions import auditing
from accounts.models import User
from billing.actions import collecting
from billing.actions.closing import CannotClose, close_period
from billing.models import Charge, CloseJob, CloseRun
from billing.rules.periods import Month
from contracts.queries import company_zone
from customers.models import Customer
from lib.waking import wake

State = CloseJob.State
log = structlog.get_logger(__name__)


def ask(*, month: Month, by: User | None, at: datetime | None = None) -> CloseRun:
    """Have a month closed for all customers with charges. One run at a time: a second asker gets the first's.

    Error: CannotClose for a month that is not over.
    """
    at = at or timezone.now()
    if localtime(at, company_zone()).date() <= month.ends_on:
        raise CannotClose("not_over")
    collecting.collect(at=at)
    try:
        with transaction.atomic():
            run = CloseRun.objects.create(period_starts_on=month.starts_on, asked_by=by, asked_at=at)
            due = Charge.objects.billable().up_to(month.ends_on).values_list("customer", flat=True)
            customers = Customer.objects.filter(pk__in=due).order_by("sort_name", "pk")
            CloseJob.objects.bulk_create(CloseJob(run=run, customer=each) for each in customers)
            auditing.record(by=by, verb="month.closing", what=run, at=at)
            wake("billing.close_month")
    except IntegrityError:
        return CloseRun.objects.get(period_starts_on=month.starts_on, finished_at__isnull=True)
    return run


def work_on(*, at: datetime | None = None) -> int:
    """Do what waits of all runs. Returns how many customers were done; any number may work at once."""
    done = 0
    while (job := _next(at or timezone.now())) is not None:
        done += job
    return done


@transaction.atomic
def _next(at: datetime) -> int | None:
    """One customer in a transaction of their own. None where nothing waits."""
    waiting = CloseJob.objects.filter(state=State.WAITING, run__finished_at__isnull=True)
    job = waiting.select_for_update(of=("self",), skip_locked=True).select_related("run", "customer").first()
    if job is None:
        _finish(at)
        return None
    try:
        with transaction.atomic():
            made = close_period(
                customer=job.customer, month=Month(job.run.period_starts_on), by=job.run.asked_by, at=at
            )
        job.state = State.CLOSED if made else State.EMPTY
        job.statement = made[0] if made else None
    except CannotClose as refusal:
        job.state, job.error = State.FAILED, refusal.why
    except Exception:
        log.exception("period_not_closed", customer=job.customer_id)
        job.state, job.error = State.FAILED, "unexpected"
    job.save()
    return 1


def _finish(at: datetime) -> None:
    """End the runs in which nobody waits any more, neither here nor in another worker."""
    left = CloseJob.objects.filter(state=State.WAITING).values("run")
    CloseRun.objects.filter(finished_at__isnull=True).exclude(pk__in=left).update(finished_at=at)
