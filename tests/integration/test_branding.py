"""How the firm looks: its colours, its logo, its words, and what it announces."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import announcements as announcing
from accounts.actions import company as company_actions
from accounts.models import Announcement, AuditEntry, Company, User
from accounts.queries.announcements import memory
from tests.admin_pages import errors_of
from tests.factories.cast import Cast, make_cast, make_user

pytestmark = pytest.mark.django_db

CHANGE = "/admin/accounts/company/1/change/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 30"><path d="M0 0h120v30"/></svg>'
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture(autouse=True)
def _nordwind(_firm: None) -> None:
    """A firm that is set up."""
    company_actions.save(company=Company(name="Nordwind", language="en"), by=None)


@pytest.fixture
def admin() -> Client:
    """An admin's browser, in English."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user("", User.Role.ADMIN))
    return client


def change(client: Client, **fields: Any) -> Any:
    """Fill in the company's page."""
    return client.post(CHANGE, {"name": "Nordwind", "language": "en", **fields})


def page(path: str = "/", language: str = "en") -> str:
    """What a stranger sees."""
    return str(Client(headers={"Accept-Language": language}).get(path).text)


def test_a_colour_that_cannot_be_read_is_refused_with_its_ratio_and_the_nearest_that_can(
    admin: Client,
) -> None:
    errors = errors_of(change(admin, accent_light="#ffcc00", accent_dark="#330000"))
    assert "1.3:1" in errors["accent_light"][0]
    assert "#876c00" in errors["accent_light"][0]
    assert "The nearest colour" in errors["accent_dark"][0]
    assert Company.objects.get().accent_light == ""
    with pytest.raises(ValidationError):
        company_actions.save(company=Company(name="Nordwind", accent_light="#ffcc00"), by=None)

    assert change(admin, accent_light="876C00").status_code == 302
    assert Company.objects.get().accent_light == "#876c00"


