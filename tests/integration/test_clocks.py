"""Clocks follow their tickets: what the database holds after each thing that happens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Notice
from contracts.actions import agreements as agreement_actions
from contracts.actions import targets
from contracts.models import Agreement, Escalation
from customers.models import Customer
from tests.factories.cast import Cast, make_agreement, make_cast, make_ticket
from tests.factories.promises import make_escalation, make_hours, make_targets
from tickets.access import Denied
from tickets.actions import (
    assigning,
    moving,
    progressing,
    rating,
    recalculating,
    replying,
    reranking,
    timing,
    watching,
)
from tickets.actions.refusals import NotMissed, ReasonRequired
from tickets.models import Clock, ClockPause, Recalculation, Ticket, TicketEvent
from tickets.queries.deadlines import clocks_of
from tickets.rules.lifecycle import Verb
from tickets.tasks import sweep_deadlines

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)


def at(clock: str, day: int = 0) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return (MONDAY + timedelta(days=day)).replace(hour=hour, minute=minute)


class Day:
    """A clock that stands at Monday 08:00 until it is moved."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self.traveller = traveller

    def at(self, clock: str, day: int = 0) -> None:
        self.traveller.move_to(at(clock, day))


@pytest.fixture
def day() -> Iterator[Day]:
    with time_machine.travel(at("07:00"), tick=False) as traveller:
        yield Day(traveller)


@pytest.fixture
def cast(day: Day) -> Cast:
    make_hours()
    cast = make_cast()
    make_targets(cast.gold, response=120, next_answer=60, resolution=480)
    make_targets(cast.bronze, response=240, resolution=960)
    day.at("08:00")
    return cast


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner, by=cast.owner.user)


def clock(ticket: Ticket, kind: str = "response") -> Clock:
    return Clock.objects.filter(ticket=ticket, kind=kind).latest("pk")


def lead_of(cast: Cast) -> dict[str, object]:
    return {"by": cast.lead}


def test_a_ticket_with_an_agreement_gets_its_clocks_and_one_without_gets_none(
    cast: Cast, ticket: Ticket
) -> None:
    plain = make_ticket(cast.plain_customer)

    due = {one.kind: one.due_at for one in Clock.objects.filter(ticket=ticket)}

    assert due == {"response": at("10:00"), "resolution": at("16:00")}
    assert not Clock.objects.filter(ticket=plain).exists()
    assert not clocks_of([plain.pk])


def test_waiting_from_nine_to_ten_shifts_what_is_due_by_an_hour(cast: Cast, ticket: Ticket, day: Day) -> None:
    day.at("09:00")
    progressing.progress(ticket=ticket, verb=Verb.WAIT_CUSTOMER, by=cast.lead)
    assert (clock(ticket).state, clock(ticket).due_at, clock(ticket).next_at) == ("paused", None, None)
    day.at("10:00")
    progressing.progress(ticket=ticket, verb=Verb.RESUME, by=cast.lead)

    assert (clock(ticket).state, clock(ticket).due_at) == ("running", at("11:00"))
    assert clock(ticket, "resolution").due_at == at("17:00")


def test_what_comes_on_friday_afternoon_is_due_on_monday(cast: Cast, day: Day) -> None:
    day.at("16:50", 4)
    assert clock(make_ticket(cast.gold_customer)).due_at == at("09:50", 7)


def test_only_a_public_reply_answers(cast: Cast, ticket: Ticket, day: Day) -> None:
    day.at("08:30")
    replying.note(ticket=ticket, body="Hm.", by=cast.lead)
    progressing.progress(ticket=ticket, verb=Verb.WAIT_THIRD_PARTY, by=cast.lead)
    progressing.progress(ticket=ticket, verb=Verb.RESUME, by=cast.lead)
    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead)
    assert clock(ticket).stopped_at is None

    replying.reply(ticket=ticket, body="Have a look.", by=cast.agent)

    assert (clock(ticket).state, clock(ticket).stopped_at) == ("met", at("08:30"))
    assert clock(ticket, "resolution").state == "running"


