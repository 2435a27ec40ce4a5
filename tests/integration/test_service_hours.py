"""Service hours in the admin, their year and feed, and that everybody goes by them at once."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar as CalendarFile

from accounts.models import AuditEntry
from contracts.actions import agreements
from contracts.actions import hours as actions
from contracts.models import ServiceHours, SpecialDays, TermsChange
from contracts.queries import calendar_of, calendars, company_calendar
from contracts.queries.hours_feeds import feed_address
from contracts.rules.hours import parse_hours
from tests.admin_pages import errors_of, inline, post
from tests.factories.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
ADD = "admin:contracts_servicehours_add"
CHANGE = "admin:contracts_servicehours_change"
FIELDS = {"name": "Nights", "weekly": "Fri 22:00-06:00", "country": "DE", "region": "BY"}
MONDAY = (datetime(2026, 11, 30, tzinfo=BERLIN), datetime(2026, 12, 1, tzinfo=BERLIN))


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin)
    return client


def company_hours() -> ServiceHours:
    return ServiceHours.objects.get(is_default=True)


def fields_of(hours: ServiceHours, *rows: dict[str, Any], **changed: Any) -> dict[str, Any]:
    names = ("name", "weekly", "time_zone", "country", "region")
    marks = {name: "on" for name in ("is_default", "has_assumption_day") if getattr(hours, name)}
    return {
        **{name: getattr(hours, name) for name in names},
        **marks,
        **changed,
        **inline("special_days", *rows),
    }


# --- in the admin -----------------------------------------------------------------------------------------


def test_hours_are_written_with_their_special_days_and_deadlines_follow(as_admin: Client, cast: Cast) -> None:
    closed = {"name": "Inventur", "starts_on": "2026-11-30", "ends_on": "2026-12-02", "intervals": ""}
    opened = {"name": "Messe", "starts_on": "2026-12-05", "ends_on": "2026-12-05", "intervals": "9:00-12:00"}
    hours = company_hours()
    assert company_calendar().seconds(*MONDAY) == 9 * 3600

    post(as_admin, reverse(CHANGE, args=[hours.pk]), fields_of(hours, closed, opened))

    assert company_calendar().seconds(*MONDAY) == 0
    assert company_calendar().is_open(datetime(2026, 12, 5, 10, tzinfo=BERLIN))
    assert SpecialDays.objects.filter(hours=hours).count() == 2
    entry = AuditEntry.objects.get(verb="hours.changed")
    assert (entry.actor_id, entry.object_label) == (cast.admin.pk, "Standard")
    change = TermsChange.objects.get(hours=hours, applied_at=None)
    assert change.by == cast.admin


def test_new_hours_may_become_the_companys_and_one_calendar_always_is(as_admin: Client, cast: Cast) -> None:
    before = company_hours()
    post(as_admin, reverse(ADD), {**FIELDS, "is_default": "on", **inline("special_days")})

    assert company_hours().name == "Nights"
    assert company_calendar().weekly == parse_hours("Fri 22:00-06:00")
    refused = as_admin.post(reverse(CHANGE, args=[company_hours().pk]), {**FIELDS, **inline("special_days")})
    assert "is_default" in errors_of(refused)
    assert (
        as_admin.post(reverse("admin:contracts_servicehours_delete", args=[company_hours().pk])).status_code
        == 403
    )
    with pytest.raises(ValidationError):
        actions.delete_hours(hours=company_hours(), by=cast.admin)

    post(as_admin, reverse("admin:contracts_servicehours_delete", args=[before.pk]), {"post": "yes"})
    assert list(ServiceHours.objects.values_list("name", flat=True)) == ["Nights"]
    assert AuditEntry.objects.filter(verb="hours.deleted", personal__object_label="Standard").exists()


def test_hours_that_a_level_names_stay(as_admin: Client, cast: Cast) -> None:
    nights = make_hours()
    cast.gold.hours = nights
    agreements.save_level(level=cast.gold, by=None)
    as_admin.post(reverse("admin:contracts_servicehours_delete", args=[nights.pk]), {"post": "yes"})
    assert ServiceHours.objects.filter(pk=nights.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "field", "german"),
    [
        ({"weekly": "Mon, Tue 08:00-17:00"}, "weekly", "„Mon, Tue 08:00-17:00“ ist nicht lesbar"),
        ({"weekly": "Mon 08:00-12:00,11:00-13:00"}, "weekly", "überschneiden sich"),
        ({"weekly": "Funday 08:00-12:00"}, "weekly", "„funday“ ist kein Wochentag"),
        ({"weekly": "Mon 08:00-08:00"}, "weekly", "muss später enden"),
        ({"weekly": "Fri-Mon 08:00-09:00"}, "weekly", "vor dem ersten"),
        ({"weekly": "Mon 08:00"}, "weekly", "„08:00“ ist kein Zeitraum"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone", "keine Zeitzone"),
        ({"country": "XX", "region": ""}, "country", "„XX“"),
        ({"region": "ZZ"}, "region", "BB, BE, BW, BY"),
        ({"country": ""}, "region", "leer"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    as_admin: Client, wrong: dict[str, str], field: str, german: str
) -> None:
    answer = as_admin.post(
        reverse(ADD),
        {**FIELDS, **wrong, **inline("special_days")},
        headers={"Accept-Language": "de"},
    )
    assert set(errors_of(answer)) == {field}
    assert german in " ".join(errors_of(answer)[field])
    assert not ServiceHours.objects.filter(name="Nights").exists()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"starts_on": "2026-12-02", "ends_on": "2026-12-01"}, "ends_on"),
        ({"starts_on": "2026-12-02", "ends_on": "2030-12-01"}, "ends_on"),
        ({"intervals": "9-12"}, "intervals"),
        ({"intervals": "09:00-12:00,11:00-13:00"}, "intervals"),
    ],
)
def test_special_days_that_make_no_sense_are_refused(
    as_admin: Client, row: dict[str, str], field: str
) -> None:
    sound = {"name": "X", "starts_on": "2026-12-01", "ends_on": "2026-12-01", "intervals": ""}
    answer = as_admin.post(reverse(ADD), {**FIELDS, **inline("special_days", {**sound, **row})})
    assert answer.status_code == 200
    (formset,) = [one.formset for one in answer.context["inline_admin_formsets"]]
    assert set(formset.errors[0]) == {field}
    assert not ServiceHours.objects.filter(name="Nights").exists()


def make_hours(**fields: Any) -> ServiceHours:
    return actions.save_hours(hours=ServiceHours(**{**FIELDS, **fields}), by=None)


# --- whoever asks ----------------------------------------------------------------------------------------


def test_another_process_that_changes_hours_is_noticed_at_once() -> None:
    first = company_calendar()
    assert company_calendar() is first  # read once, worked out once
    with CaptureQueriesContext(connection) as asked:
        company_calendar()
        company_calendar(max_age=10)
        calendars([None, company_hours().pk], max_age=10)
    assert len([each for each in asked.captured_queries if "weekly" in each["sql"]]) == 1  # only our own

    ServiceHours.objects.filter(is_default=True).update(weekly="Sat 10:00-11:00", version=uuid4())

    assert company_calendar(max_age=10) is first  # a page may be some seconds old
    assert company_calendar().weekly == parse_hours("Sat 10:00-11:00")
    assert company_calendar(max_age=10).weekly == parse_hours("Sat 10:00-11:00")


def test_hours_that_another_process_made_are_known_at_once_where_an_older_answer_would_do() -> None:
    company = company_calendar()
    nights = ServiceHours.objects.create(**FIELDS, version=uuid4())
    assert calendars([nights.pk], max_age=10)[nights.pk] != company
    nights.delete()
    company_calendar()
    again = ServiceHours.objects.create(**FIELDS, version=uuid4())
    assert calendar_of(again.pk, max_age=10) != company


def test_hours_that_were_rolled_back_are_not_remembered() -> None:
    hours = company_hours()
    hours.weekly = "Sat 10:00-11:00"
    with transaction.atomic():
        actions.save_hours(hours=hours, by=None)
        assert company_calendar().weekly == parse_hours("Sat 10:00-11:00")
        transaction.set_rollback(True)
    assert company_calendar().weekly == parse_hours("Mon-Fri 08:00-17:00")


def test_levels_without_hours_of_their_own_go_by_the_companys() -> None:
    nights = make_hours()
    found = calendars([None, nights.pk, 987_654])
    assert found[None] == found[987_654] == company_calendar()
    assert found[nights.pk] == calendar_of(nights.pk) != company_calendar()


def test_without_any_row_the_settings_hold(settings: Any) -> None:
    ServiceHours.objects.all().delete()
    settings.SERVICE_HOURS = "Tue 10:00-11:00"
    calendar = company_calendar()
    assert (calendar.weekly, calendar.holidays) == (parse_hours("Tue 10:00-11:00"), None)
    assert calendar_of(5) == calendar


def test_where_special_days_overlap_the_later_beginning_counts() -> None:
    day = date(2026, 11, 30)
    actions.save_hours(
        hours=company_hours(),
        by=None,
        special_days=[
            {"name": "in", "starts_on": day, "ends_on": day, "intervals": "10:00-11:00"},
            {"name": "out", "starts_on": day - timedelta(days=3), "ends_on": day, "intervals": ""},
        ],
    )
    assert company_calendar().seconds(*MONDAY) == 3600


def test_a_level_announces_changed_terms_and_nothing_else(cast: Cast) -> None:
    gold = cast.gold
    TermsChange.objects.all().delete()
    gold.description = "says more"
    agreements.save_level(level=gold, by=None)
    assert not TermsChange.objects.exists()

    gold.grace_minutes = 30
    agreements.save_level(level=gold, by=cast.admin)
    agreements.save_level(level=gold, by=cast.admin)
    gold.hours = make_hours()
    agreements.save_level(level=gold, by=cast.admin)

    assert TermsChange.objects.filter(level=gold).count() == 1  # one that waits is enough
    assert TermsChange.objects.filter(hours=gold.hours).count() == 1


# --- the year and the feed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "de",
            ("Karfreitag: geschlossen", "2.259 Stunden Geschäftszeit im Jahr 2027", "Inventur", "Feiertag"),
        ),
        ("en", ("Good Friday: closed", "2,259 hours of service in 2027", "Inventur", "holiday")),
    ],
)
def test_the_year_shows_every_day_and_its_sum(
    as_admin: Client, cast: Cast, language: str, said: tuple[str, ...]
) -> None:
    days = {"name": "Inventur", "starts_on": date(2027, 2, 1), "ends_on": date(2027, 2, 2), "intervals": ""}
    hours = actions.save_hours(hours=company_hours(), by=None, special_days=[days])  # type: ignore[list-item]
    cast.admin.language = language
    cast.admin.save()
    page = as_admin.get(reverse("admin:contracts_servicehours_year", args=[hours.pk, 2027]))
    for part in said:
        assert part in page.text, part
    assert page.text.count('class="hours-day-number"') == 365 + page.text.count('<li><span class="hours-day ')
    for year, status in ((1989, 404), (2100, 200), (2101, 404)):
        assert as_admin.get(f"/admin/contracts/servicehours/{hours.pk}/year/{year}/").status_code == status
    assert as_admin.get("/admin/contracts/servicehours/987654/year/2027/").status_code == 404
    assert as_admin.post(f"/admin/contracts/servicehours/{hours.pk}/year/2027/").status_code == 405


def test_the_feed_is_read_by_its_address_alone_until_it_is_withdrawn(as_admin: Client) -> None:
    hours, nobody = company_hours(), Client()
    assert feed_address(hours) == ""
    change = reverse(CHANGE, args=[hours.pk])

    post(as_admin, change, {**fields_of(hours), "open_feed": "1"})
    first = feed_address(company_hours())
    answer = nobody.get(first)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "public" not in answer["Cache-Control"]
    file = CalendarFile.from_ical(answer.content)
    assert "Geöffnet: Standard" in {str(event["summary"]) for event in file.walk("VEVENT")}
    assert "Open: Standard" in nobody.get(f"{first}?lang=en").text
    assert nobody.get(first, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert first in as_admin.get(change).text

    post(as_admin, change, {**fields_of(hours), "open_feed": "1"})
    second = feed_address(company_hours())
    assert (nobody.get(first).status_code, nobody.get(second).status_code) == (404, 200)

    post(as_admin, change, {**fields_of(hours), "close_feed": "1"})
    assert nobody.get(second).status_code == 404
    verbs = AuditEntry.objects.filter(verb__startswith="hours.feed").values_list("verb", flat=True)
    assert sorted(verbs) == ["hours.feed_closed", "hours.feed_opened", "hours.feed_opened"]


def test_an_address_that_we_did_not_sign_leads_nowhere() -> None:
    hours = actions.open_feed(hours=company_hours(), by=None)
    other = actions.open_feed(hours=make_hours(), by=None)
    token = feed_address(hours).rpartition("/")[2].removesuffix(".ics")
    assert hours.feed_key is not None
    forged = f"{hours.pk}-{hours.feed_key.hex}"
    swapped = token.replace(f"{hours.pk}-", f"{other.pk}-", 1)
    for wrong in ("x", forged, f"{forged}.{'a' * 43}", swapped, token[:-1], f"{token}a"):
        assert Client().get(reverse("hours_feed", args=[wrong])).status_code == 404, wrong
    assert Client().post(reverse("hours_feed", args=[token])).status_code == 405
