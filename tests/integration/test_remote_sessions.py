"""Remote sessions: begun behind a gate, ended into a time entry, flagged when the gate closes meanwhile."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from accounts.models import AuditEntry, Notice
from contracts.models import GateChange, Service
from mail.queries.letters import NotWanted
from mail.queries.notice_letters import notice_letter
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.gates import consent, end_dpa, make_dpa, name_subjects
from tests.factories.prices import make_price_list
from tickets.access import Denied
from tickets.actions import consents, gate_sweeping, moving, progressing, remote_sessions, remote_tools
from tickets.actions.consent_refusals import (
    CaseClosed,
    ConfirmationNeeded,
    NothingDone,
    SessionRunning,
    ToolNotInUse,
)
from tickets.actions.gating import GateClosed
from tickets.actions.time_refusals import EndsBeforeStart, Unapproved
from tickets.models import RemoteSession, RemoteTool, Ticket, TicketEvent, TimeEntry, WorkKind
from tickets.rules.lifecycle import Verb
from tickets.rules.remote_links import start_link

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def cast() -> Cast:
    make_price_list()
    return make_cast()


@pytest.fixture
def tool() -> RemoteTool:
    made, _is_new = RemoteTool.objects.get_or_create(name="RustDesk")
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Arrived long ago, so that sessions of the past can be told."""
    return make_ticket(cast.gold_customer, contact=cast.owner, at=datetime(2026, 1, 5, 8, tzinfo=UTC))


def begin(cast: Cast, ticket: Ticket, tool: RemoteTool, at: datetime | None = None) -> RemoteSession:
    return remote_sessions.start(
        ticket=ticket,
        tool=tool,
        partner_id="123 456 789",
        confirmed_by="Jonas Owner",
        confirmed_how="On the phone",
        by=cast.agent,
        at=at,
    )


def ago(**length: int) -> datetime:
    return timezone.now().replace(second=0, microsecond=0) - timedelta(**length)


# Beginning and ending


