"""Reminders ahead of an agreement's end: once per distance, in each reader's language, and what they say."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from accounts.models import AuditEntry, Notice
from contracts.actions import reminding, renewing
from contracts.models import Agreement, EndReminder
from customers.models import Contact
from mail.actions.delivering import deliver_batch
from tests.factories.cast import Cast, make_agreement, make_cast, make_customer, make_ticket
from tests.integration.test_mail_letters import text_of
from tests.smtp import parsed

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 10, tzinfo=UTC)
END = date(2026, 12, 31)
DAY = timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    with time_machine.travel(NOON, tick=False):
        cast = make_cast()
        Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=True)
        Agreement.objects.filter(customer=cast.gold_customer).delete()
        return cast


def gold(cast: Cast, **fields: Any) -> Agreement:
    terms = {"starts_on": date(2026, 1, 1), "ends_on": END, "reference": "SV-7", **fields}
    return make_agreement(cast.gold_customer, cast.gold, at=NOON, **terms)


def sweep(days_before: int, end: date = END) -> list[int]:
    """What a sweep at noon so many days before a day sends, and what another one right after sends."""
    moment = datetime(end.year, end.month, end.day, 11, tzinfo=UTC) - days_before * DAY
    with time_machine.travel(moment, tick=False):
        return [reminding.remind(), reminding.remind()]


def told() -> list[tuple[str, str]]:
    rows = Notice.objects.filter(kind=Notice.Kind.AGREEMENT_ENDING).order_by("pk")
    return [(row.user.username if row.user else "", row.language) for row in rows]


def letters_at(days_before: int) -> dict[str, str]:
    """The mails that go out so many days before the end, by address: subject and text, as one line."""
    with time_machine.travel(datetime(2026, 12, 31, 11, tzinfo=UTC) - days_before * DAY, tick=False):
        mail.outbox.clear()
        deliver_batch()
    mails = [parsed(each.message().as_bytes()) for each in mail.outbox]
    mails = [each for each in mails if "SV-7" in each["Subject"]]
    return {str(each["To"]): f"{each['Subject']} {' '.join(text_of(each).split())}" for each in mails}


def test_each_distance_is_told_once_to_those_concerned(cast: Cast) -> None:
    gold(cast)
    assert [sweep(days) for days in (61, 60, 59, 31, 30, 8, 7, 1, 0)] == [
        [0, 0], [1, 0], [0, 0], [0, 0], [1, 0], [0, 0], [1, 0], [0, 0], [0, 0],
    ]  # fmt: skip
    people = [name for name, _ in told()]
    assert people == ["lead", "admin", "owner"] * 3
    assert AuditEntry.objects.filter(verb="agreement.reminded").count() == 3


def test_after_a_long_silence_only_the_nearest_distance_is_told(cast: Cast) -> None:
    gold(cast)
    assert sweep(5) == [1, 0]
    assert list(EndReminder.objects.values_list("days_before", flat=True)) == [7]
    assert sweep(2) == [0, 0]


@pytest.mark.parametrize(
    ("fields", "decides"),
    [
        ({"renewal_months": 12, "notice_days": 90}, date(2026, 10, 2)),
        ({"terminated_on": date(2026, 11, 30)}, date(2026, 11, 30)),
        ({"renewal_months": 12, "notice_given_on": date(2026, 6, 1)}, END),
    ],
)
def test_distances_count_to_the_day_that_decides(cast: Cast, fields: dict[str, Any], decides: date) -> None:
    gold(cast, **fields)
    assert [sweep(days, decides) for days in (61, 60, -1)] == [[0, 0], [1, 0], [0, 0]]
    assert EndReminder.objects.get().last_day == decides


def test_notice_after_a_reminder_is_told_anew(cast: Cast) -> None:
    agreement = gold(cast, renewal_months=12, notice_days=5)
    assert sweep(12) == [1, 0]
    with time_machine.travel(datetime(2026, 12, 20, 9, tzinfo=UTC), tick=False):
        renewing.give_notice(agreement=agreement, on=date(2026, 12, 20), by=cast.lead)
    assert sweep(11) == [1, 0]
    assert {(row.last_day, row.days_before) for row in EndReminder.objects.all()} == {
        (date(2026, 12, 26), 7),
        (END, 30),
    }


@pytest.mark.parametrize("why", ["followed", "inactive", "endless"])
def test_nobody_is_reminded_of_what_does_not_end(cast: Cast, why: str) -> None:
    agreement = gold(cast, ends_on=None if why == "endless" else END)
    if why == "followed":
        with time_machine.travel(NOON, tick=False):
            renewing.renew(agreement=agreement, until=None, by=cast.lead)
    if why == "inactive":
        cast.gold_customer.is_active = False
        cast.gold_customer.save()
    assert sweep(7) == [0, 0]
    assert told() == []


def test_no_distance_no_reminder(cast: Cast, settings: Any) -> None:
    settings.CONTRACT_REMINDER_DAYS = ()
    gold(cast)
    assert sweep(7) == [0, 0]


def test_a_reminder_says_in_each_language_what_changes_for_this_customer(cast: Cast) -> None:
    gold(cast)
    with time_machine.travel(NOON, tick=False):
        own = make_ticket(cast.gold_customer, contact=cast.owner)
        make_ticket(cast.bronze_customer)
        make_ticket(make_customer("Geheim GmbH"), subject="Geheimsache")
    assert cast.owner.user is not None
    cast.owner.user.language = "de"
    cast.owner.user.save()
    cast.lead.language = "en"
    cast.lead.save()
    sweep(7)

    letters = letters_at(7)
    german, english = letters["owner@firm.example"], letters["lead@firm.example"]
    for said in (
        "Er endet mit dem 31.12.2026 und verlängert sich nicht.",
        "Das ändert sich am 01.01.2027:",
        "Statt Gold gilt keine Servicestufe mehr",
        f"Ticket {own.number} stünde auf Platz 2 statt 1",
        "öffentliche Rufnummer mit Warteschlange",
        "AV-Vertrag",
        "/portal/contract/",
    ):
        assert said in german, said
    for said in ("It ends with 31 December 2026", "This changes on 1 January 2027:", "/desk/agreements/"):
        assert said in english, said
    assert "Geheim" not in german


def test_one_that_renews_itself_says_until_when_notice_may_be_given(cast: Cast) -> None:
    gold(cast, renewal_months=12)
    sweep(7)
    letter = letters_at(7)["lead@firm.example"]
    assert "31.12.2027, wenn nicht bis 31.12.2026 gekündigt wird" in letter
    assert "Würde gekündigt, änderte sich am 01.01.2027:" in letter


def test_a_reminder_that_is_moot_by_then_is_not_sent(cast: Cast) -> None:
    agreement = gold(cast)
    sweep(7)
    Contact.objects.filter(pk=cast.owner.pk).update(is_company_admin=False)
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=date(2026, 12, 1))
    assert letters_at(6) == {}


def test_a_renewal_is_told_with_what_stays_and_what_changes(cast: Cast) -> None:
    agreement = gold(cast)
    with time_machine.travel(NOON, tick=False):
        renewing.renew(agreement=agreement, until=date(2027, 12, 31), level=cast.bronze, by=cast.lead)
    letter = letters_at(213)["owner@firm.example"]
    assert "01.01.2027" in letter
    assert "31.12.2027" in letter
    assert "Servicestufe Bronze statt Gold" in letter
