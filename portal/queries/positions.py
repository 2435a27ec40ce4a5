"""Where a ticket stands, as its customer may know it: its place and why, whose hands, what it waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.queries import company_zone
from lib.languages import page_language
from lib.reasons import say_day, say_moment
from portal.queries.bands import Band, bands_by_rank
from tickets.models import Ticket
from tickets.queries.estimates import expected, why_none
from tickets.queries.waits import Wait, wait_sentence, waits_of

Status = Ticket.Status


@dataclass(frozen=True)
class AheadGroup:
    """How many tickets of one band are ahead: as a figure with a label, and in words."""

    count: int
    label: str
    words: str
    band_position: int


@dataclass(frozen=True)
class Position:
    """A `place` with its `reason`, or `held_by` somebody, or `state_text` and what follows in `reason`.

    A place has an `estimate` with what it is made of, or says in `no_estimate` why it has none.
    """

    place: int | None = None
    reason: str = ""
    ahead: tuple[AheadGroup, ...] = ()
    held_by: str = ""
    state_text: str = ""
    estimate: str = ""
    estimate_basis: str = ""
    no_estimate: str = ""
    is_degraded: bool = False


def position_of(ticket: Ticket, now: datetime) -> Position:
    """Where a ticket (with level and assignee) stands, in the language that is active."""
    if ticket.is_waiting:
        return _place_of(ticket, now)
    if ticket.status == Status.OPEN and ticket.assignee is not None:
        return Position(held_by=ticket.assignee.display_name)
    state_text, what_follows = _state_in_words(ticket, now)
    return Position(state_text=state_text, reason=what_follows)


def state_label(ticket: Ticket) -> str:
    """The state in a few words, from the customer's side."""
    if ticket.status == Status.OPEN:
        return _("in the queue") if ticket.assignee_id is None else _("being worked on")
    return {
        Status.WAITING_CUSTOMER: _("waits for your answer"),
        Status.WAITING_THIRD_PARTY: _("waits for somebody else"),
        Status.SCHEDULED: _("scheduled"),
        Status.SOLVED: _("solved"),
        Status.CLOSED: _("closed"),
    }[Status(ticket.status)]


def reopening_ends_on(ticket: Ticket) -> str:
    """The last day on which a customer may surely reopen a closed ticket, in words."""
    return _day((ticket.closed_at or ticket.changed_at) + timedelta(days=settings.REOPEN_DAYS))


def days_closed(ticket: Ticket, now: datetime) -> int:
    """Full days since a ticket was closed; 0 for one that is not."""
    return (now - ticket.closed_at).days if ticket.closed_at else 0


def _place_of(ticket: Ticket, now: datetime) -> Position:
    waits = waits_of([ticket])
    wait, language = waits.by_ticket[ticket.pk], page_language()
    estimate = expected([ticket], waits.by_ticket, now=now, language=language).get(ticket.pk)
    return Position(
        place=wait.position,
        reason=wait_sentence(ticket, wait, language=language, audience="customer", now=now),
        ahead=_ahead_of(wait) if wait.position > 1 else (),
        estimate=estimate.words.sentence if estimate else "",
        estimate_basis=estimate.words.basis if estimate else "",
        no_estimate="" if estimate else why_none(ticket, now=now, language=language),
        is_degraded=waits.is_degraded,
    )


def _ahead_of(wait: Wait) -> tuple[AheadGroup, ...]:
    """Who is ahead, counted by band; nothing else of other customers leaves this function."""
    bands = bands_by_rank()
    return tuple(_group(band, count, bands) for band, count in wait.ahead.items() if count)


def _group(band: str, count: int, bands: dict[int, Band]) -> AheadGroup:
    """One band of those ahead; `band` is a rank in digits, or the pinned ones."""
    if band == "pinned":
        text = ngettext(
            "%(count)d ticket that we moved forward", "%(count)d tickets that we moved forward", count
        )
        return AheadGroup(count, _("moved forward"), text % {"count": count}, 0)
    level = bands.get(int(band))
    if level is None:
        text = ngettext(
            "%(count)d ticket without a service agreement",
            "%(count)d tickets without a service agreement",
            count,
        )
        return AheadGroup(count, _("no contract"), text % {"count": count}, 0)
    text = ngettext(
        "%(count)d ticket with service level %(level)s",
        "%(count)d tickets with service level %(level)s",
        count,
    )
    return AheadGroup(count, level.name, text % {"count": count, "level": level.name}, level.position)


def _state_in_words(ticket: Ticket, now: datetime) -> tuple[str, str]:
    """The state of a ticket that is not in the queue, and what follows from it for the customer."""
    if ticket.status == Status.WAITING_CUSTOMER:
        return _("We are waiting for your answer."), _(
            "As soon as you write, the ticket goes on. It keeps its time of arrival."
        )
    if ticket.status == Status.WAITING_THIRD_PARTY:
        return _("We are waiting for somebody else, a manufacturer for example."), _(
            "You need not do anything. The ticket keeps its time of arrival."
        )
    if ticket.status == Status.SCHEDULED and ticket.scheduled_until:
        return _("Scheduled for %(moment)s.") % {"moment": _moment(ticket.scheduled_until)}, _(
            "Then the ticket goes back into the queue, with its time of arrival."
        )
    return _end_in_words(ticket, now)


def _end_in_words(ticket: Ticket, now: datetime) -> tuple[str, str]:
    if ticket.status == Status.SOLVED:
        closes = (ticket.solved_at or ticket.changed_at) + timedelta(days=settings.CLOSE_SOLVED_DAYS)
        return _("We consider this solved."), _(
            "If it is not, write to us or reopen the ticket. It closes by itself on %(day)s."
        ) % {"day": _day(closes)}
    closed = _("Closed since %(day)s.") % {"day": _day(ticket.closed_at or ticket.changed_at)}
    if days_closed(ticket, now) <= settings.REOPEN_DAYS:
        return closed, _("You can reopen it until %(day)s.") % {"day": reopening_ends_on(ticket)}
    return closed, _("It could be reopened until %(day)s. Please file a new ticket.") % {
        "day": reopening_ends_on(ticket)
    }


def _day(moment: datetime) -> str:
    return say_day(localtime(moment, company_zone()).date(), page_language())


def _moment(moment: datetime) -> str:
    return say_moment(localtime(moment, company_zone()), page_language())