def test_the_oldest_unanswered_message_begins_the_next_answer(cast: Cast, ticket: Ticket, day: Day) -> None:
    replying.customer_reply(ticket=ticket, body="And?", contact=cast.owner, by=cast.owner.user)
    assert not Clock.objects.filter(ticket=ticket, kind="next_answer").exists()
    replying.reply(ticket=ticket, body="Soon.", by=cast.lead)
    day.at("09:00")
    replying.customer_reply(ticket=ticket, body="Now?", contact=cast.owner, by=cast.owner.user)
    day.at("09:30")
    replying.customer_reply(ticket=ticket, body="Hello?", contact=cast.owner, by=cast.owner.user)

    assert clock(ticket, "next_answer").due_at == at("10:00")
    replying.reply(ticket=ticket, body="Done.", by=cast.lead)
    day.at("13:00")
    replying.customer_reply(ticket=ticket, body="Thanks, but …", contact=cast.owner, by=cast.owner.user)
    assert [one.due_at for one in Clock.objects.filter(ticket=ticket, kind="next_answer")] == [
        at("10:00"),
        at("14:00"),
    ]


def test_solving_ends_every_wait_and_reopening_takes_up_the_solution_again(
    cast: Cast, ticket: Ticket, day: Day
) -> None:
    day.at("09:00")
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.lead)
    assert {one.state for one in Clock.objects.filter(ticket=ticket)} == {"met"}
    day.at("10:00")
    progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.lead)
    day.at("13:00")
    progressing.progress(ticket=ticket, verb=Verb.REOPEN, by=cast.lead)

    assert clock(ticket).state == "met"
    assert (clock(ticket, "resolution").state, clock(ticket, "resolution").due_at) == (
        "running",
        at("11:00", 1),
    )


def test_a_change_of_severity_keeps_what_was_waited(cast: Cast, day: Day) -> None:
    cast.gold.targets.filter(severity=1).update(minutes=60)
    ticket = make_ticket(cast.gold_customer)
    day.at("08:30")
    rating.set_severity(ticket=ticket, severity=Ticket.Severity.CRITICAL, by=cast.lead, reason="all are down")

    assert (clock(ticket).due_at, clock(ticket).minutes) == (at("09:00"), 60)
    (one, _) = clocks_of([ticket.pk])[ticket.pk]
    assert "08:30: severity changed from normal to critical" in one.steps("en", timezone.now())


def test_a_change_of_severity_after_a_breach_takes_nothing_back(cast: Cast, ticket: Ticket, day: Day) -> None:
    cast.gold.targets.filter(severity=4).update(minutes=2400)
    day.at("10:30")
    rating.set_severity(ticket=ticket, severity=Ticket.Severity.LOW, by=cast.lead, reason="can wait")

    missed = clock(ticket)
    assert (missed.breached_at, missed.due_at, missed.minutes) == (at("10:00"), at("10:00"), 120)
    assert clock(ticket, "resolution").minutes == 2400
    assert clocks_of([ticket.pk])[ticket.pk][0].state == "missed"


def test_a_target_that_changes_while_it_is_paused(cast: Cast, ticket: Ticket, day: Day) -> None:
    day.at("09:00")
    progressing.progress(ticket=ticket, verb=Verb.WAIT_CUSTOMER, by=cast.lead)
    cast.gold.targets.filter(kind="response").update(minutes=180)
    day.at("09:30")
    recalculating.ask(what="Gold", by=cast.admin, at=timezone.now(), level=cast.gold)
    recalculating.recalculate()
    assert clock(ticket).due_at is None
    day.at("10:00")
    progressing.progress(ticket=ticket, verb=Verb.RESUME, by=cast.lead)

    assert clock(ticket).due_at == at("12:00")
    assert Recalculation.objects.get().percent == 100


