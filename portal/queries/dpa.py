"""The customer's data-processing agreement in plain words: how it stands, what comes next, who does it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from contracts.access import may_sign_dpa
from contracts.models import DpaReviewItem, ProcessingAgreement
from contracts.queries.data_returns import to_return
from contracts.queries.standings import company_zone, standing_of
from contracts.rules.dpa_wording import question, word
from customers.models import Contact
from customers.queries.colleagues import admins_of_company
from lib.languages import page_language
from lib.reasons import say_day, say_end
from portal.rules.dpa_words import WORDS, event_words

State = ProcessingAgreement.State
_MARKS = {
    "requested": "clock",
    "under_review": "clock",
    "offered": "pencil-square",
    "in_force": "check-circle",
}


class Doer(StrEnum):
    """Who takes the next step."""

    NOBODY = ""
    FIRM = "firm"
    COMPANY = "company"
    ANYBODY = "anybody"


@dataclass(frozen=True)
class DpaCard:
    """How one agreement stands. `next_step` is empty where nothing has to be done."""

    dpa: ProcessingAgreement | None
    state: str
    label: str
    title: str
    text: str
    next_step: str = ""
    doer: str = Doer.NOBODY
    icon: str = "lock-closed"
    reason: str = ""

    @property
    def may_be_read(self) -> bool:
        """Whether there is a text to read."""
        return self.dpa is not None and bool(self.dpa.document_id)


@dataclass(frozen=True)
class HistoryLine:
    """One step of the history."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class DpaPage:
    """Everything about a customer's data-processing agreements, for one of its contacts."""

    contact: Contact
    at: datetime
    dpas: Sequence[ProcessingAgreement]

    @property
    def may_act(self) -> bool:
        """Whether this contact asks, answers and signs."""
        return may_sign_dpa(self.contact)

    @cached_property
    def has_agreement(self) -> bool:
        """Whether a service agreement is in force."""
        return standing_of(self.contact.customer_id, self.at).in_force

    @cached_property
    def current(self) -> ProcessingAgreement | None:
        """The one in force at this moment, whatever was noted by then."""
        return next((one for one in self.dpas if one.as_fact().holds(self.at)), None)

    @cached_property
    def pending(self) -> ProcessingAgreement | None:
        """The one on its way."""
        ways = (State.REQUESTED, State.UNDER_REVIEW, State.OFFERED)
        return next((one for one in self.dpas if one.state in ways), None)

    @cached_property
    def past(self) -> list[ProcessingAgreement]:
        """What ended, the latest first."""
        return [one for one in self.dpas if one not in (self.current, self.pending)]

    @cached_property
    def to_return(self) -> ProcessingAgreement | None:
        """The one after which data wait to be returned or deleted, and nobody has chosen yet."""
        own = ProcessingAgreement.objects.filter(customer_id=self.contact.customer_id)
        return to_return(own, self.at).exclude(data_return__chosen_at__isnull=False).last()

    @cached_property
    def cards(self) -> list[DpaCard]:
        """What stands on top: the one in force, the one on its way, or that there is none."""
        known = [one for one in (self.current, self.pending) if one is not None]
        if known:
            return [_card_of(one, self.at) for one in known]
        return [_ended(self.past[0]) if self.past else _none(has_agreement=self.has_agreement)]

    @cached_property
    def admins(self) -> list[str]:
        """Whom to ask: the names of the company admins."""
        return list(admins_of_company(self.contact.customer_id).values_list("name", flat=True))

    @cached_property
    def questions(self) -> list[DpaReviewItem]:
        """What the review asks the customer."""
        if self.pending is None or self.pending.state == State.REQUESTED:
            return []
        return list(self.pending.review_items.filter(party="customer").order_by("pk"))

    @property
    def is_answering(self) -> bool:
        """Whether answers can be written."""
        return self.pending is not None and self.pending.state == State.UNDER_REVIEW and self.may_act


def dpa_page(contact: Contact, at: datetime) -> DpaPage:
    """The agreements of a contact's customer at a moment."""
    rows = ProcessingAgreement.objects.filter(customer_id=contact.customer_id)
    found = rows.select_related("customer", "document").prefetch_related("signatures", "review_items")
    return DpaPage(contact, at, list(found.order_by("-pk")))


def dpa_card(contact: Contact, at: datetime) -> DpaCard:
    """The one line of the page "My contract"."""
    return dpa_page(contact, at).cards[0]


def history_of(dpa: ProcessingAgreement, at: datetime) -> list[HistoryLine]:
    """Its steps in the customer's words, the latest first. What we answer ourselves is no news to them."""
    zone = company_zone()
    today = localtime(at, zone).date()
    return [
        HistoryLine(
            event_words(one.code, one.params, page_language(), today=today, zone=zone), one.by_name, one.at
        )
        for one in dpa.events.exclude(params__party="firm", code__startswith="dpa_event.item_").order_by(
            "-at", "-pk"
        )
    ]


def question_rows(questions: Sequence[DpaReviewItem]) -> list[tuple[int, str, str, bool]]:
    """The questions as a form takes them."""
    return [
        (one.pk, question("customer", one.code, page_language()), one.note, one.is_done) for one in questions
    ]


