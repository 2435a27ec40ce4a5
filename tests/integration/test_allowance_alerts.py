"""Who is told how much of an allowance is used: once, in their language, with what happens next."""

from datetime import date, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError
from structlog.testing import capture_logs

from accounts.models import Notice, User
from contracts.actions import alerting, booking
from contracts.models import Agreement, Allowance, AllowanceAlert
from customers.actions import customers as customer_actions
from mail.actions.delivering import deliver_batch
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact

pytestmark = pytest.mark.django_db
AT = datetime.fromisoformat("2026-11-10T11:00:00+00:00")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    Allowance.objects.create(level=cast.gold, amount=120, overrun="ask", alert_at="50, 75, 100")
    return agreement


def use(agreement: Agreement, units: int, key: str, by: User) -> None:
    booking.book(agreement=agreement, units=units, key=key, source="", by=by, at=AT, day=date(2026, 11, 10))


def sent() -> dict[str, str]:
    """Subject and text of what goes out, by address."""
    mail.outbox.clear()
    deliver_batch()
    return {each.to[0]: f"{each.subject}\n{' '.join(str(each.body).split())}" for each in mail.outbox}


def test_a_share_is_told_of_once_to_leads_agent_and_company_admins(cast: Cast, agreement: Agreement) -> None:
    cast.owner.is_company_admin, cast.owner.language = True, "de"
    customer_actions.save_contact(contact=cast.owner, by=None)
    owner = cast.owner.user
    assert owner is not None
    owner.language = "de"
    owner.save()
    use(agreement, 59, "a", cast.agent)
    assert alerting.alert(at=AT) == 0
    use(agreement, 40, "b", cast.agent)  # 99 of 120: both 50 and 75 per cent are reached, one mail says so
    assert [alerting.alert(at=AT), alerting.alert(at=AT)] == [1, 0]
    assert set(AllowanceAlert.objects.values_list("percent", flat=True)) == {50, 75}
    told = sent()
    assert set(told) == {"agent@firm.example", "lead@firm.example", "owner@customer.example"}
    assert "1 h 39 min" in told["owner@customer.example"]
    assert "Ihres Kontingents verbraucht: November 2026" in told["owner@customer.example"]
    assert "/portal/contract/" in told["owner@customer.example"]
    assert "Aigner" in told["lead@firm.example"]


@pytest.mark.parametrize(
    ("overrun", "units", "next_"),
    [
        ("refuse", 120, "We do no more work from it until there is a new allowance"),
        ("ask", 150, "Before we do work that costs extra, we ask you."),
        ("bill", 150, "Further work is billed by the price list."),
    ],
)
def test_whoever_used_everything_reads_what_happens_next(
    cast: Cast, agreement: Agreement, overrun: str, units: int, next_: str
) -> None:
    Allowance.objects.update(overrun=overrun)
    make_contact(cast.gold_customer, email="english@customer.example", language="en")
    silent = make_contact(cast.gold_customer, email="silent@customer.example")
    customer_actions.save_contact(contact=silent, by=None)
    type(silent).objects.filter(pk=silent.pk).update(mail_steps="nothing")
    use(agreement, units, "a", cast.agent)
    alerting.alert(at=AT)
    told = sent()
    # Nobody manages the company's access: whoever has mail is told, but not who wants none.
    assert "silent@customer.example" not in told
    assert "is used up" in told["english@customer.example"]
    assert next_ in told["english@customer.example"]
    assert "stranger@customer.example" not in told


def test_an_agreement_that_cannot_be_told_of_stops_nobody_else(
    cast: Cast, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable, untold, sound = (make_agreement(cast.gold_customer, cast.gold) for _ in range(3))
    for each in (unreadable, untold, sound):
        use(each, 120, f"of {each.pk}", cast.agent)
    Allowance.objects.create(agreement=unreadable, amount=120)
    Allowance.objects.filter(agreement=unreadable).update(alert_at="soon")
    really_tell = alerting._tell

    def tell(each: Agreement, *rest: Any) -> None:
        really_tell(each, *rest)
        if each == untold:
            raise failure

    monkeypatch.setattr(alerting, "_tell", tell)
    failure: Exception = OperationalError("deadlock")
    with pytest.raises(OperationalError):
        alerting.alert(at=AT)
    failure = ValueError("nobody to tell")
    with capture_logs() as logs:
        assert alerting.alert(at=AT) == 1

    assert set(AllowanceAlert.objects.values_list("agreement", flat=True)) == {sound.pk}
    assert {notice.params["agreement"] for notice in Notice.objects.all()} == {str(sound.pk)}
    assert sorted((entry["event"], entry["agreement"]) for entry in logs) == [
        ("allowance_not_told_of", unreadable.pk),
        ("allowance_not_told_of", untold.pk),
    ]


def test_what_was_taken_back_before_the_mail_went_is_not_told(cast: Cast, agreement: Agreement) -> None:
    use(agreement, 120, "a", cast.agent)
    alerting.alert(at=AT)
    booking.take_back(key="a", by=cast.agent, at=AT)
    assert sent() == {}
    assert not Notice.objects.filter(sent_at__isnull=False).exists()


def test_somebody_who_left_is_not_told(cast: Cast, agreement: Agreement) -> None:
    use(agreement, 120, "a", cast.agent)
    alerting.alert(at=AT)
    User.objects.filter(pk__in=[cast.lead.pk, cast.agent.pk]).update(is_active=False)
    customer_actions.save_contact(contact=cast.owner, by=None)
    type(cast.owner).objects.filter(customer=cast.gold_customer).update(is_active=False)
    assert sent() == {}
