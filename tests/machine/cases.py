"""What customers, agents and leads do with tickets."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.models import Team
from customers.models import Contact
from tests.factories.calling import Caller
from tests.factories.cast import make_ticket
from tests.machine.ground import JUMPS, TEAMS, anything, customer_row, row_of
from tests.machine.papers import Papers
from tests.oracle import Case, Customer
from tickets.actions import moving, progressing, rating, replying
from tickets.models import Ticket
from tickets.rules.lifecycle import NotAllowed, Verb

TARGETS = {
    Verb.WAIT_CUSTOMER: "waiting_customer",
    Verb.WAIT_THIRD_PARTY: "waiting_third_party",
    Verb.SCHEDULE: "scheduled",
    Verb.RESUME: "open",
    Verb.SOLVE: "solved",
    Verb.CLOSE: "closed",
    Verb.REOPEN: "open",
}
severities = st.lists(st.sampled_from([1, 2, 3, 4]), min_size=1, max_size=4)


class Cases(Papers):
    """Filing, answering, rating, pinning, moving."""

    @rule(
        who=anything,
        severities=severities,
        team=st.sampled_from(TEAMS),
        days_ago=st.sampled_from([0, 0, 1]),
        is_by_api=st.booleans(),
    )
    def open_tickets(
        self, who: int, severities: list[int], team: str, days_ago: int, *, is_by_api: bool = False
    ) -> None:
        """Several at the very same moment; some imported with their own arrival."""
        moment = self._tick()
        customer = self._customer(who)
        arrived_at = moment - timedelta(days=days_ago)
        door = self._file_by_api if is_by_api else self._file
        for severity in severities:
            number = door(customer, severity, team, arrived_at if days_ago else None)
            self.world.cases[number] = Case(
                number, team, customer, severity, arrived_at, moment, last_band=customer.band_at(moment)
            )

    def _file(self, customer: Customer, severity: int, team: str, arrived_at: datetime | None) -> str:
        """File one ticket. Returns its number."""
        ticket = make_ticket(
            customer_row(customer),
            severity=Ticket.Severity(severity),
            team=Team.objects.get(name=team),
            arrived_at=arrived_at,
        )
        return ticket.number

    def _file_by_api(self, customer: Customer, severity: int, team: str, arrived_at: datetime | None) -> str:
        document = {
            "customer": customer_row(customer).pk,
            "subject": "Printer",
            "body": "It is on fire.",
            "severity": Ticket.Severity(severity).name.lower(),
            "team": Team.objects.get(name=team).slug,
        }
        importing = {"arrived_at": arrived_at.isoformat()} if arrived_at else {}
        answer = Caller(self.admin).post("tickets/", {**document, **importing})
        assert answer.status_code == 201, answer.content
        return str(answer.json()["number"])

    @precondition(lambda self: self.world.cases)
    @rule(which=anything)
    def customer_replies(self, which: int) -> None:
        moment, case = self._tick(), self._case(which)
        contact = Contact.objects.get(customer__name=case.customer.name)
        try:
            replying.customer_reply(ticket=row_of(case), body="Any news?", contact=contact, by=None)
        except NotAllowed:
            return
        case.come_back(moment)
        case.last_band = case.customer.band_at(moment)

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, verb=st.sampled_from([*TARGETS]), hours=st.integers(1, 30))
    def progress(self, which: int, verb: Verb, hours: int) -> None:
        moment, case = self._tick(), self._case(which)
        until = moment + timedelta(hours=hours) if verb == Verb.SCHEDULE else None
        try:
            progressing.progress(ticket=row_of(case), verb=verb, by=self._worker(case), until=until)
        except NotAllowed:
            return
        if TARGETS[verb] == "open":
            case.come_back(moment)
        case.status, case.wakes_at, case.changed_at = TARGETS[verb], until, moment
        case.last_band = case.customer.band_at(moment) if verb == Verb.REOPEN else case.last_band
        self._touch(case)

    @precondition(lambda self: any(case.status == "closed" for case in self.world.cases.values()))
    @rule(which=anything, jump=st.sampled_from(JUMPS))
    def reopen_later(self, which: int, jump: str) -> None:
        """A closed ticket follows no standing; back again it ranks by the one of that moment."""
        moment = self._jump(jump)
        closed = [case for case in self.world.cases.values() if case.status == "closed"]
        case = closed[which % len(closed)]
        progressing.progress(ticket=row_of(case), verb=Verb.REOPEN, by=self.lead)
        case.come_back(moment)
        case.last_band = case.customer.band_at(moment)

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, severity=st.sampled_from([1, 2, 3, 4]))
    def change_severity(self, which: int, severity: int) -> None:
        moment, case = self._tick(), self._case(which)
        rating.set_severity(
            ticket=row_of(case),
            severity=Ticket.Severity(severity),
            by=self._worker(case),
            reason="as I see it",
        )
        case.severity, case.changed_at = severity, moment
        self._touch(case)

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, hours=st.sampled_from([1, 3, 20]))
    def pin(self, which: int, hours: int) -> None:
        moment, case = self._tick(), self._case(which)
        until = moment + timedelta(hours=hours)
        rating.pin(ticket=row_of(case), by=self.lead, reason="police", expires_at=until)
        case.pinned_at, case.pin_until, case.changed_at = case.pinned_at or moment, until, moment

    @precondition(lambda self: self.world.cases)
    @rule(which=anything)
    def unpin(self, which: int) -> None:
        moment, case = self._tick(), self._case(which)
        rating.unpin(ticket=row_of(case), by=self.lead)
        if case.pinned_at is not None:
            case.pinned_at, case.pin_until, case.changed_at = None, None, moment

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, team=st.sampled_from(TEAMS))
    def move_to_team(self, which: int, team: str) -> None:
        moment, case = self._tick(), self._case(which)
        moving.move_to_team(ticket=row_of(case), team=Team.objects.get(name=team), by=self.lead)
        if case.team == team:
            return
        case.team, case.changed_at = team, moment
        if case.holder is not None and not case.holder.serves(team):
            case.holder = case.touched_at = None

    @precondition(lambda self: self.world.cases)
    @rule(which=anything, who=anything)
    def change_customer(self, which: int, who: int) -> None:
        moment, case = self._tick(), self._case(which)
        others = [customer for customer in self.world.customers if customer is not case.customer]
        customer = others[who % len(others)]
        moving.change_customer(ticket=row_of(case), customer=customer_row(customer), by=self.lead)
        case.customer, case.changed_at, case.last_band = customer, moment, customer.band_at(moment)
