"""Customers whose gates are open or closed: data-processing agreements in every state, and consents."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from contracts.models import DpaDocument, GateChange, ProcessingAgreement
from contracts.rules.gates import BY_CONSENT
from customers.models import Customer
from tickets.models import Consent, ConsentList, DataSubject, Ticket

State = ProcessingAgreement.State
_serial = count(1)
A_YEAR = timedelta(days=365)


def make_document() -> DpaDocument:
    """A published version of the text."""
    text = f"Vertrag zur Auftragsverarbeitung {next(_serial)}"
    return DpaDocument.objects.create(
        version=f"V{next(_serial)}",
        body_de=text,
        measures_de="Türen, Schlösser, Schlüssel.",
        created_at=timezone.now(),
        published_at=timezone.now(),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def make_dpa(
    customer: Customer,
    state: str = "in_force",
    *,
    at: datetime | None = None,
    ends_at: datetime | None = None,
    because: str = "terminated",
) -> ProcessingAgreement:
    """A data-processing agreement that came into this state at a moment (now).

    In force or ended it was in force since a year before; ended it ended at that moment.
    """
    moment = at or timezone.now()
    held = state in {"in_force", "ended"} and because != "refused"
    dpa = ProcessingAgreement.objects.create(
        customer=customer,
        state=state,
        source=ProcessingAgreement.Source.AGENT,
        document=make_document() if state in {"offered", "in_force", "ended"} else None,
        requested_at=moment - A_YEAR,
        offered_at=moment - A_YEAR if state in {"offered", "in_force", "ended"} else None,
        in_force_at=moment - A_YEAR if held else None,
        ends_at=moment if state == "ended" else ends_at,
        ended_because=because if state == "ended" else "",
    )
    GateChange.objects.get_or_create(customer=customer, at=moment, applied_at=None)
    return dpa


def end_dpa(dpa: ProcessingAgreement, at: datetime, because: str = "terminated") -> None:
    """End one that is in force, as at a moment."""
    dpa.state, dpa.ends_at, dpa.ended_because = State.ENDED, at, because
    dpa.save(update_fields=["state", "ends_at", "ended_because"])
    GateChange.objects.get_or_create(customer_id=dpa.customer_id, at=at, applied_at=None)


def name_subjects(ticket: Ticket, names: Iterable[str], *, is_complete: bool = True) -> list[DataSubject]:
    """The people concerned by a case; `is_complete`: somebody said that these are all."""
    now = timezone.now()
    if is_complete:
        ConsentList.objects.get_or_create(
            ticket=ticket, defaults={"confirmed_at": now, "confirmed_by_name": "Anna Agent"}
        )
    return [DataSubject.objects.create(ticket=ticket, name=name, created_at=now) for name in names]


def consent(subject: DataSubject, *, at: datetime | None = None, withdrawn: bool = False) -> Consent:
    """One person's consent to everything that consents open."""
    given = at or timezone.now() - timedelta(hours=1)
    return Consent.objects.create(
        subject=subject,
        capabilities=sorted(BY_CONSENT),
        how=Consent.How.WRITTEN,
        given_at=given,
        evidence="Signed form in the file",
        recorded_at=given,
        withdrawn_at=timezone.now() - timedelta(minutes=1) if withdrawn else None,
    )
