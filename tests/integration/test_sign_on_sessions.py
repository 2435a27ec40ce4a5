"""Where somebody is signed in: the list, ending one or all others, idleness, and a second factor demanded."""

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import second_factors, sessions, users
from accounts.models import AuditEntry, User
from tests.factories.cast import make_contact, make_customer, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.0 Mobile/15E148 Safari/604.1"
)
HOME, END = "/accounts/", "/accounts/sessions/end/"


@pytest.fixture
def anna() -> User:
    """An agent who signs in with a password."""
    return make_user("anna", User.Role.AGENT, password=PASSWORD)


def sign_in(user: User, agent: str = FIREFOX) -> Client:
    """A browser of its own, signed in and once used."""
    browser = Client(headers={"Accept-Language": "de", "User-Agent": agent})
    browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert is_in(browser)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get(HOME).status_code == 200


def row_of(browser: Client) -> UserSession:
    return UserSession.objects.get(session_key=browser.session.session_key)


def at(moment: datetime) -> Any:
    """The clock stands at this moment."""
    return patch("django.utils.timezone.now", lambda: moment)


def test_every_sign_in_is_listed_with_its_device_and_nobody_elses(anna: User) -> None:
    desk, _phone = sign_in(anna), sign_in(anna, IPHONE)
    sign_in(make_user("eve", password=PASSWORD), "Opera OPR/1 Linux")
    page = desk.get(HOME).text
    assert page.index("Firefox · Windows") < page.index("Safari · iPhone")
    assert page.count("dieses Gerät") == 1
    assert "Opera" not in page
    assert "127.0.0.1" in page


def test_a_session_that_began_otherwise_is_listed_from_its_first_page_on(anna: User) -> None:
    browser = Client(headers={"User-Agent": IPHONE})
    browser.force_login(anna)
    assert "Safari · iPhone" in browser.get(HOME).text


def test_one_session_is_ended_and_is_out_at_its_next_request(anna: User) -> None:
    desk, phone, tablet = sign_in(anna), sign_in(anna, IPHONE), sign_in(anna, "iPad Safari")
    said = desk.post(END, {"session": row_of(phone).pk}, follow=True).text
    assert "1 Sitzung wurde beendet" in said
    assert [is_in(browser) for browser in (desk, phone, tablet)] == [True, False, True]
    entry = AuditEntry.objects.get(verb="session.ended")
    assert (entry.actor_id, entry.details) == (anna.pk, {"sessions": 1})


def test_all_other_sessions_are_ended(anna: User) -> None:
    desk, phone, tablet = sign_in(anna), sign_in(anna, IPHONE), sign_in(anna, "iPad Safari")
    desk.post(END)
    assert [is_in(browser) for browser in (desk, phone, tablet)] == [True, False, False]
    assert "keine andere Sitzung" in desk.post(END, follow=True).text


@pytest.mark.parametrize("chosen", ["{foreign}", "0", "x", "-1"])
def test_nobody_ends_somebody_elses_session(anna: User, chosen: str) -> None:
    eve = sign_in(make_user("eve", password=PASSWORD))
    browser = sign_in(anna)
    browser.post(END, {"session": chosen.format(foreign=row_of(eve).pk)})
    assert is_in(eve)
    assert is_in(browser)


def test_changing_ones_password_ends_the_others_and_keeps_this_one_listed(anna: User) -> None:
    desk, phone = sign_in(anna), sign_in(anna, IPHONE)
    words = {"oldpassword": PASSWORD, "password1": "another long word", "password2": "another long word"}
    desk.post("/accounts/password/change/", words)
    assert [is_in(desk), is_in(phone)] == [True, False]
    page = desk.get(HOME).text
    assert "dieses Gerät" in page
    assert "iPhone" not in page


def test_who_is_deactivated_is_out_at_once_and_old_sessions_do_not_come_back(anna: User) -> None:
    browser = sign_in(anna)
    users.deactivate(user=anna, by=None)
    assert not is_in(browser)
    anna.is_active = True
    users.save(user=anna, by=None)
    assert not is_in(browser)
    assert is_in(sign_in(anna))


def test_staff_who_do_nothing_for_twelve_hours_are_signed_out(anna: User) -> None:
    browser = sign_in(anna)
    now = timezone.now()
    with at(now + timedelta(hours=11)):
        assert is_in(browser)
    with at(now + timedelta(hours=22, minutes=59)):  # twelve hours after the last page, not the first
        assert is_in(browser)
    with at(now + timedelta(hours=35)):
        answer = browser.get("/desk/")
        assert answer["Location"] == "/accounts/login/?next=/desk/"
    assert not is_in(browser)


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(anna: User) -> None:
    browser = sign_in(anna)
    now = timezone.now()
    by_itself = {"X-By-Itself": "1", "HX-Request": "true"}
    with at(now + timedelta(hours=11)):
        assert browser.get("/desk/", headers=by_itself).status_code == 200
    with at(now + timedelta(hours=13)):
        assert browser.get("/desk/", headers=by_itself)["HX-Redirect"] == "/accounts/login/?next=/"
    assert not is_in(browser)


def test_customers_stay_unless_the_setting_says_otherwise(settings: Any) -> None:
    carl = make_user("carl", User.Role.CONTACT, password=PASSWORD)
    make_contact(make_customer(), user=carl)
    browser = sign_in(carl)
    now = timezone.now()
    with at(now + timedelta(days=3)):
        assert is_in(browser)
        settings.SESSION_IDLE_HOURS = 1
    with at(now + timedelta(days=3, hours=2)):
        assert not is_in(browser)


def test_a_page_writes_down_that_somebody_is_here_only_every_few_minutes(anna: User) -> None:
    browser = sign_in(anna)
    now = timezone.now()
    with at(now + timedelta(minutes=2)), CaptureQueriesContext(connection) as queries:
        browser.get(HOME)
    assert not [each for each in queries.captured_queries if not each["sql"].startswith("SELECT")]
    with at(now + timedelta(minutes=6)):
        browser.get(HOME)
    assert row_of(browser).last_seen_at == now + timedelta(minutes=6)


def test_what_was_noted_of_sessions_that_are_gone_is_forgotten(anna: User) -> None:
    browser, phone = sign_in(anna), sign_in(anna, IPHONE)
    Session.objects.filter(session_key=phone.session.session_key).update(expire_date=timezone.now())
    sessions.forget(at=timezone.now())
    assert list(UserSession.objects.all()) == [row_of(browser)]


def test_staff_without_a_second_factor_are_led_to_set_one_up_where_that_is_demanded(
    anna: User, settings: Any
) -> None:
    browser = sign_in(anna)
    assert browser.get("/desk/").status_code == 200
    settings.REQUIRE_SECOND_FACTOR = True
    assert browser.get("/desk/")["Location"] == HOME
    assert browser.post("/desk/next/")["Location"] == HOME
    assert browser.get("/desk/", headers={"HX-Request": "true"})["HX-Redirect"] == HOME
    assert "verlangt von allen" in browser.get(HOME).text
    assert browser.get("/accounts/app/").status_code == 200
    assert browser.get("/branding.css").headers["Content-Type"].startswith("text/css")

    second_factors.add_app(user=anna, secret="A" * 32, by=anna)
    assert browser.get("/desk/").status_code == 200
    assert "verlangt von allen" not in browser.get(HOME).text


def test_customers_are_not_asked_for_one(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    carl = make_user("carl", User.Role.CONTACT, password=PASSWORD)
    make_contact(make_customer(), user=carl)
    assert sign_in(carl).get("/portal/").status_code == 200
