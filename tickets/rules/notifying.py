"""Which mail a change owes the ticket's contact. An internal note has no entry here, so it owes none.

Three things decide: whether there is anybody to write to, how much of it they want (`Wish`, and whether they
muted this ticket), and whether it is news to them. A muted ticket stays muted whatever happens to it, also
when its contact writes again: only the contact ends that, where it began (the link in a mail, the portal).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tickets.rules.lifecycle import Verb

LATEST_ARRIVAL = timedelta(hours=1)
"""Who reports an arrival that is longer ago imports it: the customer has known of it for long."""

MAX_RECEIPTS = 20
"""So many receipts go to one contact within an hour. More only a machine asks for, and it may answer them."""

TAKEN_AFTER = timedelta(minutes=10)
"""Whoever takes a ticket mostly says something soon, and that says it all."""
TAKEN_UNTIL = timedelta(hours=1)
"""After a longer silence of ours, that it was taken is no news."""
TAKEN_AGAIN = timedelta(days=7)
"""A ticket that goes from hand to hand is told of once in so long."""
NOTED_AT_ONCE = timedelta(minutes=1)
"""What is recorded later than this after it happened comes from elsewhere: an importer, the demo story."""


class Mail(StrEnum):
    """The kinds of mail that a ticket owes."""

    RECEIPT = "receipt"
    REPLY = "reply"
    STATUS = "status"
    TAKEN = "taken"
    SEVERITY = "severity"
    APPROVAL = "approval"


class Wish(StrEnum):
    """How much of it a contact wants to be told."""

    EVERYTHING = "everything"
    ANSWERS = "answers"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reader:
    """The contact to whom a mail would go. `did_it`: whether they made the change themselves."""

    has_address: bool
    is_active: bool
    did_it: bool = False
    wish: str = Wish.EVERYTHING
    is_muted: bool = False

    @property
    def can_be_told(self) -> bool:
        """Whether there is anybody to write to."""
        return self.has_address and self.is_active

    def is_told(self, mail: Mail, verb: str = "") -> bool:
        """Whether they can be told and want this kind of mail."""
        return self.can_be_told and is_wanted(mail, verb, wish=self.wish, is_muted=self.is_muted)


@dataclass(frozen=True, slots=True)
class Holding:
    """A ticket in somebody's hands: when they took it, when that was recorded, and what its contact knows.

    `told_at`: when somebody's taking it was last told; `is_heard_since`: whether any mail followed it.
    """

    taken_at: datetime
    recorded_at: datetime
    told_at: datetime | None = None
    is_heard_since: bool = False


NEWS = frozenset(
    {
        *(Verb.WAIT_CUSTOMER, Verb.WAIT_THIRD_PARTY, Verb.SCHEDULE),
        *(Verb.SOLVE, Verb.CLOSE, Verb.AUTO_CLOSE, Verb.REOPEN),
    }
)
"""Steps that change something for the customer. Others only take the ticket back to our work."""

ASKING = frozenset({Verb.WAIT_CUSTOMER, Verb.SOLVE})
"""Steps after which we wait for the customer: for an answer, or for a word that it is not solved."""

SILENT_CHANNELS = frozenset({"monitoring"})
"""Where a machine files, nobody waits to hear that it arrived."""


def is_wanted(mail: Mail, verb: str = "", *, wish: str, is_muted: bool) -> bool:
    """Whether a contact wants a kind of mail: of everything, or only answers and what waits for them.

    A question about money is no news that somebody may do without: whoever is asked is told, whatever else
    they chose, for nothing begins before they answer.
    """
    if mail == Mail.APPROVAL:
        return True
    if is_muted or wish == Wish.NOTHING:
        return False
    return wish == Wish.EVERYTHING or mail in (Mail.RECEIPT, Mail.REPLY) or verb in ASKING


def is_old_news(arrived_at: datetime, at: datetime) -> bool:
    """Whether an arrival is imported from the past."""
    return at - arrived_at > LATEST_ARRIVAL


def owed_for_opening(reader: Reader, *, channel: str, is_old: bool, receipts_lately: int = 0) -> Mail | None:
    """A receipt, also for what the contact filed themselves: it holds the number.

    `receipts_lately`: how many went to this contact within the hour before.
    """
    is_news = channel not in SILENT_CHANNELS and not is_old and receipts_lately < MAX_RECEIPTS
    return Mail.RECEIPT if is_news and reader.is_told(Mail.RECEIPT) else None


def owed_for_message(reader: Reader, *, is_internal: bool, is_from_customer: bool) -> Mail | None:
    """What we write to the customer; never a note, and nothing that their own side said."""
    is_ours = not is_internal and not is_from_customer
    return Mail.REPLY if is_ours and reader.is_told(Mail.REPLY) else None


def owed_for_step(reader: Reader, verb: str) -> Mail | None:
    """A change of status that the contact did not make themselves."""
    is_news = verb in NEWS and not reader.did_it
    return Mail.STATUS if is_news and reader.is_told(Mail.STATUS, verb) else None


def owed_for_severity(reader: Reader, *, before: int, after: int) -> Mail | None:
    """Another severity, with its reason: it moves the ticket. One that is only confirmed is no news."""
    return Mail.SEVERITY if before != after and reader.is_told(Mail.SEVERITY) else None


def owed_for_approval(reader: Reader) -> Mail | None:
    """The question whether work may begin at its price, to whoever is asked."""
    return Mail.APPROVAL if reader.is_told(Mail.APPROVAL) else None


def owed_for_holding(reader: Reader, holding: Holding, at: datetime) -> Mail | None:
    """That somebody works on it, where they have had it for a while and nothing else was said since."""
    is_live = holding.recorded_at - holding.taken_at <= NOTED_AT_ONCE
    is_due = TAKEN_AFTER <= at - holding.taken_at <= TAKEN_UNTIL
    is_known = holding.told_at is not None and holding.taken_at - holding.told_at < TAKEN_AGAIN
    is_news = is_live and is_due and not is_known and not holding.is_heard_since
    return Mail.TAKEN if is_news and reader.is_told(Mail.TAKEN) else None
