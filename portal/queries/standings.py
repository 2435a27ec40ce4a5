"""What a customer's agreements amount to, in plain words for the customer."""

from dataclasses import dataclass
from datetime import datetime

from contracts.queries import standing_of
from contracts.rules.wording import TABLE
from customers.models import Customer
from lib.languages import page_language
from lib.reasons import say
from portal.queries.bands import bands_by_rank

VENDOR_AGREEMENT = "standing.vendor_agreement"


@dataclass(frozen=True)
class StandingCard:
    """`level_name` is empty and `band_position` 0 without a service agreement.

    `not_counting` says which agreements were seen and why they do not count.
    """

    level_name: str
    band_position: int
    reasons: tuple[str, ...]
    not_counting: tuple[str, ...]
    has_vendor_agreement: bool


def standing_card(customer: Customer, now: datetime) -> StandingCard:
    """The standing of a customer now, in the language that is active."""
    standing = standing_of(customer.pk, now)
    band = bands_by_rank().get(standing.band)
    language = page_language()
    return StandingCard(
        level_name=standing.level.name if standing.level else "",
        band_position=band.position if band else 0,
        reasons=tuple(say(reason, language, TABLE) for reason in standing.reasons),
        not_counting=tuple(say(seen.reason, language, TABLE) for seen in standing.not_counting),
        has_vendor_agreement=any(seen.reason.code == VENDOR_AGREEMENT for seen in standing.not_counting),
    )
