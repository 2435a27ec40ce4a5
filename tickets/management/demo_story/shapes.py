"""The shapes of the demo story: frozen dataclasses and the few functions that write them briefly.

Words for kinds, roles, severities, channels and states are the values or lower-case names of the
models' own choices. Keys (`team`, `level`, `customer`, `contact`, user names) refer to other parts of
the story; the unit test proves that each of them resolves.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Literal

HOUR = 60
DAY = 24 * HOUR

Language = Literal["de", "en"]
TeamKey = Literal["infrastructure", "workplace", "network"]
LevelKey = Literal["gold", "silver", "bronze"]
Severity = Literal["critical", "high", "normal", "low"]
Channel = Literal["portal", "api", "phone", "mail", "desk"]
Role = Literal["agent", "lead", "admin"]
AgreementKind = Literal[
    "service", "update", "software_assurance", "software_maintenance", "cloud_subscription", "other"
]
Status = Literal["open", "waiting_customer", "waiting_third_party", "scheduled", "solved", "closed"]


@dataclass(frozen=True)
class Team:
    """A team with its own queue.

    key: also the slug. name: as shown. is_default: new tickets without a team go here (exactly one).
    """

    key: TeamKey
    name: str
    is_default: bool = False


@dataclass(frozen=True)
class StaffUser:
    """Somebody who works at the firm and signs in at the desk.

    username: the login and the key used elsewhere. role: agent, lead or admin. language: of the user
    interface. teams: team keys, empty only for the admin. email: under the firm's own domain.
    edits_articles: marked as an editor (leads and admins are in any case).
    """

    username: str
    first_name: str
    last_name: str
    email: str
    role: Role
    language: Language
    teams: tuple[TeamKey, ...] = ()
    edits_articles: bool = False


@dataclass(frozen=True)
class Level:
    """A service level. rank: 1 is served first. description: one sentence for customers (German)."""

    key: LevelKey
    name: str
    rank: int
    description: str


@dataclass(frozen=True)
class Promised:
    """One target of a level. kind: response, next_answer or resolution. always: every minute counts."""

    severity: Severity
    kind: Literal["response", "next_answer", "resolution"]
    minutes: int
    always: bool = False


@dataclass(frozen=True)
class Escalation:
    """Who is told at a share of a target. level None and kind "" stand for all; severity: at least."""

    level: LevelKey | None
    kind: Literal["", "response", "next_answer", "resolution"]
    severity: Severity
    at_percent: int
    tells: Literal["agent", "team", "leads"]


@dataclass(frozen=True)
class Justification:
    """Why a target of the ticket with this subject was missed. after: minutes after its arrival."""

    subject: str
    kind: Literal["response", "next_answer", "resolution"]
    by: str
    after: int
    text: str


@dataclass(frozen=True)
class Announcement:
    """What everybody is told on top of the pages. starts_ago: minutes back from now; lasts: minutes."""

    kind: Literal["incident", "maintenance", "info"]
    text_de: str
    text_en: str
    starts_ago: int
    lasts: int


@dataclass(frozen=True)
class Suspension:
    """A dated stretch in which an agreement does not count.

    starts_in_days / ends_in_days: days from today, both inclusive; None means until further notice.
    """

    starts_in_days: int
    ends_in_days: int | None
    reason: str


@dataclass(frozen=True)
class Agreement:
    """A contract of any kind that a customer holds.

    reference: title and contract number as printed. starts_in_days, ends_in_days, terminated_in_days:
    days from today (negative: past); the end and the termination are the last day in force, inclusive;
    None means no end and not terminated. level: set exactly for kind `service`. renewal_months,
    notice_days: how it renews itself. notice_given_in_days: when notice was given. renewed_until_in_days:
    the last day of the agreement that follows it already.
    """

    kind: AgreementKind
    reference: str
    starts_in_days: int
    ends_in_days: int | None = None
    terminated_in_days: int | None = None
    level: LevelKey | None = None
    suspensions: tuple[Suspension, ...] = ()
    renewal_months: int | None = None
    notice_days: int = 0
    notice_given_in_days: int | None = None
    renewed_until_in_days: int | None = None


@dataclass(frozen=True)
class Contact:
    """A person at a customer.

    key: unique in the whole story. name: as shown. phones: E.164.
    portal_user: user name of the portal login, None without one. sees_company_tickets: may follow the
    tickets of the whole customer, not only the own ones. mail_steps: how much mail they want.
    is_company_admin: manages the access of colleagues.
    """

    key: str
    name: str
    email: str
    language: Language = "de"
    phones: tuple[str, ...] = ()
    portal_user: str | None = None
    sees_company_tickets: bool = False
    is_company_admin: bool = False
    mail_steps: Literal["everything", "answers", "nothing"] = "everything"


@dataclass(frozen=True)
class Customer:
    """An organisation that the firm serves.

    domain: mail domain, which every contact's address ends in. phone: switchboard, E.164. note: what an
    agent should know, for the desk only. contacts: the first one always has a portal login.
    agreements: may be empty.
    """

    key: str
    name: str
    domain: str
    phone: str
    note: str
    contacts: tuple[Contact, ...]
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A small text file. text: the content, to be stored as UTF-8."""

    name: str
    text: str
    content_type: str = "text/plain"


