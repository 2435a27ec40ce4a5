"""Reading the registers beside the directory: instructions, audits, breaches, and what is open."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Value

from contracts.models import (
    AuditRequest,
    Breach,
    BreachNotice,
    ChangeNotice,
    Instruction,
    ProcessingAgreement,
)
from customers.models import Contact, Customer

MOST = 200
"""So many lines of a register stand on one page."""


def instructions() -> QuerySet[Instruction]:
    """The register of instructions, the newest first."""
    rows = Instruction.objects.select_related("customer", "processing_agreement", "settled_by")
    return rows.order_by("-given_at", "-pk")


def audit_requests() -> QuerySet[AuditRequest]:
    """The audits that customers asked for, the newest first."""
    rows = AuditRequest.objects.select_related("customer", "processing_agreement", "settled_by")
    return rows.order_by("-asked_at", "-pk")


def breaches() -> QuerySet[Breach]:
    """Breaches with how many customers were told and have acknowledged, the latest first."""
    acknowledged = Q(notices__acknowledged_at__isnull=False)
    return Breach.objects.annotate(
        told=Count("notices"), acknowledged=Count("notices", filter=acknowledged)
    ).order_by("-known_at", "-pk")


def notices_of_breach(breach: Breach) -> QuerySet[BreachNotice]:
    """Who was told of a breach, by the customer's name, with the people who got the mail."""
    rows = BreachNotice.objects.filter(breach=breach).select_related("customer", "breach")
    return rows.prefetch_related("told").order_by("customer__sort_name", "customer_id")


def breach_notices_for(customer_id: int) -> Sequence[BreachNotice]:
    """What a customer was told of breaches, the newest first."""
    rows = BreachNotice.objects.filter(customer_id=customer_id).select_related("breach")
    return list(rows.order_by("-sent_at", "-pk"))


def customers_with_dpa(at: datetime) -> QuerySet[Customer]:
    """Who has an agreement in force at a moment, by name."""
    dpas = ProcessingAgreement.objects.in_force_at(at)
    return Customer.objects.filter(pk__in=dpas.values("customer_id")).order_by("sort_name", "pk")


def customers_ever_with_dpa(at: datetime) -> QuerySet[Customer]:
    """Who has or had one: a breach may concern data of somebody who is gone."""
    dpas = ProcessingAgreement.objects.filter(in_force_at__lte=at)
    return Customer.objects.filter(pk__in=dpas.values("customer_id")).order_by("sort_name", "pk")


def customers_never_with_dpa(at: datetime) -> QuerySet[Customer]:
    """Who never had one, by name: a breach may concern them, too, where they are served by consents."""
    had = customers_ever_with_dpa(at).order_by().values("pk")
    return Customer.objects.exclude(pk__in=had).order_by("sort_name", "pk")


def has_dpa(customer_id: int, at: datetime) -> bool:
    """Whether an agreement is in force with a customer at a moment."""
    return ProcessingAgreement.objects.filter(customer_id=customer_id).in_force_at(at).exists()


def waiting_for_answer() -> tuple[int, int]:
    """How many objections wait for an answer of the firm, and how many instructions and audit requests."""
    objected = ChangeNotice.objects.filter(objected_at__isnull=False, outcome="")
    instructed = Instruction.objects.filter(settled_at__isnull=True)
    asked = AuditRequest.objects.filter(settled_at__isnull=True)
    labelled = [
        rows.order_by().values_list(Value(label), flat=True)
        for label, rows in (("objection", objected), ("matter", instructed), ("matter", asked))
    ]
    found = Counter(labelled[0].union(*labelled[1:], all=True))
    return found["objection"], found["matter"]


def waiting_notices(contact: Contact, at: datetime) -> tuple[list[ChangeNotice], list[BreachNotice]]:
    """What a customer was told of and nobody has acknowledged: changes under an agreement, and breaches."""
    changes = ChangeNotice.objects.filter(
        customer=contact.customer_id, acknowledged_at__isnull=True, version__withdrawn_at__isnull=True
    )
    breaches_told = BreachNotice.objects.filter(customer=contact.customer_id, acknowledged_at__isnull=True)
    waiting = list(changes.select_related("version").order_by("version__number"))
    return (
        waiting if waiting and has_dpa(contact.customer_id, at) else [],
        list(breaches_told.select_related("breach").order_by("sent_at", "pk")),
    )
