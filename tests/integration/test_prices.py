"""Price lists: drafts and versions, what is published stays, own prices, and where customers read them."""

import io
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import AuditEntry
from contracts.actions import prices
from contracts.models import CustomerPrice, PriceItem, PriceList
from contracts.queries.prices import coming_list, list_in_force, price_facts
from contracts.rules.pricing import rate_at
from tests.factories.cast import PASSWORD, Cast, make_cast, make_ticket
from tests.factories.prices import (
    make_own_price,
    make_price_list,
    make_service,
    make_standing_approval,
    usual_items,
)
from tickets.actions import approving
from tickets.actions.approving import Answer
from tickets.actions.refusals import AlreadyAnswered
from tickets.models import ApprovalRequest, TicketEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def tomorrow() -> Any:
    """The first day on which a new version may begin."""
    return timezone.localdate() + timedelta(days=1)


def test_a_version_begins_tomorrow_at_the_earliest_once_there_is_one(cast: Cast) -> None:
    today = timezone.localdate()
    with pytest.raises(ValidationError):
        prices.publish(price_list=make_price_list(today, items=[], is_published=False), by=cast.admin)
    first = make_price_list(today - timedelta(days=40))
    late = make_price_list(today - timedelta(days=1), is_published=False)
    with pytest.raises(ValidationError):
        prices.publish(price_list=late, by=cast.admin)

    coming = prices.copy_list(price_list=first, by=cast.admin, valid_from=tomorrow())
    assert coming_list(today) is None  # a draft is nobody's business
    prices.publish(price_list=coming, by=cast.admin)

    assert list_in_force(today) == first
    assert coming_list(today) == list_in_force(tomorrow()) == coming
    assert coming.items.count() == first.items.count() == 5
    verbs = set(AuditEntry.objects.filter(object_id=str(coming.pk)).values_list("verb", flat=True))
    assert {"price_list.copied", "price_list.published"} <= verbs


def test_actions_keep_published_prices(cast: Cast) -> None:
    published = make_price_list()
    item = published.items.get(code="remote")
    for write in (
        lambda: prices.save_list(price_list=published, items=usual_items(), by=cast.admin),
        lambda: prices.save_item(item=item, by=cast.admin),
        lambda: prices.delete_item(item=item, by=cast.admin),
        lambda: prices.delete_list(price_list=published, by=cast.admin),
        lambda: prices.publish(price_list=published, by=cast.admin),
    ):
        with pytest.raises(prices.Published):
            write()
    assert PriceItem.objects.get(pk=item.pk).amount == 120