def test_an_agreement_that_ends_in_the_middle_withdraws_what_was_promised(
    cast: Cast, ticket: Ticket, day: Day
) -> None:
    day.at("09:00")
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    agreement_actions.delete(agreement=agreement, by=cast.admin)
    reranking.apply_standing_changes()

    assert {(one.state, one.due_at) for one in Clock.objects.filter(ticket=ticket)} == {("withdrawn", None)}
    assert not clocks_of([ticket.pk])
    day.at("15:00")
    assert watching.sweep_deadlines() == 0


def test_what_is_due_after_an_agreement_ended_is_not_missed_however_late_anybody_looks(
    cast: Cast, ticket: Ticket, day: Day
) -> None:
    cast.bronze.targets.all().delete()
    make_targets(cast.bronze, is_real_time=True, response=60 * 18)
    late = make_ticket(cast.bronze_customer)  # due at 02:00 of Tuesday
    agreement = Agreement.objects.get(customer=cast.bronze_customer)
    agreement.terminated_on = at("08:00").date()
    agreement_actions.save(agreement=agreement, by=cast.admin)
    reranking.apply_standing_changes()
    day.at("07:00", 1)
    sweep_deadlines()

    assert (clock(late).state, clock(late).breached_at, clock(late).due_at) == ("withdrawn", None, None)
    assert clock(ticket).breached_at == at("10:00"), "its agreement is in force"


def test_a_suspension_that_ends_continues_the_clock(cast: Cast, ticket: Ticket, day: Day) -> None:
    day.at("09:00")
    agreement_actions.delete(agreement=Agreement.objects.get(customer=cast.gold_customer), by=cast.admin)
    reranking.apply_standing_changes()
    day.at("12:00")
    make_agreement(cast.gold_customer, cast.gold)
    reranking.apply_standing_changes()

    assert (clock(ticket).state, clock(ticket).due_at) == ("running", at("13:00"))


def test_an_agreement_that_begins_counts_from_its_beginning(cast: Cast, day: Day) -> None:
    ticket = make_ticket(cast.plain_customer)
    answered = make_ticket(cast.plain_customer)
    replying.reply(ticket=answered, body="Yes.", by=cast.lead)
    day.at("09:00")
    make_agreement(cast.plain_customer, cast.gold)
    reranking.apply_standing_changes()

    assert clock(ticket).due_at == at("11:00")
    assert [one.kind for one in Clock.objects.filter(ticket=answered)] == ["resolution"]
    said = clocks_of([ticket.pk])[ticket.pk][0].steps("en", timezone.now())
    assert "Paused from 08:00 to 09:00 (no service agreement in force), not counted: 1 hour" in said


def test_an_answer_without_an_agreement_is_not_owed_any_more(cast: Cast, ticket: Ticket, day: Day) -> None:
    agreement_actions.delete(agreement=Agreement.objects.get(customer=cast.gold_customer), by=cast.admin)
    reranking.apply_standing_changes()
    day.at("09:00")
    ticket.refresh_from_db()
    replying.reply(ticket=ticket, body="Yes.", by=cast.lead)
    make_agreement(cast.gold_customer, cast.gold)
    reranking.apply_standing_changes()

    assert {one.clock.kind for one in clocks_of([ticket.pk])[ticket.pk]} == {"resolution"}


def test_another_customer_has_other_targets(cast: Cast, ticket: Ticket, day: Day) -> None:
    day.at("09:00")
    moving.change_customer(ticket=ticket, customer=cast.bronze_customer, by=cast.lead)
    assert clock(ticket).due_at == at("12:00")
    moving.change_customer(ticket=ticket, customer=cast.plain_customer, by=cast.lead)
    assert clock(ticket).state == "withdrawn"


