"""Who saw personal data stands in the audit trail, and is found there by person, customer and act."""

import csv
import io
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import auditing
from accounts.actions import users as user_actions
from accounts.models import AuditEntry, AuditValues, User
from tests.factories.cast import Cast, make_cast, make_ticket
from tests.factories.gates import consent, make_dpa
from tickets.models import Ticket
from tickets.models.consents import DataSubject

SEEN = "ticket.personal_seen"
TRAIL = "admin:accounts_auditentry_changelist"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """A ticket in which somebody's consent is needed."""
    found = make_ticket(cast.gold_customer, contact=cast.owner)
    DataSubject.objects.create(ticket=found, name="Erika Muster", created_at=timezone.now())
    return found


def browser(user: User | None) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    assert user is not None
    client.force_login(user)
    return client


def views() -> list[tuple[int | None, str, str]]:
    """Who saw which ticket by which door."""
    rows = AuditEntry.objects.filter(verb=SEEN).order_by("id").select_related("personal")
    return [(row.actor_id, row.object_id, row.details["door"]) for row in rows]


def test_each_door_notes_once_an_hour_who_saw_a_ticket_with_consents(cast: Cast, ticket: Ticket) -> None:
    plain = make_ticket(cast.gold_customer, contact=cast.owner)
    token = user_actions.create_token(user=cast.lead, by=None)
    api = Client(headers={"Authorization": f"Bearer {token}"})
    desk, portal = browser(cast.agent), browser(cast.owner.user)
    for number in (ticket.number, plain.number):
        for _ in range(2):
            assert desk.get(reverse("desk:ticket", args=[number])).status_code == 200
            assert portal.get(reverse("portal:ticket", args=[number])).status_code == 200
            assert api.get(f"/api/v1/tickets/{number}/").status_code == 200

    key = str(ticket.pk)
    owner = cast.owner.user_id
    assert views() == [(cast.agent.pk, key, "desk"), (owner, key, "portal"), (cast.lead.pk, key, "api")]
    assert set(AuditEntry.objects.filter(verb=SEEN).values_list("customer_id", flat=True)) == {
        cast.gold_customer.pk
    }
    assert desk.get(reverse("desk:ticket", args=["nothing"])).status_code == 404
    assert browser(cast.stranger.user).get(reverse("portal:ticket", args=[ticket.number])).status_code == 404
    assert len(views()) == 3  # who was refused saw nothing


@pytest.mark.parametrize("part", ["messages/", "attachments/", "consents/", "consents/{consent}/"])
def test_who_reads_parts_of_it_over_the_api_is_noted_as_well(cast: Cast, ticket: Ticket, part: str) -> None:
    given = consent(DataSubject.objects.get())
    plain = make_ticket(cast.gold_customer, contact=cast.owner)
    path, asked = part.format(consent=given.pk), []
    for user, found in ((cast.lead, ticket), (cast.lead, plain), (cast.stranger.user, ticket)):
        assert user is not None
        token = user_actions.create_token(user=user, by=None)
        api = Client(headers={"Authorization": f"Bearer {token}"})
        asked.append(api.get(f"/api/v1/tickets/{found.number}/{path}").status_code)
    assert (asked[0], asked[2]) == (200, 404)
    assert views() == [(cast.lead.pk, str(ticket.pk), "api")]


def test_who_is_shown_nothing_over_the_api_is_not_noted(cast: Cast, ticket: Ticket) -> None:
    foreign = consent(DataSubject.objects.get())
    DataSubject.objects.create(ticket=ticket, name="Max Muster", created_at=timezone.now())
    path = f"/api/v1/tickets/{ticket.number}/"
    other = make_ticket(cast.gold_customer, contact=cast.owner)
    DataSubject.objects.create(ticket=other, name="Moritz Muster", created_at=timezone.now())
    agent, owner = (
        Client(headers={"Authorization": f"Bearer {user_actions.create_token(user=user, by=None)}"})
        for user in (cast.lead, cast.owner.user)
        if user is not None
    )
    for gone in ("messages/?cursor=x", "attachments/?cursor=x", "consents/?cursor=x", "consents/999999/"):
        assert agent.get(f"{path}{gone}").status_code in {400, 404}, gone
    assert agent.get(f"/api/v1/tickets/{other.number}/consents/{foreign.pk}/").status_code == 404
    empty = owner.get(f"{path}consents/")  # another person's consent: contacts read their own
    assert (empty.status_code, empty.json()["results"]) == (200, [])
    assert views() == []


def test_who_saw_or_downloaded_an_agreement_on_processing_is_noted(cast: Cast) -> None:
    dpa = make_dpa(cast.gold_customer, state="offered")
    for user in (cast.agent, cast.lead):
        for _ in range(2):
            assert browser(user).get(reverse("dpa:dpa", args=[dpa.pk])).status_code == 200
    assert browser(cast.lead).get(reverse("dpa:signed_file", args=[dpa.pk, 999_999])).status_code == 404
    assert browser(cast.owner.user).get(reverse("dpa:dpa", args=[dpa.pk])).status_code == 404

    seen = AuditEntry.objects.filter(verb__in=["dpa.seen", "dpa.downloaded"]).order_by("id")
    assert list(seen.values_list("verb", "actor_id", "customer_id")) == [
        ("dpa.seen", cast.agent.pk, cast.gold_customer.pk),
        ("dpa.seen", cast.lead.pk, cast.gold_customer.pk),
    ]


