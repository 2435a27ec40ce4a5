"""Taking the next ticket: the order, own work first, declining, picking."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.actions import users as user_actions
from accounts.models import User
from tests.factories.cast import Cast, make_cast, make_ticket, make_user
from tickets.access import Denied
from tickets.actions import assigning, progressing, rating, returning
from tickets.actions.assigning import Offer
from tickets.actions.refusals import OffDuty, ReasonRequired
from tickets.actions.revising import Revision, revise
from tickets.models import Assignment, Decline, Ticket
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db

Severity = Ticket.Severity


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def taken(offer: Offer | None) -> Ticket:
    assert offer is not None
    return offer.ticket


def test_contract_first_then_severity_then_arrival(cast: Cast) -> None:
    plain = make_ticket(cast.plain_customer, severity=Severity.CRITICAL)
    bronze = make_ticket(cast.bronze_customer, severity=Severity.LOW)
    late_gold = make_ticket(cast.gold_customer)
    severe_gold = make_ticket(cast.gold_customer, severity=Severity.HIGH)

    order = [taken(assigning.take_next(by=agent)) for agent in _agents(cast, 4)]

    assert order == [severe_gold, late_gold, bronze, plain]


def _agents(cast: Cast, number: int) -> list[User]:
    return [make_user(f"worker{index}", User.Role.AGENT, cast.team) for index in range(number)]


def test_nothing_waits(cast: Cast) -> None:
    assert assigning.take_next(by=cast.agent) is None


def test_other_teams_tickets_are_not_offered(cast: Cast) -> None:
    make_ticket(cast.gold_customer, team=cast.other_team)

    assert assigning.take_next(by=cast.agent) is None


def test_own_ticket_comes_first_when_it_outranks_the_head(cast: Cast) -> None:
    own = make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.agent)
    make_ticket(cast.bronze_customer, severity=Severity.CRITICAL)

    offer = assigning.take_next(by=cast.agent)

    assert offer is not None
    assert offer.is_own
    assert offer.ticket == own


def test_head_is_claimed_when_it_outranks_own_work(cast: Cast) -> None:
    make_ticket(cast.bronze_customer)
    assigning.take_next(by=cast.agent)
    better = make_ticket(cast.gold_customer)

    offer = assigning.take_next(by=cast.agent)

    assert offer is not None
    assert not offer.is_own
    assert offer.ticket == better
    assert Assignment.objects.get(ticket=better).how == Assignment.How.NEXT


def test_declined_ticket_is_not_offered_again(cast: Cast) -> None:
    first = make_ticket(cast.gold_customer)
    second = make_ticket(cast.bronze_customer)
    assigning.take_next(by=cast.agent)

    assigning.decline(ticket=first, by=cast.agent, reason="I know the customer's boss")

    assert taken(assigning.take_next(by=cast.agent)) == second
    assert Decline.objects.get(ticket=first).reason == "I know the customer's boss"
    assert taken(assigning.take_next(by=cast.lead)) == first


def test_declined_ticket_is_offered_again_after_it_changed(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.agent)
    assigning.decline(ticket=ticket, by=cast.agent, reason="no time")
    assert assigning.take_next(by=cast.agent) is None

    rating.set_severity(ticket=ticket, severity=Severity.CRITICAL, by=cast.lead, reason="all are down")

    assert taken(assigning.take_next(by=cast.agent)) == ticket


def test_declined_ticket_is_offered_again_after_half_an_hour(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    now = timezone.now()
    assigning.take_next(by=cast.agent, at=now)
    assigning.decline(ticket=ticket, by=cast.agent, reason="no time", at=now)

    assert assigning.take_next(by=cast.agent, at=now + timedelta(minutes=29)) is None
    assert taken(assigning.take_next(by=cast.agent, at=now + timedelta(minutes=30))) == ticket


def test_declining_needs_a_reason_and_ones_own_ticket(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    with pytest.raises(Denied):
        assigning.decline(ticket=ticket, by=cast.agent, reason="not mine")
    assigning.take_next(by=cast.agent)
    with pytest.raises(ReasonRequired):
        assigning.decline(ticket=ticket, by=cast.agent, reason="  ")


def test_picking_past_a_better_ticket_needs_a_reason(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    worse = make_ticket(cast.plain_customer)

    with pytest.raises(ReasonRequired):
        assigning.pick(ticket=worse, by=cast.agent)
    assigning.pick(ticket=worse, by=cast.agent, reason="same caller is on the phone")

    assert Assignment.objects.get(ticket=worse).reason == "same caller is on the phone"


def test_giving_a_colleague_one_past_a_better_ticket_needs_a_reason(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    worse = make_ticket(cast.plain_customer)

    with pytest.raises(ReasonRequired):
        assigning.assign(ticket=worse, to=cast.agent, by=cast.lead, reason=" ")
    assigning.assign(ticket=worse, to=cast.agent, by=cast.lead, reason="knows the machine")
    again = make_user("relief", User.Role.AGENT, cast.team)
    assigning.assign(ticket=worse, to=again, by=cast.lead)  # from hand to hand it passes nobody

    first = Assignment.objects.filter(ticket=worse).earliest("at")
    assert (first.agent, first.by, first.reason) == (cast.agent, cast.lead, "knows the machine")


@pytest.mark.parametrize("is_due", [True, False])
@pytest.mark.parametrize("how", ["pick", "assign", "revise"])
def test_whoever_is_better_is_judged_by_what_is_due_by_now(cast: Cast, how: str, is_due: bool) -> None:
    """The better one was scheduled, and is back by the clock although no sweep has seen it."""
    now = timezone.now()
    better, worse = make_ticket(cast.gold_customer), make_ticket(cast.plain_customer)
    until = now + timedelta(minutes=10)
    progressing.progress(ticket=better, verb=Verb.SCHEDULE, by=cast.agent, until=until, at=now)
    hands: dict[str, Callable[..., object]] = {
        "pick": lambda **more: assigning.pick(ticket=worse, by=cast.agent, **more),
        "assign": lambda **more: assigning.assign(ticket=worse, to=cast.agent, by=cast.lead, **more),
        "revise": lambda **more: revise(
            ticket=worse, revision=Revision(assignee=cast.agent), by=cast.lead, **more
        ),
    }

    if is_due:
        with pytest.raises(ReasonRequired):
            hands[how](at=until)
    else:
        hands[how](at=until - timedelta(seconds=1))

    worse.refresh_from_db()
    assert worse.is_waiting is is_due


def test_picking_the_head_needs_no_reason(cast: Cast) -> None:
    head = make_ticket(cast.gold_customer)
    make_ticket(cast.plain_customer)

    assert assigning.pick(ticket=head, by=cast.agent).assignee == cast.agent


def test_a_stranger_to_the_team_may_not_pick(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)

    with pytest.raises(Denied):
        assigning.pick(ticket=ticket, by=cast.other_agent)


def test_off_duty_agents_are_given_nothing(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    user_actions.set_duty(user=cast.agent, is_on_duty=False, by=cast.agent)

    with pytest.raises(OffDuty):
        assigning.take_next(by=cast.agent)


@pytest.mark.parametrize("how", ["off_duty", "deactivated"])
def test_tickets_return_when_their_agent_leaves(cast: Cast, how: str) -> None:
    ticket = make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.agent)
    if how == "off_duty":
        user_actions.set_duty(user=cast.agent, is_on_duty=False, by=cast.agent)
    else:
        user_actions.deactivate(user=cast.agent, by=cast.admin)

    returning.return_tickets()

    ticket.refresh_from_db()
    assert ticket.is_waiting
    assert Assignment.objects.get(ticket=ticket).ended_how == how


def test_a_ticket_left_lying_returns_after_eight_service_hours(cast: Cast) -> None:
    monday = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.get_current_timezone())
    ticket = make_ticket(cast.gold_customer, at=monday)
    assigning.take_next(by=cast.agent, at=monday)

    returning.return_tickets(at=monday + timedelta(hours=22, minutes=59))
    ticket.refresh_from_db()
    assert ticket.assignee == cast.agent

    returning.return_tickets(at=monday + timedelta(hours=23))
    ticket.refresh_from_db()
    assert ticket.is_waiting


def test_a_pin_goes_before_everything_until_it_expires(cast: Cast) -> None:
    gold = make_ticket(cast.gold_customer, severity=Severity.CRITICAL)
    plain = make_ticket(cast.plain_customer)
    now = timezone.now()
    with pytest.raises(Denied):
        rating.pin(ticket=plain, by=cast.agent, reason="asked nicely", expires_at=now + timedelta(hours=1))
    rating.pin(ticket=plain, by=cast.lead, reason="police is waiting", expires_at=now + timedelta(hours=1))

    assert plain.events.get(kind="pinned").params["overtook"] == gold.number
    assert taken(assigning.take_next(by=cast.agent, at=now + timedelta(hours=2))) == gold
    plain.refresh_from_db()
    assert plain.pinned_at is None
