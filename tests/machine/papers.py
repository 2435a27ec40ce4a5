"""What the firm writes about its customers."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.models import User
from contracts.actions import agreements as agreement_actions
from contracts.models import Agreement, ServiceLevel
from tests.factories.cast import make_contact, make_customer, make_user
from tests.machine.ground import Ground, anything, customer_row, days_after
from tests.oracle import ZONE, Customer, Paper

KINDS = ["service"] * 4 + ["update", "software_assurance", "cloud_subscription", "other"]
# Days from today, mostly such that something begins or ends tonight or tomorrow.
terms = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS),
        "level": anything,
        "first": st.sampled_from([-30, -1, 0, 1, 1, 2]),
        "length": st.sampled_from([None, None, 0, 1, 2, 30, 31]),
        "terminated": st.sampled_from([None] * 5 + [0, 1, 30]),
        "suspended": st.sampled_from([[]] * 4 + [[(0, 0)], [(1, None)], [(-1, 1), (2, 2)]]),
    }
)


class Papers(Ground):
    """Customers, agreements of all kinds, service levels."""

    @precondition(lambda self: len(self.world.customers) < 6)
    @rule()
    def add_customer(self) -> None:
        name = f"Customer {len(self.world.customers)}"
        user = make_user(f"portal{len(self.world.customers)}", User.Role.CONTACT)
        make_contact(make_customer(name), f"Contact of {name}", user=user, sees_company_tickets=True)
        self.world.customers.append(Customer(name))

    @rule(who=anything, terms=terms)
    def add_agreement(self, who: int, terms: dict[str, Any]) -> None:
        customer = self._customer(who)
        agreement = Agreement(customer=customer_row(customer))
        self._write(agreement, customer, **terms)

    @precondition(lambda self: self.agreements)
    @rule(which=anything, who=anything, terms=terms)
    def change_agreement(self, which: int, who: int, terms: dict[str, Any]) -> None:
        """Also backdated, and now and then given to another customer."""
        pk, customer, paper = self.agreements.pop(which % len(self.agreements))
        customer.papers.remove(paper)
        agreement = Agreement.objects.get(pk=pk)
        if who % 5 == 0:
            customer = self._customer(who)
            agreement.customer = customer_row(customer)
        self._write(agreement, customer, **terms)

    @precondition(lambda self: self.agreements)
    @rule(which=anything)
    def delete_agreement(self, which: int) -> None:
        self._tick()
        pk, customer, paper = self.agreements.pop(which % len(self.agreements))
        customer.papers.remove(paper)
        agreement_actions.delete(agreement=Agreement.objects.get(pk=pk), by=self.admin)

    @rule(which=anything, rank=st.integers(1, 4))
    def change_rank_of_level(self, which: int, rank: int) -> None:
        self._tick()
        level = self._level(which)
        row = ServiceLevel.objects.get(name=level.name)
        row.rank = level.rank = rank
        agreement_actions.save_level(level=row, by=self.admin)

    @rule(which=anything)
    def rename_level(self, which: int) -> None:
        self._tick()
        level = self._level(which)
        row = ServiceLevel.objects.get(name=level.name)
        row.name = level.name = f"{level.name.split()[0]} {timezone.now():%d-%H:%M:%S.%f}"
        agreement_actions.save_level(level=row, by=self.admin)

    def _write(
        self,
        agreement: Agreement,
        customer: Customer,
        *,
        kind: str,
        level: int,
        first: int,
        length: int | None,
        terminated: int | None,
        suspended: list[tuple[int, int | None]],
    ) -> None:
        self._tick()
        today = timezone.now().astimezone(ZONE).date()
        starts = today + timedelta(days=first)
        paper = Paper(
            kind,
            self._level(level) if kind == "service" else None,
            starts,
            days_after(starts, length),
            days_after(starts, terminated),
            [
                (today + timedelta(days=at), days_after(today + timedelta(days=at), long))
                for at, long in suspended
            ],
        )
        agreement.kind = paper.kind
        agreement.level = ServiceLevel.objects.get(name=paper.level.name) if paper.level else None
        agreement.starts_on, agreement.ends_on, agreement.terminated_on = (
            paper.first,
            paper.last,
            paper.terminated,
        )
        agreement_actions.save(
            agreement=agreement,
            by=self.admin,
            suspensions=[{"starts_on": since, "ends_on": until} for since, until in paper.suspended],
        )
        customer.papers.append(paper)
        self.agreements.append((agreement.pk, customer, paper))
