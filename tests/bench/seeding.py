"""Filling the queue: waiting tickets by COPY, ranked by the product's own rule."""

import io
import random
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import company as company_actions
from accounts.actions import users as user_actions
from accounts.models import Company, User
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, ServiceLevel
from contracts.rules.standing import NO_CONTRACT_BAND
from customers.models import Customer
from tests.factories.cast import LONG_AGO, make_customer, make_level, make_team, make_user
from tickets.actions import placing
from tickets.models import Ticket
from tickets.rules.ranking import RankFacts, rank_key

CUSTOMERS = 300
CHUNK = 50_000
SUBJECTS = ("VPN drops every hour", "Drucker druckt nur leere Seiten", "Mailbox full", "ERP startet nicht")

COLUMNS = (
    "id, number, customer_id, team_id, subject, status, channel, reported_severity, severity, band, level_id,"
    " arrived_at, rank_key, pin_reason, version, created_at, changed_at"
)


class Installation:
    """A firm with two teams, three levels and three hundred customers, a third of them without contract."""

    def __init__(self) -> None:
        company_actions.save(company=Company(name="Bench", language="en"), by=None)
        self.team = make_team("Workplace", is_default=True)
        self.other_team = make_team("Network")
        self.levels = [
            make_level(name, rank) for rank, name in enumerate(("Gold", "Silver", "Bronze"), start=1)
        ]
        self.agents = [
            make_user(f"agent{n}", User.Role.AGENT, self.team, self.other_team) for n in range(1, 9)
        ]
        self.lead = make_user("lead", User.Role.LEAD)
        self.tokens = {
            user.username: user_actions.create_token(user=user, by=None) for user in (*self.agents, self.lead)
        }
        self.customers = [self._customer(number) for number in range(CUSTOMERS)]
        self._random = random.Random(20261122)
        self.waiting = 0

    def _customer(self, number: int) -> tuple[Customer, ServiceLevel | None]:
        customer = make_customer(f"Customer {number:04d}")
        level = self.levels[number % 3] if number % 9 < 6 else None
        if level is not None:
            agreement = Agreement(customer=customer, kind="service", level=level, starts_on=LONG_AGO)
            agreement_actions.save(agreement=agreement, by=None)
        return customer, level

    def fill(self, total: int) -> None:
        """Add waiting tickets until there are `total`; a tenth of them in the second team."""
        while self.waiting < total:
            self._copy(min(CHUNK, total - self.waiting))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('tickets_ticket', 'id'), max(id)) FROM tickets_ticket"
            )
            cursor.execute("VACUUM (ANALYZE) tickets_ticket, tickets_queuestay, tickets_message")

    def fill_customer(self, customer: Customer, count: int, level: ServiceLevel | None = None) -> None:
        """Give one customer `count` waiting tickets, ranked by this level or without contract."""
        self._copy(count, (customer, level))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('tickets_ticket', 'id'), max(id)) FROM tickets_ticket"
            )

    @transaction.atomic
    def _copy(self, count: int, of: tuple[Customer, ServiceLevel | None] | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM tickets_ticket")
            first = cursor.fetchone()[0] + 1
        now = timezone.now()
        ids = range(first, first + count)
        tickets = io.StringIO("".join(self._row(pk, now, of) for pk in ids))
        messages = io.StringIO(
            "".join(f"{pk}\tA. Muster\tIt does not work.\tf\tportal\t{now.isoformat()}\n" for pk in ids)
        )
        with connection.cursor() as cursor:
            _copy_into(cursor, f"tickets_ticket ({COLUMNS})", tickets)
            _copy_into(
                cursor, "tickets_message (ticket_id, author_name, body, is_internal, channel, at)", messages
            )
        placing.rewrite_stays(list(ids), now)
        self.waiting += count

    def _row(self, pk: int, now: datetime, of: tuple[Customer, ServiceLevel | None] | None) -> str:
        customer, level = of or self._random.choice(self.customers)
        severity = self._random.choice((1, 2, 2, 3, 3, 3, 3, 4))
        arrived_at = now - timedelta(seconds=self._random.randrange(30 * 86_400), microseconds=pk)
        band = level.rank if level else NO_CONTRACT_BAND
        key = rank_key(RankFacts(None, band, severity, arrived_at, pk))
        team = self.other_team if pk % 10 == 0 else self.team
        values: tuple[Any, ...] = (
            pk, f"2026-{pk:06d}", customer.pk, team.pk, SUBJECTS[pk % 4], "open", "portal",
            severity, severity, band, level.pk if level else r"\N", arrived_at.isoformat(), key,
            "", 1, now.isoformat(), now.isoformat(),
        )  # fmt: skip
        return "\t".join(map(str, values)) + "\n"


def empty_database() -> None:
    """Remove everything a former run left."""
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)


def some_numbers(count: int) -> list[str]:
    """Numbers of waiting tickets spread over the whole queue."""
    step = max(1, Ticket.objects.waiting().count() // count)
    ids = Ticket.objects.waiting().order_by("pk").values_list("pk", flat=True)
    return list(Ticket.objects.filter(pk__in=list(ids[::step])[:count]).values_list("number", flat=True))


def _copy_into(cursor: Any, table: str, rows: io.StringIO) -> None:
    cursor.copy_expert(f"COPY {table} FROM STDIN", rows)
