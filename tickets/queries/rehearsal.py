"""The end of an agreement, rehearsed: what would change for its customer, today or on the day it comes.

Dates and standings are those of that day; places, articles and deadlines are those of this moment, because
nobody knows the queue of a later day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.queries.teams import default_team
from contracts.models import Agreement
from contracts.queries import agreement_facts, company_zone
from contracts.queries.allowances import allowance_left
from contracts.queries.renewals import today_at
from contracts.rules.standing import AgreementFact, Standing, day_start, standing_at
from knowledge.access import Reader, visible_texts
from knowledge.rules.visibility import Reach
from lib.reasons import Param, Reason, reason, say
from tickets.access import visible_tickets
from tickets.models import Clock, Ticket
from tickets.queries.bands import places_if_ranked, places_of_a_new_one
from tickets.rules.rehearsal_wording import TABLE

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
_ICONS = {
    "rank": "star",
    "place": "queue-list",
    "phone": "phone",
    "articles": "book-open",
    "help": "computer-desktop",
    "deadlines": "clock",
    "allowance": "chart-pie",
    "cost": "banknotes",
}


@dataclass(frozen=True)
class Line:
    """One thing that changes. `topic`: rank, place, phone, articles, help, deadlines, allowance or cost."""

    topic: str
    reason: Reason
    icon: str
    label: str
    sentence: str


@dataclass(frozen=True)
class Rehearsal:
    """What changes with `on`, the first day without the agreement; no line: nothing does."""

    on: date
    before: Standing
    after: Standing
    lines: Sequence[Line]


def rehearse_end(agreement: Agreement, *, user: User, at: datetime, language: str) -> Rehearsal | None:
    """What changes when the agreement ends with its last day; None for one without an end to come.

    For one that renews itself: what would change if notice were given in time. `user` reads it: places are
    told of tickets that they may read.
    """
    last = agreement.last_day
    if last is None or last == date.max or last < today_at(at):
        return None
    instant = day_start(last + _DAY, company_zone())
    facts = agreement_facts([agreement.customer_id])[agreement.customer_id]
    cut = [replace(one, renews=False) if one.id == agreement.pk else one for one in facts]
    before = standing_at(facts, max(at, instant - _INSTANT), company_zone())
    after = standing_at(cut, instant, company_zone())
    return _rehearsal(agreement, last + _DAY, before, after, user=user, at=at, language=language)


def rehearse_today(agreement: Agreement, *, user: User, at: datetime, language: str) -> Rehearsal | None:
    """What would change if the agreement had ended yesterday; None for one that is not in force."""
    today = today_at(at)
    facts = agreement_facts([agreement.customer_id])[agreement.customer_id]
    if not any(one.id == agreement.pk and _runs(one, today) for one in facts):
        return None
    without = [replace(one, terminated_on=today - _DAY) if one.id == agreement.pk else one for one in facts]
    before = standing_at(facts, at, company_zone())
    after = standing_at(without, at, company_zone())
    return _rehearsal(agreement, today, before, after, user=user, at=at, language=language)


def _runs(fact: AgreementFact, today: date) -> bool:
    return fact.starts_on <= today and (fact.last_day is None or today <= fact.last_day)


def _rehearsal(
    agreement: Agreement,
    on: date,
    before: Standing,
    after: Standing,
    *,
    user: User,
    at: datetime,
    language: str,
) -> Rehearsal:
    said = [
        *_rank(before, after),
        *_place(agreement.customer_id, before, after, user, at),
        *_opened_by_contract(before, after),
        *_deadlines(agreement.customer_id, before, after),
        *_allowance(agreement, on - _DAY, at),
    ]
    lines = [
        Line(topic, why, _ICONS[topic], TABLE[f"topic.{topic}"][language[:2]], say(why, language, TABLE))
        for topic, why in said
    ]
    return Rehearsal(on, before, after, lines)


_Said = list[tuple[str, Reason]]


def _rank(before: Standing, after: Standing) -> _Said:
    if before.level is None or before.level == after.level:
        return []
    if after.level is None:
        return [("rank", reason("end.rank_lost", before=before.level.name))]
    levels: dict[str, Param] = {"before": before.level.name, "after": after.level.name}
    if before.band == after.band:
        return [("rank", reason("end.rank_same", **levels))]
    return [("rank", reason("end.rank_lower" if after.band > before.band else "end.rank_better", **levels))]


def _place(customer_id: int, before: Standing, after: Standing, user: User, at: datetime) -> _Said:
    if before.band == after.band:
        return []
    bands = [before.band, after.band]
    own = visible_tickets(user).waiting().filter(customer=customer_id, pinned_at__isnull=True)
    ticket: Ticket | None = own.in_rank_order().first()
    if ticket is not None:
        places = places_if_ranked(ticket, bands)
        now, then = places[before.band], places[after.band]
        return [("place", reason("end.place", number=ticket.number, now=now, then=then))]
    team = default_team()
    if team is None:
        return []
    places = places_of_a_new_one(team, bands, at)
    return [("place", reason("end.place_new", now=places[before.band], then=places[after.band]))]


def _opened_by_contract(before: Standing, after: Standing) -> _Said:
    """What every service agreement opens, and nothing else does."""
    if not before.in_force or after.in_force:
        return []
    texts = visible_texts(Reader(Reach.CONTRACT)).filter(article__reach=Reach.CONTRACT)
    count = texts.values("article_id").distinct().count()
    articles: _Said = [("articles", reason("end.articles", count=count))] if count else []
    return [
        ("phone", reason("end.phone")),
        *articles,
        ("help", reason("end.help")),
        ("cost", reason("end.cost")),
    ]


def _deadlines(customer_id: int, before: Standing, after: Standing) -> _Said:
    if before.level == after.level:
        return []
    count = Clock.objects.filter(
        ticket__customer=customer_id, state__in=[Clock.State.RUNNING, Clock.State.PAUSED]
    ).count()
    if not count:
        return []
    if after.level is None:
        return [("deadlines", reason("end.deadlines", count=count))]
    return [("deadlines", reason("end.deadlines_anew", count=count, after=after.level.name))]


def _allowance(agreement: Agreement, last: date, at: datetime) -> _Said:
    """What is left of the period in which the agreement ends, unless it goes into the next term."""
    state = allowance_left(agreement, at)
    if state is None or state.left <= 0 or (state.carries_over and agreement.follower is not None):
        return []
    if state.period_ends_on is not None and state.period_ends_on < last:
        return []
    code = "end.allowance_minutes" if state.unit == "minutes" else "end.allowance_cases"
    return [("allowance", reason(code, left=state.left))]
