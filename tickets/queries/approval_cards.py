"""Approval requests in the words of pages, mail and the API, in the language that is active."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from contracts.models import PriceItem, StandingApproval
from contracts.rules.pricing import with_vat
from lib.languages import page_language
from lib.money import say_money, say_percent
from lib.reasons import say_day
from tickets.models import ApprovalRequest, Ticket
from tickets.queries.approvals import ceilings_on, lefts

LISTED = 50
ICONS = {
    ApprovalRequest.State.OPEN: "clock",
    ApprovalRequest.State.APPROVED: "check-circle",
    ApprovalRequest.State.DECLINED: "x-circle",
    ApprovalRequest.State.EXPIRED: "archive-box",
    ApprovalRequest.State.WITHDRAWN: "arrow-uturn-left",
}


@dataclass(frozen=True)
class ApprovalCard:
    """One request, ready to be shown. `state` is `expired` as soon as its time is over; amounts are in words.

    `left` is empty unless it was approved.
    """

    pk: int
    number: str
    subject: str
    state: str
    state_label: str
    icon: str
    item: str
    rate: str
    surcharge: str
    ceiling: str
    gross: str
    vat: str
    left: str
    text: str
    contact: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    answered_by: str
    how: str
    note: str
    evidence: str

    @property
    def is_open(self) -> bool:
        """Whether it can be answered."""
        return self.state == ApprovalRequest.State.OPEN


@dataclass(frozen=True)
class StandingCard:
    """A standing approval in words. `left`: what this ticket may still use; empty where none is meant."""

    service: str
    ceiling: str
    left: str
    until: str
    granted_by: str
    evidence: str


def card_of(request: ApprovalRequest, now: datetime, *, left: Decimal | None = None) -> ApprovalCard:
    """One request in words."""
    language, state = page_language(), state_at(request, now)
    vat = say_percent(request.vat_percent, language)
    return ApprovalCard(
        pk=request.pk,
        number=request.ticket.number,
        subject=request.ticket.subject,
        state=state,
        state_label=str(ApprovalRequest.State(state).label),
        icon=ICONS[ApprovalRequest.State(state)],
        item=request.price_item.name_in(language),
        rate=rate_words(request.rate, request.currency, request.price_item.unit),
        surcharge=surcharge_words(request.surcharge_percent),
        ceiling=say_money(request.ceiling, request.currency, language),
        gross=say_money(with_vat(request.ceiling, request.vat_percent), request.currency, language),
        vat=vat,
        left="" if left is None else say_money(left, request.currency, language),
        text=request.text,
        contact=request.contact.name if request.contact else "",
        asked_by=request.asked_by.display_name if request.asked_by else "",
        asked_at=request.asked_at,
        expires_at=request.expires_at,
        answered_at=request.answered_at,
        answered_by=request.answered_by_name,
        how=str(ApprovalRequest.How(request.answered_how).label) if request.answered_how else "",
        note=request.answer_note,
        evidence=request.evidence,
    )


def state_at(request: ApprovalRequest, now: datetime) -> str:
    """How a request stands: what nobody answered in time has run out before the sweep says so."""
    is_over = request.state == ApprovalRequest.State.OPEN and request.expires_at <= now
    return ApprovalRequest.State.EXPIRED if is_over else request.state


def rate_words(amount: Decimal, currency: str, unit: str) -> str:
    """120,00 € je Stunde."""
    money = say_money(amount, currency, page_language())
    return f"{money} {PriceItem.Unit(unit).label}"


def surcharge_words(percent: Decimal) -> str:
    """Plus 50 % outside the service hours; empty where there is none."""
    if not percent:
        return ""
    said = say_percent(percent, page_language())
    return _("plus %(percent)s outside service hours") % {"percent": said}


def cards_of(tickets: Iterable[Ticket], now: datetime) -> list[ApprovalCard]:
    """The requests of these tickets, the newest first; three queries."""
    rows = (
        ApprovalRequest.objects.filter(ticket__in=tickets)
        .select_related("ticket", "service", "price_item", "contact", "asked_by")
        .order_by("-pk")[:LISTED]
    )
    return cards(rows, now)


def cards(rows: Iterable[ApprovalRequest], now: datetime) -> list[ApprovalCard]:
    """These requests in words, each approved one with what is left."""
    found = list(rows)
    rests = lefts(row for row in found if row.state == ApprovalRequest.State.APPROVED)
    return [card_of(row, now, left=rests.get(row.pk)) for row in found]


def standing_cards(ticket: Ticket, now: datetime) -> Sequence[StandingCard]:
    """What the ticket's customer has approved ahead, with what is left on this ticket."""
    return [standing_card(each.approval, each.left) for each in ceilings_on(ticket, now)]


def standing_card(approval: StandingApproval, left: Decimal | None = None) -> StandingCard:
    """One standing approval in words."""
    language = page_language()
    return StandingCard(
        service=approval.service.name_in(language) if approval.service else _("every service"),
        ceiling=say_money(approval.ceiling, approval.currency, language),
        left="" if left is None else say_money(left, approval.currency, language),
        until=say_day(approval.ends_on, language) if approval.ends_on else "",
        granted_by=approval.granted_by,
        evidence=approval.evidence,
    )
