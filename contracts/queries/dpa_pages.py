"""Data-processing agreements as pages show them: the worklist, the lists, one with its way and history."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils.timezone import localtime

from contracts.models import DpaEvent, DpaReviewItem, DpaSignature, ProcessingAgreement
from contracts.models.processing import ProcessingAgreementQuerySet
from contracts.queries.data_returns import leftover_of, to_return
from contracts.queries.processing import has_service_agreement
from contracts.queries.standings import company_zone
from contracts.rules.dpa_wording import question, say_event, word
from lib.reasons import say_day

SHOWS = ("without", "open", "in_force", "review", "ended", "data")
PAGE = 100
BADGES: Mapping[str, str] = {
    "requested": "waiting_third_party",
    "under_review": "scheduled",
    "offered": "open",
    "in_force": "solved",
    "ended": "closed",
}
"""The colours of a ticket's states, for those of a data-processing agreement."""


@dataclass(frozen=True)
class Row:
    """One line of a list. `state`, `note`: in words; `badge`: its colour."""

    pk: int
    called: str
    customer: str
    state: str
    badge: str
    note: str
    is_urgent: bool


@dataclass(frozen=True)
class Step:
    """One station on the way into force: `at` when it was reached."""

    label: str
    at: datetime | None
    is_here: bool


@dataclass(frozen=True)
class Item:
    """A question of the review with its answer. `seen` stands for the answer as it is stored."""

    item: DpaReviewItem
    question: str
    seen: str


@dataclass(frozen=True)
class Line:
    """A step of the history in words."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class DpaRecap:
    """Everything one page shows beside the row itself."""

    state: str
    badge: str
    source: str
    cause: str
    last_day: str
    steps: Sequence[Step]
    sides: Sequence[tuple[str, str, Sequence[Item]]]
    left: int
    signatures: Sequence[tuple[str, str, DpaSignature]]
    unsigned: Sequence[str]
    history: Sequence[Line]
    lacks_agreement: bool


def load_dpa(rows: ProcessingAgreementQuerySet, pk: int) -> ProcessingAgreement | None:
    """One of these with what its page reads; None where there is none."""
    found = rows.select_related("customer", "document", "agreement", "requested_by")
    return found.prefetch_related("signatures", "review_items", "events").filter(pk=pk).first()


def shown(rows: ProcessingAgreementQuerySet, show: str, at: datetime) -> ProcessingAgreementQuerySet:
    """Those of one tab, what waits longest or ends first first."""
    if show == "open":
        return rows.pending().order_by("requested_at", "pk")
    if show == "in_force":
        return rows.in_force_at(at).order_by("customer__sort_name", "pk")
    if show == "review":
        due = rows.in_force_at(at).filter(Q(review_due_at__isnull=False) | Q(ends_at__isnull=False))
        return due.order_by(F("ends_at").asc(nulls_last=True), "pk")
    if show == "data":
        return to_return(rows, at).select_related("data_return")
    return rows.filter(ends_at__lte=at).order_by("-ends_at", "-pk")


def counts(rows: ProcessingAgreementQuerySet, at: datetime) -> dict[str, int]:
    """How many stand in each tab but the worklist."""
    return {show: shown(rows, show, at).count() for show in SHOWS[1:]}


def row_of(dpa: ProcessingAgreement, at: datetime, language: str) -> Row:
    """One line of a list (its customer is loaded)."""
    over = dpa.ends_at is not None and dpa.ends_at <= at
    state = "ended" if over else dpa.state
    return Row(
        pk=dpa.pk,
        called=dpa.called,
        customer=dpa.customer.name,
        state=word("dpa_state", state, language),
        badge=BADGES[state],
        note=_note(dpa, state, language),
        is_urgent=state == "in_force" and dpa.review_due_at is not None and dpa.review_decided_at is None,
    )


def leftover_row(dpa: ProcessingAgreement, at: datetime, language: str) -> Row:
    """The line of one after which data wait to be returned or deleted: until when, and what was chosen."""
    row = row_of(dpa, at, language)
    found = leftover_of(dpa, getattr(dpa, "data_return", None), at, language)
    note = f"{found.choice or word('dpa_data', 'none', language)} – {found.due}"
    return replace(row, note=note, is_urgent=found.is_overdue)


def _note(dpa: ProcessingAgreement, state: str, language: str) -> str:
    """The day that matters in this state."""
    if state == "ended":
        return f"{word('dpa_cause', dpa.ended_because, language)}, {day_in_words(dpa.ends_at, language)}"
    if state == "in_force":
        since = day_in_words(dpa.in_force_at, language)
        return f"{since} – {last_day(dpa, language)}" if dpa.ends_at else since
    return day_in_words(dpa.offered_at or dpa.requested_at, language)


def day_in_words(moment: datetime | None, language: str) -> str:
    """The company's calendar day of a moment; empty without one."""
    return say_day(localtime(moment, company_zone()).date(), language) if moment else ""