def test_a_session_becomes_a_time_entry_of_remote_work(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    make_dpa(cast.gold_customer)
    began = ago(minutes=30)
    session = begin(cast, ticket, tool, began)

    ended = remote_sessions.end(
        session=session, done="Mailbox repaired", by=cast.agent, at=began + timedelta(minutes=25, seconds=20)
    )

    assert ended.not_entered is None
    entry = TimeEntry.objects.get(remote_session=session)
    assert (entry.work_kind, entry.minutes, entry.text) == (WorkKind.REMOTE, 25, "Mailbox repaired")
    assert entry.agent == cast.agent
    assert ended.session.opened_by == ["gate.dpa_in_force"]
    verbs = AuditEntry.objects.filter(verb__startswith="remote_session").values_list("verb", flat=True)
    assert sorted(verbs) == ["remote_session.ended", "remote_session.started"]


def test_beginning_and_ending_twice_is_once(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    make_dpa(cast.gold_customer)
    session = begin(cast, ticket, tool, ago(minutes=30))
    assert begin(cast, ticket, tool) == session

    remote_sessions.end(session=session, done="Done", by=cast.agent)
    remote_sessions.end(session=session, done="Done again", by=cast.agent)

    assert RemoteSession.objects.get().done == "Done"
    assert TimeEntry.objects.count() == 1


def test_a_second_one_on_the_same_ticket_is_refused(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    make_dpa(cast.gold_customer)
    session = begin(cast, ticket, tool)
    other = RemoteTool.objects.create(name="Other")

    with pytest.raises(SessionRunning):
        begin(cast, ticket, other)
    with pytest.raises(IntegrityError), transaction.atomic():
        RemoteSession.objects.create(
            ticket=ticket,
            customer=ticket.customer,
            agent=cast.agent,
            tool=tool,
            started_at=session.started_at,
        )


def test_what_a_session_needs(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    off = RemoteTool.objects.create(name="Old", is_active=False)
    with pytest.raises(GateClosed):
        begin(cast, ticket, tool)
    make_dpa(cast.gold_customer)
    with pytest.raises(ToolNotInUse):
        begin(cast, ticket, off)
    with pytest.raises(ConfirmationNeeded):
        remote_sessions.start(ticket=ticket, tool=tool, confirmed_by=" ", by=cast.agent)
    with pytest.raises(Denied):
        remote_sessions.start(ticket=ticket, tool=tool, confirmed_by="Ada", by=cast.other_agent)
    session = begin(cast, ticket, tool)
    with pytest.raises(NothingDone):
        remote_sessions.end(session=session, done="\n", by=cast.agent)
    with pytest.raises(Denied):
        remote_sessions.end(session=session, done="x", by=cast.other_agent)
    progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.agent)
    with pytest.raises(CaseClosed):
        remote_sessions.start(ticket=ticket, tool=tool, confirmed_by="Ada", by=cast.lead)

    assert RemoteSession.objects.get().ended_at is None


def test_a_lead_ends_what_somebody_forgot_and_the_work_stays_theirs(
    cast: Cast, ticket: Ticket, tool: RemoteTool
) -> None:
    make_dpa(cast.gold_customer)
    session = begin(cast, ticket, tool, ago(minutes=30))

    remote_sessions.end(session=session, done="Forgotten", by=cast.lead)

    assert TimeEntry.objects.get().agent == cast.agent


def test_less_than_a_minute_is_no_entry_and_no_loss(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    make_dpa(cast.gold_customer)
    began = ago(minutes=9)
    session = begin(cast, ticket, tool, began)

    ended = remote_sessions.end(
        session=session, done="Nobody there", by=cast.agent, at=began + timedelta(seconds=40)
    )

    assert isinstance(ended.not_entered, EndsBeforeStart)
    assert ended.session.ended_at is not None
    assert not TimeEntry.objects.exists()


def test_what_money_refuses_ends_the_session_all_the_same(
    cast: Cast, tool: RemoteTool, settings: object
) -> None:
    settings.UNAPPROVED_WORK = "refuse"  # type: ignore[attr-defined]
    ticket = make_ticket(cast.plain_customer, at=ago(days=2))
    for subject in name_subjects(ticket, ["Ada"]):
        consent(subject, at=ago(days=1))
    session = begin(cast, ticket, tool, ago(minutes=30))

    ended = remote_sessions.end(session=session, done="Repaired", by=cast.agent)

    assert isinstance(ended.not_entered, Unapproved)
    kept = RemoteSession.objects.get()
    assert (kept.done, kept.time_entry, kept.opened_by) == ("Repaired", None, ["gate.consents"])


# The gate closes while a session runs


@pytest.mark.parametrize(
    ("midnight", "before"),
    [
        (datetime(2026, 11, 21, tzinfo=BERLIN), timedelta(minutes=20)),
        (datetime(2026, 3, 30, tzinfo=BERLIN), timedelta(hours=22)),
        (datetime(2026, 10, 26, tzinfo=BERLIN), timedelta(hours=23, minutes=30)),
    ],
    ids=["an ordinary day", "the day that has 23 hours", "the day that has 25 hours"],
)
def test_a_dpa_that_ends_at_midnight_flags_what_runs_and_loses_nothing(
    cast: Cast, ticket: Ticket, tool: RemoteTool, midnight: datetime, before: timedelta
) -> None:
    """Also over a change of the clocks: the length of the work is real time."""
    end = midnight.astimezone(UTC)
    dpa = make_dpa(cast.gold_customer, at=end - timedelta(days=9), ends_at=end)
    GateChange.objects.all().delete()
    end_dpa(dpa, end)
    session = begin(cast, ticket, tool, end - before)

    gate_sweeping.sweep_gates(at=end - timedelta(seconds=1))
    too_early = RemoteSession.objects.get().flagged_at
    gate_sweeping.sweep_gates(at=end + timedelta(seconds=4))
    gate_sweeping.sweep_gates(at=end + timedelta(seconds=9))
    with pytest.raises(GateClosed):
        begin(cast, ticket, tool, end + timedelta(seconds=1))
    ended = remote_sessions.end(
        session=session, done="Server moved", by=cast.agent, at=end + timedelta(minutes=15)
    )

    assert too_early is None
    assert ended.session.flagged_at == end
    assert ended.session.ended_at == end + timedelta(minutes=15), "What came later is kept, flagged."
    entry = TimeEntry.objects.get()
    assert (entry.started_at, entry.ended_at) == (end - before, end)
    assert entry.minutes == before.total_seconds() // 60
    assert Notice.objects.filter(kind=Notice.Kind.SESSION_FLAGGED).count() == 1
    assert TicketEvent.objects.filter(ticket=ticket, kind="session_flagged").count() == 1
    assert AuditEntry.objects.filter(verb="remote_session.flagged").count() == 1


def test_ending_before_the_sweep_came_flags_as_well(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    end = ago(minutes=10)
    make_dpa(cast.gold_customer, ends_at=end, at=ago(days=3))
    session = begin(cast, ticket, tool, ago(minutes=40))

    ended = remote_sessions.end(session=session, done="Late", by=cast.agent)

    assert ended.session.flagged_at == end
    assert TimeEntry.objects.get().minutes == 30
    assert gate_sweeping.sweep_gates() >= 0
    assert not Notice.objects.filter(kind=Notice.Kind.SESSION_FLAGGED).exists(), "It is over."


def test_a_version_that_follows_at_once_interrupts_nothing(
    cast: Cast, ticket: Ticket, tool: RemoteTool
) -> None:
    turn = ago(minutes=10)
    make_dpa(cast.gold_customer, "ended", at=turn, because="superseded")
    new = make_dpa(cast.gold_customer)
    new.in_force_at = turn
    new.save(update_fields=["in_force_at"])
    session = begin(cast, ticket, tool, ago(minutes=20))

    gate_sweeping.sweep_gates()
    ended = remote_sessions.end(session=session, done="Done", by=cast.agent)

    assert ended.session.flagged_at is None
    assert TimeEntry.objects.get().minutes == 20


def test_a_withdrawn_consent_flags_what_runs_on_it(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    (ada,) = name_subjects(ticket, ["Ada"])
    given = consent(ada, at=ago(hours=2))
    session = begin(cast, ticket, tool, ago(minutes=20))

    consents.withdraw_consent(consent=given, note="She called", by=cast.agent)
    gate_sweeping.sweep_gates()

    session.refresh_from_db()
    given.refresh_from_db()
    assert session.flagged_at == given.withdrawn_at


def test_a_further_person_flags_and_the_record_is_kept(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    (ada,) = name_subjects(ticket, ["Ada"])
    consent(ada, at=ago(hours=2))
    session = begin(cast, ticket, tool, ago(minutes=20))

    consents.name_subject(ticket=ticket, name="Bo", by=cast.agent)
    gate_sweeping.sweep_gates()
    ended = remote_sessions.end(session=session, done="Looked at it", by=cast.agent)

    assert ended.session.flagged_at is not None
    assert isinstance(ended.not_entered, GateClosed)
    assert RemoteSession.objects.get().done == "Looked at it"


def test_a_ticket_that_goes_to_another_customer_flags_its_session(
    cast: Cast, ticket: Ticket, tool: RemoteTool
) -> None:
    make_dpa(cast.gold_customer)
    session = begin(cast, ticket, tool)

    moving.change_customer(ticket=ticket, customer=cast.bronze_customer, by=cast.lead)
    gate_sweeping.sweep_gates()

    session.refresh_from_db()
    assert session.flagged_at is not None


def test_sessions_of_others_run_on(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    make_dpa(cast.gold_customer)
    session = begin(cast, ticket, tool, ago(minutes=20))
    make_dpa(cast.bronze_customer, "ended", at=ago(minutes=1))

    gate_sweeping.sweep_gates()

    session.refresh_from_db()
    assert session.flagged_at is None


def test_the_agent_is_told_while_it_still_runs(cast: Cast, ticket: Ticket, tool: RemoteTool) -> None:
    end = ago(minutes=10)
    make_dpa(cast.gold_customer, ends_at=end, at=ago(days=3))
    session = begin(cast, ticket, tool, ago(minutes=40))
    remote_sessions.flag(customer_id=cast.gold_customer.pk, at=timezone.now())
    notice = Notice.objects.get(kind=Notice.Kind.SESSION_FLAGGED)

    letter = notice_letter(notice, timezone.now())

    assert letter.address == cast.agent.email
    assert ticket.number in letter.words.subject
    assert f"{end.astimezone(BERLIN):%H:%M}" in "".join(letter.words.lines)
    remote_sessions.end(session=session, done="Over", by=cast.agent)
    with pytest.raises(NotWanted):
        notice_letter(notice, timezone.now())


def test_a_flag_that_fails_half_way_is_tried_again(
    cast: Cast, ticket: Ticket, tool: RemoteTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dpa(cast.gold_customer, ends_at=ago(minutes=10), at=ago(days=3))
    begin(cast, ticket, tool, ago(minutes=40))
    at = timezone.now()

    def fail(**_: object) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr("tickets.actions.remote_sessions.notices.tell_of_session", fail)
        with pytest.raises(OperationalError):
            remote_sessions.flag(customer_id=cast.gold_customer.pk, at=at)
    assert RemoteSession.objects.get().flagged_at is None

    assert remote_sessions.flag(customer_id=cast.gold_customer.pk, at=at) == 1


def test_an_installation_without_a_service_for_it_keeps_the_session(
    cast: Cast, ticket: Ticket, tool: RemoteTool
) -> None:
    make_dpa(cast.gold_customer)
    session = begin(cast, ticket, tool, ago(minutes=20))
    Service.objects.filter(code="remote").update(is_active=False)

    ended = remote_sessions.end(session=session, done="Done", by=cast.agent)

    assert isinstance(ended.not_entered, remote_sessions.NoService)


# Programs and their links


LINKS = {
    "teamviewer10://control?device={id}": "teamviewer10://control?device=123456789",
    "rustdesk://connection/new/{id}": "rustdesk://connection/new/123456789",
    "https://remote.example/{id}?go=1": "https://remote.example/123456789?go=1",
    "": "",
}


@pytest.mark.parametrize("template", LINKS)
def test_a_link_starts_the_program(template: str) -> None:
    remote_tools.save_tool(tool=RemoteTool(name="Tool", link_template=template), by=None)

    assert start_link(template, "123 456 789") == LINKS[template]


@pytest.mark.parametrize(
    "template",
    [
        *(
            "javascript:alert({id})",
            "JAVASCRIPT:alert(1)",
            " javascript:x",
            "java\tscript:x",
            "data:text/html,{id}",
        ),
        *(
            "http://remote.example/{id}",
            "https://{id}/",
            "https://{id}.example/",
            "{id}",
            "//x/{id}",
            "file:///x",
        ),
        *(
            "https://remote.example@evil.example/",
            "rustdesk://{name}",
            "rustdesk://{id",
            "vbscript:x",
            "blob:x",
        ),
    ],
)
def test_a_link_to_anything_else_is_refused(template: str) -> None:
    with pytest.raises(remote_tools.UnsoundLink):
        remote_tools.save_tool(tool=RemoteTool(name="Tool", link_template=template), by=None)

    assert start_link(template, "1") == ""


def test_an_id_cannot_leave_its_place() -> None:
    link = start_link("rustdesk://connection/new/{id}", '1/../x?y=#"><script>{id}')

    assert link.startswith("rustdesk://connection/new/1%2F..%2Fx%3Fy%3D%23%22%3E%3Cscript%3E")