def test_an_hour_later_and_another_person_are_noted_again(cast: Cast, ticket: Ticket) -> None:
    now = timezone.now().replace(minute=59, second=50)
    for by, at in [
        (cast.agent, now),
        (cast.agent, now + timedelta(seconds=5)),
        (cast.agent, now + timedelta(seconds=15)),
        (cast.lead, now),
    ]:
        auditing.record_view(by=by, verb="ticket.personal_seen", what=ticket, at=at)
    assert AuditEntry.objects.filter(verb=SEEN).count() == 3


@pytest.mark.django_db(transaction=True)
def test_many_tabs_opened_at_once_are_one_line() -> None:
    cast = make_cast()
    ticket = make_ticket(cast.gold_customer)

    def open_it() -> None:
        with closing(connection):
            auditing.record_view(by=cast.agent, verb="ticket.personal_seen", what=ticket)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditEntry.objects.filter(verb=SEEN).count() == 1


def test_the_trail_is_searched_by_person_customer_and_act(cast: Cast, ticket: Ticket) -> None:
    other = make_ticket(cast.bronze_customer)
    for by, about in ((cast.agent, ticket), (cast.lead, ticket), (cast.agent, other)):
        auditing.record_view(by=by, verb="ticket.personal_seen", what=about)
    auditing.record(by=cast.agent, verb="customer.changed", what=cast.gold_customer)
    admin = browser(cast.admin)

    def found(**query: str | int) -> list[tuple[str, int | None]]:
        page = admin.get(reverse(TRAIL), query)
        assert page.status_code == 200
        return sorted((row.verb, row.actor_id) for row in page.context["cl"].result_list)

    customer, agent, lead = cast.gold_customer.pk, cast.agent.pk, cast.lead.pk
    assert found(customer=customer, done="seen") == sorted([(SEEN, agent), (SEEN, lead)])
    assert found(customer=customer, who=agent) == [("customer.changed", agent), (SEEN, agent)]
    assert found(who=lead) == [(SEEN, lead)]
    assert found(customer=customer, done="changed", who=agent) == [("customer.changed", agent)]
    assert {actor for _, actor in found(who="system")} <= {None}
    assert found(customer="x") == found(who="9" * 40) == []
    assert found(q=ticket.number, act=SEEN) == sorted([(SEEN, agent), (SEEN, lead)])
    page = admin.get(reverse(TRAIL), {"customer": customer}).text
    assert "Aigner" in page
    link = reverse("admin:customers_customer_change", args=[customer])
    assert f"{reverse(TRAIL)}?customer={customer}" in admin.get(link).text
    person = reverse("admin:customers_contact_change", args=[cast.owner.pk])
    assert f"object_id__exact={cast.owner.pk}" in admin.get(person).text


def test_what_was_found_is_exported_and_that_is_noted(cast: Cast, ticket: Ticket) -> None:
    auditing.record_view(by=cast.agent, verb="ticket.personal_seen", what=ticket, details={"door": "=1+1"})
    erased = auditing.record(by=cast.lead, verb="customer.changed", what=cast.gold_customer)
    AuditValues.objects.filter(entry=erased).delete()
    address = reverse("admin:accounts_auditentry_export", args=["csv"])

    answer = browser(cast.admin).get(address, {"customer": cast.gold_customer.pk})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, *rows = list(csv.reader(io.StringIO(text)))
    assert head[1:5] == ["Who", "Person’s number", "What", "To what"]
    assert {(row[1], row[3]) for row in rows if row[1]} == {
        (cast.agent.display_name, "Ticket with held files or consents seen"),
        ("(erased)", "Customer changed"),
    }
    noted = AuditEntry.objects.get(verb="audit_trail.exported")
    assert noted.actor_id == cast.admin.pk
    assert noted.details["filters"] == {"customer": str(cast.gold_customer.pk)}
    for user in (cast.agent, cast.lead, cast.owner.user):
        assert browser(user).get(address).status_code in {302, 404}
    assert AuditEntry.objects.filter(verb="audit_trail.exported").count() == 1


def test_lines_without_names_are_shown_as_erased(cast: Cast) -> None:
    line = auditing.record(by=cast.lead, verb="customer.changed", what=cast.gold_customer, details={"a": "b"})
    AuditValues.objects.filter(entry=line).delete()
    admin = browser(cast.admin)
    for address in (reverse(TRAIL), reverse("admin:accounts_auditentry_change", args=[line.pk])):
        page = admin.get(address)
        assert page.status_code == 200
        assert "(erased)" in page.text