def test_a_level_may_go_on_while_a_third_party_is_waited_for(cast: Cast, day: Day) -> None:
    cast.gold.pauses_for_third_party = False
    cast.gold.save()
    ticket = make_ticket(cast.gold_customer)
    day.at("09:00")
    progressing.progress(ticket=ticket, verb=Verb.WAIT_THIRD_PARTY, by=cast.lead)

    assert (clock(ticket).state, clock(ticket).due_at) == ("running", at("10:00"))
    progressing.progress(ticket=ticket, verb=Verb.WAIT_CUSTOMER, by=cast.lead)
    assert clock(ticket).state == "paused"


def test_new_targets_begin_clocks_of_old_tickets_by_their_history(cast: Cast, day: Day) -> None:
    cast.bronze.targets.all().delete()
    ticket = make_ticket(cast.bronze_customer)
    day.at("09:00")
    progressing.progress(ticket=ticket, verb=Verb.WAIT_CUSTOMER, by=cast.lead)
    day.at("11:00")
    progressing.progress(ticket=ticket, verb=Verb.RESUME, by=cast.lead)
    assert not Clock.objects.filter(ticket=ticket).exists()
    assert not ClockPause.objects.filter(ticket=ticket).exists()

    make_targets(cast.bronze, response=240, next_answer=60)
    recalculating.ask(what="Bronze", by=None, at=timezone.now(), level=cast.bronze)
    recalculating.recalculate()
    recalculating.recalculate()

    (only,) = Clock.objects.filter(ticket=ticket)
    assert (only.kind, only.due_at) == ("response", at("14:00"))


def test_a_sweep_warns_and_then_notes_the_miss_once(cast: Cast, ticket: Ticket, day: Day) -> None:
    make_escalation(90, "team")
    assigning.assign(ticket=ticket, to=cast.agent, by=cast.lead)
    Notice.objects.all().delete()
    day.at("09:31")
    assert watching.sweep_deadlines() == 1
    assert watching.sweep_deadlines() == 0
    assert [(one.kind, one.user) for one in Notice.objects.all()] == [("target_warning", cast.agent)]
    assert clock(ticket).told_percent == 75

    day.at("10:01")
    watching.sweep_deadlines()
    watching.sweep_deadlines()

    assert (clock(ticket).breached_at, clock(ticket).next_at) == (at("10:00"), None)
    assert [(one.kind, one.user) for one in Notice.objects.order_by("pk")[1:]] == [
        ("target_missed", cast.agent)
    ]
    assert TicketEvent.objects.filter(ticket=ticket, kind="target_missed").count() == 1
    (entry,) = AuditEntry.objects.filter(verb="target.missed")
    assert (entry.object_id, entry.details["due_at"]) == (
        str(clock(ticket).pk),
        at("10:00").astimezone(UTC).isoformat(),
    )


def test_leads_are_told_of_a_miss_that_nobody_has_in_hands_and_customers_never(
    cast: Cast, ticket: Ticket, day: Day
) -> None:
    day.at("10:01")
    watching.sweep_deadlines()

    assert {(one.kind, one.user) for one in Notice.objects.filter(kind__startswith="target")} == {
        ("target_missed", cast.lead)
    }


def test_escalations_tell_whom_they_name(cast: Cast, ticket: Ticket, day: Day) -> None:
    make_escalation(50, "leads", kind="response")
    make_escalation(50, "team", kind="resolution")
    make_escalation(50, "team", severity=1)
    make_escalation(200, "team")
    recalculating.ask(what="all", by=None, at=timezone.now())
    recalculating.recalculate()
    day.at("09:01")
    watching.sweep_deadlines()
    assert {one.user for one in Notice.objects.filter(kind="target_warning")} == {cast.lead}
    day.at("12:01")
    Notice.objects.all().delete()
    watching.sweep_deadlines()

    assert {(one.kind, one.user) for one in Notice.objects.all()} == {
        ("target_missed", cast.lead),
        ("target_missed", cast.agent),
        ("target_warning", cast.agent),
    }


