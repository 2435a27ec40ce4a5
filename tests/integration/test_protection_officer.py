"""The firm's data-protection officer: entered once, told where the law wants it; nowhere without one."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Company, User
from accounts.queries.company import memory
from contracts.actions import processing_rights as acts
from contracts.models import BreachNotice
from contracts.queries.dpa_offers import offered_text
from contracts.queries.dpa_papers import dpa_pdf
from contracts.queries.dpa_register import our_details
from customers.models import Contact
from mail.actions.delivering import deliver
from tests.factories.cast import Cast, make_cast
from tests.factories.processing import conclude, make_offer

pytestmark = pytest.mark.django_db
LINE = "Renate Vogl · dpo@firm.example · +498999998190"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    Contact.objects.filter(pk=made.owner.pk).update(is_company_admin=True)
    User.objects.update(language="en")
    return made


def get(user: Any, path: str) -> str:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return " ".join(client.get(path).content.decode().split())


@pytest.mark.parametrize("is_named", [True, False])
def test_the_officer_stands_in_offers_on_pages_and_in_notices(cast: Cast, is_named: bool) -> None:
    Company.objects.create(pk=1, name="Firm", set_up_at=timezone.now())
    if is_named:
        row = {"officer_name": "Renate Vogl", "officer_email": "dpo@firm.example"}
        Company.objects.update(**row, officer_phone="+498999998190")
    memory.forget()
    text = offered_text(make_offer(cast.bronze_customer))
    assert (f"Datenschutzbeauftragte Person: {LINE}" in text.replace("\\", "")) is is_named
    dpa = conclude(cast.gold_customer)
    assert dpa_pdf(dpa, "de").startswith(b"%PDF")
    assert (LINE in our_details()) is is_named
    assert (f"Our data-protection officer: {LINE}" in get(cast.owner.user, "/portal/dpa/")) is is_named

    mail.outbox.clear()
    acts.report_breach(
        title="Lost", text="A disk.", known_at=timezone.now(), customers=[cast.gold_customer], by=cast.lead
    )
    deliver()
    notice = BreachNotice.objects.get()
    shown = get(cast.owner.user, f"/portal/dpa/rights/breaches/{notice.pk}/")
    assert "A disk." in shown
    assert (LINE in shown) is is_named
    (body,) = [
        str(one.body) for one in mail.outbox if one.to == ["owner@firm.example"] and "disk" in one.body
    ]
    assert (f"Our data-protection officer: {LINE}" in " ".join(body.split())) is is_named


def test_admins_enter_the_officer(cast: Cast) -> None:
    Company.objects.create(pk=1, name="Firm", set_up_at=timezone.now())
    shown = get(cast.admin, "/admin/accounts/company/1/change/")
    for name in ("officer_name", "officer_email", "officer_phone"):
        assert f'name="{name}"' in shown
    assert "officer_name" not in get(cast.lead, "/admin/accounts/company/1/change/")
