"""Our service: the policy from live data, the same on the page and in the PDF."""

import io
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from accounts.actions import company as company_actions
from accounts.models import Company
from contracts.actions.hours import SpecialPeriod, save_hours
from contracts.models import ServiceHours, ServiceLevel
from contracts.rules.gate_wording import capability_name, limit_words, permitted_words
from contracts.rules.gates import Capability
from lib.pdf import pdf_of
from lib.reasons import say_day
from portal.queries.service import service_policy
from tests.factories.cast import make_level

pytestmark = pytest.mark.django_db

BOTH = ("de", "en")
DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _nordwind(_firm: None) -> None:
    """A firm with numbers and two levels."""
    company = Company(name="Nordwind", public_phone="+498999998100", support_address="help@nordwind.example")
    company_actions.save(company=company, by=None)
    make_level(name="Platin", rank=1)
    make_level(name="Kupfer", rank=2)


def words(text: str) -> str:
    """Without what a line's end does to them."""
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


def page(language: str) -> str:
    """The page."""
    return str(Client(headers={"Accept-Language": language}).get("/service/").text)


def pdf(language: str) -> PdfReader:
    """The PDF."""
    return PdfReader(io.BytesIO(Client().get(f"/service.pdf?lang={language}").content))


def text_of(reader: PdfReader) -> str:
    """What one reads in it, where no word is cut."""
    return words("\n".join(each.extract_text() for each in reader.pages))


@pytest.mark.parametrize("language", BOTH)
def test_the_page_and_the_pdf_state_the_policy_from_live_data(language: str) -> None:
    shown, printed = page(language), text_of(pdf(language))
    said = {
        "de": ("Updatevertrag", "AV-Vertrag", "Montag bis Freitag", "8:00–17:00 Uhr", "Logfile-Analyse"),
        "en": ("Update contracts", "data processing agreement", "Monday to Friday", "Log analysis", "8:00"),
    }
    for part in ("Nordwind", "Platin", "Kupfer", "+49 89 99998100", "help@nordwind.example", *said[language]):
        assert part in shown, part
        assert part in printed, part


def test_what_changes_is_said_at_once() -> None:
    ServiceLevel.objects.all().delete()
    make_level(name="Titan", rank=3)
    hours = ServiceHours.objects.get(is_default=True)
    hours.weekly = "Mon-Thu 07:00-15:00; Fri 22:00-06:00"
    today = timezone.localdate()
    holidays: SpecialPeriod = {
        "starts_on": today,
        "ends_on": today + timedelta(days=3),
        "name": "Betriebsurlaub",
    }
    save_hours(hours=hours, by=None, special_days=[holidays])
    shown, printed = page("en"), text_of(pdf("en"))
    for text in (shown, printed):
        assert "Titan" in text
        assert "Platin" not in text
        assert "7:00–15:00" in text
        assert "22:00–6:00 (the next day)" in text
        assert f"{say_day(today, 'en')} to {say_day(today + timedelta(days=3), 'en')}: closed" in text
        assert "We are closed on public holidays" in text
        assert "There is one level" in text


def test_levels_stand_in_the_order_of_the_queue_and_equal_ones_are_said_to_be_equal() -> None:
    def levels() -> Any:
        policy = service_policy("en", datetime(2026, 11, 22, 12, tzinfo=UTC))
        return policy.section("levels")

    assert [point.term for point in levels().points] == ["Platin", "Kupfer", "Without an agreement"]
    assert levels().is_numbered
    make_level(name="Messing", rank=2)
    assert levels().closing == ("Kupfer, Messing have the same rank.",)
    assert not levels().is_numbered  # two cannot be the second
    ServiceLevel.objects.exclude(rank=2).delete()
    assert levels().paragraphs == ("All levels have the same rank; they differ in what was agreed.",)
    ServiceLevel.objects.all().delete()
    policy = service_policy("en", datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert {"levels", "prices"}.isdisjoint(section.key for section in policy.sections)  # nothing to say yet


def test_the_day_of_the_policy_is_the_firms() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert service_policy("de", late).as_of == "Stand: 23.11.2026"
    assert service_policy("en", late).as_of == "As of 23 November 2026"


@pytest.mark.parametrize("language", BOTH)
def test_the_pdf_is_tagged_and_says_its_title_and_language(language: str) -> None:
    reader = pdf(language)
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/Lang"].startswith(language)
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert (
        reader.metadata.title
        == {
            "de": "Unser Service · Nordwind",
            "en": "Our service · Nordwind",
        }[language]
    )
    assert b"pdfuaid" in catalog["/Metadata"].get_data()


def test_the_same_data_is_the_same_pdf_and_is_set_once() -> None:
    from lib import pdf as setting

    first = Client().get("/service.pdf?lang=de").content
    before = setting._kept.cache_info().misses
    assert Client().get("/service.pdf?lang=de").content == first
    assert setting._kept.cache_info().misses == before
    setting._kept.cache_clear()
    assert Client().get("/service.pdf?lang=de").content == first


@pytest.mark.parametrize(
    "name", ['#panic("x")', '"]; #read("/etc/passwd")', "$x$ *b* _e_ <l> @l // \\u{41}", "北風"]
)
def test_a_name_is_a_name_and_no_part_of_the_template(name: str) -> None:
    company_actions.save(company=Company(pk=1, name=name), by=None)
    policy = service_policy("en", datetime(2026, 11, 22, 12, tzinfo=UTC))
    reader = PdfReader(io.BytesIO(pdf_of("portal/service.typ", asdict(policy), day=DAY)))
    assert reader.metadata is not None
    assert reader.metadata.author == name


@pytest.mark.parametrize("language", BOTH)
def test_the_limits_without_a_dpa_are_said_in_the_words_of_the_gates(language: str) -> None:
    limits = service_policy(language, timezone.now()).section("data")
    assert limits is not None
    said = [(point.term, point.text) for point in limits.points]
    assert said[:-1] == [(capability_name(one, language), limit_words(one, language)) for one in Capability]
    assert permitted_words(language) in said[-1][1]
    assert capability_name(Capability.ON_SITE, language) in words(page(language))
