"""What the portal shows of a ticket's consents: one's own, and how many others are missing."""

from dataclasses import dataclass

from contracts.rules.gate_wording import capability_name
from customers.models import Contact
from tickets.models import Ticket
from tickets.queries.consents import CAPABILITIES, PersonLine, consents_card


@dataclass(frozen=True)
class PortalConsents:
    """`own`: the reader as one of those concerned, None where they are not; of others only how many."""

    own: PersonLine | None
    people: int
    missing: int
    is_complete: bool
    may_give: bool
    language: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What the reader does not permit yet: values and names."""
        lacking = set(self.own.lacking if self.own else ())
        named = ((one.value, capability_name(one, self.language)) for one in CAPABILITIES)
        return [(value, label) for value, label in named if label in lacking]

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say."""
        return self.people > 0


def portal_consents(contact: Contact, ticket: Ticket, *, language: str) -> PortalConsents:
    """The consents of a ticket as one of the customer's contacts may know them."""
    card = consents_card(ticket, language=language)
    own = next((one for one in card.people if one.contact_id == contact.pk), None)
    return PortalConsents(
        own=own,
        people=len(card.people),
        missing=card.missing,
        is_complete=card.is_complete,
        may_give=own is not None and bool(own.lacking) and ticket.status != Ticket.Status.CLOSED,
        language=language,
    )
