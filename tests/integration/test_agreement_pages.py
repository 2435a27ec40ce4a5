"""Agreements on the desk: the list, the recap with its rehearsal, and what only leads do."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.actions import renewing
from contracts.models import Agreement, Allowance, EndReminder
from knowledge.models import Visibility
from tests.factories.articles import make_article
from tests.factories.cast import Cast, make_agreement, make_cast, make_contact, make_customer, make_ticket
from tickets.queries.agreement_list import PAGE

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
END = date(2026, 12, 13)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def page_of(user: Any, path: str, language: str = "en", **posted: Any) -> tuple[int, str]:
    client = Client(headers={"accept-language": language})
    user.language = language
    user.save()
    client.force_login(user)
    answer = client.post(path, posted) if posted else client.get(path)
    return answer.status_code, answer.content.decode()


def ending(cast: Cast, **fields: Any) -> Agreement:
    """A gold agreement that ends in twenty days, of a customer of its own."""
    terms = {"starts_on": date(2026, 1, 1), "ends_on": END, "reference": "SV-7", **fields}
    return make_agreement(make_customer("Zeitler"), cast.gold, **terms)


def test_the_page_says_what_is_included_what_comes_and_what_the_end_changes(cast: Cast) -> None:
    agreement = ending(cast)
    Allowance.objects.create(agreement=agreement, amount=120, period="term", is_pro_rata=False)
    make_article("Only with a contract", visibility=Visibility.CONTRACT)
    behind = make_ticket(cast.bronze_customer)
    ticket = make_ticket(agreement.customer, contact=make_contact(agreement.customer))
    EndReminder.objects.create(agreement=agreement, last_day=END, days_before=30, at=TODAY)
    status, page = page_of(cast.agent, f"/desk/agreements/{agreement.pk}/")
    assert status == 200
    assert behind.number not in page
    for said in (
        "It ends with 13 December 2026 and does not renew itself.",
        "120 minutes left",
        "Instead of Gold no service level any more",
        f"Ticket {ticket.number} would stand in place 2 instead of 1",
        "public number",
        "120 minutes are left and expire.",
        "The same would change if it had ended today.",
        "30 days before",
        ticket.subject,
    ):
        assert said in page, said


def test_the_german_page_is_german(cast: Cast) -> None:
    agreement = ending(cast, renewal_months=12, notice_days=10)
    _, page = page_of(cast.agent, f"/desk/agreements/{agreement.pk}/", "de")
    assert "Er verlängert sich nach dem 13.12.2026 von selbst bis 13.12.2027" in page
    assert "wenn nicht bis 03.12.2026 gekündigt wird" in page


def test_one_that_another_agreement_replaces_changes_nothing(cast: Cast) -> None:
    agreement = ending(cast)
    renewal = renewing.renew(agreement=agreement, until=None, by=cast.lead)
    _, page = page_of(cast.agent, f"/desk/agreements/{agreement.pk}/")
    assert "Nothing changes: another agreement gives the same." in page
    assert page.count(f"/desk/agreements/{renewal.pk}/") == 1


@pytest.mark.parametrize("role", ["agent", "lead", "admin"])
def test_leads_may_renew_and_give_notice_and_agents_may_not(cast: Cast, role: str) -> None:
    user, may = getattr(cast, role), role != "agent"
    agreement = ending(cast, renewal_months=12)
    path = f"/desk/agreements/{agreement.pk}/"
    _, page = page_of(user, path)
    assert ("notice/" in page, "renew/" in page) == (may, may)

    assert page_of(user, f"{path}notice/")[0] == (200 if may else 404)
    assert page_of(user, f"{path}notice/", on="2026-11-20")[0] == (302 if may else 404)
    assert Agreement.objects.get(pk=agreement.pk).notice_given_on == (date(2026, 11, 20) if may else None)
    assert page_of(user, f"{path}take-back/", sure="1")[0] == (302 if may else 404)
    assert Agreement.objects.get(pk=agreement.pk).notice_given_on is None
    answer = page_of(user, f"{path}renew/", until="2027-12-13", level=str(cast.gold.pk))
    assert answer[0] == (302 if may else 404)
    assert Agreement.objects.filter(renewed_from=agreement).exists() == may


@pytest.mark.parametrize(
    ("slug", "fields", "posted", "said"),
    [
        ("notice", {"renewal_months": 12, "notice_days": 30}, {"on": "2026-11-23"}, "13 December 2027"),
        ("notice", {}, {"on": "2026-11-23"}, "It ends with 13 December 2026 anyway."),
        ("notice", {"renewal_months": 12}, {"on": ""}, "Please check the marked fields"),
        ("renew", {"terminated_on": date(2026, 12, 1)}, {"until": "2027-12-13"}, "It is terminated."),
        ("renew", {}, {"until": "2026-12-01"}, "The last day cannot be before the first."),
        ("take-back", {}, {"sure": "1"}, "No notice has been given."),
    ],
)
def test_what_is_refused_is_said_and_nothing_changes(
    cast: Cast, slug: str, fields: dict[str, Any], posted: dict[str, Any], said: str
) -> None:
    agreement = ending(cast, **fields)
    before = Agreement.objects.filter(pk=agreement.pk).values().get()
    if slug == "renew":
        posted = {**posted, "level": str(cast.gold.pk)}
    status, page = page_of(cast.lead, f"/desk/agreements/{agreement.pk}/{slug}/", **posted)
    assert status == 422
    assert said in page
    assert Agreement.objects.filter(pk=agreement.pk).values().get() == before
    assert not Agreement.objects.filter(renewed_from__isnull=False).exists()


def test_unknown_agreements_and_acts_are_not_found(cast: Cast) -> None:
    agreement = ending(cast)
    assert page_of(cast.lead, "/desk/agreements/999999/")[0] == 404
    assert page_of(cast.lead, f"/desk/agreements/{agreement.pk}/explode/")[0] == 404


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("running", ["Ending", "Silent", "Aigner", "Brandl"]),
        ("ending", ["Ending"]),
        ("notice", ["Silent"]),
        ("over", ["Over"]),
    ],
)
def test_the_lists_show_what_they_say_the_nearest_end_first(cast: Cast, show: str, names: list[str]) -> None:
    for name, ends_on, months in (
        ("Silent", date(2027, 1, 31), 12),
        ("Ending", date(2026, 12, 13), None),
        ("Over", date(2026, 11, 22), None),
    ):
        make_agreement(make_customer(name), cast.gold, ends_on=ends_on, renewal_months=months)
    _, page = page_of(cast.agent, f"/desk/agreements/?show={show}")
    listed = page.split('class="agreement-rows"')[1]
    there = [name for name in ("Ending", "Silent", "Aigner", "Brandl", "Over") if f">{name}</a>" in listed]
    assert there == names
    assert [listed.index(f">{name}</a>") for name in names] == sorted(
        listed.index(f">{name}</a>") for name in names
    )


def test_the_list_is_narrowed_and_goes_on_by_pages(cast: Cast) -> None:
    for number in range(PAGE + 5):
        make_agreement(make_customer(f"Many {number:03}"), cast.bronze, ends_on=END, reference=f"M-{number}")
    seen, path = [], f"/desk/agreements/?level={cast.bronze.pk}&q=many"
    while path:
        _, page = page_of(cast.agent, path)
        seen += [part.split("<")[0] for part in page.split('/">Many ')[1:]]
        more = (
            page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0] if 'rel="next"' in page else ""
        )
        path = more.replace("&amp;", "&")
    assert seen == [f"{number:03}" for number in range(PAGE + 5)]
    assert "No agreement found" in page_of(cast.agent, "/desk/agreements/?q=nobody")[1]
    assert page_of(cast.agent, "/desk/agreements/?after=x.y&level=9&show=no")[0] == 200


def test_contacts_are_not_let_in(cast: Cast) -> None:
    assert cast.owner.user is not None
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    for path in ("/desk/agreements/", f"/desk/agreements/{agreement.pk}/"):
        assert page_of(cast.owner.user, path)[0] == 404
