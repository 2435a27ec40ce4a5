"""Admins see both outboxes: what waits, what was not delivered and why, and send it again."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions import notices
from accounts.models import Notice, User
from mail.actions.delivering import deliver_batch
from mail.queries.outboxes import trouble
from tests.factories.cast import Cast, make_cast, make_ticket
from tickets.models import Delivery

pytestmark = pytest.mark.django_db

LISTS = ["/admin/tickets/delivery/", "/admin/accounts/notice/"]
OUTBOXES = [(LISTS[0], Delivery), (LISTS[1], Notice)]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def browser(cast: Cast) -> Client:
    User.objects.filter(pk=cast.admin.pk).update(language="en")
    client = Client()
    client.force_login(cast.admin)
    return client


@pytest.fixture
def rows(cast: Cast) -> None:
    """One failed, one waiting in each outbox."""
    for customer, contact in ((cast.gold_customer, cast.owner), (cast.bronze_customer, cast.stranger)):
        make_ticket(customer, contact=contact)
    for user in (cast.agent, cast.lead):
        notices.invite(user=user, by=None)
    for outbox in (Delivery, Notice):
        first = outbox.objects.order_by("pk")[0]
        outbox.objects.filter(pk=first.pk).update(
            next_attempt_at=None, failed_at=timezone.now(), error="550 5.1.1 <i>unknown</i>"
        )


@pytest.mark.parametrize("path", LISTS)
def test_the_list_tells_failed_from_waiting_and_sent(rows: None, browser: Client, path: str) -> None:
    everything = browser.get(path).text
    assert "not delivered: 550 5.1.1 &lt;i&gt;unknown&lt;/i&gt;" in everything
    assert browser.get(f"{path}?state=failed").text.count("not delivered: 550") == 1
    assert "not delivered: 550" not in browser.get(f"{path}?state=waiting").text
    assert "not delivered: 550" not in browser.get(f"{path}?state=sent").text


@pytest.mark.parametrize(("path", "outbox"), OUTBOXES)
def test_what_failed_is_sent_again_and_nothing_else(
    rows: None, browser: Client, path: str, outbox: type[Delivery] | type[Notice]
) -> None:
    deliver_batch()
    mail.outbox.clear()
    keys = list(outbox.objects.values_list("pk", flat=True))

    page = browser.post(path, {"action": "send_again", "_selected_action": keys}, follow=True).text

    assert "1 mail is sent again." in page
    assert deliver_batch() == 1
    assert len(mail.outbox) == 1
    assert not outbox.objects.failed().exists()


@pytest.mark.parametrize(("path", "outbox"), OUTBOXES)
def test_each_mail_has_its_page(
    rows: None, browser: Client, path: str, outbox: type[Delivery] | type[Notice]
) -> None:
    row = outbox.objects.failed().defer("params").get()
    page = browser.get(f"{path}{row.pk}/change/").text
    assert "550 5.1.1 &lt;i&gt;unknown&lt;/i&gt;" in page


def test_parameters_that_cannot_be_read_do_not_break_the_list(rows: None, browser: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_notice SET params = 'gAAAAA-sealed-with-another-key'")
    answer = browser.get(LISTS[1])
    assert answer.status_code == 200
    keys = list(Notice.objects.values_list("pk", flat=True))
    answer = browser.post(LISTS[1], {"action": "send_again", "_selected_action": keys})
    assert answer.status_code == 302


@pytest.mark.parametrize("path", LISTS)
def test_leads_do_not_come_in(rows: None, cast: Cast, path: str) -> None:
    client = Client()
    client.force_login(cast.lead)
    assert client.get(path).status_code == 404


def test_trouble_counts_what_waits_too_long_and_what_failed_lately(rows: None) -> None:
    now = timezone.now()
    assert (trouble(now).stuck, trouble(now).failed) == (0, 2)
    later = now + timedelta(hours=1)
    assert (trouble(later).stuck, trouble(later).total) == (2, 4)
    assert trouble(now + timedelta(days=30)).failed == 0


def test_the_sidebar_counts_trouble_and_is_calm_without(rows: None, browser: Client) -> None:
    def counts() -> list[str]:
        return re.findall(r"min-w-\[18px\] bg-red-100[^>]*>(.*?)<", browser.get("/admin/accounts/team/").text)

    assert counts() == ["1", "1"]
    Notice.objects.all().delete()
    assert counts() == ["1"]
    Delivery.objects.all().delete()
    assert counts() == []
