"""Opening, replying, noting, and the way through the lifecycle: what the database holds afterwards."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.http import Http404
from django.utils import timezone

from accounts.actions import teams as team_actions
from lib.uploads import clean_file_name
from tests.factories.cast import Cast, make_cast, make_contact, make_customer, make_team, make_ticket
from tickets import access
from tickets.access import Denied
from tickets.actions import assigning, moving, progressing, rating, replying
from tickets.actions.opening import open_ticket
from tickets.actions.refusals import CannotOpen, EmptyMessage, PinNeedsFuture, ReasonRequired
from tickets.models import Attachment, LiveChange, Message, QueueStay, Ticket
from tickets.rules.lifecycle import NotAllowed, Verb

pytestmark = pytest.mark.django_db

Severity, Status = Ticket.Severity, Ticket.Status


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_ticket_is_ranked_by_the_standing_at_its_opening(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner, severity=Severity.HIGH, by=cast.owner.user)

    assert (ticket.band, ticket.level, ticket.severity, ticket.team) == (
        1,
        cast.gold,
        Severity.HIGH,
        cast.team,
    )
    assert ticket.number == f"{timezone.localtime().year}-{ticket.pk:06d}"
    stay = QueueStay.objects.get(ticket=ticket)
    assert (stay.rank_key, stay.level_name, stay.left_at) == (ticket.rank_key, "Gold", None)
    assert LiveChange.objects.filter(ticket_id=ticket.pk).exists()
    assert Message.objects.get(ticket=ticket).author_name == "Owner"


def test_a_contact_of_another_customer_is_refused_and_nothing_is_written(cast: Cast) -> None:
    with pytest.raises(CannotOpen):
        make_ticket(cast.gold_customer, contact=cast.stranger)

    assert not Ticket.objects.exists()


def test_only_importers_may_backdate_an_arrival(cast: Cast) -> None:
    earlier = timezone.now() - timedelta(days=3)
    with pytest.raises(Denied):
        make_ticket(cast.gold_customer, by=cast.agent, arrived_at=earlier)
    with pytest.raises(CannotOpen):
        make_ticket(cast.gold_customer, by=cast.admin, arrived_at=timezone.now() + timedelta(hours=1))

    assert make_ticket(cast.gold_customer, by=cast.admin, arrived_at=earlier).arrived_at == earlier


def test_a_reply_can_set_the_ticket_to_waiting_in_one_step(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.agent)

    replying.reply(ticket=ticket, body="Which printer?", by=cast.agent, then=Verb.WAIT_CUSTOMER)

    ticket.refresh_from_db()
    assert ticket.status == Status.WAITING_CUSTOMER
    assert [event.kind for event in ticket.events.all()] == [
        "opened",
        "claimed",
        "replied",
        "status.wait_customer",
    ]
    assert not QueueStay.objects.filter(ticket=ticket, left_at=None).exists()


def test_the_customers_answer_brings_it_back_without_moving_its_arrival(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    arrived_at = ticket.arrived_at
    assigning.take_next(by=cast.agent)
    progressing.progress(ticket=ticket, verb=Verb.WAIT_CUSTOMER, by=cast.agent)

    replying.customer_reply(ticket=ticket, body="The blue one.", contact=cast.owner, by=cast.owner.user)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee, ticket.arrived_at) == (Status.OPEN, cast.agent, arrived_at)


def test_an_internal_note_is_for_agents_only(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    replying.note(ticket=ticket, body="He is difficult.", by=cast.agent)
    assert cast.owner.user is not None

    assert [m.body for m in access.visible_messages(cast.agent, ticket)][-1] == "He is difficult."
    assert "He is difficult." not in [m.body for m in access.visible_messages(cast.owner.user, ticket)]


def test_agents_of_other_teams_may_neither_reply_nor_note(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)

    with pytest.raises(Denied):
        replying.reply(ticket=ticket, body="Hello", by=cast.other_agent)
    with pytest.raises(Denied):
        replying.note(ticket=ticket, body="Hello", by=cast.other_agent)
    assert ticket.messages.count() == 1


def test_an_empty_message_is_refused(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)

    with pytest.raises(EmptyMessage):
        replying.reply(ticket=ticket, body=" \n", by=cast.agent)


def test_a_refused_step_takes_the_reply_back_with_it(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)

    with pytest.raises(NotAllowed):
        replying.reply(ticket=ticket, body="Reopened", by=cast.agent, then=Verb.REOPEN)

    assert ticket.messages.count() == 1


def test_a_customer_reopens_within_the_period_and_not_after(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    now = timezone.now()
    progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.owner.user, at=now)

    with pytest.raises(NotAllowed, match="reopen_too_late"):
        progressing.progress(ticket=ticket, verb=Verb.REOPEN, by=cast.owner.user, at=now + timedelta(days=15))
    progressing.progress(ticket=ticket, verb=Verb.REOPEN, by=cast.owner.user, at=now + timedelta(days=14))

    ticket.refresh_from_db()
    assert ticket.is_waiting
    assert ticket.closed_at is None


def test_a_colleague_who_may_not_see_the_ticket_may_not_close_it(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)

    with pytest.raises(Denied):
        progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.colleague.user)


def test_a_scheduled_ticket_comes_back_when_its_moment_has_come(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    now = timezone.now()
    with pytest.raises(NotAllowed, match="schedule_needs_future"):
        progressing.progress(ticket=ticket, verb=Verb.SCHEDULE, by=cast.agent, until=now, at=now)
    progressing.progress(
        ticket=ticket, verb=Verb.SCHEDULE, by=cast.agent, until=now + timedelta(hours=1), at=now
    )

    assert progressing.wake_scheduled(at=now + timedelta(minutes=59)) == 0
    assert progressing.wake_scheduled(at=now + timedelta(hours=1)) == 1
    ticket.refresh_from_db()
    assert ticket.is_waiting


def test_solved_tickets_close_by_themselves(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    now = timezone.now()
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.agent, at=now)

    assert progressing.close_solved(at=now + timedelta(days=6, hours=23)) == 0
    assert progressing.close_solved(at=now + timedelta(days=7)) == 1
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED


def test_changing_a_severity_needs_a_reason_and_confirming_does_not(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, severity=Severity.CRITICAL)
    with pytest.raises(ReasonRequired):
        rating.set_severity(ticket=ticket, severity=Severity.LOW, by=cast.agent)

    rating.set_severity(ticket=ticket, severity=Severity.CRITICAL, by=cast.agent)
    rating.set_severity(ticket=ticket, severity=Severity.LOW, by=cast.agent, reason="a single monitor")

    ticket.refresh_from_db()
    assert (ticket.reported_severity, ticket.severity) == (Severity.CRITICAL, Severity.LOW)
    event = ticket.events.last()
    assert event is not None
    assert event.params == {"old": "critical", "new": "low", "why": "a single monitor"}


def test_a_pin_needs_a_lead_a_reason_and_a_future(cast: Cast) -> None:
    ticket, now = make_ticket(cast.plain_customer), timezone.now()
    with pytest.raises(ReasonRequired):
        rating.pin(ticket=ticket, by=cast.lead, reason="", expires_at=now + timedelta(hours=1))
    with pytest.raises(PinNeedsFuture):
        rating.pin(ticket=ticket, by=cast.lead, reason="fire", expires_at=now - timedelta(hours=1))
    with pytest.raises(Denied):
        rating.unpin(ticket=ticket, by=cast.agent)


def test_moving_to_another_team_lets_go_of_an_agent_who_does_not_belong_there(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.agent)

    moving.move_to_team(ticket=ticket, team=cast.other_team, by=cast.agent, reason="it is the switch")

    ticket.refresh_from_db()
    assert ticket.is_waiting
    assert QueueStay.objects.get(ticket=ticket, left_at=None).team == cast.other_team


def test_another_customer_means_another_rank(cast: Cast) -> None:
    ticket = make_ticket(cast.plain_customer)
    with pytest.raises(Denied):
        moving.change_customer(ticket=ticket, customer=cast.gold_customer, by=cast.agent)

    moving.change_customer(ticket=ticket, customer=cast.gold_customer, by=cast.lead, contact=cast.owner)

    ticket.refresh_from_db()
    assert (ticket.band, ticket.level) == (1, cast.gold)


def test_files_are_kept_under_a_random_name_with_their_digest(cast: Cast) -> None:
    upload = ContentFile(b"hello", name="../../etc/pass\u202ewd.html")
    ticket = open_ticket(
        customer=cast.gold_customer,
        subject="File",
        body="See file",
        by=None,
        contact=cast.owner,
        files=[upload],
    )

    stored = Attachment.objects.get(message__ticket=ticket)
    assert stored.name == ".._.._etc_pass_wd.html".strip(" .")
    assert stored.file.name == f"attachments/{stored.key[:2]}/{stored.key}"
    with stored.file.open() as content:
        assert (stored.size, content.read()) == (5, b"hello")


def test_a_file_of_an_internal_note_is_not_for_the_customer(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    replying.note(ticket=ticket, body="screenshot", by=cast.agent, files=[ContentFile(b"x", name="a.png")])
    stored = Attachment.objects.get()
    assert cast.owner.user is not None

    assert access.get_attachment(cast.agent, ticket.number, stored.key) == stored
    with pytest.raises(Http404):
        access.get_attachment(cast.owner.user, ticket.number, stored.key)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("C:\\temp\\x.txt", "C__temp_x.txt"),
        ("a\x00b\nc.txt", "a_b_c.txt"),
        ("", "file"),
        (None, "file"),
        (". .", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("Ｒｅｐｏｒｔ.txt", "Report.txt"),
        ("evil\u200b.exe", "evil_.exe"),
    ],
)
def test_file_names_become_harmless_labels(given: str | None, kept: str) -> None:
    assert clean_file_name(given) == kept


def test_who_sees_which_ticket(cast: Cast) -> None:
    own = make_ticket(cast.gold_customer, contact=cast.owner)
    foreign = make_ticket(cast.bronze_customer, contact=cast.stranger, team=cast.other_team)
    boss = make_contact(cast.gold_customer, "Boss", user=None, sees_company_tickets=True)
    boss.user = cast.colleague.user
    cast.colleague.user = None
    cast.colleague.save()
    boss.save()

    def seen(user: object) -> set[Ticket]:
        return set(access.visible_tickets(user))  # type: ignore[arg-type]

    assert seen(cast.owner.user) == {own}
    assert seen(boss.user) == {own}
    assert seen(cast.stranger.user) == {foreign}
    assert seen(cast.agent) == {own}
    assert seen(cast.other_agent) == {foreign}
    assert seen(cast.lead) == seen(cast.admin) == {own, foreign}


def test_a_contact_who_is_no_longer_active_sees_nothing(cast: Cast) -> None:
    make_ticket(cast.gold_customer, contact=cast.owner)
    cast.owner.is_active = False
    cast.owner.save()
    assert cast.owner.user is not None

    assert not access.visible_tickets(cast.owner.user).exists()


def test_contacts_of_a_customer_we_no_longer_serve_see_nothing(cast: Cast) -> None:
    make_ticket(cast.gold_customer, contact=cast.owner)
    cast.gold_customer.is_active = False
    cast.gold_customer.save()
    assert cast.owner.user is not None

    assert not access.visible_tickets(cast.owner.user).exists()


def test_without_any_team_nothing_can_be_opened_and_the_first_team_takes_new_tickets() -> None:
    customer = make_customer()
    with pytest.raises(CannotOpen):
        make_ticket(customer)

    first, second = make_team(), make_team()
    assert make_ticket(customer).team == first

    second.is_default = True
    team_actions.save(team=second, by=None)
    assert make_ticket(customer).team == second