def last_day(dpa: ProcessingAgreement, language: str) -> str:
    """The last day on which it holds; of one that ends in the middle of a day that day. Empty: it runs on."""
    return day_in_words(dpa.ends_at - timedelta(microseconds=1), language) if dpa.ends_at else ""


def recap_of(dpa: ProcessingAgreement, at: datetime, language: str) -> DpaRecap:
    """What its page shows (it was loaded by `load_dpa`)."""
    row = row_of(dpa, at, language)
    signatures = list(dpa.signatures.all())
    signed = {one.party for one in signatures}
    items = list(dpa.review_items.all())
    return DpaRecap(
        state=row.state,
        badge=row.badge,
        source=word("dpa_source", dpa.source, language),
        cause=word("dpa_cause", dpa.ended_because, language) if dpa.ended_because else "",
        last_day=last_day(dpa, language),
        steps=_steps(dpa, signatures, language),
        sides=[_side(party, items, language) for party in ("customer", "firm")],
        left=sum(not item.is_done for item in items),
        signatures=[
            (word("dpa_side", one.party, language), word("dpa_method", one.method, language), one)
            for one in signatures
        ],
        unsigned=[word("dpa_side", party, language) for party in ("customer", "firm") if party not in signed],
        history=[_line(event, at, language) for event in dpa.events.all()],
        lacks_agreement=dpa.state != "ended" and not has_service_agreement(dpa.customer_id, at),
    )


def _steps(dpa: ProcessingAgreement, signatures: Sequence[DpaSignature], language: str) -> list[Step]:
    """The way into force, and where it stands on it."""
    begun = next((e.at for e in dpa.events.all() if e.code == "dpa_event.review_begun"), None)
    moments = {
        "requested": dpa.requested_at,
        "under_review": begun,
        "offered": dpa.offered_at,
        "in_force": dpa.in_force_at,
        "ended": dpa.ends_at if dpa.state == "ended" else None,
    }
    if dpa.state == "ended" and dpa.in_force_at is None:
        moments = {name: at for name, at in moments.items() if at is not None}
    elif dpa.state != "ended":
        del moments["ended"]
    return [Step(word("dpa_state", name, language), at, name == dpa.state) for name, at in moments.items()]


def _side(party: str, items: Sequence[DpaReviewItem], language: str) -> tuple[str, str, list[Item]]:
    mine = [
        Item(item, question(party, item.code, language), seen_of(item))
        for item in items
        if item.party == party
    ]
    return party, word("dpa_side", party, language), mine


def seen_of(item: DpaReviewItem) -> str:
    """What stands for an answer as it is stored: whoever saw another one does not overwrite this one."""
    return hashlib.sha256(f"{item.is_done} {item.note}".encode()).hexdigest()


def _line(event: DpaEvent, at: datetime, language: str) -> Line:
    zone = company_zone()
    today = localtime(at, zone).date()
    return Line(
        say_event(event.code, event.params, language, today=today, zone=zone), event.by_name, event.at
    )
