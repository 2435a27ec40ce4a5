"""What levels include: services, allowances, and corrections of the ledger by hand."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Company
from contracts.actions import including
from contracts.actions.setting_up import Tier, choose_levels
from contracts.models import Agreement, Allowance, AllowanceEntry, Service, ServiceLevel
from contracts.queries.allowances import allowance_left
from contracts.queries.renewals import today_at
from contracts.queries.services import default_services
from tests.admin_pages import errors_of, post
from tests.factories.cast import Cast, make_agreement, make_cast
from tests.factories.prices import make_service

pytestmark = pytest.mark.django_db
LINES = reverse("admin:contracts_allowanceentry_add")


@pytest.fixture
def cast() -> Cast:
    for code in ("phone", "remote", "on-site", "travel", "out-of-hours"):
        make_service(code)
    return make_cast()


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.admin)
    return client


def codes(level: ServiceLevel) -> set[str]:
    return set(level.services.values_list("code", flat=True))


def test_a_new_level_includes_the_usual_services_however_it_comes(cast: Cast) -> None:
    usual = {service.code for service in default_services()}
    assert {"phone", "remote"} <= usual
    assert not {"on-site", "travel", "out-of-hours"} & usual
    assert codes(cast.gold) == usual
    Agreement.objects.all().delete()
    (platinum,) = choose_levels_of(cast, "Platinum")
    assert codes(platinum) == usual


def choose_levels_of(cast: Cast, *names: str) -> list[ServiceLevel]:
    """As the set-up does, while nothing is set up."""
    Company.objects.all().delete()
    Company.objects.create(name="New", language="de", first_admin=cast.admin)
    return choose_levels(tiers=[Tier(name, 1) for name in names], by=None)


def test_a_code_stays_as_it_is_once_something_names_it(cast: Cast, admin: Client) -> None:
    used, unused = Service.objects.get(code="phone"), make_service("fax")
    for level in ServiceLevel.objects.all():
        level.services.remove(unused)
    used.code, unused.code = "telephone", "telefax"
    with pytest.raises(ValidationError, match=r"in use|in Gebrauch"):
        including.save_service(service=used, by=cast.admin)
    including.save_service(service=unused, by=cast.admin)
    assert Service.objects.filter(code="telefax").exists()
    page = admin.get(reverse("admin:contracts_service_change", args=[used.pk])).text
    assert 'name="code"' not in page
    page = admin.get(reverse("admin:contracts_service_change", args=[unused.pk])).text
    assert 'name="code"' in page


def test_the_admin_chooses_services_of_a_level(cast: Cast, admin: Client) -> None:
    remote = Service.objects.get(code="remote")
    url = reverse("admin:contracts_servicelevel_change", args=[cast.gold.pk])
    post(admin, url, {"name": "Gold", "rank": 1, "warn_at": "75", "services": [remote.pk]})
    assert codes(cast.gold) == {"remote"}
    entry = AuditEntry.objects.filter(verb="level.changed").latest("pk")
    assert entry.details["services"] == ["remote"]


def allowance(**fields: Any) -> dict[str, Any]:
    """What the admin's form of an allowance holds."""
    return {
        "unit": "minutes",
        "amount": 120,
        "period": "month",
        "overrun": "ask",
        "alert_at": "100, 75 %",
        **fields,
    }


def test_an_allowance_belongs_to_a_level_or_to_a_service_agreement(cast: Cast, admin: Client) -> None:
    add = reverse("admin:contracts_allowance_add")
    held = Agreement.objects.get(customer=cast.gold_customer)
    vendor = make_agreement(cast.plain_customer)
    post(admin, add, allowance(level=cast.gold.pk))
    assert Allowance.objects.get(level=cast.gold).alert_at == "75, 100"
    assert errors_of(admin.post(add, allowance()))["__all__"]
    assert errors_of(admin.post(add, allowance(level=cast.bronze.pk, agreement=held.pk)))["__all__"]
    assert errors_of(admin.post(add, allowance(agreement=vendor.pk)))["agreement"]
    assert errors_of(admin.post(add, allowance(agreement=held.pk, alert_at="halb")))["alert_at"]
    assert Allowance.objects.count() == 1


def test_a_correction_is_a_line_with_its_reason_and_no_more_than_is_left(cast: Cast, admin: Client) -> None:
    held = Agreement.objects.get(customer=cast.gold_customer)
    now = timezone.now()
    line = {"agreement": held.pk, "day": today_at(now).isoformat(), "units": 30, "note": "Kulanz"}
    assert errors_of(admin.post(LINES, line))["day"]  # nothing is included yet
    Allowance.objects.create(level=cast.gold, amount=120, is_pro_rata=False)
    assert errors_of(admin.post(LINES, {**line, "note": ""}))["note"]
    assert errors_of(admin.post(LINES, {**line, "units": 0}))["units"]
    assert errors_of(admin.post(LINES, {**line, "units": -121}))["units"]
    assert not AllowanceEntry.objects.exists()
    post(admin, LINES, line)
    state = allowance_left(held, now)
    assert state is not None
    assert state.left == 150
    written = AllowanceEntry.objects.get(kind=AllowanceEntry.Kind.CORRECTION)
    assert (written.note, written.by) == ("Kulanz", cast.admin)
    assert AuditEntry.objects.filter(verb="allowance.corrected", actor_id=cast.admin.pk).exists()
    assert "Kulanz" in admin.get(reverse("admin:contracts_allowanceentry_changelist")).text
    for door in ("change", "delete"):
        refused = admin.post(reverse(f"admin:contracts_allowanceentry_{door}", args=[written.pk]), line)
        assert refused.status_code == 403


@pytest.mark.parametrize("who", ["agent", "lead"])
def test_nobody_but_admins_writes_the_ledger(cast: Cast, who: str) -> None:
    held = Agreement.objects.get(customer=cast.gold_customer)
    Allowance.objects.create(level=cast.gold, amount=120)
    client = Client()
    client.force_login(getattr(cast, who))
    line = {"agreement": held.pk, "day": "2026-11-10", "units": 30, "note": "mine"}
    assert client.post(LINES, line).status_code == 404
    assert not AllowanceEntry.objects.exists()
