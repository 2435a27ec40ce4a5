"""Telling those concerned how much of an allowance is used, once for each share and period."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from accounts.actions import notices
from accounts.models import User
from contracts.actions import rowwise
from contracts.models import Agreement, AllowanceAlert, AllowanceEntry
from contracts.queries.allowances import AllowanceState, allowance_left, ledgers, with_allowance
from contracts.queries.renewals import today_at
from contracts.rules.allowance import shares_reached
from customers.models import Contact
from customers.queries.colleagues import admins_of_company

FIRM, CUSTOMER = "firm", "customer"
"""As whom somebody is told."""


def alert(*, at: datetime, tells: bool = True) -> int:
    """Tell of every share that was reached since the last look. Returns: how many agreements were told of.

    Of several shares that were reached at once only the highest is told of. Any number of runs are one.
    Without `tells` it is noted and nobody gets mail. One that cannot be told of is reported and left.
    """
    today = today_at(at)

    def reached(some: Sequence[int]) -> Iterable[int]:
        found, known = ledgers(some, today=today), _known(some)
        states = {pk: found[pk].state(pk, today) for pk in some}
        return [pk for pk, state in states.items() if state and _fresh(pk, state, known)]

    pks = list(with_allowance().order_by("pk").values_list("pk", flat=True))
    return rowwise.sweep(
        pks, look=reached, act=lambda pk: _alert_one(pk, at, tells=tells), event="allowance_not_told_of"
    )


def _known(agreement_ids: Iterable[int]) -> set[tuple[int, object, int]]:
    rows = AllowanceAlert.objects.filter(agreement_id__in=list(agreement_ids))
    return set(rows.values_list("agreement_id", "period_starts_on", "percent"))


def _fresh(agreement_id: int, state: AllowanceState, known: set[tuple[int, object, int]]) -> list[int]:
    """The shares that are reached and nobody was told of."""
    reached = shares_reached(state.shares, state.used, state.total)
    return [share for share in reached if (agreement_id, state.period_starts_on, share) not in known]


@transaction.atomic
def _alert_one(agreement_id: int, at: datetime, *, tells: bool) -> bool:
    """One agreement, seen anew under the lock of bookings."""
    agreement = Agreement.objects.select_for_update(no_key=True).get(pk=agreement_id)
    state = allowance_left(agreement, at)
    fresh = _fresh(agreement_id, state, _known([agreement_id])) if state else []
    if state is None or not fresh:
        return False
    AllowanceAlert.objects.bulk_create(
        AllowanceAlert(agreement=agreement, period_starts_on=state.period_starts_on, percent=share, at=at)
        for share in fresh
    )
    if tells:
        _tell(agreement, state, max(fresh), at)
    return True


def _tell(agreement: Agreement, state: AllowanceState, share: int, at: datetime) -> None:
    params = {
        "agreement": str(agreement.pk),
        "period": state.period_starts_on.isoformat(),
        "percent": str(share),
    }
    for user in _of_the_firm(agreement, state):
        notices.tell_of_allowance(user=user, params={**params, "as": FIRM}, at=at)
    for contact in _of_the_customer(agreement.customer_id):
        notices.tell_of_allowance(
            user=contact.user,
            address=contact.email,
            language=contact.language,
            params={**params, "as": CUSTOMER},
            at=at,
        )


def _of_the_firm(agreement: Agreement, state: AllowanceState) -> list[User]:
    """The leads, and the agent whose work was booked last."""
    people = User.objects.filter(is_active=True).exclude(email="")
    last = (
        AllowanceEntry.objects.filter(
            agreement=agreement,
            kind=AllowanceEntry.Kind.BOOKING,
            period_starts_on=state.period_starts_on,
            by__isnull=False,
        )
        .order_by("-id")
        .values("by")[:1]
    )
    leads = people.filter(role=User.Role.LEAD)
    agents = people.filter(pk__in=last, role__in=[User.Role.AGENT, User.Role.LEAD, User.Role.ADMIN])
    return list((leads | agents).order_by("pk"))


def _of_the_customer(customer_id: int) -> list[Contact]:
    """The company admins; without any, whoever sees the company's tickets, else everybody with mail."""
    admins = list(admins_of_company(customer_id).exclude(email="").select_related("user").order_by("pk"))
    if admins:
        return admins
    wanting = Contact.objects.filter(customer_id=customer_id, is_active=True).exclude(email="")
    wanting = wanting.exclude(mail_steps=Contact.MailSteps.NOTHING).select_related("user").order_by("pk")
    return list(wanting.filter(sees_company_tickets=True)) or list(wanting)