def test_a_rule_that_is_made_later_holds_for_clocks_that_run(cast: Cast, ticket: Ticket, day: Day) -> None:
    day.at("10:01")
    watching.sweep_deadlines()
    Notice.objects.all().delete()
    rule = Escalation(kind="response", at_percent=150, tells="team")
    targets.save_escalation(escalation=rule, by=cast.admin)
    recalculating.recalculate()
    assert clock(ticket).next_at == at("11:00")
    day.at("11:01")
    watching.sweep_deadlines()

    assert cast.agent in {one.user for one in Notice.objects.filter(kind="target_missed")}
    assert clock(ticket).breached_at == at("10:00")


def test_taking_a_ticket_costs_nothing_and_a_change_of_it_a_few_queries(cast: Cast, day: Day) -> None:
    def queries(of: Customer) -> tuple[int, int]:
        ticket = make_ticket(of)
        with CaptureQueriesContext(connection) as claimed:
            assigning.take_next(by=cast.agent)
        with CaptureQueriesContext(connection) as answered:
            replying.reply(ticket=ticket, body="Yes.", by=cast.agent, then=Verb.WAIT_CUSTOMER)
        return len(claimed), len(answered)

    queries(cast.plain_customer)
    plain, timed = queries(cast.plain_customer), queries(cast.gold_customer)

    assert timed[0] == plain[0]
    assert plain[1] < timed[1] <= plain[1] + 7


def test_a_miss_that_no_sweep_saw_is_kept_when_the_ticket_goes_on(
    cast: Cast, ticket: Ticket, day: Day
) -> None:
    day.at("10:30")
    replying.reply(ticket=ticket, body="Sorry.", by=cast.lead)

    late = clock(ticket)
    assert (late.state, late.breached_at, late.stopped_at) == ("met", at("10:00"), at("10:30"))
    assert Notice.objects.filter(kind="target_missed").count() == 1


def test_in_time_is_until_the_very_moment(cast: Cast, ticket: Ticket, day: Day) -> None:
    day.at("10:00")
    watching.sweep_deadlines()
    replying.reply(ticket=ticket, body="Just so.", by=cast.lead)

    assert (clock(ticket).state, clock(ticket).breached_at) == ("met", None)


def test_a_missed_target_is_justified_by_whoever_works_on_it(cast: Cast, ticket: Ticket, day: Day) -> None:
    day.at("10:01")
    with pytest.raises(NotMissed):
        timing.justify(clock=clock(ticket), text="Storm.", by=cast.agent, at=timezone.now())
    watching.sweep_deadlines()
    with pytest.raises(Denied):
        timing.justify(clock=clock(ticket), text="Storm.", by=cast.other_agent, at=timezone.now())
    with pytest.raises(ReasonRequired):
        timing.justify(clock=clock(ticket), text=" ", by=cast.agent, at=timezone.now())

    timing.justify(clock=clock(ticket), text="Storm.", by=cast.agent, at=timezone.now())

    told = clock(ticket)
    assert (told.justification, told.justified_by, told.justified_at) == ("Storm.", cast.agent, at("10:01"))
    assert AuditEntry.objects.filter(verb="target.justified", actor_id=cast.agent.pk).exists()


def test_the_admin_shows_how_far_deadlines_are_and_looks_again_until_they_are_done(cast: Cast) -> None:
    row = recalculating.ask(what="Werkstatt", by=cast.admin, at=timezone.now())
    Recalculation.objects.filter(pk=row.pk).update(total=300, done=129)
    client, address = Client(), reverse("admin:tickets_recalculation_changelist")
    client.force_login(cast.admin)

    running = client.get(address)
    Recalculation.objects.filter(pk=row.pk).update(done=300, finished_at=timezone.now())
    done = client.get(address)

    assert "43 %" in running.content.decode()
    assert running.headers["Refresh"]
    assert "100 %" in done.content.decode()
    assert "Refresh" not in done.headers
