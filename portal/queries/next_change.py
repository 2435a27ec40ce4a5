"""How a customer's service agreement goes on, and what its end would change for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from contracts.access import visible_agreements
from contracts.queries import standing_of
from contracts.queries.renewals import next_in_words, today_at
from customers.models import Customer
from lib.languages import page_language
from tickets.queries.rehearsal import Rehearsal, rehearse_end

NEAR_DAYS = 90


@dataclass(frozen=True)
class NextCard:
    """What comes next, sentence by sentence; `at_end` where there is an end to rehearse.

    `is_only_if`: the end comes only if somebody gives notice. `is_near`: it comes soon.
    """

    sentences: Sequence[str]
    at_end: Rehearsal | None
    is_only_if: bool
    is_near: bool


def next_card(user: User, customer: Customer, now: datetime) -> NextCard | None:
    """Of the agreement that counts now, in the language that is active; None without one."""
    language, pk = page_language(), standing_of(customer.pk, now).agreement_id
    found = visible_agreements(user).with_facts().filter(pk=pk).first() if pk else None
    coming = next_in_words(found, now, language) if found else None
    if found is None or coming is None:
        return None
    at_end = rehearse_end(found, user=user, at=now, language=language)
    is_near = at_end is not None and (at_end.on - today_at(now)).days <= NEAR_DAYS
    return NextCard(coming.sentences, at_end, found.renews_in_silence, is_near)
