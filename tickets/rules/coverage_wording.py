"""How it reads who pays for work, in German and English. Codes stand in the database without their prefix."""

from collections.abc import Mapping
from typing import Any

from lib.reasons import reason, say

TABLE: dict[str, dict[str, str]] = {
    "coverage.covered": {
        "de": "Im Vertrag enthalten",
        "en": "Included in the agreement",
    },
    "coverage.covered.minutes": {
        "de": "Aus dem Kontingent",
        "en": "Taken from the allowance",
    },
    "coverage.covered.cases": {
        "de": "Aus dem Kontingent an Fällen",
        "en": "Taken from the allowance of cases",
    },
    "coverage.outside_hours": {
        "de": "Außerhalb der vereinbarten Geschäftszeiten",
        "en": "Outside the agreed service hours",
    },
    "coverage.service_not_included": {
        "de": "Leistung nicht im Vertrag enthalten",
        "en": "Service not included in the agreement",
    },
    "coverage.allowance_used_up": {
        "de": "Kontingent aufgebraucht",
        "en": "Allowance used up",
    },
    "coverage.no_agreement": {
        "de": "Kein Servicevertrag",
        "en": "No service agreement",
    },
    "coverage.by_hand": {
        "de": "Von der Teamleitung entschieden",
        "en": "Decided by the team lead",
    },
}
"""Every code of `tickets.rules.coverage`; a covered one also by the unit of its allowance."""


def coverage_words(code: str, params: Mapping[str, Any], language: str) -> str:
    """Why a slice is covered or chargeable, as the firm and its customers read it."""
    unit = params.get("unit")
    full = f"coverage.{code}.{unit}" if code == "covered" and unit else f"coverage.{code}"
    return say(reason(full), language, TABLE)
