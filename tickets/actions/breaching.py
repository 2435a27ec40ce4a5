"""Telling of targets that are at risk or missed: history, audit trail, and notices to people of the firm.

Customers are never written to about it; they see their deadlines in the portal.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from accounts.actions import auditing, notices
from accounts.models import Notice, User
from contracts.models import Escalation
from contracts.queries.promises import LevelTerms
from tickets.models import Clock, Ticket, TicketEvent

Tells = Escalation.Tells


class Told(NamedTuple):
    """Something to tell of a clock: which share of its target is used, and whom rules name."""

    clock: Clock
    percent: int
    tells: frozenset[str]

    @property
    def is_miss(self) -> bool:
        """Whether the target itself was missed just now."""
        return self.percent >= 100 and self.clock.breached_at is not None  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class _Subject:
    """The ticket of a clock, as far as telling needs it."""

    number: str
    team_id: int
    assignee_id: int | None


def record_misses(clocks: Sequence[Clock], *, at: datetime) -> None:
    """Write down missed targets: a line of the ticket's history and one of the audit trail for each."""
    if not clocks:
        return
    numbers = {pk: subject.number for pk, subject in _subjects(clocks).items()}
    TicketEvent.objects.bulk_create(
        TicketEvent(ticket_id=clock.ticket_id, at=at, kind="target_missed", params=_params(clock))
        for clock in clocks
    )
    auditing.record_many(
        by=None,
        verb="target.missed",
        what=[(clock, f"{numbers[clock.ticket_id]} {clock.kind}", _params(clock)) for clock in clocks],
        at=at,
    )


def tell_misses(clocks: Sequence[Clock], levels: Mapping[int, LevelTerms], *, at: datetime) -> None:
    """Tell of targets that were missed just now."""
    tell([told_of(clock, levels, above=99, percent=100) for clock in clocks], at=at)


def told_of(clock: Clock, levels: Mapping[int, LevelTerms], *, above: int, percent: int) -> Told:
    """What there is to tell of a clock whose used share has come from one percentage to another."""
    terms = levels.get(clock.level_id) if clock.level_id else None
    tells: frozenset[str] = frozenset()
    if terms is not None:
        tells = terms.told_at(clock.severity, clock.kind, above=above, up_to=percent)
    return Told(clock, percent, tells)


def tell(told: Sequence[Told], *, at: datetime) -> None:
    """Lay a notice into the outbox for everybody who is to know of it, one for each clock and person.

    Whoever has the ticket is always told, and the leads of a missed target that nobody has in hands.
    """
    if not told:
        return
    subjects, people = _subjects([one.clock for one in told]), _People.read()
    notices.tell_of_targets(
        told=[
            (kind, user, {"clock": str(one.clock.pk), "percent": str(one.percent)})
            for one in told
            for kind in [Notice.Kind.TARGET_MISSED if one.is_miss else Notice.Kind.TARGET_WARNING]
            for user in people.to_tell(one, subjects[one.clock.ticket_id])
        ],
        at=at,
    )


@dataclass(frozen=True, slots=True)
class _People:
    """The people of the firm, by what makes them be told."""

    by_id: Mapping[int, User]
    leads: Sequence[User]
    teams: Mapping[int, Sequence[User]]

    @classmethod
    def read(cls) -> "_People":
        """Everybody who works tickets and has an address."""
        users = list(User.objects.agents().filter(is_active=True).exclude(email="").order_by("pk"))
        by_id = {user.pk: user for user in users}
        leads = [user for user in users if user.role == User.Role.LEAD]
        teams: dict[int, list[User]] = defaultdict(list)
        members = User.objects.filter(pk__in=by_id, teams__isnull=False).order_by("pk")
        for user_id, team_id in members.values_list("pk", "teams"):
            teams[team_id].append(by_id[user_id])
        return cls(by_id, leads or [user for user in users if user.is_lead], teams)

    def to_tell(self, told: Told, of: _Subject) -> Iterable[User]:
        """Whom, each once."""
        holder = self.by_id.get(of.assignee_id) if of.assignee_id else None
        people = [holder] if holder else []
        if Tells.TEAM in told.tells:
            people += self.teams.get(of.team_id, ())
        if Tells.LEADS in told.tells or (told.is_miss and holder is None):
            people += self.leads
        return dict.fromkeys(people)


def _subjects(clocks: Iterable[Clock]) -> dict[int, _Subject]:
    rows = Ticket.objects.filter(pk__in={clock.ticket_id for clock in clocks})
    columns = rows.values_list("pk", "number", "team_id", "assignee_id")
    return {pk: _Subject(number, team_id, assignee_id) for pk, number, team_id, assignee_id in columns}


def _params(clock: Clock) -> dict[str, str]:
    return {"target": clock.kind, "due_at": clock.breached_at.isoformat() if clock.breached_at else ""}
