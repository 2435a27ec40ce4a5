"""The admin pages of agreements and levels, and that tickets follow them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from contracts.models import Agreement
from contracts.queries import company_zone
from customers.models import Customer
from tests.admin_pages import errors_of, inline, post
from tests.factories.admin_samples import with_allowance
from tests.factories.billing import make_work
from tests.factories.cast import (
    Cast,
    make_cast,
    make_ticket,
)
from tickets.admin.agreements import AgreementAdmin
from tickets.models import Ticket
from tickets.tasks import sweep_queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin)
    return client


def agreement_fields(customer: Customer, **fields: Any) -> dict[str, Any]:
    today = timezone.localdate(timezone=company_zone())
    form = {"customer": customer.pk, "kind": "service", "reference": "SV-1", "starts_on": today, **fields}
    return {**form, **inline("suspensions")}


def assigning_order(cast: Cast) -> list[Ticket]:
    return list(Ticket.objects.waiting().of_teams([cast.team]).in_rank_order())


def test_a_new_agreement_moves_the_customers_tickets(as_admin: Client, cast: Cast) -> None:
    plain = make_ticket(cast.plain_customer)
    bronze = make_ticket(cast.bronze_customer)
    assert assigning_order(cast) == [bronze, plain]

    post(
        as_admin,
        reverse("admin:contracts_agreement_add"),
        agreement_fields(cast.plain_customer, level=cast.gold.pk),
    )
    sweep_queue()

    assert assigning_order(cast) == [plain, bronze]
    entry = AuditEntry.objects.get(verb="agreement.created", actor_id=cast.admin.pk)
    assert entry.object_label == "SV-1"


def test_ending_an_agreement_and_deleting_one_move_them_back(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    yesterday = timezone.localdate(timezone=company_zone()) - timedelta(days=1)
    url = reverse("admin:contracts_agreement_change", args=[agreement.pk])
    fields = agreement_fields(cast.gold_customer, level=cast.gold.pk, starts_on="2020-01-01")

    post(as_admin, url, {**fields, "ends_on": yesterday})
    sweep_queue()
    ticket.refresh_from_db()
    assert not ticket.has_contract

    post(as_admin, url, fields)
    sweep_queue()
    ticket.refresh_from_db()
    assert ticket.level == cast.gold

    delete = reverse("admin:contracts_agreement_delete", args=[agreement.pk])
    assert as_admin.post(delete, {"post": "yes"}).status_code == 302
    sweep_queue()
    ticket.refresh_from_db()
    assert not ticket.has_contract
    assert AuditEntry.objects.filter(verb="agreement.deleted", object_id=str(agreement.pk)).exists()


def test_deleting_from_the_list_goes_the_same_way(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    chosen = Agreement.objects.values_list("pk", flat=True)
    fields = {"action": "delete_selected", "_selected_action": list(chosen), "post": "yes"}

    as_admin.post(reverse("admin:contracts_agreement_changelist"), fields)
    sweep_queue()

    ticket.refresh_from_db()
    assert not ticket.has_contract
    assert AuditEntry.objects.filter(verb="agreement.deleted").count() == 2


def test_an_agreement_whose_allowance_has_begun_or_with_time_on_it_is_kept(
    as_admin: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = Agreement.objects.get(pk=with_allowance(cast))
    worked = Agreement.objects.get(customer=cast.gold_customer)
    make_work(cast, make_ticket(cast.gold_customer), {"minutes": 60, "agreement": worked})
    User.objects.filter(pk=cast.admin.pk).update(language="en")
    listed = reverse("admin:contracts_agreement_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [begun.pk, worked.pk]}

    def said(answer: Any) -> bool:
        return "Give it a last day instead of deleting it." in answer.text

    for agreement in (begun, worked):
        delete = reverse("admin:contracts_agreement_delete", args=[agreement.pk])
        assert said(as_admin.get(delete))
        assert said(as_admin.post(delete, {"post": "yes"}))
    assert said(as_admin.post(listed, chosen))
    # The first line of the ledger is written between the question and the answer.
    monkeypatch.setattr(AgreementAdmin, "get_deleted_objects", lambda *_: ([], {}, set(), []))
    assert said(as_admin.post(delete, {"post": "yes"}, follow=True))
    assert said(as_admin.post(listed, {**chosen, "post": "yes"}, follow=True))

    assert Agreement.objects.filter(pk__in=[begun.pk, worked.pk]).count() == 2
    assert not AuditEntry.objects.filter(verb="agreement.deleted").exists()


def test_suspensions_are_edited_with_their_agreement(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    url = reverse("admin:contracts_agreement_change", args=[agreement.pk])
    fields = agreement_fields(cast.gold_customer, level=cast.gold.pk, starts_on="2020-01-01")
    period = {"starts_on": "2021-01-01", "ends_on": "", "reason": "unpaid"}

    post(as_admin, url, {**fields, **inline("suspensions", period)})
    sweep_queue()
    ticket.refresh_from_db()
    assert not ticket.has_contract

    suspension = agreement.suspensions.get()
    gone = {**period, "id": suspension.pk, "agreement": agreement.pk, "DELETE": "on"}
    post(as_admin, url, {**fields, **inline("suspensions", gone, initial=1)})
    sweep_queue()
    ticket.refresh_from_db()
    assert ticket.level == cast.gold


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "service", "level": ""}, "level"),
        ({"kind": "update"}, "level"),
        ({"starts_on": "2026-03-01", "ends_on": "2026-02-28"}, "ends_on"),
        ({"starts_on": "not a day"}, "starts_on"),
        ({"customer": ""}, "customer"),
    ],
)
def test_an_agreement_that_contradicts_itself_is_explained(
    as_admin: Client, cast: Cast, fields: dict[str, str], field: str
) -> None:
    before = Agreement.objects.count()
    form = agreement_fields(cast.plain_customer, level=cast.gold.pk)

    response = as_admin.post(reverse("admin:contracts_agreement_add"), {**form, **fields})

    assert list(errors_of(response)) == [field]
    assert Agreement.objects.count() == before


def test_a_suspension_cannot_run_backwards(as_admin: Client, cast: Cast) -> None:
    form = agreement_fields(cast.plain_customer, level=cast.gold.pk)
    period = {"starts_on": "2026-03-02", "ends_on": "2026-03-01", "reason": ""}

    response = as_admin.post(
        reverse("admin:contracts_agreement_add"), {**form, **inline("suspensions", period)}
    )

    assert response.status_code == 200
    (formset,) = response.context["inline_admin_formsets"]
    assert list(formset.formset.errors[0]) == ["ends_on"]


def test_a_changed_rank_moves_everybody_on_the_level(as_admin: Client, cast: Cast) -> None:
    gold, bronze = make_ticket(cast.gold_customer), make_ticket(cast.bronze_customer)
    assert assigning_order(cast) == [gold, bronze]

    url = reverse("admin:contracts_servicelevel_change", args=[cast.gold.pk])
    post(as_admin, url, {"name": "Gold", "rank": 9, "description": ""})
    sweep_queue()

    assert assigning_order(cast) == [bronze, gold]
