"""Public holidays by country and region, as the package `holidays` knows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from holidays import country_holidays, list_supported_countries

_LANGUAGES = {"de": "de", "en": "en_US"}
_ASSUMPTION = ("DE", ("BY", "Augsburg"))
"""Where 15 August is a holiday in some communities only."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """Which holidays are observed. Codes as of ISO 3166: "DE", "BY"; an empty region: the whole country.

    `has_assumption_day` matters in Bavaria only, where Assumption Day is one in mostly Catholic communities.
    """

    country: str
    region: str = ""
    has_assumption_day: bool = False

    def of_year(self, year: int, language: str = "de") -> Mapping[date, str]:
        """Names by day, in "de" or "en" where the package has them, else in the country's language."""
        return _of_year(self, year, language[:2])

    @property
    def asks_for_assumption_day(self) -> bool:
        """Whether Assumption Day depends on the community here."""
        return self.country == _ASSUMPTION[0] and self.region in _ASSUMPTION[1]


class UnknownPlace(ValueError):
    """The package knows no holidays of this country or region. `field` is which; `known` what it knows."""

    def __init__(self, field: str, code: str, known: tuple[str, ...]) -> None:
        super().__init__(f"Unknown {field}: {code!r}")
        self.field, self.code, self.known = field, code, known


def require_known(country: str, region: str) -> None:
    """Error: UnknownPlace. An empty country has no holidays, and then no region either."""
    if not country:
        if region:
            raise UnknownPlace("region", region, ())
        return
    places = list_supported_countries()
    if country not in places:
        raise UnknownPlace("country", country, tuple(sorted(places)))
    if region and region not in places[country]:
        raise UnknownPlace("region", region, tuple(places[country]))


@lru_cache(maxsize=512)
def _of_year(place: Holidays, year: int, language: str) -> Mapping[date, str]:
    plain = country_holidays(place.country, subdiv=place.region or None)
    wanted = _LANGUAGES.get(language, language)
    is_catholic = place.has_assumption_day and place.asks_for_assumption_day
    found = country_holidays(
        place.country,
        subdiv=place.region or None,
        years=year,
        language=wanted if wanted in plain.supported_languages else plain.default_language,
        categories=("public", "catholic") if is_catholic else ("public",),
    )
    return dict(sorted(found.items()))
