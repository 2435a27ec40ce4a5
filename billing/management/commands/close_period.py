"""Close a month, for everybody or one customer."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.actions import runs
from billing.actions.closing import CannotClose, close_period
from billing.models import CloseJob, Statement
from billing.rules.periods import Month
from customers.models import Customer


class Command(BaseCommand):
    """Prints one line of JSON for each customer; a month that is closed already stays as it is."""

    help = "Closes a month into statements. Exit 1 where one customer could not be closed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which month, and whose."""
        parser.add_argument("--month", required=True, help="such as 2026-10")
        parser.add_argument("--customer", type=int, help="the id of one customer; without it everybody")

    def handle(self, *args: Any, **options: Any) -> None:
        """Close and tell."""
        try:
            month = Month.parse(options["month"])
        except ValueError as error:
            raise CommandError("The month is written as 2026-10.") from error
        try:
            failed = self._one(month, options["customer"]) if options["customer"] else self._all(month)
        except CannotClose as refusal:
            raise CommandError(f"Not closed: {refusal.why}") from refusal
        if failed:
            raise CommandError(f"{failed} customers could not be closed.")

    def _one(self, month: Month, pk: int) -> int:
        customer = Customer.objects.filter(pk=pk).first()
        if customer is None:
            raise CommandError("There is no such customer.")
        self._tell(customer, close_period(customer=customer, month=month, by=None), "")
        return 0

    def _all(self, month: Month) -> int:
        run = runs.ask(month=month, by=None)
        runs.work_on()
        for job in run.jobs.select_related("customer", "statement"):
            self._tell(job.customer, [job.statement] if job.statement else [], job.error)
        return run.jobs.filter(state=CloseJob.State.FAILED).count()

    def _tell(self, customer: Customer, statements: list[Statement], error: str) -> None:
        numbers = [statement.number for statement in statements]
        self.stdout.write(
            json.dumps({"customer": customer.name, "statements": numbers, "error": error}, ensure_ascii=False)
        )