def test_colours_are_a_style_sheet_of_their_own_that_is_kept_for_good(admin: Client) -> None:
    assert "branding.css" not in page()
    assert Client().get("/branding.css").content == b""
    change(admin, accent_light="#0f766e")
    for path in ("/", "/accounts/login/", "/service/"):
        assert 'href="/branding.css?v=' in page(path)
    address = page().partition('href="/branding.css')[2].partition('"')[0]

    answer = Client().get(f"/branding.css{address}")
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--color-accent: light-dark(#0f766e, #6455f5);" in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in Client().get("/branding.css?v=of-yesterday").headers["Cache-Control"]


def test_a_logo_is_shown_on_every_page_for_customers_and_served_so_that_it_runs_nothing(
    admin: Client,
) -> None:
    assert Client().get("/branding/logo").status_code == 404
    hostile = SVG.replace(b"<path", b"<script>alert(1)</script><path")
    refused = errors_of(change(admin, new_logo=SimpleUploadedFile("logo.svg", hostile)))
    assert "<script>" in refused["new_logo"][0]
    assert not Company.objects.get().logo_digest

    assert change(admin, new_logo=SimpleUploadedFile("logo.svg", SVG)).status_code == 302
    for path in ("/", "/accounts/login/"):
        assert 'alt="Nordwind" width="128" height="32"' in page(path)
    address = page().partition('src="/branding/logo')[2].partition('"')[0]
    answer = Client().get(f"/branding/logo{address}")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"<path" in answer.content

    change(admin)  # saving something else keeps it
    assert Company.objects.get().logo_digest
    change(admin, without_logo="on")
    assert "/branding/logo" not in page()
    assert Client().get("/branding/logo").status_code == 404


def test_the_firms_words_and_links_stand_on_its_pages_in_the_readers_language(admin: Client) -> None:
    change(
        admin,
        welcome_title_de="Grüß Gott",
        welcome_title_en="Welcome <b>you</b>",
        footer_de="Seit 1999",
        footer_en="Since 1999",
        imprint_url="https://nordwind.example/imprint",
        privacy_url="https://nordwind.example/privacy",
        public_phone="089 1234",
    )
    assert "Write the number with its country code" in str(
        errors_of(change(admin, public_phone="089 1234"))["public_phone"]
    )
    assert "javascript" not in page()
    assert "imprint_url" in errors_of(change(admin, imprint_url="javascript:alert(1)"))
    change(
        admin,
        welcome_title_de="Grüß Gott",
        welcome_title_en="Welcome <b>you</b>",
        footer_de="Seit 1999",
        footer_en="Since 1999",
        imprint_url="https://nordwind.example/imprint",
        privacy_url="https://nordwind.example/privacy",
        public_phone="+49 89 99998100",
    )
    assert "Welcome &lt;b&gt;you&lt;/b&gt;" in page()
    assert "Grüß Gott" in page(language="de")
    assert 'href="tel:+498999998100">+49 89 99998100<' in page()
    for path in ("/", "/service/", "/accounts/login/"):
        assert "Since 1999" in page(path)
        assert "Seit 1999" in page(path, "de")
        assert 'href="https://nordwind.example/imprint"' in page(path)
        assert 'href="https://nordwind.example/privacy"' in page(path)


def announce(**fields: Any) -> Announcement:
    """Announce an outage."""
    row = Announcement(
        **{
            "kind": "incident",
            "text_de": "Telefon gestört",
            "text_en": "Phones are down",
            "starts_at": NOW,
            "ends_at": NOW + timedelta(hours=1),
            **fields,
        }
    )
    return announcing.save(announcement=row, by=None)


@pytest.mark.parametrize(
    ("moment", "is_shown"),
    [
        (NOW - timedelta(microseconds=1), False),
        (NOW, True),
        (NOW + timedelta(hours=1, microseconds=-1), True),
        (NOW + timedelta(hours=1), False),
    ],
)
def test_an_announcement_is_shown_from_its_first_instant_to_just_before_its_last(
    moment: Any, is_shown: bool
) -> None:
    announce()
    with time_machine.travel(moment, tick=False):
        for path in ("/", "/service/", "/accounts/login/"):
            assert ("Phones are down" in page(path)) is is_shown


def test_an_announcement_that_was_read_ahead_appears_and_goes_at_its_moment() -> None:
    announce(starts_at=NOW + timedelta(seconds=4), ends_at=NOW + timedelta(seconds=6))
    with time_machine.travel(NOW, tick=False) as clock, CaptureQueriesContext(connection) as queries:
        seen = []
        for _second in range(8):
            memory.keep(memory.rows(timezone.now()))  # the ten seconds have not passed
            seen.append("Phones are down" in page())
            clock.shift(1)
    assert seen == [False] * 4 + [True] * 2 + [False] * 2
    assert sum("accounts_announcement" in query["sql"] for query in queries) == 1


def test_an_announcement_says_its_kind_in_words_and_what_is_for_the_signed_in_stays_with_them() -> None:
    cast = make_cast()
    announce(kind="maintenance", text_en="Servers restart", ends_at=None)
    announce(audience="signed_in", text_en="Only for you", ends_at=None)
    assert "<strong>Maintenance:</strong> Servers restart" in page()
    assert "Only for you" not in page()
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(portal_user(cast))
    shown = client.get("/portal/").text
    assert shown.index("Only for you") < shown.index("Servers restart")  # an incident comes first


def test_an_incident_that_goes_on_says_when_it_was_last_looked_at() -> None:
    row = announce(starts_at=NOW - timedelta(hours=2))
    Announcement.objects.filter(pk=row.pk).update(changed_at=row.starts_at)
    announcing.forget()
    assert "as of" not in page()
    row.text_en = "Phones work again, mail does not"
    announcing.save(announcement=row, by=None)
    assert "mail does not" in page()
    assert "as of" in page()


def test_who_announces_stands_in_the_audit_trail_and_nonsense_is_refused(admin: Client) -> None:
    row = announce()
    row.ends_at = row.starts_at
    with pytest.raises(ValidationError, match=r"after it starts|nach dem Anfang"):
        announcing.save(announcement=row, by=None)
    row = Announcement.objects.get()
    assert admin.post(f"/admin/accounts/announcement/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Announcement.objects.exists()
    assert "Phones are down" not in page()
    verbs = set(AuditEntry.objects.filter(object_kind="accounts.announcement").values_list("verb", flat=True))
    assert verbs == {"announcement.created", "announcement.deleted"}


@pytest.mark.parametrize("role", [User.Role.CONTACT, User.Role.AGENT, User.Role.LEAD])
def test_only_admins_announce(role: User.Role) -> None:
    client = Client()
    client.force_login(make_user("", role))
    assert client.get("/admin/accounts/announcement/add/").status_code == 404


def portal_user(cast: Cast) -> User:
    """A contact's login."""
    assert cast.owner.user is not None
    User.objects.filter(pk=cast.owner.user.pk).update(language="en")
    return cast.owner.user
