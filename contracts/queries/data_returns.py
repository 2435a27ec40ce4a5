"""Whose data have to be returned or deleted after the end of an agreement, and what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from contracts.models import DataReturn, ProcessingAgreement
from contracts.models.processing import ProcessingAgreementQuerySet
from contracts.queries.renewals import today_at
from contracts.queries.standings import company_zone
from contracts.rules.data_returns import due_on
from contracts.rules.dpa_wording import word
from lib.reasons import say_day

SUPERSEDED = ProcessingAgreement.Cause.SUPERSEDED
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Leftover:
    """How it stands with the data of an agreement that is over. Days in words, empty where there is none.

    `row` is None while nobody has said anything. `is_overdue`: it should have been done by now.
    """

    row: DataReturn | None
    choice: str
    wish: str
    due: str
    returned: str
    deleted: str
    is_overdue: bool

    @property
    def is_settled(self) -> bool:
        """Whether all is done."""
        return self.row is not None and self.row.settled_at is not None


def is_over(dpa: ProcessingAgreement, at: datetime) -> bool:
    """Whether it was in force and is not any more; one that was superseded goes on in the new one."""
    was_held = dpa.in_force_at is not None and dpa.ended_because != SUPERSEDED
    return was_held and dpa.ends_at is not None and dpa.ends_at <= at


def to_return(rows: ProcessingAgreementQuerySet, at: datetime) -> ProcessingAgreementQuerySet:
    """Those over after which data wait to be returned or deleted, the longest over first.

    A new agreement goes on with the data: while one is in force for the customer there is nothing to do.
    """
    held = ProcessingAgreement.objects.in_force_at(at).values("customer_id")
    over = rows.filter(in_force_at__isnull=False, ends_at__lte=at)
    over = over.exclude(data_return__settled_at__isnull=False).exclude(customer_id__in=held)
    return over.exclude(ended_because=SUPERSEDED).order_by("ends_at", "pk")


def return_of(dpa: ProcessingAgreement) -> DataReturn | None:
    """What was chosen and done; None while nobody has said anything."""
    return DataReturn.objects.select_related("noted_by").filter(processing_agreement=dpa).first()


def leftover_of(dpa: ProcessingAgreement, row: DataReturn | None, at: datetime, language: str) -> Leftover:
    """How it stands with the data of one that is over."""
    ended_on = localtime((dpa.ends_at or at) - _MOMENT, company_zone()).date()
    due = due_on(ended_on, row.wish_on if row else None)
    is_open = row is None or row.settled_at is None

    def said(name: str) -> str:
        day = getattr(row, name, None)
        return say_day(day, language) if day else ""

    return Leftover(
        row=row,
        choice=word("dpa_data", row.choice, language) if row and row.choice else "",
        wish=said("wish_on"),
        due=say_day(due, language) if is_open else "",
        returned=said("returned_on"),
        deleted=said("deleted_on"),
        is_overdue=is_open and today_at(at) > due,
    )
