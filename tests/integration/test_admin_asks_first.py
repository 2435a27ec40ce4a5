"""Before a change that does more than it shows, the admin says so; nothing is written until then."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from contracts.models import Agreement
from contracts.queries import company_zone
from tests.admin_pages import answer, inline
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.actions import assigning, progressing
from tickets.models import Ticket
from tickets.rules.lifecycle import Verb
from tickets.tasks import sweep_queue

pytestmark = pytest.mark.django_db

ADD = "/admin/contracts/agreement/add/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    User.objects.filter(pk=cast.admin.pk).update(language="en")
    client.force_login(cast.admin)
    return client


def fields(cast: Cast, **more: Any) -> dict[str, Any]:
    """A gold agreement for the customer who has none."""
    today = timezone.localdate(timezone=company_zone())
    form = {
        "customer": cast.plain_customer.pk,
        "kind": "service",
        "level": cast.gold.pk,
        "reference": "SV <1>",
    }
    return {**form, "starts_on": today, **inline("suspensions"), **more}


def queue(cast: Cast) -> list[Ticket]:
    sweep_queue()
    return list(Ticket.objects.waiting().of_teams([cast.team]).in_rank_order())


def test_an_agreement_that_moves_tickets_is_shown_with_their_places_and_saved_on_yes(
    as_admin: Client, cast: Cast
) -> None:
    first, second = (
        make_ticket(cast.bronze_customer),
        make_ticket(cast.plain_customer, subject="Dark <screen>"),
    )

    page = as_admin.post(ADD, fields(cast))

    assert page.status_code == 200
    assert "This moves 1 waiting ticket" in page.text
    assert "Dark &lt;screen&gt;" in page.text
    assert "2 → <strong>1</strong>" in page.text
    assert "without contract → <strong>Gold</strong>" in page.text
    assert "1 of them gets a later place" in page.text
    assert not Agreement.objects.filter(customer=cast.plain_customer).exists()
    assert queue(cast) == [first, second]

    assert answer(as_admin, ADD, page, "_confirmed").status_code == 302
    assert Agreement.objects.get(customer=cast.plain_customer).reference == "SV <1>"
    assert queue(cast) == [second, first]


def test_going_back_shows_what_was_typed_and_saves_nothing(as_admin: Client, cast: Cast) -> None:
    make_ticket(cast.plain_customer)
    period = {"starts_on": "2031-01-01", "ends_on": "", "reason": "later on"}
    page = as_admin.post(ADD, fields(cast, **inline("suspensions", period)))

    form = answer(as_admin, ADD, page, "_back")

    assert form.status_code == 200
    assert 'value="SV &lt;1&gt;"' in form.text
    assert 'value="later on"' in form.text
    assert not form.context["errors"]
    assert not Agreement.objects.filter(customer=cast.plain_customer).exists()
    assert not AuditEntry.objects.filter(actor_id=cast.admin.pk).exists()


def test_an_agreement_that_moves_nothing_is_saved_at_once(as_admin: Client, cast: Cast) -> None:
    make_ticket(cast.gold_customer)

    assert as_admin.post(ADD, fields(cast)).status_code == 302


def test_agreeing_to_one_thing_is_not_agreeing_to_another(as_admin: Client, cast: Cast) -> None:
    make_ticket(cast.plain_customer)
    page = as_admin.post(ADD, fields(cast))

    other = as_admin.post(ADD, fields(cast, level=cast.bronze.pk, _confirmed=page.context["question"].digest))

    assert other.status_code == 200
    assert not Agreement.objects.filter(customer=cast.plain_customer).exists()


def test_a_coming_agreement_says_from_which_day(as_admin: Client, cast: Cast) -> None:
    make_ticket(cast.plain_customer)
    year = timezone.now().year + 1

    page = as_admin.post(ADD, fields(cast, starts_on=f"{year}-03-01", ends_on=f"{year}-06-30"))

    assert "Nothing moves at once" in page.text
    assert f"From 1 March {year} to 30 June {year}: 1 ticket, if it still waits then" in page.text


def test_a_level_says_whom_its_new_rank_moves_and_its_name_moves_nobody(as_admin: Client, cast: Cast) -> None:
    make_ticket(cast.gold_customer), make_ticket(cast.bronze_customer)
    sweep_queue()
    url = reverse("admin:contracts_servicelevel_change", args=[cast.gold.pk])

    page = as_admin.post(url, {"name": "Gold", "rank": 9, "description": ""})
    assert "1 → <strong>2</strong>" in page.text
    assert "rank 1 → 9" in page.text

    assert as_admin.post(url, {"name": "Platinum", "rank": 1, "description": ""}).status_code == 302


def test_deleting_says_it_on_the_page_that_asks_anyway(as_admin: Client, cast: Cast) -> None:
    make_ticket(cast.gold_customer, subject="Moves away")
    sweep_queue()
    agreement = Agreement.objects.get(customer=cast.gold_customer)

    one = as_admin.get(reverse("admin:contracts_agreement_delete", args=[agreement.pk]))
    some = as_admin.post(
        reverse("admin:contracts_agreement_changelist"),
        {"action": "delete_selected", "_selected_action": [agreement.pk]},
    )

    for page in (one, some):
        assert "This moves 1 waiting ticket" in page.text
        assert "Moves away" in page.text
    assert Agreement.objects.filter(pk=agreement.pk).exists()


@pytest.mark.parametrize("field", ["is_active", "is_on_duty", "role"])
def test_whoever_stops_working_is_shown_what_goes_back(as_admin: Client, cast: Cast, field: str) -> None:
    make_ticket(cast.gold_customer, subject="In hands")
    waits = make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.agent)
    assigning.pick(ticket=waits, by=cast.agent)
    progressing.progress(ticket=waits, verb=Verb.WAIT_CUSTOMER, by=cast.agent)
    url = reverse("admin:accounts_user_change", args=[cast.agent.pk])
    form = {"username": "agent", "email": "agent@firm.example", "role": "agent", "teams": [cast.team.pk]}
    form |= {"is_active": "on", "is_on_duty": "on", "first_name": "Agent"}
    form.pop(field)
    form |= {"role": "contact", "teams": []} if field == "role" else {}

    page = as_admin.post(url, form)
    assert "1 ticket of Agent goes back to the queue" in page.text
    assert "In hands" in page.text
    assert "1 ticket that waits for the customer" in page.text
    assert User.objects.get(pk=cast.agent.pk).is_active

    done = answer(as_admin, url, page, "_confirmed")
    said = [str(each) for each in as_admin.get(done.headers["Location"]).context["messages"]]
    assert "1 ticket goes back to the queue." in said
    sweep_queue()
    assert Ticket.objects.waiting().count() == 1


def test_whoever_holds_nothing_goes_without_a_question(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.agent.pk])
    form = {"username": "agent", "email": "agent@firm.example", "role": "agent", "is_active": "on"}

    assert as_admin.post(url, form).status_code == 302


def test_what_becomes_due_meanwhile_is_part_of_what_is_shown(as_admin: Client, cast: Cast) -> None:
    """A backdated end moves at once, an end to come from its day on."""
    make_ticket(cast.gold_customer)
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    today = timezone.localdate(timezone=company_zone())
    url = reverse("admin:contracts_agreement_change", args=[agreement.pk])
    form = fields(cast, customer=cast.gold_customer.pk, reference="G-1", starts_on="2020-01-01")

    gone = as_admin.post(url, {**form, "ends_on": today - timedelta(days=1)})
    going = as_admin.post(url, {**form, "ends_on": today + timedelta(days=1)})

    assert "This moves 1 waiting ticket" in gone.text
    assert "Nothing moves at once" in going.text
    assert "1 ticket, if it still waits then" in going.text
