"""What a gate guards at the desk, in the portal and over the API: work, checklist steps, call notes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from customers.models import Contact
from tests.factories.calling import Caller, path_of, refused, rows
from tests.factories.cast import Cast, make_cast, make_contact, make_ticket
from tests.factories.gates import consent, end_dpa, make_dpa, name_subjects
from tests.factories.prices import make_price_list
from tickets.access import Denied
from tickets.actions import calls, checklist
from tickets.actions.calls import Call
from tickets.actions.gating import GateClosed
from tickets.actions.refusals import ChecklistFull
from tickets.models import CallNote, ChecklistItem, Message, Ticket, TicketEvent, TimeEntry
from tickets.queries.gates import gates_of, gates_of_many

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    make_price_list()
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner, subject="Printer")


def browser(who: User | Contact, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(who.user if isinstance(who, Contact) else who)  # type: ignore[arg-type]
    return client


def words(response: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("&quot;", '"')


def desk(ticket: Ticket, below: str = "") -> str:
    return f"/desk/tickets/{ticket.number}/{below}"


# What is shown


def test_the_desk_says_what_is_allowed_why_and_what_opens_it(cast: Cast, ticket: Ticket) -> None:
    agent = browser(cast.agent)
    for page in (desk(ticket), f"/desk/peek/?number={ticket.number}"):
        shown = words(agent.get(page))
        assert "What may I do?" in shown
        assert "Advice only: hints, tips" in shown
        assert "not allowed Remote session" in shown
        assert "No DPA" in shown
        assert "request a DPA" in shown
        assert "get the consent of everybody concerned" in shown
    make_dpa(ticket.customer)
    shown = words(agent.get(desk(ticket)))
    assert "Advice only" not in shown
    assert re.search(r"DPA AV-\d{5} in force allowed Remote session", shown)


def test_customers_read_it_in_their_own_words(cast: Cast, ticket: Ticket) -> None:
    shown = words(browser(cast.owner, "de").get(f"/portal/tickets/{ticket.number}/"))
    assert "Sie haben keinen AV-Vertrag mit uns" in shown
    assert "fragen Sie einen AV-Vertrag bei uns an" in shown
    assert "Verzeichnis der Unterauftragsverarbeiter" not in shown
    contract = words(browser(cast.owner, "de").get("/portal/contract/"))
    assert "Verzeichnis der Unterauftragsverarbeiter" in contract
    assert "für diesen Vorgang" not in contract, "consents are for one case"
    make_dpa(ticket.customer)
    assert "ist in Kraft" in words(browser(cast.owner, "de").get("/portal/contract/"))
    assert "AV-Vertrag" not in words(browser(cast.owner, "de").get(f"/portal/tickets/{ticket.number}/"))


def test_the_api_tells_every_gate_with_its_reason(cast: Cast, ticket: Ticket) -> None:
    gates = Caller(cast.agent).get(path_of(ticket)).json()["gates"]
    assert len(gates) == 6
    assert gates["remote_session"] == {"allowed": False, "reason": "no DPA"}
    theirs = Caller(cast.owner).get(path_of(ticket)).json()["gates"]
    assert theirs["remote_session"] == {"allowed": False, "reason": "you have no DPA with us"}
    consent(name_subjects(ticket, ["Anna"])[0])
    other = make_ticket(cast.gold_customer)
    listed = {one["number"]: one["gates"] for one in rows(Caller(cast.agent).get("tickets/"))}
    assert listed[ticket.number]["log_analysis"]["allowed"] is True
    assert listed[ticket.number]["subprocessor_directory"]["allowed"] is False
    assert listed[other.number]["log_analysis"]["allowed"] is False, "consents open one case"


def test_many_tickets_cost_as_much_as_one(cast: Cast, ticket: Ticket) -> None:
    make_dpa(ticket.customer)
    consent(name_subjects(ticket, ["Anna", "Ben"])[0])
    with CaptureQueriesContext(
        connection,
    ) as one:
        first = gates_of(ticket, timezone.now())
    several = [ticket, *(make_ticket(who) for who in (cast.bronze_customer, cast.plain_customer))]
    with CaptureQueriesContext(connection) as many:
        found = gates_of_many(several, timezone.now())
    assert len(many) == len(one), [query["sql"][:90] for query in one]
    assert len(one) <= 5
    assert found[ticket.pk] == first


# Work on time entries


def typed(kind: str, **fields: str) -> dict[str, str]:
    until = timezone.localtime().replace(second=0, microsecond=0)
    times = {"started_at": f"{until - 10 * MINUTE:%Y-%m-%dT%H:%M}", "ended_at": f"{until:%Y-%m-%dT%H:%M}"}
    return {"work_kind": kind, **times, "text": "Toner changed", "remark": "", **fields}


def test_a_forbidden_kind_cannot_be_chosen_and_says_why(cast: Cast, ticket: Ticket) -> None:
    agent, page = browser(cast.agent), desk(ticket, "time/")
    shown = agent.get(page).content.decode()
    assert re.search(r'<option value="remote" disabled>\s*Remote support \(not allowed: no DPA\)', shown)
    assert '<option value="advice" selected>' in shown, "what is allowed is chosen"
    answer = agent.post(page, typed("remote"))
    assert answer.status_code == 422
    assert "Remote session is not allowed: no DPA. What would open it: request a DPA" in words(answer)
    assert "Toner changed" in answer.content.decode()
    assert "Remote session is not allowed" in words(agent.post(page, typed("remote", preview="1")))
    assert not TimeEntry.objects.exists()
    assert agent.post(page, typed("advice")).status_code == 302
    make_dpa(ticket.customer)
    assert agent.post(page, typed("remote")).status_code == 302
    assert [one.work_kind for one in TimeEntry.objects.order_by("id")] == ["advice", "remote"]


def test_work_from_before_the_end_can_still_be_entered_and_later_work_cannot(
    cast: Cast, ticket: Ticket
) -> None:
    agent, path = Caller(cast.agent), path_of(ticket, "time-entries/")
    ended = timezone.now().replace(second=0, microsecond=0) - 30 * MINUTE
    end_dpa(make_dpa(ticket.customer), ended)

    def enter(start: int, end: int) -> Any:
        times = {"started_at": ended + start * MINUTE, "ended_at": ended + end * MINUTE}
        return agent.post(
            path,
            {"work_kind": "on_site", "service": "remote", **{k: v.isoformat() for k, v in times.items()}},
        )

    assert enter(-20, 0).status_code == 201, "up to the end, which is not part of it"
    problem = refused(enter(-10, 1), 403, "gate_closed")
    assert problem["detail"].startswith("Access on site is not allowed: DPA AV-")
    refused(enter(5, 10), 403, "gate_closed")
    page = browser(cast.agent).get(desk(ticket, "time/")).content.decode()
    assert "On site (only for work before: DPA AV-" in page
    assert TimeEntry.objects.count() == 1


# Checklist


def test_a_step_is_added_ticked_moved_and_removed(cast: Cast, ticket: Ticket) -> None:
    agent = browser(cast.agent)
    for text in ("Call back", "Order toner", "Tell Anna"):
        added = agent.post(desk(ticket, "checklist/"), {"step-text": text, "step-work_kind": "advice"})
        assert added.status_code == 302
    first, second, third = ChecklistItem.objects.filter(ticket=ticket)
    for item, step in ((second, "tick"), (third, "up"), (first, "up"), (first, "remove"), (first, "remove")):
        agent.post(desk(ticket, f"checklist/{item.pk}/{step}/"))
    kept = [(one.text, one.done_by) for one in ChecklistItem.objects.filter(ticket=ticket)]
    assert kept == [("Tell Anna", None), ("Order toner", cast.agent)]
    shown = words(agent.get(desk(ticket)))
    assert "1 of 2 done" in shown
    assert "Step removed: Call back" in shown
    agent.post(desk(ticket, f"checklist/{second.pk}/untick/"))
    assert ChecklistItem.objects.get(pk=second.pk).done_at is None
    kinds = TicketEvent.objects.filter(ticket=ticket, kind__startswith="step_").values_list("kind", flat=True)
    assert list(kinds.order_by("id")) == [*["step_added"] * 3, "step_done", "step_removed", "step_undone"]


def test_a_gated_step_stays_on_the_list_and_is_neither_added_nor_ticked(cast: Cast, ticket: Ticket) -> None:
    agent = browser(cast.agent)
    sent = {"step-text": "Install the driver", "step-work_kind": "installation"}
    answer = agent.post(desk(ticket, "checklist/"), sent)
    assert answer.status_code == 422
    assert "Install software is not allowed: no DPA" in words(answer)
    assert 'value="Install the driver"' in answer.content.decode(), "what was typed stays"
    dpa = make_dpa(ticket.customer)
    assert agent.post(desk(ticket, "checklist/"), sent).status_code == 302
    item = ChecklistItem.objects.get()
    end_dpa(dpa, timezone.now())
    shown = words(agent.get(desk(ticket)))
    assert "Install the driver" in shown
    assert "not allowed: DPA" in shown
    tick = desk(ticket, f"checklist/{item.pk}/tick/")
    assert "Install software is not allowed" in words(agent.post(tick, follow=True))
    assert ChecklistItem.objects.get().done_at is None
    consent(name_subjects(ticket, ["Anna"])[0])
    agent.post(tick)
    assert ChecklistItem.objects.get().done_at is not None


def test_a_checklist_is_for_whoever_works_on_the_ticket(cast: Cast, ticket: Ticket) -> None:
    item = checklist.add(ticket=ticket, text="Call back", work_kind="advice", by=cast.agent)
    for knock in (
        lambda: checklist.add(ticket=ticket, text="Mine", work_kind="remote", by=cast.other_agent),
        lambda: checklist.tick(item=item, is_done=True, by=cast.other_agent),
        lambda: checklist.move(item=item, is_up=True, by=cast.other_agent),
        lambda: checklist.remove(item=item, by=cast.other_agent),
    ):
        with pytest.raises(Denied):
            knock()
    foreign = make_ticket(cast.gold_customer)
    assert browser(cast.agent).post(desk(foreign, f"checklist/{item.pk}/tick/")).status_code == 404
    assert browser(cast.owner).post(desk(ticket, f"checklist/{item.pk}/tick/")).status_code == 404
    ChecklistItem.objects.bulk_create(
        ChecklistItem(ticket=ticket, text=f"{n}", created_at=timezone.now()) for n in range(checklist.MOST)
    )
    with pytest.raises(ChecklistFull):
        checklist.add(ticket=ticket, text="Too much", work_kind="advice", by=cast.agent)
    assert ChecklistItem.objects.filter(ticket=ticket, done_at=None).count() == checklist.MOST + 1


# Call notes


def test_a_call_is_noted_in_the_conversation_for_agents_only(cast: Cast, ticket: Ticket) -> None:
    agent, page = browser(cast.agent), desk(ticket, "call/")
    assert "(not allowed: no DPA)" in words(agent.get(page))
    called = timezone.localtime() - 20 * MINUTE
    sent = {
        "contact": str(cast.owner.pk),
        "direction": "out",
        "called_at": f"{called:%Y-%m-%dT%H:%M}",
        "minutes": "12",
        "work_kind": "remote",
        "body": "Talked the update over",
    }
    answer = agent.post(page, sent)
    assert answer.status_code == 422
    assert "Remote session is not allowed" in words(answer)
    assert "Talked the update over" in answer.content.decode()
    assert not CallNote.objects.exists()
    assert agent.post(page, {**sent, "work_kind": "advice"}).status_code == 302
    make_dpa(ticket.customer)
    assert agent.post(page, {**sent, "direction": "in", "minutes": "1"}).status_code == 302
    shown = words(agent.get(desk(ticket)))
    assert "Call to Owner" in shown
    assert "12 minutes · Advice" in shown
    assert "1 minute · Remote support" in shown
    assert "Talked the update" not in words(browser(cast.owner).get(f"/portal/tickets/{ticket.number}/"))
    assert set(Message.objects.exclude(call_note=None).values_list("is_internal", flat=True)) == {True}


def test_a_call_that_cannot_have_been_is_not_noted(cast: Cast, ticket: Ticket) -> None:
    now = timezone.now()
    call = Call(called_at=now - 5 * MINUTE, body="Hello", minutes=5)
    stranger = make_contact(cast.bronze_customer)
    ahead = {"called_at": now + MINUTE}
    for fields in ({"contact": stranger}, ahead, {"minutes": 30}, {"body": " "}, {"minutes": 60 * 25}):
        with pytest.raises(Exception) as caught:  # noqa: PT011 (each has its own)
            calls.note_call(ticket=ticket, call=Call(**{**vars(call), **fields}), by=cast.agent)
        assert type(caught.value).__name__ in {"CannotOpen", "CallNotDone", "EmptyMessage"}
    with pytest.raises(Denied):
        calls.note_call(ticket=ticket, call=call, by=cast.other_agent)
    with pytest.raises(GateClosed):
        calls.note_call(ticket=ticket, call=Call(**{**vars(call), "work_kind": "monitoring"}), by=cast.agent)
    assert not CallNote.objects.exists()