def digest_of(questions: Sequence[DpaReviewItem]) -> str:
    """What stands for the answers as they are stored."""
    stored = "\n".join(f"{one.pk} {one.is_done} {one.note}" for one in questions)
    return hashlib.sha256(stored.encode()).hexdigest()


def has_signed(dpa: ProcessingAgreement, party: str = "customer") -> bool:
    """Whether one party has signed."""
    return any(one.party == party for one in dpa.signatures.all())


def how_it_stands(dpa: ProcessingAgreement, at: datetime) -> DpaCard:
    """The card of one agreement, ended ones included."""
    return _ended(dpa) if dpa.state == State.ENDED or _is_over(dpa, at) else _card_of(dpa, at)


def _is_over(dpa: ProcessingAgreement, at: datetime) -> bool:
    return dpa.state == State.IN_FORCE and not dpa.as_fact().holds(at)


def _none(*, has_agreement: bool) -> DpaCard:
    label = _("no DPA")
    title = _("There is no DPA between us")
    if has_agreement:
        text = _("It belongs to your service agreement: without it we may only advise you.")
        return DpaCard(None, "none", label, title, text, _("Ask for a DPA."), Doer.COMPANY)
    text = _("We conclude it with customers who have a service agreement, since it is made to last.")
    return DpaCard(None, "none", label, title, text, _("Ask for a service agreement first."), Doer.ANYBODY)


def _card_of(dpa: ProcessingAgreement, at: datetime) -> DpaCard:
    label = word("dpa_state", dpa.state, page_language())
    made = {
        State.REQUESTED: _requested,
        State.UNDER_REVIEW: _under_review,
        State.OFFERED: _offered,
        State.IN_FORCE: _in_force,
    }
    title, text, next_step, doer = made[State(dpa.state)](dpa, at)
    return DpaCard(dpa, dpa.state, label, title, text, next_step, doer, _MARKS[dpa.state])


Said = tuple[str, str, str, str]


def _requested(dpa: ProcessingAgreement, at: datetime) -> Said:
    return (
        _("Your DPA is requested"),
        _("We have noted the request on %(day)s.") % {"day": _day(dpa.requested_at)},
        _("We begin the review that both sides do before such an agreement."),
        Doer.FIRM,
    )


def _under_review(dpa: ProcessingAgreement, at: datetime) -> Said:
    left = sum(one.party == "customer" and not one.is_done for one in dpa.review_items.all())
    title = _("Both sides review your DPA")
    text = _("Each side answers a few questions, so that the agreement fits what we really do for you.")
    if left:
        return title, text, _("Answer the questions below."), Doer.COMPANY
    return title, text, _("We finish our part and make you an offer. Your answers are complete."), Doer.FIRM


def _offered(dpa: ProcessingAgreement, at: datetime) -> Said:
    version = dpa.document.version if dpa.document else ""
    if has_signed(dpa):
        text = _("You have signed. As soon as we have signed, too, it is in force.")
        return _("Your signature is with us"), text, _("We sign."), Doer.FIRM
    text = _("We have offered you version %(version)s with its annexes on %(day)s.") % {
        "version": version,
        "day": _day(dpa.offered_at or dpa.requested_at),
    }
    return _("Your DPA is ready to be signed"), text, _("Read it and sign it."), Doer.COMPANY


def _in_force(dpa: ProcessingAgreement, at: datetime) -> Said:
    since = _day(dpa.in_force_at or at)
    title = _("Your DPA is in force")
    if dpa.review_due_at is not None and dpa.review_decided_at is None and dpa.holds_until_at is not None:
        text = _(
            "It holds since %(day)s. Your last service agreement has ended: without another decision the"
            " DPA ends %(end)s."
        ) % {"day": since, "end": _end(dpa.holds_until_at)}
        return title, text, _("We decide together whether it goes on. Please write to us."), Doer.COMPANY
    if dpa.ends_at is not None:
        text = _("It holds since %(day)s and ends %(end)s. From then on we may only advise you.")
        return title, text % {"day": since, "end": _end(dpa.ends_at)}, "", Doer.NOBODY
    return title, _("It holds since %(day)s for an indefinite time.") % {"day": since}, "", Doer.NOBODY


def _ended(dpa: ProcessingAgreement) -> DpaCard:
    cause = WORDS[f"dpa_cause.{dpa.ended_because}"][page_language()] if dpa.ended_because else ""
    known = {"day": _end(dpa.ends_at or dpa.requested_at), "cause": cause}
    if dpa.in_force_at is None:
        title = _("The DPA was not concluded")
        text = _("It ended before it came into force: %(cause)s (%(day)s).") % known
    else:
        title = _("Your DPA has ended")
        text = _("It ended %(day)s: %(cause)s. Since then we may only advise you.") % known
    label = word("dpa_state", "ended", page_language())
    ask = _("If you need one, ask for a new DPA.")
    # Why it was refused is said to the other side; why it was terminated may be a note among us.
    why = dpa.end_reason if dpa.ended_because == ProcessingAgreement.Cause.REFUSED else ""
    return DpaCard(dpa, "ended", label, title, text, ask, Doer.COMPANY, reason=why)


def _day(at: datetime) -> str:
    return say_day(localtime(at, company_zone()).date(), page_language())


def _end(at: datetime) -> str:
    return say_end(localtime(at, company_zone()), page_language())
