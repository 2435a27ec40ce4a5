"""Data-processing agreements over the API: who reads them, who asks for one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contracts.actions import processing
from contracts.models import ProcessingAgreement
from contracts.queries.dpa_offers import offered_sha256
from customers.models import Contact
from tests.factories.calling import Caller
from tests.factories.cast import Cast, make_cast
from tests.factories.gates import make_document, make_dpa

pytestmark = pytest.mark.django_db
PATH = "processing-agreements/"


@pytest.fixture
def cast() -> Cast:
    """With the owner as company admin."""
    cast = make_cast()
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
    return cast


def test_agents_read_all_and_a_contact_their_own_customers(cast: Cast) -> None:
    mine, others = make_dpa(cast.gold_customer, "in_force"), make_dpa(cast.bronze_customer, "offered")
    seen = {
        cast.agent: {mine.pk, others.pk},
        cast.colleague.user: {mine.pk},
        cast.stranger.user: {others.pk},
    }
    for user, pks in seen.items():
        assert user is not None
        caller = Caller(user)
        listed = caller.get(PATH).json()["results"]
        assert {row["id"] for row in listed} == pks
        for dpa in (mine, others):
            assert caller.get(f"{PATH}{dpa.pk}/").status_code == (200 if dpa.pk in pks else 404)
    (shown,) = Caller(cast.colleague.user).get(PATH).json()["results"]
    assert shown["in_force"] is True
    assert shown["reference"] == mine.called
    assert shown["document_sha256"] == offered_sha256(mine)
    filtered = Caller(cast.agent).get(f"{PATH}?state=offered").json()["results"]
    assert [row["id"] for row in filtered] == [others.pk]


def test_one_that_ended_a_minute_ago_is_not_in_force_whatever_was_noted(cast: Cast) -> None:
    dpa = make_dpa(cast.gold_customer, "in_force", ends_at=timezone.now() - timedelta(minutes=1), because="")
    shown = Caller(cast.agent).get(f"{PATH}{dpa.pk}/").json()
    assert (shown["state"], shown["in_force"]) == ("in_force", False)


def test_company_admins_and_agents_ask_once(cast: Cast) -> None:
    owner, colleague = cast.owner.user, cast.colleague.user
    assert owner is not None
    assert colleague is not None
    assert Caller(colleague).post(PATH, {}).status_code == 403
    assert not ProcessingAgreement.objects.exists()
    made = Caller(owner).post(PATH, {})
    assert made.status_code == 201
    assert made["Location"].endswith(f"/{made.json()['id']}/")
    again = Caller(cast.agent).post(PATH, {"customer": cast.gold_customer.pk})
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    assert ProcessingAgreement.objects.get().source == "portal"
    assert Caller(owner).post(PATH, {"customer": cast.bronze_customer.pk}).status_code == 400
    assert Caller(cast.agent).post(PATH, {}).status_code == 400
    assert Caller(cast.agent).post(PATH, {"customer": cast.bronze_customer.pk, "x": 1}).status_code == 400


def test_signatures_are_shown_without_addresses_and_our_notes_to_agents_only(cast: Cast) -> None:
    dpa = processing.request(customer=cast.gold_customer, source="agent", by=cast.agent)
    dpa = processing.begin_review(dpa=dpa, by=cast.lead)
    for item in dpa.review_items.all():
        processing.settle_item(item=item, note=f"note of {item.party}", is_done=True, by=cast.lead)
    dpa = processing.offer(dpa=dpa, document=make_document(), by=cast.lead)
    processing.sign(
        dpa=dpa, party="firm", method="click", name="Lea", role="CEO", ip="192.0.2.9", by=cast.lead
    )
    assert cast.colleague.user is not None
    theirs = Caller(cast.colleague.user).get(f"{PATH}{dpa.pk}/")
    assert theirs.json()["signatures"][0]["name"] == "Lea"
    assert "192.0.2.9" not in theirs.content.decode()
    assert "note of customer" in theirs.content.decode()
    assert "note of firm" not in theirs.content.decode()
    assert "note of firm" in Caller(cast.agent).get(f"{PATH}{dpa.pk}/").content.decode()