@dataclass(frozen=True)
class FollowUp:
    """One message after the first one.

    author: a contact key if `by_contact`, otherwise a staff user name. after: minutes after the
    ticket's arrival. is_internal: a note that only the desk sees (never by a contact). channel: the
    door through which it came (`desk` for everything that staff wrote).
    """

    author: str
    by_contact: bool
    after: int
    body: str
    is_internal: bool = False
    channel: Channel = "desk"
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Confirmation:
    """An agent confirms or changes the severity. by: staff. after: minutes after the arrival."""

    by: str
    after: int
    severity: Severity
    reason: str


@dataclass(frozen=True)
class Rated:
    """What a contact says of the finished ticket. by: a contact key. after: minutes after the arrival."""

    by: str
    after: int
    verdict: Literal["good", "fair", "bad"]
    comment: str = ""


@dataclass(frozen=True)
class Pin:
    """A lead lifts a waiting ticket to the top.

    by: a lead. after: minutes after the arrival. expires_in: minutes from the moment of loading.
    """

    by: str
    after: int
    reason: str
    expires_in: int


@dataclass(frozen=True)
class Decline:
    """An agent got the ticket from "take next" and gave it back at once. after: minutes after the arrival."""

    by: str
    after: int
    reason: str


@dataclass(frozen=True)
class Ticket:
    """One case and what has happened to it so far.

    customer, contact, team: keys; the contact belongs to the customer. subject: unique in the story.
    body: the first message. severity: as the customer stated it. arrived_ago: minutes before the moment
    of loading; no two tickets share it. language: of the texts. filed_by: the staff user who wrote the
    case down, exactly for the channels `phone` and `desk`. confirmed: what an agent made of the severity.

    All `*_after` are minutes after the arrival and lie in the past. assignee, assigned_after: set for
    every ticket that is not waiting in the queue. assigned_how: next (the head of the queue), picked (another
    one) or assigned (by the lead); assigned_reason: set for the latter two.
    status: a ticket waits in the queue if it is `open` and has no assignee. parked_after: when it began
    to wait for the customer or a third party or was scheduled. scheduled_in_days: exactly for
    `scheduled`. solved_after: for `solved` and `closed`. closed_after: for `closed`.

    talk: what was written later, in order of time; no contact writes after the parking or the solution,
    because that would bring the ticket back. attachments: of the first message. pin, declines: on
    waiting tickets only. rated: on finished ones, by a contact with a portal login.
    """

    customer: str
    contact: str
    team: TeamKey
    subject: str
    body: str
    severity: Severity
    channel: Channel
    arrived_ago: int
    language: Language = "de"
    filed_by: str | None = None
    confirmed: Confirmation | None = None
    assignee: str | None = None
    assigned_after: int | None = None
    assigned_how: Literal["next", "picked", "assigned"] = "next"
    assigned_reason: str = ""
    status: Status = "open"
    parked_after: int | None = None
    scheduled_in_days: int | None = None
    solved_after: int | None = None
    closed_after: int | None = None
    talk: tuple[FollowUp, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    pin: Pin | None = None
    declines: tuple[Decline, ...] = ()
    rated: Rated | None = None

    @property
    def waits_in_queue(self) -> bool:
        """Whether the ticket stands in its team's queue."""
        return self.status == "open" and self.assignee is None


@dataclass(frozen=True)
class Included:
    """What a level includes per month: so many minutes or cases."""

    amount: int
    unit: Literal["minutes", "cases"] = "minutes"
    overrun: Literal["refuse", "ask", "bill"] = "ask"
    carries_over: bool = False


@dataclass(frozen=True)
class UsedBefore:
    """What a customer used in the months before this one, the latest last."""

    customer: str
    units: tuple[int, ...]


@dataclass(frozen=True)
class UsedNow:
    """Up to which share (per cent) a customer's allowance of this month is used, by whose work."""

    customer: str
    percent: int
    service: str
    by: str


def prose(text: str) -> str:
    """Join the wrapped lines of a triple-quoted text; blank lines part paragraphs, `| ` keeps a line."""
    lines = inspect.cleandoc(text).replace("\n\n", "\0").replace("\n| ", "\1").replace("\n", " ")
    return lines.replace("\0| ", "\n\n").replace("\0", "\n\n").replace("\1", "\n")


def contact_wrote(
    contact: str,
    after: int,
    text: str,
    channel: Channel = "portal",
    attachments: tuple[Attachment, ...] = (),
) -> FollowUp:
    """A message by a contact."""
    return FollowUp(
        contact, by_contact=True, after=after, body=prose(text), channel=channel, attachments=attachments
    )


def reply(staff: str, after: int, text: str, attachments: tuple[Attachment, ...] = ()) -> FollowUp:
    """An answer to the customer."""
    return FollowUp(staff, by_contact=False, after=after, body=prose(text), attachments=attachments)


def note(staff: str, after: int, text: str) -> FollowUp:
    """An internal note."""
    return FollowUp(staff, by_contact=False, after=after, body=prose(text), is_internal=True)


@dataclass(frozen=True)
class Worked:
    """Work on the ticket of this subject: `days_ago` working days, from `clock` (local) on.

    `decided` is what the lead decided by hand, with the `reason`; empty: the rule.
    """

    subject: str
    by: str
    days_ago: int
    clock: str
    minutes: int
    kind: str
    service: str
    text: str = ""
    remark: str = ""
    decided: str = ""
    reason: str = ""
