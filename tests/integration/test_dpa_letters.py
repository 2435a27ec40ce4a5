"""What mails about data-processing agreements say, to whom; and that nobody is told what is moot."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from accounts.actions import users as user_actions
from accounts.models import Notice, User
from contracts.actions import processing, processing_sweep
from customers.actions import customers as customer_actions
from mail.actions.delivering import deliver_batch
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_customer, make_user
from tests.factories.gates import make_document
from tests.factories.processing import conclude, make_offer, make_request, press, settle_all

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    """With one lead who reads English and no admin to be told; the gold customer's owner reads German."""
    cast = make_cast()
    cast.admin.is_active = False
    user_actions.save(user=cast.admin, by=None)
    cast.lead.language = "en"
    user_actions.save(user=cast.lead, by=None)
    cast.owner.is_company_admin = True
    customer_actions.save_contact(contact=cast.owner, by=None)
    assert cast.owner.user is not None
    cast.owner.user.language = "de"
    user_actions.save(user=cast.owner.user, by=None)
    Notice.objects.all().delete()
    return cast


def sent(at: datetime = NOW) -> dict[tuple[str, str], str]:
    """By recipient's name and subject what went out since the last time, text without its breaks."""
    mail.outbox.clear()
    with time_machine.travel(at, tick=False):
        while deliver_batch():
            pass
    return {
        (letter.to[0].partition("@")[0], str(letter.subject)): " ".join(str(letter.body).split())
        for letter in mail.outbox
    }


def test_each_step_is_told_in_the_reader_s_language(cast: Cast) -> None:
    name = cast.gold_customer.name
    make_request(cast.gold_customer)
    told = sent()
    assert list(told) == [("lead", f"Data-processing agreement with {name} requested")]
    assert "Note: this customer has no service agreement" not in next(iter(told.values()))
    dpa = make_offer(make_company(cast))
    (((whose, subject), body),) = sent().items()
    assert (whose, subject) == ("owner", f"AV-Vertrag {dpa.called}: bitte lesen und unterschreiben")
    assert "Sie können ihn im Portal unterschreiben" in body
    assert "/portal/dpa/" in body
    press(dpa, "firm")
    assert sent() == {}
    press(dpa, "customer")
    told = sent()
    assert {key[0] for key in told} == {"lead", "owner"}
    assert f"/desk/dpa/{dpa.pk}/" in told["lead", f"Data-processing agreement {dpa.called} is in force"]
    processing.terminate(dpa=dpa, reason="secret reason", by=cast.lead)
    told = sent()
    assert "ist beendet: gekündigt." in told["owner", f"AV-Vertrag {dpa.called} ist beendet"]
    assert "secret reason" not in " ".join(told.values())


def make_company(cast: Cast) -> Any:
    """A customer without a service agreement whose company admin is the owner by now."""
    customer = make_customer("Ohnesorg")
    contact = cast.owner
    contact.customer = customer
    customer_actions.save_contact(contact=contact, by=None)
    return customer


def test_whoever_has_the_next_step_is_told_so(cast: Cast) -> None:
    customer, owner = cast.gold_customer, cast.owner.user
    asked = make_request(customer)
    sent()
    dpa = processing.begin_review(dpa=asked, by=cast.lead)
    ((key, body),) = sent().items()
    assert key == ("owner", f"AV-Vertrag {dpa.called}: bitte beantworten Sie unsere Fragen")
    assert "Fragen an Ihre Seite" in body
    settle_all(dpa)
    processing.offer(dpa=dpa, document=make_document(), by=cast.lead)
    sent()
    press(dpa, "customer", by=owner)
    press(dpa, "customer", by=owner)
    ((key, body),) = sent().items()
    assert key == ("lead", f"{customer.name} has signed: data-processing agreement {dpa.called}")
    assert "As soon as you have signed for us" in body
    press(dpa, "firm", by=cast.lead)
    sent()
    for _ in range(2):
        processing.terminate(dpa=dpa, last_day=date(2026, 12, 31), reason="notice", by=cast.lead)
    told = sent()
    assert len(told) == len(mail.outbox) == 2
    assert (
        "Sein letzter Tag ist der 31.12.2026."
        in told["owner", f"AV-Vertrag {dpa.called} endet am 31.12.2026"]
    )
    processing.take_back_termination(dpa=dpa, by=cast.lead)
    told = sent()
    assert len(told) == 2
    assert "zurückgenommen" in told["owner", f"AV-Vertrag {dpa.called} gilt weiter"]
    # Signed by us meanwhile: what waits to be told is moot.
    other = make_offer(cast.bronze_customer)
    press(other, "customer")
    press(other, "firm")
    assert not [key for key in sent() if "has signed" in key[1]]


