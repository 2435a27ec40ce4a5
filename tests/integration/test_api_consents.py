"""Consents over the API: recorded and withdrawn by whoever works on the ticket, read by whose they are."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories.calling import Caller, path_of, refused, rows
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import consents
from tickets.models import Consent, DataSubject, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner, at=timezone.now() - timedelta(days=1))


def document(**fields: Any) -> dict[str, Any]:
    """A consent as an agent records it."""
    given_at = (timezone.now() - timedelta(hours=1)).isoformat()
    whole = {"name": "Ada Muster", "capabilities": ["log_analysis"], "how": "mail", "given_at": given_at}
    return {**whole, "evidence": "Her mail of today", **fields}


def test_an_agent_records_and_withdraws(cast: Cast, ticket: Ticket) -> None:
    agent, path = Caller(cast.agent), path_of(ticket, "consents/")
    made = agent.post(path, document()).json()
    own = agent.post(path, document(name="", contact=cast.owner.pk)).json()

    over = agent.post(f"{path}{made['id']}/withdraw/", {"note": "She called"}).json()

    assert (made["person"], made["contact"], made["withdrawn_at"]) == ("Ada Muster", None, None)
    assert (own["person"], own["contact"]) == ("Owner", cast.owner.pk)
    assert over["withdrawn_at"] is not None
    assert [one["id"] for one in rows(agent.get(path))] == [made["id"], own["id"]]
    assert agent.get(f"{path}{made['id']}/").json()["withdrawal_note"] == "She called"


def test_a_contact_reads_their_own_alone(cast: Cast, ticket: Ticket) -> None:
    agent, path = Caller(cast.agent), path_of(ticket, "consents/")
    foreign = agent.post(path, document()).json()["id"]
    own = agent.post(path, document(name="", contact=cast.owner.pk)).json()["id"]
    me = Caller(cast.owner)

    assert [one["id"] for one in rows(me.get(path))] == [own]
    refused(me.get(f"{path}{foreign}/"), 404)
    refused(me.post(path, document()), 403)
    refused(me.post(f"{path}{foreign}/withdraw/", {"note": "x"}), 404)
    assert me.post(f"{path}{own}/withdraw/", {"note": "I want it back"}).status_code == 200
    for stranger in (cast.stranger, cast.other_agent):
        refused(Caller(stranger).get(path), 404)
        refused(Caller(stranger).post(path, document()), 404)
    assert Consent.objects.get(pk=foreign).withdrawn_at is None


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"capabilities": ["subprocessor_directory"]}, "", "capabilities.0"),
        ({"capabilities": []}, "", "capabilities"),
        ({"how": "portal"}, "", "how"),
        ({"name": " "}, "", "name"),
        ({"given_at": "2099-01-01T00:00:00Z"}, "given_in_future", "given_at"),
        ({"given_at": "2020-01-01T00:00:00Z"}, "given_too_early", "given_at"),
    ],
)
def test_what_is_not_sound_is_refused_and_names_nobody(
    cast: Cast, ticket: Ticket, fields: dict[str, Any], code: str, field: str
) -> None:
    refused(Caller(cast.agent).post(path_of(ticket, "consents/"), document(**fields)), 400, code, field)

    assert not DataSubject.objects.exists()


def test_a_contact_of_another_customer_is_nobody_here(cast: Cast, ticket: Ticket) -> None:
    sent = document(name="", contact=cast.stranger.pk)

    refused(Caller(cast.agent).post(path_of(ticket, "consents/"), sent), 400, "foreign_person", "contact")


def test_whoever_is_new_opens_the_list_again(cast: Cast, ticket: Ticket) -> None:
    consents.name_subject(ticket=ticket, name="Bo", by=cast.agent)
    consents.confirm_list(ticket=ticket, by=cast.agent)

    Caller(cast.agent).post(path_of(ticket, "consents/"), document())

    assert not Ticket.objects.filter(pk=ticket.pk, consent_list__isnull=False).exists()
