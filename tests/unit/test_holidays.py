"""Public holidays by country and region, in both languages."""

from datetime import date

import pytest

from contracts.rules.holidays import Holidays, UnknownPlace, require_known
from contracts.rules.hours import Calendar, parse_hours, parse_intervals
from contracts.rules.hours_words import SpecialPeriod, days_in_words, holidays_in_words, times_in_words
from contracts.rules.years import DayKind, year_of
from tests.unit.test_hours import BERLIN

BAVARIA = Holidays("DE", "BY", has_assumption_day=True)
PROTESTANT = Holidays("DE", "BY")
AUGUST = date(2028, 8, 15)


def test_bavaria_has_thirteen_with_assumption_day_in_both_languages() -> None:
    german, english = BAVARIA.of_year(2028, "de"), BAVARIA.of_year(2028, "en")
    assert german.keys() == english.keys()
    assert len(german) == 13
    assert german[date(2028, 4, 14)] == "Karfreitag"
    assert english[date(2028, 4, 14)] == "Good Friday"
    assert german[date(2028, 6, 15)] == "Fronleichnam"
    assert (german[AUGUST], english[AUGUST]) == ("Mariä Himmelfahrt", "Assumption Day")


def test_assumption_day_is_the_communitys_choice_and_only_in_bavaria() -> None:
    assert AUGUST not in PROTESTANT.of_year(2028)
    assert len(PROTESTANT.of_year(2028)) == 12
    assert AUGUST not in Holidays("DE", "BE", has_assumption_day=True).of_year(2028)
    assert AUGUST in Holidays("AT", has_assumption_day=False).of_year(2028)  # there it is the law


def test_names_are_the_countrys_own_where_the_package_has_no_others() -> None:
    assert Holidays("FR").of_year(2027, "de")[date(2027, 7, 14)] == "Fête nationale"
    assert Holidays("US").of_year(2027, "de")[date(2027, 7, 4)] == "Independence Day"


@pytest.mark.parametrize(
    ("country", "region", "field"),
    [("XX", "", "country"), ("DE", "ZZ", "region"), ("", "BY", "region"), ("DE", "Bavaria", "region")],
)
def test_unknown_places_are_named(country: str, region: str, field: str) -> None:
    with pytest.raises(UnknownPlace) as refused:
        require_known(country, region)
    assert refused.value.field == field
    if country == "DE":
        assert "BY" in refused.value.known


@pytest.mark.parametrize(("country", "region"), [("DE", "BY"), ("DE", ""), ("AT", "9"), ("", "")])
def test_known_places_are_known(country: str, region: str) -> None:
    require_known(country, region)


def test_a_year_adds_up_and_says_why_each_day_is_as_it_is() -> None:
    opened = SpecialPeriod(date(2028, 4, 14), date(2028, 4, 14), "Messe", parse_intervals("10:00-12:00"))
    shut = SpecialPeriod(date(2028, 12, 27), date(2029, 1, 5), "Betriebsurlaub", ())
    special = [opened, shut]
    days = {day: each.intervals for each in special for day in each.days}
    calendar = Calendar(parse_hours("Mon-Fri 08:00-16:00"), BERLIN, tuple(days.items()), BAVARIA)
    year = year_of(calendar, special, 2028, "de")

    found = {day.day: day for month in year.months for week in month.weeks for day in week if day}
    assert len(found) == 366
    kinds = {day: found[date(2028, *day)].kind for day in [(2, 29), (4, 14), (4, 15), (4, 17), (12, 28)]}
    assert kinds == {
        (2, 29): DayKind.OPEN,
        (4, 14): DayKind.SPECIAL_OPEN,
        (4, 15): DayKind.CLOSED,
        (4, 17): DayKind.HOLIDAY,
        (12, 28): DayKind.SPECIAL_CLOSED,
    }
    assert found[date(2028, 4, 14)].name == "Messe, Karfreitag"
    assert {len(week) for month in year.months for week in month.weeks} == {7}
    by_hand = sum(8 for day in found.values() if day.kind == DayKind.OPEN) + 2
    assert year.hours == by_hand == sum(month.hours for month in year.months)
    assert [day.day.day for day in year.months[3].named] == [14, 17]


@pytest.mark.parametrize(
    ("text", "german", "english"),
    [
        ("", "geschlossen", "closed"),
        ("00:00-24:00", "rund um die Uhr", "around the clock"),
        ("22:00-06:00", "22:00–6:00 (am nächsten Tag) Uhr", "22:00–6:00 (the next day)"),
        ("09:00-12:00, 13:00-14:30", "9:00–12:00 und 13:00–14:30 Uhr", "9:00–12:00 and 13:00–14:30"),
    ],
)
def test_times_of_a_day_in_words(text: str, german: str, english: str) -> None:
    assert times_in_words(parse_intervals(text), "de") == german
    assert times_in_words(parse_intervals(text), "en") == english


def test_days_and_holidays_in_words() -> None:
    first, last = date(2026, 12, 24), date(2027, 1, 6)
    assert days_in_words(first, last, "de") == "24.12.2026 bis 06.01.2027"
    assert days_in_words(first, first, "en") == "24 December 2026"
    assert holidays_in_words([(last, "Epiphany")], "en").endswith("The next ones: 6 January 2027 (Epiphany).")
    assert holidays_in_words([], "de") == ""
