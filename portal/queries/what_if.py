"""What a service agreement would change for one contact: the place of their ticket, by level."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.queries.teams import default_team
from contracts.rules.standing import NO_CONTRACT_BAND
from customers.models import Contact
from portal.queries.bands import Band, bands_by_rank
from tickets.access import visible_tickets
from tickets.models import Ticket
from tickets.queries.bands import places_if_ranked, places_of_a_new_one


@dataclass(frozen=True)
class BandPlace:
    """A place in one band; `name` is empty for the one without a service agreement."""

    name: str
    band_position: int
    place: int


@dataclass(frozen=True)
class WhatIf:
    """`ticket`: whose places these are; None: of a ticket that would be filed now."""

    ticket: Ticket | None
    now: BandPlace
    with_level: tuple[BandPlace, ...]


def what_if(user: User, contact: Contact, now: datetime) -> WhatIf | None:
    """The places without and with each service level. None where there are no levels, or no queue yet.

    Of the waiting tickets they may read the one that is next. Nothing of other customers but these counts.
    """
    bands = bands_by_rank()
    if not bands:
        return None
    ranks = [NO_CONTRACT_BAND, *bands]
    ticket = _waiting_ticket(user, contact)
    if ticket is not None:
        return _compared(ticket, bands, places_if_ranked(ticket, ranks))
    team = default_team()
    return None if team is None else _compared(None, bands, places_of_a_new_one(team, ranks, now))


def _waiting_ticket(user: User, contact: Contact) -> Ticket | None:
    """An own one before a colleague's; none that a pin keeps where it is."""
    waiting = visible_tickets(user).waiting().filter(pinned_at__isnull=True).in_rank_order()
    return waiting.filter(contact=contact).first() or waiting.first()


def _compared(ticket: Ticket | None, bands: dict[int, Band], places: dict[int, int]) -> WhatIf:
    with_level = (BandPlace(band.name, band.position, places[rank]) for rank, band in bands.items())
    return WhatIf(ticket, BandPlace("", 0, places[NO_CONTRACT_BAND]), tuple(with_level))
