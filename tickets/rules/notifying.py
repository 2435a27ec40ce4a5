"""Which mail a change owes the ticket's contact. An internal note has no entry here, so it owes none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tickets.rules.lifecycle import Verb

LATEST_ARRIVAL = timedelta(hours=1)
"""Who reports an arrival that is longer ago imports it: the customer has known of it for long."""


class Mail(StrEnum):
    """The kinds of mail that a ticket owes."""

    RECEIPT = "receipt"
    REPLY = "reply"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Reader:
    """The contact to whom a mail would go. `did_it`: whether they made the change themselves."""

    has_address: bool
    is_active: bool
    did_it: bool = False

    @property
    def can_be_told(self) -> bool:
        """Whether there is anybody to write to."""
        return self.has_address and self.is_active


NEWS = frozenset(
    {
        *(Verb.WAIT_CUSTOMER, Verb.WAIT_THIRD_PARTY, Verb.SCHEDULE),
        *(Verb.SOLVE, Verb.CLOSE, Verb.AUTO_CLOSE, Verb.REOPEN),
    }
)
"""Steps that change something for the customer. Others only take the ticket back to our work."""

SILENT_CHANNELS = frozenset({"monitoring"})
"""Where a machine files, nobody waits to hear that it arrived."""


def is_old_news(arrived_at: datetime, at: datetime) -> bool:
    """Whether an arrival is imported from the past."""
    return at - arrived_at > LATEST_ARRIVAL


def owed_for_opening(reader: Reader, *, channel: str, is_old: bool) -> Mail | None:
    """A receipt, also for what the contact filed themselves: it holds the number."""
    return Mail.RECEIPT if reader.can_be_told and channel not in SILENT_CHANNELS and not is_old else None


def owed_for_message(reader: Reader, *, is_internal: bool, is_from_customer: bool) -> Mail | None:
    """What we write to the customer; never a note, and nothing that their own side said."""
    return Mail.REPLY if reader.can_be_told and not is_internal and not is_from_customer else None


def owed_for_step(reader: Reader, verb: str) -> Mail | None:
    """A change of status that the contact did not make themselves."""
    return Mail.STATUS if reader.can_be_told and verb in NEWS and not reader.did_it else None