def test_the_database_keeps_published_prices_whoever_writes() -> None:
    published, draft = make_price_list(), make_price_list(tomorrow(), is_published=False)
    ours, theirs = PriceItem.objects.filter(price_list=published), PriceItem.objects.filter(price_list=draft)
    for write in (
        lambda: ours.update(amount=1),
        lambda: ours.filter(code="remote").delete(),
        lambda: theirs.filter(code="remote").update(price_list=published, code="smuggled"),
        lambda: PriceItem.objects.create(price_list=published, code="new", unit="piece", amount=1),
        lambda: PriceList.objects.filter(pk=published.pk).update(vat_percent=7),
        lambda: PriceList.objects.filter(pk=published.pk).update(published_at=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert theirs.update(amount=1) == 5  # a draft may change


def test_facts_hold_the_version_before_and_those_within(cast: Cast) -> None:
    now = timezone.now()
    make_price_list(hour="100.00")
    make_price_list(tomorrow(), hour="110.00")
    make_own_price(cast.gold_customer, "90.00", valid_from=tomorrow() + timedelta(days=1))
    gold, plain = cast.gold_customer.pk, None

    def amount(customer: int | None, days: int) -> Decimal:
        at = now + timedelta(days=days)
        rate = rate_at(price_facts(customer, now, now + timedelta(days=5)), "remote", at)
        assert rate is not None
        return rate.amount

    assert [amount(gold, days) for days in (0, 1, 2)] == [100, 110, 90]
    assert [amount(plain, days) for days in (0, 1, 2)] == [100, 110, 110]


@pytest.mark.parametrize("language", ["de", "en"])
def test_strangers_read_the_list_in_force_and_the_coming_one(cast: Cast, language: str) -> None:
    client = Client(headers={"Accept-Language": language})
    assert 'id="prices"' not in client.get("/service/").content.decode()
    make_price_list(hour="100.00")
    make_price_list(tomorrow(), hour="110.00")
    make_own_price(cast.gold_customer, "77.70")
    pdf = PdfReader(io.BytesIO(client.get(f"/service.pdf?lang={language}").content))

    said = {
        "de": ("Fernwartung", "100,00 € pro Stunde", "119,00 €", "zuzüglich 19 %", "110,00 €", "50 %"),
        "en": ("Remote support", "€100.00 per hour", "€119.00", "plus 19% VAT", "€110.00", "50%"),
    }[language]
    for text in (
        client.get("/service/").content.decode(),
        "\n".join(one.extract_text() for one in pdf.pages),
    ):
        words = " ".join(text.split())
        assert [part for part in said if part not in words] == []
        assert "77" not in words.partition(said[0])[2]


def test_a_customer_reads_their_own_prices_and_nobody_elses(cast: Cast) -> None:
    make_price_list(hour="100.00")
    make_own_price(cast.gold_customer, "77.70")
    make_standing_approval(cast.gold_customer, "345.00")
    pages = {}
    for name in ("owner", "stranger"):
        client = Client()
        client.login(username=name, password=PASSWORD)
        pages[name] = client.get(reverse("portal:prices")).content.decode()

    for text in ("77,70 €", "Liste: 100,00 € pro Stunde", "345,00 €"):
        assert text in pages["owner"]
        assert text not in pages["stranger"]
    assert "100,00 € pro Stunde" in pages["stranger"]


def test_filing_says_honestly_what_is_covered(cast: Cast) -> None:
    make_price_list()
    for name, said in (("owner", "Gold enthält"), ("stranger", "Bronze enthält")):
        client = Client()
        client.login(username=name, password=PASSWORD)
        assert said in client.get(reverse("portal:new")).content.decode()
    cast.gold_customer.agreements.update(ends_on=timezone.localdate() - timedelta(days=1))
    client = Client()
    client.login(username="owner", password=PASSWORD)
    for page in ("portal:new", "portal:filed"):
        args = [make_ticket(cast.gold_customer, contact=cast.owner).number] if page == "portal:filed" else []
        text = client.get(reverse(page, args=args)).content.decode()
        assert "Kostenpflichtig nach unserer Preisliste" in text
        assert reverse("portal:prices") in text


def test_the_admin_shows_a_published_list_and_copies_it(cast: Cast) -> None:
    published, client = make_price_list(), Client()
    client.force_login(cast.admin)
    url = reverse("admin:contracts_pricelist_change", args=[published.pk])
    page = client.get(url).content.decode()
    assert 'name="items-0-amount"' not in page
    assert 'name="items-__prefix__-amount"' not in page
    assert 'name="vat_percent"' not in page
    rows = {"items-TOTAL_FORMS": 0, "items-INITIAL_FORMS": 0}

    answer = client.post(url, {**rows, "vat_percent": "7", "copy_as_new": "1"})

    copy = PriceList.objects.exclude(pk=published.pk).get()
    assert answer["Location"] == reverse("admin:contracts_pricelist_change", args=[copy.pk])
    assert copy.published_at is None
    assert copy.valid_from.day == 1
    assert PriceList.objects.get(pk=published.pk).vat_percent == 19
    gone = client.post(reverse("admin:contracts_pricelist_delete", args=[published.pk]), {"post": "yes"})
    assert gone.status_code == 403


def test_an_own_price_needs_a_code_that_some_list_has(cast: Cast) -> None:
    make_price_list()
    client = Client()
    client.force_login(cast.admin)
    fields = {
        "customer": cast.gold_customer.pk,
        "code": "remoet",
        "amount": "80",
        "currency": "EUR",
        "valid_from": "2026-01-01",
    }
    url = reverse("admin:contracts_customerprice_add")
    assert client.post(url, fields).status_code == 200
    assert not CustomerPrice.objects.exists()
    assert client.post(url, {**fields, "code": "remote"}).status_code == 302


@pytest.mark.parametrize("is_published", [True, False])
def test_a_price_has_a_page_of_its_own_whether_or_not_it_can_be_changed(
    cast: Cast, is_published: bool
) -> None:
    item = make_price_list(is_published=is_published).items.get(code="remote")
    client = Client()
    client.force_login(cast.admin)

    said = client.get(reverse("admin:contracts_priceitem_change", args=[item.pk]))

    assert item.name_de in said.content.decode()
    assert ('name="_save"' in said.content.decode()) is not is_published


def test_a_standing_approval_stays_its_customers(cast: Cast) -> None:
    approval, client = make_standing_approval(cast.gold_customer), Client()
    client.force_login(cast.admin)
    fields = {
        "customer": cast.plain_customer.pk,
        "ceiling": "900",
        "currency": "EUR",
        "starts_on": "2026-01-01",
        "granted_by": "Frau Aigner",
        "evidence": "Brief",
    }

    answer = client.post(reverse("admin:contracts_standingapproval_change", args=[approval.pk]), fields)

    assert answer.status_code == 302
    approval.refresh_from_db()
    assert (approval.customer, approval.ceiling) == (cast.gold_customer, Decimal(900))


@pytest.mark.django_db(transaction=True)
def test_of_twenty_answers_at_once_one_counts(cast: Cast) -> None:
    make_price_list()
    ticket = make_ticket(cast.gold_customer, contact=cast.owner)
    asked = approving.ask(
        ticket=ticket,
        service=make_service("remote"),
        ceiling=Decimal(240),
        text="Work",
        by=cast.agent,
        contact=cast.owner,
    )
    barrier, outcomes = Barrier(20), []

    def reply(*, is_approved: bool) -> None:
        barrier.wait()
        given = Answer(is_approved=is_approved, how=ApprovalRequest.How.LINK, contact=cast.owner)
        try:
            outcomes.append(approving.answer(request=asked, given=given).state)
        except AlreadyAnswered as refusal:
            outcomes.append(f"late: {refusal.state}")
        finally:
            connection.close()

    threads = [Thread(target=reply, kwargs={"is_approved": number % 2 == 0}) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    state = ApprovalRequest.objects.get().state
    assert sorted(outcomes) == sorted([state, *[f"late: {state}"] * 19])
    assert TicketEvent.objects.filter(kind__in=["approval_approved", "approval_declined"]).count() == 1
