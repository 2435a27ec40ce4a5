"""Changing tickets over the API: edits, states and pins, alone and at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions import users as user_actions
from tests.factories.calling import Caller, path_of, refused
from tests.factories.cast import Cast, make_cast, make_ticket, make_user
from tickets.actions import progressing
from tickets.rules.lifecycle import Verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_severity_changes_with_a_reason(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.agent)

    refused(caller.patch(path_of(ticket), {"severity": "critical"}), 400, "reason_required", "reason")
    changed = caller.patch(path_of(ticket), {"severity": "critical", "reason": "nobody can work"})

    assert (changed.json()["severity"], changed.json()["reported_severity"]) == ("critical", "normal")
    assert ticket.events.get(kind="severity_changed").params["why"] == "nobody can work"


def test_a_patch_happens_as_a_whole_or_not_at_all(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)

    refused(Caller(cast.agent).patch(path_of(ticket), {"subject": "New", "severity": "low"}), 400)
    ticket.refresh_from_db()
    assert ticket.subject != "New"

    changed = (
        Caller(cast.lead)
        .patch(
            path_of(ticket),
            {
                "subject": "New",
                "severity": "low",
                "reason": "was a question",
                "customer": cast.bronze_customer.pk,
                "contact": cast.stranger.pk,
                "team": "network",
                "assignee": cast.other_agent.pk,
            },
        )
        .json()
    )

    expected = {
        "subject": "New",
        "severity": "low",
        "band": 3,
        "customer": cast.bronze_customer.pk,
        "contact": cast.stranger.pk,
        "team": "network",
        "assignee": {"id": cast.other_agent.pk, "name": "Other_Agent"},
    }
    assert {name: changed[name] for name in expected} == expected


def test_an_agent_picks_and_gives_back(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    worse = make_ticket(cast.plain_customer)
    caller = Caller(cast.agent)

    refused(caller.patch(path_of(worse), {"assignee": "me"}), 400, "reason_required", "reason")
    picked = caller.patch(path_of(worse), {"assignee": "me", "reason": "on the phone"}).json()
    assert picked["assignee"]["id"] == cast.agent.pk
    assert caller.patch(path_of(worse), {"assignee": None}).json()["position"] == 2


def test_who_may_not_change_a_ticket_they_see(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)

    for document in ({"subject": "x"}, {"severity": "critical", "reason": "me first"}, {"nonsense": 1}):
        refused(Caller(cast.owner).patch(path_of(ticket), document), 403)
    refused(Caller(cast.agent).patch(path_of(ticket), {"customer": cast.bronze_customer.pk}), 403)
    refused(Caller(cast.agent).patch(path_of(ticket), {"assignee": cast.other_agent.pk}), 403)


def test_what_cannot_be_changed(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.lead)

    for field in ("status", "band", "number", "arrived_at", "version"):
        refused(caller.patch(path_of(ticket), {field: "x"}), 400, "unknown_field", field)
    refused(
        caller.patch(path_of(ticket), {"assignee": cast.owner.user_id}), 400, "does_not_exist", "assignee"
    )
    refused(caller.patch(path_of(ticket), {"contact": cast.owner.pk}), 400, "required", "customer")
    resting = make_user("resting", "agent", cast.team)
    user_actions.set_duty(user=resting, is_on_duty=False, by=None)
    refused(caller.patch(path_of(ticket), {"assignee": resting.pk}), 409, "off_duty")


def test_if_match_keeps_others_changes(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.agent)
    seen = caller.get(path_of(ticket))["ETag"]
    changed = caller.patch(path_of(ticket), {"subject": "first"}, If_Match=seen)
    assert changed.status_code == 200
    assert changed["ETag"] != seen

    for tag in (seen, 'W/"2"', "2", "nonsense", f'{seen}, "77"'):
        refused(caller.patch(path_of(ticket), {"subject": "lost"}, If_Match=tag), 412, "outdated")
        refused(caller.post(path_of(ticket, "transitions/"), {"to": "solved"}, If_Match=tag), 412)
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.status) == ("first", "open")

    for tag in (changed["ETag"], "*", ""):
        extra = {"If_Match": tag} if tag else {}
        assert caller.patch(path_of(ticket), {"subject": f"then {tag}"}, **extra).status_code == 200


# The lifecycle


def test_the_way_through_the_states(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    caller = Caller(cast.agent)
    until = (timezone.now() + timedelta(days=2)).isoformat()

    for to, extra in (
        ("waiting_customer", {"reason": "which printer?"}),
        ("waiting_third_party", {}),
        ("scheduled", {"until": until}),
        ("open", {}),
        ("solved", {}),
        ("closed", {}),
        ("open", {}),
    ):
        moved = caller.post(path_of(ticket, "transitions/"), {"to": to, **extra})
        assert (moved.status_code, moved.json()["status"]) == (200, to)

    assert ticket.events.get(kind="status.wait_customer").params["why"] == "which printer?"


def test_ways_that_do_not_exist(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    caller = Caller(cast.agent)
    path = path_of(ticket, "transitions/")

    problem = refused(caller.post(path, {"to": "open"}), 409, "lifecycle.no_way")
    assert problem["detail"] == "There is no way from “open” to “open”."
    refused(caller.post(path, {"to": "scheduled"}), 409, "lifecycle.schedule_needs_future")
    refused(caller.post(path, {"to": "gone"}), 400, "invalid_choice", "to")
    refused(caller.post(path, {}), 400, "required", "to")
    refused(Caller(cast.owner).post(path, {"to": "solved"}), 409, "lifecycle.no_way")


def test_a_contact_closes_and_reopens(cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    caller = Caller(cast.owner)

    assert caller.post(path_of(ticket, "transitions/"), {"to": "closed"}).json()["status"] == "closed"
    assert caller.post(path_of(ticket, "transitions/"), {"to": "open"}).json()["position"] == 1

    long_ago = timezone.now() - timedelta(days=30)
    progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.agent, at=long_ago)
    refused(caller.post(path_of(ticket, "transitions/"), {"to": "open"}), 409, "lifecycle.reopen_too_late")


# Pins


def test_leads_pin_with_a_reason_until_a_moment(cast: Cast) -> None:
    make_ticket(cast.gold_customer)
    ticket = make_ticket(cast.plain_customer)
    path = path_of(ticket, "pin/")
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    lead = Caller(cast.lead)

    refused(Caller(cast.agent).post(path, {"reason": "r", "expires_at": until}), 403)
    refused(lead.post(path, {"reason": " ", "expires_at": until}), 400, "reason_required", "reason")
    refused(lead.post(path, {"reason": "r"}), 400, "required", "expires_at")
    past = (timezone.now() - timedelta(hours=1)).isoformat()
    refused(lead.post(path, {"reason": "r", "expires_at": past}), 400, "not_in_future", "expires_at")

    pinned = lead.post(path, {"reason": "police", "expires_at": until}).json()
    assert (pinned["position"], pinned["ahead"]) == (1, {"pinned": 0})
    refused(Caller(cast.agent).delete(path), 403)
    assert lead.delete(path).json()["position"] == 2


@pytest.mark.django_db(transaction=True)
def test_of_parallel_edits_of_one_version_one_wins() -> None:
    cast = make_cast()
    ticket = make_ticket(cast.gold_customer)
    callers = [Caller(cast.agent) for _ in range(6)]

    def edit(number: int) -> int:
        documents = ({"subject": f"edit {number}"}, {"severity": "high", "reason": f"edit {number}"})
        try:
            return int(
                callers[number].patch(path_of(ticket), documents[number % 2], If_Match='"1"').status_code
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(len(callers)) as pool:
        statuses = sorted(pool.map(edit, range(len(callers))))

    assert statuses == [200, 412, 412, 412, 412, 412]
    assert ticket.events.exclude(kind="opened").count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_changes_of_customers_wait_for_each_other() -> None:
    """Every mixture of verbs takes its locks in one order, so none ends as a deadlock."""
    cast = make_cast()
    tickets = [make_ticket(cast.gold_customer), make_ticket(cast.bronze_customer)]
    documents = (
        {"customer": cast.gold_customer.pk, "subject": "a"},
        {"subject": "b", "customer": cast.bronze_customer.pk, "severity": "low", "reason": "r"},
        {"severity": "high", "reason": "r", "assignee": "me"},
        {"assignee": None, "team": "network"},
    )

    def edit(number: int) -> int:
        ticket, document = tickets[number % 2], documents[number // 2 % 4]
        try:
            return int(Caller(cast.lead).patch(path_of(ticket), document).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(edit, range(24))) == {200}
