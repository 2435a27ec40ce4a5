"""Consents and remote sessions as pages: at the desk for the ticket’s agents, in the portal for one’s own."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.gates import consent, make_dpa, name_subjects
from tests.factories.prices import make_price_list
from tickets.actions import consents, remote_sessions
from tickets.models import Consent, ConsentList, DataSubject, RemoteSession, RemoteTool, Ticket, TimeEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    make_price_list()
    made = make_cast()
    made.owner.language = "en"
    made.owner.save(update_fields=["language"])
    return made


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return make_ticket(cast.gold_customer, contact=cast.owner, at=timezone.now() - timedelta(days=1))


def browser(user: User | None) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    assert user is not None
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(response.content.decode().split())


# The desk


def test_an_agent_walks_from_the_first_name_to_an_open_gate_and_back(cast: Cast, ticket: Ticket) -> None:
    agent, page = browser(cast.agent), f"/desk/tickets/{ticket.number}/consents/"
    assert "Nobody is named yet" in words(agent, page)
    agent.post(page, {"name": "Ada Muster"})
    agent.post(page, {"contact": cast.owner.pk})
    ada, owner = DataSubject.objects.order_by("pk")
    moment = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    for subject in (ada, owner):
        prefix = f"subject-{subject.pk}"
        agent.post(
            f"{page}people/{subject.pk}/",
            {
                f"{prefix}-capabilities": ["remote_session", "log_analysis"],
                f"{prefix}-how": "phone",
                f"{prefix}-given_at": moment,
                f"{prefix}-evidence": "Told me herself",
            },
        )
    before = words(agent, page)
    agent.post(f"{page}list/", {"is_complete": "1"})
    after = words(agent, page)

    assert "everybody named has consented; the list is not confirmed" in before
    assert "Agent has confirmed that nobody else is concerned" in after
    assert "2 consents for this case, from everybody concerned" in after
    assert "consent missing: Ada Muster, Owner" in after, "Nobody permitted installing software."
    given = Consent.objects.get(subject=ada)
    agent.post(f"{page}{given.pk}/withdraw/", {f"consent-{given.pk}-evidence": "Letter"})
    assert "1 of 2 people concerned has not consented" in words(agent, f"/desk/tickets/{ticket.number}/")
    assert "Withdrawn" in words(agent, page)


def test_what_is_refused_stands_where_it_was_typed(cast: Cast, ticket: Ticket) -> None:
    agent, page = browser(cast.agent), f"/desk/tickets/{ticket.number}/consents/"
    (ada,) = name_subjects(ticket, ["Ada"], is_complete=False)
    prefix = f"subject-{ada.pk}"
    early = (timezone.localtime() - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    typed = {f"{prefix}-capabilities": ["log_analysis"], f"{prefix}-how": "mail", f"{prefix}-given_at": early}

    nobody = agent.post(page, {"name": " "})
    refused = agent.post(f"{page}people/{ada.pk}/", {**typed, f"{prefix}-evidence": "Her mail 4711"})
    by_portal = agent.post(f"{page}people/{ada.pk}/", {**typed, f"{prefix}-how": "portal"})

    assert [one.status_code for one in (nobody, refused, by_portal)] == [422, 422, 422]
    assert "A consent is for this case" in refused.content.decode()
    assert "Her mail 4711" in refused.content.decode()
    assert not Consent.objects.exists()


def test_whoever_is_not_concerned_is_taken_off(cast: Cast, ticket: Ticket) -> None:
    agent, page = browser(cast.agent), f"/desk/tickets/{ticket.number}/consents/"
    ada, bo = name_subjects(ticket, ["Ada", "Bo"])
    consent(bo)

    agent.post(f"{page}people/{ada.pk}/remove/")
    kept = agent.post(f"{page}people/{bo.pk}/remove/", follow=True)

    assert DataSubject.objects.get() == bo
    assert "This person has consented once" in kept.content.decode()


def test_other_teams_and_customers_see_no_consents(cast: Cast, ticket: Ticket) -> None:
    page = f"/desk/tickets/{ticket.number}/consents/"
    (ada,) = name_subjects(ticket, ["Ada"], is_complete=False)
    given = consent(ada)
    paths = [page, f"{page}list/", f"{page}people/{ada.pk}/", f"{page}{given.pk}/withdraw/"]

    for user in (cast.other_agent, cast.owner.user, cast.stranger.user):
        for path in paths:
            assert browser(user).post(path, {"is_complete": "1", "name": "Eve"}).status_code == 404
    assert not ConsentList.objects.exists()
    given.refresh_from_db()
    assert given.withdrawn_at is None


# The portal


def test_a_contact_gives_and_withdraws_their_own_consent_with_proof(cast: Cast, ticket: Ticket) -> None:
    consents.name_subject(ticket=ticket, contact=cast.owner, by=cast.agent)
    me, page = browser(cast.owner.user), f"/portal/tickets/{ticket.number}/"
    assert "I permit for this ticket" in words(me, page)

    nothing = me.post(f"{page}consent/", follow=True)
    me.post(f"{page}consent/", {"capabilities": ["log_analysis", "remote_session"]})
    me.post(f"{page}consent/", {"capabilities": ["log_analysis", "remote_session"]})
    given = Consent.objects.get()
    shown = words(me, page)
    me.post(f"{page}consent/{given.pk}/withdraw/")

    assert "Please choose what you permit." in nothing.content.decode()
    assert (given.how, given.recorded_by) == ("portal", cast.owner.user)
    assert given.evidence == "Owner, owner@customer.example, 127.0.0.1"
    assert "Remote session, Log analysis" in shown
    given.refresh_from_db()
    assert given.withdrawn_at is not None


def test_others_see_only_how_many_are_missing(cast: Cast, ticket: Ticket) -> None:
    ada, _owner = name_subjects(ticket, ["Ada Muster", "Bo Beispiel"], is_complete=False)
    given = consent(ada)
    me, page = browser(cast.owner.user), f"/portal/tickets/{ticket.number}/"

    shown = words(me, page)
    give = me.post(f"{page}consent/", {"capabilities": ["log_analysis"]})
    withdraw = me.post(f"{page}consent/{given.pk}/withdraw/")

    assert "1 of 2 people concerned has not permitted everything yet" in shown
    for secret in ("Ada", "Beispiel", "Signed form", "I permit"):
        assert secret not in shown
    assert (give.status_code, withdraw.status_code) == (404, 404)


# Remote sessions


def test_a_session_on_the_pages_of_both(cast: Cast, ticket: Ticket) -> None:
    make_dpa(cast.gold_customer)
    tool = RemoteTool.objects.create(name="Tool", link_template="rustdesk://connection/new/{id}")
    agent, page = browser(cast.agent), f"/desk/tickets/{ticket.number}/"
    typed = {"tool": tool.pk, "partner_id": "987 654", "confirmed_by": "Owner", "confirmed_how": "phone"}

    agent.post(f"{page}remote/", typed)
    RemoteSession.objects.update(started_at=timezone.now() - timedelta(minutes=12))
    running = words(agent, page)
    mine = words(agent, "/desk/work/")
    agent.post(f"{page}remote-end/", {"done_text": "Mailbox repaired"})
    over = words(agent, page)
    portal = words(browser(cast.owner.user), f"/portal/tickets/{ticket.number}/")

    assert 'href="rustdesk://connection/new/987654"' in running
    assert "Your session with Tool is running" in mine
    assert "min entered" in over
    assert "Mailbox repaired" in portal
    assert "987 654" not in portal, "The partner's id is for the firm's people."
    assert TimeEntry.objects.get().minutes in {11, 12}


def test_a_closed_gate_is_said_and_a_flagged_session_warns(cast: Cast, ticket: Ticket) -> None:
    agent, page = browser(cast.agent), f"/desk/tickets/{ticket.number}/"
    tool = RemoteTool.objects.create(name="Tool")
    typed = {"tool": tool.pk, "confirmed_by": "Owner"}
    refused = agent.post(f"{page}remote/", typed)
    end = timezone.now() - timedelta(minutes=5)
    make_dpa(cast.gold_customer, ends_at=end, at=end)
    remote_sessions.start(
        ticket=ticket, tool=tool, confirmed_by="Owner", by=cast.agent, at=end - timedelta(minutes=9)
    )
    remote_sessions.flag(customer_id=cast.gold_customer.pk, at=timezone.now())

    shown = words(agent, page)

    assert refused.status_code == 422
    assert "Remote session is not allowed: no DPA." in refused.content.decode()
    assert "Start a session" not in shown
    assert "is still running, but what allowed it ended" in shown
    agent.post(f"{page}remote-end/", {"done_text": "Stopped"})
    assert TimeEntry.objects.get().minutes == 9
    assert "gate closed meanwhile" in words(agent, page)