@pytest.mark.parametrize(
    ("holds_until", "subject", "said"),
    [
        (None, "gilt weiter", "gilt ohne Servicevertrag weiter"),
        (date(2026, 12, 10), "endet am 10.12.2026", "Er gilt bis einschließlich 10.12.2026"),
    ],
)
def test_a_decision_is_told_once_and_reminded_of_in_its_own_words(
    cast: Cast, holds_until: date | None, subject: str, said: str
) -> None:
    customer = make_company(cast)
    make_agreement(customer, cast.gold, ends_on=date(2026, 11, 20))
    dpa = conclude(customer)
    over = datetime(2026, 11, 28, 23, tzinfo=UTC)
    processing_sweep.sweep(at=over)
    processing.decide_review(dpa=dpa, holds_until=holds_until, by=cast.lead, at=over + timedelta(hours=1))
    processing_sweep.sweep(at=over + timedelta(hours=2))
    told = sent(over + timedelta(hours=2))
    key = "owner", f"AV-Vertrag {dpa.called} {subject}"
    assert said in told[key]
    assert len([one for one in mail.outbox if subject in str(one.subject)]) == 1, "once, by no reminder again"
    processing_sweep.sweep(at=datetime(2026, 12, 8, 9, tzinfo=UTC))
    reminded = sent(datetime(2026, 12, 8, 9, tzinfo=UTC))
    assert (key in reminded) == (holds_until is not None)
    assert "Ohne Entscheidung" not in " ".join([*told.values(), *reminded.values()])


def test_one_that_is_refused_does_not_come_about(cast: Cast) -> None:
    dpa = make_offer(cast.gold_customer)
    sent()
    processing.refuse(dpa=dpa, reason="no", by=None)
    assert {key[1] for key in sent()} == {
        f"AV-Vertrag {dpa.called} kommt nicht zustande",
        f"Data-processing agreement {dpa.called} does not come about",
    }


def test_the_review_is_told_with_its_last_day(cast: Cast) -> None:
    customer = make_company(cast)
    agreement = make_agreement(customer, cast.gold, ends_on=date(2026, 11, 20))
    dpa = conclude(customer)
    sent()
    over = datetime(2026, 11, 20, 23, tzinfo=UTC)
    processing_sweep.sweep(at=over)
    told = sent(over)
    body = told["owner", f"AV-Vertrag {dpa.called} endet am 20.12.2026"]
    assert "ist seit 21.11.2026 zu Ende" in body
    assert agreement.pk
    # Decided before it went out: nobody is told of an end that does not come.
    processing_sweep.sweep(at=over + timedelta(days=16))
    processing.decide_review(dpa=dpa, holds_until=None, by=None, at=over + timedelta(days=16))
    assert [key for key in sent(over + timedelta(days=16)) if "endet" in key[1] or "ends" in key[1]] == []


def test_what_is_moot_or_nobody_s_any_more_is_not_sent(cast: Cast) -> None:
    asked, offered = make_request(cast.bronze_customer), make_offer(cast.gold_customer)
    processing.begin_review(dpa=asked, by=None)
    cast.owner.is_company_admin = False
    customer_actions.save_contact(contact=cast.owner, by=None)
    assert sent() == {}
    assert offered.state == "offered"


def test_somebody_who_left_is_not_told(cast: Cast) -> None:
    second = make_user("second", User.Role.LEAD)
    make_contact(cast.gold_customer)
    make_request(cast.gold_customer)
    second.is_active = False
    user_actions.save(user=second, by=None)
    assert {key[0] for key in sent()} == {"lead"}
