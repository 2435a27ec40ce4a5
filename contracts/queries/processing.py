"""Reading data-processing agreements: whose is in force, whose is on its way, who has none, the register."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localtime

from contracts.models import Agreement, DirectoryVersion, ProcessingAgreement
from contracts.models.processing import ProcessingAgreementQuerySet
from contracts.queries.standings import agreement_facts, company_zone, standings_of
from contracts.rules.dpa_lifecycle import basis_ended_at
from contracts.rules.standing import SERVICE, day_start
from customers.models import Customer


def current_dpa(customer_id: int, at: datetime) -> ProcessingAgreement | None:
    """The one that is in force for a customer at a moment, whatever the sweep has noted by then."""
    rows = ProcessingAgreement.objects.filter(customer_id=customer_id).in_force_at(at)
    return rows.select_related("customer", "document").order_by("-in_force_at").first()


def pending_dpa(customer_id: int) -> ProcessingAgreement | None:
    """The one that is on its way for a customer: asked for, and neither in force nor ended."""
    rows = ProcessingAgreement.objects.filter(customer_id=customer_id).pending()
    return rows.select_related("customer", "document").first()


@dataclass(frozen=True)
class Without:
    """A customer with a service agreement and no data-processing agreement in force.

    `agreement`: what runs; `pending`: what is on its way; `last`: what ended or was refused last.
    """

    customer: Customer
    agreement: Agreement
    pending: ProcessingAgreement | None
    last: ProcessingAgreement | None


def without_dpa(at: datetime) -> list[Without]:
    """The worklist "contract without DPA", by the customer's name."""
    ids = _with_service(at)
    held = set(
        ProcessingAgreement.objects.filter(customer_id__in=ids)
        .in_force_at(at)
        .values_list("customer_id", flat=True)
    )
    open_ids = [pk for pk in ids if pk not in held]
    running = {
        pk: one.agreement_id for pk, one in standings_of(open_ids, at).items() if one.agreement_id is not None
    }
    agreements = Agreement.objects.select_related("customer", "level").in_bulk(list(running.values()))
    of_customer: dict[int, list[ProcessingAgreement]] = {}
    for dpa in ProcessingAgreement.objects.filter(customer_id__in=list(running)).order_by("id"):
        of_customer.setdefault(dpa.customer_id, []).append(dpa)
    rows = [
        _without(agreements[agreement_id], of_customer.get(pk, [])) for pk, agreement_id in running.items()
    ]
    return sorted(rows, key=lambda row: (row.customer.sort_name, row.customer.pk))


def _without(agreement: Agreement, dpas: Sequence[ProcessingAgreement]) -> Without:
    pending = next((one for one in dpas if one.state in {"requested", "under_review", "offered"}), None)
    ended = [one for one in dpas if one.ends_at is not None]
    return Without(agreement.customer, agreement, pending, ended[-1] if ended else None)


def _with_service(at: datetime, customer_id: int | None = None) -> list[int]:
    """Customers who may have a service agreement in force: a net that catches all of them and a few more."""
    day = localtime(at, company_zone()).date()
    lasts = Q(ends_on__isnull=True) | Q(ends_on__gte=day) | Q(renewal_months__isnull=False)
    rows = Agreement.objects.filter(lasts, kind=SERVICE, level__isnull=False, starts_on__lte=day)
    rows = rows.filter(customer__is_active=True)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    return list(rows.order_by("customer_id").values_list("customer_id", flat=True).distinct())


def register(at: datetime) -> ProcessingAgreementQuerySet:
    """Every data-processing agreement there is or was in force, the newest first, with its signatures."""
    rows = ProcessingAgreement.objects.filter(in_force_at__isnull=False, in_force_at__lte=at)
    return (
        rows.select_related("customer", "document")
        .prefetch_related("signatures")
        .order_by("-in_force_at", "-id")
    )


def directory_in_effect(at: datetime) -> int | None:
    """The number of the version of the sub-processor directory that holds at a moment; None without one."""
    day = localtime(at, company_zone()).date()
    rows = DirectoryVersion.objects.filter(announced_at__isnull=False, withdrawn_at__isnull=True)
    rows = rows.filter(effective_on__lte=day)
    return rows.order_by("-effective_on", "-number").values_list("number", flat=True).first()


def bases_ended(customer_ids: Iterable[int], at: datetime) -> dict[int, datetime | None]:
    """When the last service agreement of each customer ended; None while one runs or where there was none."""
    ids = list(customer_ids)
    facts, zone = agreement_facts(ids), company_zone()
    return {pk: basis_ended_at(facts[pk], at, zone) for pk in ids}


def has_service_agreement(customer_id: int, at: datetime) -> bool:
    """Whether a service agreement is in force for a customer at a moment."""
    return standings_of([customer_id], at)[customer_id].in_force


def newly_covered(at: datetime, customer_id: int | None = None) -> list[Agreement]:
    """The service agreements that ask for a data-processing agreement: their customer has none on its way
    or in force, and none was asked for, refused or ended since their first term began."""
    open_dpa = ProcessingAgreement.objects.filter(
        customer_id=OuterRef("pk"), state__in=["requested", "under_review", "offered", "in_force"]
    )
    covered = _with_service(at, customer_id)
    ids = Customer.objects.filter(~Exists(open_dpa), pk__in=covered)
    running = {
        pk: one.agreement_id
        for pk, one in standings_of(ids.values_list("pk", flat=True), at).items()
        if one.agreement_id is not None
    }
    agreements = Agreement.objects.select_related("customer").in_bulk(list(running.values()))
    return [agreements[pk] for pk in running.values() if not _was_asked(agreements[pk])]


def _was_asked(agreement: Agreement) -> bool:
    """Whether the question was put to this customer since the relationship began that runs now.

    One that lapsed because there was none, or ended as it began, says nothing about this one.
    """
    first = agreement
    while first.renewed_from is not None:
        first = first.renewed_from
    began = day_start(first.starts_on, company_zone())
    asked = ProcessingAgreement.objects.filter(customer_id=agreement.customer_id)
    ended = Q(ends_at__gt=began) & ~Q(ended_because=ProcessingAgreement.Cause.LAPSED)
    return asked.filter(Q(requested_at__gte=began) | ended).exists()
